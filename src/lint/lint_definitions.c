/* What is wrong with the definitions of a Prometheus that this configuration answers for. */
#include <stdlib.h>

#include "base/time.h"
#include "lint/coverage.h"

#define NAMES_SHOWN 5

static void report_pairs(const struct coverage *c, struct lint *out)
{
	struct coverage_pairs pairs;

	coverage_find_pairs(c, &pairs);
	for (size_t i = 0; i < pairs.n; i++)
		lint_add(
			out, LINT_SAME_LABELS, NULL, pairs.v[i].other->at, pairs.v[i].one->at,
			"the alert %.*s is defined twice with the same labels: while one of the two goes on and the other ends, "
			"resolved and firing alternate for 15 minutes; give one of them a label of its own",
			STR_ARG(pairs.v[i].other->name));
	mem_cleanup(&pairs.v);
}

/* The definitions of one file that a restart ends. */
struct restarts {
	const struct coverage_alert *first;
	size_t n;
	int64_t hold;
	struct buf names;
};

static void add_restart(struct restarts *r, const struct coverage_alert *a, int64_t hold)
{
	if (!r->first)
		r->first = a;
	if (r->n < NAMES_SHOWN)
		buf_printf(&r->names, "%s%.*s", r->n ? ", " : "", STR_ARG(a->rule.name));
	else if (r->n == NAMES_SHOWN)
		buf_add_c(&r->names, ", …");
	r->n++;
	r->hold = hold > r->hold ? hold : r->hold;
}

static void report_restarts(struct restarts *r, struct lint *out)
{
	char hold[TIME_DURATION_MAX];

	if (r->n)
		lint_add(out, LINT_RESTART_REFIRES, NULL, r->first->rule.at, (struct pos){0},
		         "%zu alert%s of this file with `for` of 3 to 9 minutes end and fire again when Prometheus restarts: "
		         "resolve_hold: %s folds that (%.*s)",
		         r->n, r->n == 1 ? "" : "s", time_duration_format(r->hold, hold), STR_ARG(buf_str(&r->names)));
	buf_release(&r->names);
}

static void find_restarts(const struct coverage *c, struct lint *out)
{
	struct restarts r = {0};
	const char *file = NULL;

	buf_init(&r.names, SIZE_MAX);
	for (size_t i = 0; i < c->n; i++) {
		int64_t hold = coverage_hold_wanted(&c->v[i]);
		if (!str_eq(str_c(file), str_c(c->v[i].rule.at.file))) {
			report_restarts(&r, out);
			r = (struct restarts){0};
			buf_init(&r.names, SIZE_MAX);
			file = c->v[i].rule.at.file;
		}
		if (hold)
			add_restart(&r, &c->v[i], hold);
	}
	report_restarts(&r, out);
}

static void report_unseen_label(const struct coverage *c, const struct unseen_label *u, struct lint *out)
{
	bool may_come = coverage_may_come(c, u);
	struct lint_finding *f =
		lint_add(out, LINT_UNSEEN_LABEL, u->rule, u->at, (struct pos){0},
	             "rule \"%.*s\" names the label %.*s, which no alert that is known has%s; did you mean \"%.*s\"?",
	             STR_ARG(u->rule->name), STR_ARG(u->name),
	             may_come ? ", unless an expression or the sender gives it" : "", STR_ARG(u->meant));

	if (may_come || (!c->definitions && c->received < LINT_EVIDENCE_LEAST))
		f->level = LINT_HINT;
}

static void report_unseen_labels(const struct coverage *c, struct lint *out)
{
	const struct unseen_label *labels;
	size_t n = coverage_label_evidence(c, &labels);

	for (size_t i = 0; i < n; i++)
		report_unseen_label(c, &labels[i], out);
}

void lint_definitions(const struct coverage *c, struct lint *out)
{
	report_unseen_labels(c, out);
	report_pairs(c, out);
	find_restarts(c, out);
}
