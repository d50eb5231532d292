/* Names as the catalog's maps know them: in lower case, and where asked without accents or all that is no letter. */
#include "base/ascii.h"
#include "catalog/collect.h"
#include "words/severity_words.h"
#include "words/unicode.h"

static bool is_ascii_byte(char ch)
{
	return (unsigned char)ch < 0x80;
}

/* A name that is no UTF-8 keeps its bytes: two such names must not become one. */
static struct str fold_bytes(struct str name, char room[CATALOG_NAME_MAX])
{
	for (size_t i = 0; i < name.n; i++)
		room[i] = ascii_lower(name.p[i]);
	return (struct str){room, name.n};
}

/* Lower case may have more bytes than upper case: too long is known only here. */
static struct str fold_characters(struct str name, bool accents, char room[CATALOG_NAME_MAX])
{
	size_t n = 0;
	for (int32_t c; unicode_take(&name, &c);) {
		char bytes[UNICODE_BYTES];
		if (!accents && unicode_is_mark(c))
			continue;
		c = unicode_lower(c);
		size_t length = unicode_put(bytes, accents ? c : unicode_base(c));
		if (n + length > CATALOG_NAME_MAX)
			return (struct str){0};
		for (size_t i = 0; i < length; i++)
			room[n++] = bytes[i];
	}
	return (struct str){room, n};
}

static struct str fold_name(struct str name, bool accents, char room[CATALOG_NAME_MAX])
{
	bool ascii = true;
	if (name.n > CATALOG_NAME_MAX)
		return (struct str){0};
	for (size_t i = 0; i < name.n; i++)
		ascii &= is_ascii_byte(name.p[i]);
	return ascii || !str_is_utf8(name) ? fold_bytes(name, room) : fold_characters(name, accents, room);
}

struct str catalog_fold(struct str name, char room[CATALOG_NAME_MAX])
{
	return fold_name(name, true, room);
}

struct str catalog_fold_plain(struct str name, char room[CATALOG_NAME_MAX])
{
	return fold_name(name, false, room);
}

struct str catalog_fold_numbered(struct str name, char room[CATALOG_NAME_MAX])
{
	const struct severity_prefix *prefix;
	int number = severity_number(name, &prefix);
	if (number < 0)
		return (struct str){0};
	struct str text = str_c(prefix->text);
	for (size_t i = 0; i < text.n; i++)
		room[i] = text.p[i];
	room[text.n] = (char)('0' + number);
	return (struct str){room, text.n + 1};
}

struct str catalog_fold_letters(struct str name, char room[CATALOG_NAME_MAX])
{
	size_t n = 0;
	for (size_t i = 0; i < name.n; i++) {
		char ch = ascii_lower(name.p[i]);
		if (!((ch >= 'a' && ch <= 'z') || (ch >= '0' && ch <= '9') || !is_ascii_byte(ch)))
			continue;
		if (n == CATALOG_NAME_MAX)
			return (struct str){0};
		room[n++] = ch;
	}
	return (struct str){room, n};
}
