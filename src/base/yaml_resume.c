/*
 * Behind a mistake of syntax libyaml reads no further. What follows is cut into pieces that stand by themselves, the items
 * of the outermost list around the mistake and the entries of the file, and each is read for its syntax alone: so a person
 * sees one mistake of each rule at once, and none that only follows from another.
 */
#include <stdlib.h>
#include <string.h>

#include "base/ascii.h"
#include "yaml_impl.h"

#define PIECES_MAX 10000     /* that are read on their own: what is behind them waits for the next time */
#define MORE_MISTAKES_MAX 20 /* each may read the rest of the file again */

struct text_line {
	struct str text;
	size_t offset; /* where it begins */
	int number;    /* from 1 */
};

/* False behind the last one. */
static bool next_yaml_line(struct str text, struct text_line *l)
{
	size_t from = l->number ? l->offset + l->text.n + 1 : 0;
	if (from >= text.n)
		return false;
	struct str rest = str_slice(text, from, text.n);
	ptrdiff_t end = str_index(rest, '\n');
	*l = (struct text_line){str_slice(rest, 0, end < 0 ? rest.n : (size_t)end), from, l->number + 1};
	return true;
}

static size_t yaml_indent(struct str line)
{
	size_t n = 0;
	while (n < line.n && line.p[n] == ' ')
		n++;
	return n;
}

static bool line_says(struct str line)
{
	struct str text = str_trim(line);
	return text.n && *text.p != '#';
}

static bool is_item(struct str line)
{
	size_t n = yaml_indent(line);
	return str_starts(str_slice(line, n, line.n), STR("- "));
}

/* An entry of the file itself: a key at the left edge. */
static bool is_entry(struct str line)
{
	return line.n && (ascii_is_alpha(*line.p) || *line.p == '_') && str_index(line, ':') > 0;
}

/* The indentation of the outermost list that the mistake's line is in; SIZE_MAX: it is in none. */
static size_t list_around(struct str text, int mistake)
{
	struct text_line l = {.number = 0};
	size_t indent = SIZE_MAX;

	while (next_yaml_line(text, &l) && l.number <= mistake) {
		size_t own = yaml_indent(l.text);
		if (is_entry(l.text))
			indent = SIZE_MAX;
		else if (is_item(l.text) && own < indent)
			indent = own;
	}
	return indent;
}

static bool begins_piece(struct str line, size_t indent)
{
	return is_entry(line) || (is_item(line) && yaml_indent(line) == indent);
}

/* An entry's piece is all the rest: it is read on in the same way behind its own mistake. */
static size_t piece_end(struct str text, struct text_line l)
{
	size_t indent = yaml_indent(l.text);

	if (is_entry(l.text))
		return text.n;
	while (next_yaml_line(text, &l))
		if (line_says(l.text) && yaml_indent(l.text) <= indent)
			return l.offset;
	return text.n;
}

/* The collections that are open in a piece. */
struct open_in_piece {
	struct {
		bool map, value; /* of a mapping: its value comes next, not a key */
	} v[YAML_DEPTH_MAX];
	size_t n;
};

/* A node comes; false where it is the key of a mapping and no scalar. */
static bool node_may_stand(struct open_in_piece *open, bool collection)
{
	if (!open->n || !open->v[open->n - 1].map)
		return true;
	bool value = open->v[open->n - 1].value;
	open->v[open->n - 1].value = !value;
	return value || !collection;
}

/* The line of a mistake, which is reported; 0: this event is none; -1: it is the last that is looked at. */
static int look_at_event(struct yaml_builder *b, struct open_in_piece *open, const yaml_event_t *event, int before)
{
	bool map = event->type == YAML_MAPPING_START_EVENT, collection = map || event->type == YAML_SEQUENCE_START_EVENT;
	struct pos at = {b->file, (int)event->start_mark.line + 1 + before, (int)event->start_mark.column + 1};

	if (event->type == YAML_STREAM_END_EVENT || event->type == YAML_DOCUMENT_END_EVENT)
		return -1;
	if (event->type == YAML_MAPPING_END_EVENT || event->type == YAML_SEQUENCE_END_EVENT)
		open->n--;
	if (!collection && event->type != YAML_SCALAR_EVENT && event->type != YAML_ALIAS_EVENT)
		return 0;
	if (!node_may_stand(open, collection)) {
		yaml_say_key(b, at);
		return at.line;
	}
	if (collection && open->n == YAML_DEPTH_MAX)
		return -1;
	if (collection) {
		open->v[open->n].map = map;
		open->v[open->n++].value = false;
	}
	return 0;
}

/* The line of the mistake in this piece, which is reported; 0: there is none. */
static int read_yaml_piece(struct yaml_builder *b, struct str piece, int before)
{
	struct open_in_piece open = {.n = 0};
	yaml_parser_t parser;
	int mistake = 0;

	if (!yaml_parser_initialize(&parser))
		abort(); /* only without memory */
	yaml_parser_set_input_string(&parser, (const unsigned char *)piece.p, piece.n);
	while (!mistake) {
		yaml_event_t event;
		if (!yaml_parser_parse(&parser, &event)) {
			mistake = yaml_say_mistake(b, &parser, before);
			break;
		}
		mistake = look_at_event(b, &open, &event, before);
		yaml_event_delete(&event);
	}
	yaml_parser_delete(&parser);
	return mistake > 0 ? mistake : 0;
}

void yaml_resume(struct yaml_builder *b, int mistake)
{
	struct text_line l = {.number = 0};
	size_t indent = list_around(b->text, mistake), end = 0;
	int mistakes = 0;

	for (int pieces = 0; pieces < PIECES_MAX && mistakes < MORE_MISTAKES_MAX && next_yaml_line(b->text, &l);) {
		if (l.number <= mistake || l.offset < end || !begins_piece(l.text, indent))
			continue;
		end = piece_end(b->text, l);
		int found = read_yaml_piece(b, str_slice(b->text, l.offset, end), l.number - 1);
		pieces++;
		if (!found)
			continue;
		mistakes++;
		mistake = found;
		end = 0;
		indent = list_around(b->text, found);
	}
}
