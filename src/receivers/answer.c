/* Judges an answer by a kind's table, and keeps the provider's words without secrets. */
#include "answer.h"

#include <inttypes.h>
#include <string.h>

#include "base/buf.h"
#include "hidden.h"
#include "request.h"

#define ERROR_MAX 300

/* ---- the body ---- */

json_t *answer_json(const struct receiver_reply *reply)
{
	return json_loadb(reply->body.n ? reply->body.p : "", reply->body.n, JSON_DISABLE_EOF_CHECK, NULL);
}

static const json_t *member_at(const json_t *body, const char *path)
{
	while (path && body) {
		const char *dot = strchr(path, '.');
		size_t n = dot ? (size_t)(dot - path) : strlen(path);
		body = json_object_getn(body, path, n);
		path = dot ? dot + 1 : NULL;
	}
	return body;
}

struct str answer_text(const json_t *body, const char *path, struct arena *arena)
{
	const json_t *value = member_at(body, path);
	if (json_is_string(value))
		return arena_str(arena, (struct str){json_string_value(value), json_string_length(value)});
	if (json_is_integer(value))
		return str_c(arena_printf(arena, "%" JSON_INTEGER_FORMAT, json_integer_value(value)));
	if (json_is_boolean(value))
		return json_is_true(value) ? STR("true") : STR("false");
	return (struct str){NULL, 0};
}

struct str answer_ref(const struct receiver_reply *reply, const char *path, struct arena *arena)
{
	json_t *body = answer_json(reply);
	struct str ref = answer_text(body, path, arena);
	json_decref(body);
	return ref.n <= RECEIVER_REF_MAX ? ref : (struct str){NULL, 0};
}

/* ---- the reason, without secrets ---- */

/* Of an answer that is neither JSON nor a page. */
static struct str plain_line(const struct receiver_reply *reply)
{
	struct str text = str_trim(reply->body);
	size_t n = 0;
	if (!text.n || strchr("{[<", *text.p))
		return (struct str){NULL, 0};
	while (n < text.n && text.p[n] != '\n' && text.p[n] != '\r')
		n++;
	return str_trim(str_slice(text, 0, n));
}

struct str answer_line(const struct receiver_reply *reply, struct arena *arena)
{
	AUTOBUF struct buf b;
	buf_init(&b, SIZE_MAX);
	hidden_add_redacted(&b, plain_line(reply), &reply->hidden, ERROR_MAX);
	return arena_str(arena, buf_str(&b));
}

static void add_reason_text(struct buf *b, const char *before, struct str text, const struct strs *hidden)
{
	if (!text.n || b->n >= ERROR_MAX)
		return;
	buf_add_c(b, before);
	hidden_add_redacted(b, text, hidden, ERROR_MAX);
}

static struct str reason_text(const json_t *value)
{
	return (struct str){json_string_value(value), json_string_length(value)};
}

/* Text, or a list of texts. */
static void add_reason(struct buf *b, const json_t *value, const struct strs *hidden)
{
	size_t i;
	json_t *one;
	add_reason_text(b, ": ", reason_text(value), hidden);
	json_array_foreach(value, i, one) add_reason_text(b, i ? ", " : ": ", reason_text(one), hidden);
}

/* ---- rows ---- */

/* A reply's body as JSON, read when it is asked for first: of most answers the status says it all. */
struct answer_body {
	const struct receiver_reply *reply;
	json_t *json;
	bool read;
};

static const json_t *json_of_answer(struct answer_body *body)
{
	if (!body->read)
		body->json = answer_json(body->reply);
	body->read = true;
	return body->json;
}

static bool answer_fits(const struct answer *row, struct answer_body *body, struct arena *arena)
{
	int status = body->reply->status;
	if (status < row->from || status > row->to)
		return false;
	if (!row->field)
		return true;
	if (!*row->field)
		return str_eq_c(plain_line(body->reply), row->value);
	const json_t *json = json_of_answer(body), *value = member_at(json, row->field);
	if (row->value)
		return str_eq_c(answer_text(json, row->field, arena), row->value);
	return value && !json_is_null(value) && !json_is_false(value);
}

static const struct answer *answer_row(const struct answer *rows, size_t count, struct answer_body *body,
                                       struct arena *arena)
{
	for (size_t i = 0; i < count; i++) {
		if (answer_fits(&rows[i], body, arena))
			return &rows[i];
	}
	return NULL;
}

static struct str answer_reason(const struct answer *row, const char *const *reasons, struct answer_body *body,
                                struct arena *arena)
{
	AUTOBUF struct buf b;
	buf_init(&b, SIZE_MAX);
	buf_add(&b, request_status_text(arena, body->reply->status));
	for (; reasons && *reasons; reasons++)
		add_reason(&b, member_at(json_of_answer(body), *reasons), &body->reply->hidden);
	add_reason_text(&b, ": ", plain_line(body->reply), &body->reply->hidden);
	if (row && row->why)
		buf_printf(&b, " (%s)", row->why);
	return arena_str(arena, buf_str(&b));
}

void answer_judge(const struct answer *rows, size_t count, const char *const *reasons,
                  const struct receiver_reply *reply, struct arena *arena, struct receiver_judgement *out)
{
	struct answer_body body = {.reply = reply};
	const struct answer *row = answer_row(rows, count, &body, arena);
	out->outcome = row ? row->outcome : receiver_judge_status(reply->status);
	out->error = (struct str){NULL, 0};
	if (out->outcome != OUTCOME_DELIVERED)
		out->error = answer_reason(row, reasons, &body, arena);
	json_decref(body.json);
}
