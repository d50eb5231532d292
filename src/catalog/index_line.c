/* Inline content as lines of text: what they open with, what follows, where they link to. */
#include <string.h>

#include "catalog/html_tags.h"
#include "catalog/pages.h"
#include "index_impl.h"

#define KEY_MAX 60 /* bytes before a colon that may be a key */
#define TASKS_MAX 200

struct gather {
	struct index *ix;
	struct buf text;
	const void *lead;    /* the strong text or link that the line opens with */
	struct str html_url; /* of an <a> that is open */
	size_t lead_end, label_start, label_end;
	struct str url, wiki, page, code;
	struct more more[MORE_MAX];
	size_t more_count, more_start;
	int images, at;
	struct line *lines;
	size_t count;
	bool split;
};

bool block_is(cmark_node *node, const char *type)
{
	return node && !strcmp(cmark_node_get_type_string(node), type);
}

/* ---- a line's parts ---- */

static size_t separator_at(struct str s)
{
	static const char *const marks[] = {":",      "-", "–", "—", "→", "->",     "=>", "|",
	                                    "➡️", "➡", "⇒", "⟶", "←", "⬅️", "⬅",  "<-"};
	size_t best = 0;
	for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
		struct str mark = str_c(marks[i]);
		best = str_starts(s, mark) && mark.n > best ? mark.n : best;
	}
	return best;
}

static struct str after_separator(struct str s, bool *found)
{
	s = str_trim(s);
	size_t n = separator_at(s);
	*found = n > 0;
	return str_trim(str_slice(s, n, s.n));
}

/* "Key: value", "Key - value", "Key → value"; a colon that is no part of a URL or a time goes first. */
static bool split_at(struct line *line)
{
	static const char *const marks[] = {": ",   " – ",      " — ", " - ", " → ", " -> ",
	                                    " => ", " ➡️ ", " ➡ ", " ⇒ ", " ⟶ "};
	struct str s = line->text;
	if (s.n > 1 && s.n <= KEY_MAX && s.p[s.n - 1] == ':') {
		line->lead = words_trim(s);
		line->rest = str_slice(s, s.n, s.n);
		return true;
	}
	for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
		ptrdiff_t at = str_find(s, str_c(marks[i]));
		if (at <= 0 || at > KEY_MAX)
			continue;
		line->lead = words_trim(str_slice(s, 0, (size_t)at));
		line->rest = str_trim(str_slice(s, (size_t)at + strlen(marks[i]), s.n));
		return true;
	}
	return false;
}

static void split_line(struct line *line, size_t lead_end)
{
	bool separated;
	line->rest = line->text;
	if (!lead_end) {
		line->keyed = split_at(line);
		return;
	}
	struct str lead = str_trim(str_slice(line->text, 0, lead_end));
	line->rest = after_separator(str_slice(line->text, lead_end, line->text.n), &separated);
	line->lead = words_trim(lead);
	line->strong = true;
	line->keyed = separated || str_ends(lead, STR(":"));
}

struct line line_of_text(struct str text, int at)
{
	struct line line = {.text = str_trim(text), .at = at};
	split_line(&line, 0);
	return line;
}

/* ---- gathering ---- */

/* "[[page|Title]]" in a line without another link: its title stays, the rest is the link. */
static void take_wiki_link(struct gather *g)
{
	struct str all = arena_str(g->ix->arena, buf_str(&g->text));
	ptrdiff_t open = str_find(all, STR("[[")), close = str_find(all, STR("]]"));
	if (close < 0 && open >= 0 && str_index(str_trim(all), ' ') < 0)
		close = (ptrdiff_t)all.n; /* the bar before the title has ended the cell of a table */
	if (g->url.n || open < 0 || close <= open + 2)
		return;
	struct str inner = str_slice(all, (size_t)open + 2, (size_t)close);
	ptrdiff_t bar = str_index(inner, '|');
	g->url = str_trim(str_slice(inner, 0, bar < 0 ? inner.n : (size_t)bar));
	g->wiki = str_trim(str_slice(inner, bar < 0 ? 0 : (size_t)bar + 1, inner.n));
	buf_reset(&g->text);
	buf_add(&g->text, str_slice(all, 0, (size_t)open));
	g->label_start = g->text.n;
	buf_add(&g->text, g->wiki);
	g->label_end = g->text.n;
	if (!str_trim(str_slice(all, 0, (size_t)open)).n)
		g->lead_end = g->text.n;
	buf_add(&g->text, str_slice(all, (size_t)close + 2, all.n));
}

