/*
 * Which rules can match at all? Values, prefixes, suffixes and parts that a rule's matchers demand are taken out of them
 * once; an alert's labels are then looked up, and few rules remain to be tried, in the order of the rules. What the look-up
 * has proved is not tried again, and of what is left only what needs PCRE2 is given to it.
 *
 * The rules that hold are the same as those that matcher_match() finds one by one, and so are those of which it cannot be
 * told: what stands behind a pattern that may hit its match limit is not looked up. (Patterns with up to three unlimited
 * repetitions are taken to be harmless; on values of thousands of bytes they may not be, and then are found out later.)
 *
 * Annotations and captures are not looked at: the caller does that with what it is given here.
 */
#ifndef RULES_LITERAL_INDEX_H
#define RULES_LITERAL_INDEX_H

#include <stdint.h>

#include "rules/rulefile.h"

struct literal_index;
/* The rules are borrowed. Read-only from here on: any number of readers. */
struct literal_index *literal_index_new(const struct rule *const *rules, size_t count);
void literal_index_free(struct literal_index *ix); /* NULL is fine */
/* What it holds in memory. */
size_t literal_index_bytes(const struct literal_index *ix);
/* Rules that offer nothing to look up and are tried for every alert. */
size_t literal_index_always(const struct literal_index *ix);

/* One look-up. Private from here on, but it lives on the caller's stack. */
#define LITERAL_VIEWS_INLINE 24
#define LITERAL_LISTS_INLINE 16

struct literal_view {
	struct str value;
	uint64_t hash;
	uint32_t slot;
	enum { PLAIN_UNKNOWN, PLAIN_NO, PLAIN_YES } plain;
};

struct literal_posting;
struct literal_list {
	const struct literal_posting *next, *end;
};

struct literal_search {
	const struct literal_index *ix;
	struct arena *arena;
	struct literal_view *views;
	struct literal_list *lists; /* a heap, the least rule first */
	size_t view_count, list_count, list_room;
	size_t behind; /* rules before this one are done */
	struct literal_view views_inline[LITERAL_VIEWS_INLINE];
	struct literal_list lists_inline[LITERAL_LISTS_INLINE];
};

/* `labels` and `arena` outlive the search. */
void literal_search_begin(struct literal_search *s, const struct literal_index *ix, const struct labels *labels,
                          struct arena *arena);
/*
 * The next rule whose label matchers all hold (PATTERN_MATCH), or may hold as far as can be told (PATTERN_CANNOT_TELL);
 * NULL at the end. A search may be given up at any point.
 */
const struct rule *literal_search_next(struct literal_search *s, enum pattern_result *result);

#endif
