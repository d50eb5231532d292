/* Who is told after how long: bullets and sentences with minutes, chains of on-call roles. */
#include <string.h>

#include "base/ascii.h"
#include "index_impl.h"

/* ---- bullets ---- */

static bool is_level(struct str folded)
{
	return escalation_words_have(folded, WORD_LEVEL) || (folded.n == 2 && folded.p[0] == 'l');
}

/* To the paths of the severities that the list is about, else to that of the headings above. */
void escalation_tell(struct index *ix, int64_t after, struct str who, int line)
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
int64_t escalation_after_in_sentence(struct index *ix, struct str text)
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
	escalation_tell(ix, told, role.n ? role : words_trim(who), line->at);
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
	bool follows = ix->waited || ix->pace_count; /* or all have the same time */
	struct str role = line->keyed && follows && is_chain_place(words_fold(ix->arena, line->lead))
	                      ? escalation_role_in(line->rest)
	                      : (struct str){NULL, 0};
	if (!role.n || role.n != words_trim(line->rest).n)
		return false;
	escalation_tell(ix, -1, role, line->at);
	return true;
}

/* "Within 15 minutes: the engineer responds" */
static bool says_answer(struct str folded)
{
	static const char *const words[] = {"respond", "acknowledge", "answer", "ack", "react", "pick up"};
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (words_have(folded, words[i]))
			return true;
	return false;
}

/* "The keeper acknowledges within 5 minutes or …": that long he has. */
static bool answers_within(struct index *ix, const struct line *line)
{
	struct str role = line->keyed ? (struct str){NULL, 0} : escalation_role_acting(line->text);
	bool inside = role.n && role.p >= line->text.p && role.p + role.n <= line->text.p + line->text.n;
	if (!inside || escalation_sentence_end(line->text) + 1 < line->text.n)
		return false;
	struct str behind = str_trim(str_slice(line->text, (size_t)(role.p - line->text.p) + role.n, line->text.n));
	struct str verb = str_slice(behind, 0, words_until(behind, 0, " "));
	return says_answer(words_fold(ix->arena, verb)) && patient_item(ix, line, role, escalation_after(ix, line->text));
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
	if (line->keyed && str_starts(folded, STR("within ")) && says_answer(words_fold(ix->arena, line->rest)))
		return patient_item(ix, line, line->rest, escalation_after(ix, line->lead));
	if (escalation_after(ix, line->lead) >= 0 || is_level(words_fold(ix->arena, line->lead))) {
		who = line->rest;
		when = escalation_after(ix, line->lead) >= 0 ? line->lead : line->rest;
	} else if (!line->lead.n) {
		who = when = line->text;
	}
	if (answers_within(ix, line))
		return true;
	int64_t after = escalation_after_in_sentence(ix, when);
	who = escalation_behind_start(escalation_behind_later(ix, who));
	struct str note = words_take_note(&who);
	int64_t noted = after < 0 || escalation_opens_with_condition(note) ? escalation_after_in_sentence(ix, note) : -1;
	after = noted < 0 ? after : noted;
	if (escalation_is_patience(note))
		return patient_item(ix, line, who, escalation_after(ix, note));
	int64_t behind = -1;
	struct str role = role_of_item(ix, line, escalation_without_time(ix, who, &behind));
	after = behind < 0 ? after : behind;
	who = role.n ? role : who;
	size_t cut = words_until(who, 0, ":-");
	if (cut < who.n && cut && who.p[cut - 1] == ' ' && escalation_after(ix, str_slice(who, cut, who.n)) >= 0)
		who = str_trim(str_slice(who, 0, cut));
	if (after < 0 || !who.n || escalation_after(ix, who) >= 0 || !escalation_is_name(ix, who))
		return false;
	escalation_tell(ix, after, who, line->at);
	return true;
}

