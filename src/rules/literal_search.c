/* Looks an alert's label values up and yields the rules that may match. */
#include "rules/literal_impl.h"

/* ---- the heap of lists, the one with the least rule on top ---- */

static void sink(struct literal_search *s, size_t i)
{
	struct literal_list moved = s->lists[i];
	for (size_t child; (child = 2 * i + 1) < s->list_count; i = child) {
		if (child + 1 < s->list_count && s->lists[child + 1].next->rule < s->lists[child].next->rule)
			child++;
		if (moved.next->rule <= s->lists[child].next->rule)
			break;
		s->lists[i] = s->lists[child];
	}
	s->lists[i] = moved;
}

static void grow_lists(struct literal_search *s)
{
	struct literal_list *grown = arena_alloc(s->arena, 2 * s->list_room * sizeof *grown);
	memcpy(grown, s->lists, s->list_count * sizeof *grown);
	s->lists = grown;
	s->list_room *= 2;
}

static void add_list(struct literal_search *s, const struct literal_posting *p, size_t n)
{
	if (n == 0)
		return;
	if (s->list_count == s->list_room)
		grow_lists(s);
	s->lists[s->list_count++] = (struct literal_list){p, p + n};
}

/* ---- looking up ---- */

/* Where in the value the literal must stand, given that its hash was met at `at`; a value too short is no match. */
static bool stands(const struct literal_record *r, struct str value, size_t at)
{
	enum literal_kind kind = literal_place_kind(r->place);
	size_t from = kind == LITERAL_PART ? at - r->at : kind == LITERAL_SUFFIX ? value.n - r->length : 0;
	if (from > value.n || value.n - from < r->length || (kind == LITERAL_EXACT && r->length != value.n))
		return false;
	return memcmp(value.p + from, literal_text(r), r->length) == 0;
}

/* What is looked up, and where. */
struct look {
	struct literal_search *s;
	const struct literal_index *ix;
	uint32_t place;
	struct str value;
};

static void look_up_hash(const struct look *l, uint64_t hash, size_t at)
{
	const struct literal_index *ix = l->ix;
	uint32_t tag = literal_tag(hash);
	for (size_t i = hash >> ix->table_shift; ix->table[i].record != 0; i = (i + 1) & ix->table_mask) {
		if (ix->table[i].tag != tag)
			continue;
		const struct literal_record *r = literal_record_at(ix, ix->table[i].record);
		if (r->place == l->place && stands(r, l->value, at))
			add_list(l->s, literal_postings(r), r->count);
	}
}

static void find_exact(const struct look *l)
{
	uint64_t hash = literal_hash_text(literal_seed(l->place), l->value);
	if (literal_in_filter(l->ix, hash))
		look_up_hash(l, hash, 0);
}

static void find_prefixes(const struct look *l, size_t shortest, uint64_t lengths)
{
	if (l->value.n < shortest)
		return;
	uint64_t hash = literal_hash_text(literal_seed(l->place), str_slice(l->value, 0, shortest));
	for (const char *p = l->value.p + shortest, *end = l->value.p + l->value.n;; p++) {
		if ((lengths & 1) && literal_in_filter(l->ix, hash))
			look_up_hash(l, hash, 0);
		lengths >>= 1;
		if (lengths == 0 || p == end)
			break;
		hash = literal_hash_byte(hash, *p);
	}
}

static void find_suffixes(const struct look *l, size_t shortest, uint64_t lengths)
{
	if (l->value.n < shortest)
		return;
	const char *p = l->value.p + l->value.n - shortest;
	uint64_t hash = literal_hash_text(literal_seed(l->place), (struct str){p, shortest});
	for (;; p--) {
		if ((lengths & 1) && literal_in_filter(l->ix, hash))
			look_up_hash(l, hash, 0);
		lengths >>= 1;
		if (lengths == 0 || p == l->value.p)
			break;
		hash = literal_hash_byte(hash, p[-1]);
	}
}

static inline void find_grams(const struct look *l, unsigned n)
{
	uint64_t seed = literal_seed(l->place);
	for (size_t i = 0; i + n <= l->value.n; i++) {
		uint64_t hash = literal_hash_gram(seed, l->value.p + i, n);
		if (literal_in_filter(l->ix, hash))
			look_up_hash(l, hash, i);
	}
}

