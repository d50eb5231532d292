/* Lists incidents by state, filters and cursor. */
#include <stdlib.h>
#include <string.h>

#include "base/buf_json.h"
#include "base/json_writer.h"
#include "catalog/catalog.h"
#include "incident/message.h"
#include "service/operate.h"

#define LIST_PAGE 32 /* incidents of one piece of work: between pieces the loop turns, and the store takes commits */
#define LIST_LIMIT 100
#define LIST_LIMIT_MOST 1000
#define LIST_LOOKED_MOST 2000 /* incidents that one question looks at, whether they fit or not; the cursor leads on */
#define LIST_BYTES_MOST (8 * 1024 * 1024) /* of an answer; the cursor leads on */
#define LIST_BYTES_ROOM (1024 * 1024)     /* for the last incident and the cursor: a record has at most 64 KiB */

/*
 * A cursor is the store's cursor of a page, '/', and the key of the last incident taken from that page (empty: none, the
 * page begins). Should that incident have left the page meanwhile, the page is given again from its beginning.
 */
struct listing {
	struct router *r;
	struct arena *arena;
	struct incident_query q;
	enum store_list list;
	struct str page;  /* the store's cursor of the page being read */
	struct str after; /* incidents of it up to this key are done */
	size_t left, looked;
	struct incident_walk walk;
};

static void end_listing(struct listing *l, enum operate_result result, const char *error, struct str cursor)
{
	l->walk.done(l->walk.arg, result, error, cursor);
	arena_free(l->arena);
}

/* ---- which ---- */

static bool state_fits(const char *state, struct str wanted)
{
	if (!wanted.n)
		return strcmp(state, "resolved") != 0;
	return str_eq_c(wanted, "dead") || str_eq_c(wanted, state);
}

bool incident_query_takes(const struct incident_query *q, const struct incident_traits *traits)
{
	if (!state_fits(traits->state, q->state))
		return false;
	if ((q->owner.n && !str_eq(q->owner, traits->owner)) || (q->rule.n && !str_eq(q->rule, traits->rule)) ||
	    (q->severity.n && !str_eq_nocase(q->severity, traits->severity)))
		return false;
	for (size_t i = 0; i < q->matcher_count; i++) {
		struct capture captures[PATTERN_CAPTURES_MAX];
		size_t count = 0;
		if (matcher_match(&q->matchers[i], traits->labels, captures, &count) != PATTERN_MATCH)
			return false;
	}
	return true;
}

bool incident_query_fits(const struct incident_query *q, const struct incident *inc)
{
	const struct incident_traits traits = {
		.state = incident_state(inc),
		.owner = inc->owner,
		.severity = inc->severity.name,
		.rule = inc->rule,
		.labels = &inc->labels,
	};
	/* an earlier version's store lists as dead what lapsed when it ended */
	bool listed = !str_eq_c(q->state, "dead") || incident_dead(inc);
	return inc->episode && listed && incident_query_takes(q, &traits);
}

/* ---- pages ---- */

static void read_list_page(struct listing *l);

/* An unreadable record is passed over: whoever changes it says so. */
static void list_record(struct listing *l, const struct store_record *record)
{
	AUTOARENA struct arena *arena = arena_new();
	AUTOERR struct err err = ERR_INIT;
	const struct incident *inc = incident_read(arena, record->bytes, &err);

	if (!inc || !incident_query_fits(&l->q, inc))
		return;
	l->left = l->walk.take(l->walk.arg, inc) ? l->left - 1 : 0;
}

static size_t first_new(const struct listing *l, const struct store_listed *reply)
{
	for (size_t i = 0; l->after.n && i < reply->count; i++) {
		if (str_eq(reply->records[i].key, l->after))
			return i + 1;
	}
	return 0;
}

static void end_full(struct listing *l, struct str page, struct str after)
{
	end_listing(l, OPERATE_OK, "", str_c(arena_printf(l->arena, "%.*s/%.*s", STR_ARG(page), STR_ARG(after))));
}

static void list_stored_page(void *arg, const struct store_listed *reply)
{
	struct listing *l = arg;
	size_t i;

	if (reply->result != STORE_OK) {
		end_listing(l, OPERATE_UNAVAILABLE, "the store cannot be read, try again", STR(""));
		return;
	}
	for (i = first_new(l, reply); l->left && i < reply->count; i++)
		list_record(l, &reply->records[i]);
	if (i < reply->count) {
		end_full(l, l->page, reply->records[i - 1].key);
		return;
	}
	if (!reply->cursor.n) {
		end_listing(l, OPERATE_OK, "", STR(""));
		return;
	}
	l->page = arena_str(l->arena, reply->cursor);
	l->after = STR("");
	l->looked += reply->count;
	if (l->left && l->looked < LIST_LOOKED_MOST)
		read_list_page(l);
	else
		end_full(l, l->page, l->after);
}

