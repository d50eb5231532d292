#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include "base/mem.h"
#include "rule_engine.h"

/* Rule by rule, matcher by matcher: equality compares, everything else is PCRE2 with JIT. */
struct engine {
	const struct engine_rules *rules;
	pcre2_code **codes; /* of all matchers, in order; NULL for equality */
	size_t count;
	pcre2_match_data *data;
};

static pcre2_code *compile_pcre2(const struct engine_matcher *m)
{
	if (m->equal)
		return NULL;
	int error;
	size_t at;
	pcre2_code *code = pcre2_compile((PCRE2_SPTR)m->text.p, m->text.n,
	                                 PCRE2_ANCHORED | PCRE2_ENDANCHORED | PCRE2_DOLLAR_ENDONLY, &error, &at, NULL);
	if (code)
		pcre2_jit_compile(code, PCRE2_JIT_COMPLETE);
	return code;
}

struct engine *pcre2_engine_new(const struct engine_rules *rules)
{
	struct engine *e = mem_zero(sizeof *e);
	e->rules = rules;
	for (size_t i = 0; i < rules->n; i++)
		e->count += rules->v[i].count;
	e->codes = mem_zero((e->count + 1) * sizeof *e->codes);
	size_t n = 0;
	for (size_t i = 0; i < rules->n; i++)
		for (size_t k = 0; k < rules->v[i].count; k++)
			e->codes[n++] = compile_pcre2(&rules->v[i].matchers[k]);
	e->data = pcre2_match_data_create(1, NULL);
	return e;
}

static bool does_pcre2_hold(struct engine *e, const struct engine_matcher *m, pcre2_code *code,
                            struct engine_text value)
{
	bool match = m->equal ? value.n == m->text.n && memcmp(value.p, m->text.p, value.n) == 0
	                      : pcre2_match(code, (PCRE2_SPTR)value.p, value.n, 0, 0, e->data, NULL) >= 0;
	return match != (m->negated != 0);
}

size_t pcre2_engine_first(struct engine *e, const struct engine_text *values)
{
	size_t n = 0;
	for (size_t i = 0; i < e->rules->n; i++) {
		const struct engine_rule *rule = &e->rules->v[i];
		bool all = true;
		for (size_t k = 0; k < rule->count && all; k++)
			all = does_pcre2_hold(e, &rule->matchers[k], e->codes[n + k], values[rule->matchers[k].label]);
		if (all)
			return i;
		n += rule->count;
	}
	return ENGINE_NONE;
}

void pcre2_engine_free(struct engine *e)
{
	for (size_t i = 0; i < e->count; i++)
		pcre2_code_free(e->codes[i]);
	free(e->codes);
	pcre2_match_data_free(e->data);
	free(e);
}
