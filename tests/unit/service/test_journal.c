#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <dirent.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/time.h"
#include "service/journal.h"

#define NEW_YEAR INT64_C(1798761600000) /* 2027-01-01T00:00:00Z */

static char *folder;

static int setup(void **state)
{
	const char *tmp = getenv("TMPDIR");

	(void)state;
	folder = mem_printf("%s/journal-XXXXXX", tmp ? tmp : P_tmpdir);
	return mkdtemp(folder) ? 0 : -1;
}

static int teardown(void **state)
{
	DIR *dir = opendir(folder);

	(void)state;
	for (struct dirent *e; (e = readdir(dir));)
		unlinkat(dirfd(dir), e->d_name, 0);
	closedir(dir);
	rmdir(folder);
	free(folder);
	return 0;
}

static struct journal *open_journal(int64_t retention_ms)
{
	AUTOERR struct err err = ERR_INIT;
	struct journal *j = journal_open(folder, retention_ms, &err);

	assert_non_null(j);
	return j;
}

static void write_number(struct journal *j, int n, int64_t at)
{
	json_t *o = json_pack("{s:i, s:s}", "n", n, "text", "a\nb");
	journal_write(j, o, at);
	json_decref(o);
}

/* How many lines the file of that day has; each is one JSON object; -1: no such file. */
static int lines_of(const char *day)
{
	AUTOFREE char *path = mem_printf("%s/%s.jsonl", folder, day);
	FILE *f = fopen(path, "r");
	char line[1000];
	int n = 0;

	if (!f)
		return -1;
	while (fgets(line, sizeof line, f)) {
		json_t *o = json_loads(line, 0, NULL);
		assert_non_null(o);
		json_decref(o);
		n++;
	}
	fclose(f);
	return n;
}

static void test_one_file_a_day(void **state)
{
	struct journal *j = open_journal(90 * TIME_DAY);

	(void)state;
	for (int i = 0; i < 1000; i++)
		write_number(j, i, i < 400 ? NEW_YEAR - 1 : NEW_YEAR);
	journal_close(j);
	assert_int_equal(lines_of("2026-12-31"), 400);
	assert_int_equal(lines_of("2027-01-01"), 600);
	j = open_journal(90 * TIME_DAY);
	write_number(j, 1, NEW_YEAR);
	journal_close(j);
	assert_int_equal(lines_of("2027-01-01"), 601);
}

static void test_old_files_go(void **state)
{
	struct journal *j = open_journal(10 * TIME_DAY);

	(void)state;
	AUTOFREE char *other = mem_printf("%s/2020-01-01.txt", folder);
	fclose(fopen(other, "w"));
	for (int day = 0; day < 15; day++)
		write_number(j, day, NEW_YEAR + day * TIME_DAY);
	journal_close(j);
	assert_int_equal(lines_of("2027-01-04"), -1);
	assert_int_equal(lines_of("2027-01-05"), 1);
	assert_int_equal(lines_of("2027-01-15"), 1);
	assert_int_equal(access(other, F_OK), 0);
}

/* The folder is made, as deep as it is named; a file in its place is an error with its name. */
static void test_folder(void **state)
{
	AUTOFREE char *top = mem_printf("%s/a", folder);
	AUTOFREE char *deep = mem_printf("%s/a/b", folder);
	AUTOFREE char *file = mem_printf("%s/file", folder);
	AUTOERR struct err err = ERR_INIT;
	struct journal *j = journal_open(deep, TIME_DAY, &err);

	(void)state;
	assert_non_null(j);
	journal_close(j);
	rmdir(deep);
	rmdir(top);
	fclose(fopen(file, "w"));
	assert_null(journal_open(file, TIME_DAY, &err));
	assert_non_null(strstr(err_first(&err), "/file"));
}

/* What cannot be written is counted, and nobody waits for it. */
static void test_lost(void **state)
{
	struct journal *j = open_journal(TIME_DAY);

	(void)state;
	AUTOFREE char *in_the_way = mem_printf("%s/2027-01-01.jsonl", folder);
	mkdir(in_the_way, 0700);
	for (int i = 0; i < 3; i++)
		write_number(j, i, NEW_YEAR);
	while (journal_lost(j) < 3)
		sched_yield();
	write_number(j, 4, NEW_YEAR + TIME_DAY);
	assert_int_equal(journal_lost(j), 3);
	journal_close(j);
	rmdir(in_the_way);
	assert_int_equal(lines_of("2027-01-02"), 1);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {TEST(test_one_file_a_day), TEST(test_old_files_go), TEST(test_folder),
	                                   TEST(test_lost)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
