/* One receiver of ours, made of another program's: its name, its secrets, and whether a configuration loads with it. */
#include <string.h>

#include "import_impl.h"
#include "service/catalog_json.h"

#define NAME_MAX_BYTES 80 /* a receiver's name has 100; others of the same name get a number */
#define YAML_MAX (1024 * 1024)

/* ---- names ---- */

static bool is_making_name_taken(const json_t *list, const char *name)
{
	for (size_t i = 0; i < json_array_size(list); i++)
		if (strcmp(json_string_value(json_object_get(json_array_get(list, i), "name")), name) == 0)
			return true;
	return false;
}

/* A name that rules here can say: no control characters, no braces that would be a template, not too long. */
static struct str speakable(struct import *i, struct str theirs)
{
	size_t most = theirs.n < NAME_MAX_BYTES ? theirs.n : NAME_MAX_BYTES, n = 0;

	while (most < theirs.n && most && ((unsigned char)theirs.p[most] & 0xc0) == 0x80)
		most--;
	char *out = arena_cstr(i->arena, str_slice(theirs, 0, most));
	for (const char *p = out; *p; p++) {
		bool brace = (*p == '{' && p[1] == '{') || (*p == '}' && p[1] == '}') || (n && p[-1] == *p && strchr("{}", *p));
		if (!brace)
			out[n++] = (unsigned char)*p < 0x20 || *p == 0x7f ? ' ' : *p;
	}
	struct str name = str_trim((struct str){out, n});
	return name.n ? arena_str(i->arena, name) : STR("receiver");
}

/* The first is called as theirs, another by its kind too. */
struct str import_free_name(struct import *i, const json_t *list, struct str name, const char *other)
{
	char *try = arena_cstr(i->arena, name);
	for (int n = 1; is_making_name_taken(list, try); n++)
		try = n == 1 ? arena_printf(i->arena, "%.*s-%s", STR_ARG(name), other)
		             : arena_printf(i->arena, "%.*s-%s-%d", STR_ARG(name), other, n);
	return str_c(try);
}

void import_making_begin(struct import_making *m, struct str name, const json_t *receivers)
{
	m->name = import_free_name(m->import, receivers, speakable(m->import, name), m->kind->name);
	m->receiver = json_object();
	m->settings = json_object();
	m->secrets = m->import->secret_count;
	json_object_set_new(m->receiver, "name", json_stringn(m->name.p, m->name.n));
}

/* ---- settings ---- */

bool import_making_knows(const struct import_making *m, struct str option)
{
	for (size_t i = 0; i < m->kind->option_count; i++)
		if (str_eq_c(option, m->kind->options[i].name) && m->kind->options[i].type != OPTION_FOREIGN)
			return true;
	return false;
}

void import_making_secret(struct import_making *m, struct str option, struct str value)
{
	json_object_set_new(m->settings, arena_printf(m->import->arena, "%.*s_file", STR_ARG(option)),
	                    json_string(import_secret(m->import, m->name, option, value)));
}

/* ---- whether it loads ---- */

static const struct yaml_node *making_node(const struct import_making *m, struct arena *arena, struct err *err)
{
	AUTOBUF struct buf text;

	buf_init(&text, YAML_MAX);
	yaml_write(m->settings, &text);
	return json_object_size(m->settings) ? yaml_parse(arena, "", arena_str(arena, buf_str(&text)), err)
	                                     : yaml_parse(arena, "", STR("{}"), err);
}

static bool settings_load(const struct import_making *m, struct err *err)
{
	AUTOARENA struct arena *arena = arena_new();
	const struct yaml_node *node = making_node(m, arena, err);
	const struct receiver_kind *kind = m->kind;
	void *settings = arena_alloc(arena, kind->settings_size);

	if (!node)
		return false;
	options_defaults(kind->options, kind->option_count, arena, settings);
	if (!options_read(kind->options, kind->option_count, node, kind->name, arena, settings, NULL, err))
		return false;
	bool ok = receiver_check(kind, settings, node->at, arena, err);
	if (kind->release)
		kind->release(settings);
	return ok;
}

static bool has_required_secrets(const struct import_making *m, struct err *err)
{
	for (const char *const *name = m->kind->required; name && *name; name++) {
		AUTOFREE char *twin = mem_printf("%s_file", *name);
		if (json_object_get(m->settings, *name) || json_object_get(m->settings, twin))
			continue;
		err_add(err, "\"%s\" is required", *name);
		return false;
	}
	return true;
}

/* A URL that is a secret lies in a file, and is looked at there when it is loaded. */
static bool hidden_urls_load(const struct import_making *m, struct err *err)
{
	for (const char *const *name = m->kind->urls; name && *name; name++) {
		AUTOFREE char *twin = mem_printf("%s_file", *name);
		const char *path = json_string_value(json_object_get(m->settings, twin));
		for (size_t i = m->secrets; i < m->import->secret_count; i++) {
			const struct new_secret *s = &m->import->secrets[i];
			if (!path || !str_eq_c(s->path, path) || !s->value.n || receiver_url_valid(s->value))
				continue;
			err_add(err, "\"%s\" must be an http or https URL", *name);
			return false;
		}
	}
	return true;
}

static bool words_load(const struct import_making *m, struct err *err)
{
	static const char *const keys[] = {"title", "text"};

	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
		const char *text = json_string_value(json_object_get(m->receiver, keys[i]));
		struct template *t =
			text ? template_compile(str_c(text), receiver_template_names(), (struct pos){0}, err) : NULL;
		template_free(t);
	}
	return !err_any(err);
}

/* "FILE:1:2: error: email: …" without its place, which is none of theirs. */
static const char *load_complaint(const struct err *err)
{
	const char *line = err_first(err), *text = strstr(line, "error: ");
	return text ? text + strlen("error: ") : line;
}

static void leave_out(struct import_making *m, const struct err *err)
{
	import_note(m->import, m->at, "receiver \"%.*s\": its %s was left out, nobody is told by it: %s",
	            STR_ARG(m->theirs), m->kind->name, load_complaint(err));
	import_lose(m->import, m->theirs);
	m->import->secret_count = m->secrets;
	json_decref(m->receiver);
	json_decref(m->settings);
}

bool import_making_end(struct import_making *m, json_t *receivers)
{
	AUTOERR struct err err = ERR_INIT;
	AUTOFREE char *theirs = mem_str(m->theirs);

	if (!has_required_secrets(m, &err) || !settings_load(m, &err) || !hidden_urls_load(m, &err) ||
	    !words_load(m, &err)) {
		leave_out(m, &err);
		return false;
	}
	json_object_set_new(m->receiver, m->kind->name, m->settings);
	json_array_append_new(receivers, m->receiver);
	json_array_append_new(json_object_get(m->import->names, theirs), json_stringn(m->name.p, m->name.n));
	return true;
}
