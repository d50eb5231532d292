/*
 * The runbook pages (INTERFACE section 5), and the one thing that can be done from them.
 */
#include "api_impl.h"
#include "base/form.h"
#include "io/loop.h"
#include "runbook_page.h"
#include "service/lookup.h"

#define FORM_MAX 4096 /* bytes of a name in a form */

/* ---- pages ---- */

/* What is longer is no key, and is not written into every link of a page. */
static struct str asked_incident(struct http_exchange *x)
{
	return str_slice(api_query(x, "incident"), 0, INCIDENT_PROVIDER_KEY_MAX);
}

struct reading {
	struct api *api;
	struct http_exchange *x;
	struct str path;
};

static void send_runbook_page(const struct reading *r, const struct incident *inc, const char *trouble)
{
	AUTOARENA struct arena *arena = arena_new();
	struct page *page = page_new(r->api, r->x, runbook_page_root(arena, r->path));
	const struct runbook_page runbook = {
		.page = page,
		.config = page->config,
		.out = &page->out,
		.path = r->path,
		.by = api_query(r->x, "by"),
		.q = str_trim(api_query(r->x, "q")),
		.key = asked_incident(r->x),
		.incident = inc,
		.trouble = trouble,
		.now = page->now,
	};
	page_reply(page, runbook_page_write(&runbook));
}

static void incident_found(void *arg, const struct lookup_result *found)
{
	AUTOFREE struct reading *r = arg;
	send_runbook_page(r, found->result == OPERATE_OK ? found->inc : NULL, found->error);
}

void api_runbook_page(struct api *api, struct http_exchange *x, struct str segment)
{
	struct reading r = {api, x, segment};
	struct str key = asked_incident(x);
	if (!key.n) {
		send_runbook_page(&r, NULL, "");
		return;
	}
	struct reading *kept = mem_alloc(sizeof *kept);
	*kept = r;
	lookup_incident(api->router, key, incident_found, kept);
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
	const struct catalog_text *page = catalog_text(a->api->router->config->catalog, api_query(a->x, "page"));
	const struct runbook_page here = {.path = STR("-/ack"), .key = api_query(a->x, "incident")};
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
	operate_command(api->router, api_query(x, "incident"), COMMAND_ACK, &args, acknowledged, a);
}
