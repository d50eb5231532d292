/* Durations as people write them: a scan over numbers and unit words, and the cadences that are words alone. */
#include <string.h>

#include "base/ascii.h"
#include "base/time.h"
#include "catalog/facts.h"
#include "words.h"

#define DURATION_MAX (INT64_C(36500) * TIME_DAY)

struct unit {
	const char *word;
	int64_t ms;
	int months; /* the calendar's, where it is made of them */
};

static const struct unit units[] = {
	{"ms", 1, 0},
	{"millisecond", 1, 0},
	{"s", TIME_SECOND, 0},
	{"sec", TIME_SECOND, 0},
	{"second", TIME_SECOND, 0},
	{"m", TIME_MINUTE, 0},
	{"min", TIME_MINUTE, 0},
	{"minute", TIME_MINUTE, 0},
	{"h", TIME_HOUR, 0},
	{"hr", TIME_HOUR, 0},
	{"hour", TIME_HOUR, 0},
	{"d", TIME_DAY, 0},
	{"day", TIME_DAY, 0},
	{"w", 7 * TIME_DAY, 0},
	{"wk", 7 * TIME_DAY, 0},
	{"week", 7 * TIME_DAY, 0},
	{"month", 30 * TIME_DAY, 1},
	{"mo", 30 * TIME_DAY, 1},
	{"quarter", 90 * TIME_DAY, 3},
	{"y", 365 * TIME_DAY, 12},
	{"yr", 365 * TIME_DAY, 12},
	{"year", 365 * TIME_DAY, 12},
};

static const struct unit foreign_units[] = {
	/* German */
	{"sekunde", TIME_SECOND, 0},
	{"sekunden", TIME_SECOND, 0},
	{"minuten", TIME_MINUTE, 0},
	{"stunde", TIME_HOUR, 0},
	{"stunden", TIME_HOUR, 0},
	{"std", TIME_HOUR, 0},
	{"tag", TIME_DAY, 0},
	{"tage", TIME_DAY, 0},
	{"tagen", TIME_DAY, 0},
	{"woche", 7 * TIME_DAY, 0},
	{"wochen", 7 * TIME_DAY, 0},
	{"monat", 30 * TIME_DAY, 1},
	{"monate", 30 * TIME_DAY, 1},
	{"monaten", 30 * TIME_DAY, 1},
	{"jahr", 365 * TIME_DAY, 12},
	{"jahre", 365 * TIME_DAY, 12},
	/* French */
	{"seconde", TIME_SECOND, 0},
	{"heure", TIME_HOUR, 0},
	{"jour", TIME_DAY, 0},
	{"semaine", 7 * TIME_DAY, 0},
	{"mois", 30 * TIME_DAY, 1},
	{"ans", 365 * TIME_DAY, 12},
	{"annee", 365 * TIME_DAY, 12},
	/* Spanish and Portuguese */
	{"segundo", TIME_SECOND, 0},
	{"minuto", TIME_MINUTE, 0},
	{"hora", TIME_HOUR, 0},
	{"dia", TIME_DAY, 0},
	{"semana", 7 * TIME_DAY, 0},
	{"mes", 30 * TIME_DAY, 1},
	{"meses", 30 * TIME_DAY, 1},
	{"ano", 365 * TIME_DAY, 12},
};

static const struct unit cadences[] = {
	{"hourly", TIME_HOUR, 0},
	{"daily", TIME_DAY, 0},
	{"biweekly", 14 * TIME_DAY, 0},
	{"bi weekly", 14 * TIME_DAY, 0},
	{"fortnightly", 14 * TIME_DAY, 0},
	{"every other week", 14 * TIME_DAY, 0},
	{"weekly", 7 * TIME_DAY, 0},
	{"bimonthly", 60 * TIME_DAY, 2},
	{"bi monthly", 60 * TIME_DAY, 2},
	{"monthly", 30 * TIME_DAY, 1},
	{"quarterly", 90 * TIME_DAY, 3},
	{"semi annually", 182 * TIME_DAY, 6},
	{"semi annual", 182 * TIME_DAY, 6},
	{"semiannually", 182 * TIME_DAY, 6},
	{"semiannual", 182 * TIME_DAY, 6},
	{"twice a year", 182 * TIME_DAY, 6},
	{"half yearly", 182 * TIME_DAY, 6},
	{"biannually", 182 * TIME_DAY, 6},
	{"biannual", 182 * TIME_DAY, 6},
	{"annually", 365 * TIME_DAY, 12},
	{"annual", 365 * TIME_DAY, 12},
	{"yearly", 365 * TIME_DAY, 12},
	{"every hour", TIME_HOUR, 0},
	{"every day", TIME_DAY, 0},
	{"every week", 7 * TIME_DAY, 0},
	{"every month", 30 * TIME_DAY, 1},
	{"every quarter", 90 * TIME_DAY, 3},
	{"every year", 365 * TIME_DAY, 12},
};

