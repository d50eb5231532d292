/*
 * The runbook pages (INTERFACE section 5), what they load, and the one thing that can be done from them.
 */
#include <string.h>

#include "api_impl.h"
#include "base/form.h"
#include "io/loop.h"
#include "runbook_page.h"

#define FORM_MAX 4096 /* bytes of a name in a form */
#define HEADERS 5

/* ---- what pages load ---- */

#define EMBED(name, file)                                                                                              \
	extern const char name[], name##_end[];                                                                            \
	__asm__(".section .rodata\n"                                                                                       \
	        ".global " #name "\n.hidden " #name "\n"                                                                   \
	        ".global " #name "_end\n.hidden " #name "_end\n" #name ":\n"                                               \
	        ".incbin \"src/web/" file "\"\n" #name "_end:\n"                                                           \
	        ".byte 0\n.previous\n")

EMBED(runbook_page_css, "runbook_page.css");
EMBED(runbook_page_js, "runbook_page.js");

static const struct asset {
	const char *path, *type, *from, *to;
} assets[] = {
	{"-/page.css", "text/css; charset=utf-8", runbook_page_css, runbook_page_css_end},
	{"-/copy.js", "text/javascript; charset=utf-8", runbook_page_js, runbook_page_js_end},
};

static bool reply_asset(struct http_exchange *x, struct str path)
{
	static const struct http_reply_header headers[] = {{"X-Content-Type-Options", "nosniff"},
	                                                   {"Cache-Control", "public, max-age=300"}};
	for (size_t i = 0; i < sizeof assets / sizeof *assets; i++) {
		const struct asset *a = &assets[i];
		if (!str_eq_c(path, a->path))
			continue;
		http_reply(x, 200, a->type, (struct str){a->from, (size_t)(a->to - a->from)}, headers, 2);
		return true;
	}
	return false;
}

/* ---- pages ---- */

/*
 * A form's post must say which page it came from, or nobody could tell it from another site's: with no-referrer browsers
 * make its Origin "null". So a page with the form tells its own host, and only that.
 */
static void reply_page(struct http_exchange *x, int code, struct str html, bool has_form)
{
	const struct http_reply_header headers[HEADERS] = {
		{"Content-Security-Policy", "default-src 'none'; style-src 'self'; script-src 'self'; img-src data:; "
	                                "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"},
		{"X-Content-Type-Options", "nosniff"},
		{"X-Frame-Options", "DENY"},
		{"Referrer-Policy", has_form ? "same-origin" : "no-referrer"},
		{"Cache-Control", "no-store"},
	};
	http_reply(x, code, "text/html; charset=utf-8", html, headers, HEADERS);
}

static struct str query(struct http_exchange *x, const char *name)
{
	struct str value = {NULL, 0};
	return http_query(x, name, 0, &value) ? value : (struct str){NULL, 0};
}

struct reading {
	struct api *api;
	struct http_exchange *x;
	struct str path;
};

static void write_page(const struct reading *r, const json_t *incident, const char *trouble)
{
	AUTOBUF struct buf html;
	buf_init(&html, RUNBOOK_PAGE_MAX);
	const struct runbook_page page = {
		.config = r->api->router->config,
		.out = &html,
		.path = r->path,
		.by = query(r->x, "by"),
		.key = query(r->x, "incident"),
		.incident = incident,
		.trouble = trouble,
		.may_operate = api_is_from_here(r->x),
		.now = loop_wall_ms(),
	};
	int code = runbook_page_write(&page);
	if (code == 500)
		api_reply_text(r->x, code, "the page is too large\n");
	else
		reply_page(r->x, code, buf_str(&html), incident && page.may_operate);
}

static void incident_shown(void *arg, const struct operate_reply *reply)
{
	AUTOFREE struct reading *r = arg;
	write_page(r, reply->result == OPERATE_OK ? reply->data : NULL, reply->error);
}

void api_runbook_page(struct api *api, struct http_exchange *x, struct str segment)
{
	struct reading r = {api, x, segment};
	struct str key = query(x, "incident");
	if (reply_asset(x, segment))
		return;
	if (!key.n) {
		write_page(&r, NULL, "");
		return;
	}
	struct reading *kept = mem_alloc(sizeof *kept);
	*kept = r;
	operate_show(api->router, key, incident_shown, kept);
}

/* Relative, so that it works behind a prefix. */
void api_runbooks_slash(struct api *api, struct http_exchange *x, struct str segment)
{
	static const struct http_reply_header header = {"Location", "runbooks/"};
	(void)api;
	(void)segment;
	http_reply(x, 308, "text/plain; charset=utf-8", STR("see runbooks/\n"), &header, 1);
}

/* ---- acknowledging ---- */

struct acknowledging {
	struct api *api;
	struct http_exchange *x;
	struct arena *arena;
};

/* Back to the page that it came from, if it is one of ours. */
static void reply_back(struct acknowledging *a)
{
	AUTOBUF struct buf to;
	const struct catalog_text *page = catalog_text(a->api->router->config->catalog, query(a->x, "page"));
	const struct runbook_page here = {.path = STR("-/ack"), .key = query(a->x, "incident")};
	buf_init(&to, RUNBOOK_PAGE_MAX);
	page_href(&here, page ? page->path : (struct str){NULL, 0}, (struct str){NULL, 0}, &to);
	const struct http_reply_header header = {"Location", buf_str(&to).p};
	http_reply(a->x, 303, "text/plain; charset=utf-8", STR("acknowledged\n"), &header, 1);
}

static void acknowledged(void *arg, const struct operate_reply *reply)
{
	struct acknowledging *a = arg;
	if (reply->result == OPERATE_OK)
		reply_back(a);
	else
		api_reply_operated(a->x, reply);
	arena_free(a->arena);
}

/* Browsers say where a post comes from, and a page cannot make them lie about it. */
static bool is_from_another_site(const struct http_exchange *x)
{
	struct str site = http_header(x, "Sec-Fetch-Site");
	return site.n && !str_eq_c(site, "same-origin");
}

void api_runbook_ack(struct api *api, struct http_exchange *x, struct str segment)
{
	(void)segment;
	if (is_from_another_site(x)) {
		api_reply_error(x, 403, STR("this form belongs to runbookd's own pages"));
		return;
	}
	struct arena *arena = arena_new();
	struct acknowledging *a = arena_alloc(arena, sizeof *a);
	*a = (struct acknowledging){api, x, arena};
	struct command_args args = {.note = STR("from the runbook page")};
	if (form_value(arena, http_body(x), "by", FORM_MAX, &args.by))
		args.by = str_trim(args.by);
	if (http_user(x).n)
		args.by = arena_str(arena, http_user(x));
	operate_command(api->router, query(x, "incident"), COMMAND_ACK, &args, acknowledged, a);
}
