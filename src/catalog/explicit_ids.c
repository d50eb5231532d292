/* Attribute lists ({#id .class}) behind a heading or on a line of their own. */
#include "catalog/explicit_ids.h"

#include <string.h>

#include "base/ascii.h"

static struct str take_id_word(struct str *rest)
{
	*rest = str_trim(*rest);
	size_t n = 0;
	while (n < rest->n && !ascii_is_blank(rest->p[n]))
		n++;
	struct str word = str_slice(*rest, 0, n);
	*rest = str_slice(*rest, n, rest->n);
	return word;
}

/* "#disk .wide lang=en": an id, classes and keys, and nothing else. */
static bool read_attributes(struct str inside, struct str *id)
{
	struct str found = {NULL, 0};
	while (str_trim(inside).n) {
		struct str word = take_id_word(&inside);
		if (word.n < 2 || strchr("{}", word.p[1]))
			return false;
		if (word.p[0] == '#')
			found = str_slice(word, 1, word.n);
		else if (word.p[0] != '.' && str_index(word, '=') <= 0)
			return false;
	}
	*id = found;
	return found.n > 0;
}

bool attr_list_take(struct str *text, struct str *id)
{
	struct str s = str_trim(*text);
	size_t from = s.n;
	if (!s.n || s.p[s.n - 1] != '}')
		return false;
	while (from && s.p[from - 1] != '{')
		from--;
	if (!from || (from > 1 && s.p[from - 2] == '{'))
		return false;
	struct str inside = str_slice(s, from, s.n - 1);
	if (inside.n && inside.p[0] == ':')
		inside = str_slice(inside, 1, inside.n);
	if (!read_attributes(inside, id))
		return false;
	*text = str_trim(str_slice(s, 0, from - 1));
	return true;
}
