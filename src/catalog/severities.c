/* Ranks and words of severities: the built-in ones, and how they mix with a catalog's own. */
#include <string.h>

#include "catalog/collect.h"
#include "words/severity_words.h"

enum { RANKS = 5 };    /* P0 to P4 are built in */
#define IMPLIED_MAX 64 /* words and spellings of one rank */

static const char *pagerduty_of(int rank)
{
	static const char *const by_rank[] = {"critical", "error", "warning"};
	return rank < 3 ? by_rank[rank] : "info";
}

int severity_gravity(struct str word)
{
	int number = severity_number(word, NULL);
	return number >= 0 ? number : severity_word_rank(word, false);
}

static struct severity *new_severity(struct catalog *c, struct str name)
{
	struct severity *s = arena_alloc(c->arena, sizeof *s);
	s->name = name;
	return s;
}

static void add_severity(struct catalog *c, const char *name)
{
	char room[CATALOG_NAME_MAX];
	map_set(c->severities, catalog_fold(str_c(name), room), new_severity(c, str_c(name)));
}

static size_t count_paging(const struct catalog *c)
{
	return map_count(c->severities) - (map_get(c->severities, STR("none")) ? 1 : 0);
}

/* ---- ranks ---- */

/* The severities that page, gravest first. */
struct ranking {
	struct severity **v;
	size_t n;
	int first;   /* the number of the gravest name: P1 of P1 to P4 */
	bool filled; /* every rank of the built-in words has its own severity, down to the last */
};

static bool is_on_page(const struct catalog *c, const struct severity *s)
{
	for (size_t i = 0; i < c->index.severities_count; i++)
		if (severity_names_same(c->index.severities[i].name, s->name) ||
		    str_eq_nocase(c->index.severities[i].words, s->name))
			return true;
	return false;
}

/* Whether the index page defines all severities: what catalog.yml adds of its own is a vocabulary that is meant to be whole. */
static bool only_page_defines(const struct catalog *c)
{
	struct str key;
	void *value;
	for (size_t i = 0; map_next(c->severities, &i, &key, &value);)
		if (!str_eq_c(key, "none") && !is_on_page(c, value))
			return false;
	return c->index.severities_count > 0;
}

/* Of "P1 – Critical" and of "Critical (P1)"; -1: neither has a number. */
static int number_of_severity(const struct severity *s)
{
	int number = severity_number(s->name, NULL);
	return number >= 0 ? number : severity_number(s->words, NULL);
}

static int word_rank_of_severity(const struct severity *s)
{
	int rank = severity_word_rank(s->words, false);
	return rank >= 0 ? rank : severity_word_rank(s->name, false);
}

/* P1 is the gravest where its word says so ("P1 - Critical"), or where nothing does and there is no P0. */
static int first_number(const struct ranking *r)
{
	int least = -1;
	const struct severity *gravest = NULL;
	for (size_t i = 0; i < r->n; i++) {
		int number = number_of_severity(r->v[i]);
		if (number >= 0 && (least < 0 || number < least)) {
			least = number;
			gravest = r->v[i];
		}
	}
	int by_word = gravest ? word_rank_of_severity(gravest) : -1;
	if (by_word >= 0 && by_word <= least && least - by_word <= 1)
		return least - by_word;
	return least == 1 ? 1 : 0;
}

static int rank_of_name(const struct ranking *r, const struct severity *s)
{
	int number = severity_number(s->name, NULL);
	if (number >= 0)
		return number - r->first;
	int rank = severity_word_rank(s->name, false);
	return rank >= 0 ? rank : severity_word_rank(s->words, false);
}

/* As the page's own numbers are spelt. */
static struct str built_in_name(struct catalog *c, const struct ranking *r, int rank)
{
	for (size_t i = 0; i < r->n; i++) {
		struct str spelt = severity_number(r->v[i]->name, NULL) >= 0 ? r->v[i]->name : r->v[i]->words;
		if (severity_number(spelt, NULL) >= 0)
			return str_c(arena_printf(c->arena, "%.*s%d", (int)spelt.n - 1, spelt.p, rank + r->first));
	}
	return str_c(arena_printf(c->arena, "P%d", rank));
}

/*
 * Where a page defines some severities, the words of other ranks keep theirs: each gap, and what lies below the last, gets a
 * severity of no page. Above the gravest there is none: who defines P1 and P2 wants to be told by P1 what is critical.
 */
