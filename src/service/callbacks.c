/* Checks a callback, remembers it against replay, and feeds it to its incident. */
#include "service/callbacks.h"

#include "base/log.h"
#include "incident/feedback.h"
#include "reference_find.h"
#include "service/feedback_run.h"

static const struct {
	const char *name;
	int code;
} outcomes[CALLBACK_OUTCOMES] = {
	[CALLBACK_ACKNOWLEDGED] = {"acknowledged", 200},
	[CALLBACK_UNACKNOWLEDGED] = {"unacknowledged", 200},
	[CALLBACK_RESOLVED] = {"resolved", 200},
	[CALLBACK_NOTED] = {"noted", 200},
	[CALLBACK_IGNORED_NOTHING] = {"ignored", 200},
	[CALLBACK_IGNORED_UNCHANGED] = {"unchanged", 200},
	[CALLBACK_IGNORED_OLD] = {"older_page", 200},
	[CALLBACK_IGNORED_OWN] = {"own", 200},
	[CALLBACK_IGNORED_REPEATED] = {"repeated", 200},
	[CALLBACK_IGNORED_UNKNOWN] = {"unknown_event", 200},
	[CALLBACK_IGNORED_ABSENT] = {"unknown_incident", 200},
	[CALLBACK_REFUSED] = {"refused", 401},
	[CALLBACK_REPLAYED] = {"replayed", 403},
	[CALLBACK_NONSENSE] = {"malformed", 400},
	[CALLBACK_FAILED] = {"unavailable", 503},
};

const char *callback_outcome_name(enum callback_outcome outcome)
{
	return outcomes[outcome].name;
}

int callback_outcome_code(enum callback_outcome outcome)
{
	return outcomes[outcome].code;
}

struct callbacks {
	struct router *r;
	uint64_t seen[CALLBACKS_SEEN]; /* of events that were taken, a ring; 0: none */
	size_t next, pending;
};

/* One event under way. */
struct calling {
	struct callbacks *c;
	struct arena *arena;
	const struct receiver_kind *kind;
	struct callback_event event;
	struct strs receivers; /* whose secret it was proved by */
	struct feedback feedback;
	uint64_t mark; /* in `seen`; 0: it has no id */
	struct loop_timer *late;
	void (*done)(void *arg, enum callback_outcome outcome); /* NULL: it was told */
	void *arg;
};

struct callbacks *callbacks_new(struct router *r)
{
	struct callbacks *c = mem_zero(sizeof *c);

	c->r = r;
	return c;
}

void callbacks_free(struct callbacks *c)
{
	mem_cleanup(&c);
}

size_t callbacks_pending(const struct callbacks *c)
{
	return c->pending;
}

/* ---- what was seen ---- */

static uint64_t mark_of(const struct receiver_kind *kind, struct str id)
{
	return id.n ? str_fnv1a(id, str_fnv1a(str_c(kind->name), STR_FNV_SEED)) | 1 : 0;
}

static bool was_seen(const struct callbacks *c, uint64_t mark)
{
	for (size_t i = 0; mark && i < CALLBACKS_SEEN; i++) {
		if (c->seen[i] == mark)
			return true;
	}
	return false;
}

static void remember_mark(struct callbacks *c, uint64_t mark)
{
	if (!mark || was_seen(c, mark))
		return;
	c->seen[c->next] = mark;
	c->next = (c->next + 1) % CALLBACKS_SEEN;
}

/* ---- the end ---- */

static void count_callback(struct router *r, const struct receiver_kind *kind, enum callback_outcome outcome)
{
	struct str labels[] = {str_c(kind->name), str_c(outcomes[outcome].name)};

	metrics_add(r->metrics, METRIC_CALLBACKS, labels, 1);
}

static void tell_outcome(struct calling *g, enum callback_outcome outcome)
{
	void (*done)(void *, enum callback_outcome) = g->done;

	g->done = NULL;
	if (done)
		done(g->arg, outcome);
}

/* What could not be done is tried again by whoever sent it, so it is not remembered. */
static void calling_end(struct calling *g, enum callback_outcome outcome)
{
	if (outcome != CALLBACK_FAILED)
		remember_mark(g->c, g->mark);
	count_callback(g->c->r, g->kind, outcome);
	tell_outcome(g, outcome);
	loop_timer_free(g->late);
	g->c->pending--;
	arena_free(g->arena);
}

