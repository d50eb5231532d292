/* Dates as people write them, to ISO text. */
#include "words/values.h"

#include "base/ascii.h"
#include "words/table_months.h"
#include "words/words.h"

struct date_part {
	struct str text;
	char before; /* the byte in front of it */
};

#define PARTS_MAX 3
#define ENGLISH_MONTHS 12 /* rows of the table */

/* "dec", "Sept", "December": 12, 9, 12; else 0. */
static int month_of(struct str word)
{
	for (size_t i = 0; i < month_names.count; i++) {
		struct str month = str_c(month_names.rows[i].phrase);
		bool cut = i < ENGLISH_MONTHS && word.n >= 3 && word.n < month.n;
		if (str_eq_nocase(word, cut ? str_slice(month, 0, word.n) : month))
			return month_names.rows[i].value;
	}
	return 0;
}

static bool is_passed_over(struct str word)
{
	static const char *const words[] = {"of", "the", "de", "del"};
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (str_eq_c(word, words[i]))
			return true;
	return false;
}

static int date_number(struct str text)
{
	int n = 0;
	if (text.n > 4)
		return -1;
	for (size_t i = 0; i < text.n; i++) {
		if (!ascii_is_digit(text.p[i]))
			return -1;
		n = n * 10 + (text.p[i] - '0');
	}
	return text.n ? n : -1;
}

static int days_in(int year, int month)
{
	static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	bool leap = (year % 4 == 0 && year % 100) || year % 400 == 0;
	return days[month - 1] + (month == 2 && leap);
}

static struct str iso(struct arena *arena, int year, int month, int day)
{
	if (year < 1970 || year > 9999 || month < 1 || month > 12 || day < 0 || day > days_in(year, month))
		return (struct str){NULL, 0};
	return str_c(day ? arena_printf(arena, "%04d-%02d-%02d", year, month, day)
	                 : arena_printf(arena, "%04d-%02d", year, month));
}

/* 12/22/2025 is American unless it cannot be; with dots the day comes first. */
static struct str by_numbers(struct arena *arena, const struct date_part p[PARTS_MAX], const int n[PARTS_MAX])
{
	if (p[0].text.n == 4)
		return iso(arena, n[0], n[1], n[2]);
	if (p[2].text.n != 4)
		return (struct str){NULL, 0};
	bool day_first = n[0] > 12 || p[1].before == '.';
	return day_first ? iso(arena, n[2], n[1], n[0]) : iso(arena, n[2], n[0], n[1]);
}

static struct str by_parts(struct arena *arena, const struct date_part p[PARTS_MAX], size_t count)
{
	int n[PARTS_MAX] = {-1, -1, -1}, named[PARTS_MAX] = {0, 0, 0};
	for (size_t i = 0; i < count; i++) {
		n[i] = date_number(p[i].text);
		named[i] = month_of(p[i].text);
	}
	if (count == 3 && named[0] && n[1] > 0 && p[2].text.n == 4)
		return iso(arena, n[2], named[0], n[1]);
	if (count == 3 && named[1] && n[0] > 0 && p[2].text.n == 4)
		return iso(arena, n[2], named[1], n[0]);
	if (count == 3 && named[1] && p[0].text.n == 4 && n[2] > 0)
		return iso(arena, n[0], named[1], n[2]);
	if (count == 3 && n[0] > 0 && n[1] > 0 && n[2] > 0)
		return by_numbers(arena, p, n);
	if (count >= 2 && named[0] && p[1].text.n == 4)
		return iso(arena, n[1], named[0], 0);
	if (count == 2 && p[0].text.n == 4 && n[1] > 0 && p[1].text.n == 2 && p[1].before == '-')
		return iso(arena, n[0], n[1], 0);
	return (struct str){NULL, 0};
}

/* Runs of digits or of letters from `i` on; "22nd" is 22, "of" and "the" are passed over. */
static size_t take_parts(struct str s, size_t i, struct date_part p[PARTS_MAX])
{
	size_t count = 0, last = i;
	while (i < s.n && count < PARTS_MAX) {
		size_t start = i;
		bool digits = ascii_is_digit(s.p[i]);
		while (i < s.n && (digits ? ascii_is_digit(s.p[i]) : ascii_is_alpha(s.p[i])))
			i++;
		if (i > start) {
			struct str word = str_slice(s, start, i);
			bool ordinal = !digits && start && ascii_is_digit(s.p[start - 1]);
			if (!ordinal && !is_passed_over(word))
				p[count++] = (struct date_part){word, last < start && start ? s.p[start - 1] : 0};
			last = i;
		} else if (i - last > 2) {
			break;
		} else {
			i++;
		}
	}
	return count;
}

struct str fact_date_read(struct arena *arena, struct str words)
{
	words = words_plain(arena, words);
	for (size_t i = 0; i < words.n; i++) {
		char before = i ? words.p[i - 1] : ' ';
		if (ascii_is_digit(before) || ascii_is_alpha(before) ||
		    !(ascii_is_digit(words.p[i]) || ascii_is_alpha(words.p[i])))
			continue;
		struct date_part p[PARTS_MAX];
		size_t count = take_parts(words, i, p);
		struct str date = count >= 2 ? by_parts(arena, p, count) : (struct str){NULL, 0};
		bool whole = count == 3 && p[2].before != '-' && p[2].before != '/';
		if (!date.n && whole)
			date = by_parts(arena, p, 2);
		if (date.n)
			return date;
	}
	return (struct str){NULL, 0};
}
