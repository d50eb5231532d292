/*
 * A row of the board: made of a record, packed for as long as it is kept, unpacked when somebody looks. A packed text is its
 * length and its bytes; a length below LONG_TEXT is one byte, else that byte and four more.
 */
#include <stdlib.h>
#include <string.h>

#include "incident/message.h"
#include "service/board_impl.h"

#define LONG_TEXT 0xff

/* ---- of a record ---- */

static struct labels first_labels(const struct labels *all)
{
	struct labels some = {all->v, 0};
	size_t bytes = 0;

	for (; some.n < all->n; some.n++) {
		bytes += all->v[some.n].name.n + all->v[some.n].value.n + 1;
		if (bytes > BOARD_LABEL_BYTES_MAX)
			break;
	}
	return some;
}

struct board_row board_row_of(const struct incident *inc)
{
	const struct incident_person *by = incident_acknowledgement(inc);
	struct board_row row = {
		.key = str_c(inc->key),
		.alertname = inc->alertname,
		.summary = incident_summary(inc),
		.severity = inc->severity.name,
		.owner = inc->owner,
		.rule = inc->rule,
		.runbook = inc->runbook.path,
		.rank = inc->severity.rank,
		.acknowledged = by != NULL,
		.dead = incident_dead(inc),
		.started_at = inc->started_at,
		.firing_since = incident_firing_since(inc),
		.firing = incident_firing(inc),
		.total = inc->count.total,
		.labels = first_labels(&inc->labels),
	};

	if (by) {
		row.by = by->by;
		row.acknowledged_at = by->at;
	}
	return row;
}

/* ---- packing ---- */

/* The key first; what stands behind them is labels. NULL: there are no more. */
static struct str *row_text(struct board_row *row, size_t i)
{
	struct str *const all[] = {&row->key,   &row->alertname, &row->summary, &row->severity,
	                           &row->owner, &row->rule,      &row->runbook, &row->by};
	return i < sizeof all / sizeof *all ? all[i] : NULL;
}

static size_t packed_bytes(struct str s)
{
	return s.n + (s.n < LONG_TEXT ? 1 : 1 + sizeof(uint32_t));
}

static unsigned char *pack_text(unsigned char *at, struct str s)
{
	uint32_t length = (uint32_t)s.n; /* a record is far below that */

	*at++ = s.n < LONG_TEXT ? (unsigned char)s.n : LONG_TEXT;
	if (s.n >= LONG_TEXT) {
		memcpy(at, &length, sizeof length);
		at += sizeof length;
	}
	if (s.n)
		memcpy(at, s.p, s.n);
	return at + s.n;
}

static const unsigned char *unpack_text(const unsigned char *at, struct str *out)
{
	uint32_t length = *at++;

	if (length == LONG_TEXT) {
		memcpy(&length, at, sizeof length);
		at += sizeof length;
	}
	*out = (struct str){(const char *)at, length};
	return at + length;
}

static size_t bytes_of_row(struct board_row *row)
{
	size_t bytes = sizeof(struct board_entry);

	for (size_t i = 0; row_text(row, i); i++)
		bytes += packed_bytes(*row_text(row, i));
	for (size_t i = 0; i < row->labels.n; i++)
		bytes += packed_bytes(row->labels.v[i].name) + packed_bytes(row->labels.v[i].value);
	return bytes;
}

struct board_entry *board_entry_new(const struct board_row *of)
{
	struct board_row row = *of;
	size_t bytes = bytes_of_row(&row);
	struct board_entry *e = mem_alloc(bytes);
	unsigned char *at = e->texts;

	*e = (struct board_entry){
		.started_at = row.started_at,
		.firing_since = row.firing_since,
		.acknowledged_at = row.acknowledged_at,
		.firing = row.firing,
		.total = row.total,
		.bytes = (uint32_t)bytes,
		.rank = row.rank,
		.label_count = (uint16_t)row.labels.n, /* BOARD_LABEL_BYTES_MAX at most */
		.acknowledged = row.acknowledged,
		.dead = row.dead,
	};
	for (size_t i = 0; row_text(&row, i); i++)
		at = pack_text(at, *row_text(&row, i));
	for (size_t i = 0; i < row.labels.n; i++)
		at = pack_text(pack_text(at, row.labels.v[i].name), row.labels.v[i].value);
	return e;
}

/* ---- unpacking ---- */

struct str board_entry_key(const struct board_entry *e)
{
	struct str key;

	unpack_text(e->texts, &key);
	return key;
}

static struct label *room_for_labels(struct board_unpacked *into, size_t n)
{
	if (n > into->label_capacity) {
		into->labels = mem_grow_array(into->labels, n, sizeof *into->labels);
		into->label_capacity = n;
	}
	return into->labels;
}

const struct board_row *board_entry_row(const struct board_entry *e, struct board_unpacked *into)
{
	struct board_row *row = &into->row;
	struct label *labels = room_for_labels(into, e->label_count);
	const unsigned char *at = e->texts;

	*row = (struct board_row){
		.rank = e->rank,
		.acknowledged = e->acknowledged,
		.dead = e->dead,
		.started_at = e->started_at,
		.firing_since = e->firing_since,
		.acknowledged_at = e->acknowledged_at,
		.firing = e->firing,
		.total = e->total,
		.labels = {labels, e->label_count},
	};
	for (size_t i = 0; row_text(row, i); i++)
		at = unpack_text(at, row_text(row, i));
	for (size_t i = 0; i < e->label_count; i++)
		at = unpack_text(unpack_text(at, &labels[i].name), &labels[i].value);
	return row;
}

/* ---- the same? ---- */

static bool same_texts(const struct board_row *a, const struct board_row *b)
{
	return str_eq(a->alertname, b->alertname) && str_eq(a->summary, b->summary) && str_eq(a->severity, b->severity) &&
	       str_eq(a->owner, b->owner) && str_eq(a->rule, b->rule) && str_eq(a->runbook, b->runbook) &&
	       str_eq(a->by, b->by) && labels_equal(&a->labels, &b->labels);
}

bool board_entry_says(const struct board_entry *e, const struct board_row *row, struct board_unpacked *scratch)
{
	return e->rank == row->rank && e->acknowledged == row->acknowledged && e->dead == row->dead &&
	       e->started_at == row->started_at && e->firing_since == row->firing_since &&
	       e->acknowledged_at == row->acknowledged_at && e->firing == row->firing && e->total == row->total &&
	       same_texts(board_entry_row(e, scratch), row);
}
