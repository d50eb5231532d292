/* What a page of members asks: for its part in each store. */
#ifndef STORE_STORE_MEMBERS_H
#define STORE_STORE_MEMBERS_H

#include "store/query.h"

struct members_ask {
	struct str cursor;
	size_t limit;
};

#endif
