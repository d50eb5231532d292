/*
 * One backtest of the command line: what was asked for, and what came of it.
 */
#ifndef CTL_CMD_BACKTEST_IMPL_H
#define CTL_CMD_BACKTEST_IMPL_H

#include "config/config.h"
#include "ctl/cmd.h"
#include "ctl/journal_fetch.h"
#include "replay/alerts_series.h"
#include "replay/sweep.h"

struct backtesting {
	struct ctl *ctl;
	struct config *config;
	struct ruleset *before, *after; /* NULL: the configuration's, or the other one */
	struct plan_override override;
	bool overrides; /* --set was given */
	bool suggest;
	struct sweep sweep;
	struct strs journals;
	struct journal_copies copies;   /* of daemons */
	struct alerts_series *series;   /* of a Prometheus; NULL: none */
	struct strs group_by;           /* of its webhooks */
	int64_t since, from, now, step; /* ms; from: a time, 0: from the beginning */
	double most_more;               /* percent; -1: as many as there are */
	struct backtest run;
	uint64_t pages_before, pages_after;
	json_t *report;
	int64_t shown_at;
};

/* Rule files as the daemon would load them, with the configuration's catalog and defaults; NULL with lines in `err`. */
struct ruleset *rules_load(const struct config *c, const char *const *patterns, size_t n, struct err *err);
bool backtest_read_prometheus(struct backtesting *t, struct err *err);
void backtest_print(const json_t *report);

#endif
