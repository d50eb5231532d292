/*
 * Steps as clauses of one line, "the primary at once, the secondary after 5 minutes and the manager after another 10": each
 * has a role and a time. And what is said of all steps: how long each of them has to answer.
 */
#include <string.h>

#include "base/ascii.h"
#include "index_impl.h"

#define WORDS_MAX 40 /* of a clause */
#define TIME_WORDS 6 /* of a time */

/* ---- the time in a clause ---- */

struct clause {
	struct str v[WORDS_MAX];
	size_t n;
};

static void split_words(struct str text, struct clause *c)
{
	c->n = 0;
	for (size_t i = 0; i < text.n && c->n < WORDS_MAX;) {
		size_t end = words_until(text, i, " ");
		if (end > i)
			c->v[c->n++] = str_slice(text, i, end);
		i = end + 1;
	}
}

static struct str words_between(struct str text, const struct clause *c, size_t from, size_t to)
{
	if (from >= to)
		return (struct str){NULL, 0};
	size_t begin = (size_t)(c->v[from].p - text.p), end = (size_t)(c->v[to - 1].p - text.p) + c->v[to - 1].n;
	return str_slice(text, begin, end);
}

/* The words that say the time: the shortest such run, and what makes it longer ("1 hour 30 minutes"). */
static bool find_time(struct index *ix, struct str text, const struct clause *c, size_t *from, size_t *to, int64_t *ms)
{
	for (size_t length = 1; length <= TIME_WORDS; length++)
		for (size_t i = 0; i + length <= c->n; i++) {
			*ms = escalation_after(ix, words_between(text, c, i, i + length));
			if (*ms < 0)
				continue;
			*from = i;
			*to = i + length;
			for (int64_t more; *to < c->n; *ms = more, ++*to)
				if ((more = escalation_after(ix, words_between(text, c, i, *to + 1))) <= *ms)
					break;
			return true;
		}
	return false;
}

/* ---- its role ---- */

static bool is_of(struct str word, const char *const *list)
{
	word = words_trim(word);
	for (size_t i = 0; list[i]; i++)
		if (str_eq_nocase(word, str_c(list[i])))
			return true;
	return !word.n;
}

static bool is_arrow(struct str word)
{
	return str_eq_c(word, "→") || str_eq_c(word, "->") || str_eq_c(word, "=>") || str_eq_c(word, "-") ||
	       str_eq_c(word, "–") || str_eq_c(word, "—") || str_eq_c(word, ":");
}

/* What leads to the time, at the end of what stands before it. */
static size_t before_time(const struct clause *c, size_t from)
{
	static const char *const links[] = {"after",    "in",      "within", "at",    "for",  "a",  "an",
	                                    "another",  "further", "the",    "by",    "nach", "um", "weitere",
	                                    "weiteren", "après",   "dans",   "au",    "bout", "de", "tras",
	                                    "en",       "a",       "los",    "otros", "T",    NULL};
	while (from && (is_of(c->v[from - 1], links) || is_arrow(c->v[from - 1])))
		from--;
	return from;
}

static size_t behind_time(const struct clause *c, size_t to)
{
	static const char *const links[] = {"later", "mark", "more", "später", "danach", NULL};
	while (to < c->n && (is_of(c->v[to], links) || is_arrow(c->v[to])))
		to++;
	return to;
}

static struct str role_of_words(struct index *ix, struct str text)
{
	text = words_trim(text);
	text = words_trim(str_slice(text, 0, escalation_find(text, " together")));
	if (escalation_has_arrow(text) && !escalation_role_in(escalation_before_arrow(text)).n)
		text = escalation_behind_arrow(text); /* "without progress → lead" */
	if (!text.n || escalation_has_arrow(text) || escalation_after(ix, text) >= 0)
		return (struct str){NULL, 0};
	struct str before = str_slice(text, 0, escalation_word_at(text, WORD_IF)), role = escalation_role_in(before);
	return role.n ? role : escalation_role_told(ix, before);
}

static struct str without_connector(struct str text)
{
	static const char *const connectors[] = {"and ", "then ", "finally ", "or ", "puis ", "dann ", "danach ", "luego "};
	text = words_trim(text);
	for (size_t i = 0; i < sizeof connectors / sizeof *connectors; i++) {
		size_t n = strlen(connectors[i]);
		if (text.n > n && str_eq_nocase(str_slice(text, 0, n), str_c(connectors[i])))
			return words_trim(str_slice(text, n, text.n));
	}
	return text;
}

