/*
 * What noise promises of a page_after is what happens with it: the same history, once as the rule is and once as it was
 * suggested, through a whole router on a clock of the test's.
 */
#include "stage.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/time.h"
#include "incident/counts.h"
#include "service/operate.h"

#define ALERT "\"alertname\": \"Wobbly\", \"instance\": \"a\""
#define RULE "\n  - {name: wobbly, matchers: ['alertname=\"Wobbly\"'], page_after: %s}"
#define APART TIME_HOUR
/* However slow the machine is, what is on its way when the clock goes on is not sent again. */
#define LEASE "{lease: 1d}"

/* One incident: how long it fires, and after how long somebody has it (0: nobody). */
struct fired {
	int64_t lasts, taken;
};

static struct stage stage;

static size_t events_of(const struct provider *p, const char *event)
{
	size_t n = 0;

	for (size_t i = 0; i < p->count; i++)
		n += !strcmp(provider_event(p, i), event);
	return n;
}

struct awaited {
	const char *event;
	size_t n;
};

static bool have_come(struct stage *s, const void *arg)
{
	const struct awaited *a = arg;
	return events_of(&s->provider, a->event) >= a->n;
}

static void await_events(const char *event, size_t n)
{
	struct awaited a = {event, n};
	stage_until(&stage, have_come, &a);
}

/* Its incident's key; static. */
static const char *post_wobbly(const char *status, int64_t age)
{
	static char key[64];
	struct stage_answer answer = stage_post(&stage, stage_body(stage_alert(&stage, ALERT, status, age), NULL));

	assert_int_equal(answer.code, 200);
	snprintf(key, sizeof key, "%s", stage_key(&answer, 0));
	stage_answer_release(&answer);
	return key;
}

/* ---- by hand ---- */

static void was_taken(void *arg, const struct operate_reply *reply)
{
	assert_int_equal(reply->result, OPERATE_OK);
	*(bool *)arg = true;
}

static bool has_happened(struct stage *s, const void *arg)
{
	(void)s;
	return *(const bool *)arg;
}

static void take(const char *key)
{
	bool done = false;

	operate_command(&stage.r, str_c(key), COMMAND_ACK, &(struct command_args){.by = STR("ida")}, was_taken, &done);
	stage_until(&stage, has_happened, &done);
}

/* ---- a history ---- */

/* Time passes to `to` after the beginning; who waits is paged on the way. True: somebody has been. */
static bool pass_until(int64_t *at, int64_t to, int64_t wait, size_t *paged)
{
	bool due = *at < wait && wait <= to;

	if (due) {
		stage_pass(&stage, wait - *at);
		*at = wait;
		await_events("trigger", ++*paged);
	}
	stage_pass(&stage, to - *at);
	*at = to;
	return due;
}

static void fire_once(const struct fired *f, int64_t wait, size_t *paged)
{
	const char *key = post_wobbly("firing", 0);
	int64_t at = 0;
	bool told = !wait;

	if (told)
		await_events("trigger", ++*paged);
	if (f->taken) {
		told |= pass_until(&at, f->taken, wait, paged);
		if (told) /* nobody takes what he has not heard of */
			take(key);
	}
	told |= pass_until(&at, f->lasts, wait, paged);
	post_wobbly("resolved", f->lasts);
	if (told)
		await_events("resolve", *paged);
	stage_pass(&stage, APART);
}

static char *take_report(void);

/* How many pages there were; `say`: what noise suggests then, the caller's; NULL: nobody asks. */
static size_t live_through(const struct fired *history, size_t n, const char *page_after, char **say)
{
	char rules[200];
	int64_t wait;
	size_t paged = 0;

	snprintf(rules, sizeof rules, RULE, page_after);
	assert_true(time_duration_parse(str_c(page_after), &wait));
	stage_open(&stage,
	           &(struct stage_settings){.rules = rules, .delivery = LEASE, .services = true, .without_mail = true});
	for (size_t i = 0; i < n; i++)
		fire_once(&history[i], wait, &paged);
	assert_int_equal(events_of(&stage.provider, "trigger"), paged);
	if (say)
		*say = take_report();
	stage_close(&stage);
	return paged;
}

/* ---- what noise says of it ---- */

struct asked_noise {
	bool done;
	char *say;
};

