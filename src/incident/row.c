/* The rows of an incident: who stands where, and the counts that follow from it. */
#include "incident/row.h"

#include <string.h>

#include "base/buf.h"
#include "base/hash.h"

char *row_group(struct str source, struct str receiver, struct str group_key, char out[MEMBER_GROUP_SIZE])
{
	char hex[HASH_HEX_MAX];
	AUTOBUF struct buf b;
	buf_init(&b, SIZE_MAX);
	buf_printf(&b, "%zu %zu ", source.n, receiver.n); /* no two sets of names are the same bytes */
	buf_add(&b, source);
	buf_add(&b, receiver);
	buf_add(&b, group_key);
	hash_sha256(buf_str(&b), hex);
	memcpy(out, hex, MEMBER_GROUP_SIZE - 1);
	out[MEMBER_GROUP_SIZE - 1] = '\0';
	return out;
}

struct incident_row *row_find(const struct incident *inc, const char *group)
{
	for (size_t i = 0; i < inc->row_count; i++)
		if (!strcmp(inc->rows[i].group, group))
			return &inc->rows[i];
	return NULL;
}

int64_t row_next_mark(struct incident *inc, int64_t now)
{
	inc->last_mark = now > inc->last_mark ? now : inc->last_mark + 1;
	return inc->last_mark;
}

struct incident_row *row_make(struct incident *inc, const char *group, int64_t now)
{
	struct incident_row *row = row_find(inc, group);
	if (row)
		return row;
	if (inc->row_count >= INCIDENT_ROWS_MAX && strcmp(group, ROW_SHARED) != 0)
		return row_make(inc, ROW_SHARED, now);
	row = INCIDENT_ADD(inc, inc->rows, inc->row_count, inc->row_capacity, INCIDENT_ROWS_MAX + 1);
	*row = (struct incident_row){.counted_at = now};
	memcpy(row->group, group, strlen(group) + 1);
	row->former = row_next_mark(inc, now);
	row->mark = row_next_mark(inc, now);
	return row;
}

void row_drop(struct incident *inc, struct incident_row *row)
{
	size_t i = (size_t)(row - inc->rows);
	memmove(row, row + 1, (inc->row_count - i - 1) * sizeof *row);
	inc->row_count--;
}

static enum place place_in(const struct incident *inc, const struct incident_row *row, const struct member *m)
{
	if (!row || !m->mark || (!*row->group && m->episode != inc->episode))
		return PLACE_NONE;
	return m->mark == row->mark ? PLACE_LISTED : m->mark == row->former ? PLACE_DOUBTFUL : PLACE_NONE;
}

enum place row_place(const struct incident *inc, const struct member *m)
{
	if (!m->found || !str_eq_c(m->key, inc->key))
		return PLACE_NONE;
	return place_in(inc, row_find(inc, m->group), m);
}

bool row_waits(const struct incident *inc, const struct member *m)
{
	return inc->due_at && m->waits && m->waits == inc->page;
}

/* Counts of a migrated row may be smaller than who claims to stand in it: they stop at 0. */
static void step_count(uint64_t *n, int by)
{
	if (by > 0)
		++*n;
	else if (*n)
		--*n;
}

void row_clip(struct incident_row *row)
{
	if (row->w0 > row->n0)
		row->w0 = row->n0;
	if (row->w1 > row->n1)
		row->w1 = row->n1;
}

static void count_in(struct incident *inc, const struct member *m, int by)
{
	struct incident_row *row = row_find(inc, m->group);
	enum place place = row_place(inc, m);
	if (place == PLACE_NONE || !m->counted)
		return;
	step_count(place == PLACE_LISTED ? &row->n0 : &row->n1, by);
	if (row_waits(inc, m))
		step_count(place == PLACE_LISTED ? &row->w0 : &row->w1, by);
	row_clip(row);
}

void row_take_out(struct incident *inc, const struct member *m)
{
	count_in(inc, m, -1);
}

void row_put_in(struct incident *inc, struct incident_row *row, struct member *m)
{
	memcpy(m->group, row->group, sizeof m->group);
	m->mark = row->mark;
	count_in(inc, m, 1);
}

void row_wait(struct incident *inc, struct member *m)
{
	row_take_out(inc, m);
	m->waits = inc->page;
	count_in(inc, m, 1);
}

void rows_wait_no_more(struct incident *inc)
{
	inc->page++;
	inc->due_at = inc->held_from = 0;
	inc->held_by = (struct str){NULL, 0};
	for (size_t i = 0; i < inc->row_count; i++)
		inc->rows[i].w0 = inc->rows[i].w1 = 0;
}

uint64_t rows_waiting(const struct incident *inc)
{
	uint64_t n = 0;
	for (size_t i = 0; i < inc->row_count; i++)
		n += inc->rows[i].w0 + inc->rows[i].w1;
	return n;
}

/* Where everybody was listed the mark stays, so that no member has to be written. */
uint64_t row_shift(struct incident *inc, struct incident_row *row, int64_t now)
{
	uint64_t ended = row->n1;
	row->counted_at = now;
	if (!row->n0) {
		row->former = row_next_mark(inc, now);
		row->n1 = row->w1 = 0;
		return ended;
	}
	row->former = row->mark;
	row->n1 = row->n0;
	row->w1 = row->w0;
	row->mark = row_next_mark(inc, now);
	row->n0 = row->w0 = 0;
	return ended;
}
