/* An incident as the JSON that API and receivers share. */
#include <inttypes.h>

#include "base/buf.h"
#include "base/time.h"
#include "incident/deadline.h"
#include "incident/delivery.h"
#include "incident/escalation.h"
#include "incident/message.h"
#include "incident/target.h"

#define REPLACEMENT "\xef\xbf\xbd" /* U+FFFD */

/* jansson takes well-formed UTF-8 only, and providers refuse NUL; a page must not fail for such a byte. */
static json_t *text_repaired(struct str s)
{
	AUTOBUF struct buf b;
	buf_init(&b, SIZE_MAX);
	while (s.n > 0) {
		size_t n = *s.p ? str_utf8_len(s) : 0;
		buf_add(&b, n ? str_slice(s, 0, n) : STR(REPLACEMENT));
		s = str_slice(s, n ? n : 1, s.n);
	}
	return json_stringn(b.p, b.n);
}

/* Never NULL: where empty text is a value of its own. */
static json_t *text_or_repaired(struct str s)
{
	json_t *j = str_index(s, '\0') < 0 ? json_stringn(s.n ? s.p : "", s.n) : NULL;
	return j ? j : text_repaired(s);
}

json_t *view_text(struct str s)
{
	return s.n ? text_or_repaired(s) : json_null();
}

json_t *view_time(int64_t ms)
{
	char out[TIME_FORMAT_MAX];
	return ms ? json_string(time_format(ms, out)) : json_null();
}

json_t *view_duration(int64_t ms)
{
	char out[TIME_DURATION_MAX];
	return ms ? json_string(time_duration_format(ms, out)) : json_null();
}

json_t *view_labels(const struct labels *labels)
{
	json_t *o = json_object();
	for (size_t i = 0; i < labels->n; i++) {
		json_t *name = text_or_repaired(labels->v[i].name);
		json_object_setn_new(o, json_string_value(name), json_string_length(name),
		                     text_or_repaired(labels->v[i].value));
		json_decref(name);
	}
	return o;
}

json_t *view_person(const struct incident_person *person)
{
	if (!person->at)
		return json_null();
	return json_pack("{so so so}", "by", view_text(person->by), "at", view_time(person->at), "note",
	                 view_text(person->note));
}

int64_t incident_response_due(const struct incident *inc)
{
	return inc->started_at && inc->severity.response_ms ? incident_promises_from(inc) + inc->severity.response_ms : 0;
}

int64_t incident_resolution_due(const struct incident *inc)
{
	return inc->started_at && inc->severity.resolution_ms ? incident_promises_from(inc) + inc->severity.resolution_ms
	                                                      : 0;
}

int64_t incident_repeat_due(const struct incident *inc)
{
	bool goes_on = incident_firing(inc) > 0 || incident_is_missed(inc);
	bool reminds = incident_is_paged(inc) && goes_on && !incident_acknowledgement(inc);
	return reminds && inc->repeat_interval && inc->last_notice_at ? inc->last_notice_at + inc->repeat_interval : 0;
}

json_t *view_runbook(const struct incident *inc)
{
	if (!inc->runbook.path.n && !inc->runbook.url.n)
		return json_null();
	return json_pack("{so so so so so}", "path", view_text(inc->runbook.path), "url", view_text(inc->runbook.url),
	                 "title", view_text(inc->runbook.title), "estimated_time", view_text(inc->runbook.estimated_time),
	                 "approval", view_text(inc->runbook.approval));
}

static json_t *names_json_of_lines(struct str lines)
{
	json_t *list = json_array();
	for (struct str name; escalation_take_name(&lines, &name);)
		json_array_append_new(list, view_text(name));
	return list;
}

/* A step at once is "0s", not absent. */
static json_t *after_json(int64_t ms)
{
	char out[TIME_DURATION_MAX];
	return ms < 0 ? json_null() : json_string(time_duration_format(ms, out));
}

