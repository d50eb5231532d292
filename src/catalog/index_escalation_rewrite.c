/* Marks that stand for words in an escalation, put into the words that its readers know: "--15m-->", "15'", "+15m", "00:15". */
#include <string.h>

#include "base/ascii.h"
#include "base/time.h"
#include "index_impl.h"

#define LABEL_MAX 24 /* bytes of a time on an arrow */

/* ---- the time on an arrow ---- */

/* Bytes of one character that a line is drawn with. */
static size_t stroke(struct str s)
{
	static const char *const strokes[] = {"-", "=", "–", "—", "─", "━"};
	for (size_t i = 0; i < sizeof strokes / sizeof *strokes; i++)
		if (str_starts(s, str_c(strokes[i])))
			return strlen(strokes[i]);
	return 0;
}

static size_t strokes(struct str s)
{
	size_t at = 0, n;
	while ((n = stroke(str_slice(s, at, s.n))) > 0)
		at += n;
	return at;
}

/* Behind a line: the arrow's head. */
static size_t arrow_head(struct str s)
{
	size_t line = strokes(s);
	struct str head = str_slice(s, line, s.n);
	if (line && str_starts(head, STR(">")))
		return line + 1;
	return str_starts(head, STR("→")) ? line + strlen("→") : 0;
}

/* "--15m-->", "-(15 min)->", "– 15 min →": its bytes, and the time on it. 0: it is no such arrow. */
static size_t timed_arrow(struct index *ix, struct str s, struct str *time)
{
	size_t from = strokes(s), end;
	while (from && from < s.n && strchr(" ([", s.p[from]))
		from++;
	if (!from || from == s.n || !ascii_is_digit(s.p[from]))
		return 0;
	for (end = from; end < s.n && end < from + LABEL_MAX && !strchr(")]>", s.p[end]) &&
	                 !stroke(str_slice(s, end, s.n)) && !str_starts(str_slice(s, end, s.n), STR("→"));)
		end++;
	*time = str_trim(str_slice(s, from, end));
	while (end < s.n && strchr(" )]", s.p[end]))
		end++;
	size_t head = arrow_head(str_slice(s, end, s.n));
	return head && escalation_is_only_time(ix, *time) ? end + head : 0;
}

/* ---- other marks ---- */

/* "15'" is 15 minutes: the bytes of the mark. */
static size_t minute_mark(struct str text, size_t at)
{
	static const char *const marks[] = {"'", "′", "’"};
	bool digit = at && ascii_is_digit(text.p[at - 1]);
	for (size_t i = 0; digit && i < sizeof marks / sizeof *marks; i++) {
		size_t n = strlen(marks[i]);
		bool ends = at + n == text.n || strchr(" :,;.)-", text.p[at + n]);
		if (str_starts(str_slice(text, at, text.n), str_c(marks[i])) && ends)
			return n;
	}
	return 0;
}

/* "Unacked > 15 min" is after these; "Lead > 15 min > Director" is an arrow. */
static size_t more_than(struct str text, size_t at)
{
	bool mark =
		str_starts(str_slice(text, at, text.n), STR(" > ")) && at + 3 < text.n && ascii_is_digit(text.p[at + 3]);
	return mark && !escalation_role_in(str_slice(text, 0, at)).n ? 3 : 0;
}

/* "[15m]" is a note as "(15m)" is. */
static size_t bracketed_time(struct index *ix, struct str s, struct str *time)
{
	ptrdiff_t end = str_starts(s, STR("[")) ? str_index(s, ']') : -1;
	*time = str_slice(s, 1, end > 0 ? (size_t)end : 0);
	return end > 0 && escalation_is_only_time(ix, str_trim(*time)) ? (size_t)end + 1 : 0;
}

static void rewrite_at(struct index *ix, struct buf *out, struct str text, size_t *at)
{
	struct str rest = str_slice(text, *at, text.n), time;
	size_t n = timed_arrow(ix, rest, &time);
	if (n) {
		buf_printf(out, " → (%.*s) → ", STR_ARG(time));
	} else if ((n = more_than(text, *at)) > 0) {
		buf_add_c(out, " after ");
	} else if ((n = minute_mark(text, *at)) > 0) {
		buf_add_c(out, " min");
	} else if ((n = bracketed_time(ix, rest, &time)) > 0) {
		buf_printf(out, "(%.*s)", STR_ARG(time));
	} else if (strokes(rest) && (n = arrow_head(rest)) > 2) {
		buf_add_c(out, "→");
	} else {
		n = 1;
		buf_add_char(out, text.p[*at]);
	}
	*at += n;
}

