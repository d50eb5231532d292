/* Lays the index out in one piece of memory: texts, their rules, and hashes of their parts. */
#include <stdlib.h>

#include "rules/literal_build.h"

/* ---- parts: by the bytes that are rarest among all parts ---- */

#define GRAM_COUNTERS 65536

static unsigned gram_size(const struct literal *l)
{
	return l->text.n < GRAM_MOST ? (unsigned)l->text.n : GRAM_MOST;
}

static uint64_t gram_hash(const struct literal *l, size_t at)
{
	return literal_hash_gram(literal_seed(l->place), l->text.p + at, gram_size(l));
}

static bool is_taken_part(const struct literal *l)
{
	return l->taken > 0 && literal_place_kind(l->place) == LITERAL_PART;
}

static void count_grams(const struct literal_builder *b, uint32_t *counters)
{
	for (size_t i = 0; i < b->literal_count; i++) {
		const struct literal *l = &b->literals[i];
		for (size_t at = 0; is_taken_part(l) && at + gram_size(l) <= l->text.n; at++)
			counters[gram_hash(l, at) % GRAM_COUNTERS]++;
	}
}

static void choose_grams(struct literal_builder *b)
{
	AUTOFREE uint32_t *counters = mem_zero(GRAM_COUNTERS * sizeof *counters);
	count_grams(b, counters);
	for (size_t i = 0; i < b->literal_count; i++) {
		struct literal *l = &b->literals[i];
		uint32_t least = UINT32_MAX;
		for (size_t at = 0; is_taken_part(l) && at + gram_size(l) <= l->text.n; at++)
			if (counters[gram_hash(l, at) % GRAM_COUNTERS] < least) {
				least = counters[gram_hash(l, at) % GRAM_COUNTERS];
				l->at = (uint32_t)at;
			}
	}
}

/* ---- records ---- */

/* Units of 8 bytes: two for the head, one for each posting, then the text. */
static size_t record_size(const struct literal *l)
{
	return 2 + l->taken + (l->text.n + 7) / 8;
}

static void count_taken(struct literal_builder *b)
{
	for (size_t i = 0; i < b->ix->rule_count; i++)
		for (uint32_t k = 0; b->chosen[i] && k < b->chosen[i]->count; k++)
			b->literals[b->ids[b->chosen[i]->first + k]].taken++;
}

static void place_records(struct literal_builder *b)
{
	size_t end = 0;
	for (size_t i = 0; i < b->literal_count; i++) {
		b->literals[i].record = (uint32_t)end + 1;
		if (b->literals[i].taken > 0)
			end += record_size(&b->literals[i]);
	}
	b->ix->records_size = end;
	b->ix->records = mem_zero((end + 1) * sizeof *b->ix->records);
}

static struct literal_record *record_of(const struct literal_builder *b, const struct literal *l)
{
	return (struct literal_record *)(b->ix->records + (l->record - 1));
}

/* The postings' room is known, so the text has its place before they come. */
static void write_heads(const struct literal_builder *b)
{
	for (size_t i = 0; i < b->literal_count; i++) {
		const struct literal *l = &b->literals[i];
		if (l->taken == 0)
			continue;
		struct literal_record *r = record_of(b, l);
		*r = (struct literal_record){.place = l->place, .length = (uint32_t)l->text.n, .at = l->at};
		if (l->text.n > 0)
			memcpy(b->ix->records + (l->record - 1) + 2 + l->taken, l->text.p, l->text.n);
	}
}

/* Another label that the rule wants to have one value: the last such, for a scope's come first and are everybody's. */
static struct literal_posting posting_of(const struct literal_builder *b, size_t rule)
{
	const struct literal_index *ix = b->ix;
	struct literal_posting p = {.rule = (uint32_t)rule, .slot = POSTING_NO_SLOT};
	const struct rule *r = ix->rules[rule];
	for (uint32_t i = 0; i < b->telling[rule]; i++) {
		const struct matcher *m = &r->matchers[i];
		uint32_t slot = literal_slot_find(ix, m->name);
		if (!b->chosen[rule] || i == b->chosen[rule]->matcher || m->op != MATCH_EQUAL || m->value.n == 0 ||
		    slot >= POSTING_NO_SLOT)
			continue;
		p.slot = (uint16_t)slot;
		p.tag = literal_small_tag(literal_hash_text(literal_seed(literal_place(slot, false, LITERAL_EXACT)), m->value));
	}
	return p;
}

static void write_posting(const struct literal_builder *b, const struct literal *l, struct literal_posting p)
{
	struct literal_record *r = record_of(b, l);
	memcpy(b->ix->records + (l->record - 1) + 2 + r->count, &p, sizeof p);
	r->count++;
}

