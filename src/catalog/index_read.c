/* The walk over an index page: headings make the topic, blocks are handed to whoever reads their kind under it. */
#include <string.h>

#include "base/yaml.h"
#include "catalog/front_matter.h"
#include "index_impl.h"
#include "words/table_page_keys.h"

#define LEVEL_OF_LINES 7 /* of a bold line that stands as a heading: below all of them */

/* ---- where the walk is ---- */

struct place *place_now(struct index *ix)
{
	return &ix->places[ix->depth - 1];
}

enum topic topic_now(struct index *ix)
{
	return place_now(ix)->topic;
}

struct str heading_now(struct index *ix)
{
	return place_now(ix)->heading;
}

struct pos index_pos(const struct index *ix, int line)
{
	return (struct pos){ix->file, line, 1};
}

/* "3. Monitoring" is Monitoring. */
static struct str without_list_number(struct str s)
{
	size_t i = 0;
	while (i < s.n && s.p[i] >= '0' && s.p[i] <= '9')
		i++;
	if (!i || i + 1 >= s.n || (s.p[i] != '.' && s.p[i] != ')') || s.p[i + 1] != ' ')
		return s;
	return str_trim(str_slice(s, i + 1, s.n));
}

static void leave_places(struct index *ix, int level)
{
	while (ix->depth > 1 && place_now(ix)->level >= level)
		ix->depth--;
	ix->severities = ix->path_severities = (struct strs){NULL, 0};
	ix->severity = ix->runbook = 0;
	index_escalation_begin(ix);
}

/* A page's title names the page, not what stands below it. */
static void enter_place(struct index *ix, int level, const struct line *line)
{
	struct place *above = place_now(ix);
	bool title = level == 1;
	struct place next = {.level = level, .line = line->at, .url = line->url};
	next.heading = title ? (struct str){NULL, 0} : without_list_number(line->text);
	next.topic = title ? TOPIC_NONE : topic_of_heading(words_fold(ix->arena, next.heading), above->topic);
	if (next.topic == TOPIC_SEVERITIES && severity_heading_names(ix, next.heading, above->topic))
		next.topic = above->topic;
	next.below_runbooks = above->below_runbooks || above->topic == TOPIC_RUNBOOKS;
	if (ix->depth < PLACES_MAX)
		ix->places[ix->depth++] = next;
}

static void read_index_heading(struct index *ix, cmark_node *node)
{
	struct line line = line_of(ix, node);
	int level = cmark_node_get_heading_level(node);
	leave_places(ix, level);
	enter_place(ix, level, &line);
	if (level == 1 || severity_heading(ix, heading_now(ix), line.at) ||
	    escalation_heading(ix, heading_now(ix), line.at))
		return;
	runbook_heading(ix, heading_now(ix), line.url, line.at);
}

/* ---- what the page says of itself ---- */

static enum meta meta_of(struct str folded)
{
	for (size_t i = 0; i < page_keys.count; i++) {
		if (words_are(folded, page_keys.rows[i].phrase))
			return (enum meta)page_keys.rows[i].value;
	}
	return META_NONE;
}

bool index_meta(struct index *ix, const struct line *line)
{
	if (!line->keyed || words_nothing(line->rest))
		return false;
	struct facts *f = ix->out;
	switch (meta_of(words_fold(ix->arena, line->lead))) {
	case META_NONE: return false;
	case META_OWNER: str_set_once(&f->owner, line->rest); return true;
	case META_UPDATED: str_set_once(&f->last_updated, fact_date_read(ix->arena, line->rest)); return true;
	case META_REVIEW:
		if (!f->review.text.n)
			f->review = fact_review_read(ix->arena, line->rest);
		return true;
	case META_NEXT_REVIEW: str_set_once(&f->next_review, fact_date_read(ix->arena, line->rest)); return true;
	case META_CONTACT: return contact_line(ix, line);
	}
	return false;
}

/* ---- blocks ---- */

