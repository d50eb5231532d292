#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "drive.h"
#include "io/passwords.h"

/* "s3cret" at the least cost. */
#define HASH "$2b$04$abcdefghijklmnopqrstuuLZYjhNQAOdpbzt4WxWlUHjv1wsyH5DG"

struct told {
	int count;
	enum password_answer last;
};

static struct loop *loop;
static struct passwords *passwords;
static const char hash[] = HASH;

static int setup(void **state)
{
	(void)state;
	loop = loop_new();
	passwords = passwords_new(loop);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	passwords_free(passwords);
	loop_free(loop);
	return 0;
}

static void keep_password_answer(void *arg, enum password_answer answer)
{
	struct told *t = arg;
	t->count++;
	t->last = answer;
}

static struct password_question question(const char *user, const char *password, bool never, const char *block)
{
	return (struct password_question){
		.user = str_c(user), .password = str_c(password), .hash = hash, .never = never, .block = str_c(block)};
}

static enum password_answer ask_whether_right(struct password_question q)
{
	struct told told = {0};
	assert_true(passwords_ask(passwords, &q, keep_password_answer, &told));
	assert_int_equal(told.count, 0); /* never inside the call */
	assert_true(drive_count(loop, &told.count, 1));
	return told.last;
}

static void right_and_wrong_are_found_out_and_remembered(void **state)
{
	(void)state;
	static const struct {
		const char *user, *password;
		bool never;
		enum password_answer answer;
	} rows[] = {
		{"ana", "s3cret", false, PASSWORD_RIGHT},
		{"ana", "s3cre", false, PASSWORD_WRONG},
		{"ana", "", false, PASSWORD_WRONG},
		{"eve", "s3cret", true, PASSWORD_WRONG},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct password_question q = question(rows[i].user, rows[i].password, rows[i].never, "a");
		assert_int_equal(passwords_known(passwords, &q), PASSWORD_UNKNOWN);
		assert_int_equal(ask_whether_right(q), rows[i].answer);
		assert_int_equal(passwords_known(passwords, &q), rows[i].answer);
	}
}

static void what_can_be_no_password_is_wrong_at_once(void **state)
{
	(void)state;
	struct password_question q = question("ana", "", false, "a");
	q.password = (struct str){"s3cret\0x", 8};
	assert_int_equal(passwords_known(passwords, &q), PASSWORD_WRONG);
}

/* One address has a few places in the line, another one its own; who waits at the end is told so. */
static void the_line_is_short(void **state)
{
	(void)state;
	struct told told = {0}, other = {0};
	char guess[32];
	for (int i = 0; i < PASSWORDS_OF_ONE_MOST; i++) {
		snprintf(guess, sizeof guess, "guess-%d", i);
		struct password_question q = question("ana", guess, false, "a");
		assert_true(passwords_ask(passwords, &q, keep_password_answer, &told));
	}
	struct password_question more = question("ana", "more", false, "a"), theirs = question("ana", "s3cret", false, "b");
	assert_false(passwords_ask(passwords, &more, keep_password_answer, &told));
	assert_true(passwords_ask(passwords, &theirs, keep_password_answer, &other));
	assert_true(drive_count(loop, &other.count, 1));
	assert_int_equal(other.last, PASSWORD_RIGHT);
	assert_true(drive_count(loop, &told.count, PASSWORDS_OF_ONE_MOST));
	assert_true(passwords_ask(passwords, &more, keep_password_answer, &told));
	passwords_free(passwords);
	assert_int_equal(told.count, PASSWORDS_OF_ONE_MOST + 1);
	assert_int_equal(told.last, PASSWORD_UNKNOWN);
	passwords = passwords_new(loop);
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(right_and_wrong_are_found_out_and_remembered),
		T(what_can_be_no_password_is_wrong_at_once),
		T(the_line_is_short),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