/* "team lead after 20 minutes", "after 20 minutes the team lead"; `ms` is -1 where it says no time. */
static bool read_clause(struct index *ix, struct str text, struct str *role, int64_t *ms)
{
	struct clause c;
	size_t from = 0, to = 0;
	text = without_connector(text);
	text = str_ends(text, STR(".")) ? str_slice(text, 0, text.n - 1) : text;
	split_words(text, &c);
	if (!c.n || c.n == WORDS_MAX || escalation_opens_with_condition(text))
		return false;
	if (!find_time(ix, text, &c, &from, &to, ms)) {
		*ms = -1;
		*role = role_of_words(ix, text);
		return role->n > 0;
	}
	struct str left = role_of_words(ix, words_between(text, &c, 0, before_time(&c, from)));
	struct str right = role_of_words(ix, words_between(text, &c, behind_time(&c, to), c.n));
	*role = left.n ? left : right;
	if (escalation_words_have(words_fold(ix->arena, text), WORD_FURTHER) ||
	    escalation_behind_later(ix, text).n < text.n)
		*ms += ix->reached_ms;
	return role->n && !(left.n && right.n);
}

/* ---- the clauses of a line ---- */

static struct str next_clause(struct str *rest)
{
	static const char *const marks[] = {", ", "; ", " and ", " und ", " et ", " y "};
	size_t end = rest->n, length = 0;
	for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
		ptrdiff_t at = str_find(*rest, str_c(marks[i]));
		if (at >= 0 && (size_t)at < end) {
			end = (size_t)at;
			length = strlen(marks[i]);
		}
	}
	struct str clause = str_slice(*rest, 0, end);
	*rest = str_slice(*rest, end + length, rest->n);
	return clause;
}

bool escalation_clauses(struct index *ix, struct str text, int at)
{
	ptrdiff_t comma = escalation_opens_with_condition(text) ? str_index(text, ',') : -1;
	if (comma > 0 && escalation_after(ix, str_slice(text, 0, (size_t)comma)) < 0)
		text = str_trim(str_slice(text, (size_t)comma + 1, text.n)); /* "If nobody answers, …" */
	int64_t reached = ix->reached_ms, ms;
	struct str role;
	for (int round = 0; round < 2; round++) {
		size_t n = 0, timed = 0;
		for (struct str rest = text; rest.n; n++) {
			bool read = read_clause(ix, next_clause(&rest), &role, &ms);
			if (!read || (ms < 0 && n))
				return ix->reached_ms = reached, false;
			timed += ms >= 0;
			if (round)
				escalation_tell(ix, ms, role, at);
			else
				ix->reached_ms = ms > 0 ? ms : ix->reached_ms;
		}
		if (n < 2 || !timed)
			return ix->reached_ms = reached, false;
		ix->reached_ms = round ? ix->reached_ms : reached;
	}
	return true;
}

/* "Post an update every 15 minutes and tell the CTO after an hour": of several times the role's own; else the whole. */
struct str escalation_clause_of(struct index *ix, struct str text, struct str role)
{
	bool inside = role.p >= text.p && role.p + role.n <= text.p + text.n;
	size_t at = inside ? (size_t)(role.p - text.p) : 0, from = 0;
	for (ptrdiff_t and; at && (and = str_find(str_slice(text, from, at), STR(" and "))) >= 0;)
		from += (size_t) and +5;
	struct str clause = str_slice(text, from, text.n);
	return from && escalation_after(ix, clause) >= 0 ? clause : text;
}

/* "Page the secondary and the team lead": both of them; "or" is for whoever knows who they are. */
struct str escalation_also_told(struct index *ix, struct str text, struct str role)
{
	static const char *const links[] = {" and ", " or ", " oder ", " ou "};
	bool inside = role.p >= text.p && role.p + role.n <= text.p + text.n;
	struct str rest = inside ? str_slice(text, (size_t)(role.p - text.p) + role.n, text.n) : (struct str){NULL, 0};
	size_t link = 0;
	while (link < sizeof links / sizeof *links && !str_starts(rest, str_c(links[link])))
		link++;
	if (link == sizeof links / sizeof *links)
		return role;
	rest = str_slice(rest, strlen(links[link]), rest.n - str_ends(rest, STR(".")));
	struct str other = escalation_role_in(str_slice(rest, 0, escalation_word_at(rest, WORD_ROLE_END)));
	if (!other.n)
		return role;
	return str_c(arena_printf(ix->arena, "%.*s%s%.*s", STR_ARG(role), links[link], STR_ARG(other)));
}

