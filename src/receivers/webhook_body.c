/* The body of a `webhook` message: the incident's JSON, or the person's own template. */
#include "base/buf.h"
#include "page.h"
#include "webhook_settings.h"

static bool is_json_text(struct str s)
{
	json_t *j = json_loadb(s.n ? s.p : "", s.n, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);
	json_decref(j);
	return j != NULL;
}

/* False when a ceiling was hit, or when what should be JSON is none. */
static bool from_template(const struct webhook_settings *s, const struct message *m, struct receiver_request *out)
{
	AUTOBUF struct buf b;
	buf_init(&b, RECEIVER_BODY_MAX);
	json_t *names = page_context(m);
	bool ok = template_render(s->body, names, s->is_json ? ESCAPE_JSON : ESCAPE_NONE, &b) && buf_ok(&b);
	json_decref(names);
	if (!ok || (s->is_json && !is_json_text(buf_str(&b))))
		return false;
	out->body = arena_str(out->arena, buf_str(&b));
	return true;
}

/* ---- the check ---- */

bool webhook_sample_is_json(const struct template *body)
{
	AUTOARENA struct arena *arena = arena_new();
	AUTOBUF struct buf b;
	struct message m;
	const struct message_context context = {.external_url = STR("https://example.com")};
	buf_init(&b, RECEIVER_BODY_MAX);
	message_init(&m, arena, page_sample(arena), EVENT_TRIGGER, 1, 1, &context);
	json_t *names = page_context(&m);
	bool ok = template_render(body, names, ESCAPE_JSON, &b) && is_json_text(buf_str(&b));
	json_decref(names);
	return ok;
}

/* ---- the default ---- */

#define TEXT_MAX 32768 /* bytes: for people, who will not read more */

static void set_page(json_t *o, const struct receiver_build *in, struct receiver_request *out)
{
	static const struct page_style style = {.markup = &markup_plain, .most = TEXT_MAX, .unit = TEXT_BYTES};
	const struct message *m = in->message;
	json_object_set_new(o, "title", request_text(page_title(in, out, MESSAGE_SUMMARY_MAX, TEXT_BYTES)));
	json_object_set_new(o, "text", request_text(page_full_text(in, out, &style)));
	json_object_set_new(o, "firing", page_members(&m->firing));
	json_object_set_new(o, "recovered", page_members(&m->recovered));
	json_object_set_new(o, "links", page_links(m));
}

static bool from_incident(const struct receiver_build *in, struct receiver_request *out)
{
	const struct message *m = in->message;
	json_t *view = incident_view(m->incident, false);
	json_t *o = json_pack("{ss ss ss sI so}", "version", "1", "event", message_event_name(m->event), "dedup_key",
	                      m->dedup_key, "attempt", (json_int_t)m->attempt, "incident", view);
	set_page(o, in, out);
	json_t *cuts[] = {json_object_get(view, "annotations"), json_object_get(view, "labels")};
	bool ok = request_json(out->arena, o, cuts, sizeof cuts / sizeof *cuts, &out->body);
	json_decref(o);
	return ok;
}

bool webhook_body(const struct webhook_settings *s, const struct receiver_build *in, struct receiver_request *out)
{
	const struct message *m = in->message;
	if (s->body && from_template(s, m, out))
		return true;
	out->template_failed = s->body != NULL;
	return from_incident(in, out);
}
