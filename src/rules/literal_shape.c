/* The algebra of shapes: in a row, either, repeated. */
#include "rules/literal_shape.h"

struct shape shape_unknown(void)
{
	return (struct shape){0};
}

struct shape shape_text(struct text_pool *pool, struct str text, bool fold)
{
	return (struct shape){.form = FORM_SET, .finite = true, .fold = fold, .whole = texts_of(pool, text)};
}

struct shape shape_empty(struct text_pool *pool, bool precise)
{
	struct shape s = shape_text(pool, (struct str){0}, false);
	s.form = precise ? FORM_SET : FORM_UNKNOWN;
	return s;
}

struct shape shape_dot(void)
{
	return (struct shape){.form = FORM_DOT};
}

/* A set with the empty text in it says nothing. */
static struct texts telling(struct texts t)
{
	return texts_shortest(t) > 0 ? t : (struct texts){0};
}

struct texts shape_head(const struct shape *s)
{
	return telling(s->finite ? s->whole : s->head);
}

struct texts shape_tail(const struct shape *s)
{
	return telling(s->finite ? s->whole : s->tail);
}

static struct texts better(struct texts a, struct texts b)
{
	size_t long_a = texts_shortest(a), long_b = texts_shortest(b);
	return long_a > long_b || (long_a == long_b && a.n <= b.n) ? a : b;
}

struct texts shape_part(const struct shape *s)
{
	struct texts ends = better(shape_head(s), shape_tail(s));
	return s->part.n > 0 ? better(s->part, ends) : ends;
}

/* Where only one of two is folded, the other one is folded as well, and says less then. */
static void fold_shape(struct text_pool *pool, struct shape *s)
{
	bool letters = false;
	s->whole = texts_fold(pool, s->whole, &letters);
	s->head = texts_fold(pool, s->head, &letters);
	s->tail = texts_fold(pool, s->tail, &letters);
	s->part = texts_fold(pool, s->part, &letters);
	s->fold = true;
	if (letters)
		s->form = FORM_UNKNOWN;
}

static void fold_alike(struct text_pool *pool, struct shape *a, struct shape *b)
{
	if (a->fold != b->fold)
		fold_shape(pool, a->fold ? b : a);
}

/* ---- one after the other ---- */

static bool is_empty_text(const struct shape *s)
{
	return s->form == FORM_SET && s->whole.n == 1 && s->whole.v[0].n == 0;
}

/* What both together begin with (or end with, with the sides swapped by the caller). */
static struct texts head_of_two(struct text_pool *pool, const struct shape *a, const struct shape *b)
{
	struct texts first = shape_head(a), second = shape_head(b);
	if (!a->finite)
		return first;
	if (second.n == 0 || a->whole.n * second.n > TEXTS_CROSS_MAX)
		return first;
	return texts_cross(pool, a->whole, second);
}

static struct texts tail_of_two(struct text_pool *pool, const struct shape *a, const struct shape *b)
{
	struct texts first = shape_tail(a), second = shape_tail(b);
	if (!b->finite)
		return second;
	if (first.n == 0 || b->whole.n * first.n > TEXTS_CROSS_MAX)
		return second;
	return texts_cross(pool, first, b->whole);
}

static struct texts part_of_two(struct text_pool *pool, const struct shape *a, const struct shape *b)
{
	struct texts left = shape_tail(a), right = shape_head(b);
	struct texts seam = better(left, right);
	if (left.n > 0 && right.n > 0 && left.n * right.n <= TEXTS_CROSS_MAX)
		seam = texts_cross(pool, left, right);
	struct texts part = better(shape_part(a), shape_part(b));
	return better(part, seam);
}

