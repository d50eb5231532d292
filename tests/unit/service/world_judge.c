/* What must hold at every moment: the counts are those of the members (S3); and in a calm world what each decision means. */
#include <string.h>

#include "incident/row.h"
#include "world_impl.h"

/* Another one may have stopped so long ago without our having heard of it: one flush, and its webhook. */
#define SOON (5 * TIME_MINUTE + 30 * TIME_SECOND)

bool is_active(const struct world *w, int alert)
{
	return w->truth[alert].firing && !w->am.muted[alert];
}

static bool was_active(const struct world *w, int alert, int64_t within)
{
	return is_active(w, alert) || w->judged[alert].active_until >= world_now(w) - within;
}

/* ---- S3 ---- */

struct tally {
	uint64_t n0, n1, w0, w1;
};

static struct tally scan(const struct incident *inc, const struct incident_row *row, const struct member *members)
{
	struct tally t = {0};
	for (size_t i = 0; i < ALERTS; i++) {
		const struct member *m = &members[i];
		enum place place = row_place(inc, m);
		if (place == PLACE_NONE || !m->counted || strcmp(m->group, row->group) != 0)
			continue;
		bool waits = row_waits(inc, m);
		t.n0 += place == PLACE_LISTED;
		t.n1 += place == PLACE_DOUBTFUL;
		t.w0 += place == PLACE_LISTED && waits;
		t.w1 += place == PLACE_DOUBTFUL && waits;
	}
	return t;
}

void judge_counts(struct world *w, const struct job *job, int key, const struct incident *inc)
{
	struct job look = {.kind = JOB_TICK, .store = job->store};
	uint64_t waiting = rows_waiting(inc);
	world_load(w, &look);
	for (size_t i = 0; i < inc->row_count; i++) {
		const struct incident_row *row = &inc->rows[i];
		struct tally t = scan(inc, row, look.members);
		if (t.n0 != row->n0 || t.n1 != row->n1 || t.w0 != row->w0 || t.w1 != row->w1)
			break_promise(w, "S3: a row counts other members than stand in it");
	}
	if ((waiting > 0) != (inc->due_at > 0))
		break_promise(w, "a page waits for nobody, or nobody's page is due");
	if (incident_firing(inc) > waiting && !incident_is_paged(inc))
		break_promise(w, "L1: who fires is not told of, and waits for nothing");
	free_records(&look);
	(void)key;
}

/* ---- calm worlds ---- */

/* Folded: into a page that was told, while another one fires (or did until just now, for all that could be known). */
static bool folds(const struct world *w, const struct job *job, const struct incident *inc, int key, int alert)
{
	for (int i = 0; i < ALERTS; i++) {
		bool same_group = !strcmp(job->members[i].group, groups[job->view.group]);
		if (i != alert && w->rules.key[i] == key && w->rules.page[i] &&
		    was_active(w, i, same_group ? SOON : w->policy.fresh))
			return incident_is_paged(inc);
	}
	return false;
}

/* A little later it is the same, said by another replica of Prometheus. */
static bool begins_anew(const struct truth *t, int64_t than)
{
	return t->starts_at > than + INCIDENT_START_SKEW;
}

static void judge_page(struct world *w, const struct truth *t, int alert)
{
	struct judged *j = &w->judged[alert];
	if (!begins_anew(t, j->paged_start) && is_active(w, alert) && j->steady_since <= j->paged_at)
		break_promise(w, "S1: an alert that fires steadily is paged a second time");
	j->paged_start = t->starts_at;
	j->paged_at = world_now(w);
}

void judge_decision(struct world *w, const struct job *job, int key, const struct incident *inc,
                    const struct decision *d, int alert)
{
	const struct truth *t = &job->view.truth[alert];
	struct judged *j = &w->judged[alert];
	if (!w->calm || !t->firing || !w->rules.page[alert] || d->reason == REASON_CLOSED_BY_HAND)
		return;
	if (d->verdict == VERDICT_PAGE)
		judge_page(w, t, alert);
	else if (begins_anew(t, j->handled_start) && !row_waits(inc, &d->member) && d->reason != REASON_FLAPPING &&
	         d->verdict == VERDICT_DEDUPLICATE && inc->last_notice_at != world_now(w) &&
	         !folds(w, job, inc, key, alert))
		break_promise(w, "L1: an alert began to fire and was folded where nobody fires");
	j->handled_start = t->starts_at;
}

/* Nobody said by hand that it is over, and somebody fires who was listed since he began. */
static void judge_closing(struct world *w, const struct job *job, const struct incident *before)
{
	for (int i = 0; i < ALERTS; i++) {
		const struct judged *j = &w->judged[i];
		if (is_active(w, i) && w->rules.page[i] && arrival_sticks(&job->members[i], before) && j->listed_at &&
		    j->steady_since <= j->listed_at)
			break_promise(w, "S2: an incident is resolved while a member of it fires steadily");
	}
}

/* A change of the record that `job` has loaded was committed. */
void judge_change(struct world *w, const struct job *job, int key, const struct incident *inc)
{
	const struct incident *before = world_record(w, job, key);
	if (incident_is_paged(inc) && inc->generation > before->generation)
		w->paged_at[key] = world_now(w);
	if (w->calm && incident_is_open(before) && !incident_is_open(inc) && !inc->closed_by_hand.at)
		judge_closing(w, job, before);
}
