/* What a page's own bytes give away: broken encoding, text that was never filled in, sections with nothing in them. */
#include <string.h>

#include "catalog/headings.h"
#include "runbook_lint_impl.h"

#define LINE_FINDINGS_MAX 100 /* of one kind in one page: more say nothing new */

static const struct pos nowhere = {NULL, 0, 0};

struct line {
	struct str text;
	int number;
	bool code; /* inside a fence, or its border */
};

struct lines {
	struct str rest;
	struct line line;
	size_t fence; /* bytes of the open fence; 0: none */
	char fence_char;
};

static size_t fence_of(struct str s, char *c)
{
	size_t n = 0;
	while (n < s.n && (s.p[0] == '`' || s.p[0] == '~') && s.p[n] == s.p[0])
		n++;
	*c = n ? s.p[0] : 0;
	return n >= 3 ? n : 0;
}

static bool next_text_line(struct lines *l)
{
	char c;
	if (!l->rest.n)
		return false;
	ptrdiff_t end = str_index(l->rest, '\n');
	size_t n = end < 0 ? l->rest.n : (size_t)end;
	l->line = (struct line){str_slice(l->rest, 0, n), l->line.number + 1, l->fence > 0};
	l->rest = str_slice(l->rest, n + (end >= 0), l->rest.n);
	struct str text = str_trim(l->line.text);
	size_t fence = fence_of(text, &c);
	if (fence && !l->fence) {
		l->fence = fence;
		l->fence_char = c;
		l->line.code = true;
	} else if (fence >= l->fence && c == l->fence_char && fence == text.n) {
		l->fence = 0;
	}
	return true;
}

/* ---- encoding ---- */

static bool is_byte_between(struct str s, size_t i, unsigned char low, unsigned char high)
{
	return i < s.n && (unsigned char)s.p[i] >= low && (unsigned char)s.p[i] <= high;
}

/* What the first byte of a UTF-8 sequence becomes when it is read as Latin-1, and what can follow it then. */
static bool is_mojibake(struct str s)
{
	static const char *const pairs[] = {"\xC3\xA2\xE2\x82\xAC", "\xC3\xA2\xC5\x93",        "\xC3\xA2\xC5\xA1",
	                                    "\xC3\xA2\xC2\x9C",     "\xC3\xA2\xC2\x80",        "\xC3\xB0\xC5\xB8",
	                                    "\xC3\xB0\xC2\x9F",     "\xC3\xAF\xC2\xB8\xC2\x8F"};
	for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
		if (str_starts(s, str_c(pairs[i])))
			return true;
	bool first = s.n > 3 && s.p[0] == '\xC3' && (s.p[1] == '\x83' || s.p[1] == '\x82');
	return (first && s.p[2] == '\xC2' && is_byte_between(s, 3, 0x80, 0xBF)) ||
	       (s.n > 3 && s.p[0] == '\xC3' && s.p[1] == '\x82' && s.p[2] == '\xC2');
}

/* NULL, or what is broken at *at. */
static const char *broken_at(struct str s, size_t *at)
{
	for (size_t i = 0; i < s.n;) {
		size_t n = str_utf8_len(str_slice(s, i, s.n));
		*at = i;
		if (!n)
			return "a byte that is no UTF-8: save the page as UTF-8";
		if (n == 3 && memcmp(s.p + i, "\xEF\xBF\xBD", 3) == 0)
			return "a replacement character: what stood here is lost, write it again";
		if (n == 2 && is_mojibake(str_slice(s, i, s.n)))
			return "characters that were UTF-8 and were saved as Latin-1: write them again";
		i += n;
	}
	return NULL;
}

static void check_encoding(const struct folder_lint *l, const struct lint_page *page)
{
	struct lines lines = {.rest = page->text};
	for (size_t found = 0; found < LINE_FINDINGS_MAX && next_text_line(&lines);) {
		size_t at = 0;
		const char *what = broken_at(lines.line.text, &at);
		found += what != NULL;
		if (what)
			page_finding(l, page, LINT_BROKEN_ENCODING, (struct pos){page->path.p, lines.line.number, (int)at + 1},
			             nowhere, "%s", what);
	}
}

