/*
 * The parts of incident_merge(), shared by its files. Two sides, 0 the trunk and 1 the branch, are left as they were; `out`
 * becomes the merger. Each part is symmetric in the sides and, where it can be, a maximum: that is what makes the whole
 * commutative, associative and idempotent. Private to incident/.
 */
#ifndef SRC_INCIDENT_MERGING_H
#define SRC_INCIDENT_MERGING_H

#include "incident/merge.h"
#include "incident/row.h"

#define SIDES 2

/* Where one named member stands. */
struct placing {
	bool stands[SIDES]; /* it counts on that side, which has not missed its end */
	bool here;          /* in the merger, or would if that were not closed by hand */
	size_t side;        /* whose row it keeps to */
	bool listed;        /* surely; else it is doubtful */
	bool waits[SIDES];  /* for that side's page, and the other has not told it */
};

struct merging {
	struct incident *out;
	const struct incident *side[SIDES];
	struct merge_member *members;
	struct placing *at;
	size_t count;
	int64_t now;
	uint64_t rest;         /* of the trunk's members that count, those that are not named */
	uint64_t firing;       /* rest and those here */
	uint64_t fires[SIDES]; /* of these, who counted for that side already */
	bool rest_waits;
	uint64_t episode;
	int64_t every;      /* a heartbeat's: see merge_heartbeat.c; 0: it is none */
	bool by_hand;       /* one side was closed by hand, and that holds */
	bool closed_before; /* closed, and a side of this episode was so before: it says when and why */
};

/* One side lives on in the merger's episode: it has that episode, or its members still fire. */
bool merging_belongs(const struct merging *m, size_t side);
/* …and is open. */
bool merging_carries(const struct merging *m, size_t side);

/* merge_steps.c: an order of paths, by what they say; and the newer one with what either side has run of it. */
int merging_path_order(const struct incident *a, const struct incident *b);
void merging_steps(struct merging *m, const struct incident *newer, const struct incident *older);

/* <0, 0, >0, also for the higher of two that are compared */
int merging_order(int64_t a, int64_t b);
int64_t merging_earlier(int64_t a, int64_t b); /* of those that are not 0 */
int64_t merging_later(int64_t a, int64_t b);

/* merge_members.c: the facts of each member, and where it stands */
void merging_members(struct merging *m, const bool *elsewhere);
/* When this side last knew who is absent from a group; 0: it does not know. */
int64_t merging_word_at(const struct incident *side, const char *group);

/* merge_rows.c: the rows, and every named member in its own; once those that are empty are gone, the page that waits for some
 * of them */
void merging_rows(struct merging *m);
void merging_waiting(struct merging *m);

/* merge_heartbeat.c: whether it is one, which nobody fires in; then whether it is missed, and since when it is waited for */
void merging_watch(struct merging *m);
void merging_heartbeat(struct merging *m);

/* merge_done.c: what was done of what is owed, after this episode and after earlier ones */
void merging_done(struct merging *m);

/* merge_fields.c: what the incident is about, and who did what */
void merging_description(struct merging *m);
void merging_severity(struct merging *m);
void merging_deadlines(struct merging *m);
void merging_update(struct merging *m);
void merging_acknowledgement(struct merging *m);
void merging_closing(struct merging *m);

int merging_person_order(const struct incident_person *a, const struct incident_person *b);
int merging_labels_order(const struct labels *a, const struct labels *b);

/* merge_lists.c */
/* Which rows of the sides' lists are about the same; where both lists name the same in one order it stays, else sorted. */
struct merging_pair {
	bool in[SIDES];
	size_t row[SIDES];
};
/* <0, 0: the same, >0: row i of x's list and row j of y's */
typedef int merging_row_order(const struct incident *x, size_t i, const struct incident *y, size_t j);
/* `out` has room for both lists. */
size_t merging_pairs(const struct merging *m, size_t a_count, size_t b_count, merging_row_order *order,
                     struct merging_pair *out);
void merging_timeline(struct merging *m);
void merging_changes(struct merging *m);
void merging_previous(struct merging *m);

/* merge_sample.c */
void merging_sample(struct merging *m);

/* merge_deliveries.c */
void merging_deliveries(struct merging *m);

#endif
