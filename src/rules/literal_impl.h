/*
 * The literal index in memory, and what building it and looking something up share.
 *
 * A literal is a text that a label's value must equal, begin with, end with or contain. All literals stand in one hash
 * table, in front of it a filter that fits the processor's nearest cache: an alert's labels are mostly not in there. What
 * the table finds is a record: the literal, and the rules that offered it.
 */
#ifndef RULES_LITERAL_IMPL_H
#define RULES_LITERAL_IMPL_H

#include <string.h>

#include "rules/literal_index.h"
#include "rules/literal_shape.h"

enum literal_kind { LITERAL_EXACT, LITERAL_PREFIX, LITERAL_SUFFIX, LITERAL_PART, LITERAL_KINDS };

/* Longer ones are cut (and then say less). Lengths are bits of a word. */
#define LITERAL_CUT 48
/* A part is found by some bytes of it. */
#define GRAM_LEAST 2
#define GRAM_MOST 4

/* Per label name, and per folding: what there is to look for. */
struct literal_wanted {
	bool exact, prefixes, suffixes;
	uint8_t grams;                            /* bit n: some are found by n bytes */
	uint8_t prefix_shortest, suffix_shortest; /* bytes */
	uint64_t prefix_lengths, suffix_lengths;  /* bit n: some have so many bytes more than the shortest */
};

struct literal_slot {
	struct str name;
	struct literal_wanted wanted[2]; /* as it is; folded */
	bool any[2];
};

#define LITERAL_NO_SLOT UINT32_MAX
/* A rule, and another label whose value must hash to `tag`: cheaper than to try the rule. */
#define POSTING_NO_SLOT UINT16_MAX
struct literal_posting {
	uint32_t rule;
	uint16_t slot, tag;
};

/* Followed by its postings, then by its text: all that a hit reads lies side by side. */
struct literal_record {
	uint32_t place; /* see literal_place() */
	uint32_t length;
	uint32_t at; /* LITERAL_PART: where in it the bytes stand that it is found by */
	uint32_t count;
};

struct literal_entry {
	uint32_t tag;
	uint32_t record; /* where in `records`, in units of 8 bytes, 1 first; 0: empty */
};

/* What is left to be tried once a rule is a candidate. */
enum check_op { CHECK_EQUAL, CHECK_SET, CHECK_PREFIX, CHECK_SUFFIX, CHECK_CONTAINS, CHECK_PLAIN, CHECK_PATTERN };

struct literal_check {
	uint8_t op;
	bool negated, fold;
	uint8_t gap;
	uint32_t slot;
	uint32_t texts; /* offset in `texts` */
	uint32_t count;
	const struct matcher *matcher;
};

struct literal_index {
	const struct rule *const *rules;
	size_t rule_count;

	struct literal_slot *slots;
	size_t slot_count;
	uint32_t *slot_table; /* slot + 1; 0: empty */
	uint32_t slot_mask;

	uint64_t *filter;
	unsigned filter_shift;
	struct literal_entry *table;
	unsigned table_shift;
	size_t table_mask;
	uint64_t *records;
	size_t records_size;

	struct literal_posting *always;
	size_t always_count;

	struct literal_check *checks;
	uint32_t *check_at; /* of rule i: check_at[i] up to check_at[i + 1] */
	char *texts;        /* each: length (16 bits), bytes */
	size_t texts_size;
};

/* ---- hashing ---- */

#define LITERAL_K1 UINT64_C(0x9E3779B97F4A7C15)
#define LITERAL_K2 UINT64_C(0xD6E8FEB86659FD93)

static inline uint64_t literal_load8(const char *p)
{
	uint64_t word;
	memcpy(&word, p, sizeof word);
	return word;
}

static inline uint32_t literal_load4(const char *p)
{
	uint32_t word;
	memcpy(&word, p, sizeof word);
	return word;
}

/* Up to 8 bytes, without a loop or a call: from 4 on two words that overlap. */
static inline uint64_t literal_load_few(const char *p, size_t n)
{
	if (n >= 4)
		return literal_load4(p) | (uint64_t)literal_load4(p + n - 4) << 32;
	if (n == 0)
		return 0;
	return (unsigned char)p[0] | (uint64_t)(unsigned char)p[n / 2] << 8 | (uint64_t)(unsigned char)p[n - 1] << 16;
}

