/*
 * A digest on its way: what waits for a paced receiver, told in one message (incident/digest.h). It is claimed a piece at a
 * time, and written a few at a time when it was told: of what waits in the store only so much is in memory. Nothing is on
 * record before it is sent: a digest opens no incident at the provider under a key of theirs, so after a crash whoever
 * comes next tells them anew.
 */
#include "incident/digest.h"

#include <string.h>

#include "base/log.h"
#include "catalog/hours.h"
#include "service/dispatch.h"
#include "service/telling.h"
#include "service/transaction.h"

#define DIGEST_MOST 500          /* incidents of one message */
#define DIGEST_WRITES 16         /* records under way at one time */
#define DIGEST_PAUSE_MS 10000    /* too few could be folded */
#define DIGEST_REFUSED_MS 600000 /* the receiver refused it: one by one then */

struct digest_job;

struct folded {
	struct digest_job *job;
	struct str key;
	const char *claim; /* of its piece */
	struct attempt attempt;
};

struct digest_job {
	struct outlet *outlet;
	struct arena *arena;
	struct config *config, *definition; /* as they were when it began */
	const struct config_receiver *receiver;
	uint64_t defined;       /* outlet.defined when it began */
	int64_t lease_end_mono; /* of the first piece */
	struct digest digest;
	struct folded *folded; /* DIGEST_MOST */
	size_t count;
	const struct folded
		*counted;            /* the message counts as a page of this one: the first that it is one for; NULL: of none */
	size_t written, writing; /* records: begun, and of these under way */
	bool gravest;            /* some of what was claimed are: they go first, and by themselves */
	bool gathering;          /* another piece is to be claimed */
	bool sending;
	struct telling telling;
};

static void digest_end(struct digest_job *j)
{
	struct outlet *o = j->outlet;

	o->digest = NULL;
	o->jobs--;
	config_unref(j->config);
	config_unref(j->definition);
	arena_free(j->arena);
	outlet_wake(o, 0);
	dispatcher_unref(o->d);
}

/* ---- when ---- */

static bool is_paced(const struct outlet *o)
{
	return o->receiver->digest_above && o->rate.per_second > 0 && o->figures.queue > o->receiver->digest_above;
}

/* Whatever is due then is looked at by itself, and waits (incident/delivery_hours.h). */
static bool is_shut(const struct outlet *o)
{
	return hours_are_said(&o->receiver->hours) && !hours_open(o->config->catalog, &o->receiver->hours, loop_wall_ms());
}

bool digest_is_due(const struct outlet *o, int64_t now)
{
	return is_paced(o) && !is_shut(o) && !o->digest && !o->gravest_wait && o->breaker.state == BREAKER_CLOSED &&
	       now >= o->digest_after;
}

/* The first that is handed out is of the gravest that wait. */
void digest_look(struct outlet *o, const struct store_claimed *reply)
{
	AUTOARENA struct arena *arena = arena_new();
	AUTOERR struct err err = ERR_INIT;

	o->gravest_wait = true;
	if (!is_paced(o) || !reply->count)
		return;
	const struct incident *inc = incident_read(arena, reply->records[0].bytes, &err);
	o->gravest_wait = inc && incident_lane(inc) == 0;
}

/* ---- the records of those that stood in it ---- */

static enum tx_apply fold_apply(void *arg, struct incident *inc, struct tx_member *members, int64_t now,
                                struct counts *counts)
{
	const struct folded *f = arg;

	const struct digest_job *j = f->job;

	(void)members;
	if (f == j->counted)
		outlet_count_told(&(struct told_by){j->outlet->name, j->receiver, j->config}, &f->attempt, inc, now, counts);
	incident_folded(inc, f->job->outlet->name, &f->attempt, f->job->count, now);
	return TX_WRITE_RELEASE;
}

static void write_more_folded(struct digest_job *j);

/* One that could not be written stays due: it is told again when its lease has run out. */
static void fold_done(void *arg, enum tx_result result, const struct incident *inc, int64_t now)
{
	const struct folded *f = arg;
	struct digest_job *j = f->job;

	if (result == TX_DONE && f == j->counted)
		outlet_spend_budget(j->outlet, &f->attempt, inc, now);
	j->writing--;
	write_more_folded(j);
}

