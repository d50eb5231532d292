#include "texts.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka wants the four above first */
#include <cmocka.h>

void assert_text(struct str got, const char *want)
{
	if (!str_eq_c(got, want))
		fail_msg("got \"%.*s\", want \"%s\"", STR_ARG(got), want);
}
