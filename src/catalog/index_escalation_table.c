/* An escalation's table: times down or across, severities across, roles in the order of their columns. */
#include <string.h>

#include "base/ascii.h"
#include "base/time.h"
#include "index_impl.h"
#include "words/table_escalation_columns.h"
#include "words/table_escalation_words.h"

#define COLUMNS escalation_columns.rows, escalation_columns.count

/* "0–15 min" is folded to "0 15 min". */
static int64_t time_of_column(struct index *ix, struct str column)
{
	size_t first = 0;
	while (first < column.n && ascii_is_digit(column.p[first]))
		first++;
	bool range = first && first + 1 < column.n && column.p[first] == ' ' && ascii_is_digit(column.p[first + 1]);
	if (range)
		column = str_c(arena_printf(ix->arena, "%.*s-%.*s", (int)first, column.p,
		                            STR_ARG(str_slice(column, first + 1, column.n))));
	return escalation_after(ix, column);
}

/* "P0 | on-call | lead | …" below "Severity | First | 15 min | 30 min": the columns are the minutes. */
static bool timed_columns(struct index *ix, const struct record *r, const struct cell *severity)
{
	struct strs named = fact_severities_read(ix->arena, severity->line.text);
	struct fact_escalation *e = NULL;
	for (size_t i = 0; i < r->count; i++) {
		bool other = &r->cells[i] != severity;
		int64_t after = other ? time_of_column(ix, r->cells[i].column) : -1;
		bool first = other && !e && after < 0 && escalation_words_have(r->cells[i].column, WORD_FIRST);
		if ((after < 0 && !first) || !named.n)
			continue;
		e = e ? e : escalation_for(ix, named.v[0], (struct str){NULL, 0}, r->at);
		escalation_path(ix, e, after, r->cells[i].line.text);
	}
	return e != NULL;
}

/* Whom the cell names; where it says a time, whom the column names is told then. */
static void role_cell(struct index *ix, struct fact_escalation *e, const struct cell *c)
{
	bool primary = words_have(c->column, "primary");
	int64_t minutes = escalation_minutes(c->line.text);
	if (minutes >= 0)
		escalation_path(ix, e, minutes, c->column);
	else if (escalation_is_only_time(ix, c->line.text))
		escalation_path(ix, e, escalation_after(ix, c->line.text), c->column);
	else
		escalation_path(ix, e, primary ? 0 : -1, c->line.text);
}

/* "P0 | Ana | Ben" below "Severity | Primary | Backup": the columns are the order. */
static bool role_columns(struct index *ix, const struct record *r, const struct cell *severity)
{
	struct strs named = fact_severities_read(ix->arena, severity->line.text);
	size_t roles = 0;
	for (size_t i = 0; i < r->count; i++)
		roles += escalation_is_chain_role(r->cells[i].column);
	if (!named.n || roles < 2)
		return false;
	struct fact_escalation *e = escalation_for(ix, named.v[0], (struct str){NULL, 0}, r->at);
	for (size_t i = 0; i < r->count; i++)
		if (escalation_is_chain_role(r->cells[i].column))
			role_cell(ix, e, &r->cells[i]);
	return true;
}

static bool about_escalation(struct index *ix)
{
	return topic_now(ix) == TOPIC_ESCALATION || topic_now(ix) == TOPIC_ESCALATION_CONTACTS;
}

/* "T+15 | Page the secondary": whom the action tells. */
static struct str told_in_action(struct index *ix, const struct record *r)
{
	for (size_t i = 0; i < r->count; i++) {
		if (!words_have(r->cells[i].column, "action") && !words_have(r->cells[i].column, "what"))
			continue;
		struct str role = escalation_role_in(r->cells[i].line.text);
		return role.n ? role : escalation_role_told(ix, r->cells[i].line.text);
	}
	return (struct str){NULL, 0};
}

