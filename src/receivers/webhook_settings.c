/* Checks and compiles a `webhook` receiver's headers and body. */
#include "webhook_settings.h"

#include <string.h>

#include "base/ascii.h"

static bool is_token(struct str name)
{
	for (size_t i = 0; i < name.n; i++) {
		char c = name.p[i];
		if (!ascii_is_alnum(c) && (!c || !strchr("!#$%&'*+-.^_`|~", c)))
			return false;
	}
	return name.n > 0;
}

/* Headers that are runbookd's or the transport's own. */
static bool is_reserved(struct str name)
{
	static const char *const names[] = {
		"Host",       "Content-Length",  "Transfer-Encoding",    "Connection",           "Expect",
		"User-Agent", "Idempotency-Key", "X-Runbookd-Timestamp", "X-Runbookd-Signature",
	};
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		if (str_eq_nocase(name, str_c(names[i])))
			return true;
	}
	return false;
}

static bool has_control(struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		if (((unsigned char)s.p[i] < 0x20 && s.p[i] != '\t') || s.p[i] == 0x7f)
			return true;
	}
	return false;
}

static const char *header_problem(const struct webhook_settings *s, const struct yaml_node *name,
                                  const struct yaml_node *value)
{
	bool authorizes = str_eq_nocase(name->text, STR("Authorization"));
	if (!is_token(name->text))
		return "is no header name";
	if (is_reserved(name->text))
		return "is set by runbookd itself";
	if (authorizes && (s->bearer_token.n || s->bearer_token_file.n))
		return "stands beside bearer_token: give one of the two";
	if (value->kind != YAML_SCALAR)
		return "must have a string as its value";
	return has_control(value->text) ? "has a line break or another control character in its value" : NULL;
}

static bool take_webhook_header(struct webhook_settings *s, const struct yaml_node *name, const struct yaml_node *value,
                                struct arena *arena, struct err *err)
{
	const char *problem = header_problem(s, name, value);
	if (problem) {
		err_at(err, name->at, "webhook: header \"%.*s\" %s", STR_ARG(name->text), problem);
		return false;
	}
	if (str_eq_nocase(name->text, STR("Content-Type"))) {
		s->content_type = arena_str(arena, value->text);
		return true;
	}
	s->headers[s->header_count++] =
		(struct webhook_header){arena_cstr(arena, name->text), arena_str(arena, value->text)};
	return true;
}

/* Left for what is added to the user's headers. */
#define HEADERS_OWN 8

static bool take_headers(struct webhook_settings *s, struct arena *arena, struct err *err)
{
	const struct yaml_node *map = s->headers_node;
	bool ok = true;
	if (!map)
		return true;
	if (map->kind != YAML_MAP || map->count > REQUEST_HEADERS_MAX - HEADERS_OWN) {
		err_at(err, map->at, "webhook: \"headers\" must be a mapping of at most %d headers",
		       REQUEST_HEADERS_MAX - HEADERS_OWN);
		return false;
	}
	s->headers = arena_alloc(arena, (map->count + 1) * sizeof *s->headers);
	for (size_t i = 0; i < map->count; i++)
		ok &= take_webhook_header(s, map->keys[i], map->items[i], arena, err);
	return ok;
}

/* application/json, application/vnd.x+json; parameters do not count. */
static bool is_json_type(struct str type)
{
	ptrdiff_t end = str_index(type, ';');
	type = str_trim(end < 0 ? type : str_slice(type, 0, (size_t)end));
	struct str tail = STR("json");
	if (type.n <= tail.n || !str_eq_nocase(str_slice(type, type.n - tail.n, type.n), tail))
		return false;
	return strchr("/+", type.p[type.n - tail.n - 1]) != NULL;
}

static bool take_body_template(struct webhook_settings *s, struct arena *arena, struct err *err)
{
	const struct yaml_node *node = s->body_node;
	if (!node)
		return true;
	if (node->kind != YAML_SCALAR) {
		err_at(err, node->at, "webhook: \"body\" must be a template, not a %s", yaml_kind_name(node));
		return false;
	}
	/* a copy, because a template may keep views into its text */
	s->body = template_compile(arena_str(arena, node->text), receiver_template_names(), node->at, err);
	return s->body != NULL;
}

/* A template that makes no JSON of an incident that has everything would make none of any. */
static bool check_json(const struct webhook_settings *s, struct err *err)
{
	if (!s->is_json || !s->body || webhook_sample_is_json(s->body))
		return true;
	err_at(err, s->body_node->at,
	       "webhook: \"body\" makes no JSON (values need their quotes, {{x | json}} brings its own; another "
	       "Content-Type in \"headers\" makes it plain text)");
	return false;
}

bool webhook_prepare(struct webhook_settings *s, struct arena *arena, struct err *err)
{
	s->content_type = STR("application/json");
	bool ok = take_headers(s, arena, err);
	s->is_json = is_json_type(s->content_type);
	return take_body_template(s, arena, err) && check_json(s, err) && ok;
}
