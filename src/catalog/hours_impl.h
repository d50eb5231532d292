/* A time interval as it is kept. */
#ifndef CATALOG_HOURS_IMPL_H
#define CATALOG_HOURS_IMPL_H

#include "catalog/hours.h"

struct hours_range { /* both ends belong to it */
	int from, until;
};

struct hours_ranges { /* none: all */
	struct hours_range *v;
	size_t n;
};

struct hours_interval {
	struct hours_ranges times; /* minutes of the day */
	struct hours_ranges weekdays, days, months, years;
	const struct zone *zone;
};

struct hours {
	struct str name;
	struct hours_interval *intervals;
	size_t count;
};

#endif
