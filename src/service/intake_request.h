/*
 * One webhook on its way through the intake: intake.c takes it in, answers and lets it go, intake_work.c gives the webhooks
 * in hand their turns, intake_read.c makes alerts and plans of a body, intake_route.c brings each alert to its incident,
 * intake_group.c is the change of one incident, intake_look.c
 * says whether others are looked at, intake_tally.c counts, intake_report.c says what became of them.
 */
#ifndef SERVICE_INTAKE_REQUEST_H
#define SERVICE_INTAKE_REQUEST_H

#include "alert/webhook.h"
#include "base/buf.h"
#include "base/hash.h"
#include "base/map.h"
#include "incident/decide.h"
#include "incident/row.h"
#include "lint/label_names.h"
#include "service/bodies.h"
#include "service/group_names.h"
#include "service/intake.h"
#include "service/limiter.h"
#include "service/transaction.h"

#define INTAKE_ROUNDS 5      /* an alert whose incident moves while it is decided is planned again so often */
#define INTAKE_LOAD_MAX 1000 /* alerts that are looked up in one load */
#define INTAKE_GROUPS 4096   /* of so many it is known when they were looked at */
#define INTAKE_DOUBTS 256    /* webhooks that were refused and may have been counted: of the last ones it is known */

/* The order in which the parts of one change list their members. */
enum item_rank { ITEM_DOUBTFUL, ITEM_STOOD, ITEM_BEGINS, ITEM_RESOLVED };

struct item { /* one alert */
	const struct alert *alert;
	const struct plan *plan;
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
	STAGE_TALLY,
	STAGE_REPORT,
	STAGE_ANSWER,
	STAGE_JOURNAL,
	STAGES
};

struct request {
	struct intake *in;
	struct config *config;
	struct arena *arena;
	struct body_read *read;  /* its alerts and their plans; NULL: they were read elsewhere */
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
	bool looks;      /* at the incidents of the group that it does not list, too */
	bool looks_late; /* as it turned out: behind those that it lists */
	int64_t oldest;  /* the earliest counted_at of those it has looked at; 0: of them none may be left out */
	bool from_known; /* nothing is loaded: what is known of all of them says that they most likely repeat themselves */
	size_t waiting;  /* groups under way */
	bool moved;
	int rounds;
	int64_t now, asked_mono; /* store clock of the last load; when that was sent */

	/*
	 * What the hourly counters gain by the alerts, once all of them are decided. A body of one incident adds it with that
	 * incident's commit (`alone`); otherwise it is kept here until the last commit is done. intake_tally.c
	 */
	bool alone;
	struct map *counted; /* by field: a struct store_count; NULL: nothing yet */
	struct store_tally tally_ask;
	struct loop_timer *tally_timer;
	int64_t tally_until;           /* monotonic */
	char counted_by[STORE_ID_MAX]; /* the commit that may have counted this body before; empty: none */

	int code;
	const char *error;
	struct buf reply;
	bool planned; /* intake_planned(): its answer is `decided`, and no JSON is made */
	struct intake_decided *decided;
	uint64_t journal_id;     /* by which the lines of its alerts are found together */
	struct str journal_body; /* what all of them say of the body */
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
	struct bodies *bodies;
	struct group_names *group_names;
	struct label_names *labels; /* of all alerts that were planned since the start */
	size_t planned;             /* alerts; a body that repeats itself is not planned again */
	struct intake_doubt {
		char body[HASH_HEX_MAX]; /* of source and text; empty: free */
		char id[STORE_ID_MAX];   /* of the tally, or of the commit that carried the counters */
		bool carried;
		int64_t at; /* monotonic */
	} doubts[INTAKE_DOUBTS];
	size_t next_doubt;
	struct intake_group_seen { /* by the beginning of its id */
		char group[MEMBER_GROUP_SIZE];
		int64_t oldest;
	} groups[INTAKE_GROUPS];
	bool doubted;            /* there may be some */
	struct request *pausing; /* their tally is asked for again soon */
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
/* The body was read before, q->read is what was made of it: it goes on behind STAGE_FOLD. */
void intake_read_again(struct request *q);
/* Room for each alert's item, all zero; and one of them, with its alert and its plan. */
void intake_room_for_items(struct request *q);
void intake_make_item(struct request *q, size_t i, const struct plan *plan);
/* The plan, or a copy with what a used up budget makes of it. */
const struct plan *intake_within_budgets(struct request *q, const struct plan *plan);
/* Each works until about the monotonic time `until`. */
enum progress intake_read(struct request *q, int64_t until);
enum progress intake_plan(struct request *q, int64_t until);
enum progress intake_fold(struct request *q, int64_t until);
/* Where the alerts belong is looked up. Away until it is known. */
enum progress intake_load(struct request *q, int64_t until);
/* The incidents are changed. Away until every alert is decided, or one of them cannot be. */
enum progress intake_run(struct request *q, int64_t until);
/* What was decided is counted, unless the commits have done so. Away until it is. */
enum progress intake_tally(struct request *q, int64_t until);
enum progress intake_report(struct request *q, int64_t until);
enum progress intake_journal(struct request *q, int64_t until);
static inline bool intake_over(int64_t until)
{
	return until != INT64_MAX && loop_mono_ms() >= until;
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
	struct counts held;         /* of the alerts of this part: counted when the whole webhook is decided */
	uint64_t absent;            /* members that ended with this part, by not being listed */
	bool counted;               /* a commit of an earlier attempt has counted them */
	char doubted[STORE_ID_MAX]; /* the commit whose outcome is not known */
};
#define INTAKE_PART_MAX 1000
/* `record`: as loaded; NULL: not loaded. Ends in intake_group_ended(). */
void intake_group_run(struct group *g, const struct store_record *record);
void intake_group_ended(struct request *q);

/* ---- intake_look.c ---- */

/* At `now` some incident of its group that it does not list may have to change. */
bool intake_must_look(const struct request *q, int64_t now);
/* What this body left of its group in one incident. */
void intake_looked_at(struct request *q, const struct incident *inc);
/* It has looked at all of them. */
void intake_looked(struct request *q);

/* ---- intake_tally.c ---- */

/* This webhook was refused before, and may have been counted: by which commit, or under which id. */
void intake_recall(struct request *q);
/* What one part was about to count; or did, when `carried`. */
void intake_hold_counts(struct request *q, const struct counts *held);
/* It is refused, and the commit `id` may have counted it. */
void intake_doubt_commit(struct request *q, const char *id);

/* ---- intake_report.c ---- */

/* Counts a webhook that is answered 200. */
void intake_count(struct request *q);

#endif
