/*
 * POST /api/v1/explain: anybody may ask, so it is bounded in what it takes and in what it answers, and is done in slices.
 */
#include "api_impl.h"
#include "app/explain_body.h"
#include "app/oncall.h"
#include "base/buf_json.h"
#include "service/readers.h"

#define ANSWER_MOST (16 * 1024 * 1024)

struct explaining {
	struct api *api;
	struct http_exchange *x;
	struct explain *explain;
	struct buf text; /* of "data" */
};

static void end_explaining(struct explaining *e)
{
	buf_release(&e->text);
	explain_end(e->explain);
	mem_cleanup(&e);
}

static void reply_explained(struct explaining *e)
{
	buf_add_c(&e->text, "]}");
	if (buf_ok(&e->text))
		api_reply_written(e->x, buf_str(&e->text));
	else
		api_reply_error(e->x, 400, STR("the answer would be longer than 16 MiB; ask for fewer alerts"));
	end_explaining(e);
}

/* As many alerts as fit into one slice. */
static void explain_some(void *arg)
{
	struct explaining *e = arg;
	int64_t until = loop_mono_ms() + READERS_SLICE_MS;
	json_t *one;

	while (buf_ok(&e->text) && (one = explain_next(e->explain))) {
		buf_add_json(&e->text, one);
		json_decref(one);
		if (loop_mono_ms() < until)
			continue;
		loop_defer(e->api->router->loop, explain_some, e);
		return;
	}
	reply_explained(e);
}

void api_explain(struct api *api, struct http_exchange *x, struct str segment)
{
	AUTOERR struct err err = ERR_INIT;
	struct str source = {NULL, 0}, all = {NULL, 0}, at = {NULL, 0};
	struct explain_wish wish = {0};

	(void)segment;
	http_query(x, "source", 0, &source);
	http_query(x, "all", 0, &all);
	http_query(x, "at", 0, &at);
	wish.all = str_eq_c(all, "true");
	bool fine = oncall_time(api->router->config, "at", at, &wish.at, &err);
	struct explain *explain = fine ? explain_begin(api->router->config, source, http_body(x), &wish, &err) : NULL;
	if (!explain) {
		api_reply_errors(x, 400, &err);
		return;
	}
	struct explaining *e = mem_zero(sizeof *e);
	*e = (struct explaining){.api = api, .x = x, .explain = explain};
	buf_init(&e->text, ANSWER_MOST);
	buf_add_c(&e->text, "{\"alerts\":[");
	loop_defer(api->router->loop, explain_some, e);
}
