/* A webhook is taken in here, and answered and let go; what lies between: intake_work.c. */
#include "service/intake.h"

#include <stdio.h>
#include <stdlib.h>

#include "lint/lint.h"
#include "service/intake_request.h"

#define SOURCE_MAX 64

struct intake *intake_new(struct router *r)
{
	struct intake *in = mem_zero(sizeof *in);

	in->r = r;
	in->refs = 1;
	in->last_ready = &in->ready;
	in->bodies = bodies_new();
	in->group_names = group_names_new();
	in->labels = label_names_new();
	in->small.last_held = &in->small.held;
	in->large.last_held = &in->large.held;
	in->turn = loop_timer_new(r->loop, intake_turn, in);
	return in;
}

static void intake_unref(struct intake *in)
{
	if (--in->refs)
		return;
	group_names_free(in->group_names);
	free(in);
}

void intake_free(struct intake *in)
{
	if (!in)
		return;
	in->closed = true;
	loop_timer_free(in->turn);
	in->turn = NULL;
	intake_drop_all(in);
	bodies_free(in->bodies);
	in->bodies = NULL;
	label_names_free(in->labels);
	in->labels = NULL;
	intake_unref(in);
}

size_t intake_pending(const struct intake *in)
{
	return in->requests;
}

size_t intake_unseen_labels(const struct intake *in, struct arena *arena, const struct unseen_label **out)
{
	*out = NULL;
	return in->planned < LINT_EVIDENCE_LEAST ? 0 : unseen_labels(in->r->config->ruleset, in->labels, arena, out);
}

/* ---- answer ---- */

static void intake_request_free(void *arg)
{
	struct request *q = arg;
	struct arena *arena = q->arena;

	webhook_parser_free(q->parser);
	map_free(q->same);
	map_free(q->groups);
	map_free(q->counted);
	loop_timer_free(q->tally_timer);
	buf_release(&q->reply);
	body_read_unref(q->read);
	config_unref(q->config);
	intake_unref(q->in);
	arena_free(arena);
}

static void count_request(struct request *q)
{
	struct metrics *m = q->in->r->metrics;
	char code[16];

	if (q->code != 200)
		snprintf(code, sizeof code, "%d", q->code);
	metrics_add(m, METRIC_WEBHOOK_REQUESTS, (struct str[]){q->code == 200 ? STR("200") : str_c(code)}, 1);
	metrics_observe(m, METRIC_WEBHOOK_DURATION, NULL, (double)(loop_mono_ms() - q->started_mono) / 1000.0);
	if (q->code == 200)
		intake_count(q);
}

void intake_answer(struct request *q, int code, const char *error)
{
	if (q->in->closed)
		return;
	q->code = code;
	count_request(q);
	struct intake_result result = {.code = code, .error = error, .data = buf_str(&q->reply), .decided = q->decided};
	q->done(q->arg, &result);
	buf_release(&q->reply);
}

/*
 * The request's memory is given back on the next turn: an incident that was decided in one batch with this one still
 * views our alerts.
 */
void intake_end(struct request *q)
{
	struct intake *in = q->in;

	in->requests--;
	in->bytes -= q->text.n;
	intake_leave(q);
	if (in->closed) {
		intake_request_free(
			q); /* the loop may not turn any more, and nobody reads an incident that was not committed */
		return;
	}
	loop_defer(in->r->loop, intake_request_free, q);
}

static void answer_refused(void *arg)
{
	struct request *q = arg;

	intake_answer(q, q->code, q->error);
	intake_end(q);
}

void intake_refuse(struct request *q, int code, const char *error)
{
	q->code = code;
	q->error = error;
	loop_defer(q->in->r->loop, answer_refused, q);
}

/* ---- a webhook ---- */

static bool source_valid(struct str s)
{
	static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-";

	for (size_t i = 0; i < s.n; i++) {
		if (str_index(STR(allowed), s.p[i]) < 0 || !s.p[i])
			return false;
	}
	return s.n <= SOURCE_MAX;
}

static struct request *intake_request_new(struct intake *in, struct str source)
{
	struct arena *arena = arena_new();
	struct request *q = arena_alloc(arena, sizeof *q);

	q->in = in;
	q->arena = arena;
	q->config = config_ref(in->r->config);
	q->source = arena_str(arena, source);
	q->started_mono = loop_mono_ms();
	buf_init(&q->reply, SIZE_MAX); /* so many decisions as there are alerts in a body */
	in->refs++;
	in->requests++;
	return q;
}

static void take_request_text(struct request *q, struct str body)
{
	q->read = bodies_find(q->in->bodies, q->config, q->source, body);
	if (q->read)
		intake_read_again(q);
	else
		q->read = body_read_new(q->config, q->source, body);
	q->text = q->read->text;
}

void intake_webhook(struct intake *in, struct str source, struct str body,
                    void (*done)(void *arg, const struct intake_result *result), void *arg)
{
	struct request *q = intake_request_new(in, source);

	q->done = done;
	q->arg = arg;
	if (!source_valid(source)) {
		intake_refuse(q, 400, "the name of a source is 1 to 64 letters, digits, '_', '.' or '-'");
	} else if (in->requests > INTAKE_REQUESTS_MAX || in->bytes + body.n > INTAKE_BYTES_MAX) {
		intake_refuse(q, 503, "too many webhooks in hand, try again");
	} else {
		take_request_text(q, body);
		q->cost = body.n;
		in->bytes += body.n;
		intake_admit(q);
	}
}

/* ---- a body that was read elsewhere ---- */

static void take_plans(struct request *q, struct plan *const *plans)
{
	intake_room_for_items(q);
	for (size_t i = 0; i < q->hook.count; i++)
		intake_make_item(q, i, plans[i]);
}

void intake_planned(struct intake *in, struct str source, const struct webhook *hook, struct plan *const *plans,
                    void (*done)(void *arg, const struct intake_result *result), void *arg)
{
	struct request *q = intake_request_new(in, source);

	q->done = done;
	q->arg = arg;
	q->planned = true;
	q->hook = *hook;
	take_plans(q, plans);
	q->stage = STAGE_FOLD;
	intake_ready(q);
}
