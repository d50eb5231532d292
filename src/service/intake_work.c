/*
 * The webhooks in hand take turns: a slice each, from stage to stage. One that waits for the store is in no queue; it comes
 * back by intake_ready().
 */
#include "service/intake_request.h"

static enum progress answer_request(struct request *q, int64_t until)
{
	(void)until;
	intake_answer(q, 200, "");
	return PROGRESS_ENDED;
}

static enum progress (*const stages[STAGES])(struct request *q, int64_t until) = {
	[STAGE_READ] = intake_read,     [STAGE_PLAN] = intake_plan,      [STAGE_FOLD] = intake_fold,
	[STAGE_LOAD] = intake_load,     [STAGE_RUN] = intake_run,        [STAGE_TALLY] = intake_tally,
	[STAGE_REPORT] = intake_report, [STAGE_ANSWER] = answer_request, [STAGE_JOURNAL] = intake_journal,
};

static void push_request(struct request ***last, struct request *q)
{
	q->next = NULL;
	**last = q;
	*last = &q->next;
}

static struct request *pop_request(struct request **first, struct request ***last)
{
	struct request *q = *first;
	*first = q->next;
	if (!*first)
		*last = first;
	return q;
}

static void run_stages(struct request *q, int64_t until)
{
	struct intake *in = q->in;
	if (q->planned)
		until = INT64_MAX; /* nobody waits beside a replay, and what it lent is its own again with the answer */
	for (;;) {
		switch (stages[q->stage](q, until)) {
		case PROGRESS_AWAY: return;
		case PROGRESS_MORE: push_request(&in->last_ready, q); return;
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
		run_stages(pop_request(&in->ready, &in->last_ready), until);
	if (in->ready)
		loop_timer_set(in->turn, 0);
}

/* A small one that finds nobody before it is not kept waiting. */
void intake_ready(struct request *q)
{
	struct intake *in = q->in;
	bool at_once = !in->ready && q->text.n <= 64 * 1024;
	if (at_once) {
		run_stages(q, loop_mono_ms() + INTAKE_SLICE_MS);
	} else {
		push_request(&in->last_ready, q);
	}
	if (in->ready && !loop_timer_running(in->turn))
		loop_timer_set(in->turn, 0);
}

/* ---- rooms ---- */

#define SMALL_COST ((size_t)256 * 1024)

static struct intake_room *room_of(struct request *q)
{
	return q->cost > SMALL_COST ? &q->in->large : &q->in->small;
}

static bool has_working_room(const struct intake_room *room, size_t cost)
{
	return !room->working || room->working + cost <= INTAKE_WORKING_BYTES;
}

static void begin_request(struct request *q)
{
	q->admitted = true;
	room_of(q)->working += q->cost;
	intake_ready(q);
}

void intake_admit(struct request *q)
{
	struct intake_room *room = room_of(q);
	if (!room->held && has_working_room(room, q->cost))
		begin_request(q);
	else
		push_request(&room->last_held, q);
}

static void admit_held(struct intake *in, struct intake_room *room)
{
	while (room->held && !in->closed && has_working_room(room, room->held->cost))
		begin_request(pop_request(&room->held, &room->last_held));
}

void intake_leave(struct request *q)
{
	struct intake_room *room = room_of(q);
	if (q->admitted)
		room->working -= q->cost;
	q->admitted = false;
	admit_held(q->in, room);
}

/* Before those who are held: it came earlier than they did. */
bool intake_admit_more(struct request *q, size_t cost)
{
	struct intake_room *left = room_of(q), *room;
	left->working -= q->cost;
	q->cost = cost;
	room = room_of(q);
	q->admitted = has_working_room(room, cost);
	if (q->admitted) {
		room->working += cost;
		return true;
	}
	if (!room->held)
		room->last_held = &q->next;
	q->next = room->held;
	room->held = q;
	admit_held(q->in, left);
	return false;
}

/* ---- the end ---- */

static void drop_held(struct intake_room *room)
{
	while (room->held)
		intake_end(pop_request(&room->held, &room->last_held));
}

void intake_drop_all(struct intake *in)
{
	drop_held(&in->small);
	drop_held(&in->large);
	while (in->pausing) {
		struct request *q = in->pausing;
		in->pausing = q->next;
		intake_end(q);
	}
	while (in->ready) {
		struct request *q = pop_request(&in->ready, &in->last_ready);
		if (q->stage == STAGE_JOURNAL)
			intake_journal(q, INT64_MAX);
		intake_end(q);
	}
}