/* What a literal is looked for in: the values of one label, folded or not, at one end or anywhere. */
static inline uint32_t literal_place(uint32_t slot, bool fold, enum literal_kind kind)
{
	return slot * 8 + (unsigned)kind * 2 + fold;
}

static inline enum literal_kind literal_place_kind(uint32_t place)
{
	return (enum literal_kind)(place / 2 % LITERAL_KINDS);
}

/* Where the hash of anything there begins. */
static inline uint64_t literal_seed(uint32_t place)
{
	uint64_t h = (place + UINT64_C(1)) * LITERAL_K1;
	return (h ^ (h >> 29)) * LITERAL_K2;
}

static inline uint64_t literal_hash_text(uint64_t seed, struct str s)
{
	uint64_t h = seed ^ s.n;
	for (; s.n > 8; s.p += 8, s.n -= 8) {
		h = (h ^ literal_load8(s.p)) * LITERAL_K1;
		h ^= h >> 32;
	}
	h = (h ^ literal_load_few(s.p, s.n)) * LITERAL_K2;
	return (h ^ (h >> 32)) * LITERAL_K1;
}

/*
 * Ends of a value are hashed byte by byte behind the shortest that is wanted, so that every longer one has its hash on the
 * way. The high bits are the good ones.
 */
static inline uint64_t literal_hash_byte(uint64_t h, char c)
{
	return (h ^ (unsigned char)c) * LITERAL_K1;
}

static inline uint64_t literal_hash_gram(uint64_t seed, const char *p, unsigned n)
{
	uint32_t bytes = n == 4 ? literal_load4(p) : (uint32_t)literal_load_few(p, n) | n << 24;
	return (seed ^ bytes) * LITERAL_K1;
}

static inline uint32_t literal_tag(uint64_t hash)
{
	return (uint32_t)(hash >> 12);
}

/* For a posting's second label. */
static inline uint16_t literal_small_tag(uint64_t hash)
{
	return (uint16_t)(hash >> 40);
}

static inline uint32_t literal_hash_name(struct str s)
{
	uint64_t first = s.n > 8 ? literal_load8(s.p) : literal_load_few(s.p, s.n);
	uint64_t last = s.n > 8 ? literal_load8(s.p + s.n - 8) : 0;
	return (uint32_t)(((first * LITERAL_K1) ^ (last + s.n)) * LITERAL_K2 >> 32);
}

/* The filter: a word by the hash's high bits, and three bits of it that a literal sets. */
static inline uint64_t literal_filter_bits(uint64_t hash)
{
	return UINT64_C(1) << (hash >> 12 & 63) | UINT64_C(1) << (hash >> 20 & 63) | UINT64_C(1) << (hash >> 28 & 63);
}

static inline bool literal_in_filter(const struct literal_index *ix, uint64_t hash)
{
	uint64_t bits = literal_filter_bits(hash);
	return (ix->filter[hash >> ix->filter_shift] & bits) == bits;
}

/* ---- records ---- */

static inline const struct literal_posting *literal_postings(const struct literal_record *r)
{
	return (const struct literal_posting *)(r + 1);
}

static inline const char *literal_text(const struct literal_record *r)
{
	return (const char *)(literal_postings(r) + r->count);
}

static inline const struct literal_record *literal_record_at(const struct literal_index *ix, uint32_t at)
{
	return (const struct literal_record *)(ix->records + (at - 1));
}

/* The slot of a label name, or LITERAL_NO_SLOT. */
uint32_t literal_slot_find(const struct literal_index *ix, struct str name);

/* ---- looking up ---- */

/* What the alert has for a label; NULL when it has nothing. */
struct literal_view *literal_view_of(struct literal_search *s, uint32_t slot);
/* Whether what the index has not proved of a rule holds. */
enum pattern_result literal_check_rule(struct literal_search *s, size_t rule);

#endif
