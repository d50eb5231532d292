/* What became of a webhook's alerts: the answer, the metrics, the journal. */
#include "base/buf_json.h"
#include "base/log.h"
#include "base/time.h"
#include "incident/message.h"
#include "service/intake_request.h"
#include "service/journal.h"

static json_t *string(struct str s)
{
	return s.n ? json_stringn(s.p, s.n) : json_string("");
}

/* A duplicate inside one body says so itself, and shares the key of the one that counted. */
struct answered {
	struct str key;
	enum verdict verdict;
	enum reason reason;
};

static struct answered answered(const struct item *item)
{
	const struct item *counts = item;

	while (counts->folded_into)
		counts = counts->folded_into;
	if (counts != item)
		return (struct answered){counts->key, VERDICT_DEDUPLICATE, REASON_DUPLICATE};
	return (struct answered){item->key, item->verdict, item->reason};
}

static json_t *rule_name(const struct item *item)
{
	return item->plan->rule ? string(item->plan->rule->name) : json_null();
}

static json_t *decision(const struct item *item)
{
	struct answered a = answered(item);
	json_t *o = json_object();

	json_object_set_new(o, "fingerprint", string(item->alert->fingerprint));
	json_object_set_new(o, "key", string(a.key));
	json_object_set_new(o, "rule", rule_name(item));
	json_object_set_new(o, "verdict", json_string(verdict_name(a.verdict)));
	json_object_set_new(o, "reason", json_string(reason_name(a.reason)));
	return o;
}

static void tally(struct request *q, const struct item *item)
{
	struct answered a = answered(item);

	q->tally[a.verdict][a.reason]++;
	q->flaws[item->alert->flaw]++;
}

enum progress intake_report(struct request *q, int64_t until)
{
	if (!q->at)
		buf_printf(&q->reply, "{\"received\":%zu,\"decisions\":[", q->hook.count);
	for (; q->at < q->hook.count; q->at++) {
		const struct item *item = &q->items[q->at];
		if (q->at && intake_over(until))
			return PROGRESS_MORE;
		buf_add_c(&q->reply, q->at ? "," : "");
		json_t *o = decision(item);
		buf_add_json(&q->reply, o);
		json_decref(o);
		tally(q, item);
	}
	buf_add_c(&q->reply, "]}");
	return PROGRESS_ENDED;
}

/* ---- journal ---- */

static json_t *strings(struct strs s)
{
	json_t *list = json_array();

	for (size_t i = 0; i < s.n; i++)
		json_array_append_new(list, string(s.v[i]));
	return list;
}

/* The alert as it came, so that it can be replayed, and what was made of it. */
static json_t *journal_line(const struct request *q, const struct item *item)
{
	const struct alert *alert = item->alert;
	const struct plan *plan = item->plan;
	json_t *o = decision(item);

	json_object_set_new(o, "at", view_time(q->now));
	json_object_set_new(o, "source", string(q->source));
	json_object_set_new(o, "status", json_string(alert->resolved ? "resolved" : "firing"));
	json_object_set_new(o, "labels", view_labels(&alert->labels));
	json_object_set_new(o, "annotations", view_labels(&alert->annotations));
	json_object_set_new(o, "starts_at", view_time(alert->starts_at));
	json_object_set_new(o, "ends_at", view_time(alert->ends_at));
	json_object_set_new(o, "generator_url", view_text(alert->generator_url));
	json_object_set_new(o, "group_labels", view_labels(&q->hook.group_labels));
	json_object_set_new(o, "severity", view_text(plan->severity.name));
	json_object_set_new(o, "owner", view_text(plan->owner.name));
	json_object_set_new(o, "runbook", view_text(plan->runbook.value));
	json_object_set_new(o, "receivers", strings(plan->receivers.names));
	return o;
}

/* ---- metrics ---- */

static void count_plan(struct metrics *m, const struct plan *plan)
{
	for (size_t i = 0; i < plan->matched_count; i++)
		metrics_add(m, METRIC_RULE_MATCHES, &plan->matched[i]->name, 1);
	for (size_t i = 0; i < plan->cannot_tell_count; i++)
		metrics_add(m, METRIC_MATCH_ERRORS, &plan->cannot_tell[i]->name, 1);
	if (plan->template_errors)
		metrics_add(m, METRIC_TEMPLATE_ERRORS, NULL, (double)plan->template_errors);
	if (plan->receivers.unknown.n)
		metrics_add(m, METRIC_RECEIVERS_UNKNOWN, NULL, 1);
}

static void count_decisions(struct metrics *m, const struct request *q)
{
	for (int v = 0; v < VERDICTS; v++) {
		for (int r = 0; r < REASONS; r++) {
			struct str names[] = {str_c(verdict_name((enum verdict)v)), str_c(reason_name((enum reason)r))};
			if (q->tally[v][r])
				metrics_add(m, METRIC_ALERTS_DECIDED, names, q->tally[v][r]);
		}
	}
}

static void count_degraded(struct request *q)
{
	struct router *r = q->in->r;
	unsigned sum = q->hook.group_flaw != ALERT_SOUND;
	uint64_t kept_back;

	if (sum)
		q->flaws[q->hook.group_flaw]++;
	for (int f = ALERT_SOUND + 1; f < ALERT_FLAWS; f++) {
		struct str name = str_c(alert_flaw_name((enum alert_flaw)f));
		if (q->flaws[f])
			metrics_add(r->metrics, METRIC_ALERTS_DEGRADED, &name, q->flaws[f]);
		sum += q->flaws[f];
	}
	if (sum && limiter_pass(&q->in->degraded, loop_mono_ms(), TIME_MINUTE, &kept_back))
		LOG(LOG_WARN, "Alerts of a webhook could not be read whole and are handled as far as they could",
		    LOG_STR("source", q->source), LOG_STR("receiver", q->hook.receiver), LOG_I("alerts", (int64_t)sum),
		    LOG_I("kept_back", (int64_t)kept_back));
}

static void count_truncated(struct request *q)
{
	struct router *r = q->in->r;
	uint64_t kept_back;

	metrics_add(r->metrics, METRIC_ALERTS_TRUNCATED, &q->source, (double)q->hook.truncated);
	if (limiter_pass(&q->in->truncated, loop_mono_ms(), TIME_MINUTE, &kept_back))
		LOG(LOG_WARN, "Alertmanager left alerts out of a webhook: set max_alerts to 0", LOG_STR("source", q->source),
		    LOG_I("alerts", q->hook.truncated), LOG_I("kept_back", (int64_t)kept_back));
}

void intake_count(struct request *q)
{
	struct router *r = q->in->r;

	metrics_add(r->metrics, METRIC_ALERTS_RECEIVED, &q->source, (double)q->hook.count);
	metrics_set(r->metrics, METRIC_SOURCE_LAST_RECEIVED, &q->source, (double)loop_wall_ms() / 1000.0);
	count_decisions(r->metrics, q);
	count_degraded(q);
	if (q->hook.truncated > 0)
		count_truncated(q);
}

enum progress intake_journal(struct request *q, int64_t until)
{
	struct router *r = q->in->r;

	for (; q->at < q->hook.count; q->at++) {
		const struct item *item = &q->items[q->at];
		if (q->at && intake_over(until))
			return PROGRESS_MORE;
		count_plan(r->metrics, item->plan);
		if (!r->journal)
			continue;
		json_t *line = journal_line(q, item);
		journal_write(r->journal, line, q->now);
		json_decref(line);
	}
	return PROGRESS_ENDED;
}