/* ---- placeholders ---- */

static bool is_code_word_char(char c)
{
	bool mark = c == '_' || c == '`' || c == '"'; /* "the TODO list" speaks of one */
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || mark;
}

static bool stands_alone(struct str s, size_t at, size_t n)
{
	return (at == 0 || !is_code_word_char(s.p[at - 1])) && (at + n == s.n || !is_code_word_char(s.p[at + n]));
}

static bool is_in_code_span(struct str line, size_t at)
{
	size_t ticks = 0;
	for (size_t i = 0; i < at; i++)
		ticks += line.p[i] == '`';
	return ticks % 2 != 0;
}

/* A marker in an HTML comment is for whoever writes the page: a section with nothing else is empty, which is said of it. */
static bool is_in_comment(struct str line, size_t at)
{
	struct str before = str_slice(line, 0, at);
	for (ptrdiff_t open; (open = str_find(before, STR("<!--"))) >= 0;) {
		before = str_slice(before, (size_t)open, before.n);
		ptrdiff_t close = str_find(before, STR("-->"));
		if (close < 0)
			return true;
		before = str_slice(before, (size_t)close, before.n);
	}
	return false;
}

static ptrdiff_t marker_at(struct str s, struct str *marker)
{
	static const struct str markers[] = {STR_INIT("TODO"),        STR_INIT("TBD"),         STR_INIT("FIXME"),
	                                     STR_INIT("XXX"),         STR_INIT("Lorem ipsum"), STR_INIT("lorem ipsum"),
	                                     STR_INIT("Coming soon"), STR_INIT("XXXX")};
	for (size_t i = 0; i < sizeof markers / sizeof *markers; i++) {
		ptrdiff_t at = str_find(s, markers[i]);
		if (at >= 0 && stands_alone(s, (size_t)at, markers[i].n) && !is_in_code_span(s, (size_t)at) &&
		    !is_in_comment(s, (size_t)at)) {
			*marker = markers[i];
			return at;
		}
	}
	return -1;
}

/* The whole of a number with X in it: 1-800-XXX-XXXX. */
static struct str widen(struct str s, size_t from, size_t n)
{
	size_t to = from + n;
	while (from && s.p[from - 1] && strchr("0123456789-+X", s.p[from - 1]))
		from--;
	while (to < s.n && s.p[to] && strchr("0123456789-X", s.p[to]))
		to++;
	return str_slice(s, from, to);
}

/* "**Date**: YYYY-MM-DD"; within a sentence it tells a form. */
static struct str date_in(struct str line)
{
	const struct str form = STR("YYYY-MM-DD");
	struct str s = str_trim(line);
	struct str before = str_trim(str_slice(s, 0, s.n - (s.n < form.n ? s.n : form.n)));
	bool stated = str_ends(s, form) && before.n && strchr(":*", before.p[before.n - 1]);
	return stated ? str_slice(s, s.n - form.n, s.n) : (struct str){NULL, 0};
}

/*
 * Words in brackets that say something as they stand: what became of the page, what a generator or a censor puts there, how
 * grave something is.
 */
static bool is_said(struct str word)
{
	static const char *const words[] = {
		"deprecated",   "obsolete",  "archived",  "retired",    "removed",  "superseded", "legacy",   "moved",
		"resolved",     "closed",    "done",      "draft",      "wip",      "beta",       "alpha",    "preview",
		"experimental", "internal",  "external",  "public",     "private",  "optional",   "required", "recommended",
		"manual",       "automatic", "automated", "new",        "updated",  "toc",        "redacted", "omitted",
		"snip",         "sic",       "n/a",       "none",       "yes",      "no",         "ok",       "pass",
		"fail",         "warning",   "info",      "note",       "critical", "high",       "medium",   "low",
		"urgent",       "important", "tip",       "unreleased", "tbc"};
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (str_eq_nocase(word, str_c(words[i])))
			return true;
	return false;
}

