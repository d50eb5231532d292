/*
 * One webhook on its way through the intake: intake.c takes it in, answers and lets it go, intake_work.c gives the webhooks
 * in hand their turns, intake_read.c makes alerts and plans of a body, intake_route.c brings each alert to its incident,
 * intake_group.c is the change of one incident, intake_report.c says what became of them.
 */
#ifndef SERVICE_INTAKE_REQUEST_H
#define SERVICE_INTAKE_REQUEST_H

#include "alert/webhook.h"
#include "base/buf.h"
#include "base/map.h"
#include "incident/decide.h"
#include "service/intake.h"
#include "service/limiter.h"
#include "service/transaction.h"

#define INTAKE_ROUNDS 5      /* an alert whose incident moves while it is decided is planned again so often */
#define INTAKE_LOAD_MAX 1000 /* alerts that are looked up in one load */

/* The order in which the parts of one change list their members. */
enum item_rank { ITEM_DOUBTFUL, ITEM_STOOD, ITEM_BEGINS, ITEM_RESOLVED };

struct item { /* one alert */
	const struct alert *alert;
	struct plan *plan;
	struct member member; /* as loaded; before that source and fingerprint only */
	struct item
		*folded_into;  /* the same alert stands in this webhook with a later word; that one may be folded again */
	struct str key;    /* where it is, or was, decided */
	struct item *next; /* of its group */
	enum item_rank rank;
	bool decided;
	enum verdict verdict;
	enum reason reason;
};

/* In this order; see intake_work.c. */
enum stage {
	STAGE_READ,
	STAGE_PLAN,
	STAGE_FOLD,
	STAGE_LOAD,
	STAGE_RUN,
	STAGE_REPORT,
	STAGE_ANSWER,
	STAGE_JOURNAL,
	STAGES
};

struct request {
	struct intake *in;
	struct config *config;
	struct arena *arena;
	struct str source, text; /* the body as it came */
	int64_t started_mono;
	enum stage stage;
	struct request *next; /* in the queue */
	size_t cost;          /* in bytes: of its text, and not less than INTAKE_ALERT_BYTES for each alert */
	bool admitted;

	struct webhook_parser *parser;
	struct webhook hook;
	struct body body;
	struct item *items; /* hook.count */
	struct map *same;   /* by identity: the item that counts, while they are folded */
	size_t at;          /* the item that the stage comes to next */

	/* A round of routing: */
	struct map *groups;                 /* by key; they stay for all rounds */
	struct group *idle, **last_idle;    /* to be run */
	struct item **open;                 /* items that are to be decided in this round */
	size_t open_count, loaded, loading; /* of them: all; looked up; in the load under way */
	struct str *indexed;                /* keys of the incidents that have a row of the body's group */
	size_t indexed_count;
	size_t waiting; /* groups under way */
	bool moved;
	int rounds;
	int64_t now; /* store clock of the last load */

	int code;
	const char *error;
	struct buf reply;
	bool planned; /* intake_planned(): its answer is `decided`, and no JSON is made */
	struct intake_decided *decided;
	uint64_t journal_id; /* by which the lines of its alerts are found together */
	unsigned tally[VERDICTS][REASONS], flaws[ALERT_FLAWS];
	void (*done)(void *arg, const struct intake_result *result);
	void *arg;
};

struct intake {
	struct router *r;
	size_t requests, bytes; /* in hand */
	size_t refs;            /* requests, and the owner */
	bool closed;
	struct request *ready, **last_ready; /* have work to do now */
	/* So that a few large ones do not keep all others waiting, the small and the large have each their own room. */
	struct intake_room {
		size_t working;                    /* cost of those that are worked on */
		struct request *held, **last_held; /* came while enough is worked on, or turned out to cost more */
	} small, large;
	struct loop_timer *turn;
	struct limiter truncated, degraded;
};

/* ---- intake.c ---- */

/* Runs the callback. */
void intake_answer(struct request *q, int code, const char *error);
/* Lets go of the request, which was answered. */
void intake_end(struct request *q);
/* Answers and lets go on the next turn of the loop. */
void intake_refuse(struct request *q, int code, const char *error);

/* ---- intake_work.c ---- */

/* It may be worked on, now or when it is its turn. */
void intake_admit(struct request *q);
/* It costs more than its bytes. False: it has to wait until there is room, and is not to be touched any more. */
bool intake_admit_more(struct request *q, size_t cost);
/* It has work to do again, from its stage on. */
void intake_ready(struct request *q);
/* It has ended: those who wait for its room are admitted. */
void intake_leave(struct request *q);
void intake_turn(void *arg);
/* What is in hand and waits for no one is let go: journalled if it was answered. */
void intake_drop_all(struct intake *in);

/* What a stage has come to. */
enum progress {
	PROGRESS_ENDED,
	PROGRESS_MORE, /* the slice is over */
	PROGRESS_AWAY, /* it goes on elsewhere: a reply of the store, or it was refused or let go */
};
/* Each works until about the monotonic time `until`. */
enum progress intake_read(struct request *q, int64_t until);
enum progress intake_plan(struct request *q, int64_t until);
enum progress intake_fold(struct request *q, int64_t until);
/* Where the alerts belong is looked up. Away until it is known. */
enum progress intake_load(struct request *q, int64_t until);
/* The incidents are changed. Away until every alert is decided, or one of them cannot be. */
enum progress intake_run(struct request *q, int64_t until);
enum progress intake_report(struct request *q, int64_t until);
enum progress intake_journal(struct request *q, int64_t until);
static inline bool intake_over(int64_t until)
{
	return loop_mono_ms() >= until;
}

/* ---- intake_group.c: the alerts of one webhook that belong to one incident ---- */

struct group {
	struct request *q;
	struct str key;
	struct item *first, **last; /* of this round */
	size_t n;
	struct group *next; /* idle */
	/*
	 * More than INTAKE_PART_MAX go in parts, each a commit of its own: the first one states the whole group, the others
	 * list the rest. `sure`: in a part before, somebody was listed who surely fires and was told of.
	 */
	struct item **items;
	size_t from, count;
	struct arrival *arrivals;
	struct decision *decisions;
	bool begun, sure, sure_now;
};
#define INTAKE_PART_MAX 1000
/* `record`: as loaded; NULL: not loaded. Ends in intake_group_ended(). */
void intake_group_run(struct group *g, const struct store_record *record);
void intake_group_ended(struct request *q);

/* ---- intake_report.c ---- */

/* Counts a webhook that is answered 200. */
void intake_count(struct request *q);

#endif
