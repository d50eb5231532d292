/*
 * The parts of the simulated world, shared by its files: see world.h.
 */
#ifndef TESTS_WORLD_IMPL_H
#define TESTS_WORLD_IMPL_H

#include "base/time.h"
#include "incident/decide.h"
#include "incident/delivery.h"
#include "store/memory_store.h"
#include "world.h"

#define BASE (INT64_C(1700000000) * TIME_SECOND)
#define KEYS 2 /* incidents that the rules may put an alert into */
#define ALERTS 4
#define GROUPS 2
#define RECEIVERS 2
#define ROUTERS 2
#define JOBS 4 /* per router */
#define GHOSTS 16
#define STALE 8
#define GENERATIONS 256
#define LEASE (30 * TIME_SECOND)
#define TIMEOUT (15 * TIME_SECOND)
#define ON_ITS_WAY (TIMEOUT + 50 * TIME_SECOND) /* how late a request that was cut off may still arrive */

extern const char *const receivers[RECEIVERS], *const keys[KEYS];

struct truth { /* what the monitored thing really does */
	bool firing;
	int64_t starts_at, ends_at;
};

struct snapshot { /* one body of a group, sent once or several times */
	bool used;
	int group;
	bool lists[ALERTS];
	struct truth truth[ALERTS];
	bool truncated; /* by max_alerts */
};

/* What Alertmanager knows: see world_alertmanager.c. */
struct alertmanager {
	bool muted[ALERTS];
	bool known[ALERTS];   /* learnt since it started last */
	bool leaving[ALERTS]; /* ended, and not flushed since */
	int group[ALERTS];
	struct {
		bool notified[ALERTS]; /* firing in the last body that was taken */
		int64_t sent_at;
		int64_t due_at; /* calm worlds: its next flush; 0: it has no alerts */
		bool flushing;
	} of[GROUPS];
	int restarts;
	int max_alerts; /* 0: no limit */
};

/* What the judge of a calm world remembers of each alert. */
struct judged {
	int64_t steady_since;  /* it fires unmuted, in the same group */
	int64_t active_until;  /* when it last fired unmuted */
	int64_t handled_start; /* of the firing that was decided */
	int64_t paged_start;   /* of the firing that was paged… */
	int64_t paged_at;      /* …and when */
	int64_t listed_at;     /* as firing, in a body that was taken */
};

enum job_kind { JOB_FREE, JOB_INTAKE, JOB_DELIVERY, JOB_TICK };
enum phase { LOADED, CLAIMED, READY, ON_THE_WIRE, SETTLING };

struct job {
	enum job_kind kind;
	enum phase phase;
	struct store *store;  /* that its router talks to; NULL: the shared one */
	struct snapshot view; /* intake */
	bool answers;         /* Alertmanager waits for its answer */
	bool decided[ALERTS], touched[KEYS];
	struct store_version version[KEYS]; /* as loaded */
	char *record[KEYS];                 /* bytes of the record; NULL: there is none */
	size_t record_size[KEYS];
	int key; /* delivery: whose */
	struct member members[ALERTS];
	char commit_id[STORE_ID_MAX];
	int receiver; /* delivery */
	char claim_id[STORE_ID_MAX];
	int64_t lease_end, lease_until, sent_at;
	struct attempt attempt;
	enum outcome outcome;
	bool stalled; /* a process that was paused: nothing in it moves */
};

struct provider {
	bool open[KEYS][GENERATIONS];
	int64_t woke_at[KEYS]; /* when a trigger opened what was not open */
};

struct ghost {
	bool used;
	int receiver, key;
	enum want_verb verb;
	uint64_t generation;
	int64_t latest;
};

struct variant { /* what a reload changes */
	bool page[ALERTS];
	int rank[ALERTS];
	int64_t page_after, resolve_hold;
	int receivers[ALERTS]; /* bit set */
	int key[ALERTS];       /* what group_by makes of it */
};

