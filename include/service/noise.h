/*
 * The rows of a noise report: noise.c adds the counters up, noise_report.c says what they come to.
 */
#ifndef SERVICE_NOISE_H
#define SERVICE_NOISE_H

#include "base/map.h"
#include "incident/counts.h"
#include "incident/decide.h"
#include "service/operate.h"

enum noise_measure {
	NOISE_RECEIVED,
	NOISE_PAGES,
	NOISE_NIGHT_PAGES,
	NOISE_REMINDERS,
	NOISE_SUPPRESSED,
	NOISE_FLAPS,
	NOISE_ACKNOWLEDGED,
	NOISE_SELF_RESOLVED,
	NOISE_PAGES_BEFORE, /* of the period before */
	NOISE_DECIDED,      /* decisions to page: what was put off and cancelled is among them */
	NOISE_CANCELLED,    /* pages that waited (page_after, late_grace) and were never sent */
	NOISE_CHAT,         /* messages to receivers of the other kinds */
	NOISE_TICKETS,
	NOISE_ARCHIVED,
	NOISE_RESOLVED, /* incidents that had been paged, and ended */
	NOISE_HELPED,   /* what people found the runbook worth */
	NOISE_OUTDATED,
	NOISE_MISSING,
	NOISE_MEASURES
};
extern const char *const noise_measure_names[NOISE_MEASURES];

struct noise_durations { /* counts by bucket (counts_bucket) */
	struct noise_bucket {
		int bucket;
		uint64_t n;
	} * v;
	size_t n, capacity;
	uint64_t total;
};

/* Of the pages of incidents that have ended: what would have become of them by each wait (incident/counts.h). */
struct noise_fates {
	uint64_t lasted[COUNT_WAITS + 1];                 /* that nobody took */
	uint64_t taken[COUNT_WAITS + 1][COUNT_WAITS + 1]; /* by how long they lasted, and when somebody had them */
	uint64_t plain;                                   /* all of these */
};

struct noise_row {
	struct str name;
	struct str last_edited; /* of a runbook: since when it is counted; empty: since the report begins */
	uint64_t n[NOISE_MEASURES];
	uint64_t deduplicated[REASONS];
	uint64_t missed; /* pages of a heartbeat's absence */
	bool told_only;  /* of a receiver or a person: of alerts, acknowledgements and ends nothing is counted there */
	struct str rule; /* that its pages came by; empty: none, or several (`rules`) */
	bool noted, rules;
	/* what that rule, or else dedup:, says now, in ms */
	int64_t page_after, resolve_hold, repeat_interval;
	struct noise_durations to_acknowledge, to_resolve, resolved_itself;
	struct noise_fates fates;
};

#define NOISE_DAYS 7
#define NOISE_HOURS 24

struct noise {
	const struct noise_query *q;
	const struct config *config;
	int64_t since;
	struct arena *arena;                    /* names */
	struct map *rows;                       /* by name */
	struct map *people;                     /* who was paged: by name, or by receiver where it is nobody's */
	struct noise_row all;                   /* whatever the row */
	uint64_t heat[NOISE_DAYS][NOISE_HOURS]; /* pages by local weekday (0 is Sunday) and hour */
};

/* The rows in the order that was asked for (noise_query.sort), at most its limit; in `arena`. */
size_t noise_sorted(const struct noise *n, struct arena *arena, struct noise_row ***out);
/* What might help against it; NULL: nothing is known. The caller frees it. */
char *noise_suggestion(const struct noise_row *row);
/* The median; false where there is none. */
bool noise_median(struct noise_durations *d, double *seconds);

/* operate_noise() with the report itself, valid during the call; NULL with an error. */
typedef void operate_noise_done(void *arg, enum operate_result result, const char *error, struct noise *report,
                                int64_t until);
void operate_noise_look(struct router *r, const struct noise_query *q, operate_noise_done *done, void *arg);

/* delivery.mode: observe. Pages are what was decided then, also what page_after may yet spare, and nobody was told. */
bool noise_observes(const struct config *c); /* NULL: false */
/* The count is of messages that woke somebody (with delivery.mode: observe, of decisions to); and they came at night. */
bool noise_is_page(const struct config *config, const struct count *c);
bool noise_is_night(const struct config *config, const struct count *c, int64_t hour);
/* Buckets in ascending order. */
void noise_durations_sort(struct noise_durations *d);

#endif