static void finish_line(struct gather *g)
{
	take_wiki_link(g);
	struct str all = arena_str(g->ix->arena, buf_str(&g->text));
	size_t blanks = 0;
	while (blanks < all.n && all.p[blanks] == ' ')
		blanks++;
	struct line line = {
		.text = str_trim(all), .url = g->url, .wiki = g->wiki, .code = g->code, .page = g->page, .at = g->at};
	line.label = str_trim(str_slice(all, g->label_start, g->label_end));
	memcpy(line.more, g->more, sizeof line.more);
	line.more_count = g->more_count;
	g->more_count = 0;
	split_line(&line, g->lead_end > blanks ? g->lead_end - blanks : 0);
	if (line.text.n)
		g->lines[g->count++] = line;
	buf_reset(&g->text);
	g->lead = NULL;
	g->lead_end = g->label_start = g->label_end = 0;
	g->url = g->wiki = g->page = g->code = (struct str){NULL, 0};
	g->at++;
}

static void enter_span(struct gather *g, const void *span, struct str url)
{
	if (!g->lead && !g->lead_end && !str_trim(buf_str(&g->text)).n)
		g->lead = span;
	g->more_start = g->text.n;
	if (url.n && !g->url.n) {
		g->url = arena_str(g->ix->arena, url);
		g->label_start = g->text.n;
	}
}

static void leave_span(struct gather *g, const void *span, struct str url)
{
	if (g->lead == span) {
		g->lead_end = g->text.n;
		g->lead = NULL;
	}
	if (!url.n || !g->url.n)
		return;
	if (!g->label_end)
		g->label_end = g->text.n;
	else if (g->more_count < MORE_MAX)
		g->more[g->more_count++] =
			(struct more){arena_str(g->ix->arena, url),
		                  arena_str(g->ix->arena, str_trim(str_slice(buf_str(&g->text), g->more_start, g->text.n)))};
}

/* ---- HTML in a cell ---- */

/* Where a line ends within a cell something else begins. */
static void add_line_end(struct gather *g)
{
	struct str before = str_trim(buf_str(&g->text));
	buf_add_c(&g->text, !before.n || strchr(".,;:!?", before.p[before.n - 1]) ? " " : "; ");
}

static void gather_tag(struct gather *g, struct str tag)
{
	struct str href = {NULL, 0};
	bool image = false;
	size_t at = 0;
	if (html_next_link(tag, &at, &href, &image) && !image) {
		g->html_url = arena_str(g->ix->arena, href);
		enter_span(g, &g->html_url, g->html_url);
	} else if (str_eq_c(tag, "</a>") && g->html_url.n) {
		leave_span(g, &g->html_url, g->html_url);
		g->html_url = (struct str){NULL, 0};
	} else if (!str_starts(tag, STR("<br"))) {
		buf_add_char(&g->text, ' ');
	} else if (g->split) {
		finish_line(g);
	} else {
		add_line_end(g);
	}
}

/* ---- nodes ---- */

static void take_page(struct gather *g, struct str code)
{
	bool page = page_kind_of(code) == PAGE_MARKDOWN && str_index(code, ' ') < 0;
	if (page && !g->page.n)
		g->page = arena_str(g->ix->arena, code);
	else if (!page && !g->code.n)
		g->code = arena_str(g->ix->arena, code);
}

static void gather_text(struct gather *g, cmark_node *node)
{
	cmark_node_type type = cmark_node_get_type(node);
	if (type == CMARK_NODE_CODE)
		take_page(g, str_trim(str_c(cmark_node_get_literal(node))));
	if (type == CMARK_NODE_HTML_INLINE)
		gather_tag(g, str_trim(str_c(cmark_node_get_literal(node))));
	else if (type == CMARK_NODE_TEXT || type == CMARK_NODE_CODE)
		buf_add_c(&g->text, cmark_node_get_literal(node));
	else if ((type == CMARK_NODE_SOFTBREAK || type == CMARK_NODE_LINEBREAK) && g->split)
		finish_line(g);
	else if (type == CMARK_NODE_SOFTBREAK || type == CMARK_NODE_LINEBREAK)
		buf_add_char(&g->text, ' ');
}

