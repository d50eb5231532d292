/*
 * A pattern in the first line, a text behind it, both from strangers: it is refused with a word, or it matches within its
 * limit, the same way however it is asked, and what it captures is a part of the text.
 */
#include <stdint.h>

#include "rules/pattern.h"

#include "parts.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define GROUPS 20

static void check_part(struct str part, struct str text)
{
	must(!part.n || (part.p >= text.p && part.p + part.n <= text.p + text.n));
}

static void check_matches(const struct pattern *p, struct str text)
{
	struct capture captures[PATTERN_CAPTURES_MAX];
	struct str groups[GROUPS];
	size_t count = 0;
	enum pattern_result plain = pattern_match(p, text, NULL, NULL), named = pattern_match(p, text, captures, &count);

	must(plain == named && count <= PATTERN_CAPTURES_MAX);
	for (size_t i = 0; plain == PATTERN_MATCH && i < count; i++)
		check_part(captures[i].value, text);
	must(pattern_match_numbered(p, text, groups, GROUPS) == plain);
	for (size_t i = 0; plain == PATTERN_MATCH && i < GROUPS; i++)
		check_part(groups[i], text);
	must(plain != PATTERN_MATCH || groups[0].n == text.n); /* it is anchored */
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str all = {(const char *)data, size};
	ptrdiff_t line = str_index(all, '\n');
	struct str regex = str_slice(all, 0, line < 0 ? size : (size_t)line);
	AUTOERR struct err err = ERR_INIT;
	struct pattern *p = pattern_compile(regex, (struct pos){"input", 1, 1}, &err);

	must((p != NULL) != err_any(&err));
	if (p)
		check_matches(p, str_slice(all, line < 0 ? size : (size_t)line + 1, size));
	pattern_free(p);
	return 0;
}
