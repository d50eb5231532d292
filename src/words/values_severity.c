/* Severities as people write them: numbered ones (P0, SEV-1, "Priority 2") before words (Critical), composites kept. */
#include "words/values.h"

#include <string.h>

#include "base/ascii.h"
#include "words/severity_words.h"
#include "words/words.h"

struct grave {
	struct str name;
	int rank;
};
struct graves {
	struct grave v[16];
	size_t n;
};

static void add_grave(struct graves *g, struct str name, int rank)
{
	for (size_t i = 0; i < g->n; i++) {
		if (str_eq_nocase(g->v[i].name, name))
			return;
	}
	if (g->n < sizeof g->v / sizeof *g->v)
		g->v[g->n++] = (struct grave){name, rank};
}

static void sort(struct graves *g)
{
	for (size_t i = 1; i < g->n; i++) {
		struct grave it = g->v[i];
		size_t k = i;
		for (; k && g->v[k - 1].rank > it.rank; k--)
			g->v[k] = g->v[k - 1];
		g->v[k] = it;
	}
}

static size_t end_of_class(struct str s, size_t i, bool (*is)(char))
{
	while (i < s.n && is(s.p[i]))
		i++;
	return i;
}

/* At a word: the end of "P0", "SEV-1", "Severity 2", and its number; 0 when it is none. */
static size_t numbered_at(struct str s, size_t i, int *rank)
{
	size_t n = severity_numbered(str_slice(s, i, s.n), rank, NULL), last = i + n;
	if (!n || (last < s.n && (ascii_is_alpha(s.p[last]) || ascii_is_digit(s.p[last]) || s.p[last] == '%')))
		return 0;
	return last;
}

/* "P0-P3", "P0 to P2": what lies between is meant too. */
static bool is_range(struct str between)
{
	static const char *const dashes[] = {"-", "–", "—", "to", "through", "…", "..", "..."};
	between = str_trim(between);
	for (size_t i = 0; i < sizeof dashes / sizeof *dashes; i++) {
		if (str_eq_c(between, dashes[i]))
			return true;
	}
	return false;
}

static void add_between(struct arena *arena, struct graves *g, struct str name, int from, int to)
{
	struct str stem = str_slice(name, 0, name.n - 1);
	for (int rank = from + 1; rank < to; rank++)
		add_grave(g, str_c(arena_printf(arena, "%.*s%d", STR_ARG(stem), rank)), rank);
}

static void find_numbered(struct arena *arena, struct str s, struct graves *g)
{
	size_t last = 0;
	int last_rank = -1;
	for (size_t i = 0; i < s.n;) {
		int rank = 0;
		bool start = ascii_is_alpha(s.p[i]) && (!i || (!ascii_is_alpha(s.p[i - 1]) && !ascii_is_digit(s.p[i - 1])));
		size_t end = start ? numbered_at(s, i, &rank) : 0;
		if (!end) {
			i++;
			continue;
		}
		struct str name = arena_str(arena, str_slice(s, i, end));
		if (last_rank >= 0 && is_range(str_slice(s, last, i)))
			add_between(arena, g, name, last_rank, rank);
		add_grave(g, name, rank);
		last = i = end;
		last_rank = rank;
	}
}

static void find_words(struct arena *arena, struct str s, struct graves *g)
{
	for (size_t i = 0; i < s.n;) {
		size_t end = end_of_class(s, i, ascii_is_alpha);
		if (end == i) {
			i++;
			continue;
		}
		struct str word = str_slice(s, i, end);
		int order = severity_word_order(word);
		if (order >= 0)
			add_grave(g, arena_str(arena, word), order);
		i = end;
	}
}

/* Parentheses hold conditions and other names, not the severity: blanks in their place. */
static struct str without_notes(struct arena *arena, struct str text)
{
	struct str copy = arena_str(arena, text);
	char *p = arena_alloc(arena, copy.n + 1);
	int depth = 0;
	for (size_t i = 0; i < copy.n; i++) {
		depth += copy.p[i] == '(';
		p[i] = depth ? ' ' : copy.p[i];
		depth -= copy.p[i] == ')' && depth;
	}
	return (struct str){p, copy.n};
}

struct strs words_severities(struct arena *arena, struct str value)
{
	struct strs out = fact_severities_read(arena, value);
	value = words_trim(value);
	if (!out.n && severity_word_rank(value, false) >= 0)
		strs_add(arena, &out, arena_str(arena, value));
	return out;
}

struct strs fact_severities_read(struct arena *arena, struct str text)
{
	struct graves g = {.n = 0};
	struct str plain = without_notes(arena, text);
	find_numbered(arena, plain, &g);
	if (!g.n)
		find_words(arena, plain, &g);
	sort(&g);
	struct strs out = {NULL, 0};
	for (size_t i = 0; i < g.n; i++)
		strs_add(arena, &out, g.v[i].name);
	return out;
}
