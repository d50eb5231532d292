/* Lines about files, on standard error. */
#include "setup/report.h"

#include <stdio.h>
#include <string.h>

void report_lines(const char *level, const struct err *err)
{
	for (size_t i = 0; i < err->count; i++) {
		if (strstr(err->lines[i], ": error: ") || strstr(err->lines[i], ": warning: "))
			fprintf(stderr, "%s\n", err->lines[i]);
		else
			fprintf(stderr, "%s: %s\n", level, err->lines[i]);
	}
}
