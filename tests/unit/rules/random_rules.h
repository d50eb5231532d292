/*
 * Random rule files and alerts for property tests: every construct of a pattern, over so few letters that many match.
 */
#ifndef TEST_RANDOM_RULES_H
#define TEST_RANDOM_RULES_H

#include "alert/alert.h"
#include "base/buf.h"

struct random_rules {
	uint64_t state;
	struct arena *arena;
	struct str *samples; /* values that rules so far would match, or nearly */
	size_t sample_count, sample_room;
};

void random_rules_init(struct random_rules *r, uint64_t seed, struct arena *arena);
void random_rules_release(struct random_rules *r);
size_t random_below(struct random_rules *r, size_t n);
/* One rule file; rule names begin with `prefix`. */
void random_rule_file(struct random_rules *r, const char *prefix, size_t rules, struct buf *out);
struct alert random_alert(struct random_rules *r);

#endif
