/*
 * Markdown as GitHub writes it (cmark-gfm: tables, strikethrough, task lists), behind guards, and its safe HTML.
 *
 * The parser's time and memory explode on few kilobytes (FACTS: a table's cells; also reference expansion, and some scans
 * that start again at every byte), so a text is weighed before it is parsed, and refused when it is too heavy:
 * what is accepted is parsed within about half a second and 64 MB, whatever it holds. Pure; no global state beyond
 * the parser's own list of extensions.
 */
#ifndef CATALOG_MARKDOWN_H
#define CATALOG_MARKDOWN_H

#include "base/buf.h"
#include "base/mem.h"
#include "base/options.h"
#include "catalog/headings.h"

#define MARKDOWN_MAX (1024 * 1024) /* bytes of a text */
#define MARKDOWN_CELLS_MAX 50000   /* of all tables together, counting those that are filled up */
#define MARKDOWN_NESTING_MAX 100   /* quotes and lists inside each other */
#define MARKDOWN_IDS_MAX 5000
#define MARKDOWN_HTML_MAX (8 * 1024 * 1024)

/* NULL, or why a text is not parsed: a sentence's end ("has more than 50000 table cells"). */
const char *markdown_weigh(struct str text);

struct markdown;
/*
 * NULL with the reason in `why` when it is refused. Front matter and a byte order mark are passed over; bytes that are no
 * UTF-8 become U+FFFD. Headings live in `arena`; the text is not needed any more.
 */
struct markdown *markdown_parse(struct arena *arena, struct str text, const char **why);
void markdown_free(struct markdown *m); /* NULL is fine */
/*
 * All headings, nested ones too, with the anchors that the HTML carries as ids. Beyond HEADINGS_MAX they have none.
 */
size_t markdown_headings(const struct markdown *m, const struct heading **out);

/*
 * Ids that the page states itself and that are no heading's anchor: {#id} and {: #id} at the end of a text, an element's id,
 * the name of an <a>. At most MARKDOWN_IDS_MAX; the HTML carries them too.
 */
struct strs markdown_ids(const struct markdown *m);

/* Further ids for the headings in the HTML, by their index: those that nothing else on the page has are added. */
void markdown_add_ids(struct markdown *m, struct arena *arena, const struct str *ids);

/*
 * Makes links of what are links elsewhere, in the tree: [[page|label]], whose target is then "[[page|label]]", where `leads`
 * says that it leads somewhere (NULL: wherever it may be one); <a href> with its </a> in the same paragraph. `text` is what
 * was parsed.
 */
void markdown_link_wiki(struct markdown *m, struct arena *arena, struct str text,
                        bool (*leads)(void *arg, struct str target), void *arg);
void markdown_link_html(struct markdown *m, struct arena *arena);
/* "[[page|label]]" -> "page|label"; false for any other target. */
bool wiki_link_take(struct str target, struct str *inner);

struct markdown_links {
	/*
	 * A link's target that is neither http, https, mailto, tel nor an anchor of the same page: writes where it leads (not
	 * escaped) and returns true, or false: its text stays, without a link. NULL: none leads anywhere.
	 */
	bool (*resolve)(void *arg, struct str target, struct buf *href);
	void *arg;
	/* Writes code as HTML (what is not marked up is escaped by html_text()). NULL: as it is. */
	void (*code)(void *arg, struct str code, struct buf *out);
	void *code_arg;
};
/*
 * Appends HTML that has no script, no style, no image and no element that loads anything: raw HTML is dropped but for
 * line breaks and the text of blocks, links with other schemes (javascript:) are their text, images are links to them.
 * False when `out` overflowed, or when the text's own links would be more than its ceiling.
 */
bool markdown_html(const struct markdown *m, const struct markdown_links *links, struct buf *out);
/*
 * Appends what is to be done first, as HTML: of the section whose heading says so (immediate actions, diagnosis, mitigation,
 * …), else of the first one, the text up to its first list item or block of code. False where there is nothing to do, or
 * `out` overflowed. `*title` is the section's heading; empty: none.
 */
bool markdown_first_step(const struct markdown *m, const struct markdown_links *links, struct str *title,
                         struct buf *out);
/* Appends a list of links to the headings of the levels least..most; nothing where there are fewer than two. */
void markdown_contents(const struct markdown *m, int least, int most, struct buf *out);

#endif
