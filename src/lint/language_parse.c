/*
 * Reads a pattern that re2_translate() has accepted: what is wrong was refused there, what is merely unknown here makes
 * the pattern one that cannot be described.
 */
#include <string.h>

#include "lint/language_impl.h"
#include "rules/re2_impl.h"

struct parser {
	struct language *l;
	struct re2 t; /* where reading stands; its output is not used */
	bool fold, dot_all, multi_line;
};

struct tree *tree_new(struct language *l, enum tree_kind kind)
{
	struct tree *t = arena_alloc(l->arena, sizeof *t);
	t->kind = kind;
	return t;
}

void tree_append(struct tree *parent, struct tree *part)
{
	part->previous = parent->last;
	parent->last = part;
}

struct tree *tree_set(struct language *l, struct char_set *set)
{
	struct tree *t = tree_new(l, TREE_SET);
	MEM_ROOM(l->sets, l->set_count, l->set_capacity);
	t->set = l->set_count;
	l->sets[l->set_count++] = *set;
	*set = (struct char_set){0};
	return t;
}

static bool at(const struct parser *p, const char *prefix)
{
	size_t n = strlen(prefix);
	return (size_t)(p->t.end - p->t.p) >= n && memcmp(p->t.p, prefix, n) == 0;
}

static bool ended(const struct parser *p)
{
	return p->t.p == p->t.end;
}

/* ---- single characters and classes ---- */

static struct tree *single(struct parser *p, uint32_t c)
{
	struct char_set set = {0};
	char_set_add(&set, c, c);
	bool known = !p->fold || char_set_fold(&set);
	char_set_finish(&set);
	struct tree *t = tree_set(p->l, &set);
	return known ? t : NULL;
}

static struct tree *dot(struct parser *p)
{
	struct char_set set = {0};
	p->t.p++;
	if (!p->dot_all)
		char_set_add(&set, '\n', '\n');
	char_set_negate(&set);
	return tree_set(p->l, &set);
}

static bool class_char(struct parser *p, uint32_t *c)
{
	if (!ended(p) && *p->t.p == '\\')
		return re2_escaped_char(&p->t, c);
	if (ended(p))
		return false;
	*c = re2_next(&p->t);
	return true;
}

/* What is folded is what is written as characters; classes with names keep to what they name. */
static bool class_range(struct parser *p, struct char_set *written)
{
	uint32_t low, high;
	if (!class_char(p, &low))
		return false;
	high = low;
	if (p->t.end - p->t.p >= 2 && p->t.p[0] == '-' && p->t.p[1] != ']') {
		p->t.p++;
		if (!class_char(p, &high))
			return false;
	}
	char_set_add(written, low, high);
	return true;
}

/* At "[:": false in `*is` when this is a literal bracket. PCRE2 makes [:lower:] and [:upper:] one when folding. */
static bool named_class(struct parser *p, struct char_set *set, bool *is)
{
	struct str rest = {p->t.p, (size_t)(p->t.end - p->t.p)};
	ptrdiff_t close = str_find(str_slice(rest, 2, rest.n), STR(":]"));
	*is = close >= 0;
	if (!*is)
		return true;
	struct str name = {p->t.p + 2, (size_t)close};
	p->t.p += close + 4;
	return !p->fold && char_set_add_named(set, name);
}

static bool class_item(struct parser *p, struct char_set *set, struct char_set *written)
{
	if (at(p, "[:")) {
		bool is, good = named_class(p, set, &is);
		if (is)
			return good;
	}
	if (at(p, "\\") && p->t.end - p->t.p > 1 && char_set_add_perl(set, p->t.p[1])) {
		p->t.p += 2;
		return true;
	}
	return !at(p, "\\p") && !at(p, "\\P") && class_range(p, written);
}

static bool class_items(struct parser *p, struct char_set *set)
{
	struct char_set written = {0};
	bool known = true;
	for (bool first = true; known && !ended(p) && (first || *p->t.p != ']'); first = false)
		known = class_item(p, set, &written);
	known = known && !ended(p) && (!p->fold || char_set_fold(&written));
	for (size_t i = 0; i < written.n; i++)
		char_set_add(set, written.v[i].first, written.v[i].last);
	char_set_release(&written);
	return known;
}

static struct tree *class(struct parser *p)
{
	struct char_set set = {0};
	p->t.p++;
	bool negated = at(p, "^");
	p->t.p += negated;
	bool known = class_items(p, &set);
	p->t.p += known;
	char_set_finish(&set);
	if (negated)
		char_set_negate(&set);
	struct tree *t = tree_set(p->l, &set);
	return known ? t : NULL;
}

static struct tree *assertion(struct parser *p, enum tree_kind kind, size_t length)
{
	if (p->multi_line && length == 1)
		return NULL;
	p->t.p += length;
	return tree_new(p->l, kind);
}

