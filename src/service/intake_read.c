/* From a body to its alerts, each with its plan; and which of them say the same. */
#include <string.h>

#include "incident/row.h"
#include "service/budgets.h"
#include "service/intake_request.h"

#define READ_STEP ((size_t)16 * 1024)

enum progress intake_read(struct request *q, int64_t until)
{
	const struct config_source *known = config_source(q->config, q->source);
	AUTOERR struct err err = ERR_INIT;

	if (!q->parser)
		q->parser = webhook_parser_new(q->read->arena, q->text, known ? &known->labels : NULL,
		                               ruleset_label_names(q->config->ruleset));
	for (;;) {
		switch (webhook_parser_step(q->parser, READ_STEP, &q->hook, &err)) {
		case WEBHOOK_REFUSED: intake_refuse(q, 400, arena_cstr(q->arena, str_c(err_first(&err)))); return PROGRESS_AWAY;
		case WEBHOOK_TAKEN: return PROGRESS_ENDED;
		case WEBHOOK_MORE: break;
		}
		if (intake_over(until))
			return PROGRESS_MORE;
	}
}

/* What was used of a budget changes from body to body: the plan that is kept says nothing of it. */
const struct plan *intake_within_budgets(struct request *q, const struct plan *plan)
{
	struct budgets *budgets = q->in->r->budgets;
	struct plan own = *plan;

	if (!budgets || !budgets_apply(budgets, q->config, &own, q->arena))
		return plan;
	struct plan *kept = arena_alloc(q->arena, sizeof *kept);
	*kept = own;
	return kept;
}

void intake_make_item(struct request *q, size_t i, const struct plan *plan)
{
	struct item *item = &q->items[i];

	item->alert = &q->hook.alerts[i];
	item->plan = intake_within_budgets(q, plan);
	item->member.source = q->source;
	item->member.fingerprint = str_c(item->alert->identity);
}

void intake_room_for_items(struct request *q)
{
	q->items = arena_alloc(q->arena, (q->hook.count + 1) * sizeof *q->items);
}

void intake_read_again(struct request *q)
{
	q->hook = q->read->hook;
	q->body = q->read->body;
	intake_room_for_items(q);
	for (size_t i = 0; i < q->hook.count; i++)
		intake_make_item(q, i, &q->read->plans[i]);
	q->stage = STAGE_FOLD + 1;
}

static void begin_plans(struct request *q)
{
	webhook_parser_free(q->parser);
	q->parser = NULL;
	q->read->hook = q->hook;
	q->read->plans = arena_alloc(q->read->arena, (q->hook.count + 1) * sizeof *q->read->plans);
	intake_room_for_items(q);
}

/* False: bodies of as many alerts as this one are worked on already. */
static bool may_begin(struct request *q)
{
	size_t cost = q->hook.count * INTAKE_ALERT_BYTES;

	return q->admitted && (cost <= q->cost || intake_admit_more(q, cost));
}

enum progress intake_plan(struct request *q, int64_t until)
{
	if (!q->items && !may_begin(q))
		return PROGRESS_AWAY;
	if (!q->items)
		begin_plans(q);
	for (; q->at < q->hook.count; q->at++) {
		const struct alert *alert = &q->hook.alerts[q->at];
		struct plan *plan = &q->read->plans[q->at];
		if (intake_over(until))
			return PROGRESS_MORE;
		label_names_add_all(q->in->labels, &alert->labels);
		q->in->planned++;
		ruleset_evaluate(q->config->ruleset, alert, &q->hook.group_labels, q->read->arena, plan);
		intake_make_item(q, q->at, plan);
	}
	return PROGRESS_ENDED;
}

/*
 * Of an alert that stands several times in one body the latest episode counts; of one episode its firing, so that no page
 * is lost; else what stands there last.
 */
static bool outweighs(const struct alert *later, const struct alert *known)
{
	if (later->starts_at && known->starts_at && later->starts_at != known->starts_at)
		return later->starts_at > known->starts_at;
	return !later->resolved || known->resolved;
}

/* Replicas of one alert, which differ in what their source drops: it fires while one of them does, since the first began. */
static bool replica_outweighs(const struct alert *later, const struct alert *known)
{
	if (later->resolved != known->resolved)
		return known->resolved;
	if (!later->resolved && later->starts_at && known->starts_at && later->starts_at != known->starts_at)
		return later->starts_at < known->starts_at;
	return outweighs(later, known);
}

/* Replica 1 has fired from 10:00 to 10:09, replica 2 fires from 10:01 on: no new episode has begun at 10:01. */
static const struct alert *after_replica(struct arena *arena, const struct alert *fires, const struct alert *ended)
{
	if (!ended->starts_at || ended->starts_at >= alert_since(fires) || ended->ends_at < fires->starts_at)
		return fires;
	struct alert *out = arena_alloc(arena, sizeof *out);
	*out = *fires;
	out->replica_since = ended->starts_at;
	return out;
}

static void fold_into(struct request *q, struct item *kept, struct item *other, bool replicas)
{
	other->folded_into = kept;
	if (replicas && !kept->alert->resolved && other->alert->resolved)
		kept->alert = after_replica(q->arena, kept->alert, other->alert);
}

static void fold_item(struct request *q, struct item *item, bool replicas)
{
	struct item *known = map_get(q->same, item->member.fingerprint);

	if (known && !(replicas ? replica_outweighs : outweighs)(item->alert, known->alert)) {
		fold_into(q, known, item, replicas);
		return;
	}
	if (known)
		fold_into(q, item, known, replicas);
	map_set(q->same, item->member.fingerprint, item);
}

/* What the body says of its group. */
static void take_request_body(struct request *q)
{
	const struct config_source *known = config_source(q->config, q->source);
	struct body *b = &q->body;

	group_names_id(q->in->group_names, q->source, q->hook.receiver, q->hook.group_key, b->group);
	b->truncated = q->hook.truncated > 0;
	b->parts = !q->hook.group_key.n || (known && known->parts);
	b->whole = !b->truncated && !b->parts && q->hook.count > 0;
	b->all_resolved = str_eq_c(q->hook.notification_reason, "all alerts resolved");
	if (str_eq_c(q->hook.version, "4"))
		b->alertmanager_url = q->hook.external_url;
	b->none_fires = true;
	for (size_t i = 0; i < q->hook.count && b->none_fires; i++)
		b->none_fires = q->items[i].folded_into || q->items[i].alert->resolved;
}

/* It will most likely come again: while it fires, in the same bytes. */
static void keep_read(struct request *q)
{
	q->read->body = q->body;
	bodies_keep(q->in->bodies, q->read);
}

enum progress intake_fold(struct request *q, int64_t until)
{
	const struct config_source *known = config_source(q->config, q->source);
	bool replicas = known && source_labels_rearrange(&known->labels);

	if (!q->same)
		q->same = map_new_of_views(); /* the items go with the request */
	for (; q->at < q->hook.count; q->at++) {
		if (intake_over(until))
			return PROGRESS_MORE;
		fold_item(q, &q->items[q->at], replicas);
	}
	bool each_once = map_count(q->same) == q->hook.count;
	map_free(q->same);
	q->same = NULL;
	take_request_body(q);
	if (q->read && each_once && !q->body.none_fires)
		keep_read(q);
	return PROGRESS_ENDED;
}
