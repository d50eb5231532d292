/* The first line as matchers, the rest as the value of label "a": no pattern may crash or take long. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "rules/matcher.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_captures(const struct capture *captures, size_t n, struct str value)
{
	for (size_t i = 0; i < n; i++)
		if (captures[i].value.n > value.n || captures[i].name.n == 0)
			abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *text = (const char *)data;
	const char *newline = size ? memchr(text, '\n', size) : NULL;
	size_t first = newline ? (size_t)(newline - text) : size;
	struct str value = newline ? (struct str){newline + 1, size - first - 1} : (struct str){0};
	struct label a = {STR("a"), value};
	const struct labels labels = {&a, 1};

	AUTOARENA struct arena *arena = arena_new();
	AUTOERR struct err err = ERR_INIT;
	struct matcher *m = NULL;
	size_t n = 0, count = 0;
	struct capture captures[PATTERN_CAPTURES_MAX];
	bool good = matchers_parse(arena, (struct str){text, first}, (struct pos){"input", 1, 1}, &m, &n, &err);
	if (good == err_any(&err))
		abort();
	for (size_t i = 0; i < n && i < 20; i++)
		(void)matcher_match(&m[i], &labels, captures, &count);
	check_captures(captures, count, value);
	for (size_t i = 0; i < n; i++)
		matcher_release(&m[i]);
	free(m);
	return 0;
}
