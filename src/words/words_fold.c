/* Compares words as people write them: case, accents, plural endings and punctuation aside. */
#include "words/words.h"

#include <string.h>

#include "base/ascii.h"
#include "words/unicode.h"

#define PLAIN_MAX (1024 * 1024) /* bytes of a text; a letter without its accent is no longer than with it */

/* The singular by English spelling; "access", "status" and "analysis" are none. */
static size_t fold_to_singular(char *word, size_t n)
{
	if (n < 4 || word[n - 1] != 's' || strchr("sui", word[n - 2]))
		return n;
	if (n > 4 && word[n - 2] == 'e' && word[n - 3] == 'i') {
		word[n - 3] = 'y';
		return n - 2;
	}
	return n - 1;
}

static bool is_ascii_text(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if ((unsigned char)s.p[i] >= 0x80)
			return false;
	return true;
}

struct str words_plain(struct arena *arena, struct str text)
{
	AUTOBUF struct buf out;
	buf_init(&out, PLAIN_MAX);
	if (is_ascii_text(text))
		return text;
	for (int32_t c; unicode_take(&text, &c);)
		if (!unicode_is_mark(c))
			unicode_add(&out, unicode_base(c));
	return arena_str(arena, buf_str(&out));
}

struct str words_fold(struct arena *arena, struct str text)
{
	text = words_plain(arena, text);
	char *out = arena_alloc(arena, text.n + 1);
	size_t n = 0, i = 0;
	while (i < text.n) {
		size_t start = i;
		while (i < text.n && ascii_is_alnum(text.p[i]))
			i++;
		if (i == start) {
			i++;
			continue;
		}
		bool number = ascii_is_digit(text.p[start]) && i - start <= 2 && i < text.n && text.p[i] == '.';
		if (!n && number)
			continue;
		if (n)
			out[n++] = ' ';
		for (size_t k = start; k < i; k++)
			out[n + k - start] = (char)(text.p[k] >= 'A' && text.p[k] <= 'Z' ? text.p[k] + 32 : text.p[k]);
		n += fold_to_singular(out + n, i - start);
	}
	return (struct str){out, n};
}

bool words_are(struct str folded, const char *phrase)
{
	return str_eq_c(folded, phrase);
}

bool words_have(struct str folded, const char *phrase)
{
	struct str needle = str_c(phrase);
	for (size_t from = 0; from + needle.n <= folded.n;) {
		ptrdiff_t at = str_find(str_slice(folded, from, folded.n), needle);
		if (at < 0)
			return false;
		size_t start = from + (size_t)at, end = start + needle.n;
		if ((!start || folded.p[start - 1] == ' ') && (end == folded.n || folded.p[end] == ' '))
			return true;
		from = start + 1;
	}
	return false;
}

int words_find(const struct word_row *rows, size_t count, struct str folded, int none)
{
	for (size_t i = 0; i < count; i++) {
		if (words_are(folded, rows[i].phrase))
			return rows[i].value;
	}
	for (size_t i = 0; i < count; i++) {
		if (words_have(folded, rows[i].phrase))
			return rows[i].value;
	}
	return none;
}

bool words_table_is(const struct word_table *table, int value, struct str word)
{
	for (size_t i = 0; i < table->count; i++)
		if (table->rows[i].value == value && str_eq_nocase(word, str_c(table->rows[i].phrase)))
			return true;
	return false;
}

bool words_table_has(const struct word_table *table, int value, struct str folded)
{
	for (size_t i = 0; i < table->count; i++)
		if (table->rows[i].value == value && words_have(folded, table->rows[i].phrase))
			return true;
	return false;
}

bool words_table_opens(const struct word_table *table, int value, struct str text)
{
	for (size_t i = 0; i < table->count; i++)
		if (table->rows[i].value == value && str_starts(text, str_c(table->rows[i].phrase)))
			return true;
	return false;
}

/* ---- edges ---- */

static const char *const edges[] = {" ", "\t", "\r", "\n", ":", "-", "|", ">", "\"", "–", "—", "→", "│", "║"};

static size_t edge_at(struct str s, bool end)
{
	for (size_t i = 0; i < sizeof edges / sizeof *edges; i++) {
		struct str e = str_c(edges[i]);
		if (end ? str_ends(s, e) : str_starts(s, e))
			return e.n;
	}
	return 0;
}

struct str words_trim(struct str s)
{
	for (size_t n; (n = edge_at(s, false));)
		s = str_slice(s, n, s.n);
	for (size_t n; (n = edge_at(s, true));)
		s = str_slice(s, 0, s.n - n);
	return s;
}

bool words_nothing(struct str s)
{
	static const char *const nothing[] = {"n/a", "na", "tbd", "todo", "tba", "?"};
	s = words_trim(s);
	for (size_t i = 0; i < sizeof nothing / sizeof *nothing; i++) {
		if (str_eq_nocase(s, str_c(nothing[i])))
			return true;
	}
	return !s.n;
}

void words_fill(struct str *field, struct str value)
{
	if (!field->n && !words_nothing(value))
		*field = value;
}

size_t words_until(struct str s, size_t from, const char *bytes)
{
	int depth = 0;
	for (size_t i = from; i < s.n; i++) {
		depth += (s.p[i] == '(') - (s.p[i] == ')' && depth);
		if (!depth && s.p[i] && strchr(bytes, s.p[i]))
			return i;
	}
	return s.n;
}

struct str words_take_note(struct str *s)
{
	struct str whole = str_trim(*s);
	if (!whole.n || whole.p[whole.n - 1] != ')')
		return (struct str){NULL, 0};
	size_t i = whole.n - 1;
	for (int depth = 1; i && depth;) {
		i--;
		depth += (whole.p[i] == ')') - (whole.p[i] == '(');
	}
	if (whole.p[i] != '(')
		return (struct str){NULL, 0};
	*s = str_trim(str_slice(whole, 0, i));
	return str_trim(str_slice(whole, i + 1, whole.n - 1));
}

/* ---- lists ---- */

/* Doubles where the count is a power of two: an arena cannot grow a block in place. */
void strs_add(struct arena *arena, struct strs *list, struct str s)
{
	if (!(list->n & (list->n - 1))) {
		struct str *wider = arena_alloc(arena, (list->n ? list->n * 2 : 1) * sizeof *wider);
		if (list->n)
			memcpy(wider, list->v, list->n * sizeof *wider);
		list->v = wider;
	}
	list->v[list->n++] = s;
}

bool strs_have(const struct strs *list, struct str s)
{
	for (size_t i = 0; i < list->n; i++) {
		if (str_eq_nocase(list->v[i], s))
			return true;
	}
	return false;
}
