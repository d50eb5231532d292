/* Secrets and their files: read when used, so that a changed file counts at once. */
#include <string.h>

#include "disk.h"
#include "load.h"

bool secret_read(struct arena *arena, struct str file, struct str *out, const char **why)
{
	struct str s;
	if (!disk_read(arena, arena_cstr(arena, file), SECRET_MAX, &s, why))
		return false;
	while (s.n && (s.p[s.n - 1] == '\n' || s.p[s.n - 1] == '\r'))
		s.n--;
	*out = arena_str(arena, s);
	*why = "empty";
	return s.n > 0;
}

bool config_read_secret(struct arena *arena, struct str file, struct str *out, struct err *err)
{
	const char *why;
	if (secret_read(arena, file, out, &why))
		return true;
	err_add(err, "%.*s: %s", STR_ARG(file), why);
	return false;
}

void load_check_secret(struct loading *l, struct str file, struct pos at, const char *what)
{
	AUTOARENA struct arena *arena = arena_new();
	struct str value;
	const char *why;
	if (file.n && !l->options->no_secrets && !secret_read(arena, file, &value, &why))
		err_at(l->err, at, "\"%s\": %.*s: %s", what, STR_ARG(file), why);
}

void load_check_twins(struct loading *l, const struct yaml_node *map, const char *option, const char *what)
{
	AUTOFREE char *twin = mem_printf("%s_file", option);
	const struct yaml_node *file = yaml_get(map, twin);
	if (file && yaml_get(map, option) && !yaml_is_null(file) && !yaml_is_null(yaml_get(map, option)))
		err_at(l->err, file->at, "%s: give \"%s\" or \"%s\", not both", what, option, twin);
}

bool secret_is_url(const struct receiver_kind *kind, const char *option)
{
	for (const char *const *name = kind->urls; name && *name; name++) {
		if (!strcmp(*name, option))
			return true;
	}
	return false;
}

/* Only a URL that may be used: its scheme and host were not known when the configuration was loaded. */
static bool url_allowed(const struct config_receiver *r, const struct config_secret *s, struct str value,
                        struct err *err)
{
	if (!secret_is_url(r->kind, s->option))
		return true;
	if (receiver_url_valid(value) && (r->allow_http || receiver_url_safe(value)))
		return true;
	err_add(err, "receiver %.*s: the URL in %.*s is not %s", STR_ARG(r->name), STR_ARG(s->file),
	        r->allow_http ? "an http or https URL" : "an https URL");
	return false;
}

static bool read_config_secret(const struct config_receiver *r, const struct config_secret *s, struct arena *arena,
                               struct str *out, struct err *err)
{
	const char *why;
	*out = s->value;
	if (!s->file.n)
		return true;
	if (secret_read(arena, s->file, out, &why))
		return url_allowed(r, s, *out, err);
	err_add(err, "receiver %.*s: %s: %.*s: %s", STR_ARG(r->name), s->option, STR_ARG(s->file), why);
	return false;
}

/* No page needs it, and none is held up where it cannot be read. */
static bool is_of_callback(const struct config_receiver *r, const struct config_secret *s)
{
	return r->kind->callback && !strcmp(r->kind->callback->secret, s->option);
}

bool config_receiver_secrets(const struct config_receiver *r, struct arena *arena, struct receiver_secret **out,
                             size_t *count, struct err *err)
{
	struct receiver_secret *list = arena_alloc(arena, (r->secret_count + 1) * sizeof *list);
	*out = list;
	*count = 0;
	for (size_t i = 0; i < r->secret_count; i++) {
		struct receiver_secret *s = &list[*count];
		if (is_of_callback(r, &r->secrets[i]))
			continue;
		s->option = r->secrets[i].option;
		if (!read_config_secret(r, &r->secrets[i], arena, &s->value, err))
			return false;
		++*count;
	}
	return true;
}

bool secret_lines(struct arena *arena, const struct config_secret *s, struct strs *out, const char **why)
{
	struct str rest = s->value;
	*out = (struct strs){arena_alloc(arena, SECRET_LINES_MAX * sizeof *out->v), 0};
	if (s->file.n && !secret_read(arena, s->file, &rest, why))
		return false;
	while (rest.n) {
		ptrdiff_t end = str_index(rest, '\n');
		struct str line = str_trim(str_slice(rest, 0, end < 0 ? rest.n : (size_t)end));
		rest = str_slice(rest, end < 0 ? rest.n : (size_t)end + 1, rest.n);
		if (line.n && line.p[0] != '#' && out->n < SECRET_LINES_MAX)
			out->v[out->n++] = line;
	}
	*why = "it holds no secret";
	return out->n > 0;
}

bool config_receiver_secret(const struct config_receiver *r, const char *option, struct arena *arena, struct strs *out,
                            struct err *err)
{
	const char *why;
	*out = (struct strs){NULL, 0};
	for (size_t i = 0; i < r->secret_count; i++) {
		const struct config_secret *s = &r->secrets[i];
		if (strcmp(s->option, option) != 0 || secret_lines(arena, s, out, &why))
			continue;
		err_add(err, "receiver %.*s: %s: %.*s: %s", STR_ARG(r->name), option, STR_ARG(s->file), why);
		return false;
	}
	return true;
}
