#include "catalog/slug.h"

#include <locale.h>
#include <stdint.h>
#include <stdlib.h>
#include <wctype.h>

#include "base/map.h"

struct slugs {
	struct arena *arena;
	struct map *seen; /* anchor -> size_t: how many repeats of it were numbered */
	locale_t unicode; /* made when the first heading beyond ASCII comes; 0 where the system has none */
};

struct slugs *slugs_new(void)
{
	struct slugs *s = mem_zero(sizeof *s);
	s->arena = arena_new();
	s->seen = map_new();
	return s;
}

void slugs_free(struct slugs *s)
{
	if (!s)
		return;
	if (s->unicode)
		freelocale(s->unicode);
	map_free(s->seen);
	arena_free(s->arena);
	free(s);
}

static void add_ascii(struct buf *out, char c)
{
	if (c >= 'A' && c <= 'Z')
		buf_add_char(out, (char)(c - 'A' + 'a'));
	else if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-')
		buf_add_char(out, c);
	else if (c == ' ')
		buf_add_char(out, '-');
}

/* One character of valid UTF-8; returns its bytes. */
static size_t decode(struct str s, size_t i, uint32_t *c)
{
	unsigned char lead = (unsigned char)s.p[i];
	size_t n = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
	*c = n == 1 ? lead : lead & (0xFFU >> (n + 1));
	for (size_t k = 1; k < n; k++)
		*c = *c << 6 | ((unsigned char)s.p[i + k] & 0x3F);
	return n;
}

static void encode(struct buf *out, uint32_t c)
{
	int more = c < 0x800 ? 1 : c < 0x10000 ? 2 : 3;
	static const unsigned char leads[] = {0, 0xC0, 0xE0, 0xF0};
	buf_add_char(out, (char)(leads[more] | c >> (6 * more)));
	while (more-- > 0)
		buf_add_char(out, (char)(0x80 | (c >> (6 * more) & 0x3F)));
}

/* Marks of the scripts in wide use, and connectors, which the C library counts as punctuation. */
static bool joins_words(uint32_t c)
{
	static const uint32_t ranges[][2] = {
		{0x0300, 0x036F}, {0x0483, 0x0489}, {0x0591, 0x05BD}, {0x064B, 0x065F}, {0x093C, 0x093C},   {0x094D, 0x094D},
		{0x09BC, 0x09BC}, {0x09CD, 0x09CD}, {0x0A3C, 0x0A3C}, {0x0A4D, 0x0A4D}, {0x0ABC, 0x0ABC},   {0x0ACD, 0x0ACD},
		{0x0B3C, 0x0B3C}, {0x0B4D, 0x0B4D}, {0x0BCD, 0x0BCD}, {0x0C4D, 0x0C4D}, {0x0CCD, 0x0CCD},   {0x0D4D, 0x0D4D},
		{0x0DCA, 0x0DCA}, {0x0E47, 0x0E4E}, {0x0EC8, 0x0ECE}, {0x1037, 0x103A}, {0x17C6, 0x17D3},   {0x1AB0, 0x1ACE},
		{0x1DC0, 0x1DFF}, {0x203F, 0x2040}, {0x2054, 0x2054}, {0x20D0, 0x20F0}, {0x3099, 0x309A},   {0xFE00, 0xFE0F},
		{0xFE20, 0xFE2F}, {0xFE33, 0xFE34}, {0xFE4D, 0xFE4F}, {0xFF3F, 0xFF3F}, {0xE0100, 0xE01EF},
	};
	for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++)
		if (c >= ranges[i][0] && c <= ranges[i][1])
			return true;
	return false;
}

static void add_unicode(struct slugs *s, struct buf *out, uint32_t c)
{
	if (!s->unicode)
		s->unicode = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
	if (!s->unicode)
		encode(out, c);
	else if (iswalnum_l((wint_t)c, s->unicode) || joins_words(c))
		encode(out, (uint32_t)towlower_l((wint_t)c, s->unicode));
}

/* The anchor before numbering. Bytes that are no UTF-8 are dropped. */
static struct str slug_of(struct slugs *s, struct arena *arena, struct str text)
{
	bool valid = str_is_utf8(text);
	AUTOBUF struct buf out;
	/* Lower case may take a byte more than upper case (U+023A), never twice as many. */
	buf_init(&out, 4 * SLUG_TEXT_MAX);
	uint32_t c;
	for (size_t i = 0, n; i < text.n; i += n) {
		n = valid ? decode(text, i, &c) : 1;
		if (n > 1)
			add_unicode(s, &out, c);
		else if ((unsigned char)text.p[i] < 0x80)
			add_ascii(&out, text.p[i]);
	}
	return arena_str(arena, buf_str(&out));
}

static size_t *repeats(struct slugs *s, struct str anchor)
{
	return map_get(s->seen, anchor);
}

struct str slugs_next(struct slugs *s, struct arena *arena, struct str plain)
{
	struct str base = slug_of(s, s->arena, plain), anchor = base;
	size_t *count = repeats(s, base);
	while (repeats(s, anchor)) {
		++*count;
		anchor = str_c(arena_printf(s->arena, "%.*s-%zu", STR_ARG(base), *count));
	}
	map_set(s->seen, anchor, arena_alloc(s->arena, sizeof(size_t)));
	return arena_str(arena, anchor);
}
