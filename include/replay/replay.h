/*
 * What really happened, once more: the daemon's own router (intake, transactions, timers of the incidents, settle) over a
 * store in memory, on the history's clock, with receivers that take everything at once. There is no second engine: rule tests
 * and backtest run through this, and differ from the daemon only in where bodies come from and where messages go.
 */
#ifndef REPLAY_REPLAY_H
#define REPLAY_REPLAY_H

#include <stdatomic.h>

#include "alert/webhook.h"
#include "config/config.h"
#include "incident/command.h"
#include "incident/delivery.h"
#include "incident/tick.h"
#include "service/intake.h"

/* A message that a receiver was sent. */
struct replay_told {
	const struct incident *inc;  /* as it is now; valid during the call */
	struct str receiver, target; /* target: of which role's page it is; empty: of the incident's own */
	struct attempt attempt;
	int64_t at;
};

/* `told` may be NULL. */
struct replay_watch {
	void (*told)(void *arg, const struct replay_told *told);
	void *arg;
	const atomic_bool *stop; /* true: nobody wants it any more, what falls due stays undone; NULL: never */
};

struct replay;
/* `ruleset` is borrowed and stands for the configuration's own (NULL: that). The clock begins at `begins`, in ms. */
struct replay *replay_new(const struct config *c, struct ruleset *ruleset, int64_t begins,
                          const struct replay_watch *watch);
void replay_free(struct replay *r); /* NULL is fine */
int64_t replay_now(const struct replay *r);
/* Time passes: what falls due until then happens at its time. An `at` that has passed already is now. */
void replay_advance(struct replay *r, int64_t at);
/*
 * A body arrives now. One decision for each alert, good until the next call; NULL with a line in `err`. `hook` and `plans`
 * (of any ruleset) are borrowed during the call.
 */
const struct intake_decided *replay_body(struct replay *r, struct str source, const struct webhook *hook,
                                         struct plan *const *plans, struct err *err);
/* Somebody does something by hand, now. False: there is no such incident here, or it is not in a state for that. */
bool replay_command(struct replay *r, struct str key, enum command command, const struct command_args *args);
/* An incident of a daemon's store, as it stands now, with the members that it samples; `inc` is borrowed during the call. */
void replay_adopt(struct replay *r, const struct incident *inc);
/* The daemon began to listen (again) now: what was not heard before is not absent. */
void replay_listens(struct replay *r);

#endif
