/*
 * Long answers, made an entry at a time and in slices, so that the loop turns in between: explanations, rules, runbooks.
 * Anybody may ask for them: they are bounded.
 */
#include "api_impl.h"
#include "base/buf_json.h"
#include "service/explain_body.h"
#include "service/oncall.h"
#include "service/readers.h"
#include "web/show.h"

#define ANSWER_MOST (16 * 1024 * 1024)

/* {"NAME": [what next() gives until NULL]}; end() is called in every case. */
struct slices {
	struct api *api;
	struct http_exchange *x;
	json_t *(*next)(void *arg);
	void (*end)(void *arg);
	void *arg;
	struct buf text; /* of "data" */
};

static void reply_slices(struct slices *s)
{
	buf_add_c(&s->text, "]}");
	if (buf_ok(&s->text))
		api_reply_written(s->x, buf_str(&s->text));
	else
		api_reply_error(s->x, 400, STR("the answer would be longer than 16 MiB; ask for less"));
	buf_release(&s->text);
	s->end(s->arg);
	mem_cleanup(&s);
}

/* As many entries as fit into one slice. */
static void write_some(void *arg)
{
	struct slices *s = arg;
	int64_t until = loop_mono_ms() + READERS_SLICE_MS;
	json_t *one;

	while (buf_ok(&s->text) && (one = s->next(s->arg))) {
		buf_add_json(&s->text, one);
		json_decref(one);
		if (loop_mono_ms() < until)
			continue;
		loop_defer(s->api->router->loop, write_some, s);
		return;
	}
	reply_slices(s);
}

static void reply_in_slices(const struct slices *how, const char *name)
{
	struct slices *s = mem_zero(sizeof *s);

	*s = *how;
	buf_init(&s->text, ANSWER_MOST);
	buf_printf(&s->text, "{\"%s\":[", name);
	loop_defer(s->api->router->loop, write_some, s);
}

/* ---- explain ---- */

static json_t *next_explained(void *arg)
{
	return explain_next(arg);
}

static void end_explained(void *arg)
{
	explain_end(arg);
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
	if (!explain)
		api_reply_errors(x, 400, &err);
	else
		reply_in_slices(
			&(struct slices){.api = api, .x = x, .next = next_explained, .end = end_explained, .arg = explain},
			"alerts");
}

/* ---- what is loaded ---- */

struct shown {
	struct config *config; /* of when it was asked, whatever is loaded meanwhile */
	json_t *(*show)(const struct config *c, size_t i);
	size_t i;
};

static json_t *next_shown(void *arg)
{
	struct shown *s = arg;
	return s->show(s->config, s->i++);
}

static void end_shown(void *arg)
{
	struct shown *s = arg;
	config_unref(s->config);
	mem_cleanup(&s);
}

static void reply_shown(struct api *api, struct http_exchange *x, const char *name,
                        json_t *(*show)(const struct config *c, size_t i))
{
	struct shown *s = mem_zero(sizeof *s);

	*s = (struct shown){.config = config_ref(api->router->config), .show = show};
	reply_in_slices(&(struct slices){.api = api, .x = x, .next = next_shown, .end = end_shown, .arg = s}, name);
}

void api_rules(struct api *api, struct http_exchange *x, struct str segment)
{
	(void)segment;
	reply_shown(api, x, "rules", show_rule);
}

void api_runbooks(struct api *api, struct http_exchange *x, struct str segment)
{
	(void)segment;
	reply_shown(api, x, "runbooks", show_runbook);
}