static void read_list_page(struct listing *l)
{
	struct store *s = l->r->store;
	store_list(s, l->list, l->page, LIST_PAGE, list_stored_page, l);
}

/* ---- the question ---- */

static bool list_of_state(struct str state, enum store_list *out)
{
	static const struct {
		const char *state;
		enum store_list list;
	} rows[] = {
		{"", STORE_LIST_OPEN},           {"firing", STORE_LIST_OPEN}, {"acknowledged", STORE_LIST_OPEN},
		{"resolved", STORE_LIST_CLOSED}, {"dead", STORE_LIST_DEAD},
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		if (str_eq_c(state, rows[i].state)) {
			*out = rows[i].list;
			return true;
		}
	}
	return false;
}

static bool is_whole_key(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!(s.p[i] >= '0' && s.p[i] <= '9') && !(s.p[i] >= 'a' && s.p[i] <= 'f'))
			return false;
	return s.n == INCIDENT_KEY_SIZE - 1;
}

static bool read_cursor(struct listing *l, struct str cursor)
{
	if (!cursor.n)
		return true;
	size_t slash = cursor.n;
	while (slash && cursor.p[slash - 1] != '/')
		slash--;
	if (!slash)
		return false;
	l->page = arena_str(l->arena, str_slice(cursor, 0, slash - 1));
	l->after = arena_str(l->arena, str_slice(cursor, slash, cursor.n));
	return (l->page.n || l->after.n) && (!l->page.n || store_cursor_valid(l->page)) &&
	       (!l->after.n || is_whole_key(l->after));
}

static void bad_state(void *arg)
{
	end_listing(arg, OPERATE_BAD, "state is one of firing, acknowledged, resolved, dead", STR(""));
}

static void refuse_list_cursor(void *arg)
{
	end_listing(arg, OPERATE_BAD, "this is no cursor of a list", STR(""));
}

static void refuse_list_limit(void *arg)
{
	end_listing(arg, OPERATE_BAD, "limit is 1 to 1000", STR(""));
}

void operate_walk(struct router *r, const struct incident_query *q, const struct incident_walk *walk)
{
	struct arena *arena = arena_new();
	struct listing *l = arena_alloc(arena, sizeof *l);

	l->r = r;
	l->arena = arena;
	l->q = *q;
	l->left = q->limit ? q->limit : LIST_LIMIT;
	l->walk = *walk;
	if (!list_of_state(q->state, &l->list))
		loop_defer(r->loop, bad_state, l);
	else if (!read_cursor(l, q->cursor))
		loop_defer(r->loop, refuse_list_cursor, l);
	else if (l->left > LIST_LIMIT_MOST)
		loop_defer(r->loop, refuse_list_limit, l);
	else
		read_list_page(l);
}

/* ---- as JSON ---- */

struct writing {
	struct router *r;
	struct buf text; /* of the answer */
	operate_done *done;
	void *arg;
};

static bool write_one(void *arg, const struct incident *inc)
{
	struct writing *w = arg;
	json_t *view = incident_view(inc, false);

	buf_add_json(&w->text, view);
	json_decref(view);
	return w->text.n < LIST_BYTES_MOST;
}

static void write_end(struct writing *w, struct str cursor)
{
	buf_printf(&w->text, "],\"mode\":\"%s\",\"cursor\":", config_mode_name(w->r->config));
	json_put_known(&w->text, cursor);
	buf_add_char(&w->text, '}');
}

static void answer_written_list(void *arg, enum operate_result result, const char *error, struct str cursor)
{
	struct writing *w = arg;
	struct operate_reply reply = {.result = result, .error = error};

	if (result == OPERATE_OK) {
		write_end(w, cursor);
		reply.written = buf_str(&w->text);
	}
	w->done(w->arg, &reply);
	buf_release(&w->text);
	mem_cleanup(&w);
}

void operate_list(struct router *r, const struct incident_query *q, operate_done *done, void *arg)
{
	struct writing *w = mem_zero(sizeof *w);

	*w = (struct writing){.r = r, .done = done, .arg = arg};
	buf_init(&w->text, LIST_BYTES_MOST + LIST_BYTES_ROOM);
	buf_add_c(&w->text, "{\"incidents\":[");
	operate_walk(r, q, &(struct incident_walk){.take = write_one, .done = answer_written_list, .arg = w});
}
