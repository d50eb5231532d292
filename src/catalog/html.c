/* Escapes text for HTML, and takes the tags out of it. */
#include "catalog/html.h"

#define REPLACEMENT "\xEF\xBF\xBD" /* U+FFFD */

static const char *escape_of(unsigned char c)
{
	switch (c) {
	case '&': return "&amp;";
	case '<': return "&lt;";
	case '>': return "&gt;";
	case '"': return "&quot;";
	case '\'': return "&#39;";
	case '\t':
	case '\n':
	case '\r': return NULL;
	default: return c < 0x20 || c == 0x7F ? REPLACEMENT : NULL;
	}
}

void html_text(struct buf *out, struct str s)
{
	size_t from = 0, i = 0;
	while (i < s.n) {
		size_t n = str_utf8_len(str_slice(s, i, s.n));
		const char *instead = n ? escape_of((unsigned char)s.p[i]) : REPLACEMENT;
		if (instead) {
			buf_add(out, str_slice(s, from, i));
			buf_add_c(out, instead);
			from = i + (n ? n : 1);
		}
		i += n ? n : 1;
	}
	buf_add(out, str_slice(s, from, s.n));
}

/* ---- the text of raw HTML ---- */

/* Where what `opening` begins ends, behind `closing`; the end of the text when it does not. */
static size_t skip_past(struct str s, size_t i, struct str closing)
{
	ptrdiff_t end = str_find(str_slice(s, i, s.n), closing);
	return end < 0 ? s.n : i + (size_t)end + closing.n;
}

static bool starts_nocase(struct str s, struct str word)
{
	return s.n >= word.n && str_eq_nocase(str_slice(s, 0, word.n), word);
}

static size_t skip_unseen(struct str s, size_t i)
{
	static const struct {
		struct str opening, closing;
	} unseen[] = {
		{STR_INIT("<!--"), STR_INIT("-->")},
		{STR_INIT("<script"), STR_INIT("</script>")},
		{STR_INIT("<style"), STR_INIT("</style>")},
	};
	for (size_t k = 0; k < sizeof unseen / sizeof *unseen; k++)
		if (starts_nocase(str_slice(s, i, s.n), unseen[k].opening))
			return skip_past(s, i + unseen[k].opening.n, unseen[k].closing);
	return skip_past(s, i, STR(">"));
}

static bool opens_tag(struct str s, size_t i)
{
	char next = i + 1 < s.n ? s.p[i + 1] : ' ';
	return s.p[i] == '<' &&
	       (next == '/' || next == '!' || next == '?' || (next >= 'a' && next <= 'z') || (next >= 'A' && next <= 'Z'));
}

void html_strip(struct str html, struct buf *text)
{
	for (size_t i = 0; i < html.n;) {
		if (opens_tag(html, i))
			i = skip_unseen(html, i);
		else
			buf_add_char(text, html.p[i++]);
	}
}
