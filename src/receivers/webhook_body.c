#include "base/buf.h"
#include "webhook_settings.h"

static json_t *named(struct str name)
{
	return name.n ? json_pack("{so}", "name", view_text(name)) : json_object();
}

static json_t *severity(const struct incident *inc)
{
	json_t *o = named(inc->severity.name);
	json_object_set_new(o, "rank", json_integer(inc->severity.rank));
	json_object_set_new(o, "response", view_duration(inc->severity.response_ms));
	json_object_set_new(o, "resolution", view_duration(inc->severity.resolution_ms));
	return o;
}

/* What a template sees; `names` in webhook_settings.c lists the same. */
static json_t *context(const struct message *m)
{
	const struct incident *inc = m->incident;
	json_t *o = json_object();
	json_object_set(o, "incident", m->view);
	json_object_set(o, "labels", json_object_get(m->view, "labels"));
	json_object_set(o, "annotations", json_object_get(m->view, "annotations"));
	json_object_set(o, "runbook", json_object_get(m->view, "runbook"));
	json_object_set_new(o, "severity", severity(inc));
	json_object_set_new(o, "owner", named(inc->owner));
	json_object_set_new(o, "summary", view_text(m->summary));
	json_object_set_new(o, "event", json_string(message_event_name(m->event)));
	json_object_set_new(o, "dedup_key", json_string(m->dedup_key));
	json_object_set_new(o, "attempt", json_integer((json_int_t)m->attempt));
	json_object_set_new(o, "incident_url", view_text(m->incident_url));
	return o;
}

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
	json_t *names = context(m);
	bool ok = template_render(s->body, names, s->is_json ? ESCAPE_JSON : ESCAPE_NONE, &b) && buf_ok(&b);
	json_decref(names);
	if (!ok || (s->is_json && !is_json_text(buf_str(&b))))
		return false;
	out->body = arena_str(out->arena, buf_str(&b));
	return true;
}

static bool from_incident(const struct message *m, struct receiver_request *out)
{
	json_t *view = json_deep_copy(m->view); /* the message's own must stay whole when this one is cut */
	json_t *o = json_pack("{ss ss ss sI so}", "version", "1", "event", message_event_name(m->event), "dedup_key",
	                      m->dedup_key, "attempt", (json_int_t)m->attempt, "incident", view);
	json_t *cuts[] = {json_object_get(view, "annotations"), json_object_get(view, "labels")};
	bool ok = request_json(out->arena, o, cuts, sizeof cuts / sizeof *cuts, &out->body);
	json_decref(o);
	return ok;
}

bool webhook_body(const struct webhook_settings *s, const struct message *m, struct receiver_request *out)
{
	if (s->body && from_template(s, m, out))
		return true;
	out->template_failed = s->body != NULL;
	return from_incident(m, out);
}
