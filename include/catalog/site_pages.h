/*
 * The catalog's pages on the site that is built of its folder. Everything that asks whether an anchor exists, or where a page
 * is found, asks here: rules, lint, coverage, the runbook pages and the links in messages.
 */
#ifndef CATALOG_SITE_PAGES_H
#define CATALOG_SITE_PAGES_H

#include "catalog/catalog.h"
#include "catalog/site.h"

/* Before the first file; borrowed. Never called: anchors are GitHub's, and no page has a place. */
void catalog_set_site(struct catalog *c, const struct site *site);
const struct site *catalog_site(const struct catalog *c); /* NULL: none */

/*
 * The anchors of a page under this configuration: headings get the ids that the site gives them, in place of GitHub's; a
 * heading that has none there keeps GitHub's. Anchors of parts and sections follow.
 */
void facts_use_site(const struct site *site, struct arena *arena, struct runbook_facts *facts);
/* Whether a link to `anchor` leads anywhere on the page: a heading's, or an id that the page states itself. */
bool facts_have_anchor(const struct runbook_facts *facts, struct str anchor);
/* The site's anchor of the heading that `anchor` names by GitHub's rule; any other as it is. */
struct str catalog_site_anchor(const struct catalog *c, struct str path, struct str anchor);

/* From catalog_finish() on: where a file of the folder is found. NULL: there is no site, or no such file. */
const struct site_place *catalog_place(const struct catalog *c, struct str path);
/*
 * The file whose page a URL leads to (%XX resolved; without query and anchor), also with or without ".html", "index.html" or
 * a slash at its end. Empty: the site has no such page, or there is no site.
 */
struct str catalog_path_at(const struct catalog *c, struct str url);
/* Whether a URL lies on the site, be there a page or not. */
bool site_has_url(const struct site *s, struct str url);

#endif
