/* For which receivers the figures are asked: for their part in each store. */
#ifndef STORE_STORE_STATS_H
#define STORE_STORE_STATS_H

#include "store/query.h"

struct stats_ask {
	const struct str *receivers;
	size_t count;
};

#endif
