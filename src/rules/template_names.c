/* Which names a template may use, and what was meant by one that it may not. */
#include <string.h>

#include "base/options.h"
#include "rules/template_impl.h"

static const char *const go_words[] = {"if",     "else",  "end",     "range",   "with",     "template",     "define",
                                       "printf", "print", "toUpper", "toLower", "humanize", "reReplaceAll", "block"};

static struct str first_word(struct str s)
{
	size_t n = 0;
	while (n < s.n && s.p[n] != ' ' && s.p[n] != '\t')
		n++;
	return str_slice(s, 0, n);
}

static bool is_go_word(struct str name)
{
	struct str word = first_word(name);
	for (size_t i = 0; i < sizeof go_words / sizeof *go_words; i++)
		if (str_eq_c(word, go_words[i]) && (word.n < name.n || word.n <= 5))
			return true;
	return false;
}

static bool refuse_go(struct str name, const char *const *names, struct pos at, struct err *err)
{
	if (name.n > 1 && name.p[0] == '.') {
		err_at(err, at, "{{%.*s}} is Go's template syntax: write {{labels.x}}, {{annotations.x}}", STR_ARG(name));
		return true;
	}
	if (name.n > 0 && name.p[0] == '$') {
		err_at(err, at, "{{%.*s}} is Prometheus' template syntax: write {{labels.x}}", STR_ARG(name));
		return true;
	}
	if (names && is_go_word(name)) {
		err_at(err, at,
		       "{{%.*s}} is Go's template syntax: write {{#labels.x}}…{{/labels.x}}, and pipes as {{labels.x | lower}}",
		       STR_ARG(name));
		return true;
	}
	return false;
}

/* ---- what is known ---- */

enum name_match { NAME_UNKNOWN, NAME_LEAF, NAME_PARENT /* of known ones */, NAME_OPEN /* anything may be below it */ };

/* Whether `path` is `prefix`, or begins with it and a dot. */
static bool is_path_below(struct str path, struct str prefix)
{
	return str_starts(path, prefix) && (path.n == prefix.n || path.p[prefix.n] == '.');
}

static enum name_match match_entry(struct str path, struct str entry)
{
	bool open = str_index(entry, '.') < 0;

	if (str_ends(entry, STR(".*"))) {
		open = true;
		entry.n -= 2;
	}
	if (open && is_path_below(path, entry))
		return NAME_OPEN;
	if (str_eq(path, entry))
		return NAME_LEAF;
	return is_path_below(entry, path) ? NAME_PARENT : NAME_UNKNOWN;
}

static enum name_match match_path(struct str path, const char *const *names)
{
	enum name_match best = NAME_UNKNOWN;

	for (size_t i = 0; names[i]; i++) {
		enum name_match one = match_entry(path, str_c(names[i]));
		best = one > best ? one : best;
	}
	return best;
}

/* Innermost first, as rendering looks a name up; then from the top. */
static enum name_match find_known(struct arena *arena, struct str name, const struct template_view *view,
                                  struct str *path)
{
	for (size_t i = view->section_count; i-- > 0;) {
		*path = str_c(arena_printf(arena, "%.*s.%.*s", STR_ARG(view->sections[i]), STR_ARG(name)));
		enum name_match found = match_path(*path, view->names);
		if (found != NAME_UNKNOWN)
			return found;
	}
	*path = name;
	return match_path(name, view->names);
}

struct str template_name_path(struct arena *arena, struct str name, const struct template_view *view)
{
	struct str path = {0};

	if (!view->names || view->free || str_eq_c(name, "."))
		return (struct str){0};
	return find_known(arena, name, view, &path) == NAME_PARENT ? path : (struct str){0};
}

/* ---- what to say of an unknown one ---- */

/* The longest beginning of the name that is known; empty: not even its first segment. */
static struct str known_part(struct str name, const char *const *names)
{
	while (name.n > 0) {
		while (name.n > 0 && name.p[--name.n] != '.')
			;
		if (name.n > 0 && match_path(name, names) != NAME_UNKNOWN)
			return name;
	}
	return (struct str){0};
}

struct siblings {
	struct arena *arena;
	const char **v;
	size_t n;
};

/* The segment behind `below` of every name that has one, each once. */
static struct siblings known_below(struct arena *arena, struct str below, const char *const *names)
{
	size_t count = 0;
	while (names[count])
		count++;
	struct siblings out = {arena, arena_alloc(arena, (count + 1) * sizeof *out.v), 0};

	for (size_t i = 0; i < count; i++) {
		struct str rest = str_c(names[i]);
		if (below.n && (!is_path_below(rest, below) || rest.n == below.n))
			continue;
		rest = str_slice(rest, below.n ? below.n + 1 : 0, rest.n);
		ptrdiff_t dot = str_index(rest, '.');
		const char *segment = arena_cstr(arena, str_slice(rest, 0, dot < 0 ? rest.n : (size_t)dot));
		if (!out.n || strcmp(out.v[out.n - 1], segment) != 0)
			out.v[out.n++] = segment;
	}
	return out;
}

static void tell_known(struct str name, struct str below, const struct siblings *known, struct pos at, struct err *err)
{
	AUTOBUF struct buf list;

	buf_init(&list, 4096);
	for (size_t i = 0; i < known->n; i++)
		buf_printf(&list, "%s%s", i ? ", " : "", known->v[i]);
	err_at(err, at, "unknown name {{%.*s}}: known%s%.*s are %.*s", STR_ARG(name), below.n ? " below " : "",
	       STR_ARG(below), STR_ARG(buf_str(&list)));
}

/* The part of the name that is not known, its first segment. */
static struct str wrong_segment(struct str name, struct str below)
{
	struct str rest = below.n ? str_slice(name, below.n + 1, name.n) : name;
	ptrdiff_t dot = str_index(rest, '.');

	return dot < 0 ? rest : str_slice(rest, 0, (size_t)dot);
}

static void tell_unknown(struct str name, const struct template_view *view, struct pos at, struct err *err)
{
	AUTOARENA struct arena *arena = arena_new();
	struct str below = known_part(name, view->names), wrong = wrong_segment(name, below);
	if (!below.n && view->section_count && str_index(name, '.') < 0)
		below = view->sections[view->section_count - 1];
	struct siblings siblings = known_below(arena, below, view->names);
	const char *nearest = options_nearest(wrong, siblings.v, siblings.n);

	if (nearest)
		err_at(err, at, "unknown name {{%.*s}}: did you mean \"%.*s%s%s\"?", STR_ARG(name), STR_ARG(below),
		       below.n ? "." : "", nearest);
	else
		tell_known(name, below, &siblings, at, err);
}

bool template_name_check(struct str name, const struct template_view *view, struct pos at, struct err *err,
                         bool *unknown)
{
	AUTOARENA struct arena *arena = arena_new();
	struct str path;

	if (refuse_go(name, view->names, at, err))
		return false;
	if (!view->names || view->free || str_eq_c(name, "."))
		return true;
	*unknown = find_known(arena, name, view, &path) == NAME_UNKNOWN;
	if (*unknown)
		tell_unknown(name, view, at, err);
	return true;
}
