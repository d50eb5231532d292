/*
 * The alerts of a rule test on their way into a replay: each is a webhook body of its own.
 */
#include <assert.h>
#include <string.h>

#include "base/buf_json.h"
#include "base/time.h"
#include "replay/replay.h"
#include "rule_test_impl.h"

#define BEGINNING INT64_C(1767603600000) /* 2026-01-05T09:00:00Z, a Monday: some time there must be */
#define BODY_MAX (1024 * 1024)

struct rule_engine {
	struct replay *replay;
	const struct ruleset *ruleset;
	json_t *started; /* when each label set began to fire */
};

struct rule_engine *rule_engine_new(const struct config *c, struct ruleset *ruleset)
{
	struct rule_engine *e = mem_zero(sizeof *e);

	e->replay = replay_new(c, ruleset, BEGINNING, NULL);
	e->ruleset = ruleset;
	e->started = json_object();
	return e;
}

void rule_engine_free(struct rule_engine *e)
{
	replay_free(e->replay);
	json_decref(e->started);
	mem_cleanup(&e);
}

void rule_engine_advance(struct rule_engine *e, int64_t at)
{
	replay_advance(e->replay, BEGINNING + at);
}

/* The time its episode began: a resolve keeps it, what fires afterwards begins anew. */
static int64_t started_at(struct rule_engine *e, const struct rule_test_step *step)
{
	char *name = json_dumps(step->labels, JSON_COMPACT | JSON_SORT_KEYS);
	const json_t *known = json_object_get(e->started, name);
	int64_t at = known ? json_integer_value(known) : replay_now(e->replay);

	if (step->resolved)
		json_object_del(e->started, name);
	else
		json_object_set_new(e->started, name, json_integer(at));
	mem_cleanup(&name);
	return at;
}

static void write_body(struct rule_engine *e, const struct rule_test_step *step, struct buf *out)
{
	char starts[TIME_FORMAT_MAX], ends[TIME_FORMAT_MAX];
	json_t *name = json_object_get(step->labels, "alertname");
	json_t *group = name ? json_pack("{s:O}", "alertname", name) : json_object();

	time_format(started_at(e, step), starts);
	time_format(replay_now(e->replay), ends);
	json_t *body =
		json_pack("{s:s, s:o, s:[{s:s, s:O, s:O, s:s, s:s}]}", "version", "4", "groupLabels", group, "alerts", "status",
	              step->resolved ? "resolved" : "firing", "labels", step->labels, "annotations", step->annotations,
	              "startsAt", starts, "endsAt", step->resolved ? ends : "0001-01-01T00:00:00Z");
	buf_add_json(out, body);
	json_decref(body);
}

static json_t *decision_json(const struct intake_decided *d, const struct plan *plan)
{
	struct str rule = plan->rule ? plan->rule->name : STR("");

	return json_pack("{s:s%, s:s, s:s, s:s%}", "key", d->key.p, d->key.n, "verdict", verdict_name(d->verdict), "reason",
	                 reason_name(d->reason), "rule", rule.p, rule.n);
}

json_t *rule_engine_alert(struct rule_engine *e, const struct rule_test_step *step, struct err *err)
{
	AUTOARENA struct arena *arena = arena_new();
	AUTOBUF struct buf text;
	struct webhook hook;
	struct plan *plan = arena_alloc(arena, sizeof *plan);

	buf_init(&text, BODY_MAX);
	write_body(e, step, &text);
	if (!webhook_parse_known(arena, buf_str(&text), NULL, ruleset_label_names(e->ruleset), NULL, &hook, err))
		return NULL;
	assert(hook.count == 1);
	ruleset_evaluate(e->ruleset, &hook.alerts[0], &hook.group_labels, arena, plan);
	const struct intake_decided *decided = replay_body(e->replay, STR(""), &hook, &plan, err);
	return decided ? decision_json(decided, plan) : NULL;
}
