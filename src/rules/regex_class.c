/* Classes: [a-z], [[:alpha:]], \d, \p{Greek}, and what of that stands in brackets together. */
#include <string.h>

#include "rules/regex_impl.h"

static const char *const posix_names[] = {"alnum", "alpha", "ascii", "blank", "cntrl", "digit", "graph",
                                          "lower", "print", "punct", "space", "upper", "word",  "xdigit"};

static struct regex_node *class_new(struct regex_reader *r)
{
	struct regex_node *class = regex_node_new(r->arena, REGEX_CLASS);
	class->fold = r->flags.fold;
	return class;
}

static void append_item(struct regex_reader *r, struct regex_item **end, struct regex_item item)
{
	*end = arena_alloc(r->arena, sizeof **end);
	**end = item;
}

/* At "[:": false in `*is` when this is no named class after all but a literal bracket. */
static bool read_posix(struct regex_reader *r, struct regex_item **end, bool *is)
{
	struct str rest = {r->p, (size_t)(r->end - r->p)};
	ptrdiff_t close = str_find(str_slice(rest, 2, rest.n), STR(":]"));
	*is = close >= 0;
	if (!*is)
		return true;
	struct str name = {r->p + 2, (size_t)close};
	struct str bare = str_slice(name, str_starts(name, STR("^")), name.n);
	for (size_t i = 0; i < sizeof posix_names / sizeof *posix_names; i++)
		if (str_eq_c(bare, posix_names[i])) {
			append_item(r, end, (struct regex_item){.kind = REGEX_ITEM_POSIX, .name = name});
			r->p += close + 4;
			return true;
		}
	return regex_refuse(r, r->p, "unknown class name");
}

/* What stands between the braces behind \p, or its one letter; empty where there is none. */
static struct str take_group_name(struct regex_reader *r)
{
	struct str name = {r->p, 0};

	if (regex_ahead(r, "{")) {
		const char *close = memchr(r->p, '}', (size_t)(r->end - r->p));
		name = (struct str){r->p + 1, close ? (size_t)(close - r->p - 1) : 0};
		r->p = close ? close + 1 : r->end;
	} else if (r->p < r->end) {
		name.n = 1;
		r->p++;
	}
	return name;
}

/* At \p or \P. */
static bool read_unicode(struct regex_reader *r, struct regex_item **end)
{
	const char *from = r->p;
	bool negated = from[1] == 'P';
	r->p += 2;
	struct str name = take_group_name(r);
	if (str_starts(name, STR("^"))) {
		negated = !negated;
		name = str_slice(name, 1, name.n);
	}
	const char *known = regex_unicode_name(r->arena, name, &negated);
	if (!known)
		return regex_refuse(r, from, "unknown character group (\\pL, \\p{Greek})");
	append_item(r, end, (struct regex_item){.kind = REGEX_ITEM_UNICODE, .name = str_c(known), .negated = negated});
	return true;
}

static bool read_char(struct regex_reader *r, uint32_t *c)
{
	if (r->p < r->end && *r->p == '\\')
		return regex_escaped_char(r, c);
	*c = regex_next(r);
	return true;
}

static bool read_class_range(struct regex_reader *r, struct regex_item **end)
{
	const char *from = r->p;
	uint32_t low, high;
	if (!read_char(r, &low))
		return false;
	high = low;
	if (r->end - r->p >= 2 && r->p[0] == '-' && r->p[1] != ']') {
		r->p++;
		if (!read_char(r, &high))
			return false;
	}
	if (high < low)
		return regex_refuse(r, from, "range of characters is backwards");
	append_item(r, end, (struct regex_item){.kind = REGEX_ITEM_RANGE, .first = low, .last = high});
	return true;
}

static bool read_class_item(struct regex_reader *r, struct regex_item **end)
{
	if (regex_ahead(r, "[:")) {
		bool is, good = read_posix(r, end, &is);
		if (is)
			return good;
	}
	if (regex_ahead(r, "\\p") || regex_ahead(r, "\\P"))
		return read_unicode(r, end);
	if (!regex_ahead(r, "\\") || r->end - r->p < 2 || !regex_is_perl(r->p[1]))
		return read_class_range(r, end);
	append_item(r, end, (struct regex_item){.kind = REGEX_ITEM_PERL, .letter = r->p[1]});
	r->p += 2;
	return true;
}

struct regex_node *regex_class(struct regex_reader *r)
{
	const char *from = r->p++;
	struct regex_node *class = class_new(r);
	class->negated = regex_ahead(r, "^");
	r->p += class->negated;
	struct regex_item **end = &class->items;
	for (bool first = true; r->p < r->end && (first || *r->p != ']'); first = false, end = &(*end)->next)
		if (!read_class_item(r, end))
			return NULL;
	if (r->p == r->end) {
		regex_refuse(r, from, "class without its closing ]");
		return NULL;
	}
	r->p++;
	return class;
}

bool regex_is_perl(char letter)
{
	return letter && strchr("dDwWsS", letter);
}

struct regex_node *regex_escaped_class(struct regex_reader *r)
{
	struct regex_node *class = class_new(r);
	char letter = r->p[1];

	if (!regex_is_perl(letter))
		return read_unicode(r, &class->items) ? class : NULL;
	class->negated = letter < 'a';
	append_item(r, &class->items, (struct regex_item){.kind = REGEX_ITEM_PERL, .letter = (char)(letter | 0x20)});
	r->p += 2;
	return class;
}
