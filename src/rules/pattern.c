/* Matches through PCRE2 within limits of work, and takes named groups. */
#include "rules/pattern.h"

#include <stdalign.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "rules/pattern_code.h"

/* For the interpreter, where JIT is not to be had. */
#define MATCH_HEAP_KIB 4096

struct pattern {
	struct pattern_code *code;
	size_t references;
	struct str *groups; /* views into the code's regex; NULL where none has a name, as in most patterns */
	unsigned *numbers;
	size_t group_count;
};

static void keep_groups(struct pattern *p, const struct regex_groups *groups)
{
	if (groups->n == 0)
		return;
	p->groups = mem_grow_array(NULL, groups->n, sizeof *p->groups);
	p->numbers = mem_grow_array(NULL, groups->n, sizeof *p->numbers);
	for (size_t i = 0; i < groups->n; i++) {
		p->groups[i] = groups->v[i].name;
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
	struct regex_group named[PATTERN_CAPTURES_MAX];
	struct regex_groups groups = {named, 0, PATTERN_CAPTURES_MAX};
	struct pattern_code *code = pattern_code_new(regex, at, &groups, err);
	if (!code)
		return NULL;
	struct pattern *p = mem_zero(sizeof *p);
	*p = (struct pattern){.code = code, .references = 1};
	keep_groups(p, &groups);
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
	pattern_code_free(p->code);
	free(p->groups);
	free(p->numbers);
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

static int run_pattern(const pcre2_code *code, struct str subject, pcre2_match_data *data, pcre2_match_context *limits)
{
	PCRE2_SPTR bytes = (PCRE2_SPTR)(subject.n ? subject.p : "");
	int rc = pcre2_match(code, bytes, subject.n, 0, 0, data, limits);
	/* JIT has 32 KiB of stack; what needs more is left to the interpreter, under the same limit. */
	if (rc == PCRE2_ERROR_JIT_STACKLIMIT)
		rc = pcre2_match(code, bytes, subject.n, 0, PCRE2_NO_JIT, data, limits);
	return rc;
}

static pcre2_match_context *match_limits(pcre2_general_context *memory)
{
	pcre2_match_context *limits = pcre2_match_context_create(memory);
	pcre2_set_match_limit(limits, PATTERN_MATCH_LIMIT);
	pcre2_set_heap_limit(limits, MATCH_HEAP_KIB);
	return limits;
}

/* What is taken of a match; both NULL: nothing. */
struct wanted {
	struct capture *captures;
	size_t *count;
	struct str *numbered;
	size_t room;
};

static bool group_taken(const size_t *ovector, int groups, struct str subject, size_t number, struct str *out)
{
	if ((int)number >= groups || ovector[2 * number] == PCRE2_UNSET)
		return false;
	*out = str_slice(subject, ovector[2 * number], ovector[2 * number + 1]);
	return true;
}

static void take_groups(const struct pattern *p, struct str subject, pcre2_match_data *data, int groups,
                        const struct wanted *w)
{
	const size_t *ovector = pcre2_get_ovector_pointer(data);
	struct str value;

	for (size_t i = 0; w->captures && i < p->group_count; i++)
		if (group_taken(ovector, groups, subject, p->numbers[i], &value))
			w->captures[(*w->count)++] = (struct capture){p->groups[i], value};
	for (size_t i = 0; w->numbered && i < w->room; i++)
		if (!group_taken(ovector, groups, subject, i, &w->numbered[i]))
			w->numbered[i] = (struct str){0};
}

static enum pattern_result match_pattern(const struct pattern *p, struct str subject, const struct wanted *w)
{
	const pcre2_code *code = pattern_code_use(p->code);
	if (!code)
		return PATTERN_CANNOT_TELL;
	struct scratch scratch;
	scratch.used = 0;
	pcre2_general_context *memory = pcre2_general_context_create(scratch_alloc, scratch_free, &scratch);
	bool groups = w->numbered || (w->captures && p->group_count > 0);
	pcre2_match_data *data =
		groups ? pcre2_match_data_create_from_pattern(code, memory) : pcre2_match_data_create(1, memory);
	pcre2_match_context *limits = match_limits(memory);
	int rc = run_pattern(code, subject, data, limits);
	if (rc >= 0 && groups)
		take_groups(p, subject, data, rc, w);
	pcre2_match_context_free(limits);
	pcre2_match_data_free(data);
	pcre2_general_context_free(memory);
	return rc >= 0 ? PATTERN_MATCH : rc == PCRE2_ERROR_NOMATCH ? PATTERN_NO_MATCH : PATTERN_CANNOT_TELL;
}

enum pattern_result pattern_match(const struct pattern *p, struct str subject, struct capture *captures, size_t *count)
{
	if (captures)
		*count = 0;
	return match_pattern(p, subject, &(struct wanted){.captures = captures, .count = count});
}

enum pattern_result pattern_match_numbered(const struct pattern *p, struct str subject, struct str *groups, size_t room)
{
	return match_pattern(p, subject, &(struct wanted){.numbered = groups, .room = room});
}

size_t pattern_group_number(const struct pattern *p, struct str name)
{
	for (size_t i = 0; i < p->group_count; i++)
		if (str_eq(p->groups[i], name))
			return p->numbers[i];
	return 0;
}
