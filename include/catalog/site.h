/*
 * The site that a generator builds of the runbook folder: under which path a page is found there, and which ids its headings
 * have, by that generator's own rules. Settings have the names that the generators give them. Pure; what is not known here
 * (themes, plug-ins, a build that was not run) is not guessed.
 */
#ifndef CATALOG_SITE_H
#define CATALOG_SITE_H

#include <stdbool.h>

#include "base/err.h"
#include "base/map.h"
#include "base/options.h"
#include "base/str.h"
#include "base/yaml.h"
#include "catalog/slug.h"

enum site_generator {
	SITE_RAW, /* files as they are */
	SITE_GITHUB,
	SITE_GITLAB,
	SITE_HUGO,
	SITE_MKDOCS,
	SITE_JEKYLL,
	SITE_SPHINX,
	SITE_DOCUSAURUS,
	SITE_VITEPRESS,
	SITE_HONKIT,
	SITE_MDBOOK,
	SITE_GENERATORS
};

enum site_trailing_slash { SLASH_UNSET, SLASH_ALWAYS, SLASH_NEVER };
enum site_builder { BUILDER_HTML, BUILDER_DIRHTML };
enum site_summary { SUMMARY_FOLDER, SUMMARY_ALL, SUMMARY_NONE };

struct site {
	struct str url;  /* where the folder's root is found; ends in '/' */
	struct str root; /* where the site's is, for pages that state a path from there; ends in '/' */
	int generator;   /* enum site_generator */
	int heading_ids; /* 0: the generator's */
	struct str version;
	bool ugly_urls, path_not_lower, build_drafts; /* hugo */
	bool directory_urls, attr_list;               /* mkdocs */
	struct str permalink;                         /* jekyll */
	bool optional_front_matter, readme_index;     /* jekyll */
	int builder;                                  /* sphinx: enum site_builder */
	int64_t myst_anchors;  /* sphinx: the deepest level of headings that links name by GitHub's rule */
	struct str route_base; /* docusaurus */
	int trailing_slash;    /* docusaurus: enum site_trailing_slash */
	bool number_prefixes;  /* docusaurus */
	bool clean_urls;       /* vitepress */
	int summary;           /* honkit, mdbook: enum site_summary */
};

/* What catalog.site may say. */
extern const struct option_table site_table;

/*
 * The mapping `catalog.site`. Unknown and misplaced settings, generators and values are errors at their place. Whether `url`
 * is one is for the caller to judge; here it only gets its '/' at the end.
 */
bool site_read(const struct yaml_node *map, struct arena *arena, struct site *out, struct err *err);

enum slug_rule site_slug_rule(const struct site *s);
/* The ids of a page's headings, as many as there are headings; empty: it has none. NULL for `s`: GitHub's. */
void site_heading_ids(const struct site *s, struct arena *arena, const struct heading *headings, size_t count,
                      struct str *ids);

struct site_folder {
	bool (*has)(void *arg, struct str path); /* a file of the folder, by its path */
	void *arg;
	const struct map *chapters; /* what its SUMMARY.md names, by path; NULL: there is none */
};
/* The paths that a SUMMARY.md links, for the caller to free; values mean nothing. */
struct map *site_chapters(struct arena *arena, struct str summary);

struct site_place {
	struct str path; /* not escaped; no '/' before it */
	bool at_root;    /* behind site.root, not site.url */
	const char *why; /* not NULL: the site has no such page, because of this */
};
/* Where a page of the folder is found. `text` is the whole file: its front matter counts. */
struct site_place site_place(const struct site *s, const struct site_folder *folder, struct arena *arena,
                             struct str path, struct str text);
/* Whole URLs from which the site sends its readers on to the page at `place`, as the page states them. */
struct strs site_redirects(const struct site *s, struct arena *arena, const struct site_place *place, struct str text);

#endif