static bool about_nothing(enum topic topic)
{
	return topic == TOPIC_NONE || topic == TOPIC_OTHER || topic == TOPIC_RUNBOOKS || topic == TOPIC_HISTORY;
}

/* Each sentence of a line to `read`; true where one of them was read. */
static bool read_each_sentence(struct index *ix, const struct line *line,
                               bool (*read)(struct index *ix, const struct line *sentence))
{
	bool any = false;
	for (struct str rest = line->text; rest.n;) {
		ptrdiff_t stop = str_find(rest, STR(". "));
		size_t end = stop < 0 ? rest.n : (size_t)stop + 1;
		struct line sentence = line_of_text(str_slice(rest, 0, end), line->at);
		any |= read(ix, &sentence);
		rest = str_slice(rest, end, rest.n);
	}
	return any;
}

/* Each sentence may be a step of the escalation. */
static bool read_escalation_sentences(struct index *ix, const struct line *line)
{
	return read_each_sentence(ix, line, escalation_line);
}

static void read_line(struct index *ix, const struct line *line)
{
	if (ix->severity && topic_now(ix) == TOPIC_ESCALATION && !severity_names_field(ix, line) &&
	    read_escalation_sentences(ix, line))
		return; /* steps of the severity that the heading names */
	if (ix->severity && severity_key(ix, line))
		return;
	if (ix->runbook && runbook_key(ix, line))
		return;
	enum topic topic = topic_now(ix);
	if ((topic == TOPIC_CONTACTS || topic == TOPIC_ESCALATION_CONTACTS) && line->keyed)
		contact_line(ix, line);
	else if ((topic == TOPIC_WAR_ROOM || topic == TOPIC_URLS) && line->keyed)
		link_line(ix, line);
	else if (topic == TOPIC_SEVERITIES && severity_line_defines(ix, line))
		severity_item(ix, &(struct item){.line = *line}); /* a definition in a paragraph of its own */
	else if (topic == TOPIC_ESCALATION)
		read_escalation_sentences(ix, line);
	else if ((about_nothing(topic) || topic == TOPIC_REVIEW) && !index_meta(ix, line))
		read_each_sentence(ix, line, policy_sentence);
}

static size_t dot_at(struct str s, size_t *length)
{
	static const char *const dots[] = {" · ", " • ", " | "};
	for (size_t i = 0; i < sizeof dots / sizeof *dots; i++) {
		ptrdiff_t at = str_find(s, str_c(dots[i]));
		*length = strlen(dots[i]);
		if (at > 0)
			return (size_t)at;
	}
	return s.n;
}

/* "Owner: X · Last updated: Y" on one line. */
static bool read_meta_row(struct index *ix, const struct line *line)
{
	size_t length, cut = dot_at(line->text, &length);
	bool any = false;
	if (cut == line->text.n || !about_nothing(topic_now(ix)))
		return false;
	for (struct str rest = line->text; rest.n; cut = dot_at(rest, &length)) {
		struct line part = line_of_text(str_slice(rest, 0, cut), line->at);
		any |= index_meta(ix, &part);
		rest = cut == rest.n ? (struct str){NULL, 0} : str_slice(rest, cut + length, rest.n);
	}
	return any;
}

static void read_paragraph(struct index *ix, cmark_node *node)
{
	struct line *lines, whole = line_of(ix, node);
	if (index_is_level_line(ix, &whole, cmark_node_next(node))) {
		leave_places(ix, LEVEL_OF_LINES);
		enter_place(ix, LEVEL_OF_LINES, &whole);
		return;
	}
	if (place_now(ix)->level == LEVEL_OF_LINES && index_heads_list(&whole, cmark_node_next(node)))
		leave_places(ix, LEVEL_OF_LINES); /* "Everything else:" */
	size_t n = lines_of(ix, node, &lines);
	for (size_t i = 0; i < n; i++) {
		if (!read_meta_row(ix, &lines[i]))
			read_line(ix, &lines[i]);
	}
	ix->said = whole.text;
	ix->intro = words_fold(ix->arena, whole.text);
	struct strs named = fact_severities_read(ix->arena, whole.text);
	for (size_t i = 0; i < named.n; i++)
		strs_add(ix->arena, &ix->severities, named.v[i]);
}

