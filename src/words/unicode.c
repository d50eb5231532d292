/* Classes and cases of characters by utf8proc. */
#include "words/unicode.h"

#include <utf8proc.h>

#define DOTTED_CAPITAL_I 0x130
#define SHARP_S 0xDF
#define DOT_ABOVE 0x307

bool unicode_take(struct str *s, int32_t *c)
{
	while (s->n) {
		utf8proc_ssize_t n = utf8proc_iterate((const utf8proc_uint8_t *)s->p, (utf8proc_ssize_t)s->n, c);
		*s = str_slice(*s, n > 0 ? (size_t)n : 1, s->n);
		if (n > 0)
			return true;
	}
	return false;
}

void unicode_add(struct buf *out, int32_t c)
{
	char bytes[UNICODE_BYTES];
	buf_add(out, (struct str){bytes, unicode_put(bytes, c)});
}

size_t unicode_put(char room[UNICODE_BYTES], int32_t c)
{
	utf8proc_ssize_t n = utf8proc_encode_char(c, (utf8proc_uint8_t *)room);
	return n > 0 ? (size_t)n : 0;
}

/* ---- kinds ---- */

static utf8proc_category_t category(int32_t c)
{
	return utf8proc_category(c);
}

bool unicode_is_letter(int32_t c)
{
	utf8proc_category_t k = category(c);
	return k >= UTF8PROC_CATEGORY_LU && k <= UTF8PROC_CATEGORY_LO;
}

bool unicode_is_digit(int32_t c)
{
	return category(c) == UTF8PROC_CATEGORY_ND;
}

bool unicode_is_number(int32_t c)
{
	utf8proc_category_t k = category(c);
	return k >= UTF8PROC_CATEGORY_ND && k <= UTF8PROC_CATEGORY_NO;
}

bool unicode_is_mark(int32_t c)
{
	utf8proc_category_t k = category(c);
	return k >= UTF8PROC_CATEGORY_MN && k <= UTF8PROC_CATEGORY_ME;
}

bool unicode_joins(int32_t c)
{
	return category(c) == UTF8PROC_CATEGORY_PC;
}

bool unicode_is_space(int32_t c)
{
	return (c >= '\t' && c <= '\r') || c == 0x85 ||
	       (category(c) >= UTF8PROC_CATEGORY_ZS && category(c) <= UTF8PROC_CATEGORY_ZP);
}

/* Marks that stand above or below another letter (they have a combining class) are not counted; vowel signs are. */
bool unicode_is_alphabetic(int32_t c)
{
	bool circled = (c >= 0x24B6 && c <= 0x24E9) || (c >= 0x1F130 && c <= 0x1F189);
	bool selector = c >= 0xFE00 && c <= 0xFE0F;
	return unicode_is_letter(c) || category(c) == UTF8PROC_CATEGORY_NL || circled ||
	       (unicode_is_mark(c) && !selector && utf8proc_get_property(c)->combining_class == 0);
}

/* ---- forms ---- */

int32_t unicode_lower(int32_t c)
{
	return c == DOTTED_CAPITAL_I ? 'i' : utf8proc_tolower(c);
}

int32_t unicode_upper(int32_t c)
{
	return c == SHARP_S ? c : utf8proc_toupper(c);
}

void unicode_add_lower(struct buf *out, int32_t c)
{
	unicode_add(out, unicode_lower(c));
	if (c == DOTTED_CAPITAL_I)
		unicode_add(out, DOT_ABOVE);
}

void unicode_decompose(struct str s, struct buf *out)
{
	int32_t c, parts[32];
	while (unicode_take(&s, &c)) {
		int boundary = 0;
		utf8proc_ssize_t n = utf8proc_decompose_char(c, parts, 32, UTF8PROC_DECOMPOSE | UTF8PROC_COMPAT, &boundary);
		for (utf8proc_ssize_t i = 0; i < n && i < 32; i++)
			unicode_add(out, parts[i]);
	}
}

int32_t unicode_base(int32_t c)
{
	utf8proc_int32_t parts[32];
	int boundary = 0;
	if (c < 0x80 || !unicode_is_letter(c))
		return c;
	utf8proc_ssize_t n = utf8proc_decompose_char(c, parts, 32, UTF8PROC_DECOMPOSE, &boundary);
	return n > 0 && n <= 32 ? parts[0] : c;
}
