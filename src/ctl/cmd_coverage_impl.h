/*
 * What the parts of runbookctl coverage share.
 */
#ifndef CTL_CMD_COVERAGE_IMPL_H
#define CTL_CMD_COVERAGE_IMPL_H

#include <jansson.h>

#include "config/config.h"
#include "ctl/cmd.h"
#include "lint/coverage.h"

/* One run of the command. */
struct covering {
	struct coverage coverage;
	const struct config *config;
	const struct flags *flags;
	struct alert_sender stated; /* by --external-labels */
	struct err *err;            /* what could not be read: the answer is not whole */
	struct err warnings;        /* what was passed over */
	struct strs without;        /* files below folders that define no alert */
};

/* Read all that a flag names; the lines of what failed are in `err`. */
void covering_read_rules(struct covering *c, const char *const *patterns, size_t n);
void covering_read_prometheus(struct covering *c, const char *url);
void covering_read_journal(struct covering *c, const char *pattern);

json_t *covering_json(const struct covering *c);
void covering_print(const struct covering *c);
/* A table with a blank line before it, unless it would be empty; it is freed. */
struct table;
void covering_print_part(struct table *t, size_t rows);

/* cmd_coverage_rules.c: "unreached_rules", "unknown_names" and "unseen_labels". */
void covering_rules_json(const struct covering *c, json_t *out);
void covering_print_rules(const struct covering *c);

/* Rules for what has no runbook, the evidence beside each: as YAML, and as a list for JSON. */
void covering_suggest_print(const struct covering *c);
json_t *covering_suggest_json(const struct covering *c);

#endif
