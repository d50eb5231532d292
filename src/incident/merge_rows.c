/* A merge, second part: one row for each group that either side knows, and every named member put into its own. */
#include <string.h>

#include "incident/episode.h"
#include "incident/held.h"
#include "incident/merging.h"

/* ---- what one row says ---- */

/* Whichever was heard of later says when it is dropped, and how its members are marked. */
static int row_order(const struct incident_row *a, const struct incident_row *b)
{
	int order = merging_order(a->heard_at, b->heard_at);
	order = order ? order : merging_order(a->counted_at, b->counted_at);
	order = order ? order : merging_order(a->truncated, b->truncated);
	order = order ? order : merging_order(b->left_at, a->left_at); /* a group's last word shortens it */
	order = order ? order : merging_order(a->mark, b->mark);
	return order ? order : merging_order(a->former, b->former);
}

/* Who is not named stands in the trunk's row and keeps his mark. */
static struct incident_row rest_of(const struct merging *m, const struct incident_row *row)
{
	struct incident_row rest = *row;
	for (size_t i = 0; i < m->count; i++) {
		const struct member *known = &m->members[i].trunk;
		enum place place = row_place(m->side[0], known);
		if (place == PLACE_NONE || !known->counted || strcmp(known->group, row->group) != 0)
			continue;
		bool listed = place == PLACE_LISTED, waits = row_waits(m->side[0], known);
		uint64_t *n = listed ? &rest.n0 : &rest.n1, *w = listed ? &rest.w0 : &rest.w1;
		*n -= *n > 0;
		*w -= waits && *w > 0;
	}
	return rest;
}

/*
 * The branch, which has heard of this group later, has never heard of them: whoever was listed is doubtful. Whoever was so
 * before has no mark to be told apart by, and has ended, unless nobody else is left.
 */
static void doubt_rest(struct incident_row *rest)
{
	if (rest->n0) {
		rest->former = rest->mark;
		rest->n1 = rest->n0;
		rest->w1 = rest->w0;
	}
	rest->n0 = rest->w0 = 0;
}

static void keep_rest(struct merging *m, struct incident_row *row, const struct incident_row *trunk)
{
	struct incident_row rest = rest_of(m, trunk);
	if (!rest.n0 && !rest.n1)
		return;
	bool doubt = merging_word_at(m->side[1], trunk->group) > trunk->counted_at;
	if (doubt)
		doubt_rest(&rest);
	else
		row->mark = rest.mark;
	row->former = rest.former;
	if (row->mark == row->former)
		row->mark = row_next_mark(m->out, m->now);
	row->n0 = rest.n0;
	row->n1 = rest.n1;
	row->w0 = rest.w0;
	row->w1 = rest.w1;
	m->rest_waits = m->rest_waits || rest.w0 || rest.w1;
}

/* The side that has no row of this group any more saw the whole incident end, after anything that was heard of it here. */
static bool ended_since(const struct merging *m, size_t side, const struct incident_row *row)
{
	return !row_find(m->side[side], row->group) && merging_word_at(m->side[side], row->group) >= row->heard_at;
}

static struct incident_row merge_row(struct merging *m, const struct merging_pair *p)
{
	const struct incident_row *a = p->in[0] ? &m->side[0]->rows[p->row[0]] : NULL;
	const struct incident_row *b = p->in[1] ? &m->side[1]->rows[p->row[1]] : NULL;
	struct incident_row out = !b || (a && row_order(a, b) >= 0) ? *a : *b;
	out.n0 = out.n1 = out.w0 = out.w1 = 0;
	for (size_t s = 0; s < SIDES; s++) {
		out.counted_at = merging_later(out.counted_at, merging_word_at(m->side[s], out.group));
		out.truncated = out.truncated && !ended_since(m, s, &out);
	}
	if (a)
		keep_rest(m, &out, a);
	return out;
}

/* ---- all of them ---- */

static int by_row_group(const struct incident *x, size_t i, const struct incident *y, size_t j)
{
	return strcmp(x->rows[i].group, y->rows[j].group);
}

static void add_merged_row(struct merging *m, const struct merging_pair *p)
{
	struct incident *out = m->out;
	struct incident_row row = merge_row(m, p);
	bool shared = !strcmp(row.group, ROW_SHARED);
	if (out->row_count >= INCIDENT_ROWS_MAX && !shared) {
		row_make(out, ROW_SHARED, m->now)->heard_at = row.heard_at;
		return;
	}
	struct incident_row *there = shared ? row_find(out, ROW_SHARED) : NULL;
	if (!there)
		there = INCIDENT_ADD(out, out->rows, out->row_count, out->row_capacity, INCIDENT_ROWS_MAX + 1);
	*there = row;
}

/* Where not all have room, those of the trunk have: who is not named stands in one of them. */
static void add_rows(struct merging *m)
{
	size_t a = m->side[0]->row_count, b = m->side[1]->row_count;
	struct merging_pair *pairs = arena_alloc(m->out->arena, (a + b + 1) * sizeof *pairs);
	size_t n = merging_pairs(m, a, b, by_row_group, pairs);
	bool room = n <= INCIDENT_ROWS_MAX;
	for (int pass = 0; pass < 2; pass++)
		for (size_t i = 0; i < n; i++)
			if ((room || pairs[i].in[0]) == (pass == 0))
				add_merged_row(m, &pairs[i]);
}