/* A reference that the page resolves somewhere. */
static bool is_reference_defined(const struct lint_page *page, struct str bracket)
{
	AUTOBUF struct buf definition;
	buf_init(&definition, 64 * 1024);
	buf_add(&definition, bracket);
	buf_add_char(&definition, ':');
	return str_find(page->text, buf_str(&definition)) >= 0;
}

/* Words for what somebody is to write in its place: "call [Team Name]", "[Your Service] is down". */
static bool asks_for_something(struct str words)
{
	static const char *const nouns[] = {"name",    "title",   "date",    "team",        "owner",   "service",
	                                    "email",   "phone",   "number",  "link",        "url",     "time",
	                                    "version", "contact", "channel", "person",      "role",    "company",
	                                    "your",    "insert",  "author",  "description", "address", "system"};
	AUTOARENA struct arena *arena = arena_new();
	struct str folded = lint_words(arena, words);
	for (size_t i = 0; i < sizeof nouns / sizeof *nouns; i++)
		if (lint_words_have(folded, str_c(nouns[i])))
			return true;
	return false;
}

/* OPEN, WIP: a state or an abbreviation. */
static bool is_loud(struct str word)
{
	for (size_t i = 0; i < word.n; i++)
		if (word.p[i] < 'A' || word.p[i] > 'Z')
			return false;
	return word.n > 1 && word.n <= 10 && !asks_for_something(word);
}

/* P1, SEV-2, RB01, v2: letters and a number are a name. */
static bool is_numbered(struct str word)
{
	return word.n > 1 && word.n < 8 && str_index(word, ' ') < 0 && word.p[word.n - 1] >= '0' &&
	       word.p[word.n - 1] <= '9';
}

/* "- **Owner**: [Team]", "[Title]": the whole of what is stated; a link's or a footnote's brackets are none. */
static struct str bracket_at_end(const struct lint_page *page, struct str line)
{
	struct str s = str_trim(line);
	size_t open = s.n;
	if (s.n < 5 || s.p[s.n - 1] != ']')
		return (struct str){NULL, 0};
	while (open && s.p[open - 1] != '[')
		open--;
	if (!open || open + 2 >= s.n || s.p[open] == '^' || s.p[open] == '!' || !is_code_word_char(s.p[open]))
		return (struct str){NULL, 0};
	struct str word = str_trim(str_slice(s, open, s.n - 1));
	bool choice = str_index(word, '|') >= 0; /* "[rw|ro]" */
	if (choice || is_said(word) || is_numbered(word) || is_loud(word))
		return (struct str){NULL, 0};
	struct str bracket = str_slice(s, open - 1, s.n), before = str_trim(str_slice(s, 0, open - 1));
	bool whole = !before.n || strchr(":*#-", before.p[before.n - 1]) || str_starts(before, STR("# "));
	return whole && !is_reference_defined(page, bracket) ? bracket : (struct str){NULL, 0};
}

/* Two words or more, each with a capital and of letters only. */
static bool is_capitalised(struct str words)
{
	size_t capitals = 0;
	for (size_t i = 0; i < words.n; i++) {
		bool first = i == 0 || words.p[i - 1] == ' ', letter = (words.p[i] | 0x20) >= 'a' && (words.p[i] | 0x20) <= 'z';
		if ((!letter && words.p[i] != ' ') || (first && !(words.p[i] >= 'A' && words.p[i] <= 'Z')))
			return false;
		capitals += first;
	}
	return capitals > 1;
}

/* Not a link, nor a link's second half, nor within a code span. */
static bool stands_as_text(const struct lint_page *page, struct str line, size_t open, size_t behind)
{
	bool link = (behind < line.n && line.p[behind] && strchr("([:", line.p[behind])) ||
	            (open > 0 && line.p[open - 1] && strchr("]!", line.p[open - 1]));
	return !is_in_code_span(line, open) && !link && !is_reference_defined(page, str_slice(line, open, behind));
}

