/* Durations as people write them: a scan over numbers and unit words, and the cadences that are words alone. */
#include "words/values.h"

#include <string.h>

#include "base/ascii.h"
#include "base/time.h"
#include "table_bounds.h"
#include "table_time_words.h"
#include "words/words.h"

#define DURATION_MAX (INT64_C(36500) * TIME_DAY)

static const struct number_word {
	const char *word;
	double value;
} number_words[] = {
	{"zero", 0},      {"one", 1},       {"two", 2},       {"three", 3},     {"four", 4},     {"five", 5},
	{"six", 6},       {"seven", 7},     {"eight", 8},     {"nine", 9},      {"ten", 10},     {"eleven", 11},
	{"twelve", 12},   {"fifteen", 15},  {"twenty", 20},   {"thirty", 30},   {"forty", 40},   {"fifty", 50},
	{"sixty", 60},    {"ninety", 90},   {"thirteen", 13}, {"fourteen", 14}, {"sixteen", 16}, {"seventeen", 17},
	{"eighteen", 18}, {"nineteen", 19}, {"ein", 1},       {"eine", 1},      {"einer", 1},    {"einem", 1},
	{"zwei", 2},      {"drei", 3},      {"zehn", 10},     {"zwanzig", 20},  {"halbe", 0.5},  {"halben", 0.5},
	{"un", 1},        {"une", 1},       {"deux", 2},      {"trois", 3},     {"cinq", 5},     {"dix", 10},
	{"quinze", 15},   {"vingt", 20},    {"trente", 30},   {"demi", 0.5},    {"una", 1},      {"dos", 2},
	{"tres", 3},      {"cinco", 5},     {"diez", 10},     {"quince", 15},   {"veinte", 20},  {"treinta", 30},
	{"media", 0.5},   {"uma", 1},       {"dois", 2},      {"duas", 2},      {"dez", 10},     {"vinte", 20},
	{"trinta", 30},   {"meia", 0.5},
};

/* ---- tokens ---- */

