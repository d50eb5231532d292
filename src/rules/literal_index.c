/* Chooses for each rule the text that an alert must have for it, and builds the index. */
#include "rules/literal_build.h"

#include <stdlib.h>

/* ---- one rule ---- */

static struct shape shape_of(struct literal_builder *b, const struct matcher *m, bool *costly)
{
	text_pool_reset(&b->pool);
	if (m->op == MATCH_REGEX || m->op == MATCH_NOT_REGEX)
		return shape_of_regex(&b->pool, m->value, costly);
	*costly = false;
	return shape_text(&b->pool, m->value, false);
}

/*
 * What comes behind a matcher that may hit its limit is not offered: the rule is tried, and counted when that happens, as
 * it would be without an index.
 */
static void read_matchers(struct literal_builder *b, const struct rule *rule, size_t *telling)
{
	bool any_costly = false;
	*telling = 0;
	for (uint32_t i = 0; i < rule->matcher_count; i++) {
		const struct matcher *m = &rule->matchers[i];
		bool costly;
		struct shape shape = shape_of(b, m, &costly);
		uint32_t slot = literal_slot_of(b->ix, m->name);
		any_costly = any_costly || costly;
		if (!any_costly) {
			*telling = i + 1;
			if (m->op == MATCH_EQUAL || m->op == MATCH_REGEX)
				literal_offer_shape(b, i, slot, &shape);
		}
		MEM_ROOM(b->checks, b->check_count, b->check_room);
		b->checks[b->check_count++] = literal_check_of(b, m, slot, &shape);
	}
}

static void read_rule_literals(struct literal_builder *b)
{
	struct literal_index *ix = b->ix;
	for (size_t i = 0; i < ix->rule_count; i++) {
		ix->check_at[i] = (uint32_t)b->check_count;
		b->offer_at[i] = b->offer_count;
		read_matchers(b, ix->rules[i], &b->telling[i]);
	}
	b->offer_at[ix->rule_count] = b->offer_count;
	ix->check_at[ix->rule_count] = (uint32_t)b->check_count;
}

/* ---- what is left to be tried ---- */

/* True when nothing is left of the check: a text that stands where the literal stood says all of it. */
static bool is_proved(struct literal_check *c, const struct literal_offer *o)
{
	if (!o || !o->proves)
		return false;
	/* the rest of the value must still be what `.` matches */
	c->op = CHECK_PLAIN;
	return o->kind == LITERAL_EXACT;
}

static void keep_checks(struct literal_builder *b)
{
	struct literal_index *ix = b->ix;
	size_t kept = 0;
	for (size_t i = 0; i < ix->rule_count; i++) {
		uint32_t from = ix->check_at[i], to = ix->check_at[i + 1];
		const struct literal_offer *o = b->chosen[i];
		ix->check_at[i] = (uint32_t)kept;
		for (uint32_t k = from; k < to; k++) {
			struct literal_check c = b->checks[k];
			if (!is_proved(&c, o && o->matcher == k - from ? o : NULL))
				b->checks[kept++] = c;
		}
	}
	ix->check_at[ix->rule_count] = (uint32_t)kept;
	ix->checks = mem_grow_array(b->checks, kept ? kept : 1, sizeof *b->checks);
	b->checks = NULL;
	ix->texts_size = b->texts.n;
	ix->texts = buf_take(&b->texts);
}

/* ---- all of it ---- */

static void choose_literals(struct literal_builder *b)
{
	for (size_t i = 0; i < b->ix->rule_count; i++) {
		b->chosen[i] = literal_best_offer(b, b->offer_at[i], b->offer_at[i + 1]);
		b->ix->always_count += !b->chosen[i];
	}
}

static void release_builder(struct literal_builder *b)
{
	arena_free(b->arena);
	text_pool_release(&b->pool);
	buf_release(&b->texts);
	free(b->literals);
	free(b->interned);
	free(b->ids);
	free(b->offers);
	free(b->offer_at);
	free(b->telling);
	free(b->chosen);
}

struct literal_index *literal_index_new(const struct rule *const *rules, size_t count)
{
	struct literal_index *ix = mem_zero(sizeof *ix);
	ix->rules = rules;
	ix->rule_count = count;
	ix->check_at = mem_zero((count + 1) * sizeof *ix->check_at);
	struct literal_builder b = {.ix = ix, .arena = arena_new()};
	b.offer_at = mem_zero((count + 1) * sizeof *b.offer_at);
	b.telling = mem_zero((count + 1) * sizeof *b.telling);
	b.chosen = mem_zero((count + 1) * sizeof *b.chosen);
	/* offsets into the texts are 32 bits; rule files are far smaller */
	buf_init(&b.texts, UINT32_MAX);
	text_pool_init(&b.pool);
	literal_slots_init(ix);
	read_rule_literals(&b);
	choose_literals(&b);
	literal_emit(&b);
	keep_checks(&b);
	release_builder(&b);
	return ix;
}

void literal_index_free(struct literal_index *ix)
{
	if (!ix)
		return;
	free(ix->slots);
	free(ix->slot_table);
	free(ix->filter);
	free(ix->table);
	free(ix->records);
	free(ix->always);
	free(ix->checks);
	free(ix->check_at);
	free(ix->texts);
	free(ix);
}

size_t literal_index_bytes(const struct literal_index *ix)
{
	return sizeof *ix + ix->slot_count * sizeof *ix->slots + (ix->slot_mask + 1) * sizeof *ix->slot_table +
	       (sizeof *ix->filter << (64 - ix->filter_shift)) + (ix->table_mask + 1) * sizeof *ix->table +
	       ix->records_size * sizeof *ix->records + ix->always_count * sizeof *ix->always +
	       ix->check_at[ix->rule_count] * sizeof *ix->checks + (ix->rule_count + 1) * sizeof *ix->check_at +
	       ix->texts_size;
}

size_t literal_index_always(const struct literal_index *ix)
{
	return ix->always_count;
}
