/* Durations, RFC 3339 and calendar days, read and written. */
#include "base/time.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/ascii.h"

#define YEARS_MOST 100

/* Gravest first, the order in which they must stand. */
static const struct unit {
	struct str name;
	int64_t ms;
} units[] = {
	{{"y", 1}, 365 * TIME_DAY}, {{"w", 1}, 7 * TIME_DAY}, {{"d", 1}, TIME_DAY}, {{"h", 1}, TIME_HOUR},
	{{"m", 1}, TIME_MINUTE},    {{"s", 1}, TIME_SECOND},  {{"ms", 2}, 1},
};
#define UNIT_COUNT (sizeof units / sizeof *units)
#define UNIT_FORMAT_FIRST 2 /* days: weeks and years are read, never written */

static struct str take_first_bytes(struct str *s, size_t n)
{
	struct str head = str_slice(*s, 0, n);
	*s = str_slice(*s, n, s->n);
	return head;
}

static struct str take_leading_digits(struct str *s)
{
	size_t n = 0;
	while (n < s->n && ascii_is_digit(s->p[n]))
		n++;
	return take_first_bytes(s, n);
}

static bool take_char(struct str *s, char c)
{
	if (s->n == 0 || *s->p != c)
		return false;
	take_first_bytes(s, 1);
	return true;
}

/* The unit is all letters up to the next number, so that "ms" is not "m" followed by rubbish. */
static struct str take_unit_letters(struct str *s)
{
	size_t n = 0;
	while (n < s->n && !ascii_is_digit(s->p[n]))
		n++;
	return take_first_bytes(s, n);
}

bool time_duration_parse(struct str s, int64_t *ms)
{
	int64_t total = 0;
	size_t next = 0;
	if (str_eq(s, STR("0"))) {
		*ms = 0;
		return true;
	}
	if (s.n == 0)
		return false;
	while (s.n) {
		int64_t number, part;
		if (!str_to_i64(take_leading_digits(&s), &number))
			return false;
		struct str name = take_unit_letters(&s);
		while (next < UNIT_COUNT && !str_eq(units[next].name, name))
			next++;
		if (next == UNIT_COUNT || __builtin_mul_overflow(number, units[next].ms, &part) ||
		    __builtin_add_overflow(total, part, &total))
			return false;
		next++;
	}
	if (total > YEARS_MOST * units[0].ms)
		return false;
	*ms = total;
	return true;
}

char *time_duration_format(int64_t ms, char out[TIME_DURATION_MAX])
{
	uint64_t left = ms < 0 ? -(uint64_t)ms : (uint64_t)ms;
	size_t n = 0;
	if (ms == 0)
		return memcpy(out, "0s", 3);
	if (ms < 0)
		out[n++] = '-';
	for (size_t i = UNIT_FORMAT_FIRST; i < UNIT_COUNT; i++) {
		uint64_t unit = (uint64_t)units[i].ms;
		if (left >= unit)
			n += (size_t)snprintf(out + n, TIME_DURATION_MAX - n, "%llu%s", (unsigned long long)(left / unit),
			                      units[i].name.p);
		left %= unit;
	}
	return out;
}