static struct tree *backslash(struct parser *p)
{
	struct char_set set = {0};
	char letter = p->t.end - p->t.p > 1 ? p->t.p[1] : '\0';
	if (letter == 'A' || letter == 'z')
		return assertion(p, letter == 'A' ? TREE_BEGIN : TREE_END, 2);
	if (char_set_add_perl(&set, letter)) {
		p->t.p += 2;
		char_set_finish(&set);
		return tree_set(p->l, &set);
	}
	uint32_t c;
	return letter && !strchr("bBpPQ", letter) && re2_escaped_char(&p->t, &c) ? single(p, c) : NULL;
}

/* ---- groups ---- */

static struct tree *choice(struct parser *p);

/* Behind "(?": the flags, and behind them ':' or ')'. */
static bool flags(struct parser *p, bool *group)
{
	bool on = true;
	for (; !ended(p) && *p->t.p != ':' && *p->t.p != ')'; p->t.p++)
		switch (*p->t.p) {
		case '-': on = false; break;
		case 'i': p->fold = on; break;
		case 's': p->dot_all = on; break;
		case 'm': p->multi_line = on; break;
		case 'U': break; /* who is greedy changes nothing in what is accepted */
		default: return false;
		}
	if (ended(p))
		return false;
	*group = *p->t.p++ == ':';
	return true;
}

static bool skip_name(struct parser *p)
{
	const char *close = memchr(p->t.p, '>', (size_t)(p->t.end - p->t.p));
	if (close)
		p->t.p = close + 1;
	return close != NULL;
}

/* At '('. In `*alone` whether it was flags only, which hold to the end of the group around them. */
static bool open_group(struct parser *p, bool *alone)
{
	bool group = true, known = true;
	if (at(p, "(?P<") || at(p, "(?<")) {
		known = skip_name(p);
	} else if (at(p, "(?")) {
		p->t.p += 2;
		known = flags(p, &group);
	} else {
		p->t.p++;
	}
	*alone = !group;
	return known;
}

static struct tree *group(struct parser *p)
{
	struct parser before = *p;
	bool alone;
	if (!open_group(p, &alone))
		return NULL;
	if (alone)
		return tree_new(p->l, TREE_SEQUENCE);
	struct tree *t = choice(p);
	if (!t || ended(p))
		return NULL;
	p->t.p++;
	p->fold = before.fold;
	p->dot_all = before.dot_all;
	p->multi_line = before.multi_line;
	return t;
}

/* ---- the whole ---- */

static struct tree *atom(struct parser *p)
{
	switch (*p->t.p) {
	case '(': return group(p);
	case '[': return class(p);
	case '.': return dot(p);
	case '\\': return backslash(p);
	case '^': return assertion(p, TREE_BEGIN, 1);
	case '$': return assertion(p, TREE_END, 1);
	default: return single(p, re2_next(&p->t));
	}
}

/* Reads the operator behind an atom, where there is one. */
static bool repetition(struct parser *p, long *least, long *most)
{
	const char *behind = p->t.p;
	if (ended(p))
		return false;
	*least = *p->t.p == '+';
	*most = *p->t.p == '?' ? 1 : -1;
	if (strchr("*+?", *p->t.p) && *p->t.p)
		behind++;
	else if (*p->t.p != '{' || !re2_braces(&behind, p->t.end, least, most))
		return false;
	if (behind < p->t.end && *behind == '?')
		behind++;
	p->t.p = behind;
	return true;
}

static struct tree *repeated(struct parser *p, struct tree *inner)
{
	long least, most;
	if (!repetition(p, &least, &most))
		return inner;
	struct tree *t = tree_new(p->l, TREE_REPEAT);
	t->least = least;
	t->most = most;
	tree_append(t, inner);
	return t;
}

static struct tree *sequence(struct parser *p)
{
	struct tree *out = tree_new(p->l, TREE_SEQUENCE);
	while (!ended(p) && *p->t.p != '|' && *p->t.p != ')') {
		struct tree *t = atom(p);
		if (!t)
			return NULL;
		tree_append(out, repeated(p, t));
	}
	return out;
}

static struct tree *choice(struct parser *p)
{
	struct tree *out = tree_new(p->l, TREE_CHOICE);
	for (;;) {
		struct tree *t = sequence(p);
		if (!t)
			return NULL;
		tree_append(out, t);
		if (ended(p) || *p->t.p != '|')
			return out;
		p->t.p++;
	}
}

struct tree *language_parse(struct language *l, struct str regex)
{
	AUTOERR struct err ignored = ERR_INIT; /* loading has said it already */
	struct parser p = {.l = l, .t = {.p = regex.p, .end = regex.p + regex.n, .regex = regex, .err = &ignored}};
	if (!str_is_utf8(regex))
		return NULL;
	struct tree *t = regex.n > 0 ? choice(&p) : tree_new(l, TREE_SEQUENCE);
	return t && (regex.n == 0 || ended(&p)) ? t : NULL;
}