static void read_index_list(struct index *ix, cmark_node *list, int depth);

/* What the heading above, a severity or a runbook, makes of an item; false where it makes nothing of it. */
static bool read_item_of_heading(struct index *ix, const struct item *item)
{
	if (ix->severity && (item->line.url.n || item->line.page.n) && runbook_item(ix, item))
		return true; /* a severity as a heading over its runbooks */
	if (ix->severity && topic_now(ix) == TOPIC_ESCALATION && !severity_names_field(ix, &item->line) &&
	    escalation_line(ix, &item->line))
		return true; /* a step of the severity that the heading names */
	return (ix->severity && severity_key(ix, &item->line)) || (ix->runbook && runbook_key(ix, &item->line));
}

static void read_item(struct index *ix, const struct item *item)
{
	if (read_item_of_heading(ix, item))
		return;
	switch (topic_now(ix)) {
	case TOPIC_RELATED:
	case TOPIC_URLS:
	case TOPIC_WAR_ROOM: link_line(ix, &item->line); return;
	case TOPIC_SEVERITIES:
		if (!severity_item(ix, item) && item->sub)
			read_index_list(ix, item->sub, NESTING_MAX / 2); /* a bullet over severities */
		return;
	case TOPIC_ESCALATION: escalation_item(ix, item); return;
	case TOPIC_CONTACTS:
	case TOPIC_ESCALATION_CONTACTS: contact_line(ix, &item->line); return;
	case TOPIC_SECTIONS: section_item(ix, item, false); return;
	case TOPIC_POSTMORTEM: section_item(ix, item, true); return;
	case TOPIC_MESSAGES:
	case TOPIC_REVIEW:
	case TOPIC_UPDATE:
	case TOPIC_POST_INCIDENT:
	case TOPIC_FORMATTING:
	case TOPIC_TRAINING:
	case TOPIC_TOOLS:
	case TOPIC_ACCESS: return;
	case TOPIC_NONE:
	case TOPIC_OTHER:
	case TOPIC_RUNBOOKS:
	case TOPIC_HISTORY: break;
	}
	if (!runbook_item(ix, item) && !index_meta(ix, &item->line))
		policy_sentence(ix, &item->line);
}

/* Bullets below a bullet that names a group stand under that name, as under a heading. */
static void read_group(struct index *ix, const struct item *item, int depth)
{
	struct place here = *place_now(ix);
	if (about_nothing(here.topic) && !item->line.url.n && item->line.text.n)
		place_now(ix)->heading = item->line.lead.n ? item->line.lead : words_trim(item->line.text);
	read_index_list(ix, item->sub, depth + 1);
	*place_now(ix) = here;
}

/* Whether a bullet's own bullets are entries like itself, not its details. */
static bool is_group(struct index *ix, const struct item *item, int depth)
{
	enum topic topic = topic_now(ix);
	bool listing = about_nothing(topic) || topic == TOPIC_RELATED || topic == TOPIC_URLS || topic == TOPIC_CONTACTS;
	return item->sub && depth < NESTING_MAX && listing && !item->line.url.n;
}

static void read_fence(struct index *ix, cmark_node *fence)
{
	enum topic here = topic_now(ix), said = about_nothing(here) ? topic_of_intro(ix->intro) : TOPIC_NONE;
	place_now(ix)->topic = said != TOPIC_NONE ? said : here;
	index_fence(ix, fence);
	place_now(ix)->topic = here;
}

/* A fence inside a bullet stands under the bullet's words. */
static void read_fences(struct index *ix, cmark_node *node, const struct item *item)
{
	struct place here = *place_now(ix);
	if (item->line.text.n)
		place_now(ix)->heading = item->line.lead.n ? item->line.lead : words_trim(item->line.text);
	for (cmark_node *child = cmark_node_first_child(node); child; child = cmark_node_next(child)) {
		if (cmark_node_get_type(child) == CMARK_NODE_CODE_BLOCK)
			read_fence(ix, child);
	}
	*place_now(ix) = here;
}

