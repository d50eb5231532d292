/*
 * What commands share: errors, pairs of names and values, JSON on standard output.
 */
#include "ctl/cmd.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

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
	for (size_t i = 0; i < err->count; i++)
		if (strstr(err->lines[i], ": error: "))
			fprintf(stderr, "%s\n", err->lines[i]);
		else
			ctl_error("%s", err->lines[i]);
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
