/* What a list asks and where it goes on: for its part in each store. */
#ifndef STORE_STORE_LIST_H
#define STORE_STORE_LIST_H

#include "store/query.h"

struct list_ask {
	enum store_list which;
	bool has_cursor; /* behind (since, key) */
	int64_t since;
	struct str key;
	size_t limit;
};
/* Where a list goes on behind `last`. */
struct str list_cursor(struct request *r, int64_t since, struct str last);

#endif
