/* Does the text of a link say what the page is about? If not, the page's own heading or another column does. */
#include <string.h>

#include "catalog/pages.h"
#include "table_pointing_titles.h"
#include "words.h"

static bool holds_between(struct str s, char least, char most)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] >= least && s.p[i] <= most)
			return true;
	return false;
}

bool words_only_point(struct str title)
{
	return words_table_is(&pointing_titles, 0, words_trim(title));
}

/* A name of a file, of a wiki's page (disk-full), or what something is filed under (IR-1). */
bool words_are_a_reference(struct str title)
{
	if (!title.n || str_index(title, ' ') >= 0)
		return false;
	return page_kind_of(title) != PAGE_NONE || !holds_between(title, 'A', 'Z') || holds_between(title, '0', '9');
}
