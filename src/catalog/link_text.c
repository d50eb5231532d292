/* Does the text of a link say what the page is about? If not, the page's own heading or another column does. */
#include "link_text.h"

#include "catalog/pages.h"
#include "words/table_pointing_titles.h"
#include "words/table_title_words.h"
#include "words/unicode.h"
#include "words/words.h"

static bool holds_between(struct str s, char least, char most)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] >= least && s.p[i] <= most)
			return true;
	return false;
}

/* A picture alone, an arrow, or a number, says nothing. */
static bool says_anything(struct str s)
{
	for (int32_t c; unicode_take(&s, &c);)
		if (unicode_is_letter(c))
			return true;
	return false;
}

/* "Runbook 7", "SOP 12": filed under a number. */
static bool is_filed_by_number(struct str title)
{
	ptrdiff_t blank = str_index(title, ' ');
	if (blank < 0 || !words_table_is(&title_words, TITLE_OPENING, str_slice(title, 0, (size_t)blank)))
		return false;
	for (size_t i = (size_t)blank + 1; i < title.n; i++)
		if (title.p[i] < '0' || title.p[i] > '9')
			return false;
	return true;
}

bool link_text_only_points(struct str title)
{
	return words_table_is(&pointing_titles, 0, words_trim(title)) || (title.n && !says_anything(title));
}

/* A name of a file, of a wiki's page (disk-full), or what something is filed under (IR-1). */
bool link_text_is_a_reference(struct str title)
{
	if (is_filed_by_number(title))
		return true;
	if (!title.n || str_index(title, ' ') >= 0)
		return false;
	return page_kind_of(title) != PAGE_NONE || !holds_between(title, 'A', 'Z') || holds_between(title, '0', '9');
}
