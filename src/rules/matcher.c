/* Parses matchers by both of Alertmanager's readers, and matches labels. */
#include "rules/matcher.h"

#include <stdlib.h>
#include <string.h>

#include "rules/matcher_impl.h"

static const char *const op_texts[] = {"=", "!=", "=~", "!~"};

const char *matcher_op_text(enum matcher_op op)
{
	return op_texts[op];
}

size_t matcher_op_read(struct str text, enum matcher_op *op)
{
	/* "=~" before "=", which is its beginning */
	static const enum matcher_op order[] = {MATCH_REGEX, MATCH_EQUAL, MATCH_NOT_EQUAL, MATCH_NOT_REGEX};
	for (size_t i = 0; i < sizeof order / sizeof *order; i++)
		if (str_starts(text, str_c(op_texts[order[i]]))) {
			*op = order[i];
			return strlen(op_texts[order[i]]);
		}
	return 0;
}

static bool compile_patterns(struct matcher_list *list, struct err *err)
{
	bool good = true;
	for (size_t i = 0; i < list->n; i++) {
		struct matcher *m = &list->v[i];
		if (m->op != MATCH_REGEX && m->op != MATCH_NOT_REGEX)
			continue;
		m->pattern = pattern_compile(m->value, m->at, err);
		good = good && m->pattern;
	}
	return good;
}

static void drop_matchers(struct matcher_list *list)
{
	for (size_t i = 0; i < list->n; i++)
		matcher_release(&list->v[i]);
	free(list->v);
	*list = (struct matcher_list){0};
}

struct attempt {
	struct matcher_list list;
	struct err err;
	bool readable, good;
};

static struct attempt try_reader(matcher_reader *reader, struct arena *arena, struct str text, struct pos at)
{
	struct attempt a = {.err = ERR_INIT};
	a.readable = reader(arena, text, at, &a.list, &a.err);
	a.good = a.readable && compile_patterns(&a.list, &a.err);
	return a;
}

static void append_matchers(const struct matcher_list *list, struct matcher **out, size_t *count)
{
	if (list->n == 0)
		return;
	*out = mem_grow_array(*out, *count + list->n, sizeof **out);
	memcpy(*out + *count, list->v, list->n * sizeof **out);
	*count += list->n;
}

bool matchers_parse(struct arena *arena, struct str text, struct pos at, struct matcher **out, size_t *count,
                    struct err *err)
{
	struct attempt classic = try_reader(matchers_read_classic, arena, text, at), utf8 = {.err = ERR_INIT};
	if (!classic.good)
		utf8 = try_reader(matchers_read_utf8, arena, text, at);
	struct attempt *taken = classic.good ? &classic : &utf8;
	if (taken->good) {
		append_matchers(&taken->list, out, count);
		taken->list.n = 0; /* the patterns have moved */
	} else {
		/* The reader that understood the syntax knows better what is wrong with the pattern. */
		err_move(err, !classic.readable && utf8.readable ? &utf8.err : &classic.err);
	}
	bool good = taken->good;
	drop_matchers(&classic.list);
	drop_matchers(&utf8.list);
	err_release(&classic.err);
	err_release(&utf8.err);
	return good;
}

void matcher_release(struct matcher *m)
{
	pattern_free(m->pattern);
	m->pattern = NULL;
}

static enum pattern_result when(bool match)
{
	return match ? PATTERN_MATCH : PATTERN_NO_MATCH;
}

static enum pattern_result match_regex(const struct matcher *m, struct str value, struct capture *captures,
                                       size_t *count)
{
	struct capture own[PATTERN_CAPTURES_MAX];
	size_t n = 0;
	enum pattern_result result = pattern_match(m->pattern, value, captures ? own : NULL, &n);
	for (size_t i = 0; i < n && captures && *count < PATTERN_CAPTURES_MAX; i++)
		captures[(*count)++] = own[i];
	return result;
}

enum pattern_result matcher_match(const struct matcher *m, const struct labels *labels, struct capture *captures,
                                  size_t *count)
{
	struct str value = labels_get(labels, m->name);
	enum pattern_result found;
	switch (m->op) {
	case MATCH_EQUAL: return when(str_eq(value, m->value));
	case MATCH_NOT_EQUAL: return when(!str_eq(value, m->value));
	case MATCH_REGEX: return match_regex(m, value, captures, count);
	case MATCH_NOT_REGEX:
		found = pattern_match(m->pattern, value, NULL, NULL);
		return found == PATTERN_CANNOT_TELL ? found : when(found == PATTERN_NO_MATCH);
	}
	return PATTERN_CANNOT_TELL;
}