static void was_reported(void *arg, const struct operate_reply *reply)
{
	struct asked_noise *a = arg;
	assert_int_equal(reply->result, OPERATE_OK);
	const json_t *row = json_array_get(json_object_get(reply->data, "rows"), 0);
	const char *say = json_string_value(json_object_get(row, "suggestion"));

	a->say = mem_strdup(say ? say : "");
	a->done = true;
}

static bool has_reported(struct stage *s, const void *arg)
{
	(void)s;
	return ((const struct asked_noise *)arg)->done;
}

static char *take_report(void)
{
	const struct noise_query q = {.since_ms = 30 * TIME_DAY, .by = NOISE_ALERTNAME};
	struct asked_noise a = {.done = false};

	operate_noise(&stage.r, &q, was_reported, &a);
	stage_until(&stage, has_reported, &a);
	return a.say;
}

struct promise {
	char wait[16];
	unsigned long long itself, ended, spared, delayed;
};

static unsigned long long number_behind(const char *say, const char *words)
{
	const char *at = strstr(say, words);
	return at ? strtoull(at + strlen(words), NULL, 10) : 0;
}

static struct promise promise_of(const char *say)
{
	struct promise p = {.wait = ""};

	if (sscanf(say, "resolves itself within %15s in %llu of %llu incidents: page_after", p.wait, &p.itself, &p.ended) !=
	    3)
		fail_msg("\"%s\" promises nothing, or not exactly", say);
	p.spared = number_behind(say, "would have spared ");
	p.delayed = number_behind(say, "and delayed ");
	return p;
}

static void assert_kept(const struct fired *history, size_t n, const char *now)
{
	char *say;
	size_t before = live_through(history, n, now, &say);
	const struct promise p = promise_of(say);
	size_t after = live_through(history, n, p.wait, NULL);

	if (p.ended != before || p.spared != before - after || p.delayed != after)
		fail_msg("of %zu pages %zu are left: %s", before, after, say);
	free(say);
}

#define COUNT(list) (sizeof(list) / sizeof *(list))

/* On both sides of an edge, by a millisecond; 57 s and 63 s are one bucket of the histograms. */
static void edges_are_exact(void **state)
{
	static const struct fired history[] = {{TIME_MINUTE - 1, 0}, {57000, 0}, {1000, 0},           {30000, 0},
	                                       {TIME_MINUTE - 3, 0}, {59000, 0}, {TIME_MINUTE, 0},    {45000, 0},
	                                       {TIME_MINUTE - 1, 0}, {58000, 0}, {TIME_MINUTE + 1, 0}};

	(void)state;
	assert_kept(history, COUNT(history), "0s");
}

static void what_somebody_took_is_counted_apart(void **state)
{
	static const struct fired history[] = {
		{200000, 0}, {290000, 0}, {299999, 0}, {130000, 0},     {200000, 0},
		{290000, 0}, {299999, 0}, {130000, 0}, {200000, 30000}, {TIME_HOUR, 2 * TIME_MINUTE}};

	(void)state;
	assert_kept(history, COUNT(history), "0s");
}

/* What waits two minutes now was told of six, of which one lasts. */
static void a_wait_that_is_there_already_is_counted_from(void **state)
{
	static const struct fired history[] = {{100000, 0}, {119999, 0}, {120000, 0}, {120001, 0}, {200000, 0},
	                                       {299999, 0}, {250000, 0}, {300000, 0}, {60000, 0}};

	(void)state;
	assert_kept(history, COUNT(history), "2m");
}

static void any_history_keeps_the_promise(void **state)
{
	unsigned dice = 14;

	(void)state;
	for (int round = 0; round < 6; round++) {
		struct fired history[24];
		for (size_t i = 0; i < COUNT(history); i++) {
			dice = dice * 1103515245u + 12345u;
			int64_t edge = counts_waits[dice >> 16 & 3], off = (int64_t)(dice >> 8 & 7) * 997 - 6979;
			history[i] =
				(struct fired){edge + (i % 8 ? off : 10 * TIME_MINUTE), i % 6 ? 0 : 20000 + (dice >> 20 & 1023)};
		}
		assert_kept(history, COUNT(history), "0s");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(edges_are_exact),
		cmocka_unit_test(what_somebody_took_is_counted_apart),
		cmocka_unit_test(a_wait_that_is_there_already_is_counted_from),
		cmocka_unit_test(any_history_keeps_the_promise),
	};
	return cmocka_run_group_tests_name("noise_promise", tests, NULL, NULL);
}
