/*
 * What the parts of runbookctl coverage share: the alerts that can or did fire, each with its plan.
 */
#ifndef APP_CMD_COVERAGE_IMPL_H
#define APP_CMD_COVERAGE_IMPL_H

#include <jansson.h>

#include "app/cmd.h"
#include "base/map.h"
#include "config/config.h"
#include "lint/promrules.h"

enum coverage_source { COVERAGE_FILES, COVERAGE_PROMETHEUS, COVERAGE_JOURNAL };

struct coverage_alert {
	struct promrule rule;
	enum coverage_source source;
	struct plan plan;
};

struct coverage {
	struct arena *arena;
	const struct config *config;
	const struct flags *flags;
	struct coverage_alert *v; /* what the filters let through */
	size_t n, capacity;
	struct map *seen;    /* name and decision -> the first with it */
	struct err *err;     /* what could not be read: the answer is not whole */
	struct err warnings; /* what was passed over */
};

/* Evaluates a definition and keeps it, unless a filter drops it or the same was found in an earlier source. */
void coverage_add(struct coverage *c, enum coverage_source source, const struct promrule *rule);
/* Whether coverage_add() would keep it: the strings of `rule` need not outlive the call. */
bool coverage_is_news(const struct coverage *c, enum coverage_source source, const struct promrule *rule);

/* Reads all sources that the flags name; the lines of what failed are in `err`. */
void coverage_read_rules(struct coverage *c, const char *pattern);
void coverage_read_prometheus(struct coverage *c, const char *url);
void coverage_read_journal(struct coverage *c, const char *pattern);

enum coverage_state {
	COVERAGE_PAGE,      /* a page of the runbook folder */
	COVERAGE_ELSEWHERE, /* a link that leads out of the folder: nobody here can say whether it is alive */
	COVERAGE_DEAD,      /* names a page of the folder that is not there */
	COVERAGE_NONE
};
enum coverage_state coverage_state(const struct config *config, const struct plan *plan);
bool coverage_has_runbook(const struct config *config, const struct plan *plan);
/* Of all that are kept, in percent; 100 of none. */
double coverage_percent(const struct coverage *c);

json_t *coverage_json(const struct coverage *c);
void coverage_print(const struct coverage *c);

/* Rules for what has no runbook, the evidence beside each: as YAML, and as a list for JSON. */
void coverage_suggest_print(const struct coverage *c);
json_t *coverage_suggest_json(const struct coverage *c);

#endif
