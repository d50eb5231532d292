/*
 * A page of help in its two formats, see help/manual.h. Markdown is read in manual_markdown.c.
 */
#include "help/manual.h"

#include <string.h>

#include "base/mem.h"

#define COLUMNS 78
/* mandoc's lint takes 80 bytes to a line. */
#define MAN_BYTES 76
#define INDENT 2
#define ENTRY_INDENT 6

/* ---- words ---- */

/* Characters, not bytes; in man(7) one beyond ASCII counts as it is passed on to the formatter: \[u00B7]. */
static size_t columns_of(const struct manual *p, struct str s)
{
	size_t n = 0;

	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];
		if ((c & 0xc0) != 0x80)
			n += p->format == MANUAL_MAN && c >= 0x80 ? sizeof "\\[u00B7]" - 1 : 1;
	}
	return n;
}

/* A line of man(7) that begins with '.' or a quote would be a request. */
static void begin_manual_line(const struct manual *p, struct str word, size_t indent)
{
	if (p->format == MANUAL_TEXT)
		buf_printf(p->out, "%*s", (int)indent, "");
	else if (word.n && (*word.p == '.' || *word.p == '\''))
		buf_add_c(p->out, "\\&");
}

static struct str take_manual_word(struct str *rest)
{
	*rest = str_trim(*rest);
	size_t n = 0;
	while (n < rest->n && !strchr(" \t\r\n", rest->p[n]))
		n++;
	struct str word = str_slice(*rest, 0, n);
	*rest = str_slice(*rest, n, rest->n);
	return word;
}

static void add_wrapped(const struct manual *p, struct str text, size_t indent)
{
	size_t most = p->format == MANUAL_MAN ? MAN_BYTES : COLUMNS - indent, used = 0;

	for (struct str word = take_manual_word(&text); word.n; word = take_manual_word(&text)) {
		size_t n = columns_of(p, word);
		if (used && used + 1 + n > most) {
			buf_add_char(p->out, '\n');
			used = 0;
		}
		if (used)
			buf_add_char(p->out, ' ');
		else
			begin_manual_line(p, word, indent);
		buf_add(p->out, word);
		used += n + (used > 0);
	}
	buf_add_char(p->out, '\n');
}

/* ---- what Markdown marks within a line ---- */

static void add_unmarked(const struct manual *p, struct str s, bool code, struct buf *out)
{
	for (size_t i = 0; i < s.n; i++)
		if (p->format == MANUAL_MAN && s.p[i] == '\\')
			buf_add_c(out, "\\e");
		else if (p->format == MANUAL_MAN && code && s.p[i] == '-')
			buf_add_c(out, "\\-");
		else
			buf_add_char(out, s.p[i]);
}

static void add_bold(const struct manual *p, struct str s, bool code, struct buf *out)
{
	bool man = p->format == MANUAL_MAN;

	buf_add_c(out, man ? "\\fB" : code ? "`" : "");
	add_unmarked(p, s, code, out);
	buf_add_c(out, man ? "\\fP" : code ? "`" : "");
}

/* The text between `mark` at the beginning of `s` and the next one; empty where there is none. */
static struct str text_between_marks(struct str s, struct str mark)
{
	if (!str_starts(s, mark))
		return (struct str){0};
	ptrdiff_t end = str_find(str_slice(s, mark.n, s.n), mark);
	return end <= 0 || s.p[mark.n] == ' ' ? (struct str){0} : str_slice(s, mark.n, mark.n + (size_t)end);
}

/* "[words](URL)" at the beginning of `s`: how many bytes it takes, 0 where it is none. */
static size_t add_manual_link(const struct manual *p, struct str s, struct buf *out)
{
	ptrdiff_t middle = s.n && *s.p == '[' ? str_find(s, STR("](")) : -1;
	ptrdiff_t end = middle > 0 ? str_index(str_slice(s, (size_t)middle, s.n), ')') : -1;

	if (end < 0)
		return 0;
	struct str words = str_slice(s, 1, (size_t)middle), url = str_slice(s, (size_t)middle + 2, (size_t)(middle + end));
	add_unmarked(p, words, false, out);
	buf_add_c(out, " (");
	add_unmarked(p, url, false, out);
	buf_add_c(out, ")");
	return (size_t)(middle + end) + 1;
}

static size_t add_marked(const struct manual *p, struct str s, struct buf *out)
{
	struct str code = text_between_marks(s, STR("`")), bold = text_between_marks(s, STR("**"));

	if (code.n) {
		add_bold(p, code, true, out);
		return code.n + 2;
	}
	if (bold.n) {
		add_bold(p, bold, false, out);
		return bold.n + 4;
	}
	return add_manual_link(p, s, out);
}

