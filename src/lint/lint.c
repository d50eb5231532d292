/* Collects findings, puts them in order, and leaves out what is ignored in place. */
#include "lint/lint.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

const struct lint_code_row lint_codes[LINT_CODES] = {
	[LINT_LOAD_ERROR] = {"load-error", LINT_ERROR, "A file cannot be loaded; `runbookctl check` says the same."},
	[LINT_LOAD_WARNING] = {"load-warning", LINT_WARNING, "Loading warns; `runbookctl check` says the same."},
	[LINT_UNREACHABLE_RULE] = {"unreachable-rule", LINT_ERROR,
                               "An earlier rule that does not continue matches whatever this one matches; a warning "
                               "where only values with a line break are left."},
	[LINT_CONTRADICTORY_MATCHERS] = {"contradictory-matchers", LINT_ERROR, "Matchers that never hold together."},
	[LINT_DUPLICATE_RULE] = {"duplicate-rule", LINT_WARNING,
                             "Matches exactly what an earlier rule matches; a hint where both have an effect."},
	[LINT_SHADOWED_RULE] = {"shadowed-rule", LINT_WARNING,
                            "Every field it sets is always set by earlier rules that continue."},
	[LINT_SHADOWED_FIELD] = {"shadowed-field", LINT_WARNING,
                             "A field that an earlier rule that continues always sets first, and otherwise."},
	[LINT_RULE_EQUALS_DEFAULT] = {"rule-equals-default", LINT_HINT, "Without the rule everything would be the same."},
	[LINT_PATTERN_AS_VALUE] = {"pattern-as-value", LINT_WARNING,
                               "A matcher with = whose value looks like a pattern: it matches that very text only."},
	[LINT_NEVER_WON] = {"never-won", LINT_HINT,
                        "Evidence (--journal): it matched ten alerts or more, and an earlier rule always won."},
	[LINT_UNSEEN_LABEL] = {"unseen-label", LINT_WARNING,
                           "Evidence (--rules, --journal): a rule names a label that no alert has, and nearly that "
                           "name is one of theirs; "
                           "a hint where an expression or the sender may give it, or hardly any alert is known."},
	[LINT_SAME_LABELS] =
		{"same-labels", LINT_WARNING,
         "Two definitions of Prometheus (--rules) whose alerts have the same labels: when one of them ends, "
         "resolved and firing alternate for 15 minutes."},
	[LINT_RESTART_REFIRES] = {"restart-refires", LINT_HINT,
                              "Definitions of Prometheus (--rules) that a restart of it ends and fires again, with no "
                              "resolve_hold that folds it."},
	[LINT_UNKNOWN_RUNBOOK] = {"unknown-runbook", LINT_ERROR, "A runbook that the catalog lacks."},
	[LINT_UNKNOWN_ANCHOR] = {"unknown-anchor", LINT_WARNING, "A runbook without the heading that is named."},
	[LINT_UNKNOWN_SEVERITY] = {"unknown-severity", LINT_ERROR, "A severity that the catalog lacks."},
	[LINT_UNKNOWN_RECEIVER] = {"unknown-receiver", LINT_ERROR, "A receiver that does not exist, or is retired."},
	[LINT_UNKNOWN_ESCALATION] = {"unknown-escalation", LINT_ERROR, "An escalation that the catalog lacks."},
	[LINT_UNKNOWN_OWNER] = {"unknown-owner", LINT_WARNING, "An owner that the catalog lacks."},
	[LINT_UNKNOWN_CONTACT] = {"unknown-contact", LINT_WARNING,
                              "An escalation or an approval needs somebody who is neither a contact nor a receiver."},
	[LINT_DEAD_LINK] =
		{"dead-link", LINT_ERROR,
         "A relative link or picture, in HTML too, leads to no file; a hint where it leaves the folder or has no "
         "extension; one for all that leave it where nothing lies around the folder."},
	[LINT_DEAD_ANCHOR] =
		{"dead-anchor", LINT_WARNING,
         "A link to an anchor that its page lacks: headings by the rule of catalog.site (GitHub's without one), "
         "{#id}, {: #id}, ids of HTML."},
	[LINT_CASE_MISMATCH] = {"case-mismatch", LINT_WARNING,
                            "A link that differs from its file or heading in upper and lower case only."},
	[LINT_ORPHAN_RUNBOOK] = {"orphan-runbook", LINT_WARNING,
                             "A runbook that no index page names and nothing routes to; a hint where an alert may "
                             "have its file's name."},
	[LINT_MISSING_SECTION] = {"missing-section", LINT_WARNING,
                              "A runbook without a section that the index page requires; a hint where one with a "
                              "similar name exists, which is named; one finding where hardly any page has it, or where "
                              "a page lacks most of them."},
	[LINT_EMPTY_SECTION] = {"empty-section", LINT_WARNING, "A heading with nothing below it."},
	[LINT_PLACEHOLDER] = {"placeholder", LINT_WARNING, "TODO, TBD, [Title], 1-800-XXX: text that was never filled in."},
	[LINT_OVERDUE_REVIEW] =
		{"overdue-review", LINT_WARNING,
         "The date of the next review is past, or the last update is longer ago (by the calendar) than "
         "the review cycle of the page, or of the index page (see --as-of)."},
	[LINT_FOUND_OUTDATED] =
		{"found-outdated", LINT_WARNING,
         "People found a runbook outdated, or missing something, since it was last edited (see --journal, "
         "and incidents feedback)."},
	[LINT_SEVERITY_WITHOUT_RESPONSE] =
		{"severity-without-response", LINT_WARNING,
         "A severity without a response time; a hint where the index page does not define it; one "
         "finding where no severity has one."},
	[LINT_SEVERITY_WITHOUT_ESCALATION] =
		{"severity-without-escalation", LINT_WARNING,
         "A severity without an escalation path; a hint where the index page does not define "
         "it; one finding where no severity has one."},
	[LINT_CONTRADICTION] =
		{"contradiction", LINT_WARNING,
         "Index page and runbook differ in severity, owner, approval, time or response time; a hint for "
         "titles."},
	[LINT_BROKEN_ENCODING] = {"broken-encoding", LINT_WARNING,
                              "Bytes that are no UTF-8, replacement characters, or UTF-8 that was read as Latin-1."},
	[LINT_ALERT_CLAIMED_TWICE] = {"alert-claimed-twice", LINT_WARNING,
                                  "Two runbooks say that they are for one alert, so neither is found by it."},
	[LINT_UNREAD_PAGE] = {"unread-page", LINT_WARNING, "A page that is in no Markdown: nothing of it is read."},
	[LINT_REFUSED_PAGE] = {"refused-page", LINT_WARNING, "A page that is too large or too heavy to be read."},
	[LINT_SCHEDULE_GAP] = {"schedule-gap", LINT_WARNING, "Nobody is on call for a while within the next 14 days."},
	[LINT_SCHEDULE_OVERLAP] = {"schedule-overlap", LINT_WARNING,
                               "Two shifts at once within the next 14 days, neither of which is more specific."},
	[LINT_SCHEDULE_UNKNOWN] = {"schedule-unknown", LINT_ERROR,
                               "It cannot be said who is on call: the calendar was never read, or is too large."},
	[LINT_CALENDAR_DOUBT] = {"calendar-doubt", LINT_WARNING,
                             "An event of a calendar cannot be understood, and is left out."},
	[LINT_CALENDAR_STALE] = {"calendar-stale", LINT_WARNING,
                             "A calendar's URL has not answered for a day: an old copy is in force."},
	[LINT_UNKNOWN_PERSON] = {"unknown-person", LINT_WARNING,
                             "Somebody is on call within the next 14 days whom no receiver reaches."},
	[LINT_ROLE_WITHOUT_RECEIVER] =
		{"role-without-receiver", LINT_HINT,
         "A later step of an escalation notifies a role that no receiver reaches: the default "
         "receivers are told whom to call."},
	[LINT_IGNORE_WITHOUT_REASON] = {"ignore-without-reason", LINT_WARNING,
                                    "A lint:ignore that does not say why has no effect."},
	[LINT_IGNORE_UNKNOWN_CODE] = {"ignore-unknown-code", LINT_WARNING, "A lint:ignore of a code that does not exist."},
};

