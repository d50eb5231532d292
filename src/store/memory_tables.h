/*
 * What the store in memory holds, and its verbs on it. The clock is `now`; nothing else passes time.
 */
#ifndef STORE_MEMORY_TABLES_H
#define STORE_MEMORY_TABLES_H

#include "base/map.h"
#include "store/front.h"
#include "store/ranking.h"

/* One incident. */
struct row {
	struct str key;
	uint64_t number;
	char ids[STORE_HISTORY][STORE_ID_MAX]; /* newest first; ids[i] made version number - i */
	struct str bytes;
	bool open, dead;
	int64_t since;
	struct map *groups; /* the names of those that it stands in; NULL: none */
};

/* A pair (receiver, key): when it is due, and its lease. It goes when it is neither. */
struct pair {
	struct str key;
	int lane;
	int64_t at;               /* 0: not due */
	int64_t ready;            /* its place in the lane: `at`, but not before the lease ends */
	char claim[STORE_ID_MAX]; /* empty: not leased */
	int64_t until;
	uint64_t turn; /* order in which they were handed out */
	bool touched;  /* a commit made it due under the lease */
};

struct queue {
	struct map *pairs;
	struct ranking lanes[STORE_LANES];
	struct ranking leases; /* by their end */
};

struct tables {
	int64_t now;
	struct map *rows, *members, *queues;
	struct map *kept;                /* name -> text (store_keep.c) */
	struct map *groups;              /* by name: a map of the rows that stand in it, by key */
	struct ranking lists[3];         /* by enum store_list */
	struct ranking hours;            /* by their start */
	struct map *tallies;             /* ids of the last ones */
	char (*tally_ids)[STORE_ID_MAX]; /* the same in a ring of STORE_TALLIES */
	size_t tally_next;
	uint64_t turns;
};

void tables_init(struct tables *t);
void tables_release(struct tables *t);
/* One verb, at once. */
void tables_run(struct tables *t, struct request *r);

/* memory_records.c */
void tables_load(struct tables *t, struct request *r);
void tables_commit(struct tables *t, struct request *r);
void tables_list(struct tables *t, struct request *r);
void tables_sweep(struct tables *t, struct request *r);
void tables_record(struct row *row, struct request *r, struct store_record *out);
void tables_free_row(void *row);
/* memory_groups.c */
void tables_set_groups(struct tables *t, struct row *row, const struct str *groups, size_t count);
const struct map *tables_group(const struct tables *t, struct str group); /* NULL: nobody stands in it */
void tables_free_group(void *group);
/* memory_members.c */
void tables_find_member(struct tables *t, struct member *m); /* fills in what is known */
void tables_members(struct tables *t, struct request *r);
bool tables_members_match(struct tables *t, const struct store_commit *ask);
void tables_set_members(struct tables *t, const struct store_commit *ask);
bool tables_sweep_members(struct tables *t, size_t most);
void tables_free_member(void *member);
/* memory_queue.c */
void tables_claim(struct tables *t, struct request *r);
void tables_release_pair(struct tables *t, struct str receiver, struct str key, const char *claim, int64_t due_at);
void tables_set_due(struct tables *t, struct str receiver, struct str key, int lane, int64_t at);
bool tables_leased(struct tables *t, struct str receiver, struct str key);
void tables_put_lease(struct tables *t, struct str key, const struct store_lease *l);
void tables_forget_dues(struct tables *t, struct str key);
void tables_stats(struct tables *t, struct request *r);
void tables_free_queue(void *queue);
/* memory_counts.c */
void tables_add_counts(struct tables *t, const struct store_count *counts, size_t n);
void tables_tally(struct tables *t, struct request *r);
void tables_counters(struct tables *t, struct request *r);
bool tables_sweep_hours(struct tables *t, int64_t before, size_t most);
void tables_free_hour(void *hour);

#endif
