/* An alert's runbook_url: into the folder where it means one of our pages, else left as it is. */
#include <string.h>

#include "base/ascii.h"
#include "catalog/pages.h"
#include "catalog/site_pages.h"
#include "rules/ruleset_impl.h"

/* In this order; the first that leads anywhere counts. Then the same names as labels, as some rules carry them. */
static const char *const names[] = {"runbook_url",  "runbook", "runbookURL", "runbookUrl",
                                    "runbook_link", "sop_url", "sop",        "SOP"};

/* ---- placeholders ---- */

static const char *const placeholder_words[] = {"TODO",    "TBD", "TBA",  "FIXME",   "XXX",
                                                "N/A",     "NA",  "none", "null",    "nil",
                                                "unknown", "-",   "?",    "pending", "coming soon"};
/* Alone, or followed by anything but a letter or digit. */
static const char *const placeholder_starts[] = {"TODO", "TBD", "FIXME", "XXX"};
/* Reserved for examples: a link there was never filled in. Names below them may stand for anything. */
static const char *const example_hosts[] = {"example.com", "example.org", "example.net", "www.example.com"};

#define COUNT(list) (sizeof(list) / sizeof *(list))

static bool is_placeholder_word(struct str s)
{
	for (size_t i = 0; i < COUNT(placeholder_words); i++)
		if (str_eq_nocase(s, str_c(placeholder_words[i])))
			return true;
	for (size_t i = 0; i < COUNT(placeholder_starts); i++) {
		struct str start = str_c(placeholder_starts[i]);
		if (s.n > start.n && str_eq_nocase(str_slice(s, 0, start.n), start) && !ascii_is_alnum(s.p[start.n]))
			return true;
	}
	return false;
}

static struct str url_host(struct str url)
{
	ptrdiff_t scheme = str_find(url, STR("://"));
	struct str rest = str_slice(url, (size_t)scheme + 3, url.n);
	size_t n = 0;
	while (n < rest.n && !strchr("/?#:", rest.p[n]))
		n++;
	return str_slice(rest, 0, n);
}

static bool has_example_host(struct str url)
{
	struct str host = url_host(url);
	for (size_t i = 0; i < COUNT(example_hosts); i++)
		if (str_eq_nocase(host, str_c(example_hosts[i])))
			return true;
	return false;
}

/* ---- into the catalog ---- */

static struct str last_url_segment(struct str path)
{
	while (str_ends(path, STR("/")))
		path.n--;
	return str_behind_last(path, '/');
}

/* A path of the folder, also where the link leaves out the ending or says .html. */
static const struct runbook *runbook_by_path(const struct evaluation *e, struct str folder, struct str path)
{
	const char *between = folder.n > 0 && !str_ends(folder, STR("/")) ? "/" : "";
	return catalog_page(e->rs->catalog,
	                    str_c(arena_printf(e->arena, "%.*s%s%.*s", STR_ARG(folder), between, STR_ARG(path))));
}

static const struct runbook *by_last_segment(const struct evaluation *e, struct str path)
{
	struct str name = page_stem(last_url_segment(path));
	return name.n > 0 ? catalog_runbook_by_filename(e->rs->catalog, name) : NULL;
}

/* The path behind the host; empty where there is none. */
static struct str path_behind_host(struct str url)
{
	struct str host = url_host(url);
	struct str rest = str_slice(url, (size_t)(host.p - url.p) + host.n, url.n);
	ptrdiff_t slash = str_index(rest, '/');
	return slash < 0 ? (struct str){0} : str_slice(rest, (size_t)slash + 1, rest.n);
}

/* The longest prefix of `url_map` that fits; `from` is empty where none does. */
static struct url_mapping mapping_of(const struct plan_defaults *d, struct str url)
{
	struct url_mapping best = {0};
	for (size_t i = 0; i < d->url_map_count; i++)
		if (d->url_map[i].from.n > best.from.n && str_starts(url, d->url_map[i].from))
			best = d->url_map[i];
	return best;
}

/* The page that a URL of the site leads to. */
static const struct runbook *on_site(const struct evaluation *e, struct str url)
{
	struct str path = catalog_path_at(e->rs->catalog, runbook_unescape(e->arena, url));
	return path.n ? catalog_runbook(e->rs->catalog, path) : NULL;
}

static const struct runbook *below(const struct evaluation *e, struct url_mapping m, struct str url)
{
	return runbook_by_path(e, m.to, runbook_unescape(e->arena, str_slice(url, m.from.n, url.n)));
}

/* Where the folder or a part of it is known to lie: where pages are readable, the site, what `url_map` maps. */
static struct url_mapping known_place(const struct evaluation *e, size_t i)
{
	const struct plan_defaults *d = e->rs->defaults;
	const struct site *site = catalog_site(e->rs->catalog);
	if (i >= 2)
		return d->url_map[i - 2];
	return (struct url_mapping){i == 0 ? d->runbook_base : site ? site->url : (struct str){0}, (struct str){0}};
}

