/* Writes a syntax tree as a PCRE2 pattern that means what RE2 means by it. */
#include "rules/re2.h"

/* What RE2 counts as white space: PCRE2's \s has VT as well. A complement cannot nest in a class, so it is spelled out. */
#define SPACE "\\t\\n\\f\\r\\x20"
#define NO_SPACE "\\x00-\\x08\\x0b\\x0e-\\x1f\\x21-\\x{10ffff}"

static bool stands_for_itself(uint32_t c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* Writes one character so that PCRE2 takes it literally, in and outside a class. */
static void put_pcre_char(struct buf *out, uint32_t c)
{
	if (stands_for_itself(c))
		buf_add_char(out, (char)c);
	else if (c > ' ' && c < 0x7f)
		buf_printf(out, "\\%c", (char)c);
	else
		buf_printf(out, "\\x{%x}", c);
}

static void put_pcre_text(struct buf *out, struct str text)
{
	while (text.n > 0)
		put_pcre_char(out, regex_take_char(&text));
}

/* ---- classes ---- */

static void put_unicode_class(struct buf *out, const struct regex_item *item)
{
	if (str_eq_c(item->name, "ascii"))
		buf_add_c(out, item->negated ? "\\x{80}-\\x{10ffff}" : "\\x00-\\x7f");
	else
		buf_printf(out, "\\%c{%.*s}", item->negated ? 'P' : 'p', STR_ARG(item->name));
}

static void put_item(struct buf *out, const struct regex_item *item)
{
	switch (item->kind) {
	case REGEX_ITEM_RANGE:
		put_pcre_char(out, item->first);
		if (item->last > item->first) {
			buf_add_char(out, '-');
			put_pcre_char(out, item->last);
		}
		break;
	case REGEX_ITEM_PERL:
		if (item->letter == 's' || item->letter == 'S')
			buf_add_c(out, item->letter == 's' ? SPACE : NO_SPACE);
		else
			buf_printf(out, "\\%c", item->letter);
		break;
	case REGEX_ITEM_POSIX: buf_printf(out, "[:%.*s:]", STR_ARG(item->name)); break;
	case REGEX_ITEM_UNICODE: put_unicode_class(out, item); break;
	}
}

/* \D and \W as classes: PCRE2 10.42's JIT does not match them against bytes beyond ASCII when invalid UTF is tolerated. */
static void put_class(struct buf *out, const struct regex_node *class)
{
	buf_add_c(out, class->negated ? "[^" : "[");
	for (const struct regex_item *item = class->items; item; item = item->next)
		put_item(out, item);
	buf_add_char(out, ']');
}

/* ---- the rest ---- */

/* RE2 lets an assertion be repeated, PCRE2 does not unless it stands in a group. */
static void put_assertion(struct buf *out, const struct regex_node *node, bool repeated)
{
	buf_printf(out, repeated ? "(?:%.*s)" : "%.*s", STR_ARG(node->written));
}

static void put_node(struct buf *out, const struct regex_node *node, bool repeated);

static void put_parts(struct buf *out, const struct regex_node *node, const char *between)
{
	for (const struct regex_node *part = node->first; part; part = part->next) {
		buf_add_c(out, part == node->first ? "" : between);
		put_node(out, part, node->kind == REGEX_REPEAT);
	}
}

static void put_node(struct buf *out, const struct regex_node *node, bool repeated)
{
	switch (node->kind) {
	case REGEX_TEXT: put_pcre_text(out, node->text); break;
	case REGEX_CLASS: put_class(out, node); break;
	case REGEX_DOT: buf_add_char(out, '.'); break;
	case REGEX_ASSERTION: put_assertion(out, node, repeated); break;
	case REGEX_SEQUENCE: put_parts(out, node, ""); break;
	case REGEX_CHOICE: put_parts(out, node, "|"); break;
	case REGEX_GROUP:
		buf_add(out, node->written);
		put_parts(out, node, "");
		buf_add_char(out, ')');
		break;
	case REGEX_FLAGS: buf_add(out, node->written); break;
	case REGEX_REPEAT:
		put_parts(out, node, "");
		buf_add(out, node->written);
		break;
	}
}

bool re2_translate(struct str regex, struct pos at, struct buf *out, struct regex_groups *groups, struct err *err)
{
	AUTOARENA struct arena *arena = arena_new();
	const struct regex_node *tree = regex_parse(arena, regex, at, groups, err);

	if (tree)
		put_node(out, tree, false);
	return tree;
}
