/* Ranks and words of severities: the built-in ones, and how they mix with a catalog's own. */
#include <string.h>

#include "catalog/collect.h"

#define WORDS_MAX 8

/* One row per rank. Every catalog understands these words, unless it uses them otherwise. */
static const struct builtin {
	const char *name, *words[WORDS_MAX];
} builtins[] = {
	{"P0", {"critical", "page", "emergency", "crit", "fatal", "disaster"}},
	{"P1", {"high", "error", "major", "err"}},
	{"P2", {"warning", "medium", "minor", "warn", "moderate"}},
	{"P3", {"info", "low", "informational", "information", "notice"}},
	{"P4", {NULL}},
};
enum { BUILTINS = sizeof builtins / sizeof *builtins };
/* Spellings of a numbered severity. */
static const char *const number_prefixes[] = {"p", "sev", "sev-"};
enum { SPELLINGS = sizeof number_prefixes / sizeof *number_prefixes };

static const char *pagerduty_of(int rank)
{
	static const char *const by_rank[] = {"critical", "error", "warning"};
	return rank < 3 ? by_rank[rank] : "info";
}

/* The N of PN, SEVN and SEV-N; -1 when the name is none of these. */
static int number_of(struct str name)
{
	for (int i = 0; i < SPELLINGS; i++) {
		struct str prefix = str_c(number_prefixes[i]);
		if (name.n == prefix.n + 1 && str_eq_nocase(str_slice(name, 0, prefix.n), prefix) && name.p[prefix.n] >= '0' &&
		    name.p[prefix.n] <= '9')
			return name.p[prefix.n] - '0';
	}
	return -1;
}

int severity_gravity(struct str word)
{
	int number = number_of(word);
	for (int rank = 0; number < 0 && rank < BUILTINS; rank++)
		for (const char *const *w = builtins[rank].words; w < builtins[rank].words + WORDS_MAX && *w; w++)
			if (str_eq_nocase(word, str_c(*w)))
				number = rank;
	return number;
}

static bool is_none(const struct severity *s)
{
	return s->rank == SEVERITY_RANK_NONE;
}

static void add_severity(struct catalog *c, const char *name)
{
	char room[CATALOG_NAME_MAX];
	struct severity *s = arena_alloc(c->arena, sizeof *s);
	s->name = str_c(name);
	map_set(c->severities, catalog_fold(s->name, room), s);
}

static size_t count_paging(const struct catalog *c)
{
	return map_count(c->severities) - (map_get(c->severities, STR("none")) ? 1 : 0);
}

static void rank_all(struct catalog *c)
{
	int rank = 0;
	struct str key;
	void *value;
	for (size_t i = 0; map_next(c->severities, &i, &key, &value);) {
		struct severity *s = value;
		s->rank = str_eq_c(key, "none") ? SEVERITY_RANK_NONE : rank++;
		if (!s->pagerduty.n)
			s->pagerduty = str_c(pagerduty_of(s->rank));
	}
}

/* Every severity by its name, the paging ones in `order`. */
static void add_names(struct catalog *c, struct severity **order)
{
	struct str key;
	void *value;
	for (size_t i = 0; map_next(c->severities, &i, &key, &value);) {
		map_set(c->severity_words, key, value);
		if (!is_none(value))
			*order++ = value;
	}
}

static bool add_alias(struct catalog *c, struct severity *s, struct str alias, struct err *err)
{
	char room[CATALOG_NAME_MAX];
	struct str folded = catalog_fold(alias, room);
	if (!folded.n) {
		err_at(err, s->at, "severity \"%.*s\": an alias must have 1 to %d bytes, this one has %zu", STR_ARG(s->name),
		       CATALOG_NAME_MAX, alias.n);
		return false;
	}
	const struct severity *other = map_get(c->severity_words, folded);
	if (other && other != s) {
		err_at(err, s->at, "severity \"%.*s\": the alias \"%.*s\" already means \"%.*s\" (line %d)", STR_ARG(s->name),
		       STR_ARG(alias), STR_ARG(other->name), other->at.line);
		return false;
	}
	map_set(c->severity_words, folded, s);
	return true;
}

static bool add_aliases(struct catalog *c, struct err *err)
{
	bool ok = true;
	struct str key;
	void *value;
	for (size_t i = 0; map_next(c->severities, &i, &key, &value);) {
		struct severity *s = value;
		for (size_t k = 0; k < s->aliases.n; k++)
			ok = add_alias(c, s, s->aliases.v[k], err) && ok;
	}
	return ok;
}

/* The severity that a number means: by the names' numbers where they have any, else by rank; clamped both ways. */
static struct severity *by_number(struct severity *const *order, size_t count, int n)
{
	struct severity *first = NULL, *best = NULL;
	for (size_t i = 0; i < count; i++) {
		int own = number_of(order[i]->name);
		if (own < 0)
			continue;
		first = first ? first : order[i];
		if (own <= n && (!best || own > number_of(best->name)))
			best = order[i];
	}
	if (first)
		return best ? best : first;
	return order[(size_t)n < count ? (size_t)n : count - 1];
}

/* "Critical" beside P0 means it, unless somebody uses the word otherwise. */
static void add_page_words(struct catalog *c)
{
	struct str key;
	void *value;
	for (size_t i = 0; map_next(c->severities, &i, &key, &value);) {
		char room[CATALOG_NAME_MAX];
		struct severity *s = value;
		struct str folded = catalog_fold(s->words, room);
		if (folded.n && !map_get(c->severity_words, folded))
			map_set(c->severity_words, folded, s);
	}
}

struct word_list {
	struct str v[WORDS_MAX + SPELLINGS];
	size_t n;
};

static void imply(struct catalog *c, struct severity *s, const char *word, struct word_list *added)
{
	struct str name = str_c(word);
	if (map_get(c->severity_words, name))
		return;
	map_set(c->severity_words, name, s);
	added->v[added->n++] = name;
}

/* The words of one row: plain ones go by rank, numbered ones by number. What was not taken yet lands in `added`. */
static void imply_row(struct catalog *c, struct severity *const *order, size_t count, int rank, struct word_list *added)
{
	struct severity *s = order[(size_t)rank < count ? (size_t)rank : count - 1];
	for (const char *const *w = builtins[rank].words; w < builtins[rank].words + WORDS_MAX && *w; w++)
		imply(c, s, *w, added);
	struct severity *meant = by_number(order, count, rank);
	for (int i = 0; i < SPELLINGS; i++)
		imply(c, meant, arena_printf(c->arena, "%s%d", number_prefixes[i], rank), added);
}

static void show_aliases(struct catalog *c, struct severity *s, const struct word_list *added)
{
	s->aliases.v = arena_alloc(c->arena, added->n * sizeof *added->v);
	s->aliases.n = added->n;
	memcpy(s->aliases.v, added->v, added->n * sizeof *added->v);
}

bool severities_finish(struct catalog *c, struct err *err)
{
	bool built_in = count_paging(c) == 0;
	for (int i = 0; built_in && i < BUILTINS; i++)
		add_severity(c, builtins[i].name);
	if (!map_get(c->severities, STR("none")))
		add_severity(c, "none");
	rank_all(c);
	size_t count = count_paging(c);
	struct severity **order = arena_alloc(c->arena, count * sizeof *order);
	add_names(c, order);
	bool ok = add_aliases(c, err);
	add_page_words(c);
	for (int rank = 0; rank < BUILTINS; rank++) {
		struct word_list added = {.n = 0};
		imply_row(c, order, count, rank, &added);
		if (built_in)
			show_aliases(c, order[rank], &added);
	}
	return ok;
}
