/* Does the text of a link say what the page is about? If not, the page's own heading or another column does. */
#include <string.h>

#include "catalog/pages.h"
#include "words.h"

/* What a link is called that only points. */
static const struct {
	const char *text;
	const char *why;
} pointing[] = {
	{"here", "\"click here\", shorter"},
	{"click here", "the page is behind it"},
	{"below", "further down on the same page"},
	{"see below", "the same"},
	{"see", "the page is behind it"},
	{"link", "the column's own word"},
	{"url", "the column's own word"},
	{"page", "the column's own word"},
	{"runbook", "the column's own word"},
	{"playbook", "the column's own word"},
	{"guide", "the column's own word"},
	{"docs", "the column's own word"},
	{"details", "the column's own word"},
	{"view", "as a button"},
	{"open", "as a button"},
	{"more", "as a button"},
	{"read more", "as a button"},
};

static bool holds_between(struct str s, char least, char most)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] >= least && s.p[i] <= most)
			return true;
	return false;
}

bool words_only_point(struct str title)
{
	struct str s = words_trim(title);
	for (size_t i = 0; i < sizeof pointing / sizeof *pointing; i++)
		if (str_eq_nocase(s, str_c(pointing[i].text)))
			return true;
	return false;
}

/* A name of a file, of a wiki's page (disk-full), or what something is filed under (IR-1). */
bool words_are_a_reference(struct str title)
{
	if (!title.n || str_index(title, ' ') >= 0)
		return false;
	return page_kind_of(title) != PAGE_NONE || !holds_between(title, 'A', 'Z') || holds_between(title, '0', '9');
}