/* The form of two that are not both finite; the texts it speaks of must be the ones that the whole keeps. */
static void set_form(struct shape *out, const struct shape *a, const struct shape *b)
{
	static const struct {
		enum shape_form a, b, out;
		unsigned most_gap; /* of both together */
	} forms[] = {
		{FORM_SET, FORM_ANY, FORM_PREFIX, 1},      {FORM_ANY, FORM_SET, FORM_SUFFIX, 1},
		{FORM_SUFFIX, FORM_ANY, FORM_CONTAINS, 0}, {FORM_ANY, FORM_PREFIX, FORM_CONTAINS, 0},
		{FORM_ANY, FORM_ANY, FORM_ANY, 1},
	};
	for (size_t i = 0; i < sizeof forms / sizeof *forms; i++)
		if (forms[i].a == a->form && forms[i].b == b->form && a->gap + b->gap <= forms[i].most_gap) {
			out->form = forms[i].out;
			out->gap = a->gap + b->gap;
		}
	bool known = out->form == FORM_PREFIX   ? out->head.n > 0
	             : out->form == FORM_SUFFIX ? out->tail.n > 0
	                                        : out->form != FORM_CONTAINS || out->part.n > 0;
	if (!known)
		out->form = FORM_UNKNOWN;
	else if (out->form == FORM_CONTAINS)
		out->part = a->form == FORM_SUFFIX ? a->tail : b->head;
}

struct shape shape_concat(struct text_pool *pool, struct shape a, struct shape b)
{
	if (is_empty_text(&a) || is_empty_text(&b))
		return is_empty_text(&a) ? b : a;
	fold_alike(pool, &a, &b);
	struct shape out = {.fold = a.fold};
	if (a.finite && b.finite && a.whole.n * b.whole.n <= TEXTS_CROSS_MAX) {
		out.finite = true;
		out.form = a.form == FORM_SET && b.form == FORM_SET ? FORM_SET : FORM_UNKNOWN;
		out.whole = texts_cross(pool, a.whole, b.whole);
		return out;
	}
	out.head = head_of_two(pool, &a, &b);
	out.tail = tail_of_two(pool, &a, &b);
	out.part = part_of_two(pool, &a, &b);
	set_form(&out, &a, &b);
	return out;
}

/* ---- one or the other ---- */

/* Nothing is known of both unless something is known of each. */
static struct texts either(struct text_pool *pool, struct texts a, struct texts b)
{
	bool known = a.n > 0 && b.n > 0 && a.n + b.n <= TEXTS_UNION_MAX;
	return known ? texts_union(pool, a, b) : (struct texts){0};
}

static void set_form_of_either(struct shape *out, const struct shape *a, const struct shape *b)
{
	if (a->form != b->form || a->gap != b->gap)
		return;
	bool known = (a->form == FORM_PREFIX && out->head.n > 0) || (a->form == FORM_SUFFIX && out->tail.n > 0);
	out->form = known ? a->form : FORM_UNKNOWN;
	out->gap = a->gap;
}

struct shape shape_or(struct text_pool *pool, struct shape a, struct shape b)
{
	fold_alike(pool, &a, &b);
	struct shape out = {.fold = a.fold};
	if (a.finite && b.finite && a.whole.n + b.whole.n <= TEXTS_UNION_MAX) {
		out.finite = true;
		out.form = a.form == FORM_SET && b.form == FORM_SET ? FORM_SET : FORM_UNKNOWN;
		out.whole = texts_append(pool, a.whole, b.whole);
		return out;
	}
	out.head = either(pool, shape_head(&a), shape_head(&b));
	out.tail = either(pool, shape_tail(&a), shape_tail(&b));
	out.part = either(pool, shape_part(&a), shape_part(&b));
	set_form_of_either(&out, &a, &b);
	return out;
}

/* ---- again and again ---- */

struct shape shape_repeat(struct text_pool *pool, struct shape a, long least, long most)
{
	if (least == 1 && most == 1)
		return a;
	if (a.form == FORM_DOT && least <= 1 && most < 0)
		return (struct shape){.form = FORM_ANY, .gap = (unsigned)least};
	if (least == 0 && most == 1)
		return shape_or(pool, a, shape_empty(pool, true));
	if (least == 0)
		return shape_unknown();
	return (struct shape){.fold = a.fold, .head = shape_head(&a), .tail = shape_tail(&a), .part = shape_part(&a)};
}
