/* Who is told after how long: rows and bullets with minutes, chains of on-call roles, what a severity says in words. */
#include <string.h>

#include "index_impl.h"
#include "words/table_escalation_columns.h"

#define COLUMNS escalation_columns.rows, escalation_columns.count

/* ---- rows ---- */

/* "P0 | on-call | lead | …" below "Severity | First | 15 min | 30 min": the columns are the minutes. */
static bool timed_columns(struct index *ix, const struct record *r, const struct cell *severity)
{
	struct strs named = fact_severities_read(ix->arena, severity->line.text);
	struct fact_escalation *e = NULL;
	for (size_t i = 0; i < r->count; i++) {
		bool other = &r->cells[i] != severity;
		int64_t after = other ? escalation_after(ix, r->cells[i].column) : -1;
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
	if (escalation_is_only_time(ix, c->line.text))
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
	int64_t ms = after ? escalation_after(ix, after->line.text) : -1;
	bool minutes = after && ms < 0 && words_have(after->column, "minute");
	return minutes ? escalation_minutes(after->line.text) : ms;
}

/* When the row's role is told; where the column says how long each may take, when those before have taken it. */
static int64_t told_after(struct index *ix, const struct record *r, const struct cell *after)
{
	int64_t ms = time_in_cell(ix, after);
	if (!escalation_has_patience(r))
		return ms;
	int64_t told = ix->reached_ms;
	ix->reached_ms += ms > 0 ? ms : 0;
	return told;
}

/* "| | Primary | Manager |" over "| P0 | 0 min | 15 min |": what has no heading names the severity. */
static const struct cell *severity_cell(struct index *ix, const struct record *r)
{
	const struct cell *named = record_cell(r, COLUMNS, SEVERITY), *first = r->cells;
	bool bare = !named && r->count > 1 && !first->column.n && escalation_severities(ix, first->line.text).n;
	return bare ? first : named;
}

bool escalation_record(struct index *ix, const struct record *r)
{
	if (!about_escalation(ix))
		return false;
	const struct cell *after = record_cell(r, COLUMNS, AFTER), *severity = severity_cell(ix, r);
	if (after && escalation_of_severities(ix, r, time_in_cell(ix, after)))
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
	}
	escalation_path(ix, escalation_for(ix, path, name, r->at), told_after(ix, r, after), who);
	return true;
}

/* ---- bullets ---- */

static bool is_level(struct str folded)
{
	return escalation_words_have(folded, WORD_LEVEL) || (folded.n == 2 && folded.p[0] == 'l');
}

/* To the paths of the severities that the list is about, else to that of the headings above. */
static void add_to_paths(struct index *ix, int64_t after, struct str who, int line)
{
	struct str name, severity = escalation_above(ix, &name);
	struct strs of = ix->path_severities;
	after = after < 0 && ix->waited ? ix->reached_ms : after;
	ix->reached_ms = after < 0 ? ix->reached_ms : after;
	ix->waited = false;
	ix->told_last = who;
	for (size_t i = 0; i < of.n; i++)
		escalation_path(ix, escalation_for(ix, of.v[i], (struct str){NULL, 0}, line), after, who);
	if (!of.n)
		escalation_path(ix, escalation_for(ix, severity, name, line), after, who);
}

/* "after another 20 minutes", "20 minutes later": from the step before on. */
static int64_t after_in_sentence(struct index *ix, struct str text)
{
	int64_t after = escalation_after(ix, text);
	bool further =
		after > 0 && (escalation_words_have(words_fold(ix->arena, text), WORD_FURTHER) ||
	                  escalation_behind_later(ix, text).n < text.n || escalation_waits_for(ix, text, ix->told_last));
	return further ? after + ix->reached_ms : after;
}

#define SHORT_MAX 60 /* bytes of an item that is no sentence */