static const char *const level_names[] = {"hint", "warning", "error"};

const char *lint_level_name(enum lint_level level)
{
	return level_names[level];
}

void lint_init(struct lint *l)
{
	*l = (struct lint){.arena = arena_new()};
}

void lint_release(struct lint *l)
{
	free(l->v);
	arena_free(l->arena);
	*l = (struct lint){0};
}

static struct pos kept_position(struct lint *l, struct pos at)
{
	if (at.file)
		at.file = arena_cstr(l->arena, str_c(at.file));
	return at;
}

struct lint_finding *lint_add(struct lint *l, enum lint_code code, const struct rule *rule, struct pos at,
                              struct pos other, const char *fmt, ...)
{
	AUTOBUF struct buf message;
	va_list ap;
	buf_init(&message, SIZE_MAX);
	va_start(ap, fmt);
	buf_vprintf(&message, fmt, ap);
	va_end(ap);
	MEM_ROOM(l->v, l->n, l->capacity);
	l->v[l->n] = (struct lint_finding){.code = code,
	                                   .level = lint_codes[code].level,
	                                   .at = kept_position(l, at),
	                                   .other = kept_position(l, other),
	                                   .message = arena_str(l->arena, buf_str(&message)),
	                                   .owner = rule ? arena_str(l->arena, rule->owner) : (struct str){0},
	                                   .rule_line = rule ? rule->at.line : 0};
	return &l->v[l->n++];
}

static int by_place(const void *a, const void *b)
{
	const struct lint_finding *x = a, *y = b;
	int file = strcmp(x->at.file ? x->at.file : "", y->at.file ? y->at.file : "");
	if (file != 0)
		return file;
	if (x->at.line != y->at.line)
		return x->at.line < y->at.line ? -1 : 1;
	if (x->at.column != y->at.column)
		return x->at.column < y->at.column ? -1 : 1;
	return x->code != y->code ? (x->code < y->code ? -1 : 1) : str_cmp(x->message, y->message);
}

void lint_sort(struct lint *l)
{
	if (l->n > 0)
		qsort(l->v, l->n, sizeof *l->v, by_place);
}
