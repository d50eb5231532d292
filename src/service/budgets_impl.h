/*
 * Budgets from inside: budgets.c keeps what was used of each, budgets_use.c says what follows from it. Private to them.
 */
#ifndef SERVICE_BUDGETS_IMPL_H
#define SERVICE_BUDGETS_IMPL_H

#include "base/map.h"
#include "base/time.h"
#include "base/zone.h"
#include "service/budgets.h"
#include "service/noise.h"

struct budget_hour {
	int64_t hour; /* whose figures these are */
	uint32_t pages, nights;
	uint32_t known_pages, known_nights; /* before it was read again */
};

struct budget {
	enum noise_by by; /* NOISE_OWNER, NOISE_RULE */
	struct str name;
	const struct page_budget *said;
	struct budget_hour *hours; /* by the hour's number, modulo their count */
	size_t hour_count;
	uint64_t pages, nights;
	int64_t added_at;    /* the minute that `pages` and `nights` are of; 0: they are to be added up anew */
	bool told_meanwhile; /* while its hours were being read: what is read may lack that page */
};

/* Those of one configuration. */
struct budget_list {
	struct config *config;
	struct arena *arena;
	struct budget *v;
	size_t n, room;
	struct map *owners, *rules;
	int64_t longest;
};

struct budgets {
	struct router *r;
	struct loop_timer *timer;
	struct budget_list *list;    /* that is gone by; NULL: none was read yet */
	struct budget_list *reading; /* being filled; the same, where only the last hours are read again */
	int64_t read_at, whole_at;   /* monotonic */
	int64_t now;                 /* of the walk, store clock */
	bool closed;
};

/* NULL: it has none, or none was read yet. */
struct budget *budget_of(const struct budgets *b, enum noise_by by, struct str name);
/* Takes out what has left the period by `now`. `one` may be NULL. */
void budget_bring_up_to_date(struct budget *one, int64_t now);
/* The store's clock, which the counters follow. */
int64_t budgets_now(const struct budgets *b);
bool budget_counts(const struct config_receiver *r); /* messages to it wake somebody */

#endif
