/* Weighs the texts that a rule offers: the rarest, longest one is the cheapest to look up. */
#include <stdlib.h>

#include "rules/literal_build.h"

/* ---- label names ---- */

uint32_t literal_slot_find(const struct literal_index *ix, struct str name)
{
	for (uint32_t i = literal_hash_name(name) & ix->slot_mask;; i = (i + 1) & ix->slot_mask) {
		uint32_t found = ix->slot_table[i];
		if (found == 0)
			return LITERAL_NO_SLOT;
		if (str_eq(ix->slots[found - 1].name, name))
			return found - 1;
	}
}

static void insert_slot(struct literal_index *ix, uint32_t slot)
{
	uint32_t i = literal_hash_name(ix->slots[slot].name) & ix->slot_mask;
	while (ix->slot_table[i] != 0)
		i = (i + 1) & ix->slot_mask;
	ix->slot_table[i] = slot + 1;
}

/* At most a quarter of the table is in use: most labels of an alert are in no rule. */
static void grow_slots(struct literal_index *ix)
{
	uint32_t size = ix->slot_table ? (ix->slot_mask + 1) * 2 : 64; /* a power of two */
	free(ix->slot_table);
	ix->slot_table = mem_zero(size * sizeof *ix->slot_table);
	ix->slot_mask = size - 1;
	ix->slots = mem_grow_array(ix->slots, size / 4, sizeof *ix->slots);
	for (uint32_t i = 0; i < ix->slot_count; i++)
		insert_slot(ix, i);
}

void literal_slots_init(struct literal_index *ix)
{
	grow_slots(ix);
}

uint32_t literal_slot_of(struct literal_index *ix, struct str name)
{
	uint32_t slot = literal_slot_find(ix, name);
	if (slot != LITERAL_NO_SLOT)
		return slot;
	if (ix->slot_count == (ix->slot_mask + 1) / 4)
		grow_slots(ix);
	slot = (uint32_t)ix->slot_count++;
	ix->slots[slot] = (struct literal_slot){.name = name};
	insert_slot(ix, slot);
	return slot;
}

/* ---- literals ---- */

static void insert_literal(struct literal_builder *b, uint32_t id)
{
	size_t i = b->literals[id].hash & (b->interned_size - 1);
	while (b->interned[i] != 0)
		i = (i + 1) & (b->interned_size - 1);
	b->interned[i] = id + 1;
}

static void grow_interned(struct literal_builder *b)
{
	free(b->interned);
	b->interned_size = b->interned_size ? b->interned_size * 2 : 1024;
	b->interned = mem_zero(b->interned_size * sizeof *b->interned);
	for (uint32_t i = 0; i < b->literal_count; i++)
		insert_literal(b, i);
}

static bool same_literal(const struct literal *a, const struct literal *b)
{
	return a->hash == b->hash && a->place == b->place && str_eq(a->text, b->text);
}

/* Texts in the pool go with the next matcher; others are views of what a matcher says, which stays. */
static struct str kept_text(struct literal_builder *b, struct str text)
{
	uintptr_t at = (uintptr_t)text.p, pool = (uintptr_t)b->pool.bytes;
	return at >= pool && at < pool + TEXT_POOL_BYTES ? arena_str(b->arena, text) : text;
}

static uint32_t intern_literal(struct literal_builder *b, struct literal l)
{
	if (b->literal_count * 2 >= b->interned_size)
		grow_interned(b);
	l.hash = literal_hash_text(literal_seed(l.place), l.text);
	for (size_t i = l.hash & (b->interned_size - 1); b->interned[i] != 0; i = (i + 1) & (b->interned_size - 1))
		if (same_literal(&b->literals[b->interned[i] - 1], &l))
			return b->interned[i] - 1;
	l.text = kept_text(b, l.text);
	MEM_ROOM(b->literals, b->literal_count, b->literal_room);
	b->literals[b->literal_count] = l;
	insert_literal(b, (uint32_t)b->literal_count);
	return (uint32_t)b->literal_count++;
}