static void read_items(struct index *ix, cmark_node *list, int depth)
{
	for (cmark_node *node = cmark_node_first_child(list); node && !ix->full; node = cmark_node_next(node)) {
		struct item item = item_of(ix, node);
		if (!item.line.text.n && block_is(cmark_node_first_child(node), "block_quote"))
			item = item_of(ix, cmark_node_first_child(node)); /* "- > 15 min: lead" */
		if (is_group(ix, &item, depth))
			read_group(ix, &item, depth);
		else
			read_item(ix, &item);
		read_fences(ix, node, &item);
	}
}

static void read_index_list(struct index *ix, cmark_node *list, int depth)
{
	enum topic here = topic_now(ix), said = about_nothing(here) ? topic_of_intro(ix->intro) : TOPIC_NONE;
	struct place *place = place_now(ix);
	place->topic = said != TOPIC_NONE ? said : here;
	escalation_list(ix);
	ix->must |= place->topic == TOPIC_SECTIONS && words_have(ix->intro, "must");
	if (!policy_list(ix, list, place->topic))
		read_items(ix, list, depth);
	place->topic = here;
}

static void read_blocks(struct index *ix, cmark_node *parent, int depth);

static void read_block(struct index *ix, cmark_node *node, int depth)
{
	cmark_node_type type = cmark_node_get_type(node);
	if (type == CMARK_NODE_HEADING)
		read_index_heading(ix, node);
	else if (type == CMARK_NODE_LIST)
		read_index_list(ix, node, 0);
	else if (type == CMARK_NODE_CODE_BLOCK)
		read_fence(ix, node);
	else if (type == CMARK_NODE_THEMATIC_BREAK)
		leave_places(ix, 2);
	else if (type == CMARK_NODE_BLOCK_QUOTE && depth < NESTING_MAX)
		read_blocks(ix, node, depth + 1);
	else if (block_is(node, "table"))
		index_table(ix, node);
	else if (type == CMARK_NODE_HTML_BLOCK)
		index_html_table(ix, node);
}

static void read_blocks(struct index *ix, cmark_node *parent, int depth)
{
	for (cmark_node *node = cmark_node_first_child(parent); node && !ix->full; node = cmark_node_next(node)) {
		if (cmark_node_get_type(node) == CMARK_NODE_PARAGRAPH) {
			read_paragraph(ix, node);
			continue;
		}
		read_block(ix, node, depth);
		ix->said = ix->intro = (struct str){NULL, 0};
	}
}

/* ---- the whole ---- */

static void read_front_matter(struct index *ix, struct str text)
{
	AUTOERR struct err err = ERR_INIT;
	int lines = 0;
	struct str front = front_matter_take(&text, &lines);
	const struct yaml_node *map = front_matter_read(ix->arena, ix->file, front, &err);
	for (size_t i = 0; map && map->kind == YAML_MAP && i < map->count; i++) {
		if (map->items[i]->kind != YAML_SCALAR)
			continue;
		struct line line = {
			.lead = map->keys[i]->text, .rest = map->items[i]->text, .keyed = true, .at = map->keys[i]->at.line};
		index_meta(ix, &line);
	}
}

void facts_read_index(struct arena *arena, const char *file, struct str folder_path, struct str text, struct facts *out,
                      const char **why)
{
	memset(out, 0, sizeof *out);
	struct index ix = {
		.arena = arena, .file = arena_cstr(arena, str_c(file)), .folder = folder_path, .out = out, .depth = 1};
	read_front_matter(&ix, text);
	struct markdown *m = markdown_parse(arena, text, why);
	if (!m)
		return;
	ix.line = m->line;
	read_blocks(&ix, m->root, 0);
	escalation_finish(&ix);
	severities_finish_page(&ix);
	if (ix.full)
		*why = "states more than 5000 things of one kind";
	markdown_free(m);
}