static void find_all(struct literal_search *s, uint32_t slot, bool fold, struct str value)
{
	const struct literal_wanted *wanted = &s->ix->slots[slot].wanted[fold];
	struct look l = {s, s->ix, literal_place(slot, fold, LITERAL_EXACT), value};
	if (wanted->exact)
		find_exact(&l);
	l.place = literal_place(slot, fold, LITERAL_PREFIX);
	if (wanted->prefixes)
		find_prefixes(&l, wanted->prefix_shortest, wanted->prefix_lengths);
	l.place = literal_place(slot, fold, LITERAL_SUFFIX);
	if (wanted->suffixes)
		find_suffixes(&l, wanted->suffix_shortest, wanted->suffix_lengths);
	l.place = literal_place(slot, fold, LITERAL_PART);
	if (wanted->grams & 1 << 4)
		find_grams(&l, 4);
	if (wanted->grams & 1 << 3)
		find_grams(&l, 3);
	if (wanted->grams & 1 << 2)
		find_grams(&l, 2);
}

static void find_folded(struct literal_search *s, uint32_t slot, struct str value)
{
	char near[256];
	char *folded = value.n <= sizeof near ? near : arena_alloc(s->arena, value.n);
	find_all(s, slot, true, text_fold(value, folded));
}

/* ---- the labels ---- */

static void see_label(struct literal_search *s, const struct label *label)
{
	uint32_t slot = literal_slot_find(s->ix, label->name);
	if (slot == LITERAL_NO_SLOT || label->value.n == 0)
		return;
	s->views[s->view_count++] = (struct literal_view){.value = label->value, .slot = slot};
	const struct literal_slot *names = &s->ix->slots[slot];
	if (names->any[0])
		find_all(s, slot, false, label->value);
	if (names->any[1])
		find_folded(s, slot, label->value);
}

void literal_search_begin(struct literal_search *s, const struct literal_index *ix, const struct labels *labels,
                          struct arena *arena)
{
	s->ix = ix;
	s->arena = arena;
	s->view_count = s->list_count = s->behind = 0;
	s->views = labels->n <= LITERAL_VIEWS_INLINE ? s->views_inline : arena_alloc(arena, labels->n * sizeof *s->views);
	s->lists = s->lists_inline;
	s->list_room = LITERAL_LISTS_INLINE;
	for (size_t i = 0; i < labels->n; i++)
		see_label(s, &labels->v[i]);
	add_list(s, ix->always, ix->always_count);
	for (size_t i = s->list_count / 2; i-- > 0;)
		sink(s, i);
}

struct literal_view *literal_view_of(struct literal_search *s, uint32_t slot)
{
	for (size_t i = 0; i < s->view_count; i++)
		if (s->views[i].slot == slot)
			return &s->views[i];
	return NULL;
}

/* ---- the candidates ---- */

static struct literal_posting pop_posting(struct literal_search *s)
{
	struct literal_posting p = *s->lists[0].next++;
	if (s->lists[0].next == s->lists[0].end)
		s->lists[0] = s->lists[--s->list_count];
	if (s->list_count > 0)
		sink(s, 0);
	return p;
}

/* The rule's second label: most rules that share a literal go their ways here. */
static bool may_posting_hold(struct literal_search *s, struct literal_posting p)
{
	if (p.slot == POSTING_NO_SLOT)
		return true;
	struct literal_view *v = literal_view_of(s, p.slot);
	if (!v)
		return false;
	if (v->hash == 0)
		v->hash = literal_hash_text(literal_seed(literal_place(p.slot, false, LITERAL_EXACT)), v->value);
	return literal_small_tag(v->hash) == p.tag;
}

const struct rule *literal_search_next(struct literal_search *s, enum pattern_result *result)
{
	while (s->list_count > 0) {
		struct literal_posting p = pop_posting(s);
		/* a rule may stand in several lists */
		if (p.rule < s->behind || !may_posting_hold(s, p))
			continue;
		s->behind = (size_t)p.rule + 1;
		*result = literal_check_rule(s, p.rule);
		if (*result != PATTERN_NO_MATCH)
			return s->ix->rules[p.rule];
	}
	return NULL;
}
