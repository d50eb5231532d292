/* Renders tokens against a JSON value, within ceilings. */
#include <string.h>

#include "rules/template_impl.h"

/* What names are looked up in, innermost first. */
struct scope {
	const json_t *value;
	const struct scope *outer;
};

struct render {
	struct arena *arena;
	const struct template_partials *partials;
	enum template_escape escape;
	struct buf *out;
	size_t from; /* of `out`: what stood there before does not count */
	size_t steps, depth;
	struct str indent; /* of the partials around, put before each of their lines */
	bool line_start;
};

static bool render_tokens(struct render *r, const struct template *t, size_t from, size_t to,
                          const struct scope *scope);

/* ---- names ---- */

static struct str first_segment(struct str name, struct str *rest)
{
	ptrdiff_t dot = str_index(name, '.');
	*rest = dot < 0 ? (struct str){0} : str_slice(name, (size_t)dot + 1, name.n);
	return dot < 0 ? name : str_slice(name, 0, (size_t)dot);
}

/* Below the first segment a name with dots may be one key: {{labels.k8s.pod.name}}. */
static const json_t *descend(const json_t *value, struct str rest)
{
	while (value && rest.n > 0) {
		const json_t *whole = json_object_getn(value, rest.p, rest.n);
		if (whole)
			return whole;
		struct str key = first_segment(rest, &rest);
		value = json_object_getn(value, key.p, key.n);
	}
	return value;
}

static const json_t *look_up_scope(const struct scope *scope, struct str name)
{
	if (str_eq_c(name, "."))
		return scope->value;
	struct str rest, key = first_segment(name, &rest);
	for (const struct scope *s = scope; s; s = s->outer) {
		const json_t *found = json_object_getn(s->value, key.p, key.n);
		if (found)
			return descend(found, rest);
	}
	return NULL;
}

/* A dot shows whatever is in view, and a partial may name anything. */
static bool may_mean_anything(const struct token *t)
{
	return t->kind == TOKEN_PARTIAL || (t->kind != TOKEN_TEXT && t->kind != TOKEN_END && str_eq_c(t->text, "."));
}

/* `rest` is what it says of it behind the first dot. */
static bool names_section(const struct token *t, struct str name, struct str *rest)
{
	return t->kind != TOKEN_TEXT && t->kind != TOKEN_END && str_eq(first_segment(t->text, rest), name);
}

bool template_next_tag(const struct template *t, size_t *cursor, struct str *name)
{
	while (*cursor < t->count) {
		const struct token *token = &t->tokens[(*cursor)++];
		*name = token->text;
		if (token->kind == TOKEN_VALUE || token->kind == TOKEN_SECTION || token->kind == TOKEN_INVERTED)
			return true;
	}
	return false;
}

bool template_mentions(const struct template *t, struct str name)
{
	struct str rest;
	for (size_t i = 0; i < t->count; i++) {
		if (may_mean_anything(&t->tokens[i]) || names_section(&t->tokens[i], name, &rest))
			return true;
	}
	return false;
}

/* The object by its own name is all of it: a section looks up what is in it. */
bool template_mentions_in(const struct template *t, struct str name, struct str member)
{
	struct str rest;
	for (size_t i = 0; i < t->count; i++) {
		if (may_mean_anything(&t->tokens[i]) ||
		    (names_section(&t->tokens[i], name, &rest) && (!rest.n || str_eq(rest, member))))
			return true;
	}
	return false;
}

static bool is_false(const json_t *v)
{
	return !v || json_is_null(v) || json_is_false(v) || (json_is_array(v) && json_array_size(v) == 0) ||
	       (json_is_string(v) && json_string_length(v) == 0);
}

/* ---- output ---- */

static bool within_ceilings(const struct render *r)
{
	return buf_ok(r->out) && r->out->n - r->from <= TEMPLATE_OUTPUT_MAX && r->steps <= TEMPLATE_STEPS_MAX &&
	       r->depth <= TEMPLATE_DEPTH_MAX;
}

static void begin_output(struct render *r)
{
	if (r->line_start)
		buf_add(r->out, r->indent);
	r->line_start = false;
}

/* Only a partial's own lines are indented, not those within a value. */
static void put_indented_text(struct render *r, struct str text)
{
	if (r->indent.n == 0) {
		buf_add(r->out, text);
		return;
	}
	while (text.n > 0) {
		ptrdiff_t newline = str_index(text, '\n');
		size_t n = newline < 0 ? text.n : (size_t)newline + 1;
		begin_output(r);
		buf_add(r->out, str_slice(text, 0, n));
		r->line_start = newline >= 0;
		text = str_slice(text, n, text.n);
	}
}