/* ---- who stands in them ---- */

static void put_in_row(struct merging *m, size_t i)
{
	const struct placing *at = &m->at[i];
	struct member *merged = &m->members[i].merged;
	const char *group = (at->side ? &m->members[i].branch : &m->members[i].trunk)->group;
	struct incident_row *row = row_find(m->out, group);
	if (!row)
		row = row_find(m->out, ROW_SHARED);
	memcpy(merged->group, row->group, sizeof merged->group);
	merged->mark = at->listed ? row->mark : row->former;
	++*(at->listed ? &row->n0 : &row->n1);
	if (at->waits[0] || at->waits[1])
		++*(at->listed ? &row->w0 : &row->w1);
}

void merging_rows(struct merging *m)
{
	struct incident *out = m->out;
	out->last_mark = merging_later(m->side[0]->last_mark, m->side[1]->last_mark);
	out->rows = NULL;
	out->row_count = out->row_capacity = 0;
	if (!m->by_hand && !m->every)
		add_rows(m);
	for (size_t i = 0; i < m->count; i++)
		if (m->at[i].here && !m->by_hand && !m->every)
			put_in_row(m, i);
}

/* ---- the page that waits for some of them ---- */

static bool someone_waits(const struct merging *m, size_t side)
{
	bool waits = side == 0 && m->rest_waits;
	for (size_t i = 0; i < m->count; i++)
		waits = waits || m->at[i].waits[side];
	return waits;
}

/* Whose hours they are is known where all sides that wait say the same. */
static void take_held_by(struct merging *m)
{
	const struct incident *known = NULL;
	m->out->held_by = (struct str){NULL, 0};
	for (size_t s = 0; s < SIDES && m->out->due_at; s++) {
		const struct incident *inc = m->side[s];
		if (!inc->due_at)
			continue;
		bool differs = known && !str_eq(known->held_by, inc->held_by);
		m->out->held_by = differs ? STR(HELD_BY_UNKNOWN) : inc->held_by;
		known = inc;
	}
}

/* The earliest of those that somebody still waits for. */
static void take_due(struct merging *m)
{
	struct incident *out = m->out;
	out->due_at = out->held_from = 0;
	out->due_why = m->side[0]->due_why > m->side[1]->due_why ? m->side[0]->due_why : m->side[1]->due_why;
	for (size_t s = 0; s < SIDES && rows_waiting(out); s++) {
		const struct incident *inc = m->side[s];
		int order = out->due_at ? merging_order(inc->due_at, out->due_at) : -1;
		if (!someone_waits(m, s) || order > 0 || (order == 0 && inc->due_why > out->due_why))
			continue;
		bool both = order == 0 && out->due_at && inc->due_why == out->due_why;
		out->held_from = both ? merging_earlier(inc->held_from, out->held_from) : inc->held_from;
		out->due_at = inc->due_at;
		out->due_why = inc->due_why;
	}
	take_held_by(m);
}

/* Both sides' who wait, wait for one page. Its number is one under which nobody waited for a page that is told or dropped. */
static void take_page_number(struct merging *m)
{
	struct incident *out = m->out;
	uint64_t most = 0;
	for (size_t s = 0; s < SIDES; s++) {
		uint64_t page = m->side[s]->page + (m->side[s]->due_at && !out->due_at);
		most = page > most ? page : most;
	}
	out->page = m->rest_waits && out->due_at ? m->side[0]->page : most;
}

static uint64_t before_page(uint64_t waits, uint64_t page)
{
	return waits < page ? waits : 0;
}

/* Who does not wait (any more) may name a page of before. */
static uint64_t waited(const struct merge_member *one, uint64_t page)
{
	uint64_t a = before_page(one->trunk.waits, page), b = before_page(one->branch.waits, page);
	return a > b ? a : b;
}

static void name_page(struct merging *m, size_t i)
{
	struct merge_member *one = &m->members[i];
	bool waits = m->out->due_at && (m->at[i].waits[0] || m->at[i].waits[1]);
	one->merged.episode = m->episode;
	one->merged.waits = waits ? m->out->page : waited(one, m->out->page);
}

/* One that was listed last, but has ended without a word of it, must not look as if it counted here. */
static void uncount_stray(struct merging *m, struct member *merged)
{
	if (merged->counted && !m->every && row_place(m->out, merged) != PLACE_NONE)
		merged->counted = false;
}

void merging_waiting(struct merging *m)
{
	struct incident *out = m->out;
	take_due(m);
	take_page_number(m);
	for (size_t i = 0; i < m->count; i++) {
		struct member *merged = &m->members[i].merged;
		merged->source = arena_str(out->arena, merged->source);
		merged->fingerprint = arena_str(out->arena, merged->fingerprint);
		merged->key = m->at[i].here ? str_c(out->key) : arena_str(out->arena, merged->key);
		if (m->at[i].here)
			name_page(m, i);
		else
			uncount_stray(m, merged);
	}
}
