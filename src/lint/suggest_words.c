/* Splits names and sentences into stems. */
#include "suggest_words.h"

#include <string.h>

#include "lint/suggest.h"

#define COUNT(list) (sizeof(list) / sizeof *(list))

/* ---- folding ---- */

static const struct ending {
	const char *cut, *put;
} endings[] = {
	{"ations", ""}, {"ation", ""}, {"ating", ""}, {"ated", ""}, {"ates", ""}, {"ate", ""}, {"ions", ""}, {"ion", ""},
	{"ings", ""},   {"ing", ""},   {"ies", "y"},  {"ied", "y"}, {"ed", ""},   {"es", ""},  {"s", ""},    {"e", ""},
};
#define STEM_MIN 3

/* As stems: what people shorten, and nouns whose verb looks different. */
static const struct {
	const char *word, *stands_for;
} short_forms[] = {
	{"k8", "kub"},        {"kubernet", "kub"},      {"pg", "postgr"},      {"postgresql", "postgr"},
	{"mem", "memory"},    {"fs", "filesystem"},     {"db", "databas"},     {"cert", "certific"},
	{"conn", "connect"},  {"config", "configur"},   {"cfg", "configur"},   {"err", "error"},
	{"failur", "fail"},   {"svc", "servic"},        {"auth", "authentic"}, {"util", "utiliz"},
	{"sched", "schedul"}, {"scheduler", "schedul"}, {"repl", "replic"},    {"lb", "loadbalanc"},
	{"net", "network"},   {"vol", "volum"},         {"app", "applic"},     {"prod", "product"},
};

static const char *const generic_words[] = {
	"high",    "low",       "down",   "up",       "error",  "fail",       "too",   "many",   "few",    "slow",   "not",
	"no",      "unhealthy", "health", "critical", "warn",   "rat",        "usag",  "count",  "number", "detect", "issu",
	"problem", "larg",      "miss",   "limit",    "exceed", "unavailabl", "ready", "servic", "host",
};

/* Between the words that say something; and what every runbook is. */
static const char *const joints[] = {
	"a",  "an",   "the", "is",     "are",   "of",      "to",       "in",    "on",        "and",  "for", "with", "at",
	"by", "from", "has", "have",   "been",  "be",      "more",     "than",  "this",      "that", "it",  "its",  "as",
	"or", "when", "how", "handle", "alert", "runbook", "playbook", "guide", "procedure", "page", "md"};

static bool is_listed_word(struct str s, const char *const *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (str_eq_c(s, list[i]))
			return true;
	return false;
}

/* dropp -> drop: what doubled before the ending; not in "full". */
static struct str undouble(struct str s)
{
	return s.n > STEM_MIN && s.p[s.n - 1] == s.p[s.n - 2] && !strchr("aeioulsz", s.p[s.n - 1])
	           ? str_slice(s, 0, s.n - 1)
	           : s;
}

static struct str without_inflection(struct arena *arena, struct str s)
{
	for (size_t i = 0; i < COUNT(endings); i++) {
		struct str cut = str_c(endings[i].cut);
		if (!str_ends(s, cut) || s.n < cut.n + STEM_MIN || str_ends(s, STR("ss")) || str_ends(s, STR("us")))
			continue;
		struct str rest = str_slice(s, 0, s.n - cut.n);
		if (*endings[i].put)
			return str_c(arena_printf(arena, "%.*s%s", STR_ARG(rest), endings[i].put));
		return cut.n > 1 ? undouble(rest) : rest;
	}
	return s;
}

struct str word_stem(struct arena *arena, struct str lower)
{
	struct str stem = without_inflection(arena, lower);

	/* files -> file -> fil, as full names end in e or not */
	if (stem.n > STEM_MIN && stem.n + 1 == lower.n && str_ends(stem, STR("e")))
		stem.n--;
	for (size_t i = 0; i < COUNT(short_forms); i++)
		if (str_eq_c(stem, short_forms[i].word))
			return str_c(short_forms[i].stands_for);
	return stem;
}

/* ---- taking apart ---- */

enum letter { LETTER_NONE, LETTER_SMALL, LETTER_CAPITAL, LETTER_DIGIT };

static enum letter letter_at(struct str s, size_t at)
{
	char c = at < s.n ? s.p[at] : ' ';

	if (c >= 'A' && c <= 'Z')
		return LETTER_CAPITAL;
	if (c >= '0' && c <= '9')
		return LETTER_DIGIT;
	return (c >= 'a' && c <= 'z') || (unsigned char)c >= 0x80 ? LETTER_SMALL : LETTER_NONE;
}

/* Whether a word begins at `at`, inside one that began at `from`: kubeAPI|Down, crash|Loop, http|5xx. */
static bool breaks(struct str s, size_t from, size_t at)
{
	enum letter before = letter_at(s, at - 1), here = letter_at(s, at), after = letter_at(s, at + 1);

	if (here == LETTER_CAPITAL)
		return before != LETTER_CAPITAL || after == LETTER_SMALL;
	return here == LETTER_DIGIT && before != LETTER_DIGIT && at - from >= 3;
}

/* Behind "}}" where `at` is at "{{". */
static size_t behind_template(struct str s, size_t at)
{
	struct str rest = str_slice(s, at, s.n);
	if (!str_starts(rest, STR("{{")))
		return at;
	ptrdiff_t end = str_find(rest, STR("}}"));
	return end < 0 ? s.n : at + (size_t)end + 2;
}

/* The next word at or behind `*at`; empty at the end. */
static struct str take_name_word(struct str s, size_t *at)
{
	while (*at < s.n && letter_at(s, *at) == LETTER_NONE) {
		size_t behind = behind_template(s, *at);
		*at = behind > *at ? behind : *at + 1;
	}
	size_t from = *at;
	while (*at < s.n && letter_at(s, *at) != LETTER_NONE && (*at == from || !breaks(s, from, *at)))
		++*at;
	return str_slice(s, from, *at);
}

static bool is_stem_among(const struct word *words, size_t n, struct str stem)
{
	for (size_t i = 0; i < n; i++)
		if (str_eq(words[i].stem, stem))
			return true;
	return false;
}

static void join_neighbours(struct arena *arena, struct words *words)
{
	for (size_t i = 0; i + 1 < words->n; i++) {
		struct word *w = words->v + i;
		w->joined = word_stem(arena, str_c(arena_printf(arena, "%.*s%.*s", STR_ARG(w->text), STR_ARG(w[1].text))));
	}
}

struct words words_of(struct arena *arena, struct str text)
{
	struct word found[WORDS_MAX];
	struct words out = {0};
	struct str taken;

	for (size_t at = 0; out.n < WORDS_MAX && (taken = take_name_word(text, &at)).n;) {
		struct word w = {.text = arena_lower(arena, taken)};
		w.stem = word_stem(arena, w.text);
		w.generic = is_listed_word(w.stem, generic_words, COUNT(generic_words));
		if (!is_listed_word(w.text, joints, COUNT(joints)) && !is_stem_among(found, out.n, w.stem))
			found[out.n++] = w;
	}
	out.v = arena_alloc(arena, (out.n + 1) * sizeof *out.v);
	memcpy(out.v, found, out.n * sizeof *out.v);
	join_neighbours(arena, &out);
	return out;
}

struct strs suggest_words(struct arena *arena, struct str text)
{
	struct words words = words_of(arena, text);
	struct strs out = {arena_alloc(arena, (words.n + 1) * sizeof *out.v), words.n};

	for (size_t i = 0; i < words.n; i++)
		out.v[i] = words.v[i].text;
	return out;
}