/* Of an incident that is over only what has run. */
static json_t *steps(const struct incident *inc)
{
	json_t *list = json_array();
	int64_t at;
	for (size_t i = 0; i < inc->step_count; i++) {
		const struct incident_step *step = &inc->steps[i];
		enum step_outlook outlook = escalation_outlook(inc, step, &at);
		if (outlook == STEP_OVER)
			continue;
		json_array_append_new(list,
		                      json_pack("{so so so so so ss so}", "after", after_json(step->after_ms), "when",
		                                view_text(escalation_when(step)), "notify", names_json_of_lines(step->notify),
		                                "at", view_time(step->ran_at), "told", view_text(step->told), "state",
		                                step_outlook_name(outlook), "due", view_time(outlook == STEP_COMES ? at : 0)));
	}
	return list;
}

/* Null where none will come. */
static json_t *next_step_view(const struct incident *inc)
{
	int64_t at;
	const struct incident_step *next = escalation_announced(inc, &at);
	if (!next)
		return json_null();
	return json_pack("{so so so so}", "at", view_time(at), "after", after_json(next->after_ms), "when",
	                 view_text(escalation_when(next)), "notify", names_json_of_lines(next->notify));
}

/* What has run of it, and what comes next; "first" is who is, or was, told before anybody else. */
json_t *view_escalation(const struct incident *inc)
{
	if (!inc->escalation.name.n)
		return json_null();
	return json_pack("{so s{so so} so so}", "name", view_text(inc->escalation.name), "first", "after",
	                 after_json(inc->escalation.after_ms), "notify", names_json_of_lines(inc->escalation.notify),
	                 "steps", steps(inc), "next", next_step_view(inc));
}

/* Null where nobody said that it is silenced. */
static json_t *view_silence(const struct incident *inc)
{
	if (!inc->silence.since)
		return json_null();
	return json_pack("{so so}", "since", view_time(inc->silence.since), "by", view_text(inc->silence.by));
}

/* Null where nobody has said anything to stakeholders. */
static json_t *view_update(const struct incident *inc)
{
	const struct incident_update *u = &inc->update;
	if (!u->number)
		return json_null();
	return json_pack("{so so so so so so so so}", "at", view_time(u->at), "by", view_text(u->by), "status",
	                 view_text(u->status), "impact", view_text(u->impact), "eta", view_text(u->eta), "done",
	                 view_text(u->done), "next", view_text(u->next), "cause", view_text(u->cause));
}

static json_t *one_delivery(const struct incident *inc, const struct delivery *d)
{
	json_t *generation = d->gen_count ? json_integer((json_int_t)d->gens[d->gen_count - 1].generation) : json_null();
	bool dead = delivery_is_dead(inc, d);
	bool digest = d->gen_count && d->gens[d->gen_count - 1].in_digest;
	json_t *turn = d->target.n ? json_integer(step_target_turn(d->target)) : json_null();
	json_t *wants = d->due_at && d->want.verb != WANT_NOTHING ? json_string(want_verb_name(d->want.verb)) : json_null();
	return json_pack("{so so so ss so so sI so so so sb sb}", "receiver", text_or_repaired(d->receiver), "target",
	                 view_text(step_target_role(d->target)), "turn", turn, "told", delivery_told_name(d), "wants",
	                 wants, "generation", generation, "attempts", (json_int_t)d->attempts, "last_error",
	                 view_text(dead && !d->last_error.n ? d->dead_error : d->last_error), "next_attempt_at",
	                 view_time(d->due_at), "told_at", view_time(d->told_at), "dead", (int)dead, "digest", (int)digest);
}

static json_t *deliveries(const struct incident *inc)
{
	json_t *list = json_array();
	for (size_t i = 0; i < inc->delivery_count; i++)
		json_array_append_new(list, one_delivery(inc, &inc->deliveries[i]));
	return list;
}

/* Hardly any incident is one: the others say nothing of it. last_beat_at is null while none is waited for: it was missed,
 * or closed by hand since. */
static void set_heartbeat(json_t *o, const struct incident *inc)
{
	static const struct incident_policy alone;
	if (!inc->heartbeat.every)
		return;
	json_t *heartbeat =
		json_pack("{so so so}", "every", view_duration(inc->heartbeat.every), "last_beat_at",
	              view_time(inc->heartbeat.beat_at), "due_at", view_time(incident_beat_due(inc, &alone)));
	json_object_set_new(o, "heartbeat", heartbeat);
}

