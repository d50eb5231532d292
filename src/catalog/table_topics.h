/* What is an index page about below this heading? */
#ifndef CATALOG_TABLE_TOPICS_H
#define CATALOG_TABLE_TOPICS_H

#include "index_impl.h"

enum how { HAS, IS, ENDS };

struct topic_row {
	const char *phrase; /* folded */
	enum how how;
	enum topic topic;
	const char *why;
};

extern const struct topic_row topic_rows[];
extern const size_t topic_rows_count;

#endif
