/*
 * Conditions of PagerDuty's event orchestrations ("event.summary matches part 'disk' and not event.group exists") as
 * matchers. A condition is any mixture of and, or and not: it becomes alternatives, each a list of matchers that all hold.
 */
#ifndef SETUP_IMPORT_PCL_H
#define SETUP_IMPORT_PCL_H

#include "import_impl.h"

#define PCL_ALTERNATIVES_MAX 100 /* `and` between two `or` multiplies them */
#define PCL_DEPTH_MAX 32         /* parentheses and `not` within each other */

struct pcl_alternative {
	struct strs labels, annotations; /* matchers in Alertmanager's syntax */
};

struct pcl {
	struct pcl_alternative *v;
	size_t n; /* 0 where it cannot be said in matchers */
};

/* What field of an event is which label here: words FIELD=LABEL, asked before what is known of the fields. */
struct pcl_fields {
	const char *const *words;
	size_t count;
};

/* What has no counterpart is a note at `at`, and the result is empty. */
struct pcl import_pcl(struct import *i, const struct pcl_fields *fields, struct pos at, struct str expression);

#endif
