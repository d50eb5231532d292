/*
 * Acknowledge links. Opening one shows a page and changes nothing, for mail scanners and link previews open every link;
 * its button acknowledges. The link is the right to do so: nobody logs in at 3 a.m. with one eye open.
 */
#include "ack_page.h"
#include "api_impl.h"
#include "base/form.h"
#include "base/log.h"
#include "service/ack_links.h"
#include "service/feedback_run.h"
#include "service/lookup.h"

#define NAME_COOKIE "runbookd_name"
#define COOKIE_SECONDS (365 * 24 * 3600)
#define FORM_MAX 4096  /* bytes of the form that are read */
#define FIELD_MAX 1024 /* bytes of the name's field as it is sent */
#define NOBODY "somebody with the link"
#define HEADERS_MAX 6

struct by_link {
	struct api *api;
	struct http_exchange *x;
	struct arena *arena;
	struct config *config;
	struct ack_token token;
	struct str who;
	bool remember; /* the name was typed: the next page's form knows it */
};

static void by_link_free(struct by_link *l)
{
	config_unref(l->config);
	arena_free(l->arena);
}

/* ---- the answer ---- */

static void count_link(struct api *api, enum ack_page_state state)
{
	struct str name = str_c(ack_page_name(state));
	metrics_add(api->router->metrics, METRIC_ACK_LINKS, &name, 1);
}

void api_touch_ack_links(struct api *api)
{
	for (int i = 0; i < ACK_PAGE_STATES; i++) {
		struct str name = str_c(ack_page_name((enum ack_page_state)i));
		metrics_touch(api->router->metrics, METRIC_ACK_LINKS, &name);
	}
}

/* Without a path: the browser takes that of the links. */
static const char *name_cookie(const struct by_link *l)
{
	AUTOBUF struct buf b;
	buf_init(&b, FIELD_MAX);
	buf_add_c(&b, NAME_COOKIE "=");
	template_escape_add(&b, l->who, ESCAPE_URL);
	buf_printf(&b, "; Max-Age=%d; HttpOnly; SameSite=Lax%s", COOKIE_SECONDS,
	           str_starts(l->config->external_url, STR("https://")) ? "; Secure" : "");
	return arena_cstr(l->arena, buf_str(&b));
}

/*
 * The path holds the token: no other host hears of it, and nothing keeps it. With no-referrer browsers would make the
 * form's Origin "null", which looks like another site's.
 */
static void reply_ack_page(const struct by_link *l, int code, struct str html)
{
	struct http_reply_header headers[HEADERS_MAX] = {
		{"Content-Security-Policy", ack_page_policy()},
		{"X-Content-Type-Options", "nosniff"},
		{"X-Frame-Options", "DENY"},
		{"Referrer-Policy", "same-origin"},
		{"Cache-Control", "no-store"},
	};
	size_t n = HEADERS_MAX - 1;
	if (l->remember)
		headers[n++] = (struct http_reply_header){"Set-Cookie", name_cookie(l)};
	http_reply(l->x, code, "text/html; charset=utf-8", html, headers, n);
}

static void by_link_end(struct by_link *l, enum ack_page_state state, const struct incident *inc)
{
	AUTOBUF struct buf html;
	const struct ack_page page = {
		.state = state, .config = l->config, .inc = inc, .generation = l->token.generation, .who = l->who};
	buf_init(&html, ACK_PAGE_MAX);
	count_link(l->api, state);
	if (ack_page_write(&page, &html))
		reply_ack_page(l, ack_page_code(state), buf_str(&html));
	else
		api_reply_text(l->x, 500, "the page is too large\n");
	by_link_free(l);
}

/* ---- who ---- */

/* One line of whole characters. */
static struct str name_kept(struct arena *arena, struct str given)
{
	char *out = arena_alloc(arena, ACK_WHO_MAX + 1);
	size_t n = 0, step;
	given = str_trim(given);
	for (size_t i = 0; i < given.n; i += step) {
		struct str rest = str_slice(given, i, given.n);
		step = str_utf8_len(rest);
		bool shown = step > 1 || (step == 1 && (unsigned char)*rest.p >= 0x20 && *rest.p != 0x7f);
		struct str one = shown ? str_slice(rest, 0, step) : STR(" ");
		step = step ? step : 1;
		if (!shown && n && out[n - 1] == ' ')
			continue;
		if (n + one.n > ACK_WHO_MAX)
			break;
		for (size_t k = 0; k < one.n; k++)
			out[n++] = one.p[k];
	}
	return str_trim((struct str){out, n});
}

