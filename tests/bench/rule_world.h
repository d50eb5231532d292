/*
 * A made-up company for the benchmarks: rule files of any length as many teams would write them, and the alerts that
 * its machines send. The same seed gives the same bytes.
 *
 * Of a hundred rules about 35 name an alert, 20 a prefix (alert, namespace or service), 15 several alerts, 7 a suffix,
 * 8 a part of a service's name, 15 two labels. Of ten alerts about seven are somebody's.
 */
#ifndef BENCH_RULE_WORLD_H
#define BENCH_RULE_WORLD_H

#include "alert/alert.h"
#include "base/buf.h"

struct rule_world {
	uint64_t chance; /* the generator's state */
	size_t services; /* grows with the number of rules, as the company does */
};

struct rule_world rule_world_of(size_t rules, uint64_t seed);
/* One rule file. */
void rule_world_file(struct rule_world *w, size_t rules, struct buf *out);
/* Labels of one alert, in `arena`. */
struct labels rule_world_alert(struct rule_world *w, struct arena *arena);

#endif
