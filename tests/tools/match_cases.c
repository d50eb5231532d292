/*
 * Matches label sets for tests that compare with another implementation. Standard input: one JSON object a line,
 * {"matchers": ["…"], "labels": {"name": "value"}}; a list is AND. Output: one word a line: match, no, cannot_tell, or
 * refused where a matcher does not parse.
 */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

#include "rules/matcher.h"

struct list {
	struct matcher *v;
	size_t n;
};

static bool parse_all(struct arena *arena, const json_t *texts, struct list *out)
{
	AUTOERR struct err err = ERR_INIT;
	bool good = true;
	for (size_t i = 0; i < json_array_size(texts); i++) {
		const json_t *text = json_array_get(texts, i);
		struct str view = {json_string_value(text), json_string_length(text)};
		good &= matchers_parse(arena, view, (struct pos){"stdin", 0, 0}, &out->v, &out->n, &err);
	}
	return good;
}

static struct labels labels_of_case(struct arena *arena, json_t *object)
{
	struct labels out = {arena_alloc(arena, json_object_size(object) * sizeof *out.v), 0};
	const char *name;
	json_t *value;
	json_object_foreach(object, name, value) out.v[out.n++] =
		(struct label){str_c(name), {json_string_value(value), json_string_length(value)}};
	labels_sort(&out);
	return out;
}

static const char *decide_case(const struct list *list, const struct labels *labels)
{
	for (size_t i = 0; i < list->n; i++) {
		enum pattern_result result = matcher_match(&list->v[i], labels, NULL, NULL);
		if (result != PATTERN_MATCH)
			return result == PATTERN_NO_MATCH ? "no" : "cannot_tell";
	}
	return "match";
}

static void run_match_case(const json_t *one)
{
	AUTOARENA struct arena *arena = arena_new();
	struct list list = {NULL, 0};
	struct labels labels = labels_of_case(arena, json_object_get(one, "labels"));
	puts(parse_all(arena, json_object_get(one, "matchers"), &list) ? decide_case(&list, &labels) : "refused");
	for (size_t i = 0; i < list.n; i++)
		matcher_release(&list.v[i]);
	free(list.v);
}

int main(void)
{
	json_error_t e;
	json_t *one;
	while ((one = json_loadf(stdin, JSON_DISABLE_EOF_CHECK, &e))) {
		run_match_case(one);
		json_decref(one);
	}
	if (e.position > 0 && !feof(stdin)) {
		fprintf(stderr, "line %d: %s\n", e.line, e.text);
		return 2;
	}
	return 0;
}