/* "Duty engineer at once" */
static struct str role_told_now(struct index *ix, struct str text)
{
	for (size_t i = 1; text.n <= SHORT_MAX && i < text.n; i++)
		if (text.p[i] == ' ' && escalation_words_are(words_fold(ix->arena, str_slice(text, i, text.n)), WORD_NOW))
			return escalation_role_in(str_slice(text, 0, i));
	return (struct str){NULL, 0};
}

static struct str role_of_item(struct index *ix, const struct line *line, struct str who)
{
	struct str role = escalation_role_in(who);
	bool later = escalation_behind_later(ix, line->text).n < line->text.n;
	bool passive = escalation_sentence_end(line->text) + 1 >= line->text.n &&
	               escalation_word_at(line->text, WORD_TOLD) < line->text.n; /* "the lead is paged if …" */
	if (!role.n && (line->keyed || later || passive))                        /* a whole sentence is told apart later */
		role = escalation_role_told(ix, line->text);
	role = role.n ? role : escalation_role_acting(who);
	role = role.n ? role : role_told_now(ix, who);
	return role.n ? role : escalation_role_opening(who);
}

/* "Level 1: primary (escalates after 5 minutes)": told when those before have taken their time, and then it takes its own. */
static bool patient_item(struct index *ix, const struct line *line, struct str who, int64_t takes)
{
	struct str role = role_of_item(ix, line, words_trim(who));
	if (takes < 0)
		return false;
	int64_t told = ix->reached_ms;
	add_to_paths(ix, told, role.n ? role : words_trim(who), line->at);
	ix->reached_ms = told + takes;
	ix->waited = true;
	return true;
}

static bool is_chain_place(struct str folded)
{
	return is_level(folded) || escalation_is_chain_role(folded);
}

/* "Level 3: manager" behind one that takes its time. */
static bool last_level(struct index *ix, const struct line *line)
{
	struct str role = line->keyed && ix->waited && is_chain_place(words_fold(ix->arena, line->lead))
	                      ? escalation_role_in(line->rest)
	                      : (struct str){NULL, 0};
	if (!role.n || role.n != words_trim(line->rest).n)
		return false;
	add_to_paths(ix, -1, role, line->at);
	return true;
}

/* "0-15 min: role", "role (after 15 minutes)", "Level 2: role - 30 min": the time where there is one, and who. */
static bool timed_item(struct index *ix, const struct line *line)
{
	struct str who = line->lead, when = line->rest, folded = words_fold(ix->arena, line->lead);
	if (line->keyed && words_have(folded, "timeout"))
		return false; /* of each step, not of one */
	struct str named = line->rest, takes = words_take_note(&named);
	if (line->keyed && escalation_is_chain_role(folded) && escalation_is_patience(takes))
		return patient_item(ix, line, named, escalation_after(ix, takes));
	if (escalation_after(ix, line->lead) >= 0 || is_level(words_fold(ix->arena, line->lead))) {
		who = line->rest;
		when = escalation_after(ix, line->lead) >= 0 ? line->lead : line->rest;
	} else if (!line->lead.n) {
		who = when = line->text;
	}
	int64_t after = after_in_sentence(ix, when);
	who = escalation_behind_start(escalation_behind_later(ix, who));
	struct str note = words_take_note(&who);
	after = after < 0 ? escalation_after(ix, note) : after;
	if (escalation_is_patience(note))
		return patient_item(ix, line, who, escalation_after(ix, note));
	struct str role = role_of_item(ix, line, escalation_without_time(ix, who, &after));
	who = role.n ? role : who;
	size_t cut = words_until(who, 0, ":-");
	if (cut < who.n && cut && who.p[cut - 1] == ' ' && escalation_after(ix, str_slice(who, cut, who.n)) >= 0)
		who = str_trim(str_slice(who, 0, cut));
	if (after < 0 || !who.n || escalation_after(ix, who) >= 0)
		return false;
	add_to_paths(ix, after, who, line->at);
	return true;
}