/* ---- offers ---- */

static struct str cut_literal(struct str text, enum literal_kind kind)
{
	if (kind == LITERAL_EXACT || text.n <= LITERAL_CUT)
		return text;
	return kind == LITERAL_SUFFIX ? str_slice(text, text.n - LITERAL_CUT, text.n) : str_slice(text, 0, LITERAL_CUT);
}

/* Whether one of the texts before `i` is found wherever that one is: foo before foobar. */
static bool is_covered(struct texts t, size_t i, enum literal_kind kind)
{
	const size_t enough = 16;
	for (size_t k = 0; t.n <= enough && k < t.n && kind == LITERAL_PREFIX; k++)
		if (k != i && t.v[k].n < t.v[i].n && str_starts(t.v[i], t.v[k]))
			return true;
	return false;
}

static void offer(struct literal_builder *b, struct literal_offer o, uint32_t place, struct texts texts)
{
	if (texts_shortest(texts) < (o.kind == LITERAL_PART ? GRAM_LEAST : 1))
		return;
	o.first = (uint32_t)b->id_count;
	for (size_t i = 0; i < texts.n; i++) {
		if (is_covered(texts, i, o.kind))
			continue;
		struct str text = cut_literal(texts.v[i], o.kind);
		o.proves = o.proves && text.n == texts.v[i].n;
		struct literal l = {.place = place, .text = text};
		MEM_ROOM(b->ids, b->id_count, b->id_room);
		b->ids[b->id_count] = intern_literal(b, l);
		b->literals[b->ids[b->id_count++]].rules++;
	}
	o.count = (uint32_t)b->id_count - o.first;
	MEM_ROOM(b->offers, b->offer_count, b->offer_room);
	b->offers[b->offer_count++] = o;
}

void literal_offer_shape(struct literal_builder *b, uint32_t matcher, uint32_t slot, const struct shape *s)
{
	const struct {
		enum literal_kind kind;
		enum shape_form form;
		struct texts texts;
	} ways[] = {
		{LITERAL_EXACT, FORM_SET, s->finite ? shape_head(s) : (struct texts){0}},
		{LITERAL_PREFIX, FORM_PREFIX, s->head},
		{LITERAL_SUFFIX, FORM_SUFFIX, s->tail},
		{LITERAL_PART, FORM_CONTAINS, s->part},
	};
	for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
		struct literal_offer o = {.matcher = matcher, .kind = ways[i].kind};
		o.proves = s->form == ways[i].form && s->gap == 0;
		offer(b, o, literal_place(slot, s->fold, o.kind), ways[i].texts);
	}
}

/* ---- the best one ---- */

/* Rules that share a literal are tried together; a short one is in many values; a part costs more to look for. */
static uint64_t cost_of(const struct literal_builder *b, const struct literal_offer *o)
{
	static const unsigned by_kind[LITERAL_KINDS] = {1, 2, 2, 3}, by_length[] = {64, 16, 8, 4};
	uint64_t cost = 0;
	for (uint32_t i = 0; i < o->count; i++) {
		const struct literal *l = &b->literals[b->ids[o->first + i]];
		bool brief = o->kind != LITERAL_EXACT && l->text.n < sizeof by_length / sizeof *by_length;
		cost += (uint64_t)l->rules * by_kind[o->kind] * (brief ? by_length[l->text.n] : 1);
	}
	return cost;
}

const struct literal_offer *literal_best_offer(const struct literal_builder *b, size_t first, size_t behind)
{
	const struct literal_offer *best = NULL;
	uint64_t least = UINT64_MAX;
	for (size_t i = first; i < behind; i++) {
		uint64_t cost = cost_of(b, &b->offers[i]);
		if (cost < least) {
			least = cost;
			best = &b->offers[i];
		}
	}
	return best;
}
