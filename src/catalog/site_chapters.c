/* SUMMARY.md of HonKit and mdBook: the pages that it links are the book's chapters. */
#include "base/form.h"
#include "catalog/pages.h"
#include "site_impl.h"

/* "(a.md)", "(<a b.md>)", "(./a.md#x "title")" behind a link's text, from behind the bracket on. */
static struct str take_target(struct str rest)
{
	bool pointed = str_starts(rest, STR("<"));
	size_t from = pointed, n = from;
	while (n < rest.n && rest.p[n] != '\n' && rest.p[n] != '#' &&
	       (pointed ? rest.p[n] != '>' : rest.p[n] != ')' && rest.p[n] != ' '))
		n++;
	struct str target = str_slice(rest, from, n);
	while (str_starts(target, STR("./")))
		target = str_slice(target, 2, target.n);
	return target;
}

struct map *site_chapters(struct arena *arena, struct str summary)
{
	static const struct str link = STR_INIT("](");
	struct map *chapters = map_new();
	for (ptrdiff_t at; (at = str_find(summary, link)) >= 0;) {
		summary = str_slice(summary, (size_t)at + link.n, summary.n);
		struct str target = form_unescape(arena, take_target(summary));
		if (target.n)
			map_set(chapters, target, chapters);
	}
	return chapters;
}
