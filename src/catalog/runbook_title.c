/* Which alert a title or a heading names: "Runbook: HighCPU", "Alert Name: "DiskFull"", "3. NodeDown (critical)". */
#include <string.h>

#include "base/ascii.h"
#include "runbook_impl.h"
#include "words/table_runbook_sections.h"
#include "words/table_title_words.h"
#include "words/words.h"

static const char *const separators[] = {":", "-", "\xE2\x80\x93", "\xE2\x80\x94", "|", "="};

static size_t separator_length(struct str s)
{
	for (size_t i = 0; i < sizeof separators / sizeof *separators; i++)
		if (str_starts(s, str_c(separators[i])))
			return strlen(separators[i]);
	return 0;
}

static struct str skip_separators(struct str s, bool *any)
{
	*any = false;
	for (s = str_trim(s);; s = str_trim(s)) {
		size_t n = separator_length(s);
		if (!n)
			return s;
		*any = true;
		s = str_slice(s, n, s.n);
	}
}

/* ":fire:" at the start: a picture by its name; 0 where there is none. */
static size_t shortcode_length(struct str s)
{
	size_t n = 1;
	while (n < s.n && (ascii_is_alnum(s.p[n]) || s.p[n] == '_' || s.p[n] == '-' || s.p[n] == '+'))
		n++;
	return str_starts(s, STR(":")) && n > 1 && n + 1 < s.n && s.p[n] == ':' ? n + 1 : 0;
}

/* Numbers, signs and pictures before the first letter, and "[P1]". */
static struct str skip_decoration(struct str s)
{
	for (;;) {
		s = str_trim(s);
		ptrdiff_t close = str_starts(s, STR("[")) ? str_index(s, ']') : -1;
		if (close > 0 && (size_t)close + 1 < s.n) {
			s = str_slice(s, (size_t)close + 1, s.n);
			continue;
		}
		size_t n = shortcode_length(s);
		while (n < s.n && ((unsigned char)s.p[n] >= 0x80 || strchr("0123456789.)#*-", s.p[n])))
			n++;
		if (!n || n == s.n || s.p[n] != ' ')
			return s;
		s = str_slice(s, n, s.n);
	}
}

static struct str without_quotes(struct str s)
{
	static const char *const quotes[] = {
		"\"",           "'",        "`",        "\xE2\x80\x9C", "\xE2\x80\x9D", "\xE2\x80\x98",
		"\xE2\x80\x99", "\xC2\xAB", "\xC2\xBB", "\xE2\x80\x9E"};
	for (size_t i = 0; i < sizeof quotes / sizeof *quotes; i++) {
		struct str q = str_c(quotes[i]);
		if (str_starts(s, q))
			s = str_slice(s, q.n, s.n);
		if (str_ends(s, q))
			s = str_slice(s, 0, s.n - q.n);
	}
	return str_trim(s);
}

static bool take_closing(struct str *s)
{
	for (size_t i = 0; i < title_words.count; i++) {
		struct str word = str_c(title_words.rows[i].phrase);
		bool behind = title_words.rows[i].value == TITLE_CLOSING && s->n > word.n + 1 && s->p[s->n - word.n - 1] == ' ';
		if (!behind || !str_eq_nocase(str_slice(*s, s->n - word.n, s->n), word))
			continue;
		*s = str_trim(str_slice(*s, 0, s->n - word.n));
		return true;
	}
	return false;
}

/* "HighCPU alert is firing" */
static struct str without_closing_words(struct str s)
{
	while (take_closing(&s))
		;
	return s;
}

/* "HighCPU (critical)", "HighCPU: the processor is busy", "HighCPU [Deprecated]": what stands before the rest. */
static struct str first_part(struct str s)
{
	size_t end = 0;
	while (end < s.n && !strchr(" \t", s.p[end]))
		end++;
	struct str word = str_slice(s, 0, end), rest = str_trim(str_slice(s, end, s.n));
	if (word.n && word.p[word.n - 1] == ':')
		return str_slice(word, 0, word.n - 1);
	bool more = rest.n && strchr("([", rest.p[0]) == NULL && !separator_length(rest);
	return more ? s : word;
}

struct opened {
	struct str rest;
	bool alert, separated;
};

static bool take_opening(struct opened *o)
{
	for (size_t i = 0; i < title_words.count; i++) {
		struct str word = str_c(title_words.rows[i].phrase);
		bool alert = title_words.rows[i].value == TITLE_ALERT, opening = title_words.rows[i].value == TITLE_OPENING;
		if ((!alert && !opening) || o->rest.n <= word.n || !str_eq_nocase(str_slice(o->rest, 0, word.n), word))
			continue;
		struct str rest = str_slice(o->rest, word.n, o->rest.n);
		if (rest.p[0] != ' ' && !separator_length(rest))
			continue;
		o->rest = skip_separators(rest, &o->separated);
		o->alert = o->alert || alert;
		return true;
	}
	return false;
}

/* "DiskSlow / DiskVerySlow" */
static bool is_names_alone(struct str s)
{
	bool all = true;
	while (all && s.n)
		all = alert_name_is_camel(without_quotes(runbook_take_item(&s)));
	return all;
}

static struct strs several_names(struct arena *arena, struct str s)
{
	struct strs names = {0};
	while (s.n) {
		struct str name = without_quotes(runbook_take_item(&s));
		strs_add(arena, &names, arena_str(arena, name));
	}
	return names;
}

