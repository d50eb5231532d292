#include "asked.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "base/buf.h"
#include "drive.h"

struct asked asked;
struct redis_script asked_script = {.name = "three", .source = "return {KEYS[1], ARGV[1], ARGV[2]}"};

static void note_up_or_down(void *arg, bool up, const char *words)
{
	(void)arg;
	*(up ? &asked.ups : &asked.downs) += 1;
	if (!up)
		snprintf(asked.why, sizeof asked.why, "%s", words);
}

static void print_value(const struct redis_value *v, struct buf *out)
{
	switch (v->type) {
	case REDIS_NIL: buf_add_c(out, "nil"); break;
	case REDIS_STATUS: buf_printf(out, "+%.*s", STR_ARG(v->text)); break;
	case REDIS_ERROR: buf_printf(out, "-%.*s", STR_ARG(v->text)); break;
	case REDIS_INTEGER: buf_printf(out, "%lld", (long long)v->integer); break;
	case REDIS_STRING: buf_printf(out, "'%.*s'", STR_ARG(v->text)); break;
	case REDIS_ARRAY:
		buf_add_char(out, '[');
		for (size_t i = 0; i < v->count; i++) {
			buf_add_c(out, i ? " " : "");
			print_value(&v->items[i], out);
		}
		buf_add_char(out, ']');
		break;
	}
}

void asked_on_reply(void *arg, const struct redis_value *reply)
{
	(void)arg;
	asked.replies++;
	asked.nulls += !reply;
	struct buf AUTOBUF out;
	buf_init(&out, sizeof asked.last - 1);
	if (reply)
		print_value(reply, &out);
	snprintf(asked.last, sizeof asked.last, "%s", reply ? buf_str(&out).n ? out.p : "" : "NULL");
}

bool asked_send(const char *words)
{
	struct str args[16], rest = str_c(words);
	size_t n = 0;
	while (rest.n && n < 16) {
		ptrdiff_t blank = str_index(rest, ' ');
		args[n++] = blank < 0 ? rest : str_slice(rest, 0, (size_t)blank);
		rest = blank < 0 ? (struct str){"", 0} : str_slice(rest, (size_t)blank + 1, rest.n);
	}
	return redis_command(asked.redis, args, n, asked_on_reply, NULL);
}

const char *asked_answer(const char *words)
{
	int before = asked.replies;
	assert_true(asked_send(words));
	assert_int_equal(asked.replies, before); /* never inside the call */
	assert_true(drive_count(asked.loop, &asked.replies, before + 1));
	return asked.last;
}

void asked_open(struct redis_options options)
{
	asked.ups = asked.downs = asked.replies = asked.nulls = 0;
	asked.why[0] = asked.last[0] = '\0';
	asked.redis = redis_new(asked.loop, &options, note_up_or_down, NULL);
}

void asked_open_up(struct redis_options options)
{
	asked_open(options);
	assert_false(redis_up(asked.redis));
	assert_true(drive_count(asked.loop, &asked.ups, 1));
	assert_true(redis_up(asked.redis));
	assert_int_equal(asked.downs, 0);
}

struct redis_options asked_usual(void)
{
	return (struct redis_options){.address = str_c(asked.process.address), .timeout_ms = 10000};
}

void asked_eval(const char *key, const char *first, const char *second)
{
	const struct str args[] = {str_c(key), str_c(first), str_c(second)};
	assert_true(redis_eval(asked.redis, &asked_script, args, 3, 1, asked_on_reply, NULL));
}

int asked_start(void **state)
{
	(void)state;
	redis_process_start(&asked.process, NULL);
	return 0;
}

int asked_stop(void **state)
{
	(void)state;
	redis_process_stop(&asked.process);
	return 0;
}

int asked_setup(void **state)
{
	(void)state;
	asked.loop = loop_new();
	asked.redis = NULL;
	return 0;
}

int asked_teardown(void **state)
{
	(void)state;
	redis_free(asked.redis);
	loop_free(asked.loop);
	return 0;
}
