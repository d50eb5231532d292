/*
 * Definition lists ("P1" over ": down for all"), which PHP Markdown Extra, kramdown, Hugo and MkDocs have and cmark has
 * not: as bullets with the term in bold they are read and shown like any other list. Lines stay where they are.
 */
#include "markdown_impl.h"

#define TERM_MAX 120 /* bytes; what is longer is a sentence */

/* The page's lines as they are written anew. */
struct rewritten {
	struct arena *arena;
	struct str *lines;
	size_t count;
	bool any;
};

static struct rewritten split_into_lines(struct arena *arena, struct str text)
{
	size_t count = 1;
	for (size_t i = 0; i < text.n; i++)
		count += text.p[i] == '\n';
	struct rewritten r = {.arena = arena, .lines = arena_alloc(arena, count * sizeof *r.lines)};
	for (struct str rest = text; r.count < count;) {
		ptrdiff_t end = str_index(rest, '\n');
		r.lines[r.count++] = str_slice(rest, 0, end < 0 ? rest.n : (size_t)end);
		rest = str_slice(rest, end < 0 ? rest.n : (size_t)end + 1, rest.n);
	}
	return r;
}

static struct str joined_page(const struct rewritten *r)
{
	AUTOBUF struct buf out;
	buf_init(&out, MARKDOWN_MAX);
	for (size_t i = 0; i < r->count; i++) {
		if (i)
			buf_add_char(&out, '\n');
		buf_add(&out, r->lines[i]);
	}
	return buf_ok(&out) ? arena_str(r->arena, buf_str(&out)) : (struct str){NULL, 0};
}

/* ": what it means", at most three blanks before the colon and one behind it: what stands behind it. */
static bool is_definition_line(struct str line, struct str *meaning)
{
	size_t i = 0;
	while (i < line.n && i < 3 && line.p[i] == ' ')
		i++;
	if (i + 2 >= line.n || line.p[i] != ':' || (line.p[i + 1] != ' ' && line.p[i + 1] != '\t'))
		return false;
	*meaning = str_trim(str_slice(line, i + 1, line.n));
	return meaning->n > 0;
}

static bool has_definition(struct str text)
{
	struct str meaning;
	for (ptrdiff_t end; (end = str_index(text, '\n')) >= 0;) {
		if (is_definition_line(str_slice(text, 0, (size_t)end), &meaning))
			return true;
		text = str_slice(text, (size_t)end + 1, text.n);
	}
	return is_definition_line(text, &meaning);
}

static bool is_term(struct str line)
{
	struct str meaning, term = str_trim(line);
	bool indented = line.n && (line.p[0] == ' ' || line.p[0] == '\t');
	return term.n && term.n <= TERM_MAX && !indented && !is_definition_line(line, &meaning);
}

/* The lines of a paragraph of the page itself, from 0 and to before `*end`; false: it is none, or not where it says. */
static bool paragraph_lines(const struct rewritten *r, cmark_node *node, size_t *from, size_t *end)
{
	if (!node || cmark_node_get_type(node) != CMARK_NODE_PARAGRAPH)
		return false;
	int first = cmark_node_get_start_line(node), last = cmark_node_get_end_line(node);
	*from = (size_t)(first - 1);
	*end = (size_t)last;
	return first > 0 && last >= first && *end <= r->count;
}

/* Where the definitions of the term before `i` end: at the next term, or with the paragraph. */
static size_t definitions_end(const struct rewritten *r, size_t i, size_t end)
{
	struct str meaning;
	for (i++; i < end; i++)
		if (i + 1 < end && is_term(r->lines[i]) && is_definition_line(r->lines[i + 1], &meaning))
			break;
	return i;
}

/* A definition with the lines that go on with it, which are empty then. */
static struct str take_definition(struct rewritten *r, size_t i, size_t end)
{
	AUTOBUF struct buf whole;
	struct str meaning, next;
	buf_init(&whole, MARKDOWN_MAX);
	if (is_definition_line(r->lines[i], &meaning))
		buf_add(&whole, meaning);
	for (size_t k = i + 1; k < end && !is_definition_line(r->lines[k], &next); k++) {
		buf_add_char(&whole, ' ');
		buf_add(&whole, str_trim(r->lines[k]));
		r->lines[k] = (struct str){NULL, 0};
	}
	return arena_str(r->arena, buf_str(&whole));
}

static size_t count_definitions(const struct rewritten *r, size_t from, size_t end)
{
	struct str meaning;
	size_t n = 0;
	for (size_t i = from; i < end; i++)
		n += is_definition_line(r->lines[i], &meaning);
	return n;
}

static struct str bullet_of_term(struct arena *arena, struct str term, struct str meaning)
{
	const char *bold = term.p[0] == '[' || term.p[0] == '*' || term.p[0] == '<' ? "" : "**";
	return str_c(arena_printf(arena, "- %s%.*s%s: %.*s", bold, STR_ARG(term), bold, STR_ARG(meaning)));
}

/* "- **Term**: meaning", or the term over a bullet for each of several. */
static void write_bullet(struct rewritten *r, size_t at, size_t from, size_t end)
{
	struct str meaning, only = {NULL, 0};
	bool several = count_definitions(r, from, end) > 1;
	for (size_t i = from; i < end; i++) {
		if (!is_definition_line(r->lines[i], &meaning))
			continue;
		meaning = take_definition(r, i, end);
		only = several ? only : meaning;
		r->lines[i] = (struct str){NULL, 0};
		if (several)
			r->lines[i] = str_c(arena_printf(r->arena, "  - %.*s", STR_ARG(meaning)));
	}
	r->lines[at] = bullet_of_term(r->arena, str_trim(r->lines[at]), only);
	r->any = true;
}

/* "Term" and ": meaning" on lines of one paragraph, perhaps several such. */
static void rewrite_paragraph(struct rewritten *r, size_t from, size_t end)
{
	struct str meaning;
	for (size_t i = from, next; i + 1 < end; i = next) {
		next = i + 1;
		if (!is_term(r->lines[i]) || !is_definition_line(r->lines[i + 1], &meaning))
			continue;
		next = definitions_end(r, i + 1, end);
		write_bullet(r, i, i + 1, next);
	}
}

/* "Term", an empty line, ": meaning". */
static void rewrite_pair(struct rewritten *r, cmark_node *node)
{
	size_t at, at_end, from, end;
	struct str meaning;
	if (paragraph_lines(r, node, &at, &at_end) && paragraph_lines(r, cmark_node_next(node), &from, &end) &&
	    at_end == at + 1 && is_term(r->lines[at]) && is_definition_line(r->lines[from], &meaning))
		write_bullet(r, at, from, end);
}

struct str markdown_with_bullets(struct arena *arena, cmark_node *root, struct str text)
{
	if (!has_definition(text))
		return text;
	struct rewritten r = split_into_lines(arena, text);
	for (cmark_node *node = cmark_node_first_child(root); node; node = cmark_node_next(node)) {
		size_t from, end;
		if (paragraph_lines(&r, node, &from, &end))
			rewrite_paragraph(&r, from, end);
		rewrite_pair(&r, node);
	}
	struct str joined = r.any ? joined_page(&r) : text;
	return joined.n && !markdown_weigh(joined) ? joined : text;
}
