/* Weighs the words that an alert and a runbook share, and names the one that clearly wins. */
#include "lint/suggest.h"

#include <math.h>
#include <string.h>

#include "base/map.h"
#include "suggest_words.h"

#define SCORE_MIN 0.5
#define SCORE_MIN_APART 0.75  /* where each side names a thing that the other does not: one RAID, the other bonding */
#define RIVAL_SHARE 0.9       /* of the best score: too near to tell them apart */
#define GENERIC_WEIGHT 0.35   /* beside a word that names a thing */
#define DESCRIPTION_SHARE 0.8 /* a sentence holds many words by chance */

enum side { SIDE_NAME, SIDE_TITLE, SIDE_DESCRIPTION, SIDES };
static const char *const side_names[SIDES] = {"name", "title", "description"};

struct candidate {
	const struct runbook *runbook;
	struct words sides[SIDES];
};

struct suggester {
	struct arena *arena;
	struct candidate *candidates;
	size_t count;
	struct map *runbooks_with; /* stem -> size_t: in how many names and titles it is */
};

/* ---- what there is ---- */

static struct str file_stem(struct str path)
{
	for (size_t i = path.n; i > 0; i--)
		if (path.p[i - 1] == '/') {
			path = str_slice(path, i, path.n);
			break;
		}
	for (size_t i = path.n; i > 1; i--)
		if (path.p[i - 1] == '.')
			return str_slice(path, 0, i - 1);
	return path;
}

static void count_stem(struct suggester *s, struct str stem)
{
	size_t *n = map_get(s->runbooks_with, stem);

	if (!n)
		map_set(s->runbooks_with, stem, n = arena_alloc(s->arena, sizeof *n));
	++*n;
}

static bool words_have_stem(const struct words *words, struct str stem)
{
	for (size_t i = 0; i < words->n; i++)
		if (str_eq(words->v[i].stem, stem))
			return true;
	return false;
}

static void add_candidate(struct suggester *s, const struct runbook *r)
{
	struct candidate *c = &s->candidates[s->count++];
	const struct words *name = &c->sides[SIDE_NAME], *title = &c->sides[SIDE_TITLE];

	c->runbook = r;
	if (!r->anchor.n) /* the file's name says nothing of one section */
		c->sides[SIDE_NAME] = words_of(s->arena, file_stem(r->path));
	c->sides[SIDE_TITLE] = words_of(s->arena, r->title);
	c->sides[SIDE_DESCRIPTION] = words_of(s->arena, r->description);
	for (size_t i = 0; i < name->n; i++)
		count_stem(s, name->v[i].stem);
	for (size_t i = 0; i < title->n; i++)
		if (!words_have_stem(name, title->v[i].stem))
			count_stem(s, title->v[i].stem);
}

struct suggester *suggester_new(const struct catalog *catalog)
{
	struct suggester *s = mem_zero(sizeof *s);
	const struct runbook *const *list;
	size_t n = catalog_runbooks(catalog, &list);

	s->arena = arena_new();
	s->runbooks_with = map_new();
	s->candidates = arena_alloc(s->arena, (n + 1) * sizeof *s->candidates);
	for (size_t i = 0; i < n; i++)
		if (list[i]->exists && list[i]->anchor_exists)
			add_candidate(s, list[i]);
	return s;
}

void suggester_free(struct suggester *s)
{
	if (!s)
		return;
	map_free(s->runbooks_with);
	arena_free(s->arena);
	mem_cleanup(&s);
}

/* ---- how near two texts are ---- */

static size_t runbooks_with(const struct suggester *s, const struct word *w)
{
	const size_t *n = map_get(s->runbooks_with, w->stem);
	return n ? *n : 0;
}

static double weight(const struct suggester *s, const struct word *w)
{
	size_t n = runbooks_with(s, w);
	double rarity = log1p((double)s->count / (n ? (double)n : 0.5));

	return w->generic ? rarity * GENERIC_WEIGHT : rarity;
}

static double weight_of_all(const struct suggester *s, const struct words *words)
{
	double sum = 0;

	for (size_t i = 0; i < words->n; i++)
		sum += weight(s, &words->v[i]);
	return sum;
}

struct shared {
	bool a[WORDS_MAX], b[WORDS_MAX]; /* which words of each side the other has */
};

/* "daemon set" and "daemonset": two words in a row of one side are one of the other. */
static void match_joined(const struct words *two, bool *in_two, const struct words *one, bool *in_one)
{
	for (size_t i = 0; i + 1 < two->n; i++)
		for (size_t k = 0; k < one->n && !in_two[i] && !in_two[i + 1]; k++)
			if (!in_one[k] && str_eq(one->v[k].stem, two->v[i].joined))
				in_one[k] = in_two[i] = in_two[i + 1] = true;
}

