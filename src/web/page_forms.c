/*
 * What people do on an incident's page: forms that work without the script, by the rights of who asks. That a post comes
 * from a page of ours is looked at at the door (api_door.c).
 */
#include "base/form.h"
#include "base/mem.h"
#include "page_incident.h"

#define FORM_MAX 4096 /* bytes of a field */

/* ---- the forms ---- */

void incident_form_begin(struct page *p, const struct incident *inc, const char *verb)
{
	struct html *h = &p->html;

	p->has_form = true;
	html_open(h, "form");
	html_attr_c(h, "method", "post");
	html_attr_printf(h, "action", "%sincidents/%s/%s", p->root, inc->key, verb);
}

static void write_button(struct html *h, const char *text)
{
	html_leaf_c(h, "button", "quiet", text);
	html_close(h);
}

static void write_note_form(struct page *p, const struct incident *inc)
{
	struct html *h = &p->html;

	incident_form_begin(p, inc, "note");
	incident_name_field(p);
	html_open(h, "label");
	html_say_c(h, "Note ");
	html_open(h, "input");
	html_attr_c(h, "name", "note");
	html_attr_c(h, "maxlength", "1000");
	html_attr_c(h, "autocomplete", "off");
	html_flag(h, "required");
	html_close(h);
	html_close(h);
	write_button(h, "Add note");
}

static void write_respond_forms(struct page *p, const struct incident *inc)
{
	write_note_form(p, inc);
	if (incident_is_open(inc) && incident_acknowledgement(inc)) {
		incident_form_begin(p, inc, "unack");
		write_button(&p->html, "Take the acknowledgement back");
	}
}

static void write_operate_forms(struct page *p, const struct incident *inc)
{
	if (incident_is_open(inc)) {
		incident_form_begin(p, inc, "resolve");
		write_button(&p->html, "Resolve by hand");
	}
	if (incident_dead(inc)) {
		incident_form_begin(p, inc, "retry");
		write_button(&p->html, "Try to deliver again");
	}
}

void incident_forms(struct page *p, const struct incident *inc)
{
	bool responds = page_may(p, RIGHT_RESPOND), operates = page_may(p, RIGHT_OPERATE);

	if (!responds && !operates)
		return;
	html_open(&p->html, "div");
	html_class(&p->html, "forms");
	if (responds)
		write_respond_forms(p, inc);
	if (operates)
		write_operate_forms(p, inc);
	if (responds)
		incident_more_forms(p, inc);
	html_close(&p->html);
}

/* ---- what they post ---- */

void page_posted(void *arg, const struct operate_reply *reply)
{
	static const int codes[] = {
		[OPERATE_OK] = 200, [OPERATE_NOT_FOUND] = 404, [OPERATE_BAD] = 409, [OPERATE_UNAVAILABLE] = 503};
	struct page_posting *g = arg;

	/* from /incidents/KEY/ack back to /incidents/KEY */
	if (reply->result == OPERATE_OK)
		page_redirect(g->x, str_c(arena_printf(g->arena, "../%.*s", STR_ARG(g->key))));
	else
		page_refuse(g->api, g->x, "../../", codes[reply->result], str_c(reply->error));
	arena_free(g->arena);
}

struct page_posting *page_posting_new(struct api *api, struct http_exchange *x, struct str key)
{
	struct arena *arena = arena_new();
	struct page_posting *g = arena_alloc(arena, sizeof *g);

	*g = (struct page_posting){api, x, arena, arena_str(arena, key)};
	return g;
}

struct str page_posting_field(const struct page_posting *g, const char *name)
{
	struct str value = {NULL, 0};
	return form_value(g->arena, http_body(g->x), name, FORM_MAX, &value) ? str_trim(value) : (struct str){NULL, 0};
}

/* Who it is counts, not who he says he is. */
struct str page_posting_by(const struct page_posting *g)
{
	return http_user(g->x).n ? arena_str(g->arena, http_user(g->x)) : page_posting_field(g, "by");
}

void page_posting_refuse(struct page_posting *g, const char *why)
{
	page_refuse(g->api, g->x, "../../", 400, str_c(why));
	arena_free(g->arena);
}

static void post_command(struct api *api, struct http_exchange *x, struct str key, enum command command)
{
	struct page_posting *g = page_posting_new(api, x, key);
	const struct command_args args = {.by = page_posting_by(g), .note = page_posting_field(g, "note")};

	operate_command(api->router, key, command, &args, page_posted, g);
}

void api_form_ack(struct api *api, struct http_exchange *x, struct str segment)
{
	post_command(api, x, segment, COMMAND_ACK);
}

void api_form_unack(struct api *api, struct http_exchange *x, struct str segment)
{
	post_command(api, x, segment, COMMAND_UNACK);
}

void api_form_resolve(struct api *api, struct http_exchange *x, struct str segment)
{
	post_command(api, x, segment, COMMAND_RESOLVE);
}

void api_form_retry(struct api *api, struct http_exchange *x, struct str segment)
{
	post_command(api, x, segment, COMMAND_RETRY);
}

void api_form_note(struct api *api, struct http_exchange *x, struct str segment)
{
	post_command(api, x, segment, COMMAND_NOTE);
}