/* In URLs everything is escaped, whatever the template says: a label must not choose a host. */
static enum template_escape escape_for(const struct render *r, const struct token *t)
{
	bool url = r->escape == ESCAPE_URL || r->escape == ESCAPE_PATH;
	if (t->raw && !url)
		return ESCAPE_NONE;
	if (t->pipe_count == 0)
		return r->escape;
	enum pipe_kind last = t->pipes[t->pipe_count - 1].kind;
	bool done = (url && last == PIPE_URLENCODE) || (r->escape == ESCAPE_JSON && last == PIPE_JSON);
	return done ? ESCAPE_NONE : r->escape;
}

static void put_template_variable(struct render *r, const struct token *t, const struct scope *scope)
{
	const json_t *value = look_up_scope(scope, t->text);
	struct str text = template_value_text(r->arena, value);
	text = template_pipes_apply(r->arena, t, text, value);
	begin_output(r);
	template_escape_add(r->out, text, escape_for(r, t));
}

/* ---- sections and partials ---- */

static bool render_section(struct render *r, const struct template *t, size_t at, const struct scope *scope)
{
	const struct token *section = &t->tokens[at];
	const json_t *value = look_up_scope(scope, section->text);
	if (section->kind == TOKEN_INVERTED)
		return !is_false(value) || render_tokens(r, t, at + 1, section->end, scope);
	if (is_false(value))
		return true;
	size_t rounds = json_is_array(value) ? json_array_size(value) : 1;
	for (size_t i = 0; i < rounds; i++) {
		struct scope inner = {json_is_array(value) ? json_array_get(value, i) : value, scope};
		r->steps++;
		if (!render_tokens(r, t, at + 1, section->end, &inner))
			return false;
	}
	return true;
}

static struct str joined_texts(struct arena *arena, struct str a, struct str b)
{
	if (a.n == 0 || b.n == 0)
		return a.n ? a : b;
	char *to = arena_alloc(arena, a.n + b.n);
	memcpy(to, a.p, a.n);
	memcpy(to + a.n, b.p, b.n);
	return (struct str){to, a.n + b.n};
}

static bool render_partial(struct render *r, const struct token *t, const struct scope *scope)
{
	const struct template *found =
		r->partials && r->partials->find ? r->partials->find(r->partials->arg, t->text) : NULL;
	if (!found)
		return true;
	struct str outer = r->indent;
	if (t->standalone) {
		r->indent = joined_texts(r->arena, outer, t->indent);
		r->line_start = true;
	}
	bool good = render_tokens(r, found, 0, found->count, scope);
	r->indent = outer;
	r->line_start = r->line_start || t->standalone;
	return good;
}

static bool render_token(struct render *r, const struct template *t, size_t *at, const struct scope *scope)
{
	const struct token *token = &t->tokens[*at];
	switch (token->kind) {
	case TOKEN_TEXT: put_indented_text(r, token->text); return true;
	case TOKEN_VALUE: put_template_variable(r, token, scope); return true;
	case TOKEN_SECTION:
	case TOKEN_INVERTED: {
		size_t section = *at;
		*at = token->end;
		return render_section(r, t, section, scope);
	}
	case TOKEN_PARTIAL: return render_partial(r, token, scope);
	case TOKEN_END: return true;
	}
	return true;
}

static bool render_tokens(struct render *r, const struct template *t, size_t from, size_t to, const struct scope *scope)
{
	r->depth++;
	bool good = true;
	for (size_t i = from; i < to && good; i++) {
		r->steps++;
		good = within_ceilings(r) && render_token(r, t, &i, scope);
	}
	good = good && within_ceilings(r);
	r->depth--;
	return good;
}

bool template_render_with(const struct template *t, const json_t *context, enum template_escape escape,
                          const struct template_partials *partials, struct buf *out)
{
	AUTOARENA struct arena *arena = arena_new();
	struct render r = {.arena = arena, .partials = partials, .escape = escape, .out = out, .from = out->n};
	const struct scope root = {context, NULL};
	return render_tokens(&r, t, 0, t->count, &root);
}

bool template_render(const struct template *t, const json_t *context, enum template_escape escape, struct buf *out)
{
	return template_render_with(t, context, escape, NULL, out);
}
