/*
 * Names of pages: which files of a folder are pages, what is left of a name without its ending, which pages stand for
 * their folder; and finding a page by the path that somebody wrote somewhere else.
 */
#ifndef CATALOG_PAGES_H
#define CATALOG_PAGES_H

#include "catalog/catalog.h"

enum page_kind {
	PAGE_NONE,     /* no page: a picture, a script */
	PAGE_MARKDOWN, /* read */
	PAGE_UNREAD,   /* a page in a language that is not read: AsciiDoc, reStructuredText */
};
enum page_kind page_kind_of(struct str path);
/* What an unread page is written in ("AsciiDoc"); NULL for others. */
const char *page_language(struct str path);
/* Without the ending of a page, or of what a site makes of it: "a/b.html.md" and "a/b.html" are "a/b". */
struct str page_stem(struct str path);
/* README.md, index.md, _index.md…: the page of the folder that it is in. */
bool page_stands_for_folder(struct str path);
/* What the page is about by its name: the file's, or its folder's where it stands for that; "" for the root's. */
struct str page_name(struct str path);

/*
 * The page of the folder that a path means: as it is written; else without or with another ending, or with a slash at
 * its end, or with README, index or _index for a folder; letters of either case where only one page fits. Of a page that
 * only says where it has moved, the page there. NULL where there is none.
 */
const struct runbook *catalog_page(const struct catalog *c, struct str path);
/*
 * The same for a path that begins somewhere else: docs/runbooks/disks/full.md may be disks/full.md here, or the other way
 * round. At least `least` of its last segments must be those of one page alone; the folder's own name counts as one.
 */
const struct runbook *catalog_page_by_tail(const struct catalog *c, struct str path, size_t least);

/*
 * The page that a link in the page `from` means; `target` without query and anchor, %XX resolved. As it is written, else
 * from the repository's or the site's root. Empty: none of the folder.
 */
struct str catalog_link_page(const struct catalog *c, struct arena *arena, struct str from, struct str target);
struct wiki_target {
	struct str path, anchor; /* of a heading, by its text too */
	bool second;             /* of [[a|b]] some wikis show a: then b was the page */
};
/* What "[[page#heading|label]]" means, by the page's name; false where no page has it. */
bool catalog_wiki(const struct catalog *c, struct str from, struct str target, struct wiki_target *out);

/* https://HOST/OWNER/NAME/blob/main/docs/full.md and its like; false for any other URL. */
struct hosted {
	struct str repository, name; /* https://HOST/OWNER/NAME, NAME */
	struct str path;             /* docs/full.md */
};
bool page_hosted(struct str url, struct hosted *out);
/*
 * How a URL lies to the folder's own, where that is on a code host: below it, on whatever branch and as whatever view
 * (`*path` is what is left of it); or in another repository of the host, whose pages are not the folder's.
 */
enum hosted_place { HOSTED_UNTOLD, HOSTED_BELOW, HOSTED_IN_OTHER };
enum hosted_place page_hosted_place(struct str folder, struct str url, struct str *path);
/* The page that such a URL means: by two of its last segments, or as a whole where the folder has the repository's name. */
const struct runbook *catalog_page_hosted(const struct catalog *c, struct str url);

/* A relative path seen from a folder: "a/./b/../c" is a/c; what leads out of everything keeps its "../". */
struct str page_path_from(struct arena *arena, struct str folder, struct str path);
/* The folder that a page is in; "" for the root. */
struct str page_folder(struct str path);

#endif
