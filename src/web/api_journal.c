/*
 * The journal, for backtests elsewhere, and what became of some alerts by it. Files are read on a thread of their own
 * (service/background.h): the loop waits for no disk.
 */
#include <stdlib.h>

#include "api_impl.h"
#include "base/json_writer.h"
#include "base/time.h"
#include "replay/why.h"
#include "service/background.h"
#include "service/journal_files.h"

#define LIST_BYTES_MAX ((size_t)4 * 1024 * 1024)
#define WHY_SINCE (24 * TIME_HOUR)
#define WHY_KEYS_ASKED_MAX 100

struct journal_asked {
	struct http_exchange *x;
	struct arena *arena;
	const char *folder;
	struct str name; /* of a file */
	int64_t offset;
	struct api_matchers matchers;
	struct why *why;
	json_t *last_received; /* by source, since this daemon started */
	struct buf out;
	struct err err;
	void (*answer)(struct journal_asked *a);
};

static void journal_asked_free(struct journal_asked *a)
{
	api_matchers_release(&a->matchers);
	why_free(a->why);
	json_decref(a->last_received);
	buf_release(&a->out);
	err_release(&a->err);
	arena_free(a->arena);
}

static void journal_answered(void *arg, bool ran)
{
	struct journal_asked *a = arg;

	if (!ran)
		api_reply_error(a->x, 503, STR("shutting down"));
	else if (err_any(&a->err))
		api_reply_errors(a->x, a->name.n ? 404 : 503, &a->err);
	else
		a->answer(a);
	journal_asked_free(a);
}

static struct journal_asked *journal_asked_new(struct api *api, struct http_exchange *x, size_t most)
{
	struct arena *arena = arena_new();
	struct journal_asked *a = arena_alloc(arena, sizeof *a);

	a->x = x;
	a->arena = a->matchers.arena = arena;
	a->folder = arena_cstr(arena, api->router->config->journal.path);
	buf_init(&a->out, most);
	return a;
}

/* True: an answer follows. Where there is no journal it was given. */
static bool read_aside(struct api *api, struct journal_asked *a, void (*run)(void *arg))
{
	if (!api->router->journal)
		api_reply_error(a->x, 404, STR("this daemon keeps no journal (journal.path)"));
	else if (background_do(api->background, run, journal_answered, a))
		return true;
	else
		api_reply_error(a->x, 503, STR("too many questions at once, try again"));
	journal_asked_free(a);
	return false;
}

/* ---- its files ---- */

static void put_journal_files(void *arg)
{
	struct journal_asked *a = arg;

	json_put_open(&a->out, '{');
	json_put_name(&a->out, STR("files"));
	journal_files_list(a->folder, &a->out, &a->err);
	json_put_close(&a->out, '}');
}

static void answer_written(struct journal_asked *a)
{
	api_reply_written(a->x, buf_str(&a->out));
}

void api_journal(struct api *api, struct http_exchange *x, struct str segment)
{
	struct journal_asked *a = journal_asked_new(api, x, LIST_BYTES_MAX);

	(void)segment;
	a->answer = answer_written;
	read_aside(api, a, put_journal_files);
}

static void read_file_piece(void *arg)
{
	struct journal_asked *a = arg;
	journal_file_read(a->folder, a->name, a->offset, &a->out, &a->err);
}

static void answer_bytes(struct journal_asked *a)
{
	http_reply(a->x, 200, "application/octet-stream", buf_str(&a->out), NULL, 0);
}

void api_journal_file(struct api *api, struct http_exchange *x, struct str segment)
{
	struct journal_asked *a = journal_asked_new(api, x, JOURNAL_PIECE);
	struct str text;

	a->name = arena_str(a->arena, segment);
	a->answer = answer_bytes;
	if (http_query(x, "offset", 0, &text) && (!str_to_i64(text, &a->offset) || a->offset < 0)) {
		api_reply_error(x, 400, STR("offset: no number of bytes"));
		journal_asked_free(a);
		return;
	}
	read_aside(api, a, read_file_piece);
}

/* ---- why ---- */

static void read_why(void *arg)
{
	struct journal_asked *a = arg;
	struct str folder = str_c(a->folder);
	const struct strs one = {&folder, 1};

	if (why_read(a->why, &one, &a->err))
		why_write(a->why, &a->out);
}

/* The journal's answer, and when each source was last answered 200: also where that is longer ago than was asked for. */
static void answer_why(struct journal_asked *a)
{
	AUTOBUF struct buf out;
	AUTOFREE char *sources = json_dumps(a->last_received, JSON_COMPACT);
	struct str found = buf_str(&a->out);

	buf_init(&out, SIZE_MAX); /* what why_write() bounds, and a few sources */
	buf_add(&out, str_slice(found, 0, found.n - 1));
	buf_printf(&out, ",\"last_received\":%s}", sources ? sources : "{}");
	api_reply_written(a->x, buf_str(&out));
}

static void add_last_received(const struct router *r, struct str source, json_t *out)
{
	double at = metrics_value(r->metrics, METRIC_SOURCE_LAST_RECEIVED, &source);
	AUTOFREE char *name = mem_str(source);
	char text[TIME_FORMAT_MAX];

	if (at > 0)
		json_object_set_new(out, name, json_string(time_format((int64_t)(at * 1000), text)));
}

static json_t *last_received(const struct router *r)
{
	json_t *out = json_object();

	add_last_received(r, STR(""), out);
	for (size_t i = 0; i < r->config->source_count; i++)
		add_last_received(r, r->config->sources[i].name, out);
	return out;
}

static bool read_why_question(struct journal_asked *a)
{
	int64_t since = WHY_SINCE;
	struct str text;

	if (http_query(a->x, "since", 0, &text) && !time_duration_parse(text, &since))
		err_add(&a->err, "since: '%.*s' is no duration (30m, 24h, 7d)", STR_ARG(text));
	api_read_matchers(a->x, &a->matchers, &a->err);
	if (!a->matchers.n && !err_any(&a->err))
		err_add(&a->err, "matcher: at least one says which alerts are meant");
	a->why = why_new(a->matchers.v, a->matchers.n, loop_wall_ms() - since);
	for (size_t nth = 0; nth < WHY_KEYS_ASKED_MAX && http_query(a->x, "key", nth, &text); nth++)
		why_add_key(a->why, text);
	return !err_any(&a->err);
}

void api_why(struct api *api, struct http_exchange *x, struct str segment)
{
	struct journal_asked *a = journal_asked_new(api, x, SIZE_MAX); /* what why_write() bounds */

	(void)segment;
	a->last_received = last_received(api->router);
	a->answer = answer_why;
	if (!read_why_question(a)) {
		api_reply_errors(x, 400, &a->err);
		journal_asked_free(a);
		return;
	}
	read_aside(api, a, read_why);
}
