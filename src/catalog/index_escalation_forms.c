/* Escalation steps as tools and matrices write them, turned into what the readers of bullets know. */
#include <string.h>

#include "index_impl.h"

/* Bytes of a leading word (case aside) that a blank or a digit follows; 0: another one. */
static size_t opens(struct str text, const char *word)
{
	size_t n = strlen(word);
	bool fits = text.n > n && str_eq_nocase(str_slice(text, 0, n), str_c(word));
	return fits && (text.p[n] == ' ' || (text.p[n] >= '0' && text.p[n] <= '9')) ? n : 0;
}

static struct str behind(struct str text, size_t n)
{
	return str_trim(str_slice(text, n, text.n));
}

static size_t leading_digits(struct str text)
{
	size_t n = 0;
	while (n < text.n && text.p[n] >= '0' && text.p[n] <= '9')
		n++;
	return n;
}

/* "Level 2", "L2", "Tier 1": its bytes; 0 where the text opens with none. */
static size_t level_at_start(struct str text)
{
	static const char *const words[] = {"level", "tier", "stage", "step", "l", "stufe", "niveau", "nivel"};
	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		size_t n = opens(text, words[i]);
		struct str number = behind(text, n);
		size_t width = n ? leading_digits(number) : 0;
		if (width)
			return text.n - number.n + width;
	}
	return 0;
}

/* What stands behind a separator at the start of a text; the empty view where there is none. */
static struct str behind_separator(struct str text)
{
	static const char *const marks[] = {":", "–", "—", "-"};
	text = str_trim(text);
	for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
		if (str_starts(text, str_c(marks[i])))
			return behind(text, strlen(marks[i]));
	return (struct str){NULL, 0};
}

/* "Level 2 (after 15 minutes): secondary" is "after 15 minutes: secondary". */
static struct str level_with_note(struct index *ix, struct str text)
{
	size_t level = level_at_start(text);
	struct str rest = behind(text, level);
	ptrdiff_t end = level && rest.n && rest.p[0] == '(' ? str_index(rest, ')') : -1;
	struct str who = end > 0 ? behind_separator(str_slice(rest, (size_t)end + 1, rest.n)) : (struct str){NULL, 0};
	struct str when = end > 0 ? str_slice(rest, 1, (size_t)end) : (struct str){NULL, 0};
	if (!who.n || escalation_after(ix, when) < 0)
		return text;
	return str_c(arena_printf(ix->arena, "%.*s: %.*s", STR_ARG(when), STR_ARG(who)));
}

/* "Minute 15: team lead" is "15 minutes: team lead". */
static struct str minute_first(struct index *ix, struct str text)
{
	size_t n = opens(text, "minute");
	struct str number = behind(text, n);
	size_t width = n ? leading_digits(number) : 0;
	struct str who = width ? behind_separator(str_slice(number, width, number.n)) : (struct str){NULL, 0};
	if (!who.n)
		return text;
	return str_c(arena_printf(ix->arena, "%.*s minutes: %.*s", (int)width, number.p, STR_ARG(who)));
}

/* Of a tool's step whom it tells: "on-call users of Platform schedule" is the schedule, "users from on-call schedule X" is X. */
static struct str target_of_tool(struct str who)
{
	static const char *const before[] = {"on-call users of ",
	                                     "on-call users in ",
	                                     "on-call user of ",
	                                     "on-call user in ",
	                                     "next on-call users of ",
	                                     "next on-call users in ",
	                                     "next on-call user of ",
	                                     "next on-call user in ",
	                                     "next user in ",
	                                     "next user of ",
	                                     "all members of ",
	                                     "random member of ",
	                                     "users from on-call schedule ",
	                                     "users from schedule ",
	                                     "on-call users from schedule ",
	                                     "on-call users from ",
	                                     "on-call from schedule ",
	                                     "on-call from ",
	                                     "on-call schedule ",
	                                     "user group ",
	                                     "admins of "};
	for (size_t i = 0; i < sizeof before / sizeof *before; i++) {
		size_t n = strlen(before[i]);
		if (who.n > n && str_eq_nocase(str_slice(who, 0, n), str_c(before[i])))
			return behind(who, n);
	}
	return (struct str){NULL, 0};
}

static struct str up_to_comma(struct str text)
{
	ptrdiff_t comma = str_index(text, ',');
	return comma < 0 ? text : str_slice(text, 0, (size_t)comma);
}

/* "Notify on-call users of X, 10 minutes after alert creation, if not acknowledged" is "10 minutes: X"; without a time, X. */
bool escalation_tool_step(struct index *ix, struct str text, int64_t *after, struct str *who)
{
	size_t n = opens(text, "notify");
	struct str rest = behind(text, n), first = up_to_comma(rest);
	*who = n ? target_of_tool(first) : (struct str){NULL, 0};
	if (!who->n)
		return false;
	*after = first.n < rest.n ? escalation_after(ix, up_to_comma(behind(rest, first.n + 1))) : -1;
	return true;
}

struct line escalation_plain(struct index *ix, const struct line *line)
{
	struct str text = minute_first(ix, level_with_note(ix, str_trim(line->text)));
	return str_eq(text, str_trim(line->text)) ? *line : line_of_text(text, line->at);
}