static void fill_rank_gaps(struct catalog *c, struct ranking *r)
{
	struct severity **all = arena_alloc(c->arena, (r->n + RANKS) * sizeof *all);
	size_t n = 0, next = 0;
	int last = -1;
	for (size_t i = 0; i < r->n; i++) {
		if (rank_of_name(r, r->v[i]) < 0)
			return;
		last = rank_of_name(r, r->v[i]) > last ? rank_of_name(r, r->v[i]) : last;
	}
	for (int rank = r->n ? rank_of_name(r, r->v[0]) : 0; rank < RANKS; rank++) {
		bool own = false;
		for (; next < r->n && rank_of_name(r, r->v[next]) <= rank; next++) {
			all[n++] = r->v[next];
			own = true;
		}
		if (!own && (rank < last || last < 3))
			all[n++] = new_severity(c, built_in_name(c, r, rank));
	}
	while (next < r->n)
		all[n++] = r->v[next++];
	*r = (struct ranking){all, n, r->first, true};
}

static struct ranking rank_all(struct catalog *c)
{
	struct ranking r = {.v = arena_alloc(c->arena, (map_count(c->severities) + 1) * sizeof *r.v)};
	struct str key;
	void *value;
	for (size_t i = 0; map_next(c->severities, &i, &key, &value);) {
		if (str_eq_c(key, "none"))
			((struct severity *)value)->rank = SEVERITY_RANK_NONE;
		else
			r.v[r.n++] = value;
	}
	r.first = first_number(&r);
	if (only_page_defines(c))
		fill_rank_gaps(c, &r);
	for (size_t i = 0; i < r.n; i++)
		r.v[i]->rank = (int)i;
	return r;
}

static void set_pagerduty(const struct catalog *c, const struct ranking *r)
{
	struct str key;
	void *value;
	for (size_t i = 0; i < r->n; i++)
		if (!r->v[i]->pagerduty.n)
			r->v[i]->pagerduty = str_c(pagerduty_of(r->v[i]->rank));
	for (size_t i = 0; map_next(c->severities, &i, &key, &value);)
		if (!((struct severity *)value)->pagerduty.n)
			((struct severity *)value)->pagerduty = str_c(pagerduty_of(((struct severity *)value)->rank));
}

/* ---- words ---- */

