#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <dirent.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <jansson.h>

#include "base/lines.h"
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

static struct journal *open_test_journal(int64_t retention_ms)
{
	AUTOERR struct err err = ERR_INIT;
	struct journal *j = journal_open(folder, retention_ms, &err);

	assert_non_null(j);
	return j;
}

static void write_numbered_line(struct journal *j, int n, int64_t at)
{
	AUTOFREE char *object = mem_printf("{\"n\":%d,\"text\":\"a\\nb\"}", n);
	journal_write(j, str_c(object), at);
}

/* How many lines the file of that day has, packed or not; each a JSON object; -1: no such file. */
static int lines_of_day(const char *day)
{
	AUTOFREE char *plain = mem_printf("%s/%s.jsonl", folder, day), *packed = mem_printf("%s.gz", plain);
	AUTOERR struct err err = ERR_INIT;
	struct lines *l = lines_open(access(packed, F_OK) ? plain : packed, &err);
	struct str line;
	int n = 0;

	if (!l)
		return -1;
	while (lines_next(l, &line, &err)) {
		json_t *o = json_loadb(line.p, line.n, 0, NULL);
		n += o != NULL; /* the last one may be half written yet: it is not there */
		json_decref(o);
	}
	assert_false(err_any(&err));
	lines_close(l);
	return n;
}

static void test_one_file_a_day(void **state)
{
	struct journal *j = open_test_journal(90 * TIME_DAY);

	(void)state;
	for (int i = 0; i < 1000; i++)
		write_numbered_line(j, i, i < 400 ? NEW_YEAR - 1 : NEW_YEAR);
	journal_close(j);
	assert_int_equal(lines_of_day("2026-12-31"), 400);
	assert_int_equal(lines_of_day("2027-01-01"), 600);
	j = open_test_journal(90 * TIME_DAY);
	write_numbered_line(j, 1, NEW_YEAR);
	journal_close(j);
	assert_int_equal(lines_of_day("2027-01-01"), 601);
}

static void test_old_files_go(void **state)
{
	struct journal *j = open_test_journal(10 * TIME_DAY);

	(void)state;
	AUTOFREE char *other = mem_printf("%s/2020-01-01.txt", folder);
	fclose(fopen(other, "w"));
	for (int day = 0; day < 15; day++)
		write_numbered_line(j, day, NEW_YEAR + day * TIME_DAY);
	journal_close(j);
	assert_int_equal(lines_of_day("2027-01-04"), -1);
	assert_int_equal(lines_of_day("2027-01-05"), 1);
	assert_int_equal(lines_of_day("2027-01-15"), 1);
	assert_int_equal(access(other, F_OK), 0);
}

/* The folder is made, as deep as it is named; a file in its place is said to be in the way. */
static void test_folder(void **state)
{
	AUTOFREE char *top = mem_printf("%s/a", folder);
	AUTOFREE char *deep = mem_printf("%s/a/b", folder);
	AUTOFREE char *file = mem_printf("%s/file", folder);
	AUTOERR struct err err = ERR_INIT;

	(void)state;
	assert_true(journal_prepare(deep, &err));
	assert_int_equal(access(deep, W_OK), 0);
	rmdir(deep);
	rmdir(top);
	fclose(fopen(file, "w"));
	assert_false(journal_prepare(file, &err));
	assert_non_null(strstr(err_first(&err), "/file"));
	unlink(file);
}

/* On a full disk files can be made, and nothing goes into them. */
static void test_full_disk(void **state)
{
	AUTOFREE char *probe = mem_printf("%s/.probe", folder);
	AUTOERR struct err err = ERR_INIT;
	struct rlimit limit, tiny;

	(void)state;
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
	void (*before)(int) = signal(SIGXFSZ, SIG_IGN);
	tiny = limit;
	tiny.rlim_cur = 100;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &tiny), 0);
	bool fit = journal_prepare(folder, &err);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
	signal(SIGXFSZ, before);
	assert_false(fit);
	assert_non_null(strstr(err_first(&err), "takes no lines"));
	assert_int_not_equal(access(probe, F_OK), 0);
	assert_true(journal_prepare(folder, &(struct err)ERR_INIT));
	assert_int_not_equal(access(probe, F_OK), 0);
}

static char *read_day(const char *day)
{
	AUTOFREE char *path = mem_printf("%s/%s.jsonl", folder, day);
	char *text = mem_zero(4096);
	FILE *f = fopen(path, "r");

	assert_non_null(f);
	assert_true(fread(text, 1, 4095, f) > 0);
	fclose(f);
	return text;
}

/* A power cut has left half a line: it stays alone, and what follows can be read. */
static void test_torn(void **state)
{
	AUTOFREE char *path = mem_printf("%s/2027-01-01.jsonl", folder);
	FILE *f = fopen(path, "w");

	(void)state;
	fputs("{\"n\":0}\n{\"n\":1, \"te", f);
	fclose(f);
	for (int i = 0; i < 2; i++) {
		struct journal *j = open_test_journal(TIME_DAY);
		write_numbered_line(j, 2 + i, NEW_YEAR);
		journal_close(j);
	}
	AUTOFREE char *text = read_day("2027-01-01");
	assert_string_equal(text,
	                    "{\"n\":0}\n{\"n\":1, \"te\n{\"n\":2,\"text\":\"a\\nb\"}\n{\"n\":3,\"text\":\"a\\nb\"}\n");
}