bool escalation_is_patience(struct str note)
{
	static const char *const phrases[] = {"escalates after", "escalates in",    "before escalat",     "to ack",
	                                      "to respond",      "to answer",       "moves on after",     "timeout",
	                                      "respond within",  "responds within", "acknowledge within", "ack within",
	                                      "answer within",   "response time"};
	for (size_t i = 0; i < sizeof phrases / sizeof *phrases; i++)
		if (escalation_find(note, phrases[i]) < note.n)
			return true;
	return false;
}

/* "sev1", as a column's heading is folded. */
static struct str in_capitals(struct arena *arena, struct str word)
{
	char *p = arena_alloc(arena, word.n + 1);
	for (size_t i = 0; i < word.n; i++)
		p[i] = (char)(word.p[i] >= 'a' && word.p[i] <= 'z' ? word.p[i] - ('a' - 'A') : word.p[i]);
	return (struct str){p, word.n};
}

/* "15 min | lead | -" below "Time | SEV1 | SEV2": the columns are the severities. */
bool escalation_of_severities(struct index *ix, const struct record *r, int64_t after)
{
	bool any = false;
	for (size_t i = 0; after >= 0 && i < r->count; i++) {
		struct strs named = escalation_severities(ix, r->cells[i].column);
		if (!named.n)
			continue;
		any = true;
		if (words_nothing(r->cells[i].line.text))
			continue;
		struct str name = in_capitals(ix->arena, named.v[0]);
		escalation_path(ix, escalation_for(ix, name, (struct str){NULL, 0}, r->at), after, r->cells[i].line.text);
	}
	return any;
}

static bool some_column_has(const struct record *r, const char *phrase)
{
	for (size_t i = 0; i < r->count; i++)
		if (words_have(r->cells[i].column, phrase))
			return true;
	return false;
}

static bool some_column_is(const struct record *r, const char *phrase)
{
	for (size_t i = 0; i < r->count; i++)
		if (words_are(r->cells[i].column, phrase))
			return true;
	return false;
}

/* "Level | Targets | Escalates after" is how PagerDuty shows it; "Escalate after" beside a role is when that role is told. */
bool escalation_has_patience(const struct record *r)
{
	static const char *const passed[] = {"escalate to", "escalates to", "if missed", "if not",
	                                     "otherwise",   "then",         "next"};
	static const char *const phrases[] = {"timeout",         "time to acknowledge", "acknowledge within",
	                                      "ack within",      "answer within",       "respond within",
	                                      "response window", "wait before next",    "wait until next",
	                                      "hand off after",  "handoff after",       "hand over after"};
	bool behind = some_column_has(r, "before next") || some_column_has(r, "until next");
	static const char *const roles[] = {"role", "who", "person", "contact", "responder"};
	for (size_t i = 0; i < sizeof roles / sizeof *roles; i++) /* "Role | Acknowledge within | Escalates to" */
		behind |= some_column_has(r, roles[i]) &&
		          (some_column_has(r, "escalate to") || some_column_is(r, "then") || some_column_is(r, "next"));
	for (size_t i = 0; !behind && i < sizeof passed / sizeof *passed; i++)
		if (some_column_has(r, passed[i]))
			return false; /* whoever is told when that time has passed */
	for (size_t i = 0; i < sizeof phrases / sizeof *phrases; i++)
		if (some_column_has(r, phrases[i]))
			return true;
	return some_column_has(r, "escalate after") && some_column_has(r, "target");
}

bool escalation_counts_from_start(struct str column)
{
	static const char *const phrases[] = {"elapsed", "after", "escalate at", "delay", "wait"};
	for (size_t i = 0; i < sizeof phrases / sizeof *phrases; i++)
		if (words_have(column, phrases[i]))
			return true;
	bool clock = words_have(column, "hh mm") || words_have(column, "h mm") || words_have(column, "mm ss");
	return clock && !words_have(column, "time");
}

/* Steps before the first "wait" that say no time are told at once. */
void escalation_told_by_now(struct index *ix)
{
	struct str name, severity = escalation_above(ix, &name);
	struct facts *f = ix->out;
	for (size_t i = 0; i < f->escalations_count; i++) {
		struct fact_escalation *e = &f->escalations[i];
		bool own = str_eq_nocase(e->severity, severity) && (severity.n || str_eq(e->name, name));
		for (size_t k = 0; own && !ix->path_severities.n && k < e->step_count; k++)
			e->steps[k].after_ms = e->steps[k].after_ms < 0 ? ix->reached_ms : e->steps[k].after_ms;
	}
}

bool escalation_heads_path(struct index *ix, struct str key)
{
	static const char *const words[] = {"policy", "path", "order", "chain", "escalation", "escalate"};
	struct str folded = words_fold(ix->arena, key);
	bool heads = false;
	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		size_t n = strlen(words[i]);
		heads |= folded.n >= n && str_eq_c(str_slice(folded, folded.n - n, folded.n), words[i]);
	}
	return heads && escalation_after(ix, key) < 0 && !escalation_role_in(key).n;
}