static const char *const number_words[] = {"zero",  "one",   "two",  "three", "four",   "five",  "six",
                                           "seven", "eight", "nine", "ten",   "eleven", "twelve"};

/* ---- tokens ---- */

struct scan {
	struct str s; /* lower case */
	size_t i;
	int months;   /* of the unit taken last */
	bool article; /* the number taken last was "a": English, in which a tag is no day */
};

static void skip_marked_blanks(struct scan *sc)
{
	while (sc->i < sc->s.n && strchr(" \t*_`", sc->s.p[sc->i]) && sc->s.p[sc->i])
		sc->i++;
}

static bool take_token_text(struct scan *sc, const char *token)
{
	struct str t = str_c(token);
	if (!str_starts(str_slice(sc->s, sc->i, sc->s.n), t))
		return false;
	sc->i += t.n;
	return true;
}

static struct str take_lower_word(struct scan *sc)
{
	size_t start = sc->i;
	while (sc->i < sc->s.n && ascii_is_lower(sc->s.p[sc->i]))
		sc->i++;
	return str_slice(sc->s, start, sc->i);
}

static const struct unit *find_unit(const struct unit *rows, size_t count, struct str word)
{
	struct str one = word;
	if (one.n > 2 && one.p[one.n - 1] == 's')
		one.n--;
	for (size_t i = 0; i < count; i++) {
		if (str_eq_c(word, rows[i].word) || str_eq_c(one, rows[i].word))
			return &rows[i];
	}
	return NULL;
}

/* "1 Tag" is a day; "a tag" and "2 tags" are none. */
static const struct unit *unit_of(struct str word, bool article)
{
	const struct unit *english = find_unit(units, sizeof units / sizeof *units, word);
	if (english || article || str_eq_c(word, "tags"))
		return english;
	return find_unit(foreign_units, sizeof foreign_units / sizeof *foreign_units, word);
}

/* A unit behind a number, blanks or a hyphen between ("5-minute"): 0 and nothing taken where there is none. */
static int64_t take_duration_unit(struct scan *sc)
{
	size_t back = sc->i;
	skip_marked_blanks(sc);
	if (sc->i + 1 < sc->s.n && sc->s.p[sc->i] == '-' && ascii_is_lower(sc->s.p[sc->i + 1]))
		sc->i++;
	struct str word = take_lower_word(sc);
	if (str_eq_c(word, "business") || str_eq_c(word, "working") || str_eq_c(word, "calendar")) {
		skip_marked_blanks(sc);
		word = take_lower_word(sc);
	}
	const struct unit *unit = unit_of(word, sc->article);
	sc->months = unit ? unit->months : 0;
	if (!unit)
		sc->i = back;
	return unit ? unit->ms : 0;
}

static bool take_decimal(struct scan *sc, double *out)
{
	size_t start = sc->i;
	double value = 0, scale = 1;
	while (sc->i < sc->s.n && ascii_is_digit(sc->s.p[sc->i]))
		value = value * 10 + (sc->s.p[sc->i++] - '0');
	if (sc->i == start)
		return false;
	if (sc->i + 1 < sc->s.n && sc->s.p[sc->i] == '.' && ascii_is_digit(sc->s.p[sc->i + 1])) {
		for (sc->i++; sc->i < sc->s.n && ascii_is_digit(sc->s.p[sc->i]); sc->i++)
			value += (sc->s.p[sc->i] - '0') * (scale /= 10);
	}
	*out = value;
	return true;
}

static bool take_quantity(struct scan *sc, double *out)
{
	size_t back = sc->i;
	sc->article = false;
	if (take_decimal(sc, out))
		return true;
	struct str word = take_lower_word(sc);
	if (str_eq_c(word, "a") || str_eq_c(word, "an"))
		return sc->article = true, *out = 1, true;
	if (str_eq_c(word, "half")) {
		skip_marked_blanks(sc);
		if (!take_token_text(sc, "an ") && !take_token_text(sc, "a "))
			skip_marked_blanks(sc);
		return *out = 0.5, true;
	}
	for (size_t i = 0; i < sizeof number_words / sizeof *number_words; i++) {
		if (str_eq_c(word, number_words[i]))
			return *out = (double)i, true;
	}
	sc->i = back;
	return false;
}

static bool take_dash(struct scan *sc)
{
	size_t back = sc->i;
	skip_marked_blanks(sc);
	if (take_token_text(sc, "-") || take_token_text(sc, "–") || take_token_text(sc, "—") ||
	    take_token_text(sc, "to ") || take_token_text(sc, "~")) {
		skip_marked_blanks(sc);
		return true;
	}
	sc->i = back;
	return false;
}

/* ---- amounts ---- */

static int64_t times(double number, int64_t unit)
{
	double ms = number * (double)unit;
	return ms < (double)DURATION_MAX ? (int64_t)(ms + 0.5) : DURATION_MAX;
}

