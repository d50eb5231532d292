/* Where links lead, and where they may not. */
#include <string.h>

#include "catalog/html.h"

#include "base/ascii.h"
#include "markdown_html.h"

#define HREF_MAX (64 * 1024)

/* Bytes of "scheme:", 0 where there is none (RFC 3986). */
static size_t scheme_length(struct str url)
{
	size_t n = 0;
	while (n < url.n && (ascii_is_alpha(url.p[n]) || (n && url.p[n] && strchr("0123456789+-.", url.p[n]))))
		n++;
	return n && n < url.n && url.p[n] == ':' ? n + 1 : 0;
}

static bool scheme_is_harmless(struct str scheme)
{
	static const char *const schemes[] = {"http:", "https:", "mailto:", "tel:"};
	for (size_t i = 0; i < sizeof schemes / sizeof *schemes; i++)
		if (str_eq_nocase(scheme, str_c(schemes[i])))
			return true;
	return false;
}

/* False: it leads nowhere. What browsers would read leniently (blanks before a scheme, "//host") never gets here as it is:
 * it has no scheme, and only what the resolver writes is passed on. */
static bool href_of(const struct html_page *p, struct str url, struct buf *href)
{
	size_t scheme = scheme_length(url);
	if (scheme && !scheme_is_harmless(str_slice(url, 0, scheme)))
		return false;
	if (scheme || str_starts(url, STR("#"))) {
		buf_add(href, url);
		return buf_ok(href);
	}
	return p->links && p->links->resolve(p->links->arg, url, href) && buf_ok(href);
}

static bool open_html_link(struct html_page *p, struct str url, const char *class)
{
	AUTOBUF struct buf href;
	buf_init(&href, HREF_MAX);
	if (!url.n || !href_of(p, url, &href))
		return false;
	buf_printf(p->out, "<a%s href=\"", class);
	html_text(p->out, buf_str(&href));
	buf_add_c(p->out, scheme_length(buf_str(&href)) ? "\" rel=\"noreferrer\">" : "\">");
	return true;
}

void html_enter_link(struct html_page *p, cmark_node *node)
{
	p->in_link = open_html_link(p, str_c(cmark_node_get_url(node)), "");
	p->link_end = p->in_link ? "</a>" : "</span>";
	if (!p->in_link)
		buf_add_c(p->out, "<span class=\"nowhere\">");
}

void html_leave_link(struct html_page *p, cmark_node *node)
{
	(void)node;
	buf_add_c(p->out, p->link_end);
	p->in_link = false;
}

/* Nothing is loaded: an image is a link to it where it is on the web, and its text. */
void html_enter_image(struct html_page *p, cmark_node *node)
{
	struct str url = str_c(cmark_node_get_url(node));
	if (p->images++)
		return;
	p->image_linked = !p->in_link && scheme_length(url) && open_html_link(p, url, " class=\"image\"");
	if (!p->image_linked)
		buf_add_c(p->out, "<span class=\"image\">");
	buf_add_c(p->out, cmark_node_first_child(node) ? "image: " : "image");
}

void html_leave_image(struct html_page *p, cmark_node *node)
{
	(void)node;
	if (--p->images == 0)
		buf_add_c(p->out, p->image_linked ? "</a>" : "</span>");
}

/* ---- bare URLs ---- */

static bool ends_url(char c)
{
	return (unsigned char)c <= ' ' || c == '<' || c == '>' || c == '"' || c == '`';
}

/* Without what belongs to the sentence around it; a closing bracket stays where the URL opened one. */
static size_t url_length(struct str s)
{
	size_t n = 0, open = 0, closed = 0;
	while (n < s.n && !ends_url(s.p[n])) {
		open += s.p[n] == '(';
		closed += s.p[n] == ')';
		n++;
	}
	while (n && strchr(".,;:!?'*_~)", s.p[n - 1])) {
		if (s.p[n - 1] == ')' && closed <= open)
			break;
		closed -= s.p[n - 1] == ')';
		n--;
	}
	return n;
}

static size_t bare_url_at(struct str text, size_t i)
{
	struct str rest = str_slice(text, i, text.n);
	size_t start = str_starts(rest, STR("https://")) ? 8 : str_starts(rest, STR("http://")) ? 7 : 0;
	if (!start || (i && (ascii_is_alpha(text.p[i - 1]) || (text.p[i - 1] >= '0' && text.p[i - 1] <= '9'))))
		return 0;
	size_t n = url_length(rest);
	return n > start ? n : 0;
}

void html_bare_links(struct html_page *p, struct str text)
{
	size_t from = 0;
	for (size_t i = 0; i < text.n;) {
		size_t n = text.p[i] == 'h' ? bare_url_at(text, i) : 0;
		struct str url = str_slice(text, i, i + n);
		if (n) {
			html_text(p->out, str_slice(text, from, i));
			bool linked = open_html_link(p, url, "");
			html_text(p->out, url);
			buf_add_c(p->out, linked ? "</a>" : "");
			from = i + n;
		}
		i += n ? n : 1;
	}
	html_text(p->out, str_slice(text, from, text.n));
}
