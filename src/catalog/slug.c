#include "catalog/slug.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/map.h"

struct slugs {
	struct arena *arena;
	struct map *seen;            /* anchor -> size_t: how many repeats of it were numbered */
	pcre2_code *foreign, *whole; /* compiled when the first heading beyond ASCII comes */
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
	pcre2_code_free(s->foreign);
	pcre2_code_free(s->whole);
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

static pcre2_code *compile(const char *pattern)
{
	int code;
	PCRE2_SIZE offset;
	return pcre2_compile((PCRE2_SPTR)pattern, PCRE2_ZERO_TERMINATED, PCRE2_UTF | PCRE2_UCP, &code, &offset, NULL);
}

static struct str replace(struct arena *arena, const pcre2_code *code, struct str s, const char *by)
{
	/* Lower case may take one byte more than upper case (U+023A), never twice as many. */
	PCRE2_SIZE n = 2 * s.n + 1;
	char *room = arena_alloc(arena, n);
	uint32_t flags = PCRE2_SUBSTITUTE_GLOBAL | PCRE2_SUBSTITUTE_EXTENDED | PCRE2_NO_UTF_CHECK;
	int rc = pcre2_substitute(code, (PCRE2_SPTR)s.p, s.n, 0, flags, NULL, NULL, (PCRE2_SPTR)by, PCRE2_ZERO_TERMINATED,
	                          (PCRE2_UCHAR *)room, &n);
	return rc < 0 ? s : (struct str){room, n};
}

/* The text in lower case with only letters, marks, digits, connectors, '-' and blanks left. */
static struct str fold_unicode(struct slugs *s, struct arena *arena, struct str text)
{
	if (!s->foreign) {
		s->foreign = compile("[^\\p{L}\\p{M}\\p{Nd}\\p{Pc} -]+");
		s->whole = compile("^.+$");
	}
	if (!s->foreign || !s->whole || !str_is_utf8(text))
		return text;
	return replace(arena, s->whole, replace(arena, s->foreign, text, ""), "\\L$0");
}

static bool is_ascii(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if ((unsigned char)s.p[i] >= 0x80)
			return false;
	return true;
}

/* The anchor before numbering. Bytes that are no UTF-8 are dropped. */
static struct str slug_of(struct slugs *s, struct arena *arena, struct str text)
{
	bool keep_foreign = str_is_utf8(text);
	if (!is_ascii(text))
		text = fold_unicode(s, arena, text);
	AUTOBUF struct buf out;
	buf_init(&out, 2 * SLUG_TEXT_MAX + 1);
	for (size_t i = 0; i < text.n; i++) {
		if ((unsigned char)text.p[i] < 0x80)
			add_ascii(&out, text.p[i]);
		else if (keep_foreign)
			buf_add_char(&out, text.p[i]);
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
