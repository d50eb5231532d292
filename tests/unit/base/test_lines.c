#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/lines.h"
#include "base/mem.h"

static char *path, *packed;

static int setup(void **state)
{
	const char *tmp = getenv("TMPDIR");

	(void)state;
	path = mem_printf("%s/lines-XXXXXX", tmp ? tmp : P_tmpdir);
	close(mkstemp(path));
	packed = mem_printf("%s.gz", path);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	unlink(path);
	unlink(packed);
	free(path);
	free(packed);
	return 0;
}

static void put_whole_text(const char *text)
{
	FILE *f = fopen(path, "w");

	fputs(text, f);
	fclose(f);
}

static void expect_lines(const char *name, const char *const *lines)
{
	AUTOERR struct err err = ERR_INIT;
	struct lines *l = lines_open(name, &err);
	struct str line;
	size_t n = 0;

	assert_non_null(l);
	while (lines_next(l, &line, &err)) {
		assert_non_null(lines[n]);
		assert_true(str_eq_c(line, lines[n++]));
		assert_int_equal(lines_number(l), n);
	}
	assert_null(lines[n]);
	assert_false(err_any(&err));
	lines_close(l);
}

static void test_lines(void **state)
{
	(void)state;
	put_whole_text("");
	expect_lines(path, (const char *const[]){NULL});
	put_whole_text("a\n\nbc\nd");
	expect_lines(path, (const char *const[]){"a", "", "bc", "d", NULL});
}

static void pack(void)
{
	AUTOERR struct err err = ERR_INIT;
	struct packing *p = packing_begin(path, &err);
	enum packing_step step;

	assert_non_null(p);
	while ((step = packing_go_on(p, &err)) == PACKING_MORE)
		;
	assert_int_equal(step, PACKING_DONE);
	packing_end(p);
}

/* The packed file takes the plain one's place, and reads the same. */
static void a_file_is_packed(void **state)
{
	(void)state;
	put_whole_text("one\ntwo\n");
	pack();
	assert_int_equal(access(path, F_OK), -1);
	expect_lines(packed, (const char *const[]){"one", "two", NULL});
}

/* What is not done leaves nothing behind; a packed file that is there already is not overwritten. */
static void test_packing_is_given_up(void **state)
{
	AUTOERR struct err err = ERR_INIT;
	AUTOFREE char *part = mem_printf("%s.part", packed);

	(void)state;
	put_whole_text("one\n");
	struct packing *p = packing_begin(path, &err);
	assert_int_equal(packing_go_on(p, &err), PACKING_MORE);
	packing_end(p);
	assert_int_equal(access(part, F_OK), -1);
	assert_int_equal(access(packed, F_OK), -1);
	pack();
	put_whole_text("two\n");
	assert_null(packing_begin(path, &err));
	assert_non_null(strstr(err_first(&err), "there already"));
	expect_lines(packed, (const char *const[]){"one", NULL});
}

/* Cut in the middle of the packed bytes: what could be read is there, and it is said that it is not all. */
static void test_packed_file_is_damaged(void **state)
{
	AUTOERR struct err err = ERR_INIT;
	struct str line;

	(void)state;
	FILE *f = fopen(path, "w");
	for (int i = 0; i < 50000; i++)
		fprintf(f, "line %d %lld\n", i, (long long)i * i);
	fclose(f);
	pack();
	assert_int_equal(truncate(packed, 20000), 0);
	struct lines *l = lines_open(packed, &err);
	while (lines_next(l, &line, &err))
		;
	assert_true(err_any(&err));
	assert_non_null(strstr(err_first(&err), packed));
	lines_close(l);
}

static void test_empty_file(void **state)
{
	(void)state;
	put_whole_text("");
	expect_lines(path, (const char *const[]){NULL});
}

/* ---- which files ---- */

static char *folder;

static void put_empty(const char *name)
{
	AUTOFREE char *at = mem_printf("%s/%s", folder, name);
	FILE *f = fopen(at, "w");

	assert_non_null(f);
	fclose(f);
}

