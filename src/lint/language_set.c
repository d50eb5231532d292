/* Sets of characters as ranges. */
#include <stdlib.h>
#include <string.h>

#include "lint/language_impl.h"

void char_set_release(struct char_set *s)
{
	free(s->v);
	*s = (struct char_set){0};
}

void char_set_add(struct char_set *s, uint32_t first, uint32_t last)
{
	MEM_ROOM(s->v, s->n, s->capacity);
	s->v[s->n++] = (struct char_range){first, last};
}

static int by_first(const void *a, const void *b)
{
	const struct char_range *x = a, *y = b;
	return (x->first > y->first) - (x->first < y->first);
}

void char_set_finish(struct char_set *s)
{
	size_t n = 0;
	if (s->n > 0)
		qsort(s->v, s->n, sizeof *s->v, by_first);
	for (size_t i = 0; i < s->n; i++) {
		struct char_range *before = n > 0 ? &s->v[n - 1] : NULL;
		if (!before || s->v[i].first > before->last + 1)
			s->v[n++] = s->v[i];
		else if (s->v[i].last > before->last)
			before->last = s->v[i].last;
	}
	s->n = n;
}

void char_set_negate(struct char_set *s)
{
	struct char_set out = {0};
	uint32_t next = 0;
	for (size_t i = 0; i < s->n; i++) {
		if (s->v[i].first > next)
			char_set_add(&out, next, s->v[i].first - 1);
		next = s->v[i].last + 1;
	}
	if (next <= CHAR_LAST)
		char_set_add(&out, next, CHAR_LAST);
	char_set_release(s);
	*s = out;
}

bool char_set_has(const struct char_set *s, uint32_t c)
{
	size_t low = 0, high = s->n;
	while (low < high) {
		size_t middle = (low + high) / 2;
		if (s->v[middle].last < c)
			low = middle + 1;
		else
			high = middle;
	}
	return low < s->n && s->v[low].first <= c;
}

/* ---- classes with names ---- */

/* `pairs`: first and last of each range. */
static void add_pairs(struct char_set *s, struct str pairs, bool negated)
{
	struct char_set own = {0};
	for (size_t i = 0; i + 1 < pairs.n; i += 2)
		char_set_add(&own, (unsigned char)pairs.p[i], (unsigned char)pairs.p[i + 1]);
	char_set_finish(&own);
	if (negated)
		char_set_negate(&own);
	for (size_t i = 0; i < own.n; i++)
		char_set_add(s, own.v[i].first, own.v[i].last);
	char_set_release(&own);
}

bool char_set_add_perl(struct char_set *s, char letter)
{
	switch (letter) {
	case 'd':
	case 'D': add_pairs(s, STR("09"), letter == 'D'); return true;
	case 'w':
	case 'W': add_pairs(s, STR("09AZ__az"), letter == 'W'); return true;
	case 's':
	case 'S': add_pairs(s, STR("\t\n\f\r  "), letter == 'S'); return true;
	default: return false;
	}
}

bool char_set_add_named(struct char_set *s, struct str name)
{
	static const struct {
		const char *name;
		struct str pairs;
	} names[] = {
		{"alnum", STR_INIT("09AZaz")},
		{"alpha", STR_INIT("AZaz")},
		{"ascii", STR_INIT("\0\x7f")},
		{"blank", STR_INIT("\t\t  ")},
		{"cntrl", STR_INIT("\0\x1f\x7f\x7f")},
		{"digit", STR_INIT("09")},
		{"graph", STR_INIT("!~")},
		{"lower", STR_INIT("az")},
		{"print", STR_INIT(" ~")},
		{"punct", STR_INIT("!/:@[`{~")},
		{"space", STR_INIT("\t\r  ")},
		{"upper", STR_INIT("AZ")},
		{"word", STR_INIT("09AZ__az")},
		{"xdigit", STR_INIT("09AFaf")},
	};
	bool negated = name.n > 0 && name.p[0] == '^';
	if (negated)
		name = str_slice(name, 1, name.n);
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (str_eq_c(name, names[i].name)) {
			add_pairs(s, names[i].pairs, negated);
			return true;
		}
	return false;
}

/* ---- case ---- */

/* The two letters of ASCII that have a third form: the long s and the Kelvin sign. */
static void fold_letter(struct char_set *s, uint32_t c)
{
	if ((c | 0x20) < 'a' || (c | 0x20) > 'z' || c > 0x7f)
		return;
	char_set_add(s, c ^ 0x20, c ^ 0x20);
	if ((c | 0x20) == 's')
		char_set_add(s, 0x17f, 0x17f);
	if ((c | 0x20) == 'k')
		char_set_add(s, 0x212a, 0x212a);
}

bool char_set_fold(struct char_set *s)
{
	size_t n = s->n;
	for (size_t i = 0; i < n; i++) {
		if (s->v[i].last > 0x7f)
			return false;
		for (uint32_t c = s->v[i].first, last = s->v[i].last; c <= last; c++)
			fold_letter(s, c);
	}
	return true;
}
