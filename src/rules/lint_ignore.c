/*
 * Ignoring in place. The YAML parser drops comments, so the lines of the file are looked at.
 */
#include <stdlib.h>
#include <string.h>

#include "rules/lint.h"

#define WORD "lint:ignore"

struct ignore {
	struct str codes, reason;
	int column;
	bool alone; /* nothing but the comment on its line */
};

struct lines {
	struct str *v;
	size_t n, capacity;
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

static struct str take_word(struct str *rest)
{
	size_t n = 0;
	*rest = str_trim(*rest);
	while (n < rest->n && rest->p[n] != ' ' && rest->p[n] != '\t')
		n++;
	struct str word = str_slice(*rest, 0, n);
	*rest = str_trim(str_slice(*rest, n, rest->n));
	return word;
}

/* '#' begins a comment at the beginning of a line or behind a blank. */
static bool read_ignore(struct str line, struct ignore *out)
{
	for (size_t i = 0; i < line.n; i++) {
		if (line.p[i] != '#' || (i > 0 && line.p[i - 1] != ' ' && line.p[i - 1] != '\t'))
			continue;
		struct str comment = str_slice(line, i + 1, line.n);
		if (!str_eq_c(take_word(&comment), WORD))
			continue;
		*out = (struct ignore){.column = (int)i + 1, .alone = str_trim(str_slice(line, 0, i)).n == 0};
		out->codes = take_word(&comment);
		out->reason = comment;
		return true;
	}
	return false;
}

static bool is_comment(struct str line)
{
	return str_starts(str_trim(line), STR("#"));
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

static bool covers(struct str line, enum lint_code code, bool must_be_alone)
{
	struct ignore i;
	struct str name;
	if (!read_ignore(line, &i) || i.reason.n == 0 || (must_be_alone && !i.alone))
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
	if (covers(lines->v[at - 1], code, false))
		return true;
	while (--at > 0 && is_comment(lines->v[at - 1]))
		if (covers(lines->v[at - 1], code, true))
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
	struct lines lines = {0};
	size_t kept = 0;
	split_lines(text, &lines);
	for (size_t i = 0; i < l->n; i++) {
		const struct lint_finding *f = &l->v[i];
		bool here = f->at.file && strcmp(f->at.file, file) == 0;
		if (!here || !(ignored_at(&lines, f->at.line, f->code) || ignored_at(&lines, f->rule_line, f->code)))
			l->v[kept++] = *f;
	}
	l->n = kept;
	for (size_t i = 0; i < lines.n; i++) {
		struct ignore ignore;
		if (read_ignore(lines.v[i], &ignore))
			check_ignore(l, (struct pos){file, (int)i + 1, ignore.column}, &ignore);
	}
	free(lines.v);
}
