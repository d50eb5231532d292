/* Saved webhook bodies: as they were posted, or with the time and the source that they came at and from. */
#include "base/buf_json.h"
#include "base/json_reader.h"
#include "base/time.h"
#include "history_impl.h"

#define BODY_MAX ((size_t)512 * 1024 * 1024)
#define TEXT_MOST ((size_t)4096) /* of a time, or a source's name */

/* What is said beside the alerts; the first of these names that says a time. */
static const struct str time_names[] = {STR_INIT("at"), STR_INIT("received_at"), STR_INIT("time"),
                                        STR_INIT("timestamp"), STR_INIT("@timestamp")};
#define TIME_NAMES (sizeof time_names / sizeof *time_names)

struct saved_body {
	struct str source, body; /* body: with what is around it, where there is no wrapper */
	int64_t at[TIME_NAMES];  /* 0: not said */
	bool alerts;             /* the document itself has a list of alerts */
};

/* ---- a document as it is written ---- */

static void take_saved_text(struct saved_body *s, struct arena *arena, struct str name, const struct json_token *value)
{
	struct str text = json_token_text(arena, value, TEXT_MOST);
	int64_t ms;

	if (str_eq_c(name, "source"))
		s->source = text;
	for (size_t i = 0; i < TIME_NAMES; i++)
		if (str_eq(name, time_names[i]) && time_parse(text, &ms))
			s->at[i] = ms;
}

static void take_saved_body(struct saved_body *s, struct str name, struct str raw)
{
	if (str_eq_c(name, "body") && raw.p[0] == '{')
		s->body = raw;
	if (str_eq_c(name, "alerts") && raw.p[0] == '[')
		s->alerts = true;
}

static bool skim(struct arena *arena, struct str document, struct saved_body *out)
{
	struct json_reader r;
	struct json_token name, value;
	struct str raw;

	*out = (struct saved_body){.source = STR("")};
	json_reader_init(&r, arena, document);
	if (json_next(&r, SIZE_MAX, &name) != TOKEN_OBJECT)
		return false;
	while (json_next(&r, SIZE_MAX, &name) == TOKEN_NAME) {
		struct str text = json_token_text(arena, &name, TEXT_MOST);
		if (json_pass_over(&r, &raw))
			take_saved_body(out, text, raw);
		else if (json_next(&r, SIZE_MAX, &value) == TOKEN_STRING)
			take_saved_text(out, arena, text, &value);
	}
	if (!out->body.n)
		out->body = document;
	else
		out->alerts = true; /* whether it has is for its reader to say */
	return name.kind == TOKEN_END && json_next(&r, SIZE_MAX, &value) == TOKEN_FINISHED && out->alerts;
}

static int64_t stated_time(const struct saved_body *s)
{
	for (size_t i = 0; i < TIME_NAMES; i++)
		if (s->at[i])
			return s->at[i];
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

/* `body` is in the event's arena. */
static bool read_saved_body(struct history_event *e, const struct config *c, struct str body, int64_t at)
{
	const struct config_source *known = c ? config_source(c, e->source) : NULL;
	AUTOERR struct err err = ERR_INIT;

	if (!webhook_parse_known(e->arena, body, known ? &known->labels : NULL, c ? ruleset_label_names(c->ruleset) : NULL,
	                         e->known, &e->hook, &err))
		return false;
	e->at = at ? at : latest_change(&e->hook);
	return e->at != 0;
}

bool history_saved(struct history_file *f, struct str document)
{
	struct history_event *e = history_event_of(f->history, HISTORY_OF_BODIES);
	struct saved_body saved;
	bool good = skim(e->arena, arena_str(e->arena, document), &saved);

	e->source = saved.source;
	if (good && read_saved_body(e, f->history->config, saved.body, stated_time(&saved))) {
		history_put(f, e);
		return true;
	}
	history_event_free(e);
	return false;
}

/* ---- a document that is a tree already ---- */

static bool is_document_written(struct buf *out, const json_t *document)
{
	buf_init(out, BODY_MAX);
	buf_add_json(out, document);
	return buf_ok(out);
}

struct history_event *history_read_body(const struct config *c, const json_t *body, int64_t at)
{
	struct history_event *e = history_event_new(HISTORY_BODY);
	AUTOBUF struct buf text;

	e->source = STR("");
	if (is_document_written(&text, body) && read_saved_body(e, c, arena_str(e->arena, buf_str(&text)), at))
		return e;
	history_event_free(e);
	return NULL;
}

bool history_document(struct history_file *f, const json_t *document)
{
	AUTOBUF struct buf text;

	return is_document_written(&text, document) && history_saved(f, buf_str(&text));
}
