/*
 * A rule as its matchers on one label after the other, each with its language, and an example of what it matches.
 */
#ifndef LINT_SHADOW_IMPL_H
#define LINT_SHADOW_IMPL_H

#include "base/map.h"
#include "lint/language.h"
#include "lint/shadow.h"
#include "rules/literal_index.h"

#define SHADOW_VALUES_MAX 64 /* of a set that is tried value by value */

/* All matchers of a rule on one label or annotation. */
struct side {
	bool annotation;
	struct str name;
	const struct matcher **matchers;
	size_t n;
	/* those that can be described */
	const struct matcher **described;
	struct language_term *terms;
	size_t term_count;
	bool whole; /* all can be, and an example is known */
};

struct profile {
	struct side *sides;
	size_t count;
	const struct side *never; /* the matchers that can never hold together; NULL: none proved */
	bool whole;               /* `example` is matched by the rule */
	struct alert example;
};

struct shadow {
	struct arena *arena;
	const struct rule *const *rules;
	size_t count;
	struct map *languages; /* "=value" or "~pattern" to a language, or SHADOW_UNDESCRIBED */
	struct profile **profiles;
	const struct rule **found;
	struct literal_index *index;
	struct language *one_line; /* every text without a line break */
};

extern char shadow_undescribed;
#define SHADOW_UNDESCRIBED ((void *)&shadow_undescribed)

const struct profile *shadow_profile(struct shadow *s, const struct rule *rule);
/* The language is NULL where it cannot be described. */
struct language_term shadow_term(struct shadow *s, const struct matcher *m);
/* The texts that a side leaves open, when these are at most `most`. */
bool shadow_side_values(struct shadow *s, const struct side *side, size_t most, struct strs *out);

#endif
