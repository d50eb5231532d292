#include "rules/pattern.h"

#include <stdalign.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include "base/mem.h"
#include "rules/re2.h"

/* A class of 2 bytes becomes 38 at worst; what exceeds this could not be compiled anyway (PCRE2: 64 Ki units of code). */
#define TRANSLATION_MAX (PATTERN_LENGTH_MAX * 20)
/* For the interpreter, where JIT is not to be had. */
#define MATCH_HEAP_KIB 4096
/*
 * JIT code is worth its 30 µs and 1 KiB for a pattern that is used. Most are not: of ten thousand rules an alert meets the
 * few that the index leaves.
 */
#define USES_BEFORE_JIT 16

enum jit_state { JIT_NOT_YET, JIT_COMPILING, JIT_TRIED };

/* Changes while others match. */
struct usage {
	atomic_uint matches; /* until JIT */
	atomic_int jit;
};

struct pattern {
	pcre2_code *code;
	struct usage *usage;
	size_t references;
	struct str *groups; /* NULL where none has a name, as in most patterns */
	unsigned *numbers;
	size_t group_count;
	char *names; /* what `groups` points into: the regex as written */
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
		return NULL;
	}
	return out;
}

/* The groups' names are views into the caller's regex: moved to the copy that the pattern keeps. */
static void keep_groups(struct pattern *p, struct str regex, const struct re2_groups *groups)
{
	if (groups->n == 0)
		return;
	p->names = mem_str(regex);
	p->groups = mem_grow_array(NULL, groups->n, sizeof *p->groups);
	p->numbers = mem_grow_array(NULL, groups->n, sizeof *p->numbers);
	for (size_t i = 0; i < groups->n; i++) {
		p->groups[i] = (struct str){p->names + (groups->v[i].name.p - regex.p), groups->v[i].name.n};
		p->numbers[i] = groups->v[i].number;
	}
	p->group_count = groups->n;
}

struct pattern *pattern_compile(struct str regex, struct pos at, struct err *err)
{
	if (regex.n > PATTERN_LENGTH_MAX) {
		err_at(err, at, "regular expression is longer than %d bytes", PATTERN_LENGTH_MAX);
		return NULL;
	}
	struct re2_group named[PATTERN_CAPTURES_MAX];
	struct re2_groups groups = {named, 0, PATTERN_CAPTURES_MAX};
	AUTOBUF struct buf translated;
	buf_init(&translated, TRANSLATION_MAX);
	if (!re2_translate(regex, at, &translated, &groups, err))
		return NULL;
	pcre2_code *code = compile(buf_str(&translated), regex, at, err);
	if (!code)
		return NULL;
	struct pattern *p = mem_zero(sizeof *p);
	*p = (struct pattern){.code = code, .usage = mem_zero(sizeof *p->usage), .references = 1};
	keep_groups(p, regex, &groups);
	return p;
}

struct pattern *pattern_ref(struct pattern *p)
{
	if (p)
		p->references++;
	return p;
}

void pattern_free(struct pattern *p)
{
	if (!p || --p->references > 0)
		return;
	pcre2_code_free(p->code);
	free(p->usage);
	free(p->groups);
	free(p->numbers);
	free(p->names);
	free(p);
}

size_t pattern_groups(const struct pattern *p, const struct str **names)
{
	*names = p->groups;
	return p->group_count;
}

/*
 * PCRE2 wants what a match needs from an allocator. A piece of the stack serves nearly every match: it costs nothing, and
 * several threads can match one pattern.
 */
struct scratch {
	alignas(16) char bytes[1536];
	size_t used;
};

static void *scratch_alloc(size_t n, void *arg)
{
	struct scratch *s = arg;
	n = (n + 15) & ~(size_t)15;
	if (n > sizeof s->bytes - s->used)
		return mem_alloc(n);
	s->used += n;
	return s->bytes + s->used - n;
}

static void scratch_free(void *p, void *arg)
{
	const struct scratch *s = arg;
	uintptr_t at = (uintptr_t)p, first = (uintptr_t)s->bytes;
	if (at < first || at >= first + sizeof s->bytes)
		free(p);
}