/* ---- a clock that starts at 00:00 ---- */

int64_t escalation_clock(struct index *ix, struct str text, size_t *length)
{
	size_t hours = 0;
	while (hours < text.n && ascii_is_digit(text.p[hours]))
		hours++;
	bool clock = hours && hours < 3 && text.n >= hours + 3 && text.p[hours] == ':' &&
	             ascii_is_digit(text.p[hours + 1]) && ascii_is_digit(text.p[hours + 2]);
	int64_t h, m;
	*length = hours + 3;
	if (!clock || (*length < text.n && !strchr(" \t)", text.p[*length])) ||
	    !str_to_i64(str_slice(text, 0, hours), &h) || !str_to_i64(str_slice(text, hours + 1, hours + 3), &m) || m > 59)
		return -1;
	ix->clock_runs |= !h && !m;
	return ix->clock_runs || !h ? h * TIME_HOUR + m * TIME_MINUTE : -1; /* "09:00" is an hour of the day */
}

static struct str without_clock(struct index *ix, struct str text)
{
	size_t length;
	int64_t ms = escalation_clock(ix, text, &length);
	if (ms < 0)
		return text;
	return str_c(
		arena_printf(ix->arena, "%d minutes%.*s", (int)(ms / TIME_MINUTE), STR_ARG(str_slice(text, length, text.n))));
}

/* "+15m Secondary" */
static struct str without_plus(struct str text)
{
	bool plus = text.n > 2 && text.p[0] == '+' && ascii_is_digit(text.p[1]);
	return plus ? str_slice(text, 1, text.n) : text;
}

/* "Secondary on-call paged" is the secondary; "the secondary is paged" is a sentence. */
static struct str without_participle(struct str text)
{
	static const char *const told[] = {" paged", " notified", " called", " alerted", " contacted", " engaged"};
	static const char *const auxiliaries[] = {" is", " are", " be", " gets", " get", " been", " was", " not"};
	for (size_t i = 0; i < sizeof told / sizeof *told; i++) {
		if (!str_ends(text, str_c(told[i])) || str_index(text, ',') >= 0)
			continue;
		struct str before = str_slice(text, 0, text.n - strlen(told[i]));
		for (size_t k = 0; k < sizeof auxiliaries / sizeof *auxiliaries; k++)
			if (str_ends(before, str_c(auxiliaries[k])))
				return text;
		return before;
	}
	return text;
}

/* ---- words between steps ---- */

/* "Then the secondary": a step of its own, whose place in the list says as much. */
static struct str without_then(struct str text)
{
	text = str_trim(text);
	size_t n = escalation_opens_with(text, WORD_THEN);
	return n ? str_trim(str_slice(text, n, text.n)) : text;
}

/* Where ", who calls the vendor" begins, which says more of somebody and tells nobody; text.n where nothing does. */
static size_t relative_clause(struct str text, size_t *end)
{
	size_t at = escalation_word_at(text, WORD_RELATIVE);
	*end = at == text.n ? text.n : at + 1 + words_until(str_slice(text, at + 1, text.n), 0, ",;.");
	return at;
}

/* "Ana or Ben, whoever is on duty" is Ana or Ben; "the CTO again" is the CTO. */
struct str escalation_without_asides(struct index *ix, struct str text)
{
	text = without_then(text);
	size_t end, at;
	while ((at = relative_clause(text, &end)) < text.n)
		text = str_c(arena_printf(ix->arena, "%.*s%.*s", (int)at, text.p, STR_ARG(str_slice(text, end, text.n))));
	const struct word_row *last;
	for (const struct word_row *row = escalation_rows(WORD_ASIDE, &last); row < last; row++)
		if (str_ends(text, str_c(row->phrase)))
			text.n -= strlen(row->phrase);
	return text;
}

struct str escalation_rewrite(struct index *ix, struct str text)
{
	AUTOBUF struct buf out;
	buf_init(&out, MARKDOWN_MAX);
	struct str whole = without_participle(without_plus(without_clock(ix, escalation_without_asides(ix, text))));
	for (size_t i = 0; i < whole.n;)
		rewrite_at(ix, &out, whole, &i);
	return arena_str(ix->arena, buf_str(&out));
}