static void write_postings(struct literal_builder *b)
{
	struct literal_index *ix = b->ix;
	size_t always = 0;
	ix->always = mem_zero((ix->always_count + 1) * sizeof *ix->always);
	for (size_t i = 0; i < ix->rule_count; i++) {
		const struct literal_offer *o = b->chosen[i];
		struct literal_posting p = posting_of(b, i);
		if (!o)
			ix->always[always++] = p;
		for (uint32_t k = 0; o && k < o->count; k++)
			write_posting(b, &b->literals[b->ids[o->first + k]], p);
	}
}

/* ---- table and filter ---- */

static struct literal_wanted *wanted_of(const struct literal_index *ix, const struct literal *l)
{
	return &ix->slots[l->place / 8].wanted[l->place & 1];
}

static uint64_t literal_hash_of(const struct literal_index *ix, const struct literal *l)
{
	uint64_t h = literal_seed(l->place);
	const struct literal_wanted *w = wanted_of(ix, l);
	size_t n = l->text.n, shortest;
	switch (literal_place_kind(l->place)) {
	case LITERAL_EXACT: return literal_hash_text(h, l->text);
	case LITERAL_PREFIX:
		h = literal_hash_text(h, str_slice(l->text, 0, w->prefix_shortest));
		for (size_t i = w->prefix_shortest; i < n; i++)
			h = literal_hash_byte(h, l->text.p[i]);
		return h;
	case LITERAL_SUFFIX:
		shortest = w->suffix_shortest;
		h = literal_hash_text(h, str_slice(l->text, n - shortest, n));
		for (size_t i = n - shortest; i > 0; i--)
			h = literal_hash_byte(h, l->text.p[i - 1]);
		return h;
	case LITERAL_PART: return gram_hash(l, l->at);
	case LITERAL_KINDS: break;
	}
	return h;
}

/* At least two entries for a literal in the table and 8 bits in the filter, both powers of two. */
static void make_hash_table(struct literal_index *ix, size_t literals)
{
	unsigned bits = 6;
	while (bits < 30 && (size_t)1 << bits < literals * 2)
		bits++;
	ix->table_shift = 64 - bits;
	ix->table_mask = ((size_t)1 << bits) - 1;
	ix->table = mem_zero((ix->table_mask + 1) * sizeof *ix->table);
	ix->filter_shift = ix->table_shift + 4;
	ix->filter = mem_zero(sizeof *ix->filter << (bits - 4));
}

static void insert(struct literal_index *ix, uint64_t hash, uint32_t record)
{
	size_t i = hash >> ix->table_shift;
	while (ix->table[i].record != 0)
		i = (i + 1) & ix->table_mask;
	ix->table[i] = (struct literal_entry){literal_tag(hash), record};
	ix->filter[hash >> ix->filter_shift] |= literal_filter_bits(hash);
}

static void note_shortest(bool *any, uint8_t *shortest, size_t n)
{
	*shortest = !*any || n < *shortest ? (uint8_t)n : *shortest;
	*any = true;
}

static void note_wanted(struct literal_index *ix, const struct literal *l)
{
	struct literal_wanted *w = wanted_of(ix, l);
	ix->slots[l->place / 8].any[l->place & 1] = true;
	switch (literal_place_kind(l->place)) {
	case LITERAL_EXACT: w->exact = true; break;
	case LITERAL_PREFIX: note_shortest(&w->prefixes, &w->prefix_shortest, l->text.n); break;
	case LITERAL_SUFFIX: note_shortest(&w->suffixes, &w->suffix_shortest, l->text.n); break;
	case LITERAL_PART: w->grams |= (uint8_t)(1u << gram_size(l)); break;
	case LITERAL_KINDS: break;
	}
}

/* Once the shortest are known. */
static void note_length(struct literal_index *ix, const struct literal *l)
{
	struct literal_wanted *w = wanted_of(ix, l);
	enum literal_kind kind = literal_place_kind(l->place);
	if (kind == LITERAL_PREFIX)
		w->prefix_lengths |= UINT64_C(1) << (l->text.n - w->prefix_shortest);
	if (kind == LITERAL_SUFFIX)
		w->suffix_lengths |= UINT64_C(1) << (l->text.n - w->suffix_shortest);
}

void literal_emit(struct literal_builder *b)
{
	count_taken(b);
	choose_grams(b);
	place_records(b);
	write_heads(b);
	write_postings(b);
	size_t taken = 0;
	for (size_t i = 0; i < b->literal_count; i++)
		if (b->literals[i].taken > 0) {
			note_wanted(b->ix, &b->literals[i]);
			taken++;
		}
	make_hash_table(b->ix, taken);
	for (size_t i = 0; i < b->literal_count; i++)
		if (b->literals[i].taken > 0) {
			note_length(b->ix, &b->literals[i]);
			insert(b->ix, literal_hash_of(b->ix, &b->literals[i]), b->literals[i].record);
		}
}