static struct str told_in_row(struct index *ix, const struct record *r)
{
	const struct cell *who = record_cell(r, COLUMNS, NOTIFY);
	if (!who)
		return told_in_action(ix, r);
	return escalation_tells_who_acts(ix, r, who) ? (struct str){NULL, 0} : who->line.text;
}

struct strs escalation_severities(struct index *ix, struct str text)
{
	struct strs named = fact_severities_read(ix->arena, text), none = {NULL, 0};
	bool numbered = named.n && named.v[0].p[named.v[0].n - 1] >= '0' && named.v[0].p[named.v[0].n - 1] <= '9';
	return numbered ? named : none;
}

static int64_t time_in_cell(struct index *ix, const struct cell *after)
{
	size_t length;
	int64_t ms = after ? escalation_after(ix, after->line.text) : -1;
	bool seconds = after && words_have(after->column, "mm ss");
	if (after && escalation_counts_from_start(after->column))
		ix->clock_runs = true;
	ms = after && ms < 0 ? escalation_clock(ix, after->line.text, &length) : ms;
	ms = seconds && ms > 0 ? ms / (TIME_HOUR / TIME_MINUTE) : ms;
	bool minutes = after && ms < 0 && (words_have(after->column, "minute") || words_have(after->column, "min"));
	return minutes ? escalation_minutes(after->line.text) : ms;
}

static size_t column_at(const struct record *r, int field)
{
	for (size_t i = 0; i < r->count; i++)
		if (words_find(COLUMNS, r->cells[i].column, -1) == field)
			return i;
	return r->count;
}

static bool says_range(struct index *ix, const struct record *r)
{
	const struct cell *after = record_cell(r, COLUMNS, AFTER);
	struct words_span span = words_span(ix->arena, after ? after->line.text : (struct str){NULL, 0});
	return span.found && span.range;
}

/*
 * "Wait" is what is waited before the row's role is told where the first row waits for nothing or the column stands before
 * the role's; behind it, it is what the role has.
 */
static enum waits waits_of(struct index *ix, const struct record *r, int64_t ms)
{
	size_t when = column_at(r, AFTER), who = column_at(r, NOTIFY);
	bool waits = when < r->count && escalation_words_have(r->cells[when].column, WORD_WAIT);
	if (ix->waits == WAITS_RANGES || says_range(ix, r))
		ix->waits = WAITS_RANGES;
	else if (escalation_has_patience(r))
		ix->waits = WAITS_BEHIND;
	else if (!ix->waits && waits)
		ix->waits = ms <= 0 || when < who ? WAITS_BEFORE : WAITS_BEHIND;
	return ix->waits;
}

/* When the row's role is told; where the column says how long each may take, when those before have taken it. */
static int64_t told_after(struct index *ix, const struct record *r, const struct cell *after)
{
	int64_t ms = time_in_cell(ix, after), told = ix->reached_ms;
	enum waits waits = waits_of(ix, r, ms);
	if (!waits || waits == WAITS_RANGES)
		return ms;
	ix->reached_ms += ms > 0 ? ms : 0;
	return waits == WAITS_BEFORE ? ix->reached_ms : told;
}

/* "Who | Primary | Lead" below "Elapsed | 0–15 min | 15+ min": the columns are the times of one path. */
static bool who_across(struct index *ix, const struct record *r)
{
	size_t times = 0;
	bool who = r->count && words_find(COLUMNS, words_fold(ix->arena, r->cells[0].line.text), -1) == NOTIFY;
	for (size_t i = 1; who && i < r->count; i++)
		times += time_of_column(ix, r->cells[i].column) >= 0;
	if (times < 2 || times + 1 != r->count)
		return false;
	struct str name, path = escalation_above(ix, &name);
	struct fact_escalation *e = escalation_for(ix, path, name, r->at);
	for (size_t i = 1; i < r->count; i++)
		if (!words_nothing(r->cells[i].line.text))
			escalation_path(ix, e, time_of_column(ix, r->cells[i].column), r->cells[i].line.text);
	return true;
}

