/*
 * A history replayed through variants: rule sets, and settings on top of them. Every variant is a router of its own, of one
 * thread; reading is done once, matching once for all that share a rule set. What a variant did is the messages that its
 * receivers were sent.
 *
 * A page is a message that a receiver of kind page was sent for a new generation of an incident; a reminder of one is none.
 */
#ifndef REPLAY_BACKTEST_H
#define REPLAY_BACKTEST_H

#include <stdatomic.h>

#include <jansson.h>

#include "config/config.h"
#include "replay/history.h"
#include "rules/plan.h"

#define BACKTEST_PAGES_MAX 1000000 /* of one variant that are kept to be compared; further ones are counted only */
#define BACKTEST_EXAMPLES 20       /* of each list in the report */
#define BACKTEST_LASTING (15 * TIME_MINUTE)

enum page_field { BY_ALERTNAME, BY_RULE, BY_OWNER, BY_SEVERITY, BY_RECEIVER, BY_HOUR, PAGE_FIELDS };
const char *page_field_name(enum page_field f);

struct backtest_page {
	int64_t at;
	uint64_t who; /* the alert that it was sent for, and its receiver: the same in every variant */
	uint64_t alert;
	struct str by[PAGE_FIELDS]; /* in the variant's memory */
	struct str labels;
	bool night, acknowledged;
	int64_t lasted; /* until its end was told; -1: it never was */
};

struct variant;
/* `ruleset` and `override` (NULL: none) are borrowed. */
struct variant *variant_new(const struct config *c, struct ruleset *ruleset, const struct plan_override *override);
void variant_free(struct variant *v);                                            /* NULL is fine */
size_t variant_pages(const struct variant *v, const struct backtest_page **out); /* in the order of time */
uint64_t variant_page_count(const struct variant *v);                            /* all of them */
uint64_t variant_nights(const struct variant *v);
uint64_t variant_count(const struct variant *v, enum page_field by, struct str name);
/* How many alerts were decided as the history says, and otherwise; 0, 0 where it says nothing. */
struct backtest_fidelity {
	uint64_t same, different;
	json_t *examples; /* of different ones */
};
const struct backtest_fidelity *variant_fidelity(const struct variant *v);
/* Every name that pages were counted under. */
void variant_names(const struct variant *v, enum page_field by, void (*each)(void *arg, struct str name, uint64_t n),
                   void *arg);

struct backtest {
	const struct config *config;
	struct history *history; /* of this run */
	struct variant **variants;
	size_t count;
	size_t threads; /* that the variants are shared out among; 0 or 1: the caller's alone */
	/* Now and then; false: that is enough, what follows is left out. NULL: nobody looks. */
	bool (*progress)(void *arg, const struct history_figures *f);
	void *arg;
	const atomic_bool
		*stop; /* true: nobody wants the result any more, looked at after each body of each variant; NULL: never */
	int64_t since, until; /* set by the run: the first and the last event; 0: there was none */
};
/* False with lines in `err`. */
bool backtest_run(struct backtest *b, struct err *err);

/* What became of the pages of `before` in `after`. */
struct page_changes {
	uint64_t added, removed, moved; /* moved: to another time or another receiver */
	uint64_t delayed, hidden;       /* of the pages of before: told later, and not at all */
	uint64_t delayed_acknowledged, hidden_acknowledged, hidden_lasting;
	const struct backtest_page **added_examples, **removed_examples;
	struct moved_page {
		const struct backtest_page *from, *to;
	} * moved_examples;
	size_t added_kept, removed_kept, moved_kept;
	struct map *by_alertname; /* struct alert_changes: of the pages of before */
	struct arena *arena;
};
struct alert_changes {
	struct str alertname;
	uint64_t pages, hidden, hidden_acknowledged, delayed, delayed_acknowledged;
	uint64_t added; /* pages of after that are of no episode that was told before */
};
void page_changes_find(struct page_changes *out, const struct variant *before, const struct variant *after);
void page_changes_release(struct page_changes *c);

/* ---- the report, INTERFACE section 7 ---- */

struct sweep_row {
	struct str key, value;
	uint64_t pages, nights;
	uint64_t delayed, hidden, delayed_acknowledged, hidden_acknowledged, hidden_lasting;
	struct page_changes changes; /* without examples' pages: those are gone with their variant */
};
/*
 * For every alert that pages often, the first value of an ascending sweep that spares four of five of its pages, with what
 * the replay of it says. Incidents of different alerts do not touch each other, so what a value does to all is what it does to
 * each alone.
 */
json_t *backtest_suggestions(const struct sweep_row *rows, size_t n);
json_t *backtest_report(const struct backtest *b, const struct variant *before, const struct variant *after,
                        const struct sweep_row *sweep, size_t sweep_count);
/* The curve of a sweep, as a picture; the caller owns nothing of it. */
void backtest_svg(struct buf *out, const struct sweep_row *rows, size_t n, uint64_t pages_now);

#endif