/* "If nobody acknowledges within 15 minutes, escalate to the lead", "Page the engineer at once for P0". */
static bool one_sentence(struct index *ix, struct str text, int at)
{
	struct str role = escalation_role_told(ix, text);
	if (!role.n)
		return false;
	struct strs named = escalation_severities(ix, text);
	if (named.n)
		ix->path_severities = named;
	add_to_paths(ix, after_in_sentence(ix, text), role, at);
	return true;
}

/* At ";", and where a sentence ends. */
size_t escalation_sentence_end(struct str text)
{
	size_t end = words_until(text, 0, ";");
	ptrdiff_t stop = str_find(str_slice(text, 0, end), STR(". "));
	return stop > 0 ? (size_t)stop : end;
}

/* Several in a row, each of which says whom and when: a step each. */
static bool sentence_item(struct index *ix, const struct line *line)
{
	size_t steps = 0;
	for (int round = 0; round < 2; round++) {
		for (struct str rest = line->text; rest.n;) {
			size_t end = escalation_sentence_end(rest);
			struct str one = str_trim(str_slice(rest, 0, end));
			bool step = escalation_after(ix, one) >= 0 && escalation_role_told(ix, one).n;
			if (round && step)
				one_sentence(ix, one, line->at);
			steps += !round && step;
			rest = str_slice(rest, end + 1, rest.n);
		}
		if (!steps)
			return one_sentence(ix, line->text, line->at);
	}
	return true;
}

/* "15 min: no ack → lead": the time, and whoever stands behind the arrow. */
static bool behind_when(struct index *ix, struct str before, const struct line *line)
{
	int64_t after = after_in_sentence(ix, before);
	after += escalation_waits(before) ? ix->reached_ms : 0;
	struct str who = escalation_behind_arrow(line->text), role;
	if (escalation_has_arrow(who))
		return add_to_paths(ix, after, who, line->at), true;
	role = escalation_role_in(who);
	role = role.n ? role : escalation_role_told(ix, line->text);
	bool names = !role.n && who.n && who.n < SHORT_MAX && escalation_after(ix, who) < 0;
	if (!role.n && !names)
		return false;
	add_to_paths(ix, after, role.n ? role : who, line->at);
	return true;
}

/* "Escalate every 10 minutes: primary → lead" */
static bool each_after(struct index *ix, const struct line *line)
{
	struct str before = escalation_before_arrow(line->text);
	struct words_span span = words_span(ix->arena, before);
	ptrdiff_t colon = str_index(before, ':');
	if (!span.found || !span.cadence || colon < 0)
		return false;
	int64_t after = 0;
	for (struct str rest = str_slice(line->text, (size_t)colon + 1, line->text.n); rest.n; after += span.high_ms) {
		add_to_paths(ix, after, words_trim(escalation_before_arrow(rest)), line->at);
		rest = escalation_behind_arrow(rest);
	}
	return true;
}

/* "On-call → lead → director" */
static bool arrow_item(struct index *ix, const struct line *line)
{
	if (!escalation_has_arrow(line->text))
		return false;
	if (each_after(ix, line))
		return true;
	struct str before = escalation_before_arrow(line->text);
	if (escalation_opens_with_when(ix, before))
		return behind_when(ix, before, line);
	add_to_paths(ix, escalation_after(ix, before), line->text, line->at);
	return true;
}

/* "on-call engineer, team lead after 1 hour": nothing but roles, in this order. */
static bool listed_item(struct index *ix, const struct line *line)
{
	size_t roles = 0;
	bool timed = false;
	for (int round = 0; round < 2; round++) {
		for (struct str rest = line->text; rest.n;) {
			size_t end = words_until(rest, 0, ",;");
			int64_t after = -1;
			struct str role =
				escalation_role_in(escalation_without_time(ix, str_trim(str_slice(rest, 0, end)), &after));
			if (!role.n)
				return false;
			if (round)
				add_to_paths(ix, after, role, line->at);
			roles++;
			timed = timed || after >= 0;
			rest = str_slice(rest, end + 1, rest.n);
		}
		if (roles < 2 || !timed)
			return false;
	}
	return true;
}

