/* Measures and cuts text in bytes, characters or UTF-16 units. */
#include "text.h"

#define REPLACEMENT "\xef\xbf\xbd" /* U+FFFD */
#define MARK "…"

/* What one character, that is `bytes` long in UTF-8, counts. */
static size_t character_units(size_t bytes, enum text_unit unit)
{
	switch (unit) {
	case TEXT_BYTES: return bytes;
	case TEXT_UTF16: return bytes == 4 ? 2 : 1;
	case TEXT_CHARACTERS: return 1;
	}
	return 1;
}

static size_t character_step(struct str s, size_t at)
{
	size_t n = str_utf8_len(str_slice(s, at, s.n));
	return n ? n : 1;
}

size_t text_length(struct str s, enum text_unit unit)
{
	size_t units = 0;
	if (unit == TEXT_BYTES)
		return s.n;
	for (size_t i = 0, n; i < s.n; i += n) {
		n = character_step(s, i);
		units += character_units(n, unit);
	}
	return units;
}

static void add_one(struct buf *b, struct str s, size_t at, bool lines)
{
	unsigned char c = (unsigned char)s.p[at];
	if (c == '\n' && lines)
		buf_add_c(b, "\n");
	else if (c == '\r' && lines && at + 1 < s.n && s.p[at + 1] == '\n')
		return;
	else if (c < 0x20 || c == 0x7f)
		buf_add_c(b, " ");
	else
		buf_add_char(b, (char)c);
}

/* U+202A to U+202E and U+2066 to U+2069 turn the direction of what follows them, links and words of others included. */
static bool turns_direction(const char *p, size_t n)
{
	unsigned char last = n == 3 ? (unsigned char)p[2] : 0;
	if (n != 3 || (unsigned char)p[0] != 0xe2)
		return false;
	return ((unsigned char)p[1] == 0x80 && last >= 0xaa && last <= 0xae) ||
	       ((unsigned char)p[1] == 0x81 && last >= 0xa6 && last <= 0xa9);
}

/* Printable ASCII stands for itself. */
static size_t clean_run(struct str s, size_t i)
{
	size_t from = i;
	while (i < s.n && (unsigned char)s.p[i] >= 0x20 && (unsigned char)s.p[i] < 0x7f)
		i++;
	return i - from;
}

void text_add_clean(struct buf *b, struct str s, bool lines)
{
	for (size_t i = 0, n; i < s.n; i += n) {
		n = clean_run(s, i);
		if (n) {
			buf_add(b, str_slice(s, i, i + n));
			continue;
		}
		n = str_utf8_len(str_slice(s, i, s.n));
		if (turns_direction(s.p + i, n))
			continue;
		if (n > 1)
			buf_add(b, str_slice(s, i, i + n));
		else if (n == 1)
			add_one(b, s, i, lines);
		else
			buf_add_c(b, REPLACEMENT);
		n = n ? n : 1;
	}
}

static struct str cut_text(struct arena *arena, struct str clean, size_t most, enum text_unit unit)
{
	size_t mark = text_length(STR(MARK), unit), used = 0, end = 0;
	if (text_length(clean, unit) <= most)
		return arena_str(arena, clean);
	for (size_t n; end < clean.n; end += n) {
		n = character_step(clean, end);
		if (used + character_units(n, unit) + mark > most)
			break;
		used += character_units(n, unit);
	}
	return str_c(arena_printf(arena, "%.*s%s", (int)end, clean.p, most < mark ? "" : MARK));
}

struct str text_line(struct arena *arena, struct str s, size_t most, enum text_unit unit)
{
	AUTOBUF struct buf b;
	buf_init(&b, SIZE_MAX);
	text_add_clean(&b, s, false);
	return cut_text(arena, buf_str(&b), most, unit);
}

struct str text_lines(struct arena *arena, struct str s, size_t most, enum text_unit unit)
{
	AUTOBUF struct buf b;
	buf_init(&b, SIZE_MAX);
	text_add_clean(&b, s, true);
	return cut_text(arena, buf_str(&b), most, unit);
}