/* "1 hour 30 minutes", "1h30m": further pairs of a smaller unit. */
static int64_t take_smaller(struct scan *sc, int64_t ms, int64_t unit)
{
	for (;;) {
		size_t back = sc->i;
		double number;
		skip_marked_blanks(sc);
		if (take_token_text(sc, "and "))
			skip_marked_blanks(sc);
		int64_t smaller = take_decimal(sc, &number) ? take_duration_unit(sc) : 0;
		if (!smaller || smaller >= unit) {
			sc->i = back;
			return ms;
		}
		ms = ms + times(number, smaller) < DURATION_MAX ? ms + times(number, smaller) : DURATION_MAX;
		unit = smaller;
	}
}

static int whole_months(double number, int months)
{
	double all = number * months;
	return all >= 1 && all <= 1200 && all == (double)(int)all ? (int)all : 0;
}

/* At a number: "15 min", "5-15 minutes", "60+ min", "15m-1h". */
static bool take_amount(struct scan *sc, struct span *out)
{
	double low, high;
	if (!take_quantity(sc, &low))
		return false;
	bool plus = take_token_text(sc, "+");
	int64_t unit = take_duration_unit(sc);
	int months = sc->months;
	int64_t low_ms = unit ? take_smaller(sc, times(low, unit), unit) : 0;
	plus |= take_token_text(sc, "+");
	size_t back = sc->i;
	if (take_dash(sc) && take_quantity(sc, &high)) {
		int64_t upper = take_duration_unit(sc);
		if (upper) {
			out->months = whole_months(high, sc->months);
			out->low_ms = unit ? low_ms : times(low, upper);
			out->high_ms = take_smaller(sc, times(high, upper), upper);
			out->open_ended = take_token_text(sc, "+");
			return out->found = out->range = true;
		}
	}
	sc->i = back;
	if (!unit)
		return false;
	out->months = low_ms == times(low, unit) ? whole_months(low, months) : 0;
	out->high_ms = low_ms;
	out->low_ms = plus ? low_ms : 0;
	out->open_ended = plus;
	return out->found = true;
}

static bool at_start_of_number(const struct scan *sc)
{
	if (!sc->i)
		return true;
	char before = sc->s.p[sc->i - 1];
	return !ascii_is_digit(before) && !ascii_is_lower(before) && before != '.';
}

static void find_amount(struct str lower, struct span *out)
{
	for (struct scan sc = {.s = lower}; sc.i < lower.n && !out->found; sc.i++) {
		size_t back = sc.i;
		if (at_start_of_number(&sc) && take_amount(&sc, out))
			return;
		sc.i = back;
	}
}

/* ---- the words around it ---- */

static bool starts_with_any(struct str lower, const char *const *words)
{
	for (; *words; words++) {
		if (str_starts(lower, str_c(*words)))
			return true;
	}
	return false;
}

static void find_bound(struct str lower, struct span *out)
{
	static const char *const most[] = {"<",     "≤",       "within", "under", "less than",
	                                   "up to", "at most", "max",    "first", NULL};
	static const char *const least[] = {">", "≥", "over", "more than", "at least", "from", NULL};
	lower = str_trim(lower);
	out->at_most = starts_with_any(lower, most);
	if (starts_with_any(lower, least) && !out->range) {
		out->open_ended = true;
		out->low_ms = out->high_ms;
	}
}

static void find_cadence(struct str folded, struct span *out)
{
	for (size_t i = 0; i < sizeof cadences / sizeof *cadences; i++) {
		if (words_have(folded, cadences[i].word)) {
			out->high_ms = cadences[i].ms;
			out->months = cadences[i].months;
			out->found = out->cadence = true;
			return;
		}
	}
}

static struct str lower_of(struct arena *arena, struct str words)
{
	words = words_plain(arena, words);
	char *p = arena_alloc(arena, words.n + 1);
	for (size_t i = 0; i < words.n; i++)
		p[i] = (char)(words.p[i] >= 'A' && words.p[i] <= 'Z' ? words.p[i] + 32 : words.p[i]);
	return (struct str){p, words.n};
}

struct span words_span(struct arena *arena, struct str words)
{
	struct span out = {.found = false};
	struct str lower = lower_of(arena, words), folded = words_fold(arena, words);
	if (words_have(folded, "next business day") || words_have(folded, "next working day")) {
		out.next_business_day = true;
		return out;
	}
	find_amount(lower, &out);
	if (!out.found)
		find_cadence(folded, &out);
	if (out.found)
		find_bound(lower, &out);
	out.cadence |= out.found && words_have(folded, "every");
	return out;
}

struct fact_duration fact_duration_read(struct arena *arena, struct str words)
{
	words = str_trim(words);
	struct span span = words_span(arena, words);
	struct fact_duration out = {arena_str(arena, words), span.high_ms,           span.low_ms,
	                            span.open_ended,         span.next_business_day, span.months};
	return out;
}
