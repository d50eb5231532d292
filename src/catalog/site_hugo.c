/*
 * Hugo: paths are lower case with hyphens for blanks, index.md makes its folder one page (a leaf bundle: what lies beside it
 * is no page of its own), _index.md a section's. Front matter may state a slug or a whole url.
 */
#include <string.h>

#include "site_impl.h"
#include "words/unicode.h"

#define NEW_PATHS 123 /* 0.123 makes paths otherwise: a blank is a hyphen before anything is dropped */
#define PATH_ROOM 8192

static bool stays_in_path(int32_t c)
{
	return unicode_is_letter(c) || unicode_is_digit(c) || unicode_is_mark(c) ||
	       (c < 0x80 && strchr("./\\_#+~-@", (char)c));
}

/* A gap becomes one hyphen, unless one stands there or nothing follows. */
static void sanitize(struct str s, struct buf *out)
{
	bool gap = false, hyphen = false;
	int32_t c;
	while (unicode_take(&s, &c)) {
		if (stays_in_path(c)) {
			hyphen = c == '-';
			if (gap && !hyphen)
				buf_add_char(out, '-');
			gap = false;
			unicode_add(out, c);
		} else if (out->n && !hyphen && unicode_is_space(c)) {
			gap = true;
		}
	}
}

static void add_lowered(struct str s, bool blanks_are_hyphens, struct buf *out)
{
	int32_t c;
	while (unicode_take(&s, &c))
		unicode_add(out, c == ' ' && blanks_are_hyphens ? '-' : unicode_lower(c));
}

static struct str hugo_path(const struct site_page *p, struct str path)
{
	AUTOBUF struct buf lowered;
	AUTOBUF struct buf out;
	buf_init(&lowered, PATH_ROOM);
	buf_init(&out, PATH_ROOM);
	if (!p->site->path_not_lower)
		add_lowered(path, !site_is_older(p->site, NEW_PATHS), &lowered);
	sanitize(p->site->path_not_lower ? path : buf_str(&lowered), &out);
	return arena_str(p->arena, buf_str(&out));
}

/* A folder with index.md is one page, with all that lies below it. */
static bool is_in_bundle(const struct site_page *p)
{
	for (size_t n = p->dir.n + 1; n-- > 0;) {
		if (n && p->dir.p[n - 1] != '/')
			continue;
		struct str index = str_c(arena_printf(p->arena, "%.*sindex.md", (int)n, n ? p->dir.p : ""));
		bool self = str_eq(index, p->path);
		if (!self && p->folder->has(p->folder->arg, index))
			return true;
	}
	return false;
}

static struct str parent_of(struct str dir)
{
	size_t n = dir.n ? dir.n - 1 : 0;
	while (n && dir.p[n - 1] != '/')
		n--;
	return str_slice(dir, 0, n);
}

static struct site_place at_stated_url(const struct site_page *p)
{
	struct str url = p->front.url;
	while (str_starts(url, STR("/")))
		url = str_slice(url, 1, url.n);
	struct str last = url;
	for (ptrdiff_t slash; (slash = str_index(last, '/')) >= 0;)
		last = str_slice(last, (size_t)slash + 1, last.n);
	bool file = last.n == 0 || str_index(last, '.') >= 0;
	struct site_place place = site_at(p, file ? "%.*s" : "%.*s/", STR_ARG(url));
	place.at_root = true;
	return place;
}

static struct site_place hugo_folder_page(const struct site_page *p, struct str dir, bool section)
{
	bool ugly = p->site->ugly_urls && dir.n && (!section || site_is_older(p->site, NEW_PATHS));
	struct str path = hugo_path(p, ugly ? str_slice(dir, 0, dir.n - 1) : dir);
	return site_at(p, ugly ? "%.*s.html" : "%.*s", STR_ARG(path));
}

struct site_place site_hugo_place(const struct site_page *p)
{
	bool section = str_eq_c(p->stem, "_index"), bundle = str_eq_c(p->stem, "index");
	struct str dir = p->dir, name = p->front.slug.n ? p->front.slug : p->stem;
	if (p->front.draft && !p->site->build_drafts)
		return site_nowhere("it is a draft");
	if (is_in_bundle(p))
		return site_nowhere("index.md makes its folder one page");
	if (p->front.url.n)
		return at_stated_url(p);
	if (section || (bundle && !p->front.slug.n))
		return hugo_folder_page(p, dir, section);
	if (bundle)
		dir = parent_of(dir);
	struct str path = hugo_path(p, str_c(arena_printf(p->arena, "%.*s%.*s", STR_ARG(dir), STR_ARG(name))));
	return site_at(p, p->site->ugly_urls ? "%.*s.html" : "%.*s/", STR_ARG(path));
}
