/*
 * The tree is built from libyaml's events with a stack of the collections that are open. A tag, an unknown alias or a
 * duplicate key is reported and reading goes on, so that a person sees all of them at once; behind a mistake of syntax
 * yaml_resume.c does.
 */
#include "base/yaml.h"

#include <stdlib.h>
#include <string.h>
#include <yaml.h>

#include "base/yaml_impl.h"

static struct pos pos_of(const struct yaml_builder *b, yaml_mark_t mark)
{
	return (struct pos){b->file, (int)mark.line + 1, (int)mark.column + 1};
}

static struct pos pos_of_offset(const struct yaml_builder *b, size_t offset)
{
	struct pos at = {b->file, 1, 1};
	for (size_t i = 0; i < offset && i < b->text.n; i++) {
		if (b->text.p[i] == '\n') {
			at.line++;
			at.column = 1;
		} else if (((unsigned char)b->text.p[i] & 0xc0) != 0x80) {
			at.column++;
		}
	}
	return at;
}

void yaml_refuse(struct yaml_builder *b, struct pos at, bool stop, const char *what)
{
	err_at(b->err, at, "%s", what);
	b->failed = true;
	b->done = b->done || stop;
}

static struct yaml_node *node_new(struct yaml_builder *b, enum yaml_kind kind, struct pos at)
{
	struct yaml_node *n = arena_alloc(b->arena, sizeof *n);
	n->kind = kind;
	n->at = at;
	n->weight = 1;
	n->height = kind != YAML_SCALAR;
	if (++b->nodes > YAML_NODES_MAX && !b->done)
		yaml_refuse(b, at, true, "more than 1000000 nodes");
	return n;
}

void yaml_say_key(struct yaml_builder *b, struct pos at)
{
	AUTOFREE char *why = mem_printf("%sa mapping's key must be a scalar", yaml_hint_braces(b->text, at.line));
	yaml_refuse(b, at, true, why);
}

/* Puts a finished or just opened node where it belongs: root, list item, map key or map value. */
static void place_node(struct yaml_builder *b, struct yaml_node *n)
{
	if (b->depth == 0) {
		b->root = n;
		return;
	}
	struct yaml_frame *top = &b->stack[b->depth - 1];
	bool is_key = top->node->kind == YAML_MAP && top->count % 2 == 0;
	if (is_key && n->kind != YAML_SCALAR) {
		yaml_say_key(b, n->at);
		b->mistake = n->at.line;
	}
	MEM_ROOM(top->parts, top->count, top->capacity);
	top->parts[top->count++] = n;
}

static void take_properties(struct yaml_builder *b, const yaml_char_t *anchor, const yaml_char_t *tag,
                            struct yaml_node *n)
{
	if (anchor)
		map_set(b->anchors, str_c((const char *)anchor), n);
	if (tag)
		yaml_refuse(b, n->at, false, "tags (!name) are not supported");
}

static void on_scalar(struct yaml_builder *b, const yaml_event_t *event)
{
	struct yaml_node *n = node_new(b, YAML_SCALAR, pos_of(b, event->start_mark));
	take_properties(b, event->data.scalar.anchor, event->data.scalar.tag, n);
	struct str text = {(const char *)event->data.scalar.value, event->data.scalar.length};
	n->text = arena_str(b->arena, text);
	n->quoted = event->data.scalar.style != YAML_PLAIN_SCALAR_STYLE;
	place_node(b, n);
}

static void on_alias(struct yaml_builder *b, const yaml_event_t *event)
{
	struct pos at = pos_of(b, event->start_mark);
	struct yaml_node *n = yaml_alias(b, str_c((const char *)event->data.alias.anchor), at);
	place_node(b, n ? n : node_new(b, YAML_SCALAR, at)); /* keeps keys and values in step */
}

static void open_collection(struct yaml_builder *b, struct yaml_node *n)
{
	place_node(b, n);
	if (b->depth == YAML_DEPTH_MAX) {
		yaml_refuse(b, n->at, true, "nested deeper than 64 levels");
		return;
	}
	b->stack[b->depth++] = (struct yaml_frame){.node = n};
}

static void on_list(struct yaml_builder *b, const yaml_event_t *event)
{
	struct yaml_node *n = node_new(b, YAML_LIST, pos_of(b, event->start_mark));
	take_properties(b, event->data.sequence_start.anchor, event->data.sequence_start.tag, n);
	open_collection(b, n);
}

static void on_map(struct yaml_builder *b, const yaml_event_t *event)
{
	struct yaml_node *n = node_new(b, YAML_MAP, pos_of(b, event->start_mark));
	take_properties(b, event->data.mapping_start.anchor, event->data.mapping_start.tag, n);
	open_collection(b, n);
}

static void close_collection(struct yaml_builder *b)
{
	struct yaml_frame *top = &b->stack[--b->depth];
	struct yaml_node *n = top->node;
	size_t stride = n->kind == YAML_MAP ? 2 : 1;
	n->count = top->count / stride;
	n->items = arena_alloc(b->arena, n->count * sizeof *n->items);
	if (n->kind == YAML_MAP)
		n->keys = arena_alloc(b->arena, n->count * sizeof *n->keys);
	for (size_t i = 0; i < n->count; i++) {
		n->items[i] = top->parts[i * stride + stride - 1];
		if (n->kind == YAML_MAP)
			n->keys[i] = top->parts[i * stride];
	}
	free(top->parts);
	top->parts = NULL;
	if (n->kind == YAML_MAP)
		yaml_check_keys(b, n);
	if (n->kind == YAML_MAP)
		yaml_merge(b, n);
	yaml_weigh(n);
}

