/*
 * The hourly counters of a webhook: they count alerts that were answered 200, once. A body of one incident is counted by
 * that incident's commit. Of any other what its commits would count is gathered here, and added in one step when the last of
 * them is done: a body that fails half-way and is sent again counts once. A step whose outcome stays unknown is refused, and
 * remembered by the body: when it comes again, it is counted under the same id, or asked whether the commit was done.
 */
#include <string.h>

#include "service/intake_request.h"

#define TALLY_UNKNOWN_MS 5000 /* as long as a commit in doubt (transaction.h) */
#define TALLY_AGAIN_MS 100

/* ---- webhooks that may have been counted ---- */

static char *digest_of(const struct request *q, char out[HASH_HEX_MAX])
{
	AUTOARENA struct arena *arena = arena_new();
	return hash_sha256(str_c(arena_printf(arena, "%.*s\n%.*s", STR_ARG(q->source), STR_ARG(q->text))), out);
}

static struct intake_doubt *doubt_of(struct request *q)
{
	struct intake *in = q->in;
	int64_t oldest = loop_mono_ms() - STORE_TALLY_MS;
	char body[HASH_HEX_MAX] = "";

	for (size_t i = 0; in->doubted && i < INTAKE_DOUBTS; i++) {
		struct intake_doubt *d = &in->doubts[i];
		if (!d->body[0] || d->at < oldest)
			continue;
		if (!body[0])
			digest_of(q, body);
		if (strcmp(d->body, body) == 0)
			return d;
	}
	return NULL;
}

static void remember_doubt(struct request *q, const char *id, bool carried)
{
	struct intake *in = q->in;
	struct intake_doubt *d = doubt_of(q);

	if (!d) {
		d = &in->doubts[in->next_doubt];
		in->next_doubt = (in->next_doubt + 1) % INTAKE_DOUBTS;
		in->doubted = true;
		digest_of(q, d->body);
	}
	d->carried = carried;
	d->at = loop_mono_ms();
	memcpy(d->id, id, STORE_ID_MAX);
}

void intake_doubt_commit(struct request *q, const char *id)
{
	remember_doubt(q, id, true);
}

void intake_recall(struct request *q)
{
	const struct intake_doubt *d = doubt_of(q);

	if (d)
		memcpy(d->carried ? q->counted_by : q->tally_ask.id, d->id, STORE_ID_MAX);
}

/* The same bytes may come again when Alertmanager repeats itself: that is another webhook. */
static void counted_now(struct request *q)
{
	struct intake_doubt *d = doubt_of(q);

	if (d)
		d->body[0] = '\0';
}

/* ---- gathering ---- */

static void hold_one(struct request *q, const struct count *c)
{
	AUTOARENA struct arena *arena = arena_new();
	struct str field = count_field(arena, c);
	struct store_count *known = map_get(q->counted, field);

	if (!known && map_count(q->counted) >= STORE_COUNTS_PER_HOUR) {
		field = STR(STORE_COUNTS_OTHER);
		known = map_get(q->counted, field);
	}
	if (!known) {
		known = arena_alloc(q->arena, sizeof *known);
		known->field = arena_str(q->arena, field);
		map_set(q->counted, field, known);
	}
	known->add += c->n;
}

void intake_hold_counts(struct request *q, const struct counts *held)
{
	if (held->n && !q->counted)
		q->counted = map_new();
	for (size_t i = 0; i < held->n; i++)
		hold_one(q, &held->v[i]);
}

/* ---- counting ---- */

static void ask_tally(struct request *q);

static void tally_timer_fired(void *arg)
{
	struct request *q = arg, **at = &q->in->pausing;

	while (*at != q)
		at = &(*at)->next;
	*at = q->next;
	ask_tally(q);
}

static void tally_again(struct request *q)
{
	if (!q->tally_timer)
		q->tally_timer = loop_timer_new(q->in->r->loop, tally_timer_fired, q);
	loop_timer_set(q->tally_timer, TALLY_AGAIN_MS);
	q->next = q->in->pausing;
	q->in->pausing = q;
}

static void tally_refused(struct request *q, enum store_result result)
{
	if (result != STORE_UNAVAILABLE || q->tally_until)
		remember_doubt(q, q->tally_ask.id, false);
	intake_answer(q, 503, "the store cannot count it, try again");
	intake_end(q);
}

/* Once an answer was missing, a refusal does not end the doubt: the first one may still be done. */
static void tally_counted(void *arg, const struct store_tallied *reply)
{
	struct request *q = arg;
	int64_t now = loop_mono_ms();

	if (q->in->closed) {
		intake_end(q);
		return;
	}
	if (reply->result == STORE_OK) {
		counted_now(q);
		q->stage = STAGE_REPORT;
		q->at = 0;
		intake_ready(q);
		return;
	}
	if (reply->result == STORE_UNKNOWN && !q->tally_until)
		q->tally_until = now + TALLY_UNKNOWN_MS;
	if (q->tally_until && now < q->tally_until)
		tally_again(q);
	else
		tally_refused(q, reply->result);
}

static void ask_tally(struct request *q)
{
	store_tally(q->in->r->store, &q->tally_ask, tally_counted, q);
}

static void fill_tally(struct request *q)
{
	struct store_count *counts = arena_alloc(q->arena, map_count(q->counted) * sizeof *counts);
	struct str field;
	void *one;

	for (size_t i = 0; map_next(q->counted, &i, &field, &one);)
		counts[q->tally_ask.count++] = *(struct store_count *)one;
	q->tally_ask.counts = counts;
	q->tally_ask.behind = true;
	if (!q->tally_ask.id[0])
		hash_random_id(q->tally_ask.id);
}

enum progress intake_tally(struct request *q, int64_t until)
{
	(void)until;
	if (!q->counted) {
		counted_now(q);
		return PROGRESS_ENDED;
	}
	fill_tally(q);
	ask_tally(q);
	return PROGRESS_AWAY;
}
