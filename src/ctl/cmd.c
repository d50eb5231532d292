/*
 * What commands share: errors, pairs of names and values, JSON on standard output.
 */
#include "ctl/cmd.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/options.h"
#include "setup/report.h"

void ctl_error(const char *fmt, ...)
{
	va_list ap;

	fputs("runbookctl: error: ", stderr);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
}

void ctl_errors(const struct err *err)
{
	report_lines("runbookctl: error", err);
}

#define WORDS_MOST 32

/* The words of a command's row, views of its text; how many they are. */
static size_t words_of_command(const struct cmd *cmd, struct arena *arena, const char **out)
{
	struct str rest = str_c(cmd->words);
	size_t n = 0;

	while (rest.n && n < WORDS_MOST) {
		ptrdiff_t blank = str_index(rest, ' ');
		size_t end = blank < 0 ? rest.n : (size_t)blank;
		out[n++] = arena_cstr(arena, str_slice(rest, 0, end));
		rest = str_slice(rest, end + 1, rest.n);
	}
	return n;
}

enum ctl_status ctl_bad_words(const struct cmd *cmd, const char *word)
{
	AUTOARENA struct arena *arena = arena_new();
	const char *words[WORDS_MOST];
	size_t n = words_of_command(cmd, arena, words), known = 0;

	while (known < n && strcmp(words[known], word) != 0)
		known++;
	const char *near = known < n ? NULL : options_nearest(str_c(word), words, n);
	if (near)
		ctl_error("%s: '%s' is unknown, did you mean %s? usage: runbookctl %s %s", cmd->name, word, near, cmd->name,
		          cmd->arguments);
	else
		ctl_error("%s %s: usage: runbookctl %s %s", cmd->name, word, cmd->name, cmd->arguments);
	return CTL_USAGE;
}

bool ctl_add_pairs(json_t *object, const char *const *pairs, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct str pair = str_c(pairs[i]);
		ptrdiff_t equals = str_index(pair, '=');
		json_t *value = equals > 0 ? json_string(pairs[i] + equals + 1) : NULL;
		AUTOFREE char *name = mem_str(str_slice(pair, 0, equals > 0 ? (size_t)equals : 0));
		if (!value || json_object_set_new(object, name, value) != 0) {
			ctl_error("'%s' is not NAME=VALUE in UTF-8", pairs[i]);
			return false;
		}
	}
	return true;
}

void ctl_print_json(const json_t *document)
{
	json_dumpf(document, stdout, JSON_INDENT(2));
	putchar('\n');
}
