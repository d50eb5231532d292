/* Mustache text to tokens, and every name checked. */
#include <stdlib.h>
#include <string.h>

#include "rules/template_impl.h"

#define DELIMITER_MAX 16

struct compiler {
	struct template *t;
	const char *const *names;
	struct pos at;
	struct err *err;
	size_t p;                            /* where reading goes on */
	struct str open, close;              /* delimiters */
	size_t sections[TEMPLATE_DEPTH_MAX]; /* indices of the open ones */
	size_t depth, free_depth; /* within a section of unknown content names are not checked: its depth + 1, or 0 */
	struct arena *scratch;    /* of what follows */
	struct str paths[TEMPLATE_DEPTH_MAX]; /* of the open sections that bring names into view */
	size_t path_at[TEMPLATE_DEPTH_MAX];   /* the depths at which they stand */
	size_t path_count;
	bool unknown; /* a name is: said, and reading has gone on */
};

/* One tag: where it stands and what is in it. */
struct tag {
	size_t from, to;   /* in the text, delimiters included */
	char kind;         /* # ^ / > ! = { & or 0 */
	struct str inside; /* trimmed, without the kind */
};

static bool refuse_template(struct compiler *c, const char *why, struct str what)
{
	err_at(c->err, c->at, "template: %s \"%.*s\"", why, STR_ARG(what));
	return false;
}

static struct token *add_token(struct compiler *c, enum token_kind kind, struct str text)
{
	struct template *t = c->t;
	MEM_ROOM(t->tokens, t->count, t->capacity);
	t->tokens[t->count] = (struct token){.kind = kind, .text = text};
	return &t->tokens[t->count++];
}

static void add_text_token(struct compiler *c, size_t from, size_t to)
{
	if (to > from)
		add_token(c, TOKEN_TEXT, str_slice(c->t->text, from, to));
}

/* ---- finding tags ---- */

static bool read_tag(struct compiler *c, size_t from, struct tag *tag)
{
	struct str text = c->t->text, close = c->close;
	size_t inside = from + c->open.n;
	char kind = inside < text.n ? text.p[inside] : '\0';
	bool triple = kind == '{';
	*tag = (struct tag){.from = from, .kind = kind && strchr("#^/>!={&", kind) ? kind : '\0'};
	inside += tag->kind != '\0';
	/* {{{x}}} ends with its own brace; {{=| |=}} with its own equals sign. */
	char ending[DELIMITER_MAX + 2] = {triple ? '}' : '='};
	memcpy(ending + 1, close.p, close.n);
	struct str end = tag->kind == '{' || tag->kind == '=' ? (struct str){ending, close.n + 1} : close;
	ptrdiff_t length = str_find(str_slice(text, inside, text.n), end);
	if (length < 0)
		return refuse_template(c,
		                       "a tag is not closed:", str_slice(text, from, from + 40 < text.n ? from + 40 : text.n));
	tag->inside = str_trim(str_slice(text, inside, inside + (size_t)length));
	tag->to = inside + (size_t)length + end.n;
	return true;
}

static bool is_blank_between(struct str text, size_t from, size_t to)
{
	for (size_t i = from; i < to; i++)
		if (text.p[i] != ' ' && text.p[i] != '\t')
			return false;
	return true;
}

/* Whether only blanks stand beside the tag on its line; then `*from` and `*to` take in the whole line. */
static bool is_standalone(struct str text, size_t *from, size_t *to)
{
	size_t start = *from, end = *to;
	while (start > 0 && text.p[start - 1] != '\n')
		start--;
	while (end < text.n && text.p[end] != '\n')
		end++;
	size_t last = end < text.n && end > *to && text.p[end - 1] == '\r' ? end - 1 : end;
	if (!is_blank_between(text, start, *from) || !is_blank_between(text, *to, last))
		return false;
	*from = start;
	*to = end < text.n ? end + 1 : end;
	return true;
}

/* ---- tags ---- */

static struct template_view names_in_view(const struct compiler *c)
{
	return (struct template_view){c->names, c->paths, c->path_count, c->free_depth > 0};
}

static bool check_tag_name(struct compiler *c, struct str name)
{
	const struct template_view view = names_in_view(c);
	bool unknown = false;
	if (name.n == 0)
		return refuse_template(c, "a tag is empty", name);
	bool good = template_name_check(name, &view, c->at, c->err, &unknown);
	c->unknown = c->unknown || unknown;
	return good;
}

/* Sections over one label or annotation do not bring names of their own into view. */
static bool is_plain_section(struct str name)
{
	return str_starts(name, STR("labels.")) || str_starts(name, STR("annotations."));
}

/* What a section over `name` brings into view: the members of what is known, or anything. */
static void enter_template_section(struct compiler *c, struct str name)
{
	const struct template_view view = names_in_view(c);
	struct str path = template_name_path(c->scratch, name, &view);
	if (path.n > 0) {
		c->path_at[c->path_count] = c->depth;
		c->paths[c->path_count++] = path;
	} else if (c->free_depth == 0 && !is_plain_section(name)) {
		c->free_depth = c->depth;
	}
}

