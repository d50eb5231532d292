/* The shape of a regular expression, bottom up over its syntax tree. */
#include <string.h>

#include "rules/literal_shape.h"
#include "rules/regex.h"

/* What is learnt while walking over a pattern's tree. */
struct walk {
	struct text_pool *pool;
	struct str regex;
	bool costly;        /* see shape_of_regex() */
	unsigned unlimited; /* repetitions without a limit */
};

/* More characters in a class are as good as any character. */
#define CLASS_MAX 16

/* ---- characters ---- */

static bool is_ascii_pattern(struct str text)
{
	for (size_t i = 0; i < text.n; i++)
		if ((unsigned char)text.p[i] >= 0x80)
			return false;
	return true;
}

/* In any case: of what is beyond ASCII it is not looked up what else it may be. The pool outlives the tree. */
static struct shape text_shape(struct walk *w, struct str text, bool fold)
{
	char *own = text_pool_alloc(w->pool, text.n);

	if (!own || (fold && !is_ascii_pattern(text)))
		return shape_unknown();
	if (fold)
		return shape_text(w->pool, text_fold(text, own), true);
	memcpy(own, text.p, text.n);
	return shape_text(w->pool, (struct str){own, text.n}, false);
}

/* The characters of [abc], [a-f], [._-]: none for what has names, is negated or goes beyond ASCII, and for what is too large. */
static size_t class_chars(const struct regex_node *class, char chars[CLASS_MAX])
{
	size_t count = 0;

	for (const struct regex_item *item = class->items; item; item = item->next) {
		if (item->kind != REGEX_ITEM_RANGE || class->negated || item->last >= 0x80 ||
		    count + (item->last - item->first) >= CLASS_MAX)
			return 0;
		for (uint32_t c = item->first; c <= item->last; c++)
			chars[count++] = (char)c;
	}
	return count;
}

static struct shape class_shape(struct walk *w, const struct regex_node *class)
{
	char chars[CLASS_MAX];
	size_t count = class_chars(class, chars);

	if (count == 0)
		return shape_unknown();
	struct shape out = text_shape(w, (struct str){chars, 1}, class->fold);
	for (size_t i = 1; i < count; i++)
		out = shape_or(w->pool, out, text_shape(w, (struct str){chars + i, 1}, class->fold));
	return out;
}

/* Conditions say nothing new where they stand at the ends of the pattern: it is anchored anyway. */
static struct shape assertion_shape(struct walk *w, const struct regex_node *node)
{
	const char *from = node->written.p;
	bool idle = node->letter == '^'   ? from == w->regex.p
	            : node->letter == '$' ? from + 1 == w->regex.p + w->regex.n
	                                  : false;

	return shape_empty(w->pool, idle);
}

/* ---- parts ---- */

static struct shape node_shape(struct walk *w, const struct regex_node *node);

/* Three in a row are the cube of a value's length; one within another has no such bound. */
static void weigh_repeat(struct walk *w, const struct regex_node *repeat)
{
	const unsigned in_a_row = 3;
	bool group = repeat->first->kind == REGEX_GROUP;

	w->unlimited += repeat->most < 0;
	w->costly = w->costly || w->unlimited > in_a_row || (group && (repeat->most < 0 || repeat->most > 1));
}

static struct shape repeat_shape(struct walk *w, const struct regex_node *repeat)
{
	struct shape inner = node_shape(w, repeat->first);

	weigh_repeat(w, repeat);
	return shape_repeat(w->pool, inner, repeat->least, repeat->most);
}

static struct shape sequence_shape(struct walk *w, const struct regex_node *sequence)
{
	struct shape out = shape_empty(w->pool, true);

	for (const struct regex_node *part = sequence->first; part; part = part->next)
		out = shape_concat(w->pool, out, node_shape(w, part));
	return out;
}

static struct shape choice_shape(struct walk *w, const struct regex_node *choice)
{
	struct shape out = node_shape(w, choice->first);

	for (const struct regex_node *part = choice->first->next; part; part = part->next)
		out = shape_or(w->pool, out, node_shape(w, part));
	return out;
}

/* `.` is asked about values without a newline only, so that of the flags only (?i) counts. */
static struct shape node_shape(struct walk *w, const struct regex_node *node)
{
	switch (node->kind) {
	case REGEX_TEXT: return text_shape(w, node->text, node->fold);
	case REGEX_CLASS: return class_shape(w, node);
	case REGEX_DOT: return shape_dot();
	case REGEX_ASSERTION: return assertion_shape(w, node);
	case REGEX_SEQUENCE: return sequence_shape(w, node);
	case REGEX_CHOICE: return choice_shape(w, node);
	case REGEX_GROUP: return node_shape(w, node->first);
	case REGEX_FLAGS: return shape_empty(w->pool, true);
	case REGEX_REPEAT: break;
	}
	return repeat_shape(w, node);
}

struct shape shape_of_regex(struct text_pool *pool, struct str regex, bool *costly)
{
	AUTOARENA struct arena *scratch = arena_new();
	AUTOERR struct err ignored = ERR_INIT;
	const struct regex_node *tree = regex_parse(scratch, regex, (struct pos){0}, NULL, &ignored);
	struct walk w = {.pool = pool, .regex = regex, .costly = !tree};
	struct shape out = tree ? node_shape(&w, tree) : shape_unknown();

	*costly = w.costly || pool->full;
	return pool->full ? shape_unknown() : out;
}