/* On a code host: the page in the folder's own repository, on any branch; `*foreign` where it is in another repository. */
static const struct runbook *in_repository(const struct evaluation *e, struct str url, bool *foreign)
{
	struct str path;
	bool other = false;
	for (size_t i = 0; i < e->rs->defaults->url_map_count + 2; i++) {
		struct url_mapping place = known_place(e, i);
		enum hosted_place lies = page_hosted_place(place.from, url, &path);
		const struct runbook *entry = lies == HOSTED_BELOW ? runbook_by_path(e, place.to, path) : NULL;
		if (entry)
			return entry;
		other = other || lies == HOSTED_IN_OTHER;
	}
	*foreign = other;
	return NULL;
}

/* By the end of its path; where the folder's repository is known, not of another one beside it. */
static const struct runbook *by_end(const struct evaluation *e, struct str url)
{
	struct str plain = runbook_unescape(e->arena, url);
	bool foreign = false;
	const struct runbook *entry = in_repository(e, plain, &foreign);
	if (entry || foreign)
		return entry;
	entry = catalog_page_by_tail(e->rs->catalog, path_behind_host(plain), 2);
	return entry ? entry : catalog_page_hosted(e->rs->catalog, plain);
}

/*
 * Where a URL leads, by what the configuration says: `url_map` by choice, the site, or where files are readable. The first
 * replaces the link, the others leave it as it is. Of a foreign one only the end of its path can tell, and the last
 * segment alone tells nothing: other people have a disk-full.md too.
 */
static const struct runbook *by_url(const struct evaluation *e, struct str url, bool *stays)
{
	const struct plan_defaults *d = e->rs->defaults;
	const struct site *site = catalog_site(e->rs->catalog);
	struct url_mapping mapping = mapping_of(d, url);
	bool own = d->runbook_base.n > mapping.from.n && str_starts(url, d->runbook_base);
	*stays = false;
	if (site && site->url.n > mapping.from.n && site_has_url(site, url)) {
		*stays = true;
		return on_site(e, url);
	}
	if (own)
		mapping = (struct url_mapping){d->runbook_base, (struct str){0}};
	const struct runbook *entry = mapping.from.n ? below(e, mapping, url) : NULL;
	*stays = own && entry;
	return entry || own ? entry : by_end(e, url);
}

/* docs/runbooks/high-cpu.md in a repository may be high-cpu.md in the folder. */
static const struct runbook *by_tail(const struct evaluation *e, struct str path)
{
	return catalog_page_by_tail(e->rs->catalog, path, 1);
}

static struct str without_url_query(struct str url)
{
	ptrdiff_t query = str_index(url, '?');
	return query < 0 ? url : str_slice(url, 0, (size_t)query);
}

static const struct runbook *runbook_by_name(const struct evaluation *e, struct str path)
{
	const struct runbook *entry = by_tail(e, path);
	return entry ? entry : by_last_segment(e, runbook_unescape(e->arena, path));
}

/* ---- one annotation ---- */

/* One word without template marks: what instructions in prose and links never filled in are not. */
static bool is_link_text(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (strchr(" \t\r\n{}<>", s.p[i]))
			return false;
	return s.n > 0;
}

static struct str url_query(struct str link)
{
	ptrdiff_t query = str_index(link, '?');
	return query < 0 ? (struct str){0} : str_slice(link, (size_t)query, link.n);
}

static bool read_annotation_link(const struct evaluation *e, struct str text, struct runbook_link *out)
{
	text = str_trim(text);
	if (!is_link_text(text) || is_placeholder_word(text))
		return false;
	struct str anchor, written = runbook_split(text, &anchor), link = without_url_query(written);
	bool url = runbook_is_url(text);
	*out = (struct runbook_link){.url = url ? text : (struct str){0}, .query = url_query(written)};
	out->entry = url ? by_url(e, link, &out->stays) : runbook_by_name(e, link);
	if (out->entry) {
		struct str path = out->entry->path;
		out->value = anchor.n == 0 ? path : str_c(arena_printf(e->arena, "%.*s#%.*s", STR_ARG(path), STR_ARG(anchor)));
		return true;
	}
	out->value = text;
	return url && (out->stays || !has_example_host(text)) && !is_placeholder_word(last_url_segment(link));
}

/* All names begin so. */
static bool may_be_link_name(struct str name)
{
	return str_starts(name, STR("runbook")) || str_starts(name, STR("sop")) || str_starts(name, STR("SOP"));
}

/* Most alerts have no such annotation, or one: they are gone through once, not for each name. */
static bool has_link_name(const struct labels *l)
{
	for (size_t i = 0; i < l->n; i++)
		if (may_be_link_name(l->v[i].name))
			return true;
	return false;
}

bool runbook_from_annotation(const struct evaluation *e, struct runbook_link *out)
{
	const struct labels *places[] = {&e->alert->annotations, &e->alert->labels};
	for (size_t p = 0; p < COUNT(places); p++)
		for (size_t i = 0; i < COUNT(names) && has_link_name(places[p]); i++)
			if (read_annotation_link(e, labels_get(places[p], str_c(names[i])), out))
				return true;
	return false;
}