static void set_identity(json_t *o, const struct incident *inc)
{
	json_object_set_new(o, "key", json_string(inc->key));
	json_object_set_new(o, "state", json_string(incident_state(inc)));
	json_object_set_new(o, "alertname", view_text(inc->alertname));
	json_object_set_new(o, "severity", view_text(inc->severity.name));
	json_object_set_new(o, "owner", view_text(inc->owner));
	json_object_set_new(o, "rule", view_text(inc->rule));
	json_object_set_new(o, "rules_beside", names_json_of_lines(inc->rules_beside));
	json_object_set_new(o, "runbook", view_runbook(inc));
	json_object_set_new(o, "escalation", view_escalation(inc));
	json_object_set_new(o, "summary", view_text(incident_summary(inc)));
	json_object_set_new(o, "labels", view_labels(&inc->labels));
	json_object_set_new(o, "annotations", view_labels(incident_annotations(inc)));
	json_object_set_new(o, "source", view_text(inc->source));
	json_object_set_new(o, "generator_url", view_text(inc->generator_url));
	json_object_set_new(o, "generation", json_integer((json_int_t)inc->generation));
}

static json_t *acknowledgement(const struct incident *inc)
{
	const struct incident_person *by = incident_acknowledgement(inc);
	return by ? view_person(by) : json_null();
}

static void set_view_times(json_t *o, const struct incident *inc)
{
	json_object_set_new(o, "started_at", view_time(inc->started_at));
	json_object_set_new(o, "firing_since", view_time(incident_firing_since(inc)));
	json_object_set_new(o, "last_seen_at", view_time(inc->last_seen_at));
	json_object_set_new(o, "resolved_at", view_time(incident_is_open(inc) ? 0 : inc->resolved_at));
	json_object_set_new(o, "resolved_why", incident_is_open(inc) ? json_null() : view_text(inc->resolved_why));
	json_object_set_new(o, "acknowledged", acknowledgement(inc));
	json_object_set_new(o, "approved", inc->approved.at ? view_person(&inc->approved) : json_null());
	json_object_set_new(o, "silenced", view_silence(inc));
	json_object_set_new(o, "held_until", view_time(incident_held_until(inc)));
	json_object_set_new(o, "update", view_update(inc));
	set_heartbeat(o, inc);
	json_object_set_new(o, "repeat_due_at", view_time(incident_repeat_due(inc)));
	json_object_set_new(o, "response_due", view_time(incident_response_due(inc)));
	json_object_set_new(o, "resolution_due", view_time(incident_resolution_due(inc)));
	json_object_set_new(o, "responded_at", view_time(incident_responded_at(inc)));
	json_object_set_new(o, "response_missed_at", view_time(inc->deadlines.response_missed_at));
	json_object_set_new(o, "resolution_missed_at", view_time(inc->deadlines.resolution_missed_at));
	json_object_set_new(o, "last",
	                    inc->last.at ? json_pack("{so so so}", "verdict", view_text(inc->last.verdict), "reason",
	                                             view_text(inc->last.reason), "at", view_time(inc->last.at))
	                                 : json_null());
}

void view_set_counts(json_t *o, const struct incident *inc)
{
	const struct {
		const char *name;
		uint64_t n;
	} rows[] = {
		{"received", inc->count.received},     {"pages", inc->count.pages},
		{"reminders", inc->count.reminders},   {"deduplicated", inc->count.deduplicated},
		{"suppressed", inc->count.suppressed}, {"flaps", inc->count.flaps},
	};
	json_object_set_new(
		o, "members",
		json_pack("{sI sI}", "firing", (json_int_t)incident_firing(inc), "total", (json_int_t)inc->count.total));
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		json_object_set_new(o, rows[i].name, json_integer((json_int_t)rows[i].n));
}

