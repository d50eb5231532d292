/* What the strings of a JSON text say, and how long a string becomes when it is written in JSON. */
#include <string.h>

#include "base/json_plain.h"
#include "base/json_reader.h"

#define REPLACEMENT 0xfffdu

struct decoding {
	struct str raw;
	size_t at;
	char *out;
	size_t n;
};

static unsigned hex_unit(struct str raw, size_t at)
{
	unsigned value = 0;
	for (size_t i = at; i < at + 4; i++) {
		char c = raw.p[i];
		unsigned digit = c <= '9' ? (unsigned)(c - '0') : (unsigned)((c | 0x20) - 'a') + 10;
		value = value << 4 | digit;
	}
	return value;
}

static void put_code(struct decoding *d, unsigned code)
{
	static const struct {
		unsigned below, mark, length;
	} forms[] = {{0x80, 0, 1}, {0x800, 0xc0, 2}, {0x10000, 0xe0, 3}, {0x110000, 0xf0, 4}};
	size_t form = 0;
	while (code >= forms[form].below)
		form++;
	for (size_t i = forms[form].length; i-- > 1; code >>= 6)
		d->out[d->n + i] = (char)(0x80 | (code & 0x3f));
	d->out[d->n] = (char)(forms[form].mark | code);
	d->n += forms[form].length;
}

/* A \u escape: the other half of a surrogate pair is taken with it. */
static void put_unicode_escape(struct decoding *d)
{
	struct str raw = d->raw;
	unsigned code = hex_unit(raw, d->at + 2);
	d->at += 6;
	if (code < 0xd800 || code > 0xdfff) {
		put_code(d, code);
		return;
	}
	bool pair = code < 0xdc00 && d->at + 6 <= raw.n && raw.p[d->at] == '\\' && raw.p[d->at + 1] == 'u';
	unsigned low = pair ? hex_unit(raw, d->at + 2) : 0;
	if (low < 0xdc00 || low > 0xdfff) {
		put_code(d, REPLACEMENT);
		return;
	}
	d->at += 6;
	put_code(d, 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00));
}

static void put_unescaped(struct decoding *d)
{
	static const char letters[] = "bfnrt", meant[] = "\b\f\n\r\t";
	char c = d->raw.p[d->at + 1];
	if (c == 'u') {
		put_unicode_escape(d);
		return;
	}
	const char *letter = strchr(letters, c);
	d->out[d->n++] = letter ? meant[letter - letters] : c;
	d->at += 2;
}

static void put_bytes(struct decoding *d)
{
	size_t length = str_utf8_len(str_slice(d->raw, d->at, d->raw.n));
	if (!length) {
		put_code(d, REPLACEMENT);
		d->at++;
		return;
	}
	memcpy(d->out + d->n, d->raw.p + d->at, length);
	d->n += length;
	d->at += length;
}

/* Most of a text: many bytes at a time. */
static void put_plain(struct decoding *d, size_t most)
{
	size_t run = json_plain_run(d->raw, d->at), room = most - d->n;
	size_t n = run < room ? run : room;
	memcpy(d->out + d->n, d->raw.p + d->at, n);
	d->n += n;
	d->at += n;
}

static struct str whole_characters(struct str s, size_t most)
{
	while (most > 0 && most < s.n && ((unsigned char)s.p[most] & 0xc0) == 0x80)
		most--;
	return str_slice(s, 0, most);
}

struct str json_token_text(struct arena *arena, const struct json_token *token, size_t most)
{
	if (token->plain)
		return whole_characters(token->raw, most);
	/* An escape is never shorter than what it means; a byte that is replaced becomes three. */
	size_t longest = token->raw.n + 2 * token->replaced;
	struct decoding d = {.raw = token->raw, .out = arena_alloc(arena, (longest < most ? longest : most) + 4)};
	bool quoted = token->kind == TOKEN_NAME || token->kind == TOKEN_STRING;
	while (d.at < d.raw.n && d.n < most) {
		put_plain(&d, most);
		if (d.at == d.raw.n || d.n == most)
			break;
		if (quoted && d.raw.p[d.at] == '\\')
			put_unescaped(&d);
		else
			put_bytes(&d);
	}
	return (struct str){d.out, d.n};
}

static size_t written_length(unsigned char c)
{
	if (c == '"' || c == '\\')
		return 2;
	if (c >= ' ')
		return 1;
	return strchr("\b\f\n\r\t", c) && c ? 2 : 6;
}

struct str json_fitting(struct str s, size_t room, size_t *used)
{
	size_t i = json_plain_run(s.n < room ? s : str_slice(s, 0, room), 0), sum = i;
	while (i < s.n) {
		size_t n = written_length((unsigned char)s.p[i]);
		if (sum + n > room)
			break;
		sum += n;
		i++;
	}
	struct str fits = whole_characters(s, i);
	*used = sum - (i - fits.n); /* a character that was cut in two has only bytes that are written as they are */
	return fits;
}
