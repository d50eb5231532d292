/* Links that are no runbooks: war rooms, the status page, services, related documents. */
#include "index_impl.h"
#include "words/table_link_kinds.h"

static enum fact_link_kind kind_by_topic(enum topic topic)
{
	if (topic == TOPIC_WAR_ROOM)
		return LINK_WAR_ROOM;
	return topic == TOPIC_RELATED ? LINK_RELATED : LINK_SERVICE;
}

void link_add(struct index *ix, enum fact_link_kind kind, struct str group, const struct line *line)
{
	struct str path, anchor;
	struct fact_link link = {.kind = kind, .group = group, .at = index_pos(ix, line->at)};
	link.url = line->url.n ? line->url : line->rest;
	link.name = line->url.n && line->label.n && !line->keyed ? line->label : line->lead;
	if (line->url.n && !str_eq(line->rest, line->label) && !words_nothing(line->rest))
		link.description = line->rest;
	if (!link.url.n || words_nothing(link.url))
		return;
	bool inside = link_target(ix, link.url, &path, &anchor);
	if (line->url.n && !str_starts(link.url, STR("#")) && (inside || !str_eq(path, link.url)))
		link.url = anchor.n ? str_c(arena_printf(ix->arena, "%.*s#%.*s", STR_ARG(path), STR_ARG(anchor))) : path;
	if (!link.name.n)
		link.name = link.url;
	FACT_ADD(ix, links, link);
}

static bool is_place(struct str s)
{
	ptrdiff_t scheme = str_find(s, STR("://")), blank = str_index(s, ' ');
	return (scheme > 0 && blank < 0) || str_starts(s, STR("#")) || str_starts(s, STR("mailto:"));
}

/* "Name: address" or a link; a sentence without either is none. */
bool link_line(struct index *ix, const struct line *line)
{
	enum topic topic = topic_now(ix);
	int said = words_find(link_kinds.rows, link_kinds.count, words_fold(ix->arena, line->lead), -1);
	enum fact_link_kind kind = said < 0 ? kind_by_topic(topic) : (enum fact_link_kind)said;
	struct line bare = *line;
	if (!line->url.n && !line->keyed && is_place(line->text))
		bare = (struct line){.lead = line->text, .rest = line->text, .keyed = true, .at = line->at};
	else if (!line->url.n && (!line->keyed || (topic != TOPIC_WAR_ROOM && !is_place(line->rest))))
		return false;
	link_add(ix, kind, (struct str){NULL, 0}, &bare);
	return true;
}

/* The first cell with an address; the first other one is its name, the next what it is. */
bool link_record(struct index *ix, const struct record *r)
{
	struct line line = {.at = r->at};
	size_t texts = 0;
	for (size_t i = 0; i < r->count; i++) {
		const struct line *cell = &r->cells[i].line;
		if (!line.url.n && (cell->url.n || is_place(cell->text))) {
			line.url = cell->url.n ? cell->url : cell->text;
			line.label = cell->label;
		} else if (texts++ == 0) {
			line.lead = cell->text;
			line.keyed = true;
		} else if (texts == 2) {
			line.rest = cell->text;
		}
	}
	if (!line.url.n)
		return false;
	link_add(ix, kind_by_topic(topic_now(ix)), (struct str){NULL, 0}, &line);
	return true;
}