struct scan {
	struct str s; /* lower case */
	size_t i;
	int months;    /* of the unit taken last */
	bool business; /* so is it: of working time only */
	bool article;  /* the number taken last was "a": English, in which a tag is no day */
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

static const struct time_row *find_unit(enum time_word kind, struct str word)
{
	struct str one = word;
	if (one.n > 2 && one.p[one.n - 1] == 's')
		one.n--;
	for (size_t i = 0; i < time_words_count; i++) {
		const struct time_row *row = &time_words[i];
		if (row->kind == kind && (str_eq_c(word, row->phrase) || str_eq_c(one, row->phrase)))
			return row;
	}
	return NULL;
}

/* "1 Tag" is a day; "a tag" and "2 tags" are none. */
static const struct time_row *unit_of(struct str word, bool article)
{
	const struct time_row *english = find_unit(UNIT_ENGLISH, word);
	return english || article || str_eq_c(word, "tags") ? english : find_unit(UNIT_FOREIGN, word);
}

/* A unit behind a number, blanks or a hyphen between ("5-minute"): 0 and nothing taken where there is none. */
static int64_t take_duration_unit(struct scan *sc)
{
	size_t back = sc->i;
	skip_marked_blanks(sc);
	if (sc->i + 1 < sc->s.n && sc->s.p[sc->i] == '-' && ascii_is_lower(sc->s.p[sc->i + 1]))
		sc->i++;
	struct str word = take_lower_word(sc);
	sc->business = str_eq_c(word, "business") || str_eq_c(word, "working");
	if (sc->business || str_eq_c(word, "calendar")) {
		skip_marked_blanks(sc);
		word = take_lower_word(sc);
	}
	const struct time_row *unit = unit_of(word, sc->article);
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

static bool number_of_word(struct str word, double *out)
{
	for (size_t i = 0; i < sizeof number_words / sizeof *number_words; i++)
		if (str_eq_c(word, number_words[i].word))
			return *out = number_words[i].value, true;
	return false;
}

/* "fifteen", "forty-five" */
static bool take_number_word(struct scan *sc, double *out)
{
	size_t back = sc->i;
	double one;
	if (!number_of_word(take_lower_word(sc), out))
		return sc->i = back, false;
	size_t behind = sc->i;
	bool tens = *out >= 20 && take_token_text(sc, "-");
	if (tens && number_of_word(take_lower_word(sc), &one) && one > 0 && one < 10)
		*out += one;
	else
		sc->i = behind;
	return true;
}

/* "½" */
static bool take_fraction_sign(struct scan *sc, double *out)
{
	if (take_token_text(sc, "½"))
		return *out = 0.5, true;
	if (take_token_text(sc, "¼"))
		return *out = 0.25, true;
	return take_token_text(sc, "¾") ? *out = 0.75, true : false;
}

/* "1/2", "3/4", as parts of an hour are written; "24/7" is none. */
static void take_denominator(struct scan *sc, double *number)
{
	size_t back = sc->i;
	double part;
	bool fraction = take_token_text(sc, "/") && take_decimal(sc, &part) && part >= 2 && part <= 4 && *number < part;
	*number = fraction ? *number / part : *number;
	sc->i = fraction ? sc->i : back;
}

static bool take_digits(struct scan *sc, double *out)
{
	double sign;
	if (take_fraction_sign(sc, out))
		return true;
	if (!take_decimal(sc, out))
		return false;
	if (take_fraction_sign(sc, &sign))
		*out += sign;
	else
		take_denominator(sc, out);
	return true;
}

/* Behind a number the same one again: "15 (fifteen) minutes". */
static void skip_number_again(struct scan *sc)
{
	size_t back = sc->i;
	double again;
	skip_marked_blanks(sc);
	if (!take_token_text(sc, "(") || !(take_decimal(sc, &again) || take_number_word(sc, &again)) ||
	    !take_token_text(sc, ")"))
		sc->i = back;
}

/* "quarter of an hour", "quarter hour": of an hour, not of a year. The hour itself is left to be taken. */
static bool take_quarters(struct scan *sc)
{
	static const char *const links[] = {" of an ", " of the ", " an ", " ", "-"};
	size_t back = sc->i;
	skip_marked_blanks(sc);
	if (take_token_text(sc, "quarters") || take_token_text(sc, "quarter")) {
		for (size_t i = 0; i < sizeof links / sizeof *links; i++)
			if (take_token_text(sc, links[i]))
				break;
		if (str_starts(str_slice(sc->s, sc->i, sc->s.n), STR("hour")))
			return true;
	}
	sc->i = back;
	return false;
}

static bool take_counted(struct scan *sc, double *out)
{
	size_t back = sc->i;
	if (take_digits(sc, out) || take_number_word(sc, out)) {
		skip_number_again(sc);
		return true;
	}
	struct str word = take_lower_word(sc);
	if (str_eq_c(word, "a") || str_eq_c(word, "an"))
		return sc->article = true, *out = 1, true;
	if (str_eq_c(word, "half")) {
		skip_marked_blanks(sc);
		if (!take_token_text(sc, "an ") && !take_token_text(sc, "a "))
			skip_marked_blanks(sc);
		return *out = 0.5, true;
	}
	sc->i = back;
	return false;
}

static bool take_quantity(struct scan *sc, double *out)
{
	sc->article = false;
	if (take_quarters(sc))
		return *out = 0.25, true;
	if (!take_counted(sc, out))
		return false;
	*out = take_quarters(sc) ? *out * 0.25 : *out;
	return true;
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

/* A day of work has eight hours. */
static int64_t working_time(bool business, int64_t ms, int64_t unit)
{
	if (!business)
		return 0;
	return unit < TIME_DAY ? ms : ms / (TIME_DAY / BUSINESS_DAY_MS);
}

static int whole_months(double number, int months)
{
	double all = number * months;
	return all >= 1 && all <= 1200 && all == (double)(int)all ? (int)all : 0;
}

/* At a number: "15 min", "5-15 minutes", "60+ min", "15m-1h". */
static bool take_amount(struct scan *sc, struct words_span *out)
{
	double low, high;
	if (!take_quantity(sc, &low))
		return false;
	bool plus = take_token_text(sc, "+");
	int64_t unit = take_duration_unit(sc);
	int months = sc->months;
	bool business = sc->business;
	int64_t low_ms = unit ? take_smaller(sc, times(low, unit), unit) : 0;
	plus |= take_token_text(sc, "+");
	size_t back = sc->i;
	if (take_dash(sc) && take_quantity(sc, &high)) {
		int64_t upper = take_duration_unit(sc);
		if (upper) {
			out->months = whole_months(high, sc->months);
			business = sc->business;
			out->low_ms = unit ? low_ms : times(low, upper);
			out->high_ms = take_smaller(sc, times(high, upper), upper);
			out->business_ms = working_time(business, out->high_ms, upper);
			out->open_ended = take_token_text(sc, "+");
			return out->found = out->range = true;
		}
	}
	sc->i = back;
	if (!unit)
		return false;
	out->months = low_ms == times(low, unit) ? whole_months(low, months) : 0;
	out->high_ms = low_ms;
	out->business_ms = working_time(business, low_ms, unit);
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

static void find_amount(struct str lower, struct words_span *out)
{
	for (struct scan sc = {.s = lower}; sc.i < lower.n && !out->found; sc.i++) {
		size_t back = sc.i;
		if (at_start_of_number(&sc) && take_amount(&sc, out))
			return;
		sc.i = back;
	}
}

/* ---- ISO 8601 ---- */

static int64_t iso_unit(char letter, bool behind_t, int *months)
{
	*months = behind_t ? 0 : letter == 'Y' ? 12 : letter == 'M';
	switch (letter) {
	case 'Y': return 365 * TIME_DAY;
	case 'M': return behind_t ? TIME_MINUTE : 30 * TIME_DAY;
	case 'W': return 7 * TIME_DAY;
	case 'D': return TIME_DAY;
	case 'H': return TIME_HOUR;
	case 'S': return TIME_SECOND;
	default: return 0;
	}
}

/* "P6M", "P1Y", "P90D", "PT15M", and nothing else. */
static bool read_iso(struct str text, struct words_span *out)
{
	struct scan sc = {.s = text, .i = 1};
	double number;
	int months = 0;
	bool behind_t = false, whole = true;
	out->high_ms = 0;
	if (text.n < 3 || text.p[0] != 'P')
		return false;
	while (sc.i < text.n) {
		behind_t = take_token_text(&sc, "T") || behind_t;
		int64_t unit = take_decimal(&sc, &number) && sc.i < text.n ? iso_unit(text.p[sc.i++], behind_t, &months) : 0;
		if (!unit)
			return false;
		out->high_ms =
			out->high_ms + times(number, unit) < DURATION_MAX ? out->high_ms + times(number, unit) : DURATION_MAX;
		out->months += whole_months(number, months);
		whole = whole && months;
	}
	out->months = whole ? out->months : 0;
	return out->found = out->high_ms > 0;
}

/* ---- the words around it ---- */

static void find_bound(struct str lower, struct words_span *out)
{
	lower = str_trim(lower);
	out->at_most = words_table_opens(&time_bounds, BOUND_MOST, lower);
	if (words_table_opens(&time_bounds, BOUND_LEAST, lower) && !out->range) {
		out->open_ended = true;
		out->low_ms = out->high_ms;
	}
}

static void find_cadence(struct str folded, struct words_span *out)
{
	for (size_t i = 0; i < time_words_count; i++) {
		if (time_words[i].kind == CADENCE && words_have(folded, time_words[i].phrase)) {
			out->high_ms = time_words[i].ms;
			out->months = time_words[i].months;
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

struct words_span words_span(struct arena *arena, struct str words)
{
	struct words_span out = {.found = false};
	struct str lower = lower_of(arena, words), folded = words_fold(arena, words);
	if (words_have(folded, "next business day") || words_have(folded, "next working day")) {
		out.next_business_day = true;
		out.business_ms = words_have(folded, "end of") || words_have(folded, "close of") ? BUSINESS_DAY_MS : 0;
		return out;
	}
	if (read_iso(str_trim(words), &out))
		return out;
	out = (struct words_span){.found = false};
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
	struct words_span span = words_span(arena, words);
	struct fact_duration out = {.text = arena_str(arena, words),
	                            .ms = span.high_ms,
	                            .least_ms = span.low_ms,
	                            .open_ended = span.open_ended,
	                            .next_business_day = span.next_business_day,
	                            .business_ms = span.business_ms,
	                            .months = span.months};
	return out;
}

/* The number of "6m" or "every 6 m"; n == 0: it is none of these. */
static struct str number_before_m(struct str words)
{
	if (words.n > 6 && str_eq_nocase(str_slice(words, 0, 6), STR("every ")))
		words = str_trim(str_slice(words, 6, words.n));
	size_t digits = 0;
	while (digits < words.n && ascii_is_digit(words.p[digits]))
		digits++;
	return str_eq_nocase(str_trim(str_slice(words, digits, words.n)), STR("m")) ? str_slice(words, 0, digits)
	                                                                            : (struct str){NULL, 0};
}

struct fact_duration fact_review_read(struct arena *arena, struct str words)
{
	struct fact_duration every = fact_duration_read(arena, words);
	struct str number = number_before_m(str_trim(words));
	if (!number.n)
		return every;
	struct str text = every.text;
	every = fact_duration_read(arena, str_c(arena_printf(arena, "%.*s months", STR_ARG(number))));
	every.text = text;
	return every;
}
