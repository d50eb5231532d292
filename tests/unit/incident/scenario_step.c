#include "scenario_step.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "base/time.h"

int64_t step_duration(const char *text)
{
	int64_t ms = 0;
	if (!time_duration_parse(str_c(text), &ms))
		fail_msg("not a duration: %s", text);
	return ms;
}

const char *step_option(const struct step *step, const char *name)
{
	size_t len = strlen(name);
	for (size_t i = 0; i < step->n; i++)
		if (!strncmp(step->words[i], name, len) && (step->words[i][len] == '=' || !step->words[i][len]))
			return step->words[i][len] ? step->words[i] + len + 1 : "";
	return NULL;
}

int64_t step_option_ms(const struct step *step, const char *name, int64_t otherwise)
{
	const char *text = step_option(step, name);
	return text ? step_duration(text) : otherwise;
}
