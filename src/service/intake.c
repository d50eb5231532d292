#include "service/intake.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/map.h"
#include "service/intake_request.h"

/* Webhooks in hand: what waits for the store. Beyond, the sender is told to try again. */
#define INTAKE_REQUESTS_MAX 10000
#define INTAKE_BYTES_MAX ((size_t)256 * 1024 * 1024)
#define SOURCE_MAX 64

struct intake *intake_new(struct router *r)
{
	struct intake *in = mem_zero(sizeof *in);

	in->r = r;
	in->refs = 1;
	return in;
}

static void unref(struct intake *in)
{
	if (!--in->refs)
		free(in);
}

void intake_free(struct intake *in)
{
	if (!in)
		return;
	in->closed = true;
	unref(in);
}

size_t intake_pending(const struct intake *in)
{
	return in->requests;
}

/* ---- answer ---- */

static void request_free(void *arg)
{
	struct request *q = arg;
	struct arena *arena = q->arena;

	json_decref(q->data);
	config_unref(q->config);
	unref(q->in);
	arena_free(arena);
}

static void count_request(struct request *q)
{
	struct metrics *m = q->in->r->metrics;
	char code[16];

	snprintf(code, sizeof code, "%d", q->code);
	metrics_add(m, METRIC_WEBHOOK_REQUESTS, (struct str[]){str_c(code)}, 1);
	metrics_observe(m, METRIC_WEBHOOK_DURATION, NULL, (double)(loop_mono_ms() - q->started_mono) / 1000.0);
	if (q->code == 200)
		intake_count(q);
}

/*
 * The request's memory is given back on the next turn: an incident that was decided in one batch with this one still
 * views our alerts.
 */
void intake_answer(struct request *q, int code, const char *error)
{
	struct intake *in = q->in;

	q->code = code;
	q->error = error;
	in->requests--;
	in->bytes -= q->bytes;
	if (!in->closed) {
		if (code == 200)
			q->data = intake_decisions(q);
		count_request(q);
		struct intake_result result = {.code = code, .error = error, .data = q->data};
		q->done(q->arg, &result);
	}
	if (in->closed && code != 200)
		request_free(q); /* the loop may not turn any more, and nobody reads an incident that was not committed */
	else
		loop_defer(in->r->loop, request_free, q);
}

static void answer_deferred(void *arg)
{
	struct request *q = arg;
	intake_answer(q, q->code, q->error);
}

static void answer_later(struct request *q, int code, const char *error)
{
	q->code = code;
	q->error = error;
	loop_defer(q->in->r->loop, answer_deferred, q);
}

/* ---- plan ---- */

static bool source_valid(struct str s)
{
	static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-";

	for (size_t i = 0; i < s.n; i++) {
		if (str_index(STR(allowed), s.p[i]) < 0 || !s.p[i])
			return false;
	}
	return s.n <= SOURCE_MAX;
}

static void plan_all(struct request *q)
{
	q->items = arena_alloc(q->arena, (q->hook.count + 1) * sizeof *q->items);
	for (size_t i = 0; i < q->hook.count; i++) {
		struct item *item = &q->items[i];
		item->alert = &q->hook.alerts[i];
		item->member.source = q->source;
		item->member.fingerprint = item->alert->fingerprint;
		ruleset_evaluate(q->config->ruleset, item->alert, &q->hook.group_labels, q->arena, &item->plan);
	}
}

/* An alert that stands several times in one body counts as it stands there last. */
static void fold(struct request *q)
{
	if (q->hook.count < 2)
		return;
	struct map *later = map_new();
	for (size_t i = q->hook.count; i-- > 0;) {
		struct item *item = &q->items[i];
		item->folded_into = map_get(later, item->alert->fingerprint);
		if (!item->folded_into)
			map_set(later, item->alert->fingerprint, item);
	}
	map_free(later);
}

static struct request *request_new(struct intake *in, struct str source, size_t bytes)
{
	struct arena *arena = arena_new();
	struct request *q = arena_alloc(arena, sizeof *q);

	q->in = in;
	q->arena = arena;
	q->config = config_ref(in->r->config);
	q->source = arena_str(arena, source);
	q->bytes = bytes;
	q->started_mono = loop_mono_ms();
	in->refs++;
	in->requests++;
	in->bytes += bytes;
	return q;
}

static void receive(struct request *q, struct str body)
{
	const struct config_source *known = config_source(q->config, q->source);
	AUTOERR struct err err = ERR_INIT;

	if (!source_valid(q->source)) {
		answer_later(q, 400, "the name of a source is 1 to 64 letters, digits, '_', '.' or '-'");
		return;
	}
	if (!source_webhook_parse(q->arena, body, known ? &known->labels : NULL, &q->hook, &err)) {
		answer_later(q, 400, arena_cstr(q->arena, str_c(err_first(&err))));
		return;
	}
	plan_all(q);
	fold(q);
	if (q->hook.count)
		intake_route(q);
	else
		answer_later(q, 200, "");
}

void intake_webhook(struct intake *in, struct str source, struct str body,
                    void (*done)(void *arg, const struct intake_result *result), void *arg)
{
	struct request *q = request_new(in, source, body.n);

	q->done = done;
	q->arg = arg;
	if (in->requests > INTAKE_REQUESTS_MAX || in->bytes > INTAKE_BYTES_MAX)
		answer_later(q, 503, "too many webhooks in hand, try again");
	else
		receive(q, body);
}