/* The provider would not wait any longer; what is under way goes on, and is done once however often it is sent. */
static void fail_late_callback(void *arg)
{
	tell_outcome(arg, CALLBACK_FAILED);
}

/* ---- what it does ---- */

static const struct {
	enum feedback_verb verb;
	enum callback_outcome done;
} meanings[] = {
	[CALLBACK_ACKNOWLEDGE] = {FEEDBACK_ACKNOWLEDGE, CALLBACK_ACKNOWLEDGED},
	[CALLBACK_UNACKNOWLEDGE] = {FEEDBACK_UNACKNOWLEDGE, CALLBACK_UNACKNOWLEDGED},
	[CALLBACK_RESOLVE] = {FEEDBACK_RESOLVE, CALLBACK_RESOLVED},
	[CALLBACK_NOTE] = {FEEDBACK_NOTE, CALLBACK_NOTED},
	[CALLBACK_REFER] = {FEEDBACK_REFER, CALLBACK_IGNORED_NOTHING},
};

static enum callback_outcome outcome_of(const struct calling *g, enum feedback_result result)
{
	switch (result) {
	case FEEDBACK_DONE: return meanings[g->event.what].done;
	case FEEDBACK_UNCHANGED:
		return g->event.what == CALLBACK_REFER ? CALLBACK_IGNORED_NOTHING : CALLBACK_IGNORED_UNCHANGED;
	case FEEDBACK_OLD:
	case FEEDBACK_USED:
	case FEEDBACK_OVER: break;
	}
	return CALLBACK_IGNORED_OLD;
}

static void fed(void *arg, const struct feedback_answer *answer)
{
	struct calling *g = arg;

	switch (answer->what) {
	case FEEDBACK_APPLIED: calling_end(g, outcome_of(g, answer->result)); return;
	case FEEDBACK_ABSENT: calling_end(g, CALLBACK_IGNORED_ABSENT); return;
	case FEEDBACK_UNAVAILABLE: break;
	}
	calling_end(g, CALLBACK_FAILED);
}

/* Which receiver shows it already is known where it alone has that secret. */
static struct str shown_at(const struct calling *g)
{
	return g->receivers.n == 1 ? g->receivers.v[0] : (struct str){NULL, 0};
}

static void feed_incident(struct calling *g, struct str key, uint64_t generation, struct str receiver)
{
	g->feedback = (struct feedback){
		.verb = meanings[g->event.what].verb,
		.generation = generation,
		.receiver = g->kind->callback->shows ? receiver : (struct str){NULL, 0},
		.reference = g->event.reference.n <= RECEIVER_REF_MAX ? g->event.reference : (struct str){NULL, 0},
		.args = {g->event.by.n ? g->event.by : str_c(g->kind->name), g->event.note},
	};
	feedback_run(g->c->r, key, &g->feedback, fed, g);
}

static void reference_found(void *arg, const struct reference_found *found)
{
	struct calling *g = arg;

	if (found->found)
		feed_incident(g, found->key, found->generation, found->receiver);
	else
		calling_end(g, found->unavailable ? CALLBACK_FAILED : CALLBACK_IGNORED_ABSENT);
}

static void find_incident(struct calling *g)
{
	struct str nowhere = {NULL, 0}, name = g->event.key.n ? g->event.key : g->event.reference;
	struct provider_key key;

	if (incident_provider_key_read(g->event.key, &key))
		feed_incident(g, key.key, key.generation, key.role.n ? nowhere : shown_at(g));
	else if (name.n && name.n <= RECEIVER_REF_MAX)
		reference_find(g->c->r, &g->receivers, name, reference_found, g);
	else
		calling_end(g, CALLBACK_IGNORED_ABSENT);
}

/* ---- the request ---- */

static bool has_secret(const struct config_receiver *r)
{
	for (size_t i = 0; r->kind->callback && i < r->secret_count; i++) {
		if (str_eq_c(str_c(r->secrets[i].option), r->kind->callback->secret))
			return true;
	}
	return false;
}