static bool open_section(struct compiler *c, const struct tag *tag)
{
	if (!check_tag_name(c, tag->inside))
		return false;
	if (c->depth == TEMPLATE_DEPTH_MAX)
		return refuse_template(c, "sections are nested too deep at", tag->inside);
	c->sections[c->depth++] = c->t->count;
	if (tag->kind == '#')
		enter_template_section(c, tag->inside);
	add_token(c, tag->kind == '#' ? TOKEN_SECTION : TOKEN_INVERTED, tag->inside);
	return true;
}

static bool close_section(struct compiler *c, const struct tag *tag)
{
	if (c->depth == 0)
		return refuse_template(c, "a section is closed that was not opened:", tag->inside);
	struct token *opening = &c->t->tokens[c->sections[--c->depth]];
	if (!str_eq(opening->text, tag->inside))
		return refuse_template(c, "a section is closed out of turn:", tag->inside);
	if (c->free_depth > c->depth)
		c->free_depth = 0;
	if (c->path_count > 0 && c->path_at[c->path_count - 1] > c->depth)
		c->path_count--;
	opening->end = c->t->count;
	add_token(c, TOKEN_END, tag->inside);
	return true;
}

static bool is_delimiter(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (strchr(" \t\r\n=", s.p[i]))
			return false;
	return s.n > 0 && s.n <= DELIMITER_MAX;
}

static bool set_delimiters(struct compiler *c, const struct tag *tag)
{
	struct str s = tag->inside;
	size_t n = 0;
	while (n < s.n && !strchr(" \t\r\n", s.p[n]))
		n++;
	struct str open = str_slice(s, 0, n), close = str_trim(str_slice(s, n, s.n));
	if (!is_delimiter(open) || !is_delimiter(close))
		return refuse_template(c, "delimiters are two words without '=':", s);
	c->open = open;
	c->close = close;
	return true;
}

static bool value_tag(struct compiler *c, const struct tag *tag)
{
	struct token *t = add_token(c, TOKEN_VALUE, tag->inside);
	t->raw = tag->kind != '\0';
	if (!c->t->arena)
		c->t->arena = arena_new();
	return template_pipes_parse(c->t->arena, tag->inside, c->at, t, c->err) && check_tag_name(c, t->text);
}

static bool partial_tag(struct compiler *c, const struct tag *tag, bool standalone, size_t line)
{
	if (tag->inside.n == 0)
		return refuse_template(c, "a tag is empty", tag->inside);
	if (c->names)
		return refuse_template(c, "there are no partials here:", tag->inside);
	struct token *t = add_token(c, TOKEN_PARTIAL, tag->inside);
	t->standalone = standalone;
	if (standalone)
		t->indent = str_slice(c->t->text, line, tag->from);
	return true;
}

static bool add_tag(struct compiler *c, const struct tag *tag, bool standalone, size_t line)
{
	switch (tag->kind) {
	case '!': return true;
	case '#':
	case '^': return open_section(c, tag);
	case '/': return close_section(c, tag);
	case '=': return set_delimiters(c, tag);
	case '>': return partial_tag(c, tag, standalone, line);
	default: return value_tag(c, tag);
	}
}

static bool read_next(struct compiler *c, bool *more)
{
	struct str text = c->t->text;
	ptrdiff_t found = str_find(str_slice(text, c->p, text.n), c->open);
	*more = found >= 0;
	if (!*more) {
		add_text_token(c, c->p, text.n);
		return true;
	}
	struct tag tag;
	if (!read_tag(c, c->p + (size_t)found, &tag))
		return false;
	size_t from = tag.from, to = tag.to;
	bool standalone = tag.kind && strchr("!#^/=>", tag.kind) && is_standalone(text, &from, &to);
	add_text_token(c, c->p, from);
	c->p = to;
	c->t->literal = false;
	return add_tag(c, &tag, standalone, from);
}

static bool read_template_tokens(struct compiler *c)
{
	for (bool more = true; more;)
		if (!read_next(c, &more))
			return false;
	if (c->depth > 0)
		return refuse_template(c, "a section is not closed:", c->t->tokens[c->sections[c->depth - 1]].text);
	return true;
}

struct template *template_compile(struct str text, const char *const *names, struct pos at, struct err *err)
{
	struct template *t = mem_zero(sizeof *t);
	t->bytes = mem_str(text);
	t->text = (struct str){t->bytes, text.n};
	t->literal = true;
	AUTOARENA struct arena *scratch = arena_new();
	struct compiler c = {
		.t = t, .names = names, .at = at, .err = err, .open = STR("{{"), .close = STR("}}"), .scratch = scratch};
	if (!read_template_tokens(&c) || c.unknown) {
		template_free(t);
		return NULL;
	}
	/* there are as many templates as rules, and most are a few words */
	t->tokens = mem_grow_array(t->tokens, t->count ? t->count : 1, sizeof *t->tokens);
	t->capacity = t->count;
	return t;
}

void template_free(struct template *t)
{
	if (!t)
		return;
	free(t->tokens);
	arena_free(t->arena);
	free(t->bytes);
	free(t);
}

bool template_is_literal(const struct template *t)
{
	return t->literal;
}
