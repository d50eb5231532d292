/*
 * One call of incident_decide(), shared by its files. Private to incident/.
 */
#ifndef SRC_INCIDENT_DECIDING_H
#define SRC_INCIDENT_DECIDING_H

#include "incident/decide.h"
#include "incident/episode.h"
#include "incident/row.h"

enum kind {
	KIND_QUIET,    /* its plan does not page: it counts nowhere */
	KIND_VETERAN,  /* it stood in a row with this startsAt */
	KIND_NEWCOMER, /* it did not */
	KIND_LATE,     /* it did not, and its startsAt is not after its known end */
};

/* One alert of the body, and what becomes of its member. */
struct listed {
	const struct arrival *a;
	struct member after;
	enum kind kind;    /* of a firing one */
	bool stood;        /* in some row, before this body */
	bool stays_closed; /* a person closed it, and nothing is new */
	bool old_end;      /* the end of an earlier episode: as good as not listed */
	bool raises;       /* graver than what was paged */
	bool pages;        /* it is not folded: it waits for a page, which may be due at once */
	bool begins;       /* …and that page is said in its words */
	bool changed;      /* `after` is to be written */
};

struct deciding {
	struct incident *inc;
	const struct body *body;
	const struct incident_policy *policy;
	int64_t now;
	struct listed *of;
	size_t n;
	bool was_open, was_paged, was_waiting; /* before this body */
	bool opened;                           /* by this body */
	bool sure;                             /* somebody surely fires, whoever the body lists */
	bool flaps;                            /* the resolve was held back when this body came */
	uint64_t absent;                       /* members that have ended by not being listed */
};

static inline bool is_firing(const struct listed *l)
{
	return !l->a->alert->resolved && !l->stays_closed;
}

/* Somebody of this row who was told of was listed as firing not long ago. */
static inline bool row_folds(const struct deciding *on, const struct incident_row *row)
{
	return row->n0 > row->w0 && on->now - row->heard_at <= on->policy->fresh;
}

/* decide_page.c: step 4. */
void decide_pages(struct deciding *on);
/* decide_reason.c: the verdict and reason of each, from before and after; written into `out` at `index`. */
void decided_report(struct deciding *on, const size_t *index, struct decision *out, struct counts *counts);
/* Counts one decision in the record and the hourly counters, and sets its verdict and its member's time to live. */
void decided_count(struct deciding *on, const struct arrival *a, struct decision *d, struct counts *counts);

#endif
