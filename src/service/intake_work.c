/*
 * The webhooks in hand take turns: a slice each, from stage to stage. One that waits for the store is in no queue; it comes
 * back by intake_ready().
 */
#include "service/intake_request.h"

static enum progress answer(struct request *q, int64_t until)
{
	(void)until;
	intake_answer(q, 200, "");
	return PROGRESS_ENDED;
}

static enum progress (*const stages[STAGES])(struct request *q, int64_t until) = {
	[STAGE_READ] = intake_read,       [STAGE_PLAN] = intake_plan,     [STAGE_FOLD] = intake_fold,
	[STAGE_ROUTE] = intake_route,     [STAGE_REPORT] = intake_report, [STAGE_ANSWER] = answer,
	[STAGE_JOURNAL] = intake_journal,
};

static void push(struct request ***last, struct request *q)
{
	q->next = NULL;
	**last = q;
	*last = &q->next;
}

static struct request *pop(struct request **first, struct request ***last)
{
	struct request *q = *first;
	*first = q->next;
	if (!*first)
		*last = first;
	return q;
}

static void run(struct request *q, int64_t until)
{
	struct intake *in = q->in;
	for (;;) {
		switch (stages[q->stage](q, until)) {
		case PROGRESS_AWAY: return;
		case PROGRESS_MORE: push(&in->last_ready, q); return;
		case PROGRESS_ENDED: break;
		}
		if (q->stage == STAGES - 1) {
			intake_end(q);
			return;
		}
		q->stage++;
		q->at = 0;
	}
}

void intake_turn(void *arg)
{
	struct intake *in = arg;
	int64_t until = loop_mono_ms() + INTAKE_SLICE_MS;
	while (in->ready && !intake_over(until))
		run(pop(&in->ready, &in->last_ready), until);
	if (in->ready)
		loop_timer_set(in->turn, 0);
}

/* A small one that finds nobody before it is not kept waiting. */
void intake_ready(struct request *q)
{
	struct intake *in = q->in;
	bool at_once = !in->ready && q->text.n <= 64 * 1024;
	if (at_once) {
		run(q, loop_mono_ms() + INTAKE_SLICE_MS);
	} else {
		push(&in->last_ready, q);
	}
	if (in->ready && !loop_timer_running(in->turn))
		loop_timer_set(in->turn, 0);
}

static bool has_room(const struct intake *in, const struct request *q)
{
	return !in->working || in->working + q->text.n <= INTAKE_WORKING_BYTES;
}

static void begin(struct request *q)
{
	q->admitted = true;
	q->in->working += q->text.n;
	intake_ready(q);
}

void intake_admit(struct request *q)
{
	struct intake *in = q->in;
	if (!in->held && has_room(in, q))
		begin(q);
	else
		push(&in->last_held, q);
}

void intake_admit_held(struct intake *in)
{
	while (in->held && !in->closed && has_room(in, in->held))
		begin(pop(&in->held, &in->last_held));
}

void intake_drop_all(struct intake *in)
{
	while (in->held)
		intake_end(pop(&in->held, &in->last_held));
	while (in->ready) {
		struct request *q = pop(&in->ready, &in->last_ready);
		if (q->stage == STAGE_JOURNAL)
			intake_journal(q, INT64_MAX);
		intake_end(q);
	}
}
