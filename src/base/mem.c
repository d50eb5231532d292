/* malloc and its relatives, which abort where nothing is left. */
#include "base/mem.h"

#include <malloc.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void *memory_or_abort(void *p, size_t n)
{
	if (p)
		return p;
	fprintf(stderr, "out of memory: no room for %zu bytes\n", n);
	abort();
}

/* malloc(0) may answer NULL, which is not a failure. */
static size_t at_least_one(size_t n)
{
	return n ? n : 1;
}

void *mem_alloc(size_t n)
{
	return memory_or_abort(malloc(at_least_one(n)), n);
}

void *mem_zero(size_t n)
{
	return memory_or_abort(calloc(1, at_least_one(n)), n);
}

void *mem_grow(void *p, size_t n)
{
	return memory_or_abort(realloc(p, at_least_one(n)), n);
}

void *mem_grow_array(void *p, size_t n, size_t size)
{
	size_t bytes;
	if (__builtin_mul_overflow(n, size, &bytes))
		memory_or_abort(NULL, SIZE_MAX);
	return mem_grow(p, bytes);
}

char *mem_strdup(const char *s)
{
	return s ? mem_str(str_c(s)) : NULL;
}

char *mem_str(struct str s)
{
	char *copy = mem_alloc(s.n + 1);
	if (s.n)
		memcpy(copy, s.p, s.n);
	copy[s.n] = '\0';
	return copy;
}

char *mem_printf(const char *fmt, ...)
{
	char *text = NULL;
	va_list ap;
	va_start(ap, fmt);
	int n = vasprintf(&text, fmt, ap);
	va_end(ap);
	return memory_or_abort(n < 0 ? NULL : text, 0);
}

void mem_give_back(void)
{
#if defined __GLIBC__
	malloc_trim(0);
#endif
}

void mem_cleanup(void *pp)
{
	void *p;
	/* Any pointer type comes here; reading it through void ** would break the aliasing rules. */
	memcpy(&p, pp, sizeof p);
	free(p);
}
