#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <time.h>

#include <cmocka.h>

#include "drive.h"
#include "io/password_line.h"
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
static bool was_crowded;

static int setup(void **state)
{
	(void)state;
	was_crowded = false;
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
	was_crowded |= answer == PASSWORD_CROWDED;
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

/* One holder's flood fills the line and takes nobody else's place; of those too many each is told so. */
static void a_full_line_lets_others_in(void **state)
{
	(void)state;
	const int more = 8;
	struct told told = {0}, crowded = {0}, other = {0};
	char guess[32];
	for (int i = 0; i < PASSWORD_LINE_MOST + more; i++) {
		snprintf(guess, sizeof guess, "guess-%d", i);
		struct password_question q = question("ana", guess, false, "a");
		assert_true(passwords_ask(passwords, &q, keep_password_answer, i < PASSWORD_LINE_MOST / 2 ? &told : &crowded));
	}
	struct password_question theirs = question("root", "s3cret", false, "b");
	assert_true(passwords_ask(passwords, &theirs, keep_password_answer, &other));
	assert_int_equal(crowded.count, 0); /* never inside the call */
	assert_true(drive_count(loop, &other.count, 1));
	assert_int_equal(other.last, PASSWORD_RIGHT);
	assert_true(drive_count(loop, &told.count, PASSWORD_LINE_MOST / 2));
	assert_int_equal(told.last, PASSWORD_WRONG);
	assert_true(drive_count(loop, &crowded.count, PASSWORD_LINE_MOST / 2 + more));
	assert_true(was_crowded);
}

/* His turn would come behind a flood of his own address, but another address asked the same before. */
static void who_asks_the_same_is_told_with_the_first(void **state)
{
	(void)state;
	struct told told = {0}, guesses = {0};
	char guess[32];
	for (int i = 0; i < 200; i++) {
		snprintf(guess, sizeof guess, "guess-%d", i);
		struct password_question g = question("ana", guess, false, "b");
		assert_true(passwords_ask(passwords, &g, keep_password_answer, &guesses));
	}
	struct password_question same = question("ana", "s3cret", false, "b"),
							 first = question("ana", "s3cret", false, "a");
	assert_true(passwords_ask(passwords, &same, keep_password_answer, &told));
	assert_true(passwords_ask(passwords, &first, keep_password_answer, &told));
	assert_true(drive_count(loop, &told.count, 2));
	assert_int_equal(told.last, PASSWORD_RIGHT);
	assert_in_range(guesses.count, 0, 199);
	assert_true(drive_count(loop, &guesses.count, 200));
	assert_int_equal(told.count, 2); /* each once */
}

/* ---- what a flood may learn ---- */

struct numbered_answer {
	int number, *order, *count;
};

static void note_order(void *arg, enum password_answer answer)
{
	struct numbered_answer *a = arg;
	assert_int_equal(answer, PASSWORD_WRONG);
	a->order[(*a->count)++] = a->number;
}

/* Every other name is somebody's. */
static void the_order_of_answers_tells_no_name(void **state)
{
	(void)state;
	struct numbered_answer asked[40];
	int order[40], count = 0;
	char name[32];
	for (int i = 0; i < 40; i++) {
		asked[i] = (struct numbered_answer){i, order, &count};
		snprintf(name, sizeof name, "name-%d", i);
		struct password_question q = question(name, "a guess", i % 2 == 0, "a");
		assert_true(passwords_ask(passwords, &q, note_order, &asked[i]));
	}
	assert_true(drive_count(loop, &count, 40));
	int lead = 0; /* of somebody's names: 20 places by how they were asked, 400 where they went first */
	for (int place = 0; place < 40; place++)
		lead += order[place] % 2 ? place : -place;
	assert_in_range(lead + 100, 0, 200); /* two names may share a count, and one of them waits until last then */
}

static double cpu_ms_of_guess(struct password_question q)
{
	struct timespec from, to;
	assert_int_equal(clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &from), 0);
	assert_int_equal(ask_whether_right(q), PASSWORD_WRONG);
	assert_int_equal(clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &to), 0);
	return (double)(to.tv_sec - from.tv_sec) * 1e3 + (double)(to.tv_nsec - from.tv_nsec) / 1e6;
}

/* 64 times as much work lies between the two hashes. */
static void a_cheap_hash_takes_as_long_as_the_dearest(void **state)
{
	(void)state;
	struct password_question dear = question("ana", "a guess", false, "a"),
							 padded = question("bot", "a guess", false, "a"),
							 cheap = question("zoe", "a guess", false, "a");
	dear.hash = "$2b$10$abcdefghijklmnopqrstuuLZYjhNQAOdpbzt4WxWlUHjv1wsyH5DG";
	padded.most = dear.most = 10;
	double most = cpu_ms_of_guess(dear), same = cpu_ms_of_guess(padded), least = cpu_ms_of_guess(cheap);
	assert_true(same > most / 3 && same < most * 3);
	assert_true(least < most / 8);
}

static void a_hash_says_what_it_costs(void **state)
{
	(void)state;
	assert_int_equal(password_cost(HASH), 4);
	assert_int_equal(password_cost("$2y$12$abcdefghijklmnopqrstuuLZYjhNQAOdpbzt4WxWlUHjv1wsyH5DG"), 12);
	assert_int_equal(password_cost("$1$abc"), 0);
	assert_int_equal(password_cost(""), 0);
}

/* 16 times the least cost, and nobody's: what is asked meanwhile finds the others still in line. */
#define SLOW_HASH "$2b$08$abcdefghijklmnopqrstuuLZYjhNQAOdpbzt4WxWlUHjv1wsyH5DG"

static void an_address_that_was_right_is_asked_before_others(void **state)
{
	(void)state;
	struct numbered_answer asked[41];
	int order[41], count = 0, place = 0;
	char block[32];
	assert_int_equal(ask_whether_right(question("ana", "s3cret", false, "proven")), PASSWORD_RIGHT);
	for (int i = 0; i < 41; i++) {
		asked[i] = (struct numbered_answer){i, order, &count};
		snprintf(block, sizeof block, "block-%d", i);
		struct password_question q = question("bot", block, false, i < 40 ? block : "proven");
		q.hash = SLOW_HASH;
		assert_true(passwords_ask(passwords, &q, note_order, &asked[i]));
	}
	assert_true(drive_count(loop, &count, 41));
	while (order[place] != 40)
		place++;
	assert_in_range(place, 0, 39);
}

static void who_waits_at_the_end_is_told(void **state)
{
	(void)state;
	struct told told = {0};
	struct password_question q = question("ana", "s3cret", false, "a");
	assert_true(passwords_ask(passwords, &q, keep_password_answer, &told));
	passwords_stop(passwords);
	assert_int_equal(told.count, 1);
	assert_int_equal(told.last, PASSWORD_UNKNOWN);
	assert_false(passwords_ask(passwords, &q, keep_password_answer, &told));
	passwords_free(passwords);
	assert_int_equal(told.count, 1);
	passwords = passwords_new(loop);
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(right_and_wrong_are_found_out_and_remembered),
		T(what_can_be_no_password_is_wrong_at_once),
		T(a_full_line_lets_others_in),
		T(who_asks_the_same_is_told_with_the_first),
		T(the_order_of_answers_tells_no_name),
		T(an_address_that_was_right_is_asked_before_others),
		T(a_cheap_hash_takes_as_long_as_the_dearest),
		T(a_hash_says_what_it_costs),
		T(who_waits_at_the_end_is_told),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
