/* Escalation in words: when somebody is told, who, and in which order. */
#include <string.h>

#include "base/time.h"
#include "index_impl.h"

/* ---- when ---- */

int64_t escalation_minutes(struct str words)
{
	int64_t minutes;
	words = words_trim(words);
	return str_to_i64(words, &minutes) && minutes >= 0 && minutes < INT32_MAX ? minutes * TIME_MINUTE : -1;
}

/* "T+15": minutes where no unit is said. */
static int64_t after_start(struct str words)
{
	ptrdiff_t at = str_find(words, STR("T+"));
	at = at < 0 ? str_find(words, STR("t+")) : at;
	size_t end = at < 0 ? 0 : (size_t)at + 2;
	while (at >= 0 && end < words.n && words.p[end] >= '0' && words.p[end] <= '9')
		end++;
	return at < 0 ? -1 : escalation_minutes(str_slice(words, (size_t)at + 2, end));
}

struct str escalation_behind_start(struct str text)
{
	static const char *const units[] = {"minutes", "minute", "mins", "min", "m", "hours", "hour", "h"};
	bool start = str_starts(text, STR("T+")) || str_starts(text, STR("t+"));
	if (text.n < 3 || (!start && (text.p[0] < '0' || text.p[0] > '9')))
		return text;
	size_t end = start ? 2 : 0;
	while (end < text.n && text.p[end] >= '0' && text.p[end] <= '9')
		end++;
	struct str rest = str_trim(str_slice(text, end, text.n));
	for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
		size_t n = strlen(units[i]);
		if (rest.n > n && rest.p[n] == ' ' && str_eq_nocase(str_slice(rest, 0, n), str_c(units[i])))
			return words_trim(str_slice(rest, n, rest.n));
	}
	return start ? words_trim(rest) : text; /* "2 engineers" say no time */
}

int64_t escalation_after(struct index *ix, struct str words)
{
	struct words_span span = words_span(ix->arena, words);
	struct str folded = words_fold(ix->arena, words);
	if (span.found && span.range)
		return span.low_ms;
	if (span.found && words_have(folded, "first"))
		return 0; /* "the first 30 minutes" */
	if (span.found)
		return span.at_most && !words_have(folded, "within") ? 0 : span.high_ms;
	bool now = words_are(folded, "0") || words_are(folded, "t 0") || escalation_words_have(folded, WORD_NOW);
	return now ? 0 : after_start(words);
}

/* ---- in which order ---- */

/* An arrow with the mark that makes a picture of it before the bare one. */
static const char *const arrows[] = {"➡️",  "→",       "⟶",         "➔",        "➡",        "->",
                                     "=>",      "➜",       "⇒",         "»",        " > ",      ", then ",
                                     ", puis ", ", dann ", ", danach ", ", luego ", ", depois "};

/* The first arrow of a text; text.n where there is none. */
static size_t arrow_at(struct str text, size_t *length)
{
	size_t best = text.n;
	*length = 0;
	for (size_t i = 0; i < sizeof arrows / sizeof *arrows; i++) {
		ptrdiff_t at = str_find(text, str_c(arrows[i]));
		if (at < 0 || (size_t)at >= best)
			continue;
		best = (size_t)at;
		*length = strlen(arrows[i]);
	}
	return best;
}

struct str escalation_before_arrow(struct str text)
{
	size_t length;
	return str_slice(text, 0, arrow_at(text, &length));
}

struct str escalation_behind_arrow(struct str text)
{
	size_t length, at = arrow_at(text, &length);
	return words_trim(str_slice(text, at + length, text.n));
}

bool escalation_has_arrow(struct str text)
{
	size_t length;
	return arrow_at(text, &length) < text.n;
}

/* "(5 min) Secondary" */
static struct str take_opening_note(struct str *s)
{
	ptrdiff_t end = str_starts(*s, STR("(")) ? str_index(*s, ')') : -1;
	struct str note = end > 0 ? str_slice(*s, 1, (size_t)end) : (struct str){NULL, 0};
	if (note.n)
		*s = words_trim(str_slice(*s, (size_t)end + 1, s->n));
	return note;
}

struct str escalation_without_time(struct index *ix, struct str who, int64_t *after)
{
	struct str rest = who, note = take_opening_note(&rest);
	note = note.n ? note : words_take_note(&rest);
	size_t at = note.n ? who.n : escalation_word_at(who, WORD_AFTER);
	if (at && at < who.n) {
		rest = str_slice(who, 0, at);
		note = str_slice(who, at, who.n);
	}
	int64_t said = note.n ? escalation_after(ix, note) : -1;
	if (said < 0)
		return who;
	*after = said;
	return rest;
}