static void on_document(struct yaml_builder *b, const yaml_event_t *event)
{
	if (b->documents++ > 0)
		yaml_refuse(b, pos_of(b, event->start_mark), true, "a second document; one file holds one");
}

static void on_yaml_event(struct yaml_builder *b, const yaml_event_t *event)
{
	switch (event->type) {
	case YAML_DOCUMENT_START_EVENT: on_document(b, event); break;
	case YAML_SCALAR_EVENT: on_scalar(b, event); break;
	case YAML_ALIAS_EVENT: on_alias(b, event); break;
	case YAML_SEQUENCE_START_EVENT: on_list(b, event); break;
	case YAML_MAPPING_START_EVENT: on_map(b, event); break;
	case YAML_SEQUENCE_END_EVENT:
	case YAML_MAPPING_END_EVENT: close_collection(b); break;
	case YAML_STREAM_END_EVENT: b->done = true; break;
	case YAML_NO_EVENT:
	case YAML_STREAM_START_EVENT:
	case YAML_DOCUMENT_END_EVENT: break;
	}
}

/* What is never closed is noticed at the end of the file only: the mistake is where it was opened. */
static bool was_left_open(const yaml_parser_t *p)
{
	return p->context && (strstr(p->context, "quoted") || strstr(p->context, "flow"));
}

int yaml_say_mistake(struct yaml_builder *b, const yaml_parser_t *p, int before)
{
	struct pos at = pos_of(b, p->problem_mark);
	int began = (int)p->context_mark.line + 1 + before;

	at.line += before;
	const char *hint = yaml_hint(b->text, at.line);
	if (p->context)
		err_at(b->err, at, "%s%s (%s that starts in line %d)", hint, p->problem, p->context, began);
	else
		err_at(b->err, at, "%s%s", hint, p->problem ? p->problem : "not YAML");
	return was_left_open(p) && began < at.line ? began : at.line;
}

/* libyaml gives up here. */
static void on_syntax_error(struct yaml_builder *b)
{
	const yaml_parser_t *p = &b->parser;

	b->failed = b->done = true;
	if (p->error == YAML_READER_ERROR)
		err_at(b->err, pos_of_offset(b, p->problem_offset), "%s", p->problem ? p->problem : "not YAML");
	else
		b->mistake = yaml_say_mistake(b, p, 0);
}

static bool check_utf8(struct yaml_builder *b)
{
	for (size_t i = 0, n; i < b->text.n; i += n) {
		n = str_utf8_len(str_slice(b->text, i, b->text.n));
		if (n > 0)
			continue;
		yaml_refuse(b, pos_of_offset(b, i), true, "not valid UTF-8");
		return false;
	}
	return true;
}

static void read_events(struct yaml_builder *b)
{
	const unsigned char *bytes = (const unsigned char *)(b->text.n ? b->text.p : "");
	if (!yaml_parser_initialize(&b->parser))
		abort(); /* only without memory */
	yaml_parser_set_input_string(&b->parser, bytes, b->text.n);
	while (!b->done) {
		yaml_event_t event;
		if (!yaml_parser_parse(&b->parser, &event)) {
			on_syntax_error(b);
			break;
		}
		on_yaml_event(b, &event);
		yaml_event_delete(&event);
	}
	yaml_parser_delete(&b->parser);
	while (b->depth > 0)
		free(b->stack[--b->depth].parts);
	if (b->mistake)
		yaml_resume(b, b->mistake);
}

/* No document, or one that says nothing ("---"). */
static bool is_empty_document(const struct yaml_node *root)
{
	return !root || (root->kind == YAML_SCALAR && !root->quoted && root->text.n == 0);
}

struct yaml_node *yaml_parse(struct arena *arena, const char *file, struct str text, struct err *err)
{
	struct yaml_builder b = {.arena = arena, .text = text, .err = err, .anchors = map_new()};
	b.file = file ? arena_cstr(arena, str_c(file)) : NULL;
	if (check_utf8(&b))
		read_events(&b);
	map_free(b.anchors);
	if (b.failed)
		return NULL;
	if (is_empty_document(b.root))
		b.root = node_new(&b, YAML_MAP, (struct pos){b.file, 1, 1});
	return b.root;
}

const struct yaml_node *yaml_get(const struct yaml_node *map, const char *key)
{
	struct str name = str_c(key);
	if (!map || map->kind != YAML_MAP)
		return NULL;
	for (size_t i = 0; i < map->count; i++) {
		if (str_eq(map->keys[i]->text, name))
			return map->items[i];
	}
	return NULL;
}

bool yaml_is_null(const struct yaml_node *n)
{
	if (!n || n->kind != YAML_SCALAR || n->quoted)
		return false;
	return n->text.n == 0 || str_eq(n->text, STR("~")) || str_eq(n->text, STR("null"));
}

const char *yaml_kind_name(const struct yaml_node *n)
{
	static const char *const names[] = {[YAML_SCALAR] = "scalar", [YAML_LIST] = "list", [YAML_MAP] = "mapping"};
	return n ? names[n->kind] : "nothing";
}
