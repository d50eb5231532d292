/* Compiles what plain texts can decide about a matcher without its regular expression. */
#include <limits.h>

#include "rules/literal_build.h"

/* ---- building ---- */

static uint32_t keep_texts(struct literal_builder *b, struct texts t)
{
	uint32_t at = (uint32_t)b->texts.n;
	for (size_t i = 0; i < t.n; i++) {
		uint16_t length = (uint16_t)t.v[i].n;
		buf_add(&b->texts, (struct str){(const char *)&length, sizeof length});
		buf_add(&b->texts, t.v[i]);
	}
	return at;
}

static bool do_texts_fit(struct texts t)
{
	for (size_t i = 0; i < t.n; i++)
		if (t.v[i].n > USHRT_MAX)
			return false;
	return true;
}

/* Only these forms are tried without PCRE2. */
static enum check_op op_of(const struct shape *s, struct texts *texts)
{
	const struct {
		enum shape_form form;
		enum check_op op;
		struct texts texts;
	} forms[] = {
		{FORM_SET, CHECK_SET, s->whole},
		{FORM_PREFIX, CHECK_PREFIX, s->head},
		{FORM_SUFFIX, CHECK_SUFFIX, s->tail},
		{FORM_CONTAINS, CHECK_CONTAINS, s->part},
	};
	for (size_t i = 0; i < sizeof forms / sizeof *forms; i++)
		if (forms[i].form == s->form && do_texts_fit(forms[i].texts)) {
			*texts = forms[i].texts;
			return forms[i].op;
		}
	*texts = (struct texts){0};
	return CHECK_PATTERN;
}

struct literal_check literal_check_of(struct literal_builder *b, const struct matcher *m, uint32_t slot,
                                      const struct shape *shape)
{
	bool negated = m->op == MATCH_NOT_EQUAL || m->op == MATCH_NOT_REGEX;
	struct literal_check c = {
		.slot = slot, .matcher = m, .negated = negated, .fold = shape->fold, .gap = (uint8_t)shape->gap};
	struct texts texts;
	c.op = (uint8_t)op_of(shape, &texts);
	c.count = (uint32_t)texts.n;
	c.texts = keep_texts(b, texts);
	return c;
}

/* ---- trying ---- */

/* `.` matches each character of it, and `(?i)` what ASCII knows of case. */
static bool is_plainly_matched(struct literal_view *v)
{
	/* a pattern on a longer value is left to its match limit */
	const size_t longest = 4096;
	if (v->plain != PLAIN_UNKNOWN)
		return v->plain == PLAIN_YES;
	bool plain = v->value.n <= longest && !memchr(v->value.p, '\n', v->value.n);
	size_t i = 0;
	for (; plain && i + 8 <= v->value.n; i += 8)
		plain = (literal_load8(v->value.p + i) & UINT64_C(0x8080808080808080)) == 0;
	for (; plain && i < v->value.n; i++)
		plain = (unsigned char)v->value.p[i] < 0x80;
	v->plain = plain ? PLAIN_YES : PLAIN_NO;
	return plain;
}

static bool equal(const struct literal_check *c, struct str a, struct str b)
{
	return c->fold ? str_eq_nocase(a, b) : str_eq(a, b);
}

static bool contains_text(const struct literal_check *c, struct str value, struct str text)
{
	if (!c->fold)
		return str_find(value, text) >= 0;
	for (size_t i = 0; i + text.n <= value.n; i++)
		if (str_eq_nocase(str_slice(value, i, i + text.n), text))
			return true;
	return false;
}

static bool one_holds(const struct literal_check *c, struct str value, struct str text)
{
	if (c->op == CHECK_SET)
		return equal(c, value, text);
	if (text.n + c->gap > value.n)
		return false;
	if (c->op == CHECK_PREFIX)
		return equal(c, str_slice(value, 0, text.n), text);
	if (c->op == CHECK_SUFFIX)
		return equal(c, str_slice(value, value.n - text.n, value.n), text);
	return contains_text(c, value, text);
}

static bool any_text_holds(const struct literal_index *ix, const struct literal_check *c, struct str value)
{
	const char *p = ix->texts + c->texts;
	for (uint32_t i = 0; i < c->count; i++) {
		uint16_t length;
		memcpy(&length, p, sizeof length);
		if (one_holds(c, value, (struct str){p + sizeof length, length}))
			return true;
		p += sizeof length + length;
	}
	return false;
}

static enum pattern_result by_pattern(const struct literal_check *c, struct str value)
{
	enum pattern_result found = pattern_match(c->matcher->pattern, value, NULL, NULL);
	if (found == PATTERN_CANNOT_TELL || !c->negated)
		return found;
	return found == PATTERN_MATCH ? PATTERN_NO_MATCH : PATTERN_MATCH;
}

static enum pattern_result try_check(const struct literal_index *ix, const struct literal_check *c,
                                     struct literal_view *view)
{
	bool exact = c->op == CHECK_SET && !c->fold;
	if (c->op == CHECK_PATTERN || (!exact && !is_plainly_matched(view)))
		return by_pattern(c, view->value);
	bool holds = c->op == CHECK_PLAIN || any_text_holds(ix, c, view->value);
	return holds != c->negated ? PATTERN_MATCH : PATTERN_NO_MATCH;
}

enum pattern_result literal_check_rule(struct literal_search *s, size_t rule)
{
	const struct literal_index *ix = s->ix;
	for (uint32_t i = ix->check_at[rule]; i < ix->check_at[rule + 1]; i++) {
		struct literal_view missing = {.plain = PLAIN_YES}, *view = literal_view_of(s, ix->checks[i].slot);
		enum pattern_result result = try_check(ix, &ix->checks[i], view ? view : &missing);
		if (result != PATTERN_MATCH)
			return result;
	}
	return PATTERN_MATCH;
}
