/* Tables: a heading row that names the columns, and rows that become records for whoever knows these columns. */
#include "index_impl.h"

const struct cell *record_cell(const struct record *r, const struct word_row *rows, size_t count, int field)
{
	for (size_t i = 0; i < r->count; i++) {
		if (words_find(rows, count, r->cells[i].column, -1) == field && !words_nothing(r->cells[i].line.text))
			return &r->cells[i];
	}
	return NULL;
}

bool record_has(const struct record *r, const struct word_row *rows, size_t count, int field)
{
	for (size_t i = 0; i < r->count; i++) {
		if (words_find(rows, count, r->cells[i].column, -1) == field)
			return true;
	}
	return false;
}

static bool reads_policy(enum topic topic)
{
	switch (topic) {
	case TOPIC_REVIEW:
	case TOPIC_UPDATE:
	case TOPIC_POST_INCIDENT:
	case TOPIC_FORMATTING:
	case TOPIC_TRAINING:
	case TOPIC_TOOLS:
	case TOPIC_ACCESS: return true;
	case TOPIC_NONE:
	case TOPIC_OTHER:
	case TOPIC_RUNBOOKS:
	case TOPIC_SEVERITIES:
	case TOPIC_ESCALATION:
	case TOPIC_CONTACTS:
	case TOPIC_ESCALATION_CONTACTS:
	case TOPIC_WAR_ROOM:
	case TOPIC_URLS:
	case TOPIC_RELATED:
	case TOPIC_SECTIONS:
	case TOPIC_POSTMORTEM:
	case TOPIC_MESSAGES:
	case TOPIC_HISTORY: break;
	}
	return false;
}

static void section_record(struct index *ix, const struct record *r, bool postmortem)
{
	struct item item = {.line = r->cells[0].line};
	item.line.lead = item.line.text;
	item.line.keyed = true;
	item.line.rest = r->count > 1 ? r->cells[r->count - 1].line.text : (struct str){NULL, 0};
	section_item(ix, &item, postmortem);
}

/* A page's history: its newest date is when it was last updated. */
static void history_record(struct index *ix, const struct record *r)
{
	for (size_t i = 0; i < r->count; i++) {
		struct str date = fact_date_read(ix->arena, r->cells[i].line.text);
		if (words_have(r->cells[i].column, "date") && str_cmp(date, ix->out->last_updated) > 0)
			ix->out->last_updated = date;
	}
}

/* Columns that only one kind of table has speak before the heading above it, the rest after it. */
void index_record(struct index *ix, const struct record *r)
{
	enum topic topic = topic_now(ix);
	if (!r->count)
		return;
	if (topic == TOPIC_HISTORY)
		history_record(ix, r);
	else if (topic == TOPIC_RELATED || topic == TOPIC_URLS || topic == TOPIC_WAR_ROOM)
		link_record(ix, r);
	else if (topic == TOPIC_SECTIONS || topic == TOPIC_POSTMORTEM)
		section_record(ix, r, topic == TOPIC_POSTMORTEM);
	else if (reads_policy(topic))
		policy_record(ix, r);
	else if (!runbook_record(ix, r) && (escalation_record(ix, r) || !severity_record(ix, r)))
		contact_record(ix, r); /* a row of an escalation may say how to reach whom it names */
}

/* ---- rows ---- */

static int row_line(const struct index *ix, cmark_node *row)
{
	int line = cmark_node_get_start_line(row);
	return ix->html_rows ? ix->html_rows[line - 1] : line + ix->line;
}

static size_t read_cells(struct index *ix, cmark_node *row, struct line cells[CELLS_MAX])
{
	size_t n = 0;
	for (cmark_node *cell = cmark_node_first_child(row); cell && n < CELLS_MAX; cell = cmark_node_next(cell)) {
		cells[n] = line_of(ix, cell);
		cells[n++].at = row_line(ix, row);
	}
	return n;
}

/* Two columns without a heading of their own, or headed "Field | Value": the page's metadata. */
static bool is_meta_row(struct index *ix, const struct line cells[CELLS_MAX], size_t n)
{
	struct line line = {.lead = cells[0].text, .rest = cells[1].text, .keyed = true, .at = cells[0].at};
	enum topic topic = topic_now(ix);
	return n == 2 && (topic == TOPIC_NONE || topic == TOPIC_OTHER) && !cells[0].url.n && index_meta(ix, &line);
}

static bool links_to_pages(struct index *ix, cmark_node *table)
{
	struct str path, anchor;
	bool found = false;
	cmark_iter *it = cmark_iter_new(table);
	for (cmark_event_type event; !found && (event = cmark_iter_next(it)) != CMARK_EVENT_DONE;) {
		cmark_node *node = cmark_iter_get_node(it);
		found = event == CMARK_EVENT_ENTER && cmark_node_get_type(node) == CMARK_NODE_LINK &&
		        link_target(ix, str_c(cmark_node_get_url(node)), &path, &anchor);
	}
	cmark_iter_free(it);
	return found;
}

static bool defines_severities(struct index *ix, cmark_node *table)
{
	cmark_node *row = cmark_node_first_child(table);
	bool any = false;
	while (!any && row && (row = cmark_node_next(row)))
		any = cmark_node_first_child(row) && severity_field_defines(ix, line_of(ix, cmark_node_first_child(row)).text);
	return any;
}

void index_table(struct index *ix, cmark_node *table)
{
	struct line heads[CELLS_MAX], cells[CELLS_MAX];
	cmark_node *row = cmark_node_first_child(table);
	size_t columns = row ? read_cells(ix, row, heads) : 0;
	struct str folded[CELLS_MAX];
	for (size_t i = 0; i < columns; i++)
		folded[i] = words_fold(ix->arena, heads[i].text);
	bool meta = false, among_pages = links_to_pages(ix, table);
	bool sideways = severity_columns_are(ix, heads, columns, defines_severities(ix, table));
	bool pairs = columns == 2 && escalation_pair(ix, &heads[0], &heads[1]); /* a table without a heading row */
	if (topic_now(ix) == TOPIC_ESCALATION || topic_now(ix) == TOPIC_ESCALATION_CONTACTS)
		index_escalation_begin(ix);
	for (row = row ? cmark_node_next(row) : NULL; row; row = cmark_node_next(row)) {
		size_t n = read_cells(ix, row, cells);
		if (pairs && n == 2 && escalation_pair(ix, &cells[0], &cells[1]))
			continue;
		if (sideways) {
			severity_column_row(ix, heads, cells, n < columns ? n : columns);
			continue;
		}
		if (columns == 2 && is_meta_row(ix, cells, n)) {
			if (!meta)
				is_meta_row(ix, heads, columns); /* such a table often has no heading row of its own */
			meta = true;
			continue;
		}
		struct record r = {.at = row_line(ix, row), .among_pages = among_pages};
		for (size_t i = 0; i < n && i < columns; i++)
			r.cells[r.count++] = (struct cell){folded[i], cells[i]};
		index_record(ix, &r);
	}
}

void index_html_table(struct index *ix, cmark_node *html)
{
	struct html_table rows;
	struct markdown *m = markdown_html_table(ix->arena, html, &rows);
	cmark_node *table = m ? cmark_node_first_child(m->root) : NULL;
	for (size_t i = 0; i < rows.count; i++)
		rows.lines[i] += cmark_node_get_start_line(html) + ix->line;
	ix->html_rows = rows.lines;
	if (block_is(table, "table"))
		index_table(ix, table);
	ix->html_rows = NULL;
	markdown_free(m);
	html_table_release(&rows);
}
