/* Front matter as a tree: YAML is libyaml's, TOML is read here, as far as pages go. */
#include "catalog/front_matter.h"

#include <string.h>

#define TOML_DEPTH_MAX 16

struct toml {
	struct arena *arena;
	const char *file;
	struct str s;
	size_t i, line_start;
	int line;
	struct err *err;
	bool bad;
};

/* ---- the text ---- */

static bool toml_more(const struct toml *t)
{
	return t->i < t->s.n && !t->bad;
}

static char toml_peek(const struct toml *t)
{
	return toml_more(t) ? t->s.p[t->i] : '\0';
}

static void toml_step(struct toml *t)
{
	if (t->s.p[t->i++] == '\n') {
		t->line++;
		t->line_start = t->i;
	}
}

static bool toml_take(struct toml *t, const char *token)
{
	struct str want = str_c(token);
	if (!str_starts(str_slice(t->s, t->i, t->s.n), want))
		return false;
	for (size_t k = 0; k < want.n; k++)
		toml_step(t);
	return true;
}

static struct pos toml_at(const struct toml *t)
{
	return (struct pos){t->file, t->line, (int)(t->i - t->line_start) + 1};
}

static void toml_fail(struct toml *t, const char *what)
{
	if (!t->bad)
		err_at(t->err, toml_at(t), "front matter: %s", what);
	t->bad = true;
}

/* Blanks and comments; line ends too where a value may go on. */
static void toml_skip(struct toml *t, bool lines)
{
	for (char c; (c = toml_peek(t));) {
		if (c == '#')
			while (toml_more(t) && toml_peek(t) != '\n')
				toml_step(t);
		else if (c == ' ' || c == '\t' || c == '\r' || (lines && c == '\n'))
			toml_step(t);
		else
			return;
	}
}

/* ---- the tree ---- */

static struct yaml_node *toml_node(struct toml *t, enum yaml_kind kind)
{
	struct yaml_node *n = arena_alloc(t->arena, sizeof *n);
	n->kind = kind;
	n->at = toml_at(t);
	return n;
}

/* Room for one more where the count is a power of two. */
static struct yaml_node **toml_wider(struct toml *t, struct yaml_node **old, size_t count)
{
	if (count & (count - 1))
		return old;
	struct yaml_node **wider = arena_alloc(t->arena, (count ? count * 2 : 1) * sizeof *wider);
	if (count)
		memcpy(wider, old, count * sizeof *wider);
	return wider;
}

static void toml_put(struct toml *t, struct yaml_node *to, struct yaml_node *key, struct yaml_node *value)
{
	to->items = toml_wider(t, to->items, to->count);
	if (key) {
		to->keys = toml_wider(t, to->keys, to->count);
		to->keys[to->count] = key;
	}
	to->items[to->count++] = value;
}

/* The table of this name within `in`, begun where there is none; NULL where the name is something else's. */
static struct yaml_node *toml_table(struct toml *t, struct yaml_node *in, struct yaml_node *key)
{
	for (size_t i = 0; i < in->count; i++)
		if (str_eq(in->keys[i]->text, key->text))
			return in->items[i]->kind == YAML_MAP ? in->items[i] : NULL;
	struct yaml_node *table = toml_node(t, YAML_MAP);
	toml_put(t, in, key, table);
	return table;
}

/* ---- strings ---- */

static void toml_escape(struct toml *t, struct buf *out)
{
	static const char codes[] = "ntr\"\\", means[] = "\n\t\r\"\\";
	char c = toml_peek(t);
	const char *at = c ? strchr(codes, c) : NULL;
	if (at)
		buf_add_char(out, means[at - codes]);
	else
		buf_add_char(out, ' '); /* other escapes: no key or name has them */
	if (c)
		toml_step(t);
}

static struct yaml_node *toml_string(struct toml *t, const char *quote, bool escapes)
{
	struct yaml_node *n = toml_node(t, YAML_SCALAR);
	AUTOBUF struct buf out;
	buf_init(&out, 1024 * 1024);
	n->quoted = true;
	while (toml_more(t) && !toml_take(t, quote)) {
		char c = toml_peek(t);
		if (c == '\n' && !quote[1])
			toml_fail(t, "the string has no end");
		toml_step(t);
		if (escapes && c == '\\')
			toml_escape(t, &out);
		else
			buf_add_char(&out, c);
	}
	n->text = arena_str(t->arena, buf_str(&out));
	return n;
}

