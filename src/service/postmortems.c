/* Drafts of post-mortems, and the list of what is owed. */
#include "service/postmortems.h"

#include <stdlib.h>

#include "incident/message.h"
#include "incident/postmortem.h"
#include "service/lookup.h"

#define PAGE 200

const char *postmortem_state_name(enum postmortem_state state)
{
	static const char *const names[] = {
		[POSTMORTEM_OPEN] = "open", [POSTMORTEM_OVERDUE] = "overdue", [POSTMORTEM_DONE] = "done"};
	return names[state];
}

/* ---- one ---- */

struct drafting_one {
	struct config *config;
	int64_t episode;
	operate_done *done;
	void *arg;
};

static json_t *done_view(const struct incident_done *d)
{
	return d->at ? json_pack("{so so so}", "at", view_time(d->at), "by", view_text(d->by), "note", view_text(d->note))
	             : json_null();
}

static enum postmortem_state state_of(const struct followup *f, int64_t now)
{
	if (f->done.at)
		return POSTMORTEM_DONE;
	return f->due_at && f->due_at <= now ? POSTMORTEM_OVERDUE : POSTMORTEM_OPEN;
}

static json_t *one_owed_view(const struct followup *f, int64_t now)
{
	json_t *tasks = json_array();
	for (size_t k = 0; k < f->tasks.n; k++)
		json_array_append_new(tasks, view_text(f->tasks.v[k]));
	return json_pack("{so so so so ss so so}", "episode", view_time(f->started_at), "severity", view_text(f->severity),
	                 "name", view_text(f->name), "due", view_time(f->due_at), "state",
	                 postmortem_state_name(state_of(f, now)), "tasks", tasks, "done", done_view(&f->done));
}

json_t *postmortems_owed(const struct config *config, const struct incident *inc)
{
	AUTOARENA struct arena *arena = arena_new();
	struct followup *list;
	size_t n = incident_followups(inc, catalog_stated_for(config->catalog, inc->runbook.path), arena, &list);
	json_t *out = json_array();
	for (size_t i = 0; i < n; i++)
		json_array_append_new(out, one_owed_view(&list[i], loop_wall_ms()));
	return out;
}

static json_t *draft_view(const struct config *c, const struct incident *inc)
{
	AUTOARENA struct arena *arena = arena_new();
	const struct postmortem_context context = {.stated = catalog_stated_for(c->catalog, inc->runbook.path),
	                                           .external_url = c->external_url,
	                                           .zone = c->zone,
	                                           .now = loop_wall_ms()};
	struct strs missing = {NULL, 0};
	json_t *markdown = view_text(postmortem_write(arena, inc, &context, &missing)), *left = json_array();
	for (size_t i = 0; i < missing.n; i++)
		json_array_append_new(left, view_text(missing.v[i]));
	return json_pack("{ss so so so}", "key", inc->key, "markdown", markdown, "missing", left, "tasks",
	                 postmortems_owed(c, inc));
}

static void draft_found(void *arg, const struct lookup_result *found)
{
	struct drafting_one *d = arg;
	struct operate_reply reply = {.result = found->result, .error = found->error};
	struct incident inc;
	if (found->result == OPERATE_OK &&
	    !followup_episode(found->inc, d->episode ? d->episode : found->inc->started_at, &inc))
		reply = (struct operate_reply){.result = OPERATE_NOT_FOUND,
		                               .error = "nothing is kept of an episode that began then"};
	if (reply.result == OPERATE_OK)
		reply.data = draft_view(d->config, &inc);
	d->done(d->arg, &reply);
	json_decref(reply.data);
	config_unref(d->config);
	free(d);
}

void operate_postmortem(struct router *r, struct str key, int64_t episode, operate_done *done, void *arg)
{
	struct drafting_one *d = mem_zero(sizeof *d);
	*d = (struct drafting_one){config_ref(r->config), episode, done, arg};
	lookup_incident(r, key, draft_found, d);
}

/* ---- all ---- */

struct owing {
	struct router *r;
	struct config *config;
	struct arena *arena;
	enum store_list list; /* those that are over, then those that are open */
	bool all;
	int64_t now;
	struct postmortem_row *rows;
	size_t count, capacity, looked;
	bool more;
	void (*done)(void *arg, const struct postmortems *reply);
	void *arg;
};

/* Open ones by when they are due, those without a time behind them, what is done last. */
static int by_urgency(const void *a, const void *b)
{
	const struct postmortem_row *x = a, *y = b;
	if ((x->state == POSTMORTEM_DONE) != (y->state == POSTMORTEM_DONE))
		return x->state == POSTMORTEM_DONE ? 1 : -1;
	int64_t due_x = x->owed.due_at ? x->owed.due_at : INT64_MAX, due_y = y->owed.due_at ? y->owed.due_at : INT64_MAX;
	return due_x < due_y ? -1 : due_x > due_y ? 1 : str_cmp(x->key, y->key);
}

