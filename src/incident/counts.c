/* The counters that a change adds to, and how a counter's name is written. */
#include "incident/counts.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/time.h"

#define SEPARATOR '\x1f'
#define COUNT_FIELDS 6
#define FIELD_USUAL 30
#define BUCKET_BASE 1.1

static bool count_same(const struct count *a, const struct count *b)
{
	return a->of_alert == b->of_alert && str_eq(a->what, b->what) && str_eq(a->detail, b->detail) &&
	       str_eq(a->alertname, b->alertname) && str_eq(a->rule, b->rule) && str_eq(a->owner, b->owner) &&
	       str_eq(a->severity, b->severity);
}

void counts_add(struct counts *c, struct count one)
{
	for (size_t i = 0; i < c->n; i++) {
		if (count_same(&c->v[i], &one)) {
			c->v[i].n += one.n;
			return;
		}
	}
	MEM_ROOM(c->v, c->n, c->capacity);
	c->v[c->n++] = one;
}

uint64_t counts_of(const struct counts *c, const char *what)
{
	uint64_t sum = 0;
	for (size_t i = 0; i < c->n; i++)
		sum += str_eq_c(c->v[i].what, what) ? c->v[i].n : 0;
	return sum;
}

void counts_release(struct counts *c)
{
	free(c->v);
	c->v = NULL;
	c->n = c->capacity = 0;
}

/* A label value may hold the separator or anything else: what would confuse a reader becomes a blank. */
static void field_add(struct buf *out, struct str s)
{
	size_t n = s.n < COUNT_FIELD_MAX ? s.n : COUNT_FIELD_MAX;
	while (n > 0 && n < s.n && ((unsigned char)s.p[n] & 0xC0) == 0x80)
		n--;
	size_t from = out->n;
	buf_add(out, str_slice(s, 0, n));
	for (size_t i = from; i < out->n; i++)
		if ((unsigned char)out->p[i] < 0x20)
			out->p[i] = ' ';
}

struct str count_field(struct arena *arena, const struct count *c)
{
	AUTOBUF struct buf out;
	buf_init(&out, COUNT_FIELDS * (COUNT_FIELD_MAX + 1));
	buf_expect(&out, COUNT_FIELDS * FIELD_USUAL);
	const struct str parts[COUNT_FIELDS] = {c->alertname, c->rule, c->owner, c->severity, c->what, c->detail};
	for (size_t i = 0; i < COUNT_FIELDS; i++) {
		if (i)
			buf_add_char(&out, SEPARATOR);
		field_add(&out, parts[i]);
	}
	return arena_str(arena, buf_str(&out));
}

bool count_parse(struct str field, struct count *out)
{
	struct str *parts[COUNT_FIELDS] = {&out->alertname, &out->rule, &out->owner,
	                                   &out->severity,  &out->what, &out->detail};
	for (size_t i = 0; i < COUNT_FIELDS; i++) {
		ptrdiff_t at = str_index(field, SEPARATOR);
		bool last = i + 1 == COUNT_FIELDS;
		if ((at < 0) != last)
			return false;
		*parts[i] = last ? field : str_slice(field, 0, (size_t)at);
		field = last ? field : str_slice(field, (size_t)at + 1, field.n);
	}
	return true;
}

int counts_bucket(int64_t ms)
{
	double seconds = ms < 1000 ? 1.0 : (double)ms / 1000.0;
	return (int)lround(log(seconds) / log(BUCKET_BASE));
}

double counts_bucket_seconds(int bucket)
{
	return pow(BUCKET_BASE, bucket);
}

const int64_t counts_waits[COUNT_WAITS] = {TIME_MINUTE,      2 * TIME_MINUTE,  5 * TIME_MINUTE,
                                           10 * TIME_MINUTE, 15 * TIME_MINUTE, 30 * TIME_MINUTE};

int counts_waits_passed(int64_t ms)
{
	int n = 0;
	while (n < COUNT_WAITS && counts_waits[n] <= ms)
		n++;
	return n;
}

/* "2": it lasted two waits; "5 0": five, and somebody had it before the first; "-": it was no plain one. */
char *count_fate_text(const struct count_fate *f, char out[COUNT_FATE_SIZE])
{
	if (!f->plain)
		snprintf(out, COUNT_FATE_SIZE, "-");
	else if (f->taken)
		snprintf(out, COUNT_FATE_SIZE, "%c %c", '0' + f->lasted, '0' + f->taken_after);
	else
		snprintf(out, COUNT_FATE_SIZE, "%c", '0' + f->lasted);
	return out;
}

static bool waits_read(char c, int *out)
{
	*out = c - '0';
	return *out >= 0 && *out <= COUNT_WAITS;
}

bool count_fate_parse(struct str detail, struct count_fate *out)
{
	*out = (struct count_fate){.plain = !str_eq_c(detail, "-"), .taken = detail.n == 3};
	if (!out->plain)
		return true;
	if (detail.n != 1 && (detail.n != 3 || detail.p[1] != ' '))
		return false;
	return waits_read(detail.p[0], &out->lasted) && (!out->taken || waits_read(detail.p[2], &out->taken_after));
}