/* Whom the link names, else who this browser said it was last time. */
static struct str known_name(const struct by_link *l)
{
	struct str cookie = form_cookie(http_header(l->x, "Cookie"), NAME_COOKIE);
	if (l->token.who.n)
		return name_kept(l->arena, l->token.who);
	return name_kept(l->arena,
	                 form_unescape(l->arena, str_slice(cookie, 0, cookie.n < FIELD_MAX ? cookie.n : FIELD_MAX)));
}

static struct str typed_name(const struct by_link *l)
{
	struct str typed;
	struct str body = http_body(l->x);
	if (!form_value(l->arena, str_slice(body, 0, body.n < FORM_MAX ? body.n : FORM_MAX), "by", FIELD_MAX, &typed))
		return (struct str){NULL, 0};
	return name_kept(l->arena, typed);
}

/* ---- the link ---- */

/* NULL: it was answered. */
static struct by_link *open_ack_link(struct api *api, struct http_exchange *x, struct str token)
{
	static const enum ack_page_state refused[] = {
		[ACK_TOKEN_EXPIRED] = ACK_PAGE_EXPIRED, [ACK_TOKEN_FOREIGN] = ACK_PAGE_FOREIGN};
	AUTOERR struct err err = ERR_INIT;
	struct arena *arena = arena_new();
	struct by_link *l = arena_alloc(arena, sizeof *l);
	enum ack_token_result result;
	*l = (struct by_link){.api = api, .x = x, .arena = arena, .config = config_ref(api->router->config)};
	if (!ack_links_read(api->router->ack_links, arena, token, &result, &l->token, &err)) {
		LOG(LOG_ERROR, "Cannot read the secret of acknowledge links", LOG_S("error", err_first(&err)));
		by_link_end(l, ACK_PAGE_UNAVAILABLE, NULL);
		return NULL;
	}
	if (result != ACK_TOKEN_GOOD) {
		by_link_end(l, refused[result], NULL);
		return NULL;
	}
	return l;
}

static enum ack_page_state ack_state_of(enum feedback_result result, enum ack_page_state done)
{
	switch (result) {
	case FEEDBACK_DONE: return done;
	case FEEDBACK_UNCHANGED: return ACK_PAGE_ALREADY;
	case FEEDBACK_OLD: return ACK_PAGE_OLD;
	case FEEDBACK_USED: return ACK_PAGE_USED;
	case FEEDBACK_OVER: break;
	}
	return ACK_PAGE_OVER;
}

static void looked_up(void *arg, const struct lookup_result *found)
{
	struct by_link *l = arg;
	if (found->result == OPERATE_OK)
		by_link_end(
			l,
			ack_state_of(incident_feedback_expected(found->inc, l->token.generation, &l->token.round), ACK_PAGE_ASKS),
			found->inc);
	else
		by_link_end(l, found->result == OPERATE_UNAVAILABLE ? ACK_PAGE_UNAVAILABLE : ACK_PAGE_ABSENT, NULL);
}

void api_ack_page(struct api *api, struct http_exchange *x, struct str segment)
{
	struct by_link *l = open_ack_link(api, x, segment);
	if (!l)
		return;
	l->who = known_name(l);
	lookup_incident(api->router, l->token.key, looked_up, l);
}

static void acknowledged_by_link(void *arg, const struct feedback_answer *answer)
{
	struct by_link *l = arg;
	switch (answer->what) {
	case FEEDBACK_APPLIED: by_link_end(l, ack_state_of(answer->result, ACK_PAGE_DONE), answer->inc); return;
	case FEEDBACK_ABSENT: by_link_end(l, ACK_PAGE_ABSENT, NULL); return;
	case FEEDBACK_UNAVAILABLE: break;
	}
	by_link_end(l, ACK_PAGE_UNAVAILABLE, NULL);
}

void api_ack_by_link(struct api *api, struct http_exchange *x, struct str segment)
{
	struct by_link *l = open_ack_link(api, x, segment);
	if (!l)
		return;
	l->who = typed_name(l);
	l->remember = l->who.n > 0;
	if (!l->who.n)
		l->who = known_name(l);
	const struct feedback f = {.verb = FEEDBACK_ACKNOWLEDGE,
	                           .generation = l->token.generation,
	                           .round = &l->token.round,
	                           .args = {l->who.n ? l->who : STR(NOBODY), STR("by the page's link")}};
	feedback_run(api->router, l->token.key, &f, acknowledged_by_link, l);
}