/* "2. Team lead": a step that says no time. */
static bool bare_role(struct index *ix, const struct line *line)
{
	struct str role = escalation_role_in(line->text);
	if (!role.n || role.n != words_trim(line->text).n)
		return false;
	add_to_paths(ix, -1, role, line->at);
	return true;
}

/* "Wait 15 minutes": what comes after the step before and before the next. */
static bool wait_item(struct index *ix, const struct line *line)
{
	struct words_span span = words_span(ix->arena, line->text);
	if (!span.found || span.cadence || !str_starts(words_fold(ix->arena, line->text), STR("wait ")))
		return false;
	escalation_told_by_now(ix);
	ix->reached_ms += span.high_ms;
	ix->waited = true;
	return true;
}

void index_escalation_begin(struct index *ix)
{
	ix->reached_ms = 0;
	ix->waited = false;
	ix->told_last = (struct str){NULL, 0};
}

/* "First: on-call engineer" is the engineer. */
static struct line without_order(struct index *ix, const struct line *line)
{
	bool order = line->keyed && line->rest.n && escalation_words_are(words_fold(ix->arena, line->lead), WORD_ORDER);
	return order ? line_of_text(line->rest, line->at) : *line;
}

/* "Notify on-call users of X, 10 minutes after alert creation" */
static bool tool_item(struct index *ix, const struct line *line)
{
	int64_t after;
	struct str who;
	if (!escalation_tool_step(ix, line->text, &after, &who))
		return false;
	add_to_paths(ix, after, who, line->at);
	return true;
}

static bool step_line(struct index *ix, const struct line *whole)
{
	struct line line = without_order(ix, whole);
	struct str allowed = escalation_without_forbidden(ix, line.text);
	line = allowed.n < line.text.n ? line_of_text(allowed, line.at) : line;
	if (!line.text.n)
		return false;
	line = escalation_plain(ix, &line);
	return tool_item(ix, &line) || arrow_item(ix, &line) || listed_item(ix, &line) || timed_item(ix, &line) ||
	       sentence_item(ix, &line) || bare_role(ix, &line) || last_level(ix, &line) || wait_item(ix, &line);
}

/* "P1: …": the path of that severity, on this line alone. */
bool escalation_line(struct index *ix, const struct line *line)
{
	struct strs named = escalation_severities(ix, line->lead), before = ix->path_severities;
	if (!named.n || !line->keyed)
		return step_line(ix, line);
	struct line rest = line_of_text(line->rest, line->at);
	ix->path_severities = named;
	bool any = step_line(ix, &rest);
	ix->path_severities = before;
	return any;
}

/* Below a role of the chain: "respond if the primary does not (15 min)". */
static bool role_detail(struct index *ix, const struct line *line)
{
	struct fact_escalation *chain = &ix->chain;
	if (!chain->step_count || !str_eq(chain->steps[chain->step_count - 1].notify.v[0], heading_now(ix)))
		return false;
	int64_t after = escalation_after(ix, line->text);
	if (after >= 0 && escalation_words_have(words_fold(ix->arena, line->text), WORD_REACH))
		chain->steps[chain->step_count - 1].after_ms = after;
	return true;
}

/* A severity's bullet with its steps below it. */
static bool path_below(struct index *ix, const struct item *item)
{
	struct strs named = escalation_severities(ix, item->line.text), before = ix->path_severities;
	bool any = false;
	ix->path_severities = named;
	if (named.n)
		index_escalation_begin(ix);
	for (size_t i = 0; named.n && i < item->tasks.n; i++) {
		struct line line = line_of_text(item->tasks.v[i], item->line.at);
		any |= escalation_line(ix, &line);
	}
	ix->path_severities = before;
	return any;
}

bool escalation_item(struct index *ix, const struct item *item)
{
	if (role_detail(ix, &item->line) || path_below(ix, item) || escalation_line(ix, &item->line))
		return true;
	struct strs named = fact_severities_read(ix->arena, item->line.lead);
	if (named.n && item->line.keyed)
		return severity_item(ix, item);
	return contact_line(ix, &item->line);
}