/* Every severity by its name. */
static void add_severity_names(struct catalog *c, const struct ranking *r)
{
	struct str key;
	void *value;
	char room[CATALOG_NAME_MAX];
	for (size_t i = 0; map_next(c->severities, &i, &key, &value);)
		map_set(c->severity_words, key, value);
	for (size_t i = 0; i < r->n; i++)
		if (!map_get(c->severity_words, catalog_fold(r->v[i]->name, room)))
			map_set(c->severity_words, catalog_fold(r->v[i]->name, room), r->v[i]);
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

static struct severity *at_rank(const struct ranking *r, int rank)
{
	size_t i = rank < 0 ? 0 : (size_t)rank;
	return r->v[i < r->n ? i : r->n - 1];
}

/* The severity that a rank of the built-in words means: its own one, else by place; the last one beyond. */
static struct severity *by_rank(const struct ranking *r, int rank)
{
	struct severity *found = r->v[0];
	if (!r->filled)
		return at_rank(r, rank);
	for (size_t i = 1; i < r->n && rank_of_name(r, r->v[i]) <= rank; i++)
		if (rank_of_name(r, r->v[i]) > rank_of_name(r, found))
			found = r->v[i];
	return found;
}

/*
 * The severity that a number means: by rank where every rank has its own, else by the names' numbers where they have any,
 * else by place; clamped both ways.
 */
static struct severity *severity_by_number(const struct ranking *r, int n)
{
	struct severity *first = NULL, *best = NULL;
	if (r->filled)
		return by_rank(r,
		               n - r->first); /* the names that fill the gaps between words have numbers that no page wrote */
	for (size_t i = 0; i < r->n; i++) {
		int own = severity_number(r->v[i]->name, NULL);
		if (own < 0)
			continue;
		first = first ? first : r->v[i];
		if (own <= n && (!best || own > severity_number(best->name, NULL)))
			best = r->v[i];
	}
	if (first)
		return best ? best : first;
	return at_rank(r, n);
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

/* "critica" is Crítica and "sev1" is SEV-1, unless somebody uses them otherwise. */
static void add_plain_name(struct catalog *c, struct severity *s, struct str word)
{
	char room[CATALOG_NAME_MAX];
	struct str plain = catalog_fold_plain(word, room);
	if (plain.n && !map_get(c->severity_words, plain))
		map_set(c->severity_words, plain, s);
	struct str numbered = catalog_fold_numbered(word, room);
	if (numbered.n && !map_get(c->severity_words, numbered))
		map_set(c->severity_words, numbered, s);
}

/* Names go before aliases, and those before the words of pages. */
static void add_plain_words(struct catalog *c)
{
	struct str key;
	void *value;
	for (size_t i = 0; map_next(c->severities, &i, &key, &value);)
		add_plain_name(c, value, ((struct severity *)value)->name);
	for (size_t i = 0; map_next(c->severities, &i, &key, &value);)
		for (size_t k = 0; k < ((struct severity *)value)->aliases.n; k++)
			add_plain_name(c, value, ((struct severity *)value)->aliases.v[k]);
	for (size_t i = 0; map_next(c->severities, &i, &key, &value);)
		add_plain_name(c, value, ((struct severity *)value)->words);
}

struct word_list {
	struct str v[IMPLIED_MAX];
	size_t n;
};

static void imply(struct catalog *c, struct severity *s, struct str name, struct word_list *added)
{
	if (map_get(c->severity_words, name) || added->n == IMPLIED_MAX)
		return;
	map_set(c->severity_words, name, s);
	added->v[added->n++] = name;
}

/* S1 is the gravest whatever P1 is, unless the names themselves begin at S0. */
static struct severity *by_spelling(const struct ranking *r, const struct severity_prefix *prefix, int n)
{
	return prefix->from_one && !r->first ? by_rank(r, n - 1) : severity_by_number(r, n);
}

/* The words of one rank: plain ones go by rank, numbered ones by number. What was not taken yet lands in `added`. */
static void imply_rank(struct catalog *c, const struct ranking *r, int rank, struct word_list *added)
{
	size_t words, spellings;
	const struct severity_word *word = severity_words_all(&words);
	const struct severity_prefix *prefix = severity_prefixes_all(&spellings);
	for (size_t i = 0; i < words; i++)
		if (word[i].rank == rank)
			imply(c, by_rank(r, rank), str_c(word[i].word), added);
	for (size_t i = 0; i < spellings; i++)
		imply(c, by_spelling(r, &prefix[i], rank), str_c(arena_printf(c->arena, "%s%d", prefix[i].text, rank)), added);
}

static void show_aliases(struct catalog *c, struct severity *s, const struct word_list *added)
{
	s->aliases.v = arena_alloc(c->arena, (added->n + 1) * sizeof *added->v);
	s->aliases.n = 0;
	for (size_t i = 0; i < added->n; i++)
		if (map_get(c->severity_words, added->v[i]) == s)
			s->aliases.v[s->aliases.n++] = added->v[i];
}

bool severities_finish(struct catalog *c, struct err *err)
{
	static const char *const names[RANKS] = {"P0", "P1", "P2", "P3", "P4"};
	bool built_in = count_paging(c) == 0;
	for (int i = 0; built_in && i < RANKS; i++)
		add_severity(c, names[i]);
	if (!map_get(c->severities, STR("none")))
		add_severity(c, "none");
	struct ranking r = rank_all(c);
	set_pagerduty(c, &r);
	add_severity_names(c, &r);
	bool ok = add_aliases(c, err);
	add_page_words(c);
	add_plain_words(c);
	for (int rank = 0; rank < RANKS; rank++) {
		struct word_list added = {.n = 0};
		imply_rank(c, &r, rank, &added);
		if (built_in)
			show_aliases(c, r.v[rank], &added);
	}
	return ok;
}

/* ---- words that nobody defines ---- */

/* "P7" is less grave than all. */
static const struct severity *least_grave(const struct catalog *c, struct str numbered)
{
	return severity_number(numbered, NULL) >= RANKS ? catalog_severity(c, STR("p4")) : NULL;
}

/* "page-oncall" and "pageteam" page; "P1-high", "sev2_db", "Severity 1" hold a severity. */
const struct severity *catalog_severity_near(const struct catalog *c, struct str word)
{
	AUTOARENA struct arena *arena = arena_new();
	if (word.n > 4 && str_eq_nocase(str_slice(word, 0, 4), STR("page")))
		return catalog_severity(c, STR("page"));
	char *plain = arena_cstr(arena, word);
	for (size_t i = 0; i < word.n; i++)
		plain[i] = plain[i] == '_' || plain[i] == '/' ? ' ' : plain[i];
	struct strs named = fact_severities_read(arena, (struct str){plain, word.n});
	for (size_t i = 0; i < named.n; i++) {
		const struct severity *s = catalog_severity(c, named.v[i]);
		s = s ? s : least_grave(c, named.v[i]);
		if (s)
			return s;
	}
	return NULL;
}
