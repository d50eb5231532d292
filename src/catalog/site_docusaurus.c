/*
 * Docusaurus: numbers in front of names are taken off (dates and versions are not), README, index and a page named like its
 * folder are the folder's, names with "_" in front are no pages. Front matter may state a slug or an id.
 */
#include <string.h>

#include "base/ascii.h"
#include "site_impl.h"

static bool is_joint(char c)
{
	return c == '-' || c == '_' || c == '.';
}

static size_t digits_at(struct str s, size_t i)
{
	size_t n = 0;
	while (i + n < s.n && ascii_is_digit(s.p[i + n]))
		n++;
	return n;
}

/* 2024-01-15-outage and 1.2-notes: the digits are followed by a joint and more digits. */
static bool is_date_or_version(struct str name)
{
	size_t n = digits_at(name, 0);
	return n && n + 1 < name.n && is_joint(name.p[n]) && ascii_is_digit(name.p[n + 1]);
}

/* "01-first" -> "first"; also "01 - first" and "01. first". */
static struct str without_number_prefix(struct str name)
{
	size_t n = digits_at(name, 0), joints = 0;
	if (!n || is_date_or_version(name))
		return name;
	while (n < name.n && name.p[n] == ' ')
		n++;
	for (; n < name.n && is_joint(name.p[n]); n++)
		joints++;
	while (n < name.n && name.p[n] == ' ')
		n++;
	return joints && n < name.n ? str_slice(name, n, name.n) : name;
}

static struct str shown_name(const struct site_page *p, struct str name)
{
	return p->site->number_prefixes ? without_number_prefix(name) : name;
}

static struct str shown_dir(const struct site_page *p)
{
	struct str rest = p->dir, out = {NULL, 0};
	while (rest.n) {
		struct str segment = shown_name(p, site_take_segment(&rest));
		out = str_c(arena_printf(p->arena, "%.*s%.*s/", STR_ARG(out), STR_ARG(segment)));
	}
	return out;
}

static struct str last_folder(const struct site_page *p)
{
	struct str rest = p->dir, last = {NULL, 0};
	while (rest.n)
		last = site_take_segment(&rest);
	return last;
}

static bool has_hidden_segment(struct str path)
{
	while (path.n)
		if (str_starts(site_take_segment(&path), STR("_")))
			return true;
	return false;
}

/* Of README.md and index.md in one folder, which both claim its path, index.md is built last. */
static bool loses_folder(const struct site_page *p)
{
	return !str_eq_nocase(p->stem, STR("index")) && site_has_beside(p, "index.md");
}

/* `path` has no '/' at its end. The root and folders' pages are found under their folder. */
static struct site_place placed(const struct site_page *p, struct str path)
{
	struct str base = p->site->route_base;
	while (str_starts(base, STR("/")))
		base = str_slice(base, 1, base.n);
	while (str_ends(base, STR("/")))
		base.n--;
	if (base.n)
		path = str_c(arena_printf(p->arena, "%.*s%s%.*s", STR_ARG(base), path.n ? "/" : "", STR_ARG(path)));
	if (!path.n)
		return site_at(p, "%s", "");
	return site_at(p, p->site->trailing_slash == SLASH_NEVER ? "%.*s.html" : "%.*s/", STR_ARG(path));
}

static struct str trimmed(struct str path)
{
	while (str_starts(path, STR("/")))
		path = str_slice(path, 1, path.n);
	while (str_ends(path, STR("/")))
		path.n--;
	return path;
}

struct site_place site_docusaurus_place(const struct site_page *p)
{
	struct str dir = shown_dir(p), name = p->front.id.n ? p->front.id : shown_name(p, p->stem), slug = p->front.slug;
	struct str folder = last_folder(p);
	bool folders = str_eq_nocase(p->stem, STR("index")) || str_eq_nocase(p->stem, STR("readme")) ||
	               (folder.n && str_eq_nocase(p->stem, folder));
	if (has_hidden_segment(p->path))
		return site_nowhere("its path has a name that begins with \"_\"");
	if (p->front.draft)
		return site_nowhere("it is a draft");
	if (str_starts(slug, STR("/")))
		return placed(p, trimmed(slug));
	if (!slug.n && folders && loses_folder(p))
		return site_nowhere("index.md stands in its place");
	if (!slug.n && folders)
		return placed(p, trimmed(dir));
	name = slug.n ? trimmed(slug) : name;
	return placed(p, str_c(arena_printf(p->arena, "%.*s%.*s", STR_ARG(dir), STR_ARG(name))));
}
