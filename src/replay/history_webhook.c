/* Saved webhook bodies: as they were posted, or with the time and the source that they came at and from. */
#include "base/buf_json.h"
#include "base/time.h"
#include "history_impl.h"

#define BODY_MAX ((size_t)512 * 1024 * 1024)

static struct str text_of(const json_t *object, const char *name)
{
	const json_t *value = json_object_get(object, name);
	return json_is_string(value) ? (struct str){json_string_value(value), json_string_length(value)} : STR("");
}

static int64_t stated_time(const json_t *document)
{
	static const char *const names[] = {"at", "received_at", "time", "timestamp", "@timestamp"};
	int64_t ms;

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (time_parse(text_of(document, names[i]), &ms))
			return ms;
	return 0;
}

/* It cannot have been sent before. */
static int64_t latest_change(const struct webhook *hook)
{
	int64_t latest = 0;

	for (size_t i = 0; i < hook->count; i++) {
		const struct alert *a = &hook->alerts[i];
		int64_t changed = a->resolved && a->ends_at ? a->ends_at : a->starts_at;
		latest = changed > latest ? changed : latest;
	}
	return latest;
}

struct history_event *history_read_body(const struct config *c, struct str source, const json_t *body, int64_t at)
{
	struct history_event *e = history_event_new(HISTORY_BODY);
	const struct config_source *known = c ? config_source(c, source) : NULL;
	AUTOERR struct err err = ERR_INIT;
	AUTOBUF struct buf text;

	buf_init(&text, BODY_MAX);
	buf_add_json(&text, body);
	struct str kept = arena_str(e->arena, buf_str(&text));
	bool good = buf_ok(&text) && webhook_parse(e->arena, kept, known ? &known->labels : NULL, &e->hook, &err);
	e->source = arena_str(e->arena, source);
	e->at = at || !good ? at : latest_change(&e->hook);
	if (good && e->at)
		return e;
	history_event_free(e);
	return NULL;
}

bool history_document(struct history_file *f, const json_t *document)
{
	const json_t *inner = json_object_get(document, "body");
	const json_t *body = json_is_object(inner) ? inner : document;

	if (!json_is_array(json_object_get(body, "alerts")))
		return false;
	struct history_event *e =
		history_read_body(f->history->config, text_of(document, "source"), body, stated_time(document));
	if (!e)
		return false;
	history_put(f, e);
	return true;
}
