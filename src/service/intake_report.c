/* What became of a webhook's alerts: the answer, the metrics, the journal. */

#include "base/json_writer.h"
#include "base/log.h"
#include "base/time.h"
#include "service/intake_request.h"
#include "service/journal.h"
#include "service/journal_lines.h"
#include "service/shadow_rules.h"

#define DECISION_USUAL 150 /* bytes */

/* A duplicate inside one body says so itself, and shares the key of the one that counted. */
struct answered {
	struct str key;
	enum verdict verdict;
	enum reason reason;
};

/* The last of a chain, which 100,000 copies of one alert make as long as they are many: it is shortened on the way. */
static const struct item *counting(struct item *item)
{
	while (item->folded_into) {
		if (item->folded_into->folded_into)
			item->folded_into = item->folded_into->folded_into;
		item = item->folded_into;
	}
	return item;
}

static struct answered answered_of_item(struct item *item)
{
	const struct item *counts = counting(item);

	if (counts != item)
		return (struct answered){counts->key, VERDICT_DEDUPLICATE, REASON_DUPLICATE};
	return (struct answered){item->key, item->verdict, item->reason};
}

static void put_known_field(struct buf *out, struct str name, struct str value)
{
	json_put_known_name(out, name);
	json_put_known(out, value);
}

static void put_journal_text(struct buf *out, struct str name, struct str value)
{
	json_put_known_name(out, name);
	json_put_text(out, value);
}

static void put_journal_time(struct buf *out, struct str name, int64_t ms)
{
	json_put_known_name(out, name);
	json_put_time(out, ms);
}

/* Of an object that the caller opens and closes. */
static void put_decision(struct buf *out, struct item *item)
{
	struct answered a = answered_of_item(item);
	const struct rule *rule = item->plan->rule;

	put_journal_text(out, JSON_NAME("fingerprint"), item->alert->fingerprint);
	put_journal_text(out, JSON_NAME("key"), a.key);
	put_known_field(out, JSON_NAME("rule"), rule ? rule->name : STR(""));
	put_journal_text(out, JSON_NAME("verdict"), str_c(verdict_name(a.verdict)));
	put_journal_text(out, JSON_NAME("reason"), str_c(reason_name(a.reason)));
}

static void tally_item(struct request *q, struct item *item)
{
	struct answered a = answered_of_item(item);

	q->tally[a.verdict][a.reason]++;
	q->flaws[item->alert->flaw]++;
}

/* For a caller in the same program, which has the alerts. */
static void report_decided(struct request *q)
{
	q->decided = arena_alloc(q->arena, (q->hook.count + 1) * sizeof *q->decided);
	for (size_t i = 0; i < q->hook.count; i++) {
		struct answered a = answered_of_item(&q->items[i]);
		q->decided[i] = (struct intake_decided){a.key, a.verdict, a.reason};
		tally_item(q, &q->items[i]);
	}
}

enum progress intake_report(struct request *q, int64_t until)
{
	if (q->planned) {
		report_decided(q);
		return PROGRESS_ENDED;
	}
	if (!q->at) {
		buf_expect(&q->reply, (q->hook.count + 1) * DECISION_USUAL);
		buf_add_c(&q->reply, "{\"received\":");
		buf_add_integer(&q->reply, (int64_t)q->hook.count);
		buf_add_c(&q->reply, ",\"decisions\":[");
	}
	for (; q->at < q->hook.count; q->at++) {
		struct item *item = &q->items[q->at];
		if (q->at && intake_over(until))
			return PROGRESS_MORE;
		json_put_open(&q->reply, '{');
		put_decision(&q->reply, item);
		json_put_close(&q->reply, '}');
		tally_item(q, item);
	}
	buf_add_c(&q->reply, "]}");
	return PROGRESS_ENDED;
}

/* ---- journal ---- */

#define LINE_USUAL 2000 /* bytes */
#define BODY_USUAL 400

static void put_journal_labels(struct buf *out, struct str name, const struct labels *labels)
{
	json_put_known_name(out, name);
	json_put_open(out, '{');
	for (size_t i = 0; i < labels->n; i++) {
		json_put_name(out, labels->v[i].name);
		json_put_text(out, labels->v[i].value);
	}
	json_put_close(out, '}');
}

static void put_journal_list(struct buf *out, struct str name, struct strs list)
{
	json_put_known_name(out, name);
	json_put_open(out, '[');
	for (size_t i = 0; i < list.n; i++)
		json_put_text(out, list.v[i]);
	json_put_close(out, ']');
}

static void put_alert(struct buf *out, const struct alert *alert)
{
	if (!str_eq_c(alert->fingerprint, alert->identity))
		put_journal_text(out, JSON_NAME("identity"), str_c(alert->identity));
	put_journal_text(out, JSON_NAME("status"), alert->resolved ? STR("resolved") : STR("firing"));
	put_journal_labels(out, JSON_NAME("labels"), &alert->labels);
	put_journal_labels(out, JSON_NAME("annotations"), &alert->annotations);
	put_journal_time(out, JSON_NAME("starts_at"), alert->starts_at);
	put_journal_time(out, JSON_NAME("ends_at"), alert->ends_at);
	put_known_field(out, JSON_NAME("generator_url"), alert->generator_url);
}

