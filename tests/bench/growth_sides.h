/*
 * The two sides that bench_growth compares, a store with little in it and one with a lot, and what is measured on both:
 * growth_verbs.c asks the stores themselves, growth_daemons.c runbookd in front of them.
 */
#ifndef TESTS_BENCH_GROWTH_SIDES_H
#define TESTS_BENCH_GROWTH_SIDES_H

#include "growth.h"

struct side {
	const char *name;
	char *folder, *address;
	size_t open, closed, fresh; /* fresh: the next incident that does not exist yet */
	struct growth_program redis, daemon;
	struct growth_store s;
	struct str cursor; /* of a page in the middle of the open ones */
	char cursor_bytes[128];
	struct store_claimed claimed;
	bool more;
};

size_t setting(const char *name, size_t otherwise); /* of the environment */
double growth_median(double *v, size_t n);
void growth_row(const char *what, const char *unit, double small, double large);
double cpu_of(const struct side *x); /* seconds, of both ends */

/* Their stores are open. */
void run_verbs(struct side *sides);
void run_claims(struct side *sides);
/* They are not. */
void run_daemons(struct side *sides);

#endif
