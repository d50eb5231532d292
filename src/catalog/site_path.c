/* Where a page is found: the generators with simple rules are here, two have files of their own. */
#include <stdarg.h>
#include <string.h>

#include "catalog/pages.h"
#include "site_impl.h"

/* ---- what places are made of ---- */

struct site_place site_at(const struct site_page *p, const char *format, ...)
{
	va_list ap;
	AUTOBUF struct buf path;
	buf_init(&path, 8192);
	va_start(ap, format);
	buf_vprintf(&path, format, ap);
	va_end(ap);
	if (!buf_ok(&path))
		return site_nowhere("its path is too long");
	return (struct site_place){.path = arena_str(p->arena, buf_str(&path))};
}

struct site_place site_nowhere(const char *why)
{
	return (struct site_place){.why = why};
}

bool site_has_beside(const struct site_page *p, const char *name)
{
	return p->folder->has(p->folder->arg, str_c(arena_printf(p->arena, "%.*s%s", STR_ARG(p->dir), name)));
}

static struct site_place in_folder(const struct site_page *p)
{
	return site_at(p, "%.*s", STR_ARG(p->dir));
}

static struct site_place with_ending(const struct site_page *p, const char *ending)
{
	return site_at(p, "%.*s%.*s%s", STR_ARG(p->dir), STR_ARG(p->stem), ending);
}

static struct site_place as_file(const struct site_page *p)
{
	return site_at(p, "%.*s", STR_ARG(p->path));
}

static bool is_index_file(const struct site_page *p)
{
	return str_eq_c(p->stem, "index");
}

/* README.md where it is the folder's page, unless index.md is. */
static struct site_place readme_place(const struct site_page *p)
{
	return site_has_beside(p, "index.md") ? site_nowhere("index.md stands in its place") : in_folder(p);
}

struct str site_take_segment(struct str *rest)
{
	ptrdiff_t slash = str_index(*rest, '/');
	struct str segment = str_slice(*rest, 0, slash < 0 ? rest->n : (size_t)slash);
	*rest = str_slice(*rest, slash < 0 ? rest->n : (size_t)slash + 1, rest->n);
	return segment;
}

static bool has_segment_beginning(struct str path, const char *with)
{
	while (path.n) {
		struct str segment = site_take_segment(&path);
		if (segment.n && strchr(with, segment.p[0]))
			return true;
	}
	return false;
}

/* ---- generators ---- */

static struct site_place mkdocs_place(const struct site_page *p)
{
	if (has_segment_beginning(p->path, "."))
		return site_nowhere("its path has a name that begins with \".\"");
	if (is_index_file(p))
		return in_folder(p);
	if (str_eq_c(p->stem, "README"))
		return readme_place(p);
	return with_ending(p, p->site->directory_urls ? "/" : ".html");
}

static bool ends_jekyll_page_with_slash(struct str style)
{
	return str_eq_c(style, "pretty") || str_ends(style, STR("/"));
}

/* Of a page's own permalink, the parts that stand for its place. */
static struct site_place at_permalink(const struct site_page *p)
{
	static const char *const names[] = {":path", ":basename", ":output_ext"};
	struct str dir = p->dir.n ? str_slice(p->dir, 0, p->dir.n - 1) : p->dir, rest = p->front.permalink;
	const struct str values[] = {dir, p->stem, STR(".html")};
	AUTOBUF struct buf path;
	buf_init(&path, 8192);
	while (rest.n) {
		size_t k = 0;
		while (k < 3 && !str_starts(rest, str_c(names[k])))
			k++;
		buf_add(&path, k < 3 ? values[k] : str_slice(rest, 0, 1));
		rest = str_slice(rest, k < 3 ? strlen(names[k]) : 1, rest.n);
	}
	struct str made = buf_str(&path);
	while (str_starts(made, STR("/")))
		made = str_slice(made, 1, made.n);
	struct site_place place = site_at(p, "%.*s", STR_ARG(made));
	place.at_root = true;
	return place;
}

static struct site_place jekyll_place(const struct site_page *p)
{
	bool readme = p->site->readme_index && str_eq_nocase(p->stem, STR("readme"));
	if (has_segment_beginning(p->path, "_.#~"))
		return site_nowhere("its path has a name that begins with one of \"_.#~\"");
	if (!p->front.any && !p->site->optional_front_matter)
		return as_file(p);
	if (p->front.unpublished)
		return site_nowhere("it says published: false");
	if (p->front.permalink.n && !str_eq_c(p->front.permalink, "pretty"))
		return at_permalink(p);
	if (is_index_file(p) || (readme && !site_has_beside(p, "index.md")))
		return in_folder(p);
	bool slash = p->front.permalink.n || ends_jekyll_page_with_slash(p->site->permalink);
	return with_ending(p, slash ? "/" : ".html");
}

static struct site_place sphinx_place(const struct site_page *p)
{
	if (is_index_file(p))
		return in_folder(p);
	return with_ending(p, p->site->builder == BUILDER_DIRHTML ? "/" : ".html");
}

static struct site_place vitepress_place(const struct site_page *p)
{
	if (has_segment_beginning(p->path, "."))
		return site_nowhere("its path has a name that begins with \".\"");
	return is_index_file(p) ? in_folder(p) : with_ending(p, ".html");
}

/* ---- books: what SUMMARY.md names is a chapter ---- */

static bool is_chapter(const struct site_page *p)
{
	if (p->site->summary != SUMMARY_FOLDER)
		return p->site->summary == SUMMARY_ALL;
	return !p->folder->chapters || map_get(p->folder->chapters, p->path);
}

static struct site_place honkit_place(const struct site_page *p)
{
	bool readme = str_eq_c(p->stem, "README");
	if (readme && !p->dir.n)
		return in_folder(p);
	if (!is_chapter(p))
		return as_file(p);
	if (readme)
		return readme_place(p);
	return is_index_file(p) ? in_folder(p) : with_ending(p, ".html");
}

static struct site_place mdbook_place(const struct site_page *p)
{
	if (!is_chapter(p))
		return site_nowhere("SUMMARY.md does not name it");
	if (str_eq_nocase(p->stem, STR("readme")))
		return readme_place(p);
	return is_index_file(p) ? in_folder(p) : with_ending(p, ".html");
}

/* ---- which ---- */

static struct site_place (*const places[SITE_GENERATORS])(const struct site_page *p) = {
	[SITE_RAW] = as_file,
	[SITE_GITHUB] = as_file,
	[SITE_GITLAB] = as_file,
	[SITE_HUGO] = site_hugo_place,
	[SITE_MKDOCS] = mkdocs_place,
	[SITE_JEKYLL] = jekyll_place,
	[SITE_SPHINX] = sphinx_place,
	[SITE_DOCUSAURUS] = site_docusaurus_place,
	[SITE_VITEPRESS] = vitepress_place,
	[SITE_HONKIT] = honkit_place,
	[SITE_MDBOOK] = mdbook_place,
};

struct site_place site_place(const struct site *s, const struct site_folder *folder, struct arena *arena,
                             struct str path, struct str text)
{
	size_t dir = path.n;
	while (dir && path.p[dir - 1] != '/')
		dir--;
	struct site_page p = {.site = s,
	                      .folder = folder,
	                      .arena = arena,
	                      .path = path,
	                      .dir = str_slice(path, 0, dir),
	                      .stem = page_stem(str_slice(path, dir, path.n))};
	site_front_read(arena, text, &p.front);
	return places[s->generator](&p);
}