static void match_words(const struct words *a, const struct words *b, struct shared *out)
{
	memset(out, 0, sizeof *out);
	for (size_t i = 0; i < a->n; i++)
		for (size_t k = 0; k < b->n; k++)
			if (str_eq(a->v[i].stem, b->v[k].stem))
				out->a[i] = out->b[k] = true;
	match_joined(a, out->a, b, out->b);
	match_joined(b, out->b, a, out->a);
}

/* A word that few runbooks have: without one, what two names share says nothing. */
static size_t telling_words(const struct suggester *s, const struct words *words, const bool *shared)
{
	size_t few = s->count / 10 > 2 ? s->count / 10 : 2, n = 0;

	for (size_t i = 0; i < words->n; i++)
		n += shared[i] && !words->v[i].generic && runbooks_with(s, &words->v[i]) <= few;
	return n;
}

static double weight_of_shared(const struct suggester *s, const struct words *words, const bool *shared)
{
	double sum = 0;

	for (size_t i = 0; i < words->n; i++)
		sum += shared[i] ? weight(s, &words->v[i]) : 0;
	return sum;
}

static bool names_more(const struct words *words, const bool *shared)
{
	for (size_t i = 0; i < words->n; i++)
		if (!shared[i] && !words->v[i].generic)
			return true;
	return false;
}

/* 0 where there is no evidence. */
static double nearness(const struct suggester *s, const struct words *alert, const struct words *runbook,
                       enum side side, const struct shared *shared)
{
	double all = weight_of_all(s, alert), common = weight_of_shared(s, alert, shared->a);
	size_t telling = telling_words(s, alert, shared->a);

	if (telling < (side == SIDE_DESCRIPTION ? 2 : 1))
		return 0;
	if (side != SIDE_DESCRIPTION && telling == 1 && names_more(runbook, shared->b))
		return 0; /* one word of several: a deployment that failed is not every page on deployments */
	if (side == SIDE_DESCRIPTION)
		return DESCRIPTION_SHARE * common / all;
	double score = (common + weight_of_shared(s, runbook, shared->b)) / (all + weight_of_all(s, runbook));
	bool apart = names_more(alert, shared->a) && names_more(runbook, shared->b);
	return apart && score < SCORE_MIN_APART ? 0 : score;
}

/* ---- the nearest ---- */

struct search {
	const struct suggester *s;
	struct arena *arena;
	struct suggestion best;
	double rival_score;
};

static struct strs shared_words(struct arena *arena, const struct words *words, const bool *shared)
{
	struct strs out = {arena_alloc(arena, (words->n + 1) * sizeof *out.v), 0};

	for (size_t i = 0; i < words->n; i++)
		if (shared[i])
			out.v[out.n++] = arena_str(arena, words->v[i].text);
	return out;
}

static void consider(struct search *f, const struct candidate *c, const struct words *alert, const char *alert_side,
                     enum side side)
{
	struct shared shared;

	match_words(alert, &c->sides[side], &shared);
	double score = nearness(f->s, alert, &c->sides[side], side, &shared);
	bool other = f->best.runbook && f->best.runbook != c->runbook;
	if (score <= f->best.score) {
		if (other && score > f->rival_score) {
			f->rival_score = score;
			f->best.rival = c->runbook;
		}
		return;
	}
	if (other) {
		f->rival_score = f->best.score;
		f->best.rival = f->best.runbook;
	}
	f->best = (struct suggestion){.runbook = c->runbook,
	                              .score = score,
	                              .alert_side = alert_side,
	                              .runbook_side = side_names[side],
	                              .words = shared_words(f->arena, alert, shared.a),
	                              .rival = f->best.rival};
}

static bool find_best_runbook(struct search *f, struct str text, const char *alert_side)
{
	struct words alert = words_of(f->arena, text);

	f->best = (struct suggestion){0};
	f->rival_score = 0;
	for (size_t i = 0; i < f->s->count; i++)
		for (enum side side = 0; side < SIDES; side++)
			consider(f, &f->s->candidates[i], &alert, alert_side, side);
	if (f->rival_score < f->best.score * RIVAL_SHARE)
		f->best.rival = NULL;
	return f->best.score >= SCORE_MIN;
}

bool suggest_runbook(const struct suggester *s, struct arena *arena, struct str alertname,
                     const struct labels *annotations, struct suggestion *out)
{
	struct search f = {.s = s, .arena = arena};

	struct str summary = labels_get(annotations, STR("summary"));
	const char *both = arena_printf(arena, "%.*s %.*s", STR_ARG(alertname), STR_ARG(summary));

	if (!find_best_runbook(&f, alertname, "name") && !find_best_runbook(&f, str_c(both), "name and summary"))
		return false;
	*out = f.best;
	return true;
}
