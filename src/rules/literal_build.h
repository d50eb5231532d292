/*
 * What building the literal index keeps while it goes through the rules.
 */
#ifndef RULES_LITERAL_BUILD_H
#define RULES_LITERAL_BUILD_H

#include "rules/literal_impl.h"

/* A literal that some rule offers. */
struct literal {
	uint32_t place; /* see literal_place() */
	struct str text;
	uint64_t hash;   /* to find it again */
	uint32_t rules;  /* how many offer it */
	uint32_t taken;  /* how many are found by it */
	uint32_t at;     /* LITERAL_PART: the bytes it is found by */
	uint32_t record; /* where that is */
};

/* One way to find a rule: all these literals of one matcher, any of which may show up. */
struct literal_offer {
	uint32_t matcher;
	enum literal_kind kind;
	bool proves;           /* a plain value with such a literal satisfies the matcher */
	uint32_t first, count; /* in `ids` */
};

struct literal_builder {
	struct literal_index *ix;
	struct arena *arena;
	struct text_pool pool;

	struct literal *literals;
	size_t literal_count, literal_room;
	uint32_t *interned; /* id + 1; 0: empty */
	size_t interned_size;

	uint32_t *ids;
	size_t id_count, id_room;
	struct literal_offer *offers;
	size_t offer_count, offer_room;
	size_t *telling;  /* of rule i: its first matchers, up to one that may hit its match limit */
	size_t *offer_at; /* of rule i: offer_at[i] up to offer_at[i + 1] */

	struct literal_check *checks; /* of all matchers, those of one rule together */
	size_t check_count, check_room;
	struct buf texts;

	const struct literal_offer **chosen; /* per rule; NULL: none */
};

void literal_slots_init(struct literal_index *ix);
/* The slot of a name, made where there is none yet. */
uint32_t literal_slot_of(struct literal_index *ix, struct str name);
/* Offers for one matcher. */
void literal_offer_shape(struct literal_builder *b, uint32_t matcher, uint32_t slot, const struct shape *s);
/* The offer that few alerts will meet; NULL for none. */
const struct literal_offer *literal_best_offer(const struct literal_builder *b, size_t first, size_t behind);
struct literal_check literal_check_of(struct literal_builder *b, const struct matcher *m, uint32_t slot,
                                      const struct shape *shape);
/* Records, table and filter for what was chosen. */
void literal_emit(struct literal_builder *b);

#endif
