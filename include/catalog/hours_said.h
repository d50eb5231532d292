/*
 * What one rule, owner or severity says of hours, by the names of time intervals (catalog/hours.h).
 */
#ifndef CATALOG_HOURS_SAID_H
#define CATALOG_HOURS_SAID_H

#include "base/options.h"

struct hours_said {
	struct strs active; /* if any: only then */
	struct strs mute;   /* not then */
};

#endif