static void owing_end(struct owing *o, bool readable)
{
	if (o->count)
		qsort(o->rows, o->count, sizeof *o->rows, by_urgency);
	const struct postmortems reply = {readable, o->rows, o->count, o->more};
	o->done(o->arg, &reply);
	config_unref(o->config);
	arena_free(o->arena);
}

static struct followup keep_owed(struct arena *arena, const struct followup *f)
{
	struct followup out = *f;
	out.name = arena_str(arena, f->name);
	out.severity = arena_str(arena, f->severity);
	out.tasks = (struct strs){NULL, 0}; /* the list names what is owed, not what it is made of */
	out.done.by = arena_str(arena, f->done.by);
	out.done.note = arena_str(arena, f->done.note);
	return out;
}

static void owe_row(struct owing *o, const struct incident *inc, const struct followup *f)
{
	enum postmortem_state state = state_of(f, o->now);
	if (state == POSTMORTEM_DONE && !o->all)
		return;
	if (o->count == POSTMORTEMS_ROWS_MAX) {
		o->more = true;
		return;
	}
	o->rows = arena_room(o->arena, o->rows, o->count, &o->capacity, sizeof *o->rows);
	o->rows[o->count++] = (struct postmortem_row){.key = arena_str(o->arena, str_c(inc->key)),
	                                              .summary = arena_str(o->arena, incident_summary(inc)),
	                                              .owner = arena_str(o->arena, inc->owner),
	                                              .owed = keep_owed(o->arena, f),
	                                              .state = state};
}

static void owe_record(struct owing *o, const struct store_record *record)
{
	AUTOARENA struct arena *arena = arena_new();
	AUTOERR struct err err = ERR_INIT;
	const struct incident *inc = incident_read(arena, record->bytes, &err);
	struct followup *list;
	size_t n =
		inc ? incident_followups(inc, catalog_stated_for(o->config->catalog, inc->runbook.path), arena, &list) : 0;
	for (size_t i = 0; i < n; i++)
		owe_row(o, inc, &list[i]);
}

static void owing_listed(void *arg, const struct store_listed *reply)
{
	struct owing *o = arg;
	if (reply->result != STORE_OK) {
		owing_end(o, false);
		return;
	}
	for (size_t i = 0; i < reply->count; i++)
		owe_record(o, &reply->records[i]);
	o->looked += reply->count;
	if (reply->cursor.n && o->looked < POSTMORTEMS_LOOKED_MAX && !o->more) {
		store_list(o->r->store, o->list, arena_str(o->arena, reply->cursor), PAGE, owing_listed, o);
		return;
	}
	o->more |= reply->cursor.n > 0;
	if (o->list == STORE_LIST_CLOSED) {
		o->list = STORE_LIST_OPEN;
		o->looked = 0;
		store_list(o->r->store, o->list, STR(""), PAGE, owing_listed, o);
		return;
	}
	owing_end(o, true);
}

void postmortems_list(struct router *r, bool all, void (*done)(void *arg, const struct postmortems *reply), void *arg)
{
	struct arena *arena = arena_new();
	struct owing *o = arena_alloc(arena, sizeof *o);
	*o = (struct owing){.r = r,
	                    .config = config_ref(r->config),
	                    .arena = arena,
	                    .list = STORE_LIST_CLOSED,
	                    .all = all,
	                    .now = loop_wall_ms(),
	                    .done = done,
	                    .arg = arg};
	store_list(r->store, STORE_LIST_CLOSED, STR(""), PAGE, owing_listed, o);
}

/* ---- as JSON ---- */

struct owing_view {
	operate_done *done;
	void *arg;
};

static json_t *postmortem_row_view(const struct postmortem_row *row)
{
	return json_pack("{so so so so so so so so ss so}", "key", view_text(row->key), "summary", view_text(row->summary),
	                 "severity", view_text(row->owed.severity), "owner", view_text(row->owner), "episode",
	                 view_time(row->owed.started_at), "resolved_at", view_time(row->owed.resolved_at), "task",
	                 view_text(row->owed.name), "due", view_time(row->owed.due_at), "state",
	                 postmortem_state_name(row->state), "done", done_view(&row->owed.done));
}

static void owing_shown(void *arg, const struct postmortems *p)
{
	struct owing_view *v = arg;
	struct operate_reply reply = {.result = OPERATE_UNAVAILABLE, .error = "the store cannot be read, try again"};
	if (p->readable) {
		json_t *rows = json_array();
		for (size_t i = 0; i < p->count; i++)
			json_array_append_new(rows, postmortem_row_view(&p->rows[i]));
		reply = (struct operate_reply){
			.result = OPERATE_OK, .error = "", .data = json_pack("{so sb}", "postmortems", rows, "more", (int)p->more)};
	}
	v->done(v->arg, &reply);
	json_decref(reply.data);
	free(v);
}

void operate_postmortems(struct router *r, bool all, operate_done *done, void *arg)
{
	struct owing_view *v = mem_zero(sizeof *v);
	*v = (struct owing_view){done, arg};
	postmortems_list(r, all, owing_shown, v);
}
