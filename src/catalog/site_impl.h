/* What the files of site*.c share. */
#ifndef CATALOG_SITE_IMPL_H
#define CATALOG_SITE_IMPL_H

#include "catalog/site.h"

/* Whether `version` names one before 0.MINOR; none named: it is new. */
bool site_is_older(const struct site *s, int64_t minor);

/* A page while its place is looked for. */
struct site_page {
	const struct site *site;
	const struct site_folder *folder;
	struct arena *arena;
	struct str path;
	struct str dir;  /* "node/", "" at the root */
	struct str stem; /* the file's name without ".md" */
	struct site_front {
		bool any; /* the file begins with front matter, be it empty */
		struct str slug, permalink, url, id;
		bool draft, unpublished;
	} front;
};

/* site_front.c: of YAML (---) and TOML (+++). What cannot be read states nothing. */
void site_front_read(struct arena *arena, struct str text, struct site_front *out);

/* site_hugo.c, site_docusaurus.c */
struct site_place site_hugo_place(const struct site_page *p);
struct site_place site_docusaurus_place(const struct site_page *p);

/* "dir" + "name" in the folder. */
bool site_has_beside(const struct site_page *p, const char *name);
/* "a" of "a/b/c", which goes on behind the slash. */
struct str site_take_segment(struct str *rest);
struct site_place site_at(const struct site_page *p, const char *format, ...) __attribute__((format(printf, 2, 3)));
struct site_place site_nowhere(const char *why);

#endif