struct world {
	struct store *store;          /* the shared one */
	struct store *local[ROUTERS]; /* of a router that is cut off from it, else NULL */
	struct job seen[ROUTERS];     /* what each router last saw of the shared store */
	bool parted;                  /* a router was ever cut off: sums over both sides are approximate */
	struct arena *arena;
	struct incident_policy policy, partial;
	bool calm;
	struct truth truth[ALERTS];
	struct alertmanager am;
	struct judged judged[ALERTS];
	struct snapshot stale[STALE];
	struct job jobs[ROUTERS][JOBS];
	struct provider providers[RECEIVERS];
	struct ghost ghosts[GHOSTS];
	struct variant rules;
	unsigned ids;
	uint64_t committed_arrivals;
	int64_t paged_at[KEYS]; /* when the last generation began */
	const char *broken;
	bool tell;
};

void world_tell(struct world *w, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
int64_t world_now(const struct world *w);
void new_id(struct world *w, char out[STORE_ID_MAX]);
void break_promise(struct world *w, const char *which);

/* world_store.c: the store, answering inside the call */
void world_load(struct world *w, struct job *job);
/* Returns which key it is. */
int world_take_record(struct job *job, const struct store_record *r);
void free_records(struct job *job);
int key_index(struct str key);
struct incident *world_record(struct world *w, const struct job *job, int key);
enum store_result world_commit(struct world *w, const struct job *job, int key, const struct incident *inc,
                               const struct store_member_change *changes, size_t change_count, const char *release);
/* Claims one pair; job->kind stays JOB_FREE when nothing is due. */
void world_claim(struct world *w, struct job *job, const char *receiver);
struct job *free_job(struct world *w, int router);

struct store *store_of(const struct world *w, const struct job *job);
const struct incident_policy *world_policy(const struct world *w, const struct job *job);

/* world_parts.c: routers that are cut off and come back */
void world_saw(struct world *w, const struct job *job); /* a router's own commit went well */
void world_cut_off(struct world *w, int router, uint8_t how);
void heal(struct world *w, int router);

/* world_intake.c */
/* False: the router is busy (503). `answers`: Alertmanager waits for it. */
bool start_intake(struct world *w, int router, const struct snapshot *view, bool answers);
void intake_step(struct world *w, struct job *job, bool lose_answer);
extern const char *const groups[GROUPS];

/* world_alertmanager.c */
struct snapshot world_look(const struct world *w, int group);
/* `how`: what goes wrong with it; 1: nothing does */
void flush(struct world *w, int group, int router, uint8_t how);
void flush_ends(struct world *w, const struct snapshot *view, bool taken);
void flush_due(struct world *w); /* whatever is due, in a calm world */
void change_truth(struct world *w, int alert);
void world_mute(struct world *w, int alert);
void change_group(struct world *w, int alert);
void restart_alertmanager(struct world *w, uint8_t how);
void learn(struct world *w, int alert);
/* Nothing goes wrong any more. */
void settle_alertmanager(struct world *w);

/* world_judge.c: what must hold after each commit, and of each decision of a calm world */
void judge_counts(struct world *w, const struct job *job, int key, const struct incident *inc);
void judge_decision(struct world *w, const struct job *job, int key, const struct incident *inc,
                    const struct decision *d, int alert);
void judge_change(struct world *w, const struct job *job, int key, const struct incident *inc);
bool is_active(const struct world *w, int alert);

/* world_delivery.c */
void start_delivery(struct world *w, int router, int receiver);
void delivery_step(struct world *w, struct job *job, uint8_t how);
/* A request reaches the provider; `store` is its sender's, NULL where it was cut off from him. */
void world_arrive(struct world *w, const struct store *store, const struct ghost *request);
struct ghost request_of(const struct job *job);
void leave_ghost(struct world *w, const struct job *job);

/* world_steps.c */
void world_take_step(struct world *w, const struct step *s);
void advance_job(struct world *w, struct job *job, uint8_t how);
void finish_jobs(struct world *w);
void world_run_tick(struct world *w, int router);
void pass_time(struct world *w, int64_t ms);
void crash(struct world *w, int router);

#endif