static void write_folded_record(struct digest_job *j, struct folded *f)
{
	struct tx_change change = {
		.key = f->key, .apply = fold_apply, .done = fold_done, .arg = f, .release_receiver = j->outlet->name};

	memcpy(change.release_claim, f->claim, sizeof change.release_claim);
	j->writing++;
	transaction_run(j->outlet->d->r->transactions, &change);
}

static void write_more_folded(struct digest_job *j)
{
	while (!j->outlet->d->closed && j->writing < DIGEST_WRITES && j->written < j->count)
		write_folded_record(j, &j->folded[j->written++]);
	if (!j->writing)
		digest_end(j);
}

static void write_folded(struct digest_job *j)
{
	struct outlet *o = j->outlet;
	struct str labels[] = {o->name, STR("in_digest")};

	metrics_add(o->d->r->metrics, METRIC_DELIVERIES, labels, (double)j->count);
	o->figures.queue -= j->count < o->figures.queue ? j->count : o->figures.queue;
	write_more_folded(j);
}

static void give_folded_back(struct digest_job *j)
{
	for (size_t i = 0; !j->outlet->d->closed && i < j->count; i++)
		outlet_release(j->outlet, j->folded[i].key, j->folded[i].claim, 0);
}

/* ---- the message ---- */

static void digest_attempted(struct digest_job *j, enum outcome outcome, struct str error)
{
	struct outlet *o = j->outlet;

	j->sending = false;
	outlet_attempted(o, j->defined, outcome);
	if (outcome == OUTCOME_DELIVERED) {
		LOG(LOG_INFO, "Many incidents waited: told in one message", LOG_STR("receiver", o->name),
		    LOG_I("incidents", (int64_t)j->count));
		write_folded(j);
		return;
	}
	LOG(LOG_WARN, "A digest failed", LOG_STR("receiver", o->name), LOG_S("outcome", outcome_name(outcome)),
	    LOG_I("incidents", (int64_t)j->count), LOG_STR("error", error));
	o->digest_after = loop_mono_ms() + (outcome == OUTCOME_REJECTED ? DIGEST_REFUSED_MS : DIGEST_PAUSE_MS);
	give_folded_back(j);
	digest_end(j);
}

static void digest_told(void *arg, const struct receiver_judgement *judged)
{
	struct digest_job *j = arg;

	if (j->telling.template_failed)
		outlet_template_failed(j->outlet);
	digest_attempted(j, judged->outcome, judged->error);
}

static void digest_took(void *arg, int64_t took_ms)
{
	outlet_took(((const struct digest_job *)arg)->outlet, took_ms);
}

static bool digest_may_go_on(void *arg)
{
	const struct digest_job *j = arg;

	return delivery_may_send(loop_mono_ms(), j->lease_end_mono, j->config->policy.delivery_timeout);
}

static struct str list_url(const struct digest_job *j)
{
	struct str url = j->config->external_url;

	return url.n ? str_c(arena_printf(j->arena, "%.*s/", STR_ARG(url))) : url;
}

static void digest_tell(struct digest_job *j, int64_t now)
{
	AUTOERR struct err err = ERR_INIT;

	j->telling = (struct telling){
		.arena = j->arena,
		.client = j->outlet->d->r->client,
		.config = j->config,
		.receiver = j->receiver,
		.session = &j->outlet->session,
		.told_lately = outlet_told_lately(j->outlet),
		.event = EVENT_TRIGGER,
		.generation = 1,
		.attempt = 1,
		.digest = true,
		.stays = true,
		.incident_url = list_url(j),
		.may_go_on = digest_may_go_on,
		.answered = digest_took,
		.done = digest_told,
		.arg = j,
	};
	j->sending = true;
	switch (telling_start(&j->telling, digest_incident(&j->digest, j->outlet->name, now), &err)) {
	case TELLING_SENT: break;
	case TELLING_NOTHING: digest_attempted(j, OUTCOME_REJECTED, STR("the receiver has nothing to say to it")); break;
	case TELLING_FAILED: digest_attempted(j, OUTCOME_RETRY, str_c(err_first(&err))); break;
	}
}

