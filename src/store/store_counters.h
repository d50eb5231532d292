/* What counters are asked for, and how they are answered: for their part in each store. */
#ifndef STORE_STORE_COUNTERS_H
#define STORE_STORE_COUNTERS_H

#include "store/query.h"

struct counters_ask {
	int64_t since, until;
};
/* One more row; `field` is copied. */
void counters_add(struct request *r, int64_t hour, struct str field, uint64_t count);

#endif
