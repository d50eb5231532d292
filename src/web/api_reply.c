/*
 * Replies in Prometheus' envelope.
 */
#include "api_impl.h"
#include "base/buf_json.h"
#include "incident/message.h"

#define REPLY_MAX (64 * 1024 * 1024)

static const struct {
	int code;
	const char *type;
} error_types[] = {
	{400, "bad_data"}, {401, "unauthorized"}, {403, "unauthorized"}, {404, "not_found"},
	{413, "bad_data"}, {500, "internal"},     {503, "unavailable"},
};

static const char *error_type(int code)
{
	for (size_t i = 0; i < sizeof error_types / sizeof *error_types; i++)
		if (error_types[i].code == code)
			return error_types[i].type;
	return "internal";
}

static void reply_json(struct http_exchange *x, int code, const json_t *body)
{
	AUTOBUF struct buf text;

	buf_init(&text, REPLY_MAX);
	if (!buf_add_json(&text, body)) {
		api_reply_text(x, 500, "the reply cannot be written\n");
		return;
	}
	buf_add_char(&text, '\n');
	http_reply(x, code, "application/json", buf_str(&text), NULL, 0);
}

void api_reply_data(struct http_exchange *x, json_t *data)
{
	json_t *body = json_pack("{s:s, s:O}", "status", "success", "data", data);
	reply_json(x, 200, body);
	json_decref(body);
}

void api_reply_written(struct http_exchange *x, struct str data)
{
	http_reply_enclosed(x, 200, "application/json", STR("{\"status\":\"success\",\"data\":"), data, STR("}\n"));
}

void api_reply_error(struct http_exchange *x, int code, struct str error)
{
	json_t *text = error.n ? view_text(error) : json_string("");
	json_t *body = json_pack("{s:s, s:s, s:o}", "status", "error", "errorType", error_type(code), "error", text);
	reply_json(x, code, body);
	json_decref(body);
}

void api_reply_unauthorized(struct api *api, struct http_exchange *x)
{
	struct http_words said;

	api_refusal_words(api, 401, &said);
	const struct http_reply_header challenge = {"WWW-Authenticate", said.challenge};
	http_reply(x, 401, "application/json", said.json, &challenge, 1);
}

void api_reply_errors(struct http_exchange *x, int code, const struct err *err)
{
	AUTOBUF struct buf lines;

	buf_init(&lines, REPLY_MAX);
	err_print(err, &lines);
	api_reply_error(x, code, buf_str(&lines));
}

void api_reply_operated(struct http_exchange *x, const struct operate_reply *reply)
{
	static const int codes[] = {
		[OPERATE_OK] = 200, [OPERATE_NOT_FOUND] = 404, [OPERATE_BAD] = 400, [OPERATE_UNAVAILABLE] = 503};

	if (reply->result == OPERATE_OK && reply->written.n)
		api_reply_written(x, reply->written);
	else if (reply->result == OPERATE_OK)
		api_reply_data(x, reply->data);
	else
		api_reply_error(x, codes[reply->result], str_c(reply->error));
}

void api_reply_text(struct http_exchange *x, int code, const char *text)
{
	http_reply(x, code, "text/plain; charset=utf-8", str_c(text), NULL, 0);
}