/* "15 min: no ack → lead": the time, and whoever stands behind the arrow. */
static bool behind_when(struct index *ix, struct str before, const struct line *line)
{
	int64_t after = escalation_after_in_sentence(ix, before);
	after += escalation_waits(before) ? ix->reached_ms : 0;
	struct str who = escalation_behind_arrow(line->text), role;
	if (escalation_has_arrow(who))
		return escalation_tell(ix, after, who, line->at), true;
	role = escalation_role_in(who);
	role = role.n ? role : escalation_role_told(ix, line->text);
	bool names = !role.n && who.n && who.n < SHORT_MAX && escalation_after(ix, who) < 0 && escalation_is_name(ix, who);
	if (!role.n && !names)
		return false;
	escalation_tell(ix, after, role.n ? escalation_also_told(ix, line->text, role) : who, line->at);
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
		escalation_tell(ix, after, words_trim(escalation_before_arrow(rest)), line->at);
		rest = escalation_behind_arrow(rest);
	}
	return true;
}

/* Left of its first arrow stand a role, or a name with a capital: not "no ack". */
static bool opens_with_somebody(struct index *ix, struct str chain)
{
	struct str first = words_trim(escalation_before_arrow(chain));
	bool capital = first.n && ascii_is_upper(first.p[0]);
	return escalation_role_in(first).n || (capital && first.n < SHORT_MAX && escalation_is_name(ix, first));
}

/* "On-call → lead → director" */
static bool arrow_item(struct index *ix, const struct line *line)
{
	if (!escalation_has_arrow(line->text))
		return false;
	if (each_after(ix, line))
		return true;
	struct str before = escalation_before_arrow(line->text);
	int64_t keyed = line->keyed && escalation_has_arrow(line->rest) ? escalation_after_in_sentence(ix, line->lead) : -1;
	if (keyed >= 0 && opens_with_somebody(ix, line->rest)) /* "1 h: manager, then CTO" */
		return escalation_tell(ix, keyed, line->rest, line->at), true;
	if (escalation_opens_with_when(ix, before))
		return behind_when(ix, before, line);
	escalation_tell(ix, escalation_after(ix, before), line->text, line->at);
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
				escalation_tell(ix, after, role, line->at);
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
	struct str text = str_ends(line->text, STR(".")) ? str_slice(line->text, 0, line->text.n - 1) : line->text;
	struct str role = escalation_role_in(text);
	if (!role.n || role.n != words_trim(text).n)
		return false;
	escalation_tell(ix, -1, role, line->at);
	return true;
}

/* "↓ 15 min" between two who are told */
static bool waits_on_arrow(struct index *ix, struct str text)
{
	static const char *const arrows[] = {"↓", "⬇️", "⬇", "|", "v "};
	for (size_t i = 0; i < sizeof arrows / sizeof *arrows; i++) {
		struct str time = str_starts(text, str_c(arrows[i])) ? words_trim(str_slice(text, strlen(arrows[i]), text.n))
		                                                     : (struct str){NULL, 0};
		if (!time.n || !escalation_is_only_time(ix, time))
			continue;
		ix->reached_ms += escalation_after(ix, time);
		ix->waited = true;
		return true;
	}
	return false;
}

/* "Wait 15 minutes": what comes after the step before and before the next. */
static bool wait_item(struct index *ix, const struct line *line)
{
	struct words_span span = words_span(ix->arena, line->text);
	if (waits_on_arrow(ix, line->text))
		return true;
	if (line->text.n < SHORT_MAX && escalation_is_only_time(ix, line->text)) { /* "15 minutes" over who is told then */
		ix->reached_ms = escalation_after(ix, line->text);
		ix->waited = true;
		return true;
	}
	if (!span.found || span.cadence || !str_starts(words_fold(ix->arena, line->text), STR("wait ")))
		return false;
	escalation_told_by_now(ix);
	ix->reached_ms += span.high_ms;
	ix->waited = true;
	return true;
}

/* "Escalate after: 20 minutes", over "Escalate to: team lead" */
static bool time_key(struct index *ix, const struct line *line)
{
	static const char *const keys[] = {"escalate after", "escalates after", "escalation after", "escalation time"};
	struct str folded = words_fold(ix->arena, line->lead);
	bool key = false;
	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
		key |= str_eq_c(folded, keys[i]);
	if (!key || !line->keyed || !escalation_is_only_time(ix, line->rest))
		return false;
	ix->reached_ms = escalation_after(ix, line->rest);
	ix->waited = true;
	return true;
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
	escalation_tell(ix, after, who, line->at);
	return true;
}

static bool one_step_line(struct index *ix, const struct line *line);

