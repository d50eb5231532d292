/*
 * What the rule benchmark compares with: other ways to find the first rule that an alert matches. All get the same rules
 * as (label, regular expression) pairs, and for each alert the values of those labels, already looked up.
 *
 * C and C++ alike.
 */
#ifndef BENCH_RULE_ENGINE_H
#define BENCH_RULE_ENGINE_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define ENGINE_LABELS_MAX 32
#define ENGINE_NONE SIZE_MAX

struct engine_text {
	const char *p;
	size_t n;
};

struct engine_matcher {
	size_t label; /* index into the values */
	int equal;    /* `text` is the value itself, not an expression */
	int negated;
	struct engine_text text;
};

struct engine_rule {
	const struct engine_matcher *matchers;
	size_t count;
};

struct engine_rules {
	const struct engine_rule *v;
	size_t n, labels;
};

struct engine;
/* Borrows the rules. NULL when the rules could not be compiled. */
typedef struct engine *engine_new_fn(const struct engine_rules *rules);
/* Index of the first rule whose matchers all hold for `values` (one per label), or ENGINE_NONE. */
typedef size_t engine_first_fn(struct engine *e, const struct engine_text *values);
typedef void engine_free_fn(struct engine *e);

engine_new_fn pcre2_engine_new;
engine_first_fn pcre2_engine_first;
engine_free_fn pcre2_engine_free;

/* Absent from the program where the package is not installed: the address is NULL then. */
#define ENGINE_OPTIONAL __attribute__((weak))
ENGINE_OPTIONAL engine_new_fn re2_engine_new;
ENGINE_OPTIONAL engine_first_fn re2_engine_first;
ENGINE_OPTIONAL engine_free_fn re2_engine_free;
ENGINE_OPTIONAL engine_new_fn libhs_engine_new;
ENGINE_OPTIONAL engine_first_fn libhs_engine_first;
ENGINE_OPTIONAL engine_free_fn libhs_engine_free;

#ifdef __cplusplus
}
#endif

#endif
