/* A small value under a name: for its part in each store. */
#ifndef STORE_STORE_KEEP_H
#define STORE_STORE_KEEP_H

#include "store/query.h"

struct keep_ask {
	struct str name, value;
	bool replace;
};

#endif