/* "Certificate expires soon (CertExpiresSoon)": in words, and behind them as it is written. */
static struct str name_behind(struct str s)
{
	ptrdiff_t open = s.n && s.p[s.n - 1] == ')' ? str_index(s, '(') : -1;
	struct str name = without_quotes(str_slice(s, open < 0 ? s.n : (size_t)open + 1, s.n ? s.n - 1 : 0));
	return alert_name_is_camel(name) ? name : (struct str){NULL, 0};
}

/* Where the next of a name's words begins: the D of NodeDown. */
static size_t hump_end(struct str name)
{
	size_t end = 1;
	while (end < name.n && !ascii_is_upper(name.p[end]))
		end++;
	return end;
}

static bool has_word_like(struct str words, struct str hump)
{
	for (size_t i = 0; i + hump.n <= words.n; i++)
		if ((!i || words.p[i - 1] == ' ') && str_eq_nocase(str_slice(words, i, i + hump.n), hump))
			return true;
	return false;
}

/* NodeDown of "Node is down": at least two of its words begin words of the title, which LinkedIn's do nowhere. */
static bool is_made_of(struct str name, struct str words)
{
	size_t met = 0;
	while (name.n) {
		struct str hump = str_slice(name, 0, hump_end(name));
		met += hump.n > 1 && has_word_like(words, hump);
		name = str_slice(name, hump.n, name.n);
	}
	return met > 1;
}

static struct str without_code_marks(struct str s)
{
	bool code = s.n > 2 && s.p[0] == HEADING_CODE_BEGINS && s.p[s.n - 1] == HEADING_CODE_ENDS;
	return code ? str_slice(s, 1, s.n - 1) : s;
}

/* What stands in brackets at the end of a heading, or behind its last dash or colon; `*words`: before it. */
static struct str last_part(struct str marked, struct str *words)
{
	static const char *const marks[] = {" (", " [", " - ", " \xE2\x80\x93 ", " \xE2\x80\x94 ", ": "};
	struct str part = {NULL, 0};
	for (size_t i = 0; marked.n && i < sizeof marks / sizeof *marks; i++) {
		ptrdiff_t at = str_find(marked, str_c(marks[i]));
		size_t end = marked.n - (i < 2);
		bool closed = i > 1 || marked.p[marked.n - 1] == (i ? ']' : ')');
		if (at < 1 || !closed)
			continue;
		*words = str_slice(marked, 0, (size_t)at);
		part = str_trim(str_slice(marked, (size_t)at + strlen(marks[i]), end));
		break;
	}
	return part;
}

/* "Example (`DiskFull`)", "Script (`RestartAll`)": one of these, and nothing more. */
static bool is_aside_or_thing(struct str words)
{
	return words_table_is(&runbook_sections, SECTION_ASIDE, words) ||
	       words_table_is(&runbook_sections, SECTION_THING, words);
}

struct str runbook_alert_behind_words(struct arena *arena, struct str marked, bool code)
{
	struct str words = {NULL, 0}, inside = last_part(str_trim(marked), &words), name = without_code_marks(inside);
	struct str said = runbook_fold(arena, words);
	bool alert = alert_name_is_camel(name) && (name.n < inside.n || (!code && is_made_of(name, said)));
	alert = alert && !is_aside_or_thing(said);
	return alert ? arena_str(arena, name) : (struct str){NULL, 0};
}

struct str runbook_title_core(struct str title)
{
	struct opened o = {.rest = skip_decoration(title)};
	while (take_opening(&o))
		o.rest = skip_decoration(o.rest);
	return without_quotes(without_closing_words(o.rest));
}

struct strs runbook_alerts_in_title(struct arena *arena, struct str title)
{
	struct strs names = {0};
	struct opened o = {.rest = skip_decoration(title)};
	while (take_opening(&o))
		o.rest = skip_decoration(o.rest);
	struct str rest = without_closing_words(o.rest), name = without_quotes(first_part(rest));
	bool stated = o.alert && (o.separated || name.n + 2 <= o.rest.n);
	bool found = stated ? alert_name_is_token(name) && !alert_name_is_thing(name) &&
	                          !words_table_is(&title_words, TITLE_PART, name)
	                    : alert_name_is_camel(name) || (o.alert && alert_name_is_likely(name));
	if (is_names_alone(rest))
		return several_names(arena, rest);
	name = found ? name : o.alert ? name_behind(rest) : (struct str){NULL, 0};
	if (name.n)
		strs_add(arena, &names, arena_str(arena, name));
	return names;
}

/* ---- severities ---- */

/* Severities and nothing else: "P1", "severity: critical", "P1/P2". */
static bool is_severity_title(struct arena *arena, struct str text, struct strs *named)
{
	struct str folded = runbook_fold(arena, text);
	*named = words_severities(arena, text);
	size_t words = 0;
	while (folded.n) {
		ptrdiff_t blank = str_index(folded, ' ');
		struct str word = str_slice(folded, 0, blank < 0 ? folded.n : (size_t)blank);
		words += !words_table_is(&title_words, TITLE_BESIDE_SEVERITY, word);
		folded = blank < 0 ? (struct str){NULL, 0} : str_slice(folded, word.n + 1, folded.n);
	}
	return named->n && words <= named->n;
}

struct strs runbook_severities_in_title(struct arena *arena, struct str title)
{
	static const char opening[] = "[(", closing[] = "])";
	struct strs named = {NULL, 0};
	for (size_t i = 0; i < title.n; i++) {
		const char *bracket = title.p[i] ? strchr(opening, title.p[i]) : NULL;
		struct str rest = str_slice(title, i + 1, title.n);
		ptrdiff_t end = bracket ? str_index(rest, closing[bracket - opening]) : -1;
		if (end > 0 && is_severity_title(arena, str_slice(rest, 0, (size_t)end), &named))
			return named;
	}
	return (struct strs){NULL, 0};
}
