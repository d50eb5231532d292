/* Many incidents in one message: see incident/digest.h. */
#include "incident/digest.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/hash.h"
#include "base/time.h"
#include "incident/generations.h"

void digest_init(struct digest *g, struct arena *arena)
{
	*g = (struct digest){.arena = arena};
}

bool digest_takes(const struct incident *inc, const struct delivery *d, int64_t now)
{
	const struct told_generation *g = generation_find(d, inc->generation);
	bool doubtful = g && g->maybe;
	return incident_lane(inc) > 0 && d->want.verb == WANT_TRIGGER && d->due_at && d->due_at <= now && !doubtful &&
	       !incident_acknowledgement(inc);
}

struct attempt delivery_peek(const struct incident *inc, const struct delivery *d)
{
	return (struct attempt){.want = d->want, .notice = inc->notice, .roster = incident_roster(inc)};
}

/* ---- counting ---- */

static bool is_row_of(const struct digest_row *row, const struct incident *inc)
{
	return str_eq(row->severity, inc->severity.name) && str_eq(row->rule, inc->rule) && str_eq(row->owner, inc->owner);
}

static struct digest_row *digest_row_of(struct digest *g, const struct incident *inc)
{
	for (size_t i = 0; i < g->row_count; i++) {
		if (is_row_of(&g->rows[i], inc))
			return &g->rows[i];
	}
	if (g->row_count == DIGEST_ROWS_MAX)
		return &g->rows[DIGEST_ROWS_MAX - 1];
	g->rows = arena_room(g->arena, g->rows, g->row_count, &g->row_capacity, sizeof *g->rows);
	struct digest_row *row = &g->rows[g->row_count++];
	*row = (struct digest_row){.severity = arena_str(g->arena, inc->severity.name),
	                           .rule = arena_str(g->arena, inc->rule),
	                           .owner = arena_str(g->arena, inc->owner),
	                           .rank = inc->severity.rank};
	return row;
}

void digest_fold(struct digest *g, const struct incident *inc, const struct delivery *d)
{
	digest_row_of(g, inc)->incidents++;
	g->incidents++;
	if (!g->since || d->first_due_at < g->since)
		g->since = d->first_due_at;
}

/* ---- saying ---- */

static int gravest_and_most_first(const void *a, const void *b)
{
	const struct digest_row *x = a, *y = b;
	if (x->rank != y->rank)
		return x->rank < y->rank ? -1 : 1;
	if (x->incidents != y->incidents)
		return x->incidents > y->incidents ? -1 : 1;
	int order = str_cmp(x->rule, y->rule);
	return order ? order : str_cmp(x->owner, y->owner);
}

/* "812 P2 by rule disk-full, owner storage" */
static void add_digest_row(struct buf *b, const struct digest_row *row)
{
	buf_printf(b, "%zu %.*s ", row->incidents, STR_ARG(row->severity));
	if (row->rule.n)
		buf_printf(b, "by rule %.*s", STR_ARG(row->rule));
	else
		buf_add_c(b, "by no rule");
	if (row->owner.n)
		buf_printf(b, ", owner %.*s", STR_ARG(row->owner));
	buf_add_c(b, "\n");
}

static struct str digest_lines(struct digest *g)
{
	AUTOBUF struct buf b;
	buf_init(&b, SIZE_MAX);
	size_t rest = 0;
	for (size_t i = 0; i < g->row_count; i++) {
		if (i < DIGEST_ROWS_SHOWN)
			add_digest_row(&b, &g->rows[i]);
		else
			rest += g->rows[i].incidents;
	}
	if (rest)
		buf_printf(&b, "%zu of other rules and owners\n", rest);
	return arena_str(g->arena, buf_str(&b));
}

/* One an hour and receiver: a service that folds by key gets one incident, however many digests there are. */
static struct str digest_key(struct arena *arena, struct str receiver, int64_t now)
{
	char hex[HASH_HEX_MAX];
	hash_sha256(str_c(arena_printf(arena, "digest %" PRId64 " %.*s", now / TIME_HOUR, STR_ARG(receiver))), hex);
	return arena_str(arena, str_slice(str_c(hex), 0, INCIDENT_KEY_SIZE - 1));
}

static struct labels one_label(struct arena *arena, struct str name, struct str value)
{
	struct labels out = {arena_alloc(arena, sizeof *out.v), 1};
	out.v[0] = (struct label){name, value};
	return out;
}

struct incident *digest_incident(struct digest *g, struct str receiver, int64_t now)
{
	struct incident *inc = incident_new(g->arena, digest_key(g->arena, receiver, now));
	if (g->row_count)
		qsort(g->rows, g->row_count, sizeof *g->rows, gravest_and_most_first);
	inc->alertname = STR("Digest");
	inc->summary = str_c(arena_printf(g->arena, "%zu incidents wait, told in one message", g->incidents));
	inc->annotations = one_label(g->arena, STR("description"), digest_lines(g));
	inc->severity.name = g->row_count ? g->rows[0].severity : STR("");
	inc->severity.rank = g->row_count ? g->rows[0].rank : 0;
	inc->episode = inc->generation = 1;
	inc->started_at = g->since;
	inc->last_seen_at = now;
	inc->notice = (uint64_t)now; /* no two digests are the same message */
	return inc;
}

/* ---- the record of one that stood in it ---- */

void incident_folded(struct incident *inc, struct str receiver, const struct attempt *a, size_t incidents, int64_t now)
{
	struct delivery *d = incident_delivery(inc, receiver);
	if (!d || d->from > a->want.generation)
		return;
	struct told_generation *g = generation_make(inc, d, a->want.generation);
	g->in_digest = true;
	if (a->notice > d->notice)
		d->notice = a->notice;
	d->roster = a->roster;
	d->told_at = now;
	d->last_error = STR("");
	d->failing_since = 0;
	incident_note(inc, now, "told", "%.*s: in a digest of %zu incidents, generation %llu", STR_ARG(receiver), incidents,
	              (unsigned long long)a->want.generation);
	incident_refresh(inc, now);
}
