/*
 * From a heading's text to its id, generator by generator, each as its own source does it: which characters stay, what a
 * blank becomes, whether hyphens are counted or run together.
 */
#include <string.h>

#include "catalog/slug.h"
#include "slug_impl.h"
#include "words/unicode.h"

#define ROOM (16 * SLUG_TEXT_MAX) /* a decomposed character takes more bytes than it had */

static bool is_ascii_alnum(int32_t c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

static bool is_in_set(int32_t c, const char *set)
{
	return c > 0 && c < 0x80 && strchr(set, (char)c);
}

/* Adds a hyphen unless one stands there already, or nothing does yet. */
static void add_hyphen_once(struct buf *out)
{
	if (out->n && out->p[out->n - 1] != '-')
		buf_add_char(out, '-');
}

static void drop_last_hyphens(struct buf *out)
{
	while (out->n && out->p[out->n - 1] == '-')
		out->p[--out->n] = '\0';
}

/* Ruby's and JavaScript's idea of a word's characters. */
static bool is_slug_word_char(int32_t c)
{
	return unicode_is_alphabetic(c) || unicode_is_mark(c) || unicode_is_digit(c) || unicode_joins(c);
}

static bool joins_emoji(int32_t c)
{
	return c == 0x200C || c == 0x200D;
}

/* Lower case, without what is not letter, mark, digit, connector, hyphen or blank; every blank becomes a hyphen. */
void slug_github(struct str text, struct buf *out)
{
	int32_t c;
	while (unicode_take(&text, &c)) {
		if (c == ' ')
			buf_add_char(out, '-');
		else if (c == '-' || is_slug_word_char(c) || joins_emoji(c))
			unicode_add_lower(out, c);
	}
}

/* The same with runs of hyphens as one, and digits alone are led by a word: #123 would be an issue. */
void slug_gitlab(struct str text, struct buf *out)
{
	AUTOBUF struct buf github;
	buf_init(&github, ROOM);
	slug_github(text, &github);
	size_t digits = 0;
	while (digits < github.n && github.p[digits] >= '0' && github.p[digits] <= '9')
		digits++;
	if (github.n && digits == github.n)
		buf_add_c(out, "anchor-");
	for (size_t i = 0; i < github.n; i++)
		if (github.p[i] != '-' || !i || github.p[i - 1] != '-')
			buf_add_char(out, github.p[i]);
}

/* As GitHub, but marks go, and each character has one lower case. */
void slug_hugo(struct str text, struct buf *out)
{
	int32_t c;
	while (unicode_take(&text, &c)) {
		if (c == ' ' || c == '-')
			buf_add_char(out, '-');
		else if (c == '_' || unicode_is_letter(c) || unicode_is_digit(c))
			unicode_add(out, unicode_lower(c));
	}
}

static char lower_ascii_letters(int32_t c)
{
	return (char)(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
}

/* Decomposed, of which ASCII stays; runs of blanks and hyphens are one hyphen. */
void slug_python(struct str text, struct buf *out)
{
	AUTOBUF struct buf kept;
	AUTOBUF struct buf parts;
	buf_init(&kept, ROOM);
	buf_init(&parts, ROOM);
	unicode_decompose(text, &parts);
	for (size_t i = 0; i < parts.n; i++)
		if (is_ascii_alnum(parts.p[i]) || is_in_set(parts.p[i], "_- \t"))
			buf_add_char(&kept, lower_ascii_letters(parts.p[i]));
	struct str s = str_trim(buf_str(&kept));
	for (size_t i = 0; i < s.n; i++) {
		bool gap = strchr("- \t", s.p[i]);
		if (!gap)
			buf_add_char(out, s.p[i]);
		else if (!i || !strchr("- \t", s.p[i - 1]))
			buf_add_char(out, '-');
	}
}

/* Letters that do not decompose, and what docutils writes for them. */
static const struct {
	int32_t c;
	const char *ascii;
} docutils_letters[] = {
	{0xDF, "sz"}, {0xE6, "ae"}, {0xF8, "o"},  {0x111, "d"},  {0x127, "h"},  {0x131, "i"}, {0x142, "l"}, {0x153, "oe"},
	{0x167, "t"}, {0x180, "b"}, {0x188, "c"}, {0x18C, "d"},  {0x192, "f"},  {0x199, "k"}, {0x19A, "l"}, {0x19E, "n"},
	{0x1A5, "p"}, {0x1AB, "t"}, {0x1AD, "t"}, {0x1B4, "y"},  {0x1B6, "z"},  {0x1E5, "g"}, {0x225, "z"}, {0x234, "l"},
	{0x235, "n"}, {0x236, "t"}, {0x237, "j"}, {0x238, "db"}, {0x239, "qp"}, {0x23C, "c"}, {0x23F, "s"}, {0x240, "z"},
	{0x247, "e"}, {0x249, "j"}, {0x24B, "q"}, {0x24D, "r"},  {0x24F, "y"},
};

static const char *docutils_ascii(int32_t c)
{
	for (size_t i = 0; i < sizeof docutils_letters / sizeof *docutils_letters; i++)
		if (docutils_letters[i].c == c)
			return docutils_letters[i].ascii;
	return NULL;
}

static void docutils_lower(struct str text, struct buf *out)
{
	int32_t c;
	while (unicode_take(&text, &c)) {
		int32_t lower = unicode_lower(c);
		const char *ascii = docutils_ascii(lower);
		if (ascii)
			buf_add_c(out, ascii);
		else
			unicode_add(out, lower);
	}
}

/* ASCII letters and digits with one hyphen between; none and no digit at the start. */
void slug_docutils(struct str text, struct buf *out)
{
	AUTOBUF struct buf lower;
	AUTOBUF struct buf parts;
	buf_init(&lower, ROOM);
	buf_init(&parts, ROOM);
	docutils_lower(text, &lower);
	unicode_decompose(buf_str(&lower), &parts);
	for (size_t i = 0; i < parts.n; i++) {
		unsigned char c = (unsigned char)parts.p[i];
		if (is_ascii_alnum(c) && (out->n || c > '9'))
			buf_add_char(out, (char)c);
		else if (c < 0x80)
			add_hyphen_once(out);
	}
	drop_last_hyphens(out);
}

static bool is_vue_gap(int32_t c)
{
	bool quote = c == 0x2018 || c == 0x2019 || c == 0x201C || c == 0x201D;
	return quote || unicode_is_space(c) || is_in_set(c, "~`!@#$%^&*()-_+=[]{}|\\;:\"'<>,.?/");
}

/* Decomposed without accents; ASCII punctuation and blanks are gaps, the rest stays; a digit at the start gets a "_". */
void slug_mdit_vue(struct str text, struct buf *out)
{
	AUTOBUF struct buf parts;
	buf_init(&parts, ROOM);
	unicode_decompose(text, &parts);
	struct str rest = buf_str(&parts);
	int32_t c;
	while (unicode_take(&rest, &c)) {
		if (c < 0x20 || (c >= 0x300 && c <= 0x36F))
			continue;
		if (is_vue_gap(c)) {
			add_hyphen_once(out);
			continue;
		}
		if (!out->n && c >= '0' && c <= '9')
			buf_add_char(out, '_');
		unicode_add_lower(out, c);
	}
	drop_last_hyphens(out);
}

static bool is_gitbook_symbol(int32_t c)
{
	static const int32_t symbols[] = {0xA9,   0x2211, 0xAE,   0x2020, 0x201C, 0x201D, 0x2018, 0x2019,
	                                  0x2202, 0x192,  0x2122, 0x2120, 0x2026, 0x153,  0x152,  0x2DA,
	                                  0xBA,   0xAA,   0x2022, 0x2206, 0x221E, 0x2665};
	for (size_t i = 0; i < sizeof symbols / sizeof *symbols; i++)
		if (symbols[i] == c)
			return true;
	return is_in_set(c, "[]!\"'#$%&()*+,./:;<=>?@\\^_`{|}~");
}

/* A list of symbols goes, all else stays; the first hyphen goes, one only. */
void slug_gitbook(struct str text, struct buf *out)
{
	int32_t c;
	bool first = true;
	while (unicode_take(&text, &c)) {
		if (is_gitbook_symbol(c))
			continue;
		if (!first || (c != ' ' && c != '-'))
			unicode_add_lower(out, c == ' ' ? '-' : c);
		first = false;
	}
}

/* Lower case first, so that what it brings along is judged too. */
void slug_mdbook(struct str text, struct buf *out)
{
	AUTOBUF struct buf lower;
	buf_init(&lower, ROOM);
	int32_t c;
	while (unicode_take(&text, &c))
		unicode_add_lower(&lower, c);
	struct str rest = buf_str(&lower);
	while (unicode_take(&rest, &c)) {
		if (unicode_is_space(c))
			buf_add_char(out, '-');
		else if (c == '_' || c == '-' || unicode_is_alphabetic(c) || unicode_is_number(c))
			unicode_add(out, c);
	}
}

/* Nothing goes; a run of blanks is a hyphen. */
void slug_markdown_it(struct str text, struct buf *out)
{
	bool gap = false;
	int32_t c;
	while (unicode_take(&text, &c)) {
		if (!unicode_is_space(c))
			unicode_add_lower(out, c);
		else if (!gap)
			buf_add_char(out, '-');
		gap = unicode_is_space(c);
	}
}

/* Words of letters, numbers, "_", "-" and "." with a hyphen between them, from the first letter on. */
void slug_pandoc(struct str text, struct buf *out)
{
	bool gap = false;
	int32_t c;
	while (unicode_take(&text, &c)) {
		bool kept = unicode_is_letter(c) || unicode_is_number(c) || is_in_set(c, "_-.");
		gap = gap || unicode_is_space(c);
		if (!kept || (!out->n && !unicode_is_letter(c)))
			continue;
		if (gap && out->n)
			buf_add_char(out, '-');
		gap = false;
		unicode_add(out, unicode_lower(c));
	}
}

static bool is_pandoc_gfm(int32_t c)
{
	return c == '-' || unicode_is_letter(c) || unicode_is_number(c) || unicode_is_mark(c) || unicode_joins(c);
}

/* Pictures are called by name, as people write them between colons: those that headings have. */
static const struct {
	int32_t c;
	const char *name;
} emoji[] = {
	{0x1F6A8, "rotating_light"},
	{0x26A0, "warning"},
	{0x1F525, "fire"},
	{0x2705, "white_check_mark"},
	{0x274C, "x"},
	{0x1F4CA, "bar_chart"},
	{0x1F527, "wrench"},
	{0x1F4DD, "memo"},
	{0x1F680, "rocket"},
	{0x1F50D, "mag"},
	{0x1F6E0, "hammer_and_wrench"},
	{0x1F4CB, "clipboard"},
	{0x1F4A1, "bulb"},
	{0x23F1, "stopwatch"},
	{0x1F512, "lock"},
	{0x1F504, "arrows_counterclockwise"},
	{0x1F3AF, "dart"},
	{0x1F534, "red_circle"},
	{0x1F6D1, "stop_sign"},
	{0x1F4DE, "telephone_receiver"},
};

static const char *emoji_name(int32_t c)
{
	for (size_t i = 0; i < sizeof emoji / sizeof *emoji; i++)
		if (emoji[i].c == c)
			return emoji[i].name;
	return NULL;
}

void slug_pandoc_gfm(struct str text, struct buf *out)
{
	bool gap = false;
	int32_t c;
	while (unicode_take(&text, &c)) {
		const char *name = emoji_name(c);
		if (unicode_is_space(c) && !gap)
			buf_add_char(out, '-');
		else if (name)
			buf_add_c(out, name);
		else if (is_pandoc_gfm(c))
			unicode_add_lower(out, c);
		gap = unicode_is_space(c);
	}
}