/* One of several threads compiles, the others go on without. */
static void warm_up(const struct pattern *p)
{
	int not_yet = JIT_NOT_YET;
	if (!atomic_compare_exchange_strong(&p->usage->jit, &not_yet, JIT_COMPILING))
		return;
	/* Without executable memory (MemoryDenyWriteExecute) this fails, and the interpreter does the matching. */
	(void)pcre2_jit_compile(p->code, PCRE2_JIT_COMPLETE);
	atomic_store_explicit(&p->usage->jit, JIT_TRIED, memory_order_release);
}

static bool is_warm(const struct pattern *p)
{
	return atomic_load_explicit(&p->usage->jit, memory_order_acquire) == JIT_TRIED;
}

/* What one match needs; its memory is scratch's. */
struct match {
	const struct pattern *pattern;
	struct str subject;
	pcre2_match_data *data;
	pcre2_match_context *limits;
};

static int run_once(const struct match *m, uint32_t options)
{
	PCRE2_SPTR bytes = (PCRE2_SPTR)(m->subject.n ? m->subject.p : "");
	return pcre2_match(m->pattern->code, bytes, m->subject.n, 0, options, m->data, m->limits);
}

/* The interpreter stops at invalid UTF-8 as at an end, and needs more memory: what it has no clear answer to is for JIT. */
static int run(const struct match *m)
{
	const struct pattern *p = m->pattern;
	if (!is_warm(p) && atomic_fetch_add(&p->usage->matches, 1) < USES_BEFORE_JIT && str_is_utf8(m->subject)) {
		int rc = run_once(m, PCRE2_NO_JIT);
		if (rc >= 0 || rc == PCRE2_ERROR_NOMATCH)
			return rc;
	}
	if (!is_warm(p))
		warm_up(p);
	int rc = run_once(m, is_warm(p) ? 0 : PCRE2_NO_JIT);
	/* JIT has 32 KiB of stack; what needs more is left to the interpreter, under the same limit. */
	return rc == PCRE2_ERROR_JIT_STACKLIMIT ? run_once(m, PCRE2_NO_JIT) : rc;
}

static pcre2_match_context *match_limits(pcre2_general_context *memory)
{
	pcre2_match_context *limits = pcre2_match_context_create(memory);
	pcre2_set_match_limit(limits, PATTERN_MATCH_LIMIT);
	pcre2_set_heap_limit(limits, MATCH_HEAP_KIB);
	return limits;
}

static void take_captures(const struct pattern *p, struct str subject, pcre2_match_data *data, int groups,
                          struct capture *captures, size_t *count)
{
	const size_t *ovector = pcre2_get_ovector_pointer(data);
	*count = 0;
	for (size_t i = 0; i < p->group_count; i++) {
		unsigned n = p->numbers[i];
		if ((int)n >= groups || ovector[2 * n] == PCRE2_UNSET)
			continue;
		captures[(*count)++] = (struct capture){p->groups[i], str_slice(subject, ovector[2 * n], ovector[2 * n + 1])};
	}
}

enum pattern_result pattern_match(const struct pattern *p, struct str subject, struct capture *captures, size_t *count)
{
	struct scratch scratch;
	scratch.used = 0;
	pcre2_general_context *memory = pcre2_general_context_create(scratch_alloc, scratch_free, &scratch);
	bool named = captures && p->group_count > 0;
	pcre2_match_data *data =
		named ? pcre2_match_data_create_from_pattern(p->code, memory) : pcre2_match_data_create(1, memory);
	const struct match match = {p, subject, data, match_limits(memory)};
	int rc = run(&match);
	if (captures)
		*count = 0;
	if (rc >= 0 && named)
		take_captures(p, subject, data, rc, captures, count);
	pcre2_match_context_free(match.limits);
	pcre2_match_data_free(data);
	pcre2_general_context_free(memory);
	return rc >= 0 ? PATTERN_MATCH : rc == PCRE2_ERROR_NOMATCH ? PATTERN_NO_MATCH : PATTERN_CANNOT_TELL;
}
