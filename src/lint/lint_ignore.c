/*
 * Ignoring in place. The YAML parser drops comments, so the lines of the file are looked at.
 */
#include <stdlib.h>
#include <string.h>

#include "lint/lint.h"

#define WORD "lint:ignore"

struct ignore {
	struct str codes, reason;
	int column;
	bool alone; /* nothing but the comment on its line */
};

/* What opens a comment, and closes it: in Markdown a '#' is a heading. */
struct comment {
	struct str open, close;
};

struct lines {
	struct str *v;
	struct ignore *ignores; /* of each line; without a column: it has none */
	size_t n, capacity;
	struct comment form;
};

static void split_lines(struct str text, struct lines *out)
{
	while (text.n > 0) {
		ptrdiff_t end = str_index(text, '\n');
		size_t n = end < 0 ? text.n : (size_t)end;
		MEM_ROOM(out->v, out->n, out->capacity);
		out->v[out->n++] = str_slice(text, 0, n);
		text = str_slice(text, n + (end >= 0), text.n);
	}
}

static struct str take_ignore_word(struct str *rest)
{
	size_t n = 0;
	*rest = str_trim(*rest);
	while (n < rest->n && rest->p[n] != ' ' && rest->p[n] != '\t')
		n++;
	struct str word = str_slice(*rest, 0, n);
	*rest = str_trim(str_slice(*rest, n, rest->n));
	return word;
}

static struct comment comment_of(const char *file)
{
	if (str_ends(str_c(file), STR(".md")))
		return (struct comment){STR("<!--"), STR("-->")};
	return (struct comment){STR("#"), {NULL, 0}};
}

static struct str close_comment(struct str text, struct str close)
{
	ptrdiff_t end = close.n ? str_find(text, close) : -1;
	return end < 0 ? text : str_slice(text, 0, (size_t)end);
}

/* A comment begins at the beginning of a line or behind a blank. */
static bool read_ignore(struct str line, struct comment form, struct ignore *out)
{
	for (size_t i = 0; i < line.n; i++) {
		if (!str_starts(str_slice(line, i, line.n), form.open) ||
		    (i > 0 && line.p[i - 1] != ' ' && line.p[i - 1] != '\t'))
			continue;
		struct str comment = close_comment(str_slice(line, i + form.open.n, line.n), form.close);
		if (!str_eq_c(take_ignore_word(&comment), WORD))
			continue;
		*out = (struct ignore){.column = (int)i + 1, .alone = str_trim(str_slice(line, 0, i)).n == 0};
		out->codes = take_ignore_word(&comment);
		out->reason = str_trim(comment);
		return true;
	}
	return false;
}

/* Once: thousands of findings may stand on one line. */
static void read_ignores(struct lines *lines)
{
	lines->ignores = mem_zero((lines->n + 1) * sizeof *lines->ignores);
	for (size_t i = 0; i < lines->n; i++)
		(void)read_ignore(lines->v[i], lines->form, &lines->ignores[i]);
}

static bool is_comment(struct str line, struct comment form)
{
	return str_starts(str_trim(line), form.open);
}

/* The next of the codes between commas; false at the end. */
static bool next_code(struct str *codes, struct str *out)
{
	if (codes->n == 0)
		return false;
	ptrdiff_t comma = str_index(*codes, ',');
	*out = str_slice(*codes, 0, comma < 0 ? codes->n : (size_t)comma);
	*codes = str_slice(*codes, comma < 0 ? codes->n : (size_t)comma + 1, codes->n);
	return true;
}

static bool covers(struct ignore i, enum lint_code code, bool must_be_alone)
{
	struct str name;
	if (i.reason.n == 0 || (must_be_alone && !i.alone))
		return false;
	while (next_code(&i.codes, &name))
		if (str_eq_c(name, lint_codes[code].name))
			return true;
	return false;
}

/* On the line itself, or in the comment lines directly above it. */
static bool ignored_at(const struct lines *lines, int line, enum lint_code code)
{
	size_t at = (size_t)line;
	if (line < 1 || at > lines->n)
		return false;
	if (covers(lines->ignores[at - 1], code, false))
		return true;
	while (--at > 0 && is_comment(lines->v[at - 1], lines->form))
		if (covers(lines->ignores[at - 1], code, true))
			return true;
	return false;
}

static bool known_code(struct str name)
{
	for (int i = 0; i < LINT_CODES; i++)
		if (str_eq_c(name, lint_codes[i].name))
			return true;
	return false;
}

static void check_ignore(struct lint *l, struct pos at, struct ignore *i)
{
	const struct pos none = {NULL, 0, 0};
	struct str codes = i->codes, name;
	while (next_code(&codes, &name))
		if (!known_code(name))
			lint_add(l, LINT_IGNORE_UNKNOWN_CODE, NULL, at, none, "there is no code \"%.*s\" to ignore", STR_ARG(name));
	if (i->codes.n == 0)
		lint_add(l, LINT_IGNORE_UNKNOWN_CODE, NULL, at, none, "lint:ignore names no code");
	else if (i->reason.n == 0)
		lint_add(l, LINT_IGNORE_WITHOUT_REASON, NULL, at, none, "lint:ignore %.*s does not say why and has no effect",
		         STR_ARG(i->codes));
}

void lint_ignore(struct lint *l, const char *file, struct str text)
{
	struct lines lines = {.form = comment_of(file)};
	size_t kept = 0;
	split_lines(text, &lines);
	read_ignores(&lines);
	for (size_t i = 0; i < l->n; i++) {
		const struct lint_finding *f = &l->v[i];
		bool here = f->at.file && strcmp(f->at.file, file) == 0;
		if (!here || !(ignored_at(&lines, f->at.line, f->code) || ignored_at(&lines, f->rule_line, f->code)))
			l->v[kept++] = *f;
	}
	l->n = kept;
	for (size_t i = 0; i < lines.n; i++)
		if (lines.ignores[i].column)
			check_ignore(l, (struct pos){file, (int)i + 1, lines.ignores[i].column}, &lines.ignores[i]);
	free(lines.ignores);
	free(lines.v);
}
