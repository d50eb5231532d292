/* Looks up what holds a page that waits: between decide and tick, and after a reload. The header says what it means. */
#include "incident/held.h"

#include <string.h>

#include "base/buf.h"
#include "base/time.h"
#include "incident/deadline.h"
#include "incident/delivery_hours.h"
#include "incident/escalation.h"
#include "incident/row.h"
#include "rules/ruleset.h"

#define NOBODY_PAGES_MS TIME_HOUR

void held_wait(struct incident *inc, int64_t due, int64_t open)
{
	if (inc->due_at && inc->due_at <= open)
		return;
	inc->due_at = open;
	inc->held_from = open > due ? due : 0;
}

/* ---- whose hours: names of intervals, one a line; those that they open behind those that they mute ---- */

#define KINDS_END "\x1e" /* behind each kind of hours */
#define MUTED_END "\x1f" /* between the two lists of one */
#define KINDS_BYTES_MAX 400

static void add_interval_names(struct buf *b, const struct strs *names)
{
	for (size_t i = 0; i < names->n; i++) {
		buf_add_c(b, i ? "\n" : "");
		buf_add(b, names->v[i]);
	}
}

static void add_kind(struct buf *b, const struct plan *plan)
{
	if (plan->hours.catalog) {
		add_interval_names(b, &plan->hours.said.mute);
		buf_add_c(b, MUTED_END);
		add_interval_names(b, &plan->hours.said.active);
	}
	buf_add_c(b, KINDS_END);
}

/* The next kind, without its end; false: there is none. */
static bool take_kind(struct str *rest, struct str *kind)
{
	ptrdiff_t end = str_index(*rest, *KINDS_END);
	if (end < 0)
		return false;
	*kind = str_slice(*rest, 0, (size_t)end);
	*rest = str_slice(*rest, (size_t)end + 1, rest->n);
	return true;
}

static bool kind_is_noted(const struct incident *inc, struct str kind)
{
	for (struct str rest = inc->held_by, known; take_kind(&rest, &known);)
		if (str_eq(known, kind))
			return true;
	return false;
}

void held_note(struct incident *inc, const struct plan *plan)
{
	AUTOBUF struct buf kind, all;
	buf_init(&kind, SIZE_MAX);
	buf_init(&all, SIZE_MAX);
	add_kind(&kind, plan);
	bool none = kind.n == strlen(KINDS_END);
	if ((none && !inc->held_by.n) || kind_is_noted(inc, str_slice(buf_str(&kind), 0, kind.n - 1)))
		return;
	buf_add(&all, inc->held_by);
	if (!inc->held_by.n && rows_waiting(inc))
		buf_add_c(&all, KINDS_END); /* nothing holds who waits already */
	buf_add(&all, buf_str(&kind));
	inc->held_by = arena_str(inc->arena, all.n > KINDS_BYTES_MAX ? STR(HELD_BY_UNKNOWN) : buf_str(&all));
}

/* When the first of those beyond the sample may be told; 0: nobody knows. */
static int64_t open_beyond_sample(const struct incident *inc, const struct incident_policy *policy, int64_t due)
{
	const struct escalation_roster *roster = policy->roster;
	int64_t first = 0;
	if (!roster || !roster->open_from)
		return 0;
	for (struct str rest = inc->held_by, kind; take_kind(&rest, &kind);) {
		ptrdiff_t muted = str_index(kind, *MUTED_END);
		if (kind.n && muted < 0)
			return 0;
		int64_t open = due;
		if (kind.n)
			open = roster->open_from(roster->arg, str_slice(kind, (size_t)muted + 1, kind.n),
			                         str_slice(kind, 0, (size_t)muted), due, inc->arena);
		first = first && first < open ? first : open;
	}
	return first;
}

/* ---- who waits ---- */

/* Of those that wait, as far as they are sampled. */
struct waiters {
	uint64_t known, paging;
	int64_t open; /* when the first of them may be told */
};