/* "1 hour without progress → lead; 4 hours without progress → director": each part by itself. */
static bool steps_apart(struct index *ix, const struct line *line)
{
	size_t parts = 0;
	for (struct str rest = line->text; rest.n; parts++) {
		size_t end = words_until(rest, 0, ";");
		struct str one = str_slice(rest, 0, end);
		if (escalation_after(ix, one) < 0 || !escalation_has_arrow(one))
			return false;
		rest = str_slice(rest, end + 1, rest.n);
	}
	bool any = false;
	for (struct str rest = line->text; parts > 1 && rest.n;) {
		size_t end = words_until(rest, 0, ";");
		struct line one = line_of_text(str_slice(rest, 0, end), line->at);
		any |= one_step_line(ix, &one);
		rest = str_slice(rest, end + 1, rest.n);
	}
	return any;
}

/* "Escalate to: team lead" */
static bool names_target(struct index *ix, const struct line *line)
{
	static const char *const keys[] = {"escalate to", "escalates to", "notify", "page", "call"};
	struct str folded = words_fold(ix->arena, line->lead);
	bool key = false;
	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
		key |= str_eq_c(folded, keys[i]);
	return key && line->keyed && escalation_role_in(line->rest).n;
}

static bool step_line(struct index *ix, const struct line *whole)
{
	struct line line = without_order(ix, whole);
	struct str allowed = escalation_without_forbidden(ix, line.text);
	line = allowed.n < line.text.n ? line_of_text(allowed, line.at) : line;
	if (!line.text.n)
		return false;
	struct str plain = escalation_rewrite(ix, line.text);
	line = str_eq(plain, line.text) ? line : line_of_text(plain, line.at);
	line = escalation_plain(ix, &line);
	line = names_target(ix, &line) ? line_of_text(line.rest, line.at) : line;
	if (line.keyed && line.rest.n && escalation_heads_path(ix, line.lead))
		line = line_of_text(line.rest, line.at); /* "Escalation policy: primary, then …" */
	if (escalation_each(ix, line.text, line.at) || escalation_pace(ix, line.text) || time_key(ix, &line) ||
	    steps_apart(ix, &line))
		return true;
	return one_step_line(ix, &line);
}

static bool one_step_line(struct index *ix, const struct line *whole)
{
	struct line line = *whole;
	if (words_have(words_fold(ix->arena, line.text), "apart"))
		return false; /* "three times, 5 minutes apart" */
	return tool_item(ix, &line) || escalation_clauses(ix, line.text, line.at) || arrow_item(ix, &line) ||
	       listed_item(ix, &line) || escalation_patience(ix, line.text, line.at) || timed_item(ix, &line) ||
	       escalation_sentences(ix, line.text, line.at) || bare_role(ix, &line) || last_level(ix, &line) ||
	       wait_item(ix, &line);
}

static bool line_of_severity(struct index *ix, const struct line *line);

/* "P1 not acknowledged in 5 min: lead. P2 not acknowledged in 30 min: lead." */
static bool severities_in_turn(struct index *ix, const struct line *line)
{
	size_t n = 0;
	for (int round = 0; round<2; round++, n = n> 1 ? n : 0)
		for (struct str rest = line->text; rest.n && (!round || n);) {
			size_t end = escalation_sentence_end(rest);
			struct line one = line_of_text(str_trim(str_slice(rest, 0, end)), line->at);
			if (!one.keyed || escalation_severities(ix, one.lead).n != 1)
				return false;
			if (round)
				line_of_severity(ix, &one);
			else
				n++;
			rest = str_slice(rest, end + 1, rest.n);
		}
	return n > 1;
}

bool escalation_line(struct index *ix, const struct line *line)
{
	return severities_in_turn(ix, line) || line_of_severity(ix, line);
}

/* "P1: …": the path of that severity, on this line alone; "P1 unacknowledged for 5 min: …" says when, too. */
static bool line_of_severity(struct index *ix, const struct line *line)
{
	struct strs named = escalation_severities(ix, line->lead), before = ix->path_severities;
	if (!named.n || !line->keyed)
		return step_line(ix, line);
	struct line rest = escalation_after(ix, line->lead) > 0 ? *line : line_of_text(line->rest, line->at);
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
