/* What stands right behind a section's heading, and where the page's last lines speak for the page again. */
#include <string.h>

#include "runbook_impl.h"
#include "words/table_runbook_sections.h"

struct stated {
	bool alert, severity, any; /* of the keys that are known */
};

/* ---- what a block states ---- */

/* "Alert: `DiskFull`", in bold or plain; behind the key of alerts stands a name, and no sentence. */
static void add_stated(struct reading *r, const struct runbook_value *line, struct stated *out)
{
	ptrdiff_t colon = str_index(line->text, ':');
	if (colon < 1 || colon > 48)
		return;
	struct str folded = runbook_fold(r->arena, str_slice(line->text, 0, (size_t)colon));
	enum runbook_key key = str_eq_c(folded, "triggered by") ? KEY_ALERTS : runbook_key_of(folded);
	struct str rest = str_slice(line->text, (size_t)colon + 1, line->text.n);
	struct str name = runbook_take_item(&rest);
	out->any = out->any || key != KEY_NONE;
	out->severity = out->severity || key == KEY_SEVERITY;
	out->alert = out->alert || (key == KEY_ALERTS && (line->codes.n || alert_name_is_stated(name)));
}

static void add_stated_lines(struct reading *r, cmark_node *paragraph, struct stated *out)
{
	cmark_node *end = cmark_node_first_child(paragraph);
	for (cmark_node *first = end; first; first = end ? cmark_node_next(end) : NULL) {
		for (end = first; end && !node_is_break(end);)
			end = cmark_node_next(end);
		struct runbook_value line = inlines_value(r->arena, first, end);
		add_stated(r, &line, out);
	}
}

/* | Alert | DiskFull | over | Severity | P2 |: keys and values, the first of them in the header. */
static void add_stated_pair(struct reading *r, cmark_node *row, struct stated *out)
{
	cmark_node *key = cmark_node_first_child(row), *value = key ? cmark_node_next(key) : NULL;
	if (!value || cmark_node_next(value))
		return;
	enum runbook_key is = runbook_key_of(runbook_fold(r->arena, node_value(r->arena, key).text));
	struct runbook_value said = node_value(r->arena, value);
	out->any = out->any || is != KEY_NONE;
	out->severity = out->severity || is == KEY_SEVERITY;
	out->alert = out->alert || (is == KEY_ALERTS && (said.codes.n || alert_name_is_stated(said.text)));
}

/* | Alert | Severity | over one row: keys in the header. */
static void add_stated_columns(struct reading *r, cmark_node *table, struct stated *out)
{
	cmark_node *header = cmark_node_first_child(table), *row = header ? cmark_node_next(header) : NULL;
	if (!row || cmark_node_next(row))
		return;
	for (cmark_node *c = cmark_node_first_child(header); c; c = cmark_node_next(c)) {
		enum runbook_key key = runbook_key_of(runbook_fold(r->arena, node_value(r->arena, c).text));
		out->any = out->any || key != KEY_NONE;
		out->alert = out->alert || key == KEY_ALERTS;
		out->severity = out->severity || key == KEY_SEVERITY;
	}
}

static void add_stated_block(struct reading *r, cmark_node *block, struct stated *out)
{
	bool table = node_is(block, "table");
	if (node_is(block, "paragraph"))
		add_stated_lines(r, block, out);
	if (table)
		add_stated_columns(r, block, out);
	if (!table && !node_is(block, "list"))
		return;
	for (cmark_node *n = cmark_node_first_child(block); n; n = cmark_node_next(n)) {
		cmark_node *first = cmark_node_first_child(n);
		if (table)
			add_stated_pair(r, n, out);
		else if (first && node_is(first, "paragraph"))
			add_stated_lines(r, first, out);
	}
}

bool runbook_states(struct reading *r, cmark_node *block, bool alert)
{
	struct stated stated = {false, false, false};
	add_stated_block(r, block, &stated);
	return alert ? stated.alert : stated.any;
}

/* Every runbook has such a section: what it states is the whole's. */
static bool is_usual_heading(struct reading *r, struct str text)
{
	struct str name = runbook_fold(r->arena, text);
	return words_table_is(&runbook_sections, SECTION_USUAL, name) ||
	       words_table_is(&runbook_sections, SECTION_ASIDE, name) ||
	       words_table_is(&runbook_sections, SECTION_ABOUT, name) || runbook_key_of(name) != KEY_NONE ||
	       runbook_says_related(name);
}

