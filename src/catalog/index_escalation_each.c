/* Steps that all have the same time, said once: "Ana, Ben, Eve: 10 minutes each", "A → B → C, 5 minutes apart". */
#include <string.h>

#include "base/ascii.h"
#include "index_impl.h"

#define TIME_MAX 30 /* bytes of a time */
#define NAME_MAX_WORDS 4
#define NAMES_MAX 40

struct each {
	struct str time, rest; /* what is said of all, and the text without it */
	bool apart;            /* it says so of a chain only */
};

static bool is_short_time(struct index *ix, struct str s)
{
	struct words_span span = words_span(ix->arena, s);
	return s.n && s.n <= TIME_MAX && span.found && !span.range && !span.cadence && span.high_ms > 0 &&
	       !escalation_role_in(s).n;
}

/* Where the part of a text begins that ends at `end`: behind the last separator. */
static size_t part_begins(struct str text, size_t end)
{
	static const char *const marks[] = {"→", "->", "–", "—"};
	size_t from = end;
	while (from && !strchr(":;,(", text.p[from - 1]))
		from--;
	for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
		for (ptrdiff_t at; (at = str_find(str_slice(text, from, end), str_c(marks[i]))) >= 0;)
			from += (size_t)at + strlen(marks[i]);
	return from;
}

static struct str without_marks(struct str s)
{
	static const char *const marks[] = {":", ",", ";", "(", ")", ".", "–", "—", "-", "→"};
	s = words_trim(s);
	for (bool cut = true; cut && s.n;) {
		cut = false;
		for (size_t i = 0; i < sizeof marks / sizeof *marks && !cut; i++) {
			struct str mark = str_c(marks[i]);
			bool begins = str_starts(s, mark), ends = str_ends(s, mark);
			s = begins ? str_slice(s, mark.n, s.n) : ends ? str_slice(s, 0, s.n - mark.n) : s;
			cut = begins || ends;
		}
		s = words_trim(s);
	}
	return s;
}

/* One side of the time is empty ("Give everyone 10 minutes: …" too), or it is a note in brackets. */
static bool cut_out(struct index *ix, struct str text, size_t from, size_t to, struct each *out)
{
	struct str before = without_marks(str_slice(text, 0, from)), behind = without_marks(str_slice(text, to, text.n));
	bool note = from && text.p[from - 1] == '(' && to < text.n && text.p[to] == ')';
	if (before.n && escalation_words_are(words_fold(ix->arena, before), WORD_WAIT))
		before.n = 0;
	out->rest = before.n ? before : behind;
	if (note && before.n && behind.n)
		out->rest = str_c(arena_printf(ix->arena, "%.*s%.*s", STR_ARG(str_slice(text, 0, from - 1)),
		                               STR_ARG(str_slice(text, to + 1, text.n))));
	return note || !before.n || !behind.n;
}

/* "10 minutes each" */
static bool each_behind(struct index *ix, struct str text, enum escalation_word kind, struct each *out)
{
	const struct word_row *end;
	for (const struct word_row *row = escalation_rows(kind, &end); row < end; row++) {
		size_t at = escalation_find(text, row->phrase), to = at + strlen(row->phrase);
		if (at == text.n || (to < text.n && (ascii_is_lower(text.p[to]) || text.p[to] == ' ')))
			continue;
		size_t from = part_begins(text, at);
		out->time = words_trim(str_slice(text, from, at));
		if (is_short_time(ix, out->time) && cut_out(ix, text, from, to, out))
			return true;
	}
	return false;
}

/* "each 10 minutes" */
static bool each_before(struct index *ix, struct str text, struct each *out)
{
	const struct word_row *end;
	for (const struct word_row *row = escalation_rows(WORD_EACH_BEFORE, &end); row < end; row++) {
		size_t at = escalation_find(text, row->phrase), from = at + strlen(row->phrase);
		if (at == text.n || (at && !strchr(" (:,", text.p[at - 1])))
			continue;
		size_t to = words_until(text, from, ":;,)");
		out->time = words_trim(str_slice(text, from, to));
		if (is_short_time(ix, out->time) && cut_out(ix, text, at, to, out))
			return true;
	}
	return false;
}

static size_t blanks_in(struct str s)
{
	size_t n = 0;
	for (size_t i = 0; i < s.n; i++)
		n += s.p[i] == ' ';
	return n;
}

/* The names of "A, B and C", "A → B → C"; 0 where one of them is none. */
static size_t names_in_order(struct index *ix, struct str text, struct str out[NAMES_MAX])
{
	static const char *const marks[] = {", then ", ", and ", ", ", " and ", " then "};
	bool arrows = escalation_has_arrow(text);
	size_t n = 0;
	while (text.n && n < NAMES_MAX) {
		size_t cut = text.n, length = 0;
		for (size_t i = 0; !arrows && i < sizeof marks / sizeof *marks; i++) {
			ptrdiff_t at = str_find(text, str_c(marks[i]));
			length = at >= 0 && (size_t)at < cut ? strlen(marks[i]) : length;
			cut = at >= 0 && (size_t)at < cut ? (size_t)at : cut;
		}
		struct str one = words_trim(arrows ? escalation_before_arrow(text) : str_slice(text, 0, cut));
		text = arrows ? escalation_behind_arrow(text) : str_slice(text, cut + length, text.n);
		struct str role = escalation_role_in(one);
		bool name = role.n || (escalation_is_name(ix, one) && blanks_in(one) < NAME_MAX_WORDS);
		if (!name)
			return 0;
		out[n++] = role.n ? role : one;
	}
	return text.n ? 0 : n;
}

bool escalation_each(struct index *ix, struct str text, int at)
{
	struct each said = {{NULL, 0}, {NULL, 0}, false};
	struct str names[NAMES_MAX];
	if (!each_behind(ix, text, WORD_EACH_BEHIND, &said) && !each_before(ix, text, &said)) {
		said.apart = each_behind(ix, text, WORD_APART, &said);
		if (!said.apart)
			return false;
	}
	if (!said.rest.n)
		return escalation_keep_pace(ix, escalation_after(ix, said.time));
	size_t n = said.apart && !escalation_has_arrow(said.rest) ? 0 : names_in_order(ix, said.rest, names);
	for (size_t i = 0; n > 1 && i < n; i++)
		escalation_tell(ix, (int64_t)i * escalation_after(ix, said.time), names[i], at);
	return n > 1;
}