/* Days since 1970-01-01, after Howard Hinnant's http://howardhinnant.github.io/date_algorithms.html */
static int64_t days_from_civil(int64_t year, int64_t month, int64_t day)
{
	year -= month <= 2;
	int64_t era = year / 400; /* years are not negative here */
	int64_t of_era = year - era * 400;
	int64_t of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
	return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

static void civil_from_days(int64_t days, int64_t *year, int *month, int *day)
{
	days += 719468;
	int64_t era = (days >= 0 ? days : days - 146096) / 146097;
	int64_t of_era = days - era * 146097;
	int64_t years = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
	int64_t of_year = of_era - (365 * years + years / 4 - years / 100);
	int64_t shifted = (5 * of_year + 2) / 153; /* months from March */
	*day = (int)(of_year - (153 * shifted + 2) / 5 + 1);
	*month = (int)(shifted < 10 ? shifted + 3 : shifted - 9);
	*year = years + era * 400 + (*month <= 2);
}

static int days_in_month(int64_t year, int64_t month)
{
	static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
	return days[month - 1] + (month == 2 && leap);
}

/* Exactly `width` digits, between least and most. */
static bool take_fixed_number(struct str *s, size_t width, int64_t least, int64_t most, int64_t *out)
{
	struct str digits = take_first_bytes(s, width);
	return digits.n == width && ascii_is_digit(*digits.p) && str_to_i64(digits, out) && *out >= least && *out <= most;
}

static bool take_date(struct str *s, int64_t *days)
{
	int64_t year, month, day;
	if (!take_fixed_number(s, 4, 0, 9999, &year) || !take_char(s, '-') || !take_fixed_number(s, 2, 1, 12, &month) ||
	    !take_char(s, '-') || !take_fixed_number(s, 2, 1, days_in_month(year, month), &day))
		return false;
	/* Year 0 would need floored divisions, and like all of the years before 1970 it ends up as 0. */
	*days = days_from_civil(year ? year : 1, month, day);
	return true;
}

/* Milliseconds; what is finer is cut off. */
static bool take_fraction(struct str *s, int64_t *ms)
{
	*ms = 0;
	if (!take_char(s, '.'))
		return true;
	struct str digits = take_leading_digits(s);
	for (size_t i = 0; i < 3; i++)
		*ms = *ms * 10 + (i < digits.n ? digits.p[i] - '0' : 0);
	return digits.n > 0;
}

static bool take_clock(struct str *s, int64_t *ms)
{
	int64_t hour, minute, second, fraction;
	/* Second 60 is a leap second; it counts as the first of the next minute. */
	if (!take_fixed_number(s, 2, 0, 23, &hour) || !take_char(s, ':') || !take_fixed_number(s, 2, 0, 59, &minute) ||
	    !take_char(s, ':') || !take_fixed_number(s, 2, 0, 60, &second) || !take_fraction(s, &fraction))
		return false;
	*ms = hour * TIME_HOUR + minute * TIME_MINUTE + second * TIME_SECOND + fraction;
	return true;
}

static bool take_offset(struct str *s, int64_t *ms)
{
	int64_t hours, minutes;
	*ms = 0;
	if (take_char(s, 'Z') || take_char(s, 'z'))
		return true;
	int64_t sign = take_char(s, '-') ? -1 : 1;
	if (sign == 1 && !take_char(s, '+'))
		return false;
	if (!take_fixed_number(s, 2, 0, 23, &hours))
		return false;
	take_char(s, ':');
	if (!take_fixed_number(s, 2, 0, 59, &minutes))
		return false;
	*ms = sign * (hours * TIME_HOUR + minutes * TIME_MINUTE);
	return true;
}

/* What Go prints behind the offset: " MST" (or " +03" where the zone has no name), then perhaps " m=+0.12". */
static bool take_go_tail(struct str *s)
{
	if (s->n == 0)
		return true;
	if (!take_char(s, ' ') || s->n == 0)
		return false;
	if (!str_starts(*s, STR("m="))) {
		ptrdiff_t blank = str_index(*s, ' ');
		size_t n = blank < 0 ? s->n : (size_t)blank;
		for (size_t i = 0; i < n; i++) {
			char c = s->p[i];
			if (!ascii_is_digit(c) && !(c >= 'A' && c <= 'Z') && !(c >= 'a' && c <= 'z') &&
			    str_index(STR("+-_/"), c) < 0)
				return false;
		}
		take_first_bytes(s, n);
		if (n == 0 || (s->n && !take_char(s, ' ')) || s->n == 0)
			return n > 0 && blank < 0;
	}
	if (!take_char(s, 'm') || !take_char(s, '=') || !(take_char(s, '+') || take_char(s, '-')))
		return false;
	int64_t fraction;
	return take_leading_digits(s).n > 0 && take_fraction(s, &fraction) && s->n == 0;
}

bool time_parse(struct str s, int64_t *ms)
{
	int64_t days, clock, offset;
	if (!take_date(&s, &days) || !(take_char(&s, 'T') || take_char(&s, 't') || take_char(&s, ' ')) ||
	    !take_clock(&s, &clock))
		return false;
	bool go = take_char(&s, ' ');
	if (!take_offset(&s, &offset) || !(go ? take_go_tail(&s) : s.n == 0))
		return false;
	int64_t at = days * TIME_DAY + clock - offset;
	*ms = at < 0 ? 0 : at;
	return true;
}

bool time_parse_wall(struct str s, int64_t *wall)
{
	int64_t days, hour = 0, minute = 0, second = 0;
	if (!take_date(&s, &days))
		return false;
	if (s.n && (!(take_char(&s, 'T') || take_char(&s, ' ')) || !take_fixed_number(&s, 2, 0, 23, &hour) ||
	            !take_char(&s, ':') || !take_fixed_number(&s, 2, 0, 59, &minute)))
		return false;
	if (s.n && (!take_char(&s, ':') || !take_fixed_number(&s, 2, 0, 59, &second)))
		return false;
	*wall = days * TIME_DAY + hour * TIME_HOUR + minute * TIME_MINUTE + second * TIME_SECOND;
	return s.n == 0 && days >= 0;
}

static char *put_digits(char *out, int n, int width)
{
	for (int i = width; i-- > 0; n /= 10)
		out[i] = (char)('0' + n % 10);
	return out + width;
}

/* Years of four digits are all that is ever met but for a clock gone mad. */
static char *put_year(char *out, int64_t year)
{
	if (year >= 0 && year <= 9999)
		return put_digits(out, (int)year, 4);
	return out + snprintf(out, TIME_FORMAT_MAX, "%04lld", (long long)year);
}

static char *put_clock(char *out, int clock)
{
	static const struct {
		char before;
		int unit, most;
	} parts[] = {{'T', (int)TIME_HOUR, 24}, {':', (int)TIME_MINUTE, 60}, {':', (int)TIME_SECOND, 60}};
	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
		*out++ = parts[i].before;
		out = put_digits(out, clock / parts[i].unit % parts[i].most, 2);
	}
	if (clock % 1000) {
		*out++ = '.';
		out = put_digits(out, clock % 1000, 3);
	}
	return out;
}

char *time_format(int64_t ms, char out[TIME_FORMAT_MAX])
{
	int64_t days = ms / TIME_DAY - (ms % TIME_DAY < 0);
	int clock = (int)((ms % TIME_DAY + TIME_DAY) % TIME_DAY), month, day;
	int64_t year;
	civil_from_days(days, &year, &month, &day);
	char *end = put_year(out, year);
	*end++ = '-';
	end = put_digits(end, month, 2);
	*end++ = '-';
	end = put_digits(end, day, 2);
	memcpy(put_clock(end, clock), "Z", 2);
	return out;
}