/* "| | Primary | Manager |" over "| P0 | 0 min | 15 min |": what has no heading names the severity. */
static const struct cell *severity_cell(struct index *ix, const struct record *r)
{
	const struct cell *named = record_cell(r, COLUMNS, SEVERITY), *first = r->cells;
	bool bare = !named && r->count > 1 && !first->column.n && escalation_severities(ix, first->line.text).n;
	return bare ? first : named;
}

bool escalation_pair(struct index *ix, const struct line *severity, const struct line *chain)
{
	struct strs named = escalation_severities(ix, severity->text);
	if (!about_escalation(ix) || named.n != 1 || !escalation_has_arrow(chain->text))
		return false;
	struct line line = line_of_text(
		str_c(arena_printf(ix->arena, "%.*s: %.*s", STR_ARG(named.v[0]), STR_ARG(chain->text))), severity->at);
	return escalation_line(ix, &line);
}

/* The row before said that it escalates to this one. */
static bool is_told_last(const struct fact_escalation *e, int64_t told, struct str who)
{
	const struct fact_step *last = e->step_count ? &e->steps[e->step_count - 1] : NULL;
	return last && last->after_ms == told && str_eq_nocase(last->notify.v[0], words_trim(who));
}

/* "Ben", "Ana Berg": every word has a capital, and the first is none that tells ("Escalate"). */
static bool is_proper_name(struct str text)
{
	bool capitals = text.n > 0;
	for (size_t i = 0; i < text.n; i++)
		capitals &= (i && text.p[i - 1] != ' ') || !ascii_is_lower(text.p[i]);
	struct str first = str_slice(text, 0, words_until(text, 0, " "));
	return capitals && !words_table_is(&escalation_words, WORD_VERB, first);
}

/* Of a row who is told when its own has let the time pass; "Level 2" is another row, "Start an incident" nobody. */
static struct str named_next(struct index *ix, const struct cell *c)
{
	struct str text = words_trim(c->line.text), none = {NULL, 0}, role = escalation_role_in(text);
	struct str first = words_fold(ix->arena, str_slice(text, 0, words_until(text, 0, " ")));
	if (words_nothing(text) || escalation_words_are(first, WORD_LEVEL))
		return none;
	if (words_have(c->column, "escalate to"))
		return text;
	if (!words_are(c->column, "then") && !words_are(c->column, "next"))
		return none;
	return role.n ? role : is_proper_name(text) && escalation_is_name(ix, text) ? text : none;
}

bool escalation_record(struct index *ix, const struct record *r)
{
	if (!about_escalation(ix))
		return false;
	const struct cell *after = record_cell(r, COLUMNS, AFTER), *severity = severity_cell(ix, r);
	if (after && escalation_of_severities(ix, r, time_in_cell(ix, after)))
		return true;
	if (who_across(ix, r))
		return true;
	bool in_columns = !after || escalation_after(ix, after->column) > 0; /* "After 15 min" is when, not how long */
	if (severity && in_columns && (timed_columns(ix, r, severity) || role_columns(ix, r, severity)))
		return true;
	struct str who = record_has(r, COLUMNS, AFTER) ? told_in_row(ix, r) : (struct str){NULL, 0};
	if (!who.n)
		return false;
	struct str name, path = escalation_above(ix, &name);
	if (severity) {
		struct strs named = fact_severities_read(ix->arena, severity->line.text);
		path = named.n ? named.v[0] : path;
		name = named.n ? (struct str){NULL, 0} : name;
	}
	struct fact_escalation *e = escalation_for(ix, path, name, r->at);
	int64_t told = told_after(ix, r, after);
	if (!is_told_last(e, told, who))
		escalation_path(ix, e, told, who);
	for (size_t i = 0; ix->waits == WAITS_BEHIND && i < r->count; i++) {
		struct str next = named_next(ix, &r->cells[i]);
		if (next.n && !str_eq(next, who))
			escalation_path(ix, e, ix->reached_ms, next);
	}
	return true;
}
