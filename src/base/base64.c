/* Base64, both ways. */
#include "base/base64.h"

#include <string.h>

static void add_base64_group(struct buf *b, const unsigned char *p, size_t n)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	unsigned bits = (unsigned)p[0] << 16 | (n > 1 ? (unsigned)p[1] << 8 : 0) | (n > 2 ? (unsigned)p[2] : 0);
	buf_add_char(b, digits[bits >> 18]);
	buf_add_char(b, digits[bits >> 12 & 63]);
	buf_add_char(b, n > 1 ? digits[bits >> 6 & 63] : '=');
	buf_add_char(b, n > 2 ? digits[bits & 63] : '=');
}

void base64_add(struct buf *b, struct str bytes, size_t line)
{
	size_t in_line = 0;
	for (size_t i = 0; i < bytes.n; i += 3) {
		add_base64_group(b, (const unsigned char *)bytes.p + i, bytes.n - i);
		in_line += 4;
		if (line && in_line >= line) {
			buf_add_c(b, "\r\n");
			in_line = 0;
		}
	}
	if (line && in_line)
		buf_add_c(b, "\r\n");
}

static int sextet(char c)
{
	static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	const char *at = c ? strchr(alphabet, c) : NULL;

	return at ? (int)(at - alphabet) : -1;
}

/* How many bytes the four characters stand for, 0: none. */
static size_t quantum(const char *p, bool last, unsigned *bits)
{
	size_t n = p[3] != '=' ? 3 : p[2] != '=' ? 2 : 1;

	*bits = 0;
	for (size_t i = 0; i < 4; i++) {
		int six = i <= n ? sextet(p[i]) : 0;
		if (six < 0 || (n < 3 && !last))
			return 0;
		*bits = *bits << 6 | (unsigned)six;
	}
	/* Bits that say nothing must be 0, or two texts would mean the same. */
	return (n == 1 && *bits & 0xffff) || (n == 2 && *bits & 0xff) ? 0 : n;
}

bool base64_decode(struct buf *b, struct str text)
{
	size_t before = b->n;
	bool fine = text.n % 4 == 0;

	for (size_t i = 0; fine && i < text.n; i += 4) {
		unsigned bits;
		size_t n = quantum(text.p + i, i + 4 == text.n, &bits);
		for (size_t k = 0; k < n; k++)
			buf_add_char(b, (char)(bits >> (16 - 8 * k) & 0xff));
		fine = n > 0;
	}
	if (!fine)
		b->n = before;
	return fine;
}