/* ---- what was claimed ---- */

static bool fold_record(struct digest_job *j, const struct store_record *record, const char *claim, int64_t now)
{
	AUTOARENA struct arena *arena = arena_new();
	AUTOERR struct err err = ERR_INIT;
	struct incident *inc = incident_read(arena, record->bytes, &err);
	const struct delivery *d = inc ? incident_delivery(inc, j->outlet->name) : NULL;

	j->gravest |= inc && incident_lane(inc) == 0;
	if (!d || !digest_takes(inc, d, now))
		return false;
	digest_fold(&j->digest, inc, d);
	struct folded *f = &j->folded[j->count++];
	*f = (struct folded){j, arena_str(j->arena, record->key), claim, delivery_peek(inc, d)};
	if (!j->counted && f->attempt.want.verb == WANT_TRIGGER && !f->attempt.update)
		j->counted = f;
	return true;
}

static struct digest_job *digest_job_new(struct outlet *o)
{
	struct arena *arena = arena_new();
	struct digest_job *j = arena_alloc(arena, sizeof *j);

	j->outlet = o;
	j->arena = arena;
	j->config = config_ref(o->d->r->config);
	j->definition = config_ref(o->config);
	j->defined = o->defined;
	j->receiver = o->receiver;
	j->lease_end_mono = o->claim.sent_mono + o->claim.lease_ms;
	j->folded = arena_alloc(arena, DIGEST_MOST * sizeof *j->folded);
	digest_init(&j->digest, arena);
	o->digest = j;
	o->jobs++;
	o->d->refs++;
	return j;
}

static void fold_piece(struct digest_job *j, const struct store_claimed *reply)
{
	struct outlet *o = j->outlet;
	const char *claim = arena_cstr(j->arena, str_c(o->claim.id));

	for (size_t i = 0; i < reply->count; i++) {
		if (!fold_record(j, &reply->records[i], claim, reply->now))
			outlet_release(o, reply->records[i].key, claim, 0);
	}
}

int digest_piece(const struct outlet *o)
{
	size_t left = DIGEST_MOST - (o->digest ? o->digest->count : 0);

	return left < DIGEST_PIECE ? (int)left : DIGEST_PIECE;
}

bool digest_gathers(const struct outlet *o)
{
	return o->digest && o->digest->gathering;
}

/* No message comes of it: what it holds is as due as before, and so is the token. */
static void digest_give_up(struct digest_job *j)
{
	rate_give(&j->outlet->rate, 1);
	give_folded_back(j);
	digest_end(j);
}

void digest_gathered(struct outlet *o, int64_t now)
{
	struct digest_job *j = o->digest;

	j->gathering = false;
	o->gravest_wait = true; /* until the next ordinary claim says otherwise */
	if (!j->gravest && j->count > j->receiver->digest_above && !outlet_observes(o) && digest_may_go_on(j)) {
		digest_tell(j, now);
		return;
	}
	if (!j->gravest)
		o->digest_after = loop_mono_ms() + DIGEST_PAUSE_MS;
	digest_give_up(j);
}

void digest_take(struct outlet *o, const struct store_claimed *reply)
{
	struct digest_job *j = o->digest ? o->digest : digest_job_new(o);
	bool more = reply->count == (size_t)o->claim.max;

	fold_piece(j, reply);
	j->gathering = more && !j->gravest && j->count < DIGEST_MOST && digest_may_go_on(j);
	if (!j->gathering)
		digest_gathered(o, reply->now);
}

void digest_stop_gathering(struct outlet *o)
{
	if (digest_gathers(o))
		digest_give_up(o->digest);
}

void digest_abandon(struct outlet *o)
{
	struct digest_job *j = o->digest;

	digest_stop_gathering(o);
	if (!o->digest || !j->sending)
		return;
	telling_cancel(&j->telling);
	give_folded_back(j);
	digest_end(j);
}
