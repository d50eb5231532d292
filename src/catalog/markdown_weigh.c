/*
 * What a Markdown text would cost the parser, told from its lines before it is parsed. Every figure is measured with
 * cmark-gfm 0.29.0.gfm.6 and errs on the heavy side: it does not know fences, so it may refuse a text that is all code,
 * but only one that no person wrote.
 */
#include <string.h>

#include "catalog/markdown.h"

#define MARKS_MAX 200000                 /* what may become a node of the tree: about 200 bytes each */
#define EXPANSION_MAX (32 * 1024 * 1024) /* bytes that link definitions may become where they are used */
#define WORK_MAX 500000000               /* ns, about */

struct scale {
	uint64_t marks, cells, work;
	uint64_t closers;            /* "]": each may use a definition */
	uint64_t longest_definition; /* bytes of the block that one is in */
	size_t nesting;
	/* Of the block: lines without a blank one between them. Nothing the parser starts again in reaches further. */
	uint64_t bytes, pipes, openings, columns;
	bool definition;
};

/* Ends at LF, CR or CRLF, as the parser has it. */
static struct str take_weighed_line(struct str *rest)
{
	size_t n = 0;
	while (n < rest->n && rest->p[n] != '\n' && rest->p[n] != '\r')
		n++;
	struct str line = str_slice(*rest, 0, n);
	size_t end = n + 2 <= rest->n && rest->p[n] == '\r' && rest->p[n + 1] == '\n' ? 2 : 1;
	*rest = str_slice(*rest, n + end < rest->n ? n + end : rest->n, rest->n);
	return line;
}

static bool is_markdown_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\v' || c == '\f';
}

/* Bytes of the list or quote marker at `i`, 0 where there is none. */
static size_t marker_length(struct str line, size_t i)
{
	size_t n = 0;
	if (line.p[i] == '>')
		return 1;
	while (i + n < line.n && line.p[i + n] >= '0' && line.p[i + n] <= '9')
		n++;
	if (i + n == line.n || !strchr(n ? ".)" : "-+*", line.p[i + n]))
		return 0;
	n++;
	return i + n == line.n || is_markdown_blank(line.p[i + n]) ? n : 0;
}

/* Takes the markers before a line's own text. Each list inside another needs two columns, which blanks fill. */
static struct str take_markers(struct scale *s, struct str line)
{
	size_t i = 0, markers = 0, blanks = 0;
	while (i < line.n) {
		size_t n = marker_length(line, i);
		if (!n && !is_markdown_blank(line.p[i]))
			break;
		markers += n > 0;
		blanks += n ? 0 : line.p[i] == '\t' ? 4 : 1;
		i += n ? n : 1;
	}
	s->marks += markers;
	if (markers && markers + blanks / 2 > s->nesting)
		s->nesting = markers + blanks / 2;
	return str_slice(line, i, line.n);
}

static bool is_inline_mark(char c)
{
	return c && strchr("*_[]!<&`\\~|:", c);
}

static uint64_t count_marks(struct scale *s, struct str text)
{
	uint64_t pipes = 0;
	for (size_t i = 0; i < text.n; i++) {
		char c = text.p[i], next = i + 1 < text.n ? text.p[i + 1] : ' ';
		s->marks += is_inline_mark(c);
		pipes += c == '|';
		s->closers += c == ']';
		s->definition |= c == ']' && next == ':';
		s->openings += c == '<' && (next == '!' || next == '?');
	}
	return pipes;
}

/*
 * The columns of "|---|:-:|", which makes a table of the lines before it; 0 for any other line. Dashes alone do not. It
 * stands on no list item's first line, so a dash is none of its markers.
 */
static uint64_t delimiter_columns(struct str line)
{
	uint64_t columns = 0;
	bool other = false;
	size_t from = 0;
	while (from < line.n && (is_markdown_blank(line.p[from]) || line.p[from] == '>'))
		from++;
	struct str text = str_slice(line, from, line.n);
	for (size_t i = 0; i < text.n; i++) {
		char c = text.p[i];
		if (!is_markdown_blank(c) && c != '-' && c != '|' && c != ':')
			return 0;
		columns += c == '-' && (i == 0 || text.p[i - 1] != '-');
		other |= c == '|' || c == ':';
	}
	return other ? columns : 0;
}

/* A row is filled up to the table's columns, and its own are searched from the start for each. */
static void weigh_row(struct scale *s, struct str line, uint64_t pipes)
{
	uint64_t columns = delimiter_columns(line);
	if (s->columns) {
		s->cells += s->columns;
		s->work += pipes * pipes * 5 / 2;
	}
	if (columns) {
		s->work += s->bytes * s->bytes / 8 + s->pipes * s->pipes * 5 / 2 + s->bytes * 40;
		s->columns = s->columns > columns ? s->columns : columns;
	}
}

static void weigh_block(struct scale *s)
{
	s->work += s->openings * s->bytes / 4;
	if (s->definition && s->bytes > s->longest_definition)
		s->longest_definition = s->bytes;
	s->bytes = s->pipes = s->openings = s->columns = 0;
	s->definition = false;
}

static void weigh_line(struct scale *s, struct str line)
{
	struct str text = take_markers(s, line);
	s->marks++;
	if (!text.n) {
		weigh_block(s);
		return;
	}
	uint64_t pipes = count_marks(s, text);
	s->bytes += line.n + 1;
	s->pipes += pipes;
	weigh_row(s, line, pipes);
}

const char *markdown_weigh(struct str text)
{
	struct scale s = {0};
	if (text.n > MARKDOWN_MAX)
		return "is larger than 1 MiB";
	while (text.n)
		weigh_line(&s, take_weighed_line(&text));
	weigh_block(&s);
	if (s.cells > MARKDOWN_CELLS_MAX)
		return "has more than 50000 table cells";
	if (s.nesting > MARKDOWN_NESTING_MAX)
		return "nests lists or quotes more than 100 deep";
	if (s.longest_definition * s.closers > EXPANSION_MAX)
		return "uses a long link definition too often";
	if (s.marks > MARKS_MAX)
		return "has more than 200000 places of markup";
	return s.work > WORK_MAX ? "would take too long to read" : NULL;
}
