/* The frame of every page. */
#include "page.h"

#include <string.h>

#include "base/mem.h"

#define HEADERS 6

static const struct {
	const char *place, *path, *name;
} places[] = {
	{"open", "", "Open"},
	{"noise", "noise", "Noise"},
	{"rules", "rules", "Rules"},
	{"oncall", "oncall", "On call"},
	{"runbooks", "runbooks/", "Runbooks"},
};

/* ---- the frame ---- */

static void write_meta(struct html *h, const char *name, const char *content)
{
	html_open(h, "meta");
	html_attr_c(h, "name", name);
	html_attr_c(h, "content", content);
	html_close(h);
}

/* Or browsers ask for /favicon.ico. */
static void write_links(struct html *h, const struct page_frame *f)
{
	html_open(h, "link");
	html_attr_c(h, "rel", "icon");
	html_attr_c(h, "href", "data:,");
	html_close(h);
	html_open(h, "link");
	html_attr_c(h, "rel", "stylesheet");
	html_attr_printf(h, "href", "%s-/page.css", f->root);
	html_close(h);
	html_open(h, "script");
	html_attr_printf(h, "src", "%s-/page.js", f->root);
	html_flag(h, "defer");
	html_close(h);
}

/* Who has no script sees what is new all the same. */
static void write_refresh(struct html *h)
{
	html_open(h, "noscript");
	html_open(h, "meta");
	html_attr_c(h, "http-equiv", "refresh");
	html_attr_c(h, "content", "30");
	html_close(h);
	html_close(h);
}

static void write_navigation(struct html *h, const struct page_frame *f)
{
	html_open(h, "a");
	html_class(h, "skip");
	html_attr_c(h, "href", "#main");
	html_say_c(h, "Skip to the content");
	html_close(h);
	html_open(h, "header");
	html_open(h, "nav");
	html_attr_c(h, "aria-label", "Pages");
	for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
		html_open(h, "a");
		html_attr_printf(h, "href", "%s%s", f->root, places[i].path);
		if (!strcmp(places[i].place, f->place))
			html_attr_c(h, "aria-current", "page");
		html_say_c(h, places[i].name);
		html_close(h);
		html_say_c(h, " ");
	}
	html_close(h);
	html_close(h);
}

void page_frame_begin(struct html *h, const struct page_frame *f)
{
	buf_add_c(h->out, "<!DOCTYPE html>\n");
	html_open(h, "html");
	html_attr_c(h, "lang", "en");
	html_open(h, "head");
	html_open(h, "meta");
	html_attr_c(h, "charset", "utf-8");
	html_close(h);
	write_meta(h, "viewport", "width=device-width, initial-scale=1");
	write_meta(h, "color-scheme", "light dark");
	html_leaf(h, "title", NULL, f->title);
	write_links(h, f);
	if (f->live && !strcmp(f->place, "open"))
		write_refresh(h); /* of a page with fields it would take what somebody types */
	html_close(h);
	html_open(h, "body");
	if (f->live)
		html_attr_printf(h, "data-events", "%sapi/v1/events", f->root);
	write_navigation(h, f);
	html_open(h, "main");
	html_attr_c(h, "id", "main");
	if (f->narrow)
		html_class(h, "narrow");
}

void page_frame_end(struct html *h)
{
	while (h->depth)
		html_close(h);
}

/* ---- answering ---- */

/*
 * A form's post must say which page it came from, or nobody could tell it from another site's: with no-referrer browsers
 * make its Origin "null". So a page with one tells its own host, and only that.
 */
void page_reply_html(struct http_exchange *x, int code, struct str html, bool has_form)
{
	const struct http_reply_header headers[HEADERS] = {
		{"Content-Security-Policy",
	     "default-src 'none'; style-src 'self'; script-src 'self'; img-src data:; connect-src 'self'; "
	     "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"},
		{"X-Content-Type-Options", "nosniff"},
		{"X-Frame-Options", "DENY"},
		{"Referrer-Policy", has_form ? "same-origin" : "no-referrer"},
		{"Cache-Control", "no-store"},
		{"Cross-Origin-Opener-Policy", "same-origin"},
	};
	http_reply(x, code, "text/html; charset=utf-8", html, headers, HEADERS);
}

struct page *page_new(struct api *api, struct http_exchange *x, const char *root)
{
	struct page *p = mem_zero(sizeof *p);

	p->api = api;
	p->x = x;
	p->config = config_ref(api->router->config);
	p->arena = arena_new();
	p->root = arena_cstr(p->arena, str_c(root));
	p->rights = http_rights(x);
	p->now = loop_wall_ms();
	buf_init(&p->out, PAGE_MAX);
	p->html.out = &p->out;
	return p;
}

bool page_may(const struct page *p, unsigned right)
{
	return (p->rights & right) == right;
}

void page_begin(struct page *p, const char *place, struct str title, bool live)
{
	page_frame_begin(&p->html, &(struct page_frame){.root = p->root, .place = place, .title = title, .live = live});
}

void page_reply(struct page *p, int code)
{
	page_frame_end(&p->html);
	if (buf_ok(&p->out))
		page_reply_html(p->x, code, buf_str(&p->out), p->has_form);
	else
		api_reply_text(p->x, 500, "the page is too large\n");
	buf_release(&p->out);
	config_unref(p->config);
	arena_free(p->arena);
	mem_cleanup(&p);
}

void page_refuse(struct api *api, struct http_exchange *x, const char *root, int code, struct str why)
{
	struct page *p = page_new(api, x, root);

	page_begin(p, "", STR("Not done"), false);
	html_leaf_c(&p->html, "h1", NULL, code == 404 ? "There is no such page" : "Not done");
	html_leaf(&p->html, "p", "note", why);
	page_reply(p, code);
}

void page_redirect(struct http_exchange *x, struct str to)
{
	AUTOFREE char *location = mem_str(to);
	const struct http_reply_header header = {"Location", location};
	http_reply(x, 303, "text/plain; charset=utf-8", STR("done\n"), &header, 1);
}
