/* Open incidents as they are kept: for whoever computes with them elsewhere (runbookctl diff). */
#include "base/base64.h"
#include "base/json_writer.h"
#include "service/operate.h"

#define RECORDS_PAGE 64 /* of at most 64 KiB, usually of two or three */
#define RECORDS_BYTES_MOST ((size_t)RECORDS_PAGE * (STORE_RECORD_MAX / 3 * 4 + 1024))

struct asking_records {
	struct router *r;
	struct arena *arena;
	operate_done *done;
	void *arg;
};

static void answer_records(struct asking_records *a, const struct operate_reply *reply)
{
	a->done(a->arg, reply);
	arena_free(a->arena);
}

static void put_record(struct buf *out, const struct store_record *record)
{
	AUTOBUF struct buf text;

	buf_init(&text, STORE_RECORD_MAX * 2);
	base64_add(&text, record->bytes, 0);
	json_put_open(out, '{');
	json_put_name(out, STR("key"));
	json_put_text(out, record->key);
	json_put_name(out, STR("record"));
	json_put_text(out, buf_str(&text));
	json_put_close(out, '}');
}

static void records_listed(void *arg, const struct store_listed *reply)
{
	struct asking_records *a = arg;
	AUTOBUF struct buf out;

	buf_init(&out, RECORDS_BYTES_MOST);
	if (reply->result != STORE_OK) {
		answer_records(a, &(struct operate_reply){OPERATE_UNAVAILABLE, .error = "the store cannot be read, try again"});
		return;
	}
	json_put_open(&out, '{');
	json_put_name(&out, STR("now"));
	json_put_time(&out, reply->now);
	json_put_name(&out, STR("records"));
	json_put_open(&out, '[');
	for (size_t i = 0; i < reply->count; i++)
		put_record(&out, &reply->records[i]);
	json_put_close(&out, ']');
	json_put_name(&out, STR("cursor"));
	json_put_known(&out, reply->cursor);
	json_put_close(&out, '}');
	answer_records(a, &(struct operate_reply){OPERATE_OK, .error = "", .written = buf_str(&out)});
}

static void refuse_records_cursor(void *arg)
{
	answer_records(arg, &(struct operate_reply){OPERATE_BAD, .error = "cursor: not one that was handed out"});
}

void operate_records(struct router *r, struct str cursor, operate_done *done, void *arg)
{
	struct arena *arena = arena_new();
	struct asking_records *a = arena_alloc(arena, sizeof *a);

	*a = (struct asking_records){r, arena, done, arg};
	if (!cursor.n || store_cursor_valid(cursor))
		store_list(r->store, STORE_LIST_OPEN, cursor, RECORDS_PAGE, records_listed, a);
	else
		loop_defer(r->loop, refuse_records_cursor, a);
}