/* Its annotations are the speaker's: what has one alert name is one rule of Prometheus. */
static void plan_of_sample(const struct incident *inc, const struct incident_sample *s, const struct ruleset *rules,
                           struct arena *arena, struct plan *out)
{
	struct alert alert = {.labels = s->labels, .annotations = inc->annotations, .fingerprint = s->fingerprint};
	ruleset_evaluate(rules, &alert, NULL, arena, out);
}

static bool sample_waits(const struct incident *inc, const struct incident_sample *s)
{
	struct member m = incident_sampled_member(inc, s);
	return m.counted && row_waits(inc, &m) && row_place(inc, &m) != PLACE_NONE;
}

static bool same_hours(const struct plan *a, const struct plan *b)
{
	return a->hours.said.active.v == b->hours.said.active.v && a->hours.said.mute.v == b->hours.said.mute.v;
}

/* Members of one incident mostly have the same hours: those are looked up once. */
static struct waiters look_at_waiters(const struct incident *inc, const struct ruleset *rules, int64_t due)
{
	AUTOARENA struct arena *arena = arena_new();
	struct waiters w = {0};
	struct plan plan, last = {0};
	int64_t open = 0;
	for (size_t i = 0; i < inc->sample_count; i++) {
		if (!sample_waits(inc, &inc->sample[i]))
			continue;
		w.known++;
		plan_of_sample(inc, &inc->sample[i], rules, arena, &plan);
		if (!plan.page)
			continue;
		open = w.paging++ && same_hours(&plan, &last) ? open : plan_open_from(&plan, due);
		w.open = w.open && w.open < open ? w.open : open;
		last = plan;
	}
	return w;
}

/* …and what is counted from then: its path, its deadlines. */
static void move_page(struct incident *inc, int64_t held_from, int64_t to)
{
	int64_t by = to - inc->due_at;
	if (!incident_is_paged(inc)) {
		inc->deadlines.from = incident_promises_from(inc) + by;
		inc->escalation.from += by;
	}
	inc->held_from = held_from;
	inc->due_at = to;
}

static void note_held(struct incident *inc, int64_t now)
{
	char text[TIME_FORMAT_MAX];
	if (inc->held_from)
		incident_note(inc, now, "held", "paged at %s, if it still fires then", time_format(inc->due_at, text));
	else
		incident_note(inc, now, "held", "no longer, by the hours that are configured now");
}

/* Its plan is what its opener said, and no rule's. */
static bool is_opened_by_hand(const struct incident *inc)
{
	return labels_has(&inc->labels, STR("opened_at"));
}

bool held_look(struct incident *inc, const struct incident_policy *policy, int64_t now)
{
	if (!policy->rules || !inc->due_at || (!inc->held_from && inc->due_at > now) || is_opened_by_hand(inc))
		return false;
	int64_t from = inc->held_from ? inc->held_from : inc->due_at;
	int64_t due = from > now ? from : now;
	struct waiters w = look_at_waiters(inc, policy->rules, due);
	bool all = w.known >= rows_waiting(inc);
	int64_t beyond = all ? 0 : open_beyond_sample(inc, policy, due);
	if (beyond && (!w.open || beyond < w.open))
		w.open = beyond;
	if (all && w.known && !w.paging && inc->due_at <= now)
		w.open = now + NOBODY_PAGES_MS;
	if (!w.open || w.open == inc->due_at || (w.open <= now && inc->due_at <= now))
		return false;
	if (!all && !beyond && w.open > inc->due_at)
		return false; /* who is not sampled may have no hours */
	bool said = w.paging > 0 || beyond;
	move_page(inc, w.open > due ? from : 0, w.open);
	if (said)
		note_held(inc, now);
	return true;
}

bool held_differs(struct incident *inc, const struct incident_policy *policy, int64_t now)
{
	int64_t before = incident_clock(inc, policy);
	bool moved = held_look(inc, policy, now);
	moved = deliveries_hold_anew(inc, policy, now) || moved;
	escalation_hold(inc, policy);
	return moved || incident_clock(inc, policy) != before;
}