static int folder_setup(void **state)
{
	static const char *const parts[] = {"a", "a/b"};
	const char *tmp = getenv("TMPDIR");

	(void)state;
	folder = mem_printf("%s/lines-[x]-XXXXXX", tmp ? tmp : P_tmpdir);
	assert_non_null(mkdtemp(folder));
	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
		AUTOFREE char *at = mem_printf("%s/%s", folder, parts[i]);
		assert_int_equal(mkdir(at, 0700), 0);
	}
	put_empty("a/2.jsonl.gz");
	put_empty("a/1.jsonl");
	put_empty("a/.3.jsonl");
	put_empty("a/4.json");
	put_empty("c.txt");
	return 0;
}

static int folder_teardown(void **state)
{
	static const char *const parts[] = {"a/1.jsonl", "a/2.jsonl.gz", "a/.3.jsonl", "a/4.json", "c.txt", "a/b", "a"};

	(void)state;
	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
		AUTOFREE char *at = mem_printf("%s/%s", folder, parts[i]);
		remove(at);
	}
	rmdir(folder);
	free(folder);
	return 0;
}

/* The names behind the folder's, with blanks between; "!" for an error. */
static void expect_files(bool (*find)(struct arena *, const char *, struct strs *, struct err *), const char *pattern,
                         const char *expected)
{
	AUTOARENA struct arena *arena = arena_new();
	AUTOERR struct err err = ERR_INIT;
	AUTOFREE char *at = mem_printf("%s/%s", folder, pattern);
	char found[300] = "";
	struct strs files;

	if (!find(arena, at, &files, &err)) {
		assert_true(err_any(&err));
		assert_string_equal("!", expected);
		return;
	}
	for (size_t i = 0; i < files.n; i++) {
		strncat(found, i ? " " : "", sizeof found - strlen(found) - 1);
		strncat(found, files.v[i].p + strlen(folder) + 1, sizeof found - strlen(found) - 1);
	}
	assert_string_equal(found, expected);
}

/* A name with brackets is a name first; of folders, also those that a pattern leads to, the journal's files are taken. */
static void a_pattern_leads_to_files_and_into_folders(void **state)
{
	(void)state;
	expect_files(lines_find, "a", "a/1.jsonl a/2.jsonl.gz");
	expect_files(lines_find, "c.txt", "c.txt");
	expect_files(lines_find, "a/b", "");
	expect_files(lines_find, "none", "!");
	expect_files(lines_find_some, "a", "a/1.jsonl a/2.jsonl.gz");
	expect_files(lines_find_some, "a/b", "!");
	AUTOFREE char *bracketed = folder;
	folder = mem_printf("%s-plain", bracketed);
	assert_int_equal(rename(bracketed, folder), 0);
	char *bracket = strchr(folder, '[');
	AUTOFREE char *old = mem_strdup(folder);
	memcpy(bracket, "_x_", 3);
	assert_int_equal(rename(old, folder), 0);
	expect_files(lines_find, "*", "a/1.jsonl a/2.jsonl.gz c.txt");
	expect_files(lines_find, "a/*.{json,gz}", "a/4.json a/2.jsonl.gz");
}

static void what_is_cut_off_names_its_file_once(void **state)
{
	static const unsigned char cut[] = {0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 0x4b};
	AUTOERR struct err err = ERR_INIT;
	FILE *f = fopen(packed, "w");
	struct str line;

	(void)state;
	assert_int_equal(fwrite(cut, sizeof cut, 1, f), 1);
	fclose(f);
	struct lines *l = lines_open(packed, &err);
	assert_non_null(l);
	while (lines_next(l, &line, &err))
		;
	assert_true(err_any(&err));
	assert_null(strstr(strstr(err_first(&err), packed) + 1, packed));
	lines_close(l);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_lines),
		TEST(test_empty_file),
		TEST(a_file_is_packed),
		TEST(test_packing_is_given_up),
		TEST(test_packed_file_is_damaged),
		TEST(what_is_cut_off_names_its_file_once),
		cmocka_unit_test_setup_teardown(a_pattern_leads_to_files_and_into_folders, folder_setup, folder_teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
