/* The last good set of files: written whole, read whole or refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

#include "config/config.h"
#include "folder.h"

static const char text[] = "rule_files: ['../rules/*.yml', extra.yml]\n"
						   "catalog: {runbooks: runbooks, files: [catalog.yml]}\n"
						   "defaults: {receivers: [pd]}\n"
						   "receivers: [{name: pd, pagerduty: {routing_key_file: key}}]\n";

static void fill(const struct folder *f)
{
	folder_write(f, "config/runbookd.yml", text);
	folder_write(f, "config/key", "t0p-s3cret");
	folder_write(f, "config/extra.yml", "");
	folder_write(f, "config/catalog.yml", "owners: [{name: platform}]\n");
	folder_write(f, "config/runbooks/a.md", "# A\n");
	folder_write(f, "config/runbooks/sub/empty.md", "");
	folder_write(f, "rules/a.yml", "rules: [{name: a, matchers: ['alertname=\"A\"'], runbook: a.md}]\n");
}

static struct config *load_from(const struct folder *f, struct config_files *files, struct err *err)
{
	AUTOERR struct err warnings = ERR_INIT;
	AUTOFREE char *file = folder_path(f, "config/runbookd.yml");
	struct config *c = config_load(&(struct config_options){.file = file}, files, err, &warnings);
	assert_int_equal(warnings.count, 0);
	return c;
}

static void save_snapshot(const struct folder *f, const char *snapshot, char hash[17])
{
	AUTOERR struct err err = ERR_INIT;
	struct config_files *files = config_files_disk();
	struct config *c = load_from(f, files, &err);
	assert_non_null(c);
	assert_true(config_files_save(files, snapshot, &err));
	memcpy(hash, c->hash, 17);
	config_unref(c);
	config_files_free(files);
}

static size_t read_whole(const char *path, char *out, size_t size)
{
	FILE *in = fopen(path, "rb");
	assert_non_null(in);
	size_t n = fread(out, 1, size, in);
	fclose(in);
	assert_true(n < size);
	return n;
}

static void write_whole(const char *path, const char *bytes, size_t n)
{
	FILE *out = fopen(path, "wb");
	assert_non_null(out);
	assert_int_equal(fwrite(bytes, 1, n, out), n);
	assert_int_equal(fclose(out), 0);
}

static void gives_back_what_was_loaded(void **state)
{
	(void)state;
	AUTOFOLDER struct folder f;
	folder_init(&f);
	fill(&f);
	AUTOERR struct err err = ERR_INIT;
	AUTOFREE char *snapshot = folder_path(&f, "snapshot");
	char hash[17];
	save_snapshot(&f, snapshot, hash);
	/* then somebody breaks everything */
	folder_write(&f, "config/runbookd.yml", "receivers: [\n");
	folder_write(&f, "rules/a.yml", "rules: what\n");
	folder_write(&f, "rules/b.yml", "neither\n");
	folder_write(&f, "config/runbooks/b.md", "# B\n");
	struct config_files *files = config_files_snapshot(snapshot, &err);
	assert_non_null(files);
	struct config *c = load_from(&f, files, &err);
	if (!c)
		fail_msg("%s", err_first(&err));
	assert_string_equal(c->hash, hash);
	assert_int_equal(c->rule_files.n, 2);
	assert_non_null(catalog_runbook(c->catalog, STR("a.md")));
	assert_non_null(catalog_runbook(c->catalog, STR("sub/empty.md")));
	assert_null(catalog_runbook(c->catalog, STR("b.md")));
	config_unref(c);
	config_files_free(files);
}

static void is_private_and_without_secrets(void **state)
{
	(void)state;
	AUTOFOLDER struct folder f;
	folder_init(&f);
	fill(&f);
	AUTOFREE char *snapshot = folder_path(&f, "snapshot");
	char hash[17], bytes[65536];
	struct stat st;
	save_snapshot(&f, snapshot, hash);
	assert_int_equal(stat(snapshot, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	size_t n = read_whole(snapshot, bytes, sizeof bytes);
	assert_true(str_find((struct str){bytes, n}, STR("routing_key_file")) >= 0);
	assert_true(str_find((struct str){bytes, n}, STR("t0p-s3cret")) < 0);
}

/* Every byte counts: cut anywhere or changed anywhere it is refused. */
static void refuses_what_is_torn(void **state)
{
	(void)state;
	AUTOFOLDER struct folder f;
	folder_init(&f);
	fill(&f);
	AUTOFREE char *snapshot = folder_path(&f, "snapshot"), *torn = folder_path(&f, "torn");
	char hash[17], bytes[65536];
	save_snapshot(&f, snapshot, hash);
	size_t n = read_whole(snapshot, bytes, sizeof bytes);
	for (size_t i = 0; i < n; i++) {
		AUTOERR struct err err = ERR_INIT;
		write_whole(torn, bytes, i);
		assert_null(config_files_snapshot(torn, &err));
		assert_true(err_any(&err));
		if (i < n - 1) {
			bytes[i] ^= 1;
			write_whole(torn, bytes, n);
			bytes[i] ^= 1;
			assert_null(config_files_snapshot(torn, &err));
		}
	}
}

static void says_what_it_lacks(void **state)
{
	(void)state;
	AUTOFOLDER struct folder f;
	folder_init(&f);
	fill(&f);
	AUTOERR struct err err = ERR_INIT;
	AUTOERR struct err warnings = ERR_INIT;
	AUTOFREE char *snapshot = folder_path(&f, "snapshot"), *missing = folder_path(&f, "missing");
	char hash[17];
	save_snapshot(&f, snapshot, hash);
	assert_null(config_files_snapshot(missing, &err));
	assert_non_null(strstr(err_first(&err), "No such file"));
	err_release(&err);
	struct config_files *files = config_files_snapshot(snapshot, &err);
	assert_null(config_load(&(struct config_options){.file = "another.yml"}, files, &err, &warnings));
	assert_string_equal(err_first(&err), "another.yml: error: not in the snapshot");
	config_files_free(files);
}

static void fails_to_write_without_a_trace(void **state)
{
	(void)state;
	AUTOFOLDER struct folder f;
	folder_init(&f);
	AUTOERR struct err err = ERR_INIT;
	AUTOFREE char *nowhere = folder_path(&f, "no/such/folder"), *occupied = folder_path(&f, "occupied");
	struct config_files *files = config_files_disk();
	assert_false(config_files_save(files, nowhere, &err));
	assert_non_null(strstr(err_first(&err), "cannot be written"));
	folder_write(&f, "occupied/file", "");
	assert_false(config_files_save(files, occupied, &err)); /* a folder stands there */
	config_files_free(files);
	AUTOFREE char *file = folder_path(&f, "occupied/file");
	assert_int_equal(unlink(file), 0);
	assert_int_equal(rmdir(occupied), 0);
	assert_int_equal(rmdir(f.path), 0); /* no temporary file was left in it */
	assert_int_equal(mkdir(f.path, 0700), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(gives_back_what_was_loaded),     cmocka_unit_test(is_private_and_without_secrets),
		cmocka_unit_test(refuses_what_is_torn),           cmocka_unit_test(says_what_it_lacks),
		cmocka_unit_test(fails_to_write_without_a_trace),
	};
	return cmocka_run_group_tests_name("snapshot", tests, NULL, NULL);
}