/* The disk is full in the middle of a line. */
static void test_torn_by_a_full_disk(void **state)
{
	struct rlimit limit, tiny;
	struct journal *j = open_test_journal(TIME_DAY);

	(void)state;
	void (*before)(int) = signal(SIGXFSZ, SIG_IGN);
	getrlimit(RLIMIT_FSIZE, &limit);
	tiny = limit;
	tiny.rlim_cur = 5;
	setrlimit(RLIMIT_FSIZE, &tiny);
	write_numbered_line(j, 1, NEW_YEAR);
	while (journal_lost(j) < 1)
		sched_yield();
	setrlimit(RLIMIT_FSIZE, &limit);
	signal(SIGXFSZ, before);
	write_numbered_line(j, 2, NEW_YEAR);
	journal_close(j);
	AUTOFREE char *text = read_day("2027-01-01");
	assert_string_equal(text, "{\"n\":\n{\"event\":\"lost\",\"at\":\"2027-01-01T00:00:00Z\",\"lines\":1}\n"
	                          "{\"n\":2,\"text\":\"a\\nb\"}\n");
}

static void wait_for_lines(const char *day, int n)
{
	while (lines_of_day(day) < n)
		sched_yield();
}

/* Moved away by whoever rotates logs, or gone with its folder: the next lines are where they are looked for. */
static void test_moved_away(void **state)
{
	struct journal *j = open_test_journal(TIME_DAY);

	(void)state;
	AUTOFREE char *path = mem_printf("%s/2027-01-01.jsonl", folder), *to = mem_printf("%s/old", folder);
	write_numbered_line(j, 1, NEW_YEAR);
	wait_for_lines("2027-01-01", 1);
	assert_int_equal(rename(path, to), 0);
	write_numbered_line(j, 2, NEW_YEAR);
	wait_for_lines("2027-01-01", 1);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(unlink(to), 0);
	assert_int_equal(rmdir(folder), 0);
	write_numbered_line(j, 3, NEW_YEAR);
	wait_for_lines("2027-01-01", 1);
	journal_close(j);
	assert_int_equal(journal_prepare(folder, &(struct err)ERR_INIT), true);
}

/* It need not be fit at the start: lines are lost until it is. */
static void test_unfit_folder(void **state)
{
	AUTOERR struct err err = ERR_INIT;

	(void)state;
	assert_int_equal(rmdir(folder), 0);
	fclose(fopen(folder, "w"));
	struct journal *j = open_test_journal(TIME_DAY);
	write_numbered_line(j, 1, NEW_YEAR);
	while (journal_lost(j) < 1)
		sched_yield();
	assert_int_equal(unlink(folder), 0);
	write_numbered_line(j, 2, NEW_YEAR);
	wait_for_lines("2027-01-01", 1);
	assert_int_equal(journal_lost(j), 1);
	journal_close(j);
}

/* What cannot be written is counted, and nobody waits for it. */
static void test_lost(void **state)
{
	struct journal *j = open_test_journal(TIME_DAY);

	(void)state;
	AUTOFREE char *in_the_way = mem_printf("%s/2027-01-01.jsonl", folder);
	mkdir(in_the_way, 0700);
	for (int i = 0; i < 3; i++)
		write_numbered_line(j, i, NEW_YEAR);
	while (journal_lost(j) < 3)
		sched_yield();
	write_numbered_line(j, 4, NEW_YEAR + TIME_DAY);
	assert_int_equal(journal_lost(j), 3);
	journal_close(j);
	rmdir(in_the_way);
	assert_int_equal(lines_of_day("2027-01-02"), 2); /* the gap, and the line */
}

/* A day that has ended is packed while lines of the next one are written; of all its lines none is missing. */
static void a_day_is_packed(void **state)
{
	struct journal *j = open_test_journal(90 * TIME_DAY);
	AUTOFREE char *plain = mem_printf("%s/2026-12-31.jsonl", folder), *packed = mem_printf("%s.gz", plain);
	struct stat st;

	(void)state;
	for (int i = 0; i < 20000; i++)
		write_numbered_line(j, i, NEW_YEAR - 1);
	wait_for_lines("2026-12-31", 20000);
	assert_int_equal(stat(plain, &st), 0);
	off_t before = st.st_size;
	write_numbered_line(j, 1, NEW_YEAR);
	while (access(plain, F_OK) == 0)
		sched_yield();
	assert_int_equal(stat(packed, &st), 0);
	assert_true(st.st_size < before / 5);
	assert_int_equal(lines_of_day("2026-12-31"), 20000);
	journal_close(j);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_one_file_a_day), TEST(test_old_files_go),        TEST(test_folder),     TEST(test_full_disk),
		TEST(test_torn),           TEST(test_torn_by_a_full_disk), TEST(test_moved_away), TEST(test_unfit_folder),
		TEST(test_lost),           TEST(a_day_is_packed)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
