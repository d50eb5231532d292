/* "Did you mean": the one of some names that is few slips of the keyboard away. */
#include <string.h>

#include "base/options.h"

#include "base/ascii.h"

#define WORD_MOST 64
/* From this length on three slips are still a slip. */
#define WORD_LONG 9
/* Of a word that may be right as it stands: one slip for every so many. */
#define LETTERS_A_SLIP 4

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* Insertions, deletions, replacements and swaps of neighbours that turn a into b; case does not count. */
static size_t distance(struct str a, struct str b)
{
	size_t rows[3][WORD_MOST + 1];
	size_t *before = rows[0], *last = rows[1], *now = rows[2];
	for (size_t k = 0; k <= b.n; k++)
		last[k] = k;
	for (size_t i = 1; i <= a.n; i++) {
		now[0] = i;
		for (size_t k = 1; k <= b.n; k++) {
			bool same = ascii_lower(a.p[i - 1]) == ascii_lower(b.p[k - 1]);
			now[k] = least(least(last[k], now[k - 1]) + 1, last[k - 1] + !same);
			if (i > 1 && k > 1 && ascii_lower(a.p[i - 1]) == ascii_lower(b.p[k - 2]) &&
			    ascii_lower(a.p[i - 2]) == ascii_lower(b.p[k - 1]))
				now[k] = least(now[k], before[k - 2] + 1);
		}
		size_t *oldest = before;
		before = last;
		last = now;
		now = oldest;
	}
	return last[b.n];
}

/* Short words need to agree in something: "to" is not a slip for "db". */
static size_t allowed(size_t n)
{
	if (n >= WORD_LONG)
		return 3;
	return n > 3 ? 2 : n / 2;
}

static size_t gap(size_t a, size_t b)
{
	return a > b ? a - b : b - a;
}

/* The distance, or SIZE_MAX where `name` is too far from `word` to be meant by it. */
static size_t slip(struct str word, struct str name)
{
	if (!word.n || !name.n || word.n > WORD_MOST || name.n > WORD_MOST ||
	    gap(word.n, name.n) > allowed(least(word.n, name.n)))
		return SIZE_MAX;
	size_t d = distance(word, name);
	return d <= allowed(least(word.n, name.n)) ? d : SIZE_MAX;
}

struct str options_slip_of(struct str word, const struct strs *names)
{
	struct str nearest = {NULL, 0};
	size_t shortest = least(word.n, WORD_MOST) / LETTERS_A_SLIP + 1;
	for (size_t i = 0; i < names->n; i++) {
		size_t d = slip(word, names->v[i]);
		if (d < shortest) {
			shortest = d;
			nearest = names->v[i];
		}
	}
	return nearest;
}

const char *options_nearest(struct str word, const char *const *names, size_t count)
{
	const char *nearest = NULL;
	size_t shortest = SIZE_MAX;
	for (size_t i = 0; i < count; i++) {
		size_t d = slip(word, str_c(names[i]));
		if (d < shortest) {
			shortest = d;
			nearest = names[i];
		}
	}
	return nearest;
}

const char *options_meant(struct arena *arena, struct str word, const struct strs *names)
{
	const struct str *nearest = NULL;
	size_t shortest = SIZE_MAX;
	for (size_t i = 0; i < names->n; i++) {
		size_t d = slip(word, names->v[i]);
		if (d < shortest) {
			shortest = d;
			nearest = &names->v[i];
		}
	}
	return nearest ? arena_printf(arena, "; did you mean \"%.*s\"?", STR_ARG(*nearest)) : "";
}
