#include "base/base64.h"

static void add_group(struct buf *b, const unsigned char *p, size_t n)
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
		add_group(b, (const unsigned char *)bytes.p + i, bytes.n - i);
		in_line += 4;
		if (line && in_line >= line) {
			buf_add_c(b, "\r\n");
			in_line = 0;
		}
	}
	if (line && in_line)
		buf_add_c(b, "\r\n");
}
