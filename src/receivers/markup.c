/* Escaping, bold, lists and links of each markup. */
#include "markup.h"

#include "base/ascii.h"

#include <string.h>

#define ZERO_WIDTH_SPACE "\xe2\x80\x8b"

static void plain_escape(struct buf *b, struct str s)
{
	buf_add(b, s);
}

static void html_escape(struct buf *b, struct str s)
{
	template_escape_add(b, s, ESCAPE_HTML);
}

/* With < escaped there is neither <!channel> nor <@U1>. */
static void mrkdwn_escape(struct buf *b, struct str s)
{
	template_escape_add(b, s, ESCAPE_MRKDWN);
}

static void markdown_escape(struct buf *b, struct str s)
{
	template_escape_add(b, s, ESCAPE_MARKDOWN);
}

static void commonmark_escape(struct buf *b, struct str s)
{
	template_escape_add(b, s, ESCAPE_COMMONMARK);
}

/* Telegram finds @names by itself. */
static void telegram_escape(struct buf *b, struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		html_escape(b, str_slice(s, i, i + 1));
		buf_add_c(b, s.p[i] == '@' ? ZERO_WIDTH_SPACE : "");
	}
}

static void telegram_plain_escape(struct buf *b, struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		buf_add_char(b, s.p[i]);
		buf_add_c(b, s.p[i] == '@' ? ZERO_WIDTH_SPACE : "");
	}
}

/* Jira's wiki markup: a backslash takes the meaning from what follows. Within a word - and + have none. [~user] mentions. */
static void jira_escape(struct buf *b, struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		bool within = i && ascii_is_alnum(s.p[i - 1]) && strchr("-+", s.p[i]);
		if (s.p[i] && !within && strchr("{}[]*_?^~|!\\+-", s.p[i]))
			buf_add_char(b, '\\');
		buf_add_char(b, s.p[i]);
	}
}

/* ---- links ---- */

static void plain_link(struct buf *b, struct str url, const char *text)
{
	buf_printf(b, "%s: %.*s", text, STR_ARG(url));
}

static void html_link(struct buf *b, struct str url, const char *text)
{
	buf_add_c(b, "<a href=\"");
	html_escape(b, url);
	buf_add_c(b, "\">");
	html_escape(b, str_c(text));
	buf_add_c(b, "</a>");
}

/* A bar would end the URL. */
static void mrkdwn_link(struct buf *b, struct str url, const char *text)
{
	buf_add_c(b, "<");
	for (size_t i = 0; i < url.n; i++) {
		if (url.p[i] == '|')
			buf_add_c(b, "%7C");
		else
			mrkdwn_escape(b, str_slice(url, i, i + 1));
	}
	buf_printf(b, "|%s>", text);
}

static void markdown_link(struct buf *b, struct str url, const char *text)
{
	buf_printf(b, "[%s](", text);
	for (size_t i = 0; i < url.n; i++) {
		const char *found = url.p[i] ? strchr("()[]*_`~|", url.p[i]) : NULL;
		if (found && *found != '_' && *found != '~')
			buf_printf(b, "%%%02X", (unsigned)(unsigned char)*found);
		else
			buf_add_char(b, url.p[i]);
	}
	buf_add_c(b, ")");
}

static void jira_link(struct buf *b, struct str url, const char *text)
{
	buf_printf(b, "[%s|", text);
	for (size_t i = 0; i < url.n; i++) {
		const char *found = url.p[i] ? strchr("[]|{}", url.p[i]) : NULL;
		if (found)
			buf_printf(b, "%%%02X", (unsigned)(unsigned char)*found);
		else
			buf_add_char(b, url.p[i]);
	}
	buf_add_c(b, "]");
}

/* ---- what a user's template made ---- */

#define OPEN_MAX 32 /* elements within each other */

/* The name behind '<' or '</' at `at`, and where its tag ends; empty where none begins there. */
static struct str element_at(struct str text, size_t at, size_t *end)
{
	size_t begin = at + 1 + (at + 1 < text.n && text.p[at + 1] == '/' ? 1 : 0), n = 0;
	ptrdiff_t close = str_index(str_slice(text, at, text.n), '>');
	while (begin + n < text.n && (ascii_is_alnum(text.p[begin + n]) || text.p[begin + n] == '-'))
		n++;
	*end = close < 0 ? text.n : at + (size_t)close;
	return close < 0 ? (struct str){NULL, 0} : str_slice(text, begin, begin + n);
}

static bool is_element(const struct markup *k, struct str name)
{
	for (const char *const *e = k->elements; *e; e++) {
		if (str_eq_nocase(name, str_c(*e)))
			return true;
	}
	return false;
}

bool markup_takes(const struct markup *k, struct str text)
{
	struct str open[OPEN_MAX];
	size_t depth = 0, end;
	for (size_t i = 0; k->elements && i < text.n; i++) {
		if (text.p[i] != '<')
			continue;
		struct str name = element_at(text, i, &end);
		bool closes = i + 1 < text.n && text.p[i + 1] == '/';
		if (!is_element(k, name) || (closes ? !depth || !str_eq_nocase(open[depth - 1], name) : depth == OPEN_MAX))
			return false;
		if (closes)
			depth--;
		else
			open[depth++] = name;
		i = end;
	}
	return !depth;
}

/* https://core.telegram.org/bots/api#html-style and https://pushover.net/api#html */
static const char *const telegram_elements[] = {"b",   "strong",     "i", "em",   "u",   "ins",        "s",    "strike",
                                                "del", "tg-spoiler", "a", "code", "pre", "blockquote", "span", NULL};
static const char *const pushover_elements[] = {"b", "i", "u", "font", "a", NULL};

const struct markup markup_plain = {plain_escape, ESCAPE_NONE, "", "", "- ", "\n", plain_link, NULL};
const struct markup markup_mrkdwn = {mrkdwn_escape, ESCAPE_MRKDWN, "*", "*", "• ", "\n", mrkdwn_link, NULL};
const struct markup markup_markdown = {markdown_escape, ESCAPE_MARKDOWN, "**", "**", "- ", "\n", markdown_link, NULL};
/* Two blanks before a line's end break it. */
const struct markup markup_commonmark = {
	commonmark_escape, ESCAPE_COMMONMARK, "**", "**", "- ", "  \n", markdown_link, NULL};
const struct markup markup_html = {html_escape, ESCAPE_HTML, "<b>", "</b>", "• ", "\n", html_link, pushover_elements};
const struct markup markup_telegram = {telegram_escape, ESCAPE_HTML,      "<b>", "</b>", "• ", "\n",
                                       html_link,       telegram_elements};
const struct markup markup_telegram_plain = {telegram_plain_escape, ESCAPE_NONE, "", "", "• ", "\n", plain_link, NULL};
const struct markup markup_mail = {html_escape, ESCAPE_HTML, "<b>", "</b>", "• ", "<br>\r\n", html_link, NULL};
const struct markup markup_jira = {jira_escape, ESCAPE_NONE, "*", "*", "- ", "\n", jira_link, NULL};
