#include <string.h>

#include "rules/re2_impl.h"

static const char *const posix_names[] = {"alnum", "alpha", "ascii", "blank", "cntrl", "digit", "graph",
                                          "lower", "print", "punct", "space", "upper", "word",  "xdigit"};

/* At "[:": false in `*is` when this is no named class after all but a literal bracket. */
static bool named_class(struct re2 *t, bool *is)
{
	struct str rest = {t->p, (size_t)(t->end - t->p)};
	ptrdiff_t close = str_find(str_slice(rest, 2, rest.n), STR(":]"));
	*is = close >= 0;
	if (!*is)
		return true;
	struct str name = {t->p + 2, (size_t)close};
	bool negated = name.n > 0 && name.p[0] == '^';
	if (negated)
		name = str_slice(name, 1, name.n);
	for (size_t i = 0; i < sizeof posix_names / sizeof *posix_names; i++)
		if (str_eq_c(name, posix_names[i])) {
			buf_printf(t->out, "[:%s%s:]", negated ? "^" : "", posix_names[i]);
			t->p += close + 4;
			return true;
		}
	return re2_refuse(t, t->p, "unknown class name");
}

/* \s without VT, which PCRE2 counts as white space and RE2 does not; a complement cannot nest, so it is spelled out. */
static const char *perl_class(char letter)
{
	switch (letter) {
	case 'd': return "\\d";
	case 'D': return "\\D";
	case 'w': return "\\w";
	case 'W': return "\\W";
	case 's': return "\\t\\n\\f\\r\\x20";
	case 'S': return "\\x00-\\x08\\x0b\\x0e-\\x1f\\x21-\\x{10ffff}";
	default: return NULL;
	}
}

static bool class_char(struct re2 *t, uint32_t *c)
{
	if (t->p < t->end && *t->p == '\\')
		return re2_escaped_char(t, c);
	*c = re2_next(t);
	return true;
}

static bool class_range(struct re2 *t)
{
	const char *from = t->p;
	uint32_t low, high;
	if (!class_char(t, &low))
		return false;
	re2_put_char(t, low);
	if (t->end - t->p < 2 || t->p[0] != '-' || t->p[1] == ']')
		return true;
	t->p++;
	if (!class_char(t, &high))
		return false;
	if (high < low)
		return re2_refuse(t, from, "range of characters is backwards");
	buf_add_char(t->out, '-');
	re2_put_char(t, high);
	return true;
}

static bool class_item(struct re2 *t)
{
	bool more = t->end - t->p > 1;
	if (more && t->p[0] == '[' && t->p[1] == ':') {
		bool is, good = named_class(t, &is);
		if (is)
			return good;
	}
	if (more && t->p[0] == '\\' && (t->p[1] == 'p' || t->p[1] == 'P'))
		return re2_unicode_group(t);
	const char *perl = more && t->p[0] == '\\' ? perl_class(t->p[1]) : NULL;
	if (!perl)
		return class_range(t);
	buf_add_c(t->out, perl);
	t->p += 2;
	return true;
}

bool re2_class(struct re2 *t)
{
	const char *from = t->p++;
	buf_add_char(t->out, '[');
	if (t->p < t->end && *t->p == '^') {
		buf_add_char(t->out, '^');
		t->p++;
	}
	for (bool first = true; t->p < t->end && (first || *t->p != ']'); first = false)
		if (!class_item(t))
			return false;
	if (t->p == t->end)
		return re2_refuse(t, from, "class without its closing ]");
	t->p++;
	buf_add_char(t->out, ']');
	return true;
}