/* Within a sentence brackets mean many things: only what plainly asks to be filled in. */
static struct str prose_bracket_in(const struct lint_page *page, struct str line)
{
	for (size_t open = 0; open < line.n; open++) {
		struct str rest = str_slice(line, open, line.n);
		ptrdiff_t close = rest.p[0] == '[' ? str_index(rest, ']') : -1;
		if (close < 2)
			continue;
		struct str words = str_slice(rest, 1, (size_t)close), bracket = str_slice(rest, 0, (size_t)close + 1);
		if (is_capitalised(words) && asks_for_something(words) && stands_as_text(page, line, open, open + bracket.n))
			return bracket;
	}
	return (struct str){NULL, 0};
}

/* Where a row of a table is, the first of its cells that is one. */
static struct str placeholder_in(const struct lint_page *page, struct str line)
{
	struct str rest = str_trim(line), found = {NULL, 0};
	if (!str_starts(rest, STR("|"))) {
		found = date_in(line).n ? date_in(line) : bracket_at_end(page, line);
		return found.n ? found : prose_bracket_in(page, line);
	}
	while (!found.n && rest.n) {
		ptrdiff_t bar = str_index(rest, '|');
		size_t end = bar < 0 ? rest.n : (size_t)bar;
		found = bracket_at_end(page, str_slice(rest, 0, end));
		rest = str_slice(rest, end + (bar >= 0), rest.n);
	}
	return found;
}

static void check_placeholders(const struct folder_lint *l, const struct lint_page *page)
{
	struct lines lines = {.rest = page->text};
	struct str rest = page->text;
	int front = 0; /* lines of YAML, where brackets are a list */
	front_matter_take(&rest, &front);
	for (size_t found = 0; found < LINE_FINDINGS_MAX && next_text_line(&lines);) {
		struct str text = lines.line.text, what = {NULL, 0};
		ptrdiff_t at = lines.line.code ? -1 : marker_at(text, &what);
		if (at >= 0)
			what = widen(text, (size_t)at, what.n);
		else if (!lines.line.code && lines.line.number > front)
			what = placeholder_in(page, text);
		found += what.n > 0;
		if (what.n)
			page_finding(l, page, LINT_PLACEHOLDER,
			             (struct pos){page->path.p, lines.line.number, (int)(what.p - text.p) + 1}, nowhere,
			             "the placeholder \"%.*s\" was never filled in: write what belongs here", STR_ARG(what));
	}
}

/* ---- empty sections ---- */

/* Rulers, the line below a heading and comments are nothing; markup that the reader of facts passes over is something. */
static bool says_something(struct str line)
{
	struct str s = str_trim(line);
	bool ruler = s.n > 0;
	for (size_t i = 0; i < s.n; i++)
		ruler = ruler && strchr("-=*_ ", s.p[i]) && s.p[i];
	return s.n && !ruler && !str_starts(s, STR("<!--"));
}

static bool is_empty_section(const struct lint_page *page, size_t heading)
{
	const struct runbook_facts *f = page->facts;
	int from = f->headings[heading].at.line, to = INT32_MAX;
	if (heading + 1 < f->heading_count)
		to = f->headings[heading + 1].at.line;
	struct lines lines = {.rest = page->text};
	while (next_text_line(&lines) && lines.line.number < to)
		if (lines.line.number > from && says_something(lines.line.text))
			return false;
	return true;
}

static void check_sections(const struct folder_lint *l, const struct lint_page *page)
{
	size_t found = 0;
	for (size_t i = 0; i < page->facts->heading_count && found < LINE_FINDINGS_MAX; i++) {
		const struct fact_heading *h = &page->facts->headings[i];
		if (!h->empty || !is_empty_section(page, i))
			continue;
		page_finding(l, page, LINT_EMPTY_SECTION, h->at, nowhere,
		             "nothing stands below \"%.*s\": fill the section or take it out", STR_ARG(h->text));
		found++;
	}
}

void lint_page_text(const struct folder_lint *l, const struct lint_page *page)
{
	check_encoding(l, page);
	if (page->to_be_copied)
		return;
	check_placeholders(l, page);
	check_sections(l, page);
}
