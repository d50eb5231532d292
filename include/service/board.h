/*
 * What is open, in memory and in order: the gravest first, of a severity what nobody has acknowledged before the rest, of
 * these the newest first. It is what the pages list and what the events tell. Every commit of this router is seen at once;
 * a walk through the store brings the rest: all of it at the start, then, while somebody looks, what other routers have
 * changed (the newest every second, everything every BOARD_WALK_SHARED_MS).
 */
#ifndef SERVICE_BOARD_H
#define SERVICE_BOARD_H

#include "alert/alert.h"
#include "incident/incident.h"
#include "service/router.h"

/* Of rows: 10,000 with 300 bytes of text each; beyond, the least grave are left out, and the page says so. */
#define BOARD_BYTES_MAX ((size_t)4 << 20)
#define BOARD_LABEL_BYTES_MAX 8192 /* of one incident's labels; those behind are left out */
#define BOARD_WALK_SHARED_MS 10000
#define BOARD_WALK_OWN_MS 60000
#define BOARD_WATCHED_MS 60000 /* so long after somebody has looked it counts as watched */
#define BOARD_HEAD_MS 1000

struct board_row {
	struct str key, alertname, summary, severity, owner, rule, runbook, by; /* `by`: who has acknowledged it */
	int rank;
	bool acknowledged, dead;
	int64_t started_at, acknowledged_at;
	int64_t firing_since; /* what people are told; rows are in the order of started_at */
	uint64_t firing, total;
	struct labels labels;
};

/* Views of the incident. */
struct board_row board_row_of(const struct incident *inc);

enum board_change { BOARD_OPENED, BOARD_CHANGED, BOARD_CLOSED };

/* Where a reader stands: behind this row. Zero: at the beginning. */
struct board_place {
	bool begun;
	int bucket;
	int64_t started_at;
	char key[INCIDENT_KEY_SIZE];
};
#define BOARD_PLACE_MAX 128
char *board_place_format(const struct board_place *place, char out[BOARD_PLACE_MAX]);
bool board_place_parse(struct str text, struct board_place *out); /* empty text is the beginning */

struct board;
struct board *board_new(struct router *r);
/* Calls back who waits. Before the store is closed. NULL is fine. */
void board_free(struct board *b);
/* A record as a commit left it. A board that is NULL takes nothing. */
void board_take(struct board *b, const struct incident *inc, uint64_t version);
/* One listener; `row` is valid during the call. What somebody else closed has only its key. */
void board_listen(struct board *b, void (*changed)(void *arg, const struct board_row *row, enum board_change what),
                  void *arg);
/* Somebody looks. Calls back, not inside the call, when what is there is whole and not stale, or cannot be read. */
void board_watch(struct board *b, void (*ready)(void *arg), void *arg);

/*
 * The row behind `place`, which moves on to it; NULL: there are no more. Valid until the next row is asked for, or the loop
 * turns.
 */
const struct board_row *board_next(struct board *b, struct board_place *place);
const struct board_row *board_find(struct board *b, struct str key);
size_t board_count(const struct board *b, bool acknowledged);
/* What the store counts, now and then. A board that is NULL takes nothing. */
void board_take_totals(struct board *b, size_t firing, size_t acknowledged);
/* How many are open, those that are left out too: where some are, as the store counted them last. */
size_t board_total(const struct board *b, bool acknowledged);
bool board_whole(const struct board *b);      /* false: the store could not be read so far */
bool board_leaves_out(const struct board *b); /* more is open than it holds */

#endif
