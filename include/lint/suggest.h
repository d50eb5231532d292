/*
 * Which runbook an alert without one may be for, by the words of names: CamelCase and hyphens split, endings and usual
 * abbreviations folded, weighted by how rare a word is among the runbooks. Says nothing rather than guess: what is shared
 * must hold a word that few runbooks have, and the words of both must mostly agree.
 */
#ifndef LINT_SUGGEST_H
#define LINT_SUGGEST_H

#include "alert/alert.h"
#include "base/options.h"
#include "catalog/catalog.h"

struct suggester;
/* `catalog` (finished) is borrowed and outlives the suggester. */
struct suggester *suggester_new(const struct catalog *catalog);
void suggester_free(struct suggester *s); /* NULL is fine */

struct suggestion {
	const struct runbook *runbook;
	double score;                /* 1: the same words */
	const char *alert_side;      /* where the alert has the words: "name" or "name and summary" */
	const char *runbook_side;    /* where the runbook has them: "name", "title" or "description" */
	struct strs words;           /* that both have, as the alert writes them, lower case */
	const struct runbook *rival; /* another one that is as near: nobody should choose for a person; NULL when none is */
};
/* False when no runbook is near enough. Strings live in `arena`. */
bool suggest_runbook(const struct suggester *s, struct arena *arena, struct str alertname,
                     const struct labels *annotations, struct suggestion *out);

/* The words of a text, lower case, in order; for tests and evidence. */
struct strs suggest_words(struct arena *arena, struct str text);

#endif
