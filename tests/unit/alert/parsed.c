#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka wants the four above first */
#include <cmocka.h>

#include "parsed.h"

void assert_str(struct str got, const char *want)
{
	if (!str_eq_c(got, want))
		fail_msg("got \"%.*s\", want \"%s\"", STR_ARG(got), want);
}

struct webhook parse_ok(struct arena *arena, const char *body)
{
	AUTOERR struct err err = ERR_INIT;
	struct webhook w = {0};
	if (!webhook_parse(arena, str_c(body), NULL, &w, &err))
		fail_msg("%s: %s", body, err_first(&err));
	assert_false(err_any(&err));
	return w;
}
