/*
 * What people do on an incident's page: forms that work without the script, by the rights of who asks. That a post comes
 * from a page of ours is looked at at the door (api_door.c).
 */
#include "base/form.h"
#include "base/mem.h"
#include "page_incident.h"

#define FORM_MAX 4096 /* bytes of a field */

/* ---- the forms ---- */

static void form_begin(struct page *p, const struct incident *inc, const char *verb)
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

	form_begin(p, inc, "note");
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

void incident_forms(struct page *p, const struct incident *inc)
{
	struct html *h = &p->html;

	if (!page_may(p, RIGHT_RESPOND))
		return;
	html_open(h, "div");
	html_class(h, "forms");
	write_note_form(p, inc);
	if (incident_is_open(inc) && incident_acknowledgement(inc)) {
		form_begin(p, inc, "unack");
		write_button(h, "Take the acknowledgement back");
	}
	if (incident_is_open(inc) && page_may(p, RIGHT_OPERATE)) {
		form_begin(p, inc, "resolve");
		write_button(h, "Resolve by hand");
	}
	if (incident_dead(inc) && page_may(p, RIGHT_OPERATE)) {
		form_begin(p, inc, "retry");
		write_button(h, "Try to deliver again");
	}
	html_close(h);
}

/* ---- what they post ---- */

struct posting {
	struct api *api;
	struct http_exchange *x;
	struct arena *arena;
	struct str key;
};

static void posted(void *arg, const struct operate_reply *reply)
{
	static const int codes[] = {
		[OPERATE_OK] = 200, [OPERATE_NOT_FOUND] = 404, [OPERATE_BAD] = 409, [OPERATE_UNAVAILABLE] = 503};
	struct posting *g = arg;

	/* from /incidents/KEY/ack back to /incidents/KEY */
	if (reply->result == OPERATE_OK)
		page_redirect(g->x, str_c(arena_printf(g->arena, "../%.*s", STR_ARG(g->key))));
	else
		page_refuse(g->api, g->x, "../../", codes[reply->result], str_c(reply->error));
	arena_free(g->arena);
}

static void post_command(struct api *api, struct http_exchange *x, struct str key, enum command command)
{
	struct arena *arena = arena_new();
	struct posting *g = arena_alloc(arena, sizeof *g);
	struct command_args args = {.note = {NULL, 0}};

	*g = (struct posting){api, x, arena, arena_str(arena, key)};
	if (form_value(arena, http_body(x), "by", FORM_MAX, &args.by))
		args.by = str_trim(args.by);
	if (form_value(arena, http_body(x), "note", FORM_MAX, &args.note))
		args.note = str_trim(args.note);
	if (http_user(x).n)
		args.by = arena_str(arena, http_user(x)); /* who it is counts, not who he says he is */
	operate_command(api->router, key, command, &args, posted, g);
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