/* ---- sections below a group's heading ---- */

static bool names_alert_first(struct reading *r, cmark_node *heading, const struct heading *h)
{
	cmark_node *next = cmark_node_next(heading);
	return next && cmark_node_get_type(next) != CMARK_NODE_HEADING && runbook_states(r, next, true) &&
	       !is_usual_heading(r, h->text);
}

/* Of one group, from..to: only where several of its sections name an alert each is one its own. */
static void keep_several(bool *opens, size_t from, size_t to)
{
	size_t n = 0;
	for (size_t i = from; i < to; i++)
		n += opens[i];
	for (size_t i = from; i < to && n < 2; i++)
		opens[i] = false;
}

const bool *runbook_group_openings(struct reading *r, int level)
{
	bool *opens = arena_alloc(r->arena, r->heading_count + 1);
	size_t next = 0, group = 0;
	memset(opens, 0, r->heading_count + 1);
	for (cmark_node *n = cmark_node_first_child(r->m->root); n; n = cmark_node_next(n)) {
		int line = cmark_node_get_start_line(n) + r->m->line;
		while (next < r->heading_count && r->headings[next].line < line)
			next++; /* inside a list or quote */
		if (cmark_node_get_type(n) != CMARK_NODE_HEADING || next == r->heading_count)
			continue;
		if (r->headings[next].level <= level) {
			keep_several(opens, group, next);
			group = next;
		} else {
			opens[next] = names_alert_first(r, n, &r->headings[next]);
		}
		next++;
	}
	keep_several(opens, group, r->heading_count);
	return opens;
}

/* ---- the last lines of a page ---- */

/* Below a heading of its own: "## Node is down", and right behind it what alert or severity that is. */
static bool opens_section(struct reading *r, cmark_node *block, int level)
{
	cmark_node *above = cmark_node_previous(block);
	struct stated stated = {false, false, false};
	if (!above || cmark_node_get_type(above) != CMARK_NODE_HEADING || cmark_node_get_heading_level(above) < level)
		return false;
	if (is_usual_heading(r, node_value(r->arena, above).text))
		return false;
	add_stated_block(r, block, &stated);
	for (cmark_node *n = cmark_node_next(block); n && runbook_is_footer(r->arena, n); n = cmark_node_next(n))
		add_stated_block(r, n, &stated);
	return stated.alert || stated.severity;
}

/* Several sections that begin with what they are for: the last one's lines are not the page's. */
static bool has_sections_that_state(struct reading *r, int level)
{
	size_t n = 0;
	for (cmark_node *block = cmark_node_first_child(r->m->root); block && n < 2; block = cmark_node_next(block))
		n += opens_section(r, block, level);
	return n > 1;
}

/* "## Silence", and right behind it "Alert: …". */
static bool is_below_aside(struct reading *r, cmark_node *block)
{
	cmark_node *above = cmark_node_previous(block);
	bool heading = above && cmark_node_get_type(above) == CMARK_NODE_HEADING;
	return heading &&
	       words_table_is(&runbook_sections, SECTION_ASIDE, runbook_fold(r->arena, node_value(r->arena, above).text));
}

cmark_node *runbook_footer(struct reading *r, int level)
{
	cmark_node *footer = NULL;
	bool sections = has_sections_that_state(r, level), text = false;
	for (cmark_node *n = cmark_node_last_child(r->m->root); n; n = cmark_node_previous(n)) {
		cmark_node_type type = cmark_node_get_type(n);
		if (type == CMARK_NODE_THEMATIC_BREAK)
			return n;
		if (type == CMARK_NODE_HEADING)
			break;
		bool statement = runbook_is_footer(r->arena, n) && (!footer || cmark_node_next(n) == footer);
		text = text || (!statement && type != CMARK_NODE_HTML_BLOCK);
		footer = statement && !(sections && text) ? n : footer;
	}
	bool section = footer && ((sections && opens_section(r, footer, level)) || is_below_aside(r, footer));
	return section ? NULL : footer;
}