static void add_manual_text(const struct manual *p, struct str text, size_t indent)
{
	AUTOBUF struct buf out;

	buf_init(&out, SIZE_MAX);
	while (text.n) {
		size_t taken = add_marked(p, text, &out);
		if (!taken) {
			add_unmarked(p, str_slice(text, 0, 1), false, &out);
			taken = 1;
		}
		text = str_slice(text, taken, text.n);
	}
	add_wrapped(p, buf_str(&out), indent);
}

/* ---- the parts of a page ---- */

void manual_title(const struct manual *p, const char *name, const char *section, const char *date, const char *version)
{
	AUTOFREE char *upper = mem_strdup(name);

	for (char *c = upper; *c; c++)
		*c = (char)(*c >= 'a' && *c <= 'z' ? *c - 'a' + 'A' : *c);
	if (p->format == MANUAL_MAN)
		buf_printf(p->out, ".TH %s %s %s \"runbookd %s\"\n", upper, section, date, version);
}

void manual_heading(const struct manual *p, int level, struct str text)
{
	bool man = p->format == MANUAL_MAN;

	buf_printf(p->out, "%s", man ? level == 1 ? ".SH " : ".SS " : p->out->n ? "\n" : "");
	for (size_t i = 0; i < text.n; i++) {
		bool raised = level == 1 && text.p[i] >= 'a' && text.p[i] <= 'z';
		buf_add_char(p->out, (char)(raised ? text.p[i] - 'a' + 'A' : text.p[i]));
	}
	buf_add_c(p->out, man ? "\n" : "\n\n");
}

/* A heading begins a paragraph by itself. */
static bool is_below_heading(const struct manual *p)
{
	struct str out = buf_str(p->out);
	size_t at = out.n ? out.n - 1 : 0;

	while (at && out.p[at - 1] != '\n')
		at--;
	return str_starts(str_slice(out, at, out.n), STR(".SH ")) || str_starts(str_slice(out, at, out.n), STR(".SS "));
}

static void begin_paragraph(const struct manual *p)
{
	if (p->format == MANUAL_MAN && !is_below_heading(p))
		buf_add_c(p->out, ".PP\n");
}

void manual_paragraph(const struct manual *p, struct str text)
{
	begin_paragraph(p);
	add_manual_text(p, text, 0);
	if (p->format == MANUAL_TEXT)
		buf_add_char(p->out, '\n');
}

static void add_term(const struct manual *p, struct str term, struct str note)
{
	bool man = p->format == MANUAL_MAN;

	bool fits = columns_of(p, term) + columns_of(p, note) + 8 <= MAN_BYTES;

	buf_add_c(p->out, man ? ".TP\n" : "  ");
	if (man)
		add_bold(p, term, true, p->out);
	else
		buf_add(p->out, term);
	if (note.n && fits) {
		buf_add_c(p->out, "  ");
		add_unmarked(p, note, false, p->out);
	}
	buf_add_char(p->out, '\n');
	if (note.n && !fits) {
		add_wrapped(p, note, ENTRY_INDENT - 2);
		buf_add_c(p->out, man ? ".br\n" : "");
	}
}

void manual_entry(const struct manual *p, struct str term, struct str note, struct str text)
{
	add_term(p, term, note);
	add_manual_text(p, text, ENTRY_INDENT);
}

void manual_bullet(const struct manual *p, struct str text)
{
	if (p->format == MANUAL_MAN) {
		buf_add_c(p->out, ".IP \\(bu 2\n");
		add_manual_text(p, text, 0);
		return;
	}
	size_t at = p->out->n;
	add_manual_text(p, text, INDENT + 2);
	p->out->p[at + INDENT] = '-';
}

void manual_example(const struct manual *p, struct str lines)
{
	bool man = p->format == MANUAL_MAN;

	begin_paragraph(p);
	buf_add_c(p->out, man ? ".RS 4\n.nf\n" : "");
	while (lines.n) {
		ptrdiff_t end = str_index(lines, '\n');
		struct str line = str_slice(lines, 0, end < 0 ? lines.n : (size_t)end);
		lines = str_slice(lines, line.n + (end >= 0), lines.n);
		if (line.n)
			begin_manual_line(p, line, 4);
		add_unmarked(p, line, true, p->out);
		buf_add_char(p->out, '\n');
	}
	buf_add_c(p->out, man ? ".fi\n.RE\n" : "\n");
}