/* "(5 min to ack)" behind a role is how long it has, not when it is told; so then are the times behind it. -1: none. */
static int64_t time_to_answer(struct index *ix, struct str *part, bool as_before)
{
	struct str rest = *part, note = words_take_note(&rest), folded = words_fold(ix->arena, note);
	bool answer = as_before || words_have(folded, "to ack") || words_have(folded, "to acknowledge") ||
	              words_have(folded, "to respond") || words_have(folded, "to answer");
	int64_t ms = answer ? escalation_after(ix, note) : -1;
	if (ms >= 0)
		*part = rest;
	return ms;
}

/*
 * "Primary (15m) → Secondary (30m) → Manager": the last has no time, so each of the others has its own to answer in. The
 * caller has seen that the first one's time stands in its own words: that of a row or of a bullet is when it is told.
 */
static void each_has_its_time(struct fact_escalation *e, size_t begin)
{
	size_t end = e->step_count;
	if (end < begin + 2 || e->steps[end - 1].after_ms >= 0)
		return;
	for (size_t i = begin; i + 1 < end; i++)
		if (e->steps[i].after_ms <= 0)
			return;
	for (int64_t told = 0, takes; begin < end; begin++, told += takes) {
		takes = e->steps[begin].after_ms;
		e->steps[begin].after_ms = told;
	}
}

void escalation_path(struct index *ix, struct fact_escalation *e, int64_t after, struct str who)
{
	bool first = true, own = false; /* the first one's own words say a time */
	who = escalation_without_asides(ix, who);
	if (!escalation_has_arrow(who)) {
		escalation_step(e, after, escalation_roles(ix, who));
		return;
	}
	int64_t told = 0, waits = 0, wait;
	size_t begin = e->step_count;
	int64_t given = 0; /* what those before had to answer in, together */
	while (who.n) {
		size_t length, end = arrow_at(who, &length);
		struct str whole = words_trim(str_slice(who, 0, end)), rest = whole;
		rest = escalation_take_wait(ix, rest, &wait);
		if (wait >= 0) {
			waits += wait;
			who = str_slice(who, end + length, who.n);
			continue;
		}
		if (e->step_count == begin && escalation_words_are(words_fold(ix->arena, whole), WORD_START)) {
			who = str_slice(who, end + length, who.n); /* "Alert → lead" */
			continue;
		}
		int64_t answers = time_to_answer(ix, &rest, given > 0);
		int64_t then = given ? given : first && answers < 0 ? after : -1;
		given = answers < 0 ? 0 : given + answers;
		struct str part = answers >= 0 ? rest : escalation_without_time(ix, whole, &then);
		bool further = then > 0 && escalation_words_have(words_fold(ix->arena, whole), WORD_FURTHER);
		then = waits && then < 0 ? told + waits : further ? told + then : then;
		told = then > told ? then : told;
		waits = 0;
		part = str_ends(part, STR(".")) ? str_slice(part, 0, part.n - 1) : part;
		struct str role = escalation_role_in(part);
		role = role.n ? role : escalation_role_told(ix, part);
		if (!role.n && !escalation_is_name(ix, part)) {
			e->step_count = begin; /* a sentence, whose times belong to who knows what */
			return;
		}
		escalation_step(e, then, escalation_roles(ix, role.n ? role : part));
		own |= first && (answers >= 0 || part.n < whole.n);
		first = false;
		who = str_slice(who, end + length, who.n);
	}
	if (own)
		each_has_its_time(e, begin);
}

/* ---- whom ---- */

static size_t next_cut(struct str text, size_t from, size_t *length)
{
	static const char *const marks[] = {" + ", ", ", "; ", " and ", " AND ", " & then "};
	for (size_t i = from; i < text.n; i++) {
		for (size_t k = 0; k < sizeof marks / sizeof *marks; k++) {
			*length = strlen(marks[k]);
			if (str_starts(str_slice(text, i, text.n), str_c(marks[k])))
				return i;
		}
	}
	*length = 0;
	return text.n;
}

struct strs escalation_roles(struct index *ix, struct str text)
{
	struct strs out = {NULL, 0};
	for (size_t i = 0, length; i < text.n;) {
		size_t end = next_cut(text, i, &length);
		struct str role = words_trim(str_slice(text, i, end));
		while (str_ends(role, STR(".")))
			role.n--;
		if (!words_nothing(role))
			strs_add(ix->arena, &out, arena_str(ix->arena, role));
		i = end + (length ? length : 1);
	}
	return out;
}
