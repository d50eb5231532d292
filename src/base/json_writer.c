/* JSON without a tree: see json_writer.h. What reads it again is json_reader.c. */
#include "base/json_writer.h"

#include <string.h>

#include "base/json_plain.h"
#include "base/time.h"

#define REPLACEMENT STR("\xef\xbf\xbd") /* U+FFFD */

/* Strings end with a quote: a last byte that is one of these is no part of a value. */
static bool wants_comma(const struct buf *out)
{
	char last = out->n ? out->p[out->n - 1] : '[';
	return last != '{' && last != '[' && last != ':';
}

void json_put_next(struct buf *out)
{
	if (wants_comma(out))
		buf_add_char(out, ',');
}

static void put_escaped_byte(struct buf *out, unsigned char c)
{
	static const char letters[] = "btnfr\"\\", meant[] = "\b\t\n\f\r\"\\";
	const char *at = strchr(meant, c);
	static const char hex[] = "0123456789ABCDEF";
	char text[] = {'\\', at ? letters[at - meant] : 'u', '0', '0', hex[c >> 4], hex[c & 15]};
	buf_add(out, (struct str){text, at ? 2 : sizeof text});
}

/* One character that does not stand as it is without a look; how many bytes it has. */
static size_t put_special(struct buf *out, struct str s)
{
	unsigned char c = (unsigned char)*s.p;
	size_t n = c ? str_utf8_len(s) : 0;
	if (!n)
		buf_add(out, REPLACEMENT);
	else if (n == 1)
		put_escaped_byte(out, c);
	else
		buf_add(out, str_slice(s, 0, n));
	return n ? n : 1;
}

/* From the first character that is not plain on. */
static void put_quoted_text(struct buf *out, struct str s, size_t plain)
{
	buf_add_char(out, '"');
	buf_add(out, str_slice(s, 0, plain));
	for (size_t i = plain; i < s.n;) {
		size_t n = json_plain_run(s, i);
		buf_add(out, str_slice(s, i, i + n));
		i += n;
		if (i < s.n)
			i += put_special(out, str_slice(s, i, s.n));
	}
	buf_add_char(out, '"');
}

/*
 * Comma, quotes, text and what follows, in one: almost every text is plain, and there is room for it. False: it is not, or
 * there may be none.
 */
static inline bool put_plain_text(struct buf *out, struct str s, size_t plain, char behind)
{
	size_t most = s.n + 4;
	if (plain < s.n || out->overflowed || most >= out->capacity - out->n || most > out->ceiling - out->n)
		return false;
	char *p = out->p + out->n;
	if (wants_comma(out))
		*p++ = ',';
	*p++ = '"';
	if (s.n)
		memcpy(p, s.p, s.n);
	p += s.n;
	*p++ = '"';
	if (behind)
		*p++ = behind;
	*p = '\0';
	out->n = (size_t)(p - out->p);
	return true;
}

void json_put_open(struct buf *out, char bracket)
{
	json_put_next(out);
	buf_add_char(out, bracket);
}

void json_put_close(struct buf *out, char bracket)
{
	buf_add_char(out, bracket);
}

void json_put_name(struct buf *out, struct str name)
{
	size_t plain = json_plain_run(name, 0);
	if (put_plain_text(out, name, plain, ':'))
		return;
	json_put_next(out);
	put_quoted_text(out, name, plain);
	buf_add_char(out, ':');
}

void json_put_known_name(struct buf *out, struct str quoted)
{
	json_put_next(out);
	buf_add(out, quoted);
}

void json_put_text(struct buf *out, struct str s)
{
	size_t plain = json_plain_run(s, 0);
	if (put_plain_text(out, s, plain, 0))
		return;
	json_put_next(out);
	put_quoted_text(out, s, plain);
}

void json_put_known(struct buf *out, struct str s)
{
	if (s.n) {
		json_put_text(out, s);
		return;
	}
	json_put_next(out);
	buf_add(out, STR("null"));
}

void json_put_time(struct buf *out, int64_t ms)
{
	char text[TIME_FORMAT_MAX];
	json_put_known(out, ms ? str_c(time_format(ms, text)) : STR(""));
}

void json_put_integer(struct buf *out, int64_t n)
{
	json_put_next(out);
	buf_add_integer(out, n);
}