static struct yaml_node *toml_quoted(struct toml *t)
{
	static const struct {
		const char *quote;
		bool escapes;
	} kinds[] = {{"\"\"\"", true}, {"'''", false}, {"\"", true}, {"'", false}};
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		if (toml_take(t, kinds[i].quote))
			return toml_string(t, kinds[i].quote, kinds[i].escapes);
	return NULL;
}

static struct yaml_node *toml_bare(struct toml *t, const char *stops)
{
	struct yaml_node *n = toml_node(t, YAML_SCALAR);
	size_t from = t->i;
	while (toml_more(t) && !strchr(stops, toml_peek(t)))
		toml_step(t);
	n->text = str_trim(str_slice(t->s, from, t->i));
	if (!n->text.n)
		toml_fail(t, "a key or a value is missing");
	return n;
}

/* ---- values ---- */

static struct yaml_node *toml_value(struct toml *t, int depth);
static void toml_pair(struct toml *t, struct yaml_node *in, int depth);

static struct yaml_node *toml_many(struct toml *t, enum yaml_kind kind, const char *end, int depth)
{
	struct yaml_node *n = toml_node(t, kind);
	for (toml_skip(t, true); toml_more(t) && !toml_take(t, end); toml_skip(t, true)) {
		if (kind == YAML_MAP)
			toml_pair(t, n, depth + 1);
		else
			toml_put(t, n, NULL, toml_value(t, depth + 1));
		toml_skip(t, true);
		if (!toml_take(t, ",") && !str_starts(str_slice(t->s, t->i, t->s.n), str_c(end)))
			toml_fail(t, "the list has no end");
	}
	return n;
}

static struct yaml_node *toml_value(struct toml *t, int depth)
{
	if (depth > TOML_DEPTH_MAX)
		toml_fail(t, "nested too deep");
	struct yaml_node *n = t->bad ? toml_node(t, YAML_SCALAR) : toml_quoted(t);
	if (n)
		return n;
	if (toml_take(t, "["))
		return toml_many(t, YAML_LIST, "]", depth);
	if (toml_take(t, "{"))
		return toml_many(t, YAML_MAP, "}", depth);
	return toml_bare(t, ",]}#\n");
}

/* "a.b.c": the tables before the last name are gone into. */
static struct yaml_node *toml_key(struct toml *t, struct yaml_node **in, const char *stops)
{
	for (;;) {
		toml_skip(t, false);
		struct yaml_node *key = toml_quoted(t);
		key = key ? key : toml_bare(t, stops);
		toml_skip(t, false);
		if (t->bad || !toml_take(t, "."))
			return key;
		*in = toml_table(t, *in, key);
		if (!*in)
			toml_fail(t, "a key is used as a table");
		if (t->bad)
			return key;
	}
}

static void toml_pair(struct toml *t, struct yaml_node *in, int depth)
{
	struct yaml_node *key = toml_key(t, &in, ".=\n");
	toml_skip(t, false);
	if (!t->bad && !toml_take(t, "="))
		toml_fail(t, "a \"=\" is missing");
	toml_skip(t, false);
	if (!t->bad)
		toml_put(t, in, key, toml_value(t, depth));
}

/* "[params]"; of "[[cascade]]" the last one stands. */
static struct yaml_node *toml_header(struct toml *t, struct yaml_node *root)
{
	struct yaml_node *in = root;
	bool many = toml_take(t, "[");
	struct yaml_node *key = toml_key(t, &in, ".]\n");
	if (!t->bad && !toml_take(t, many ? "]]" : "]"))
		toml_fail(t, "a \"]\" is missing");
	struct yaml_node *table = t->bad ? NULL : toml_table(t, in, key);
	if (!table)
		toml_fail(t, "a key is used as a table");
	return table ? table : root;
}

static const struct yaml_node *toml_read(struct toml *t)
{
	struct yaml_node *root = toml_node(t, YAML_MAP), *in = root;
	for (toml_skip(t, true); toml_more(t); toml_skip(t, true)) {
		if (toml_take(t, "["))
			in = toml_header(t, root);
		else
			toml_pair(t, in, 0);
	}
	return t->bad ? NULL : root;
}

const struct yaml_node *front_matter_read(struct arena *arena, const char *file, struct str text, struct err *err)
{
	if (!text.n)
		return NULL;
	if (!str_starts(text, STR("+++")))
		return yaml_parse(arena, file, text, err);
	struct toml t = {.arena = arena, .file = arena_cstr(arena, str_c(file)), .s = text, .line = 1, .err = err};
	toml_take(&t, "+++");
	return toml_read(&t);
}