static void put_integer(struct buf *out, struct str name, int64_t n)
{
	json_put_known_name(out, name);
	json_put_integer(out, n);
}

/* What the body said of its group, `alerts` how many lines it has. */
static void put_body(struct buf *out, const struct request *q)
{
	put_integer(out, JSON_NAME("alerts"), (int64_t)q->hook.count);
	put_integer(out, JSON_NAME("truncated"), q->hook.truncated);
	put_journal_text(out, JSON_NAME("receiver"), q->hook.receiver);
	put_journal_text(out, JSON_NAME("group_key"), q->hook.group_key);
	put_journal_labels(out, JSON_NAME("group_labels"), &q->hook.group_labels);
	put_known_field(out, JSON_NAME("notification_reason"), q->hook.notification_reason);
}

/* Of a body that is kept it is made once, with the comma before it. */
static void put_as_it_came(struct buf *out, const struct request *q, const struct item *item)
{
	size_t i = (size_t)(item - q->items), start = out->n;
	bool kept = q->read && q->read->said && item->alert == &q->hook.alerts[i];

	if (kept && q->read->said[i].n) {
		buf_add(out, q->read->said[i]);
		return;
	}
	put_alert(out, item->alert);
	if (kept)
		bodies_say(q->in->bodies, q->read, i, str_slice(buf_str(out), start, out->n));
}

/* Likewise; it is said behind the alerts. */
static void put_body_once(struct buf *out, const struct request *q)
{
	size_t i = q->hook.count, start = out->n;
	bool kept = q->read && q->read->said;

	if (kept && q->read->said[i].n) {
		buf_add(out, q->read->said[i]);
		return;
	}
	put_body(out, q);
	if (kept)
		bodies_say(q->in->bodies, q->read, i, str_slice(buf_str(out), start, out->n));
}

/* The same in each of its lines, which are found together again by `body`. */
static void say_body(struct request *q)
{
	char id[JOURNAL_BODY_ID_MAX];
	AUTOBUF struct buf said;

	buf_init(&said, SIZE_MAX); /* as long as what it is made of, which came in one body */
	buf_expect(&said, BODY_USUAL);
	put_journal_text(&said, JSON_NAME("body"), str_c(str_hex16(q->journal_id, id)));
	put_body_once(&said, q);
	q->journal_body = arena_str(q->arena, buf_str(&said));
}

/* The alert as it came, so that it can be replayed, and what was made of it. */
static void put_journal_line(struct buf *out, const struct request *q, struct item *item)
{
	const struct plan *plan = item->plan;

	json_put_open(out, '{');
	buf_add(out, STR("\"event\":\"decided\""));
	put_decision(out, item);
	put_journal_time(out, JSON_NAME("at"), q->now);
	put_journal_text(out, JSON_NAME("source"), q->source);
	put_as_it_came(out, q, item);
	json_put_next(out);
	buf_add(out, q->journal_body);
	put_known_field(out, JSON_NAME("severity"), plan->severity.name);
	put_known_field(out, JSON_NAME("owner"), plan->owner.name);
	put_known_field(out, JSON_NAME("runbook"), plan->runbook.value);
	put_journal_list(out, JSON_NAME("receivers"), plan->receivers.names);
	json_put_close(out, '}');
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
			if (!q->tally[v][r])
				continue;
			struct str names[] = {str_c(verdict_name((enum verdict)v)), str_c(reason_name((enum reason)r))};
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
		if (!q->flaws[f])
			continue;
		struct str name = str_c(alert_flaw_name((enum alert_flaw)f));
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
	AUTOBUF struct buf line;

	buf_init(&line, SIZE_MAX); /* as long as an alert and its plan, which have their ceilings */
	if (r->journal)
		buf_expect(&line, LINE_USUAL);
	if (r->journal && !q->at)
		q->journal_id = loop_dice();
	for (; q->at < q->hook.count; q->at++) {
		struct item *item = &q->items[q->at];
		if (q->at && intake_over(until))
			return PROGRESS_MORE;
		count_plan(r->metrics, item->plan);
		if (answered_of_item(item).verdict == VERDICT_PAGE)
			router_touch_breaches(r, item->plan->severity.entry, item->plan->owner.name);
		if (r->shadow)
			shadow_rules_look(r->shadow, q->config, item->alert, &q->hook.group_labels, item->plan,
			                  answered_of_item(item).verdict, q->now);
		if (!r->journal)
			continue;
		if (!q->journal_body.n)
			say_body(q);
		buf_reset(&line);
		put_journal_line(&line, q, item);
		journal_write(r->journal, buf_str(&line), q->now);
	}
	return PROGRESS_ENDED;
}
