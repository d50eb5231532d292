/*
 * Several languages at once: breadth first over the combinations of their states, so that the first text found is a
 * shortest one.
 */
#include <stdlib.h>
#include <string.h>

#include "lint/language_impl.h"

struct class
{
	uint32_t first, last;
	size_t *of; /* its number in each term's language */
};

struct seen {
	size_t parent;
	uint32_t by; /* the character that led here */
};

struct meet {
	const struct language_term *terms;
	size_t n;
	struct arena *arena;
	struct class *classes;
	size_t class_count;
	int32_t *states; /* n for each combination, in the order in which they were found */
	struct seen *seen;
	size_t count, state_capacity, seen_capacity;
	struct map *known;
};

/* ---- characters that none of the languages tells apart ---- */

static size_t all_bounds(struct meet *m, uint32_t **out)
{
	size_t most = 3, n = 0, unique = 0;
	for (size_t i = 0; i < m->n; i++)
		most += m->terms[i].language->bound_count;
	uint32_t *v = *out = arena_alloc(m->arena, most * sizeof *v);
	v[n++] = 0;
	v[n++] = SURROGATE_FIRST;
	v[n++] = SURROGATE_LAST + 1;
	for (size_t i = 0; i < m->n; i++)
		for (size_t k = 0; k < m->terms[i].language->bound_count; k++)
			v[n++] = m->terms[i].language->bounds[k];
	qsort(v, n, sizeof *v, language_by_value);
	for (size_t i = 0; i < n; i++)
		if (i == 0 || v[i] != v[unique - 1])
			v[unique++] = v[i];
	return unique;
}

static void find_classes(struct meet *m)
{
	uint32_t *bounds;
	size_t n = all_bounds(m, &bounds);
	size_t *at = arena_alloc(m->arena, (m->n + 1) * sizeof *at);
	m->classes = arena_alloc(m->arena, n * sizeof *m->classes);
	for (size_t i = 0; i < n; i++) {
		struct class *c = &m->classes[m->class_count];
		c->first = bounds[i];
		c->last = i + 1 < n ? bounds[i + 1] - 1 : CHAR_LAST;
		c->of = arena_alloc(m->arena, (m->n + 1) * sizeof *c->of);
		for (size_t k = 0; k < m->n; k++) {
			const struct language *l = m->terms[k].language;
			while (at[k] + 1 < l->bound_count && l->bounds[at[k] + 1] <= c->first)
				at[k]++;
			c->of[k] = at[k];
		}
		m->class_count += c->first != SURROGATE_FIRST; /* no text holds a surrogate */
	}
}

/* One that people can read, where there is one. */
static uint32_t character_of(const struct class *c)
{
	static const char liked[] = "xa0X- ";
	for (size_t i = 0; i < sizeof liked - 1; i++)
		if (c->first <= (uint32_t)liked[i] && (uint32_t)liked[i] <= c->last)
			return (uint32_t)liked[i];
	return c->first < '!' && c->last >= '!' ? '!' : c->first;
}

/* ---- the search ---- */

static void note_meeting(struct meet *m, const int32_t *states, size_t parent, uint32_t by)
{
	struct str key = {(const char *)states, m->n * sizeof *states};
	if (map_set(m->known, key, m))
		return;
	if (m->count == m->seen_capacity) {
		m->seen_capacity = m->seen_capacity ? 2 * m->seen_capacity : 64;
		m->seen = mem_grow_array(m->seen, m->seen_capacity, sizeof *m->seen);
		m->states = mem_grow_array(m->states, m->seen_capacity * m->n, sizeof *m->states);
	}
	memcpy(m->states + m->count * m->n, states, key.n);
	m->seen[m->count++] = (struct seen){parent, by};
}

static bool accepted(const struct meet *m, size_t index)
{
	const int32_t *states = m->states + index * m->n;
	for (size_t k = 0; k < m->n; k++)
		if (m->terms[k].language->states[states[k]]->accepts == m->terms[k].complement)
			return false;
	return true;
}

/* Where one character leads; false when nothing can come of it. */
static bool step_meeting(struct meet *m, size_t index, const struct class *c, int32_t *out, bool *too_many)
{
	for (size_t k = 0; k < m->n; k++) {
		struct language *l = m->terms[k].language;
		out[k] = language_step(l, m->states[index * m->n + k], c->of[k]);
		if (out[k] == STATE_TOO_MANY) {
			*too_many = true;
			return false;
		}
		if (!m->terms[k].complement && l->states[out[k]]->n == 0)
			return false;
	}
	return true;
}

static void expand_meeting(struct meet *m, size_t index, int32_t *room, bool *too_many)
{
	for (size_t i = 0; i < m->class_count && !*too_many; i++)
		if (step_meeting(m, index, &m->classes[i], room, too_many))
			note_meeting(m, room, index, character_of(&m->classes[i]));
}

static void put_char(struct buf *out, uint32_t c)
{
	if (c < 0x80) {
		buf_add_char(out, (char)c);
		return;
	}
	int more = c >= 0x10000 ? 3 : c >= 0x800 ? 2 : 1;
	static const unsigned char leads[] = {0, 0xc0, 0xe0, 0xf0};
	buf_add_char(out, (char)(leads[more] | (c >> (6 * more))));
	while (more-- > 0)
		buf_add_char(out, (char)(0x80 | ((c >> (6 * more)) & 0x3f)));
}

static void put_meeting_text(const struct meet *m, size_t index, struct buf *out)
{
	size_t n = 0;
	for (size_t i = index; i > 0; i = m->seen[i].parent)
		n++;
	uint32_t *chars = arena_alloc(m->arena, (n + 1) * sizeof *chars);
	for (size_t i = index, at = n; i > 0; i = m->seen[i].parent)
		chars[--at] = m->seen[i].by;
	for (size_t i = 0; i < n; i++)
		put_char(out, chars[i]);
}

static enum language_answer search_meeting(struct meet *m, struct buf *example)
{
	int32_t *room = arena_alloc(m->arena, (m->n + 1) * sizeof *room);
	bool too_many = false;
	note_meeting(m, room, 0, 0); /* all states are 0 at the beginning */
	for (size_t i = 0; i < m->count && i < LANGUAGE_MEET_MAX && !too_many; i++) {
		if (accepted(m, i)) {
			if (example)
				put_meeting_text(m, i, example);
			return LANGUAGE_SOME;
		}
		expand_meeting(m, i, room, &too_many);
	}
	return too_many || m->count > LANGUAGE_MEET_MAX ? LANGUAGE_CANNOT_TELL : LANGUAGE_NONE;
}

enum language_answer language_meet(const struct language_term *terms, size_t n, struct buf *example)
{
	if (n == 0)
		return LANGUAGE_SOME; /* the empty text, for one */
	AUTOARENA struct arena *arena = arena_new();
	struct meet m = {.terms = terms, .n = n, .arena = arena, .known = map_new()};
	find_classes(&m);
	enum language_answer answer = search_meeting(&m, example);
	map_free(m.known);
	free(m.states);
	free(m.seen);
	return answer;
}