static struct str link_url(cmark_node *node)
{
	return cmark_node_get_type(node) == CMARK_NODE_LINK ? str_c(cmark_node_get_url(node)) : (struct str){NULL, 0};
}

static void gather_event(struct gather *g, cmark_event_type event, cmark_node *node)
{
	cmark_node_type type = cmark_node_get_type(node);
	bool enter = event == CMARK_EVENT_ENTER;
	if (type == CMARK_NODE_IMAGE)
		g->images += enter ? 1 : -1;
	else if ((type == CMARK_NODE_STRONG || type == CMARK_NODE_LINK) && !g->images)
		(enter ? enter_span : leave_span)(g, node, link_url(node));
	else if (enter && !g->images)
		gather_text(g, node);
}

static size_t count_breaks(cmark_node *node)
{
	size_t n = 0;
	for (cmark_node *child = cmark_node_first_child(node); child; child = cmark_node_next(child)) {
		cmark_node_type type = cmark_node_get_type(child);
		n += type == CMARK_NODE_SOFTBREAK || type == CMARK_NODE_LINEBREAK || type == CMARK_NODE_HTML_INLINE;
		n += cmark_node_first_child(child) ? count_breaks(child) : 0;
	}
	return n;
}

static size_t gather(struct index *ix, cmark_node *node, bool split, struct line **out)
{
	struct gather g = {.ix = ix, .split = split, .at = cmark_node_get_start_line(node) + ix->line};
	g.lines = arena_alloc(ix->arena, ((split ? count_breaks(node) : 0) + 1) * sizeof *g.lines);
	buf_init(&g.text, MARKDOWN_MAX);
	cmark_iter *it = cmark_iter_new(node);
	for (cmark_event_type event; (event = cmark_iter_next(it)) != CMARK_EVENT_DONE;)
		gather_event(&g, event, cmark_iter_get_node(it));
	cmark_iter_free(it);
	finish_line(&g);
	buf_release(&g.text);
	*out = g.lines;
	return g.count;
}

size_t lines_of(struct index *ix, cmark_node *paragraph, struct line **out)
{
	return gather(ix, paragraph, true, out);
}

struct line line_of(struct index *ix, cmark_node *node)
{
	struct line *lines;
	if (gather(ix, node, false, &lines))
		return lines[0];
	return (struct line){.at = cmark_node_get_start_line(node) + ix->line};
}

/* ---- bullets ---- */

static void add_tasks(struct index *ix, cmark_node *list, struct strs *tasks, int depth)
{
	for (cmark_node *item = cmark_node_first_child(list); item && tasks->n < TASKS_MAX; item = cmark_node_next(item)) {
		for (cmark_node *child = cmark_node_first_child(item); child; child = cmark_node_next(child)) {
			if (cmark_node_get_type(child) == CMARK_NODE_PARAGRAPH)
				strs_add(ix->arena, tasks, line_of(ix, child).text);
			else if (cmark_node_get_type(child) == CMARK_NODE_LIST && depth < NESTING_MAX)
				add_tasks(ix, child, tasks, depth + 1);
		}
	}
}

struct item item_of(struct index *ix, cmark_node *node)
{
	struct item out = {.line = {.at = cmark_node_get_start_line(node) + ix->line}};
	for (cmark_node *child = cmark_node_first_child(node); child; child = cmark_node_next(child)) {
		if (cmark_node_get_type(child) == CMARK_NODE_PARAGRAPH && !out.line.text.n)
			out.line = line_of(ix, child);
		if (cmark_node_get_type(child) != CMARK_NODE_LIST)
			continue;
		out.sub = out.sub ? out.sub : child;
		add_tasks(ix, child, &out.tasks, 0);
	}
	return out;
}

bool text_next_line(struct str text, size_t *from, struct str *line)
{
	if (*from >= text.n)
		return false;
	size_t end = *from;
	while (end < text.n && text.p[end] != '\n')
		end++;
	*line = str_slice(text, *from, end);
	*from = end + 1;
	return true;
}

struct str join(struct arena *arena, struct strs list, const char *separator)
{
	AUTOBUF struct buf out;
	buf_init(&out, MARKDOWN_MAX);
	for (size_t i = 0; i < list.n; i++) {
		buf_add_c(&out, i ? separator : "");
		buf_add(&out, list.v[i]);
	}
	return arena_str(arena, buf_str(&out));
}
