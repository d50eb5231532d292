/* Compiles a pattern when it is first met, and shares the code. */
#include "rules/pattern_code.h"

#include <stdatomic.h>
#include <stdlib.h>

#include "base/mem.h"
#include "rules/pattern.h"

/* A class of 2 bytes becomes 38 at worst; what exceeds this could not be compiled anyway (PCRE2: 64 Ki units of code). */
#define TRANSLATION_MAX (PATTERN_LENGTH_MAX * 20)

struct pattern_code {
	struct str regex;
	char *bytes; /* what `regex` is a view of */
	_Atomic(pcre2_code *) code;
};

static pcre2_code *compile(struct str translated, struct str regex, struct pos at, struct err *err)
{
	pcre2_compile_context *context = pcre2_compile_context_create(NULL);
	if (!context)
		abort();
	pcre2_set_newline(context, PCRE2_NEWLINE_LF);
	uint32_t options = PCRE2_UTF | PCRE2_MATCH_INVALID_UTF | PCRE2_ANCHORED | PCRE2_ENDANCHORED | PCRE2_DOLLAR_ENDONLY |
	                   PCRE2_NEVER_BACKSLASH_C | PCRE2_ALT_CIRCUMFLEX;
	int code;
	size_t offset;
	pcre2_code *out = pcre2_compile((PCRE2_SPTR)translated.p, translated.n, options, &code, &offset, context);
	pcre2_compile_context_free(context);
	if (!out) {
		char why[256] = "";
		pcre2_get_error_message(code, (PCRE2_UCHAR *)why, sizeof why);
		err_at(err, at, "regular expression \"%.*s\": %s", STR_ARG(regex), why);
	}
	return out;
}

static pcre2_code *translate(struct str regex, struct pos at, struct regex_groups *groups, struct err *err)
{
	AUTOBUF struct buf translated;
	buf_init(&translated, TRANSLATION_MAX);
	return re2_translate(regex, at, &translated, groups, err) ? compile(buf_str(&translated), regex, at, err) : NULL;
}

struct pattern_code *pattern_code_new(struct str regex, struct pos at, struct regex_groups *groups, struct err *err)
{
	struct pattern_code *c = mem_zero(sizeof *c);
	c->bytes = mem_str(regex);
	c->regex = (struct str){c->bytes, regex.n};
	pcre2_code *code = translate(c->regex, at, groups, err);
	pcre2_code_free(code);
	if (code)
		return c;
	pattern_code_free(c);
	return NULL;
}

void pattern_code_free(struct pattern_code *c)
{
	if (!c)
		return;
	pcre2_code_free(atomic_load(&c->code));
	free(c->bytes);
	free(c);
}

/*
 * What has compiled once does so again. JIT from the first match on: the interpreter counts its steps differently, and a
 * pattern near its match limit must not change its mind. Of several threads the first one's code is kept.
 */
const pcre2_code *pattern_code_use(struct pattern_code *c)
{
	pcre2_code *there = atomic_load_explicit(&c->code, memory_order_acquire);
	if (there)
		return there;
	AUTOERR struct err err = ERR_INIT;
	struct regex_group named[PATTERN_CAPTURES_MAX];
	struct regex_groups groups = {named, 0, PATTERN_CAPTURES_MAX};
	pcre2_code *made = translate(c->regex, (struct pos){0}, &groups, &err);
	if (!made)
		return NULL;
	/* Without executable memory (MemoryDenyWriteExecute) this fails, and the interpreter does the matching. */
	(void)pcre2_jit_compile(made, PCRE2_JIT_COMPLETE);
	if (atomic_compare_exchange_strong(&c->code, &there, made))
		return made;
	pcre2_code_free(made);
	return there;
}