/* One of the receiver's secrets proves it; a line in `err` where they cannot be read. */
static bool proves(const struct config_receiver *r, const struct callback_request *request, struct err *err)
{
	const struct receiver_callback *callback = r->kind->callback;
	struct strs secrets;
	bool found = false;

	if (!config_receiver_secret(r, callback->secret, request->arena, &secrets, err))
		return false;
	for (size_t i = 0; i < secrets.n; i++)
		found |= callback->authentic(request, secrets.v[i]);
	return found;
}

/* Names the receivers that prove it. False with a line in `err` where a secret could not be read and no other fits. */
static bool find_senders(struct calling *g, const struct callback_request *request, struct err *err)
{
	const struct config *c = g->c->r->config;

	g->receivers.v = arena_alloc(g->arena, (c->receiver_count + 1) * sizeof *g->receivers.v);
	for (size_t i = 0; i < c->receiver_count; i++) {
		const struct config_receiver *r = &c->receivers[i];
		if (r->kind == g->kind && has_secret(r) && proves(r, request, err))
			g->receivers.v[g->receivers.n++] = arena_str(g->arena, r->name);
	}
	return g->receivers.n || !err_any(err);
}

static void keep_event(struct calling *g)
{
	struct callback_event *e = &g->event;

	e->key = arena_str(g->arena, e->key);
	e->reference = arena_str(g->arena, e->reference);
	e->by = arena_str(g->arena, e->by);
	e->note = arena_str(g->arena, e->note);
	g->mark = mark_of(g->kind, e->id);
}

/* An authentic one: what is left to do with it. */
static void take_callback(struct calling *g, const struct callback_request *request)
{
	static const enum callback_outcome unread[] = {[CALLBACK_OWN] = CALLBACK_IGNORED_OWN,
	                                               [CALLBACK_UNKNOWN] = CALLBACK_IGNORED_UNKNOWN,
	                                               [CALLBACK_MALFORMED] = CALLBACK_NONSENSE,
	                                               [CALLBACK_TOO_OLD] = CALLBACK_REPLAYED};
	enum callback_reading reading = g->kind->callback->read(request, &g->event);

	if (reading != CALLBACK_READ) {
		calling_end(g, unread[reading]);
		return;
	}
	keep_event(g);
	if (was_seen(g->c, g->mark))
		calling_end(g, g->kind->callback->once ? CALLBACK_REPLAYED : CALLBACK_IGNORED_REPEATED);
	else if (g->event.what == CALLBACK_NOTHING)
		calling_end(g, CALLBACK_IGNORED_NOTHING);
	else
		find_incident(g);
}

void callbacks_take(struct callbacks *c, const struct receiver_kind *kind, const struct callback_request *request,
                    void (*done)(void *arg, enum callback_outcome outcome), void *arg)
{
	AUTOERR struct err err = ERR_INIT;
	struct arena *arena = arena_new();
	struct calling *g = arena_alloc(arena, sizeof *g);

	*g = (struct calling){.c = c, .arena = arena, .kind = kind, .done = done, .arg = arg};
	g->late = loop_timer_new(c->r->loop, fail_late_callback, g);
	loop_timer_set(g->late, CALLBACKS_ANSWER_MS);
	c->pending++;
	if (!find_senders(g, request, &err)) {
		LOG(LOG_ERROR, "Cannot read a secret that proves callbacks", LOG_S("error", err_first(&err)));
		calling_end(g, CALLBACK_FAILED);
	} else if (!g->receivers.n) {
		calling_end(g, CALLBACK_REFUSED);
	} else {
		take_callback(g, request);
	}
}

const struct receiver_kind *callbacks_kind(const struct config *c, struct str name)
{
	for (size_t i = 0; i < c->receiver_count; i++) {
		if (str_eq_c(name, c->receivers[i].kind->name) && has_secret(&c->receivers[i]))
			return c->receivers[i].kind;
	}
	return NULL;
}

void callbacks_touch_metrics(const struct router *r)
{
	for (size_t i = 0; i < r->config->receiver_count; i++) {
		const struct config_receiver *receiver = &r->config->receivers[i];
		for (int k = 0; has_secret(receiver) && k < CALLBACK_OUTCOMES; k++)
			metrics_touch(r->metrics, METRIC_CALLBACKS,
			              (struct str[]){str_c(receiver->kind->name), str_c(outcomes[k].name)});
	}
}
