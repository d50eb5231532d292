#include "stage.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "service/reload.h"

static struct stage stage;

static int setup(void **state)
{
	(void)state;
	stage_open(&stage, &(struct stage_settings){.services = true});
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	stage_close(&stage);
	return 0;
}

static void spoil(const char *text)
{
	char file[512];
	FILE *f = fopen(stage_config_file(&stage, file), "w");

	assert_non_null(f);
	assert_true(fputs(text, f) >= 0);
	assert_int_equal(fclose(f), 0);
}

static void test_bad_file_changes_nothing(void **state)
{
	char file[512];
	struct config_options options = {.file = stage_config_file(&stage, file)};
	struct config *before = stage.r.config;
	AUTOERR struct err err = ERR_INIT;

	(void)state;
	assert_true(stage_metric(&stage, METRIC_CONFIG_SUCCESSFUL, NULL, NULL) == 1);
	double hash = stage_metric(&stage, METRIC_CONFIG_HASH, NULL, NULL);
	spoil("receivers: [{name: a, webhook: {url: \"ftp://x\"}}]\nnonsense: 1\n");
	assert_false(reload_now(&stage.r, &options, &err));
	assert_true(err.count >= 2);
	assert_ptr_equal(stage.r.config, before);
	assert_true(stage_metric(&stage, METRIC_CONFIG_SUCCESSFUL, NULL, NULL) == 0);
	assert_true(stage_metric(&stage, METRIC_CONFIG_HASH, NULL, NULL) == hash);
	stage_reload(&stage, &(struct stage_settings){.without_mail = true});
	assert_ptr_not_equal(stage.r.config, before);
	assert_true(stage_metric(&stage, METRIC_CONFIG_SUCCESSFUL, NULL, NULL) == 1);
	assert_true(stage_metric(&stage, METRIC_CONFIG_HASH, NULL, NULL) != hash);
	assert_true(stage_metric(&stage, METRIC_CONFIG_SUCCESS_TIME, NULL, NULL) > 0);
}

/* A start with a bad file takes the last good set, unless it is told not to. */
static void test_falls_back_at_start(void **state)
{
	char file[512];
	struct config_options options = {.file = stage_config_file(&stage, file)};
	AUTOERR struct err err = ERR_INIT, strict_err = ERR_INIT;
	bool fell_back = false;

	(void)state;
	spoil("receivers: 7\n");
	assert_null(reload_first(&options, true, &strict_err, &fell_back));
	assert_true(err_any(&strict_err));
	struct config *c = reload_first(&options, false, &err, &fell_back);
	assert_non_null(c);
	assert_true(fell_back);
	assert_false(err_any(&err));
	assert_string_equal(c->hash, stage.r.config->hash);
	assert_non_null(config_receiver(c, STR("mail")));
	config_unref(c);
}

static void test_nothing_to_fall_back_to(void **state)
{
	char file[512];
	struct config_options options = {.file = stage_config_file(&stage, file)};
	AUTOFREE char *snapshot = reload_snapshot_path(options.file);
	AUTOERR struct err err = ERR_INIT;
	bool fell_back = true;

	(void)state;
	assert_int_equal(unlink(snapshot), 0);
	spoil("receivers: 7\n");
	assert_null(reload_first(&options, false, &err, &fell_back));
	assert_false(fell_back);
	assert_non_null(strstr(err_first(&err), "runbookd.yml:1:"));
}

static void test_snapshot_path(void **state)
{
	AUTOFREE char *name = mem_printf("%s/.runbookd.yml.last-good", stage.folder);
	AUTOFREE char *file = mem_printf("%s/runbookd.yml", stage.folder);
	AUTOFREE char *beside = reload_snapshot_path(file);

	(void)state;
	assert_string_equal(beside, name);
	setenv("STATE_DIRECTORY", stage.folder, 1);
	AUTOFREE char *elsewhere = reload_snapshot_path("/proc/self/runbookd.yml"); /* where nobody can write */
	AUTOFREE char *prefix = mem_printf("%s/runbookd.yml-", stage.folder);
	assert_int_equal(strncmp(elsewhere, prefix, strlen(prefix)), 0);
	unsetenv("STATE_DIRECTORY");
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {TEST(test_bad_file_changes_nothing), TEST(test_falls_back_at_start),
	                                   TEST(test_nothing_to_fall_back_to), TEST(test_snapshot_path)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