/* ---- how long somebody has ---- */

/* "The primary must acknowledge within 15 minutes", "The lead has 10 minutes to answer": whoever comes next is told then. */
bool escalation_patience(struct index *ix, struct str text, int at)
{
	static const char *const modals[] = {" must ",     " has to ", " have to ", " should ",
	                                     " needs to ", " has ",    " gets "};
	static const char *const answers[] = {"acknowledge", "ack", "respond", "answer", "react"};
	struct str folded = words_fold(ix->arena, text);
	int64_t takes = escalation_after(ix, text);
	bool answer = false;
	for (size_t i = 0; i < sizeof answers / sizeof *answers; i++)
		answer |= words_have(folded, answers[i]);
	size_t modal = text.n;
	for (size_t i = 0; i < sizeof modals / sizeof *modals && modal == text.n; i++)
		modal = escalation_find(text, modals[i]);
	struct str who = escalation_role_in(str_slice(text, 0, modal));
	if (takes <= 0 || !answer || modal == text.n || !who.n || escalation_role_told(ix, text).n)
		return false;
	int64_t told = ix->reached_ms;
	escalation_tell(ix, told, who, at);
	ix->reached_ms = told + takes;
	ix->waited = true;
	return true;
}

bool escalation_keep_pace(struct index *ix, int64_t ms)
{
	struct str name, severity = escalation_above(ix, &name);
	if (ix->pace_count == PACES_MAX)
		return false;
	ix->paces[ix->pace_count++] = (struct pace){severity, name, ms};
	return true;
}

/* "Escalation timeout: 15 minutes", "Each level has 15 minutes": of all steps of the path that say no time. */
bool escalation_pace(struct index *ix, struct str text)
{
	static const char *const keys[] = {"escalation timeout",
	                                   "escalation interval",
	                                   "escalation delay",
	                                   "acknowledgement timeout",
	                                   "acknowledgment timeout",
	                                   "ack timeout",
	                                   "time between levels",
	                                   "time between steps",
	                                   "time per level",
	                                   "each level",
	                                   "each has",
	                                   "each gets",
	                                   "each of them has",
	                                   "each person has",
	                                   "everyone has",
	                                   "every level",
	                                   "next level",
	                                   "each step",
	                                   "next step",
	                                   "each tier",
	                                   "next tier",
	                                   "timeout per level",
	                                   "next person",
	                                   "next one",
	                                   "next responder"};
	struct str folded = words_fold(ix->arena, text);
	struct words_span span = words_span(ix->arena, text);
	bool says = false;
	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
		says |= words_have(folded, keys[i]);
	if (!says || !span.found || span.range || span.high_ms <= 0 || escalation_role_told(ix, text).n)
		return false;
	return escalation_keep_pace(ix, span.high_ms);
}

static void put_pace(struct fact_escalation *e, int64_t ms)
{
	for (size_t i = 0; i < e->step_count; i++)
		if (e->steps[i].after_ms > 0 || (i && e->steps[i].after_ms == 0))
			return;
	for (size_t i = 0; e->step_count > 1 && i < e->step_count; i++)
		e->steps[i].after_ms = (int64_t)i * ms;
}

/* "Primary: 15 min, secondary: 15 min, manager": the same time for all but the last is what each of them has. */
static void same_patience(struct fact_escalation *e)
{
	size_t last = e->step_count - 1;
	if (e->step_count < 3 || e->steps[0].after_ms <= 0 || e->steps[last].after_ms >= 0)
		return;
	for (size_t i = 1; i < last; i++)
		if (e->steps[i].after_ms != e->steps[0].after_ms)
			return;
	int64_t each = e->steps[0].after_ms;
	for (size_t i = 0; i <= last; i++)
		e->steps[i].after_ms = (int64_t)i * each;
}

void escalation_keep_paces(struct index *ix)
{
	for (size_t i = 0; i < ix->out->escalations_count; i++) {
		struct fact_escalation *e = &ix->out->escalations[i];
		for (size_t k = 0; k < ix->pace_count; k++)
			if (str_eq_nocase(e->severity, ix->paces[k].severity) &&
			    (e->severity.n || str_eq(e->name, ix->paces[k].name)))
				put_pace(e, ix->paces[k].ms);
		if (e->step_count)
			same_patience(e);
	}
}
