/* An Alertmanager's list of alerts, read without a tree. */
#include "alert/listing.h"

#include "base/json_reader.h"

#define LABEL_BYTES_MAX (16 * 1024) /* of one value: longer ones are cut, and then nobody is who they say */

struct reading {
	struct arena *arena;
	const struct source_labels *source;
	struct json_reader json;
	struct alert_list *out;
	size_t capacity;
};

static enum token_kind next_listing_token(struct reading *r, struct json_token *t)
{
	return json_next(&r->json, r->json.text.n, t);
}

static struct str listing_text(struct reading *r, const struct json_token *t)
{
	return arena_str(r->arena, json_token_text(r->arena, t, LABEL_BYTES_MAX));
}

static bool goes_on(enum token_kind kind)
{
	return kind != TOKEN_BROKEN && kind != TOKEN_FINISHED && kind != TOKEN_MORE;
}

/* The rest of a value that began with `kind`. */
static bool skip(struct reading *r, enum token_kind kind)
{
	struct json_token t;
	for (size_t depth = kind == TOKEN_OBJECT || kind == TOKEN_LIST; depth;) {
		kind = next_listing_token(r, &t);
		if (!goes_on(kind))
			return false;
		depth += kind == TOKEN_OBJECT || kind == TOKEN_LIST;
		depth -= kind == TOKEN_END;
	}
	return goes_on(kind);
}

/* The next member of an object: its name, and the token that its value begins with. False at the end. */
static bool next_member(struct reading *r, struct str *name, struct json_token *value)
{
	struct json_token t;
	if (next_listing_token(r, &t) != TOKEN_NAME)
		return false;
	*name = listing_text(r, &t);
	return goes_on(next_listing_token(r, value));
}

static struct labels read_listed_labels(struct reading *r)
{
	struct labels out = {NULL, 0};
	size_t capacity = 0;
	struct str name;
	struct json_token value;
	while (next_member(r, &name, &value)) {
		out.v = arena_room(r->arena, out.v, out.n, &capacity, sizeof *out.v);
		out.v[out.n++] = (struct label){name, listing_text(r, &value)};
		if (!skip(r, value.kind))
			break;
	}
	labels_sort(&out);
	return out;
}

/* The first of a list of ids, with a word of what they are. */
static struct str first_text_of(struct reading *r, const char *what, struct str known)
{
	struct json_token t;
	for (enum token_kind kind; goes_on(kind = next_listing_token(r, &t)) && kind != TOKEN_END;) {
		if (!known.n && kind == TOKEN_STRING)
			known = str_c(
				arena_printf(r->arena, "%s %.*s", what, STR_ARG(json_token_text(r->arena, &t, LISTING_BY_MAX - 20))));
		if (!skip(r, kind))
			break;
	}
	return known;
}

static void status(struct reading *r, struct alert_listed *alert)
{
	static const struct {
		const char *name, *what;
	} lists[] = {{"silencedBy", "silence"}, {"inhibitedBy", "inhibited by"}, {"mutedBy", "muted by"}};
	struct str name;
	struct json_token value;
	while (next_member(r, &name, &value)) {
		bool list = false;
		for (size_t i = 0; i < sizeof lists / sizeof *lists && value.kind == TOKEN_LIST; i++) {
			if (!str_eq_c(name, lists[i].name))
				continue;
			alert->by = first_text_of(r, lists[i].what, alert->by);
			list = true;
		}
		if (str_eq_c(name, "state"))
			alert->suppressed = str_eq_c(listing_text(r, &value), "suppressed");
		if (!list && !skip(r, value.kind))
			break;
	}
}

static void alert(struct reading *r)
{
	struct alert_listed one = {.suppressed = false};
	struct labels found = {NULL, 0};
	struct str name;
	struct json_token value;
	while (next_member(r, &name, &value)) {
		if (str_eq_c(name, "labels") && value.kind == TOKEN_OBJECT)
			found = read_listed_labels(r);
		else if (str_eq_c(name, "status") && value.kind == TOKEN_OBJECT)
			status(r, &one);
		else if (!skip(r, value.kind))
			break;
	}
	one.sent = found;
	one.here = source_labels_of(r->source, r->arena, &found);
	labels_fingerprint(&one.here, one.fingerprint);
	r->out->v = arena_room(r->arena, r->out->v, r->out->n, &r->capacity, sizeof *r->out->v);
	r->out->v[r->out->n++] = one;
}

bool listing_read(struct arena *arena, struct str body, const struct source_labels *source, struct alert_list *out,
                  struct err *err)
{
	struct reading r = {.arena = arena, .source = source, .out = out};
	struct json_token t;
	enum token_kind kind;
	*out = (struct alert_list){NULL, 0};
	json_reader_init(&r.json, arena, body);
	if (next_listing_token(&r, &t) != TOKEN_LIST) {
		err_add(err, "the answer is no list of alerts; is it an Alertmanager?");
		return false;
	}
	while ((kind = next_listing_token(&r, &t)) == TOKEN_OBJECT)
		alert(&r);
	if (kind == TOKEN_END && next_listing_token(&r, &t) == TOKEN_FINISHED)
		return true;
	err_add(err, "the list of alerts is broken%s%s", r.json.error ? ": " : "", r.json.error ? r.json.error : "");
	return false;
}