static json_t *member_list(const struct incident *inc)
{
	json_t *list = json_array();
	for (size_t i = 0; i < inc->sample_count; i++) {
		const struct incident_sample *s = &inc->sample[i];
		json_array_append_new(list, json_pack("{so so so ss so}", "source", view_text(s->source), "fingerprint",
		                                      text_or_repaired(s->fingerprint), "labels", view_labels(&s->labels),
		                                      "status", incident_sample_fires(inc, s) ? "firing" : "resolved",
		                                      "starts_at", view_time(s->starts_at)));
	}
	return list;
}

/* A closed record already counts the episode it shows among the previous ones. */
static size_t first_previous(const struct incident *inc)
{
	return !incident_is_open(inc) && inc->previous_count && inc->previous[0].started_at == inc->started_at;
}

static json_t *previous(const struct incident *inc)
{
	json_t *list = json_array();
	for (size_t i = first_previous(inc); i < inc->previous_count; i++) {
		const struct incident_episode *e = &inc->previous[i];
		json_array_append_new(list,
		                      json_pack("{so so so}", "started_at", view_time(e->started_at), "resolved_at",
		                                view_time(e->resolved_at), "acknowledged", view_person(&e->acknowledged)));
	}
	return list;
}

static json_t *timeline(const struct incident *inc)
{
	json_t *list = json_array();
	for (size_t i = 0; i < inc->timeline_count; i++) {
		const struct incident_event *e = &inc->timeline[i];
		json_array_append_new(list, json_pack("{so so so}", "at", view_time(e->at), "what", text_or_repaired(e->what),
		                                      "detail", view_text(e->detail)));
	}
	return list;
}

const char *const incident_view_names[] = {
	"incident.key",
	"incident.state",
	"incident.alertname",
	"incident.severity",
	"incident.owner",
	"incident.rule",
	"incident.rules_beside.*",
	"incident.runbook.path",
	"incident.runbook.url",
	"incident.runbook.title",
	"incident.runbook.estimated_time",
	"incident.runbook.approval",
	"incident.escalation.name",
	"incident.escalation.first.after",
	"incident.escalation.first.notify.*",
	"incident.escalation.steps.*",
	"incident.escalation.next.*",
	"incident.summary",
	"incident.labels.*",
	"incident.annotations.*",
	"incident.source",
	"incident.generator_url",
	"incident.generation",
	"incident.started_at",
	"incident.firing_since",
	"incident.last_seen_at",
	"incident.resolved_at",
	"incident.resolved_why",
	"incident.acknowledged.by",
	"incident.acknowledged.at",
	"incident.acknowledged.note",
	"incident.approved.by",
	"incident.approved.at",
	"incident.approved.note",
	"incident.silenced.since",
	"incident.silenced.by",
	"incident.held_until",
	"incident.update.at",
	"incident.update.by",
	"incident.update.status",
	"incident.update.impact",
	"incident.update.eta",
	"incident.update.done",
	"incident.update.next",
	"incident.update.cause",
	"incident.heartbeat.every",
	"incident.heartbeat.last_beat_at",
	"incident.heartbeat.due_at",
	"incident.repeat_due_at",
	"incident.response_due",
	"incident.resolution_due",
	"incident.responded_at",
	"incident.response_missed_at",
	"incident.resolution_missed_at",
	"incident.last.verdict",
	"incident.last.reason",
	"incident.last.at",
	"incident.members.firing",
	"incident.members.total",
	"incident.received",
	"incident.pages",
	"incident.reminders",
	"incident.deduplicated",
	"incident.suppressed",
	"incident.flaps",
	"incident.deliveries.*",
	NULL,
};

json_t *incident_view(const struct incident *inc, bool detail)
{
	json_t *o = json_object();
	set_identity(o, inc);
	set_view_times(o, inc);
	view_set_counts(o, inc);
	json_object_set_new(o, "deliveries", deliveries(inc));
	if (!detail)
		return o;
	json_object_set_new(o, "member_list", member_list(inc));
	json_object_set_new(o, "previous", previous(inc));
	json_object_set_new(o, "timeline", timeline(inc));
	json_object_set_new(o, "timeline_dropped", json_integer((json_int_t)inc->timeline_dropped));
	return o;
}
