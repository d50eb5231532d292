/* Merges what is told by order: the later acknowledgement, the graver severity, the newer description. */
#include "incident/deadline.h"
#include "incident/merging.h"

/* What one page says belongs together and is taken from one side as a whole. */
static const size_t said[] = {
	offsetof(struct incident, alertname),
	offsetof(struct incident, owner),
	offsetof(struct incident, rule),
	offsetof(struct incident, rules_beside),
	offsetof(struct incident, source),
	offsetof(struct incident, runbook.path),
	offsetof(struct incident, runbook.url),
	offsetof(struct incident, runbook.title),
	offsetof(struct incident, runbook.estimated_time),
	offsetof(struct incident, runbook.approval),
	offsetof(struct incident, escalation.name),
	offsetof(struct incident, escalation.notify),
	offsetof(struct incident, summary),
	offsetof(struct incident, generator_url),
	offsetof(struct incident, alertmanager_url),
	offsetof(struct incident, silence.by),
	offsetof(struct incident, speaker.source),
	offsetof(struct incident, speaker.fingerprint),
};
static const size_t numbers[] = {
	offsetof(struct incident, escalation.after_ms), offsetof(struct incident, escalation.from),
	offsetof(struct incident, repeat_interval),     offsetof(struct incident, resolve_hold),
	offsetof(struct incident, silence.since),       offsetof(struct incident, silence.until),
	offsetof(struct incident, silence.asked_at),    offsetof(struct incident, silence.gone_at),
	offsetof(struct incident, silence.known_at),
};
#define ROWS(t) (sizeof(t) / sizeof *(t))

static struct str str_at(const struct incident *inc, size_t offset)
{
	return *(const struct str *)(const void *)((const char *)inc + offset);
}

static int64_t number_at(const struct incident *inc, size_t offset)
{
	return *(const int64_t *)(const void *)((const char *)inc + offset);
}

int merging_labels_order(const struct labels *a, const struct labels *b)
{
	int order = merging_order((int64_t)a->n, (int64_t)b->n);
	for (size_t i = 0; !order && i < a->n; i++) {
		order = str_cmp(a->v[i].name, b->v[i].name);
		order = order ? order : str_cmp(a->v[i].value, b->v[i].value);
	}
	return order;
}

/* The latest page's words; then any order that is one, and that knows nothing but what is taken. */
static int description_order(const struct incident *a, const struct incident *b)
{
	int order = merging_order((int64_t)a->generation, (int64_t)b->generation);
	order = order ? order : merging_order(a->last_notice_at, b->last_notice_at);
	for (size_t i = 0; !order && i < ROWS(said); i++)
		order = str_cmp(str_at(a, said[i]), str_at(b, said[i]));
	for (size_t i = 0; !order && i < ROWS(numbers); i++)
		order = merging_order(number_at(a, numbers[i]), number_at(b, numbers[i]));
	order = order ? order : merging_path_order(a, b);
	return order ? order : merging_labels_order(&a->annotations, &b->annotations);
}

static int severity_order(const struct incident *a, const struct incident *b)
{
	int order = merging_order(b->severity.rank, a->severity.rank);
	order = order ? order : str_cmp(a->severity.name, b->severity.name);
	order = order ? order : str_cmp(a->severity.pagerduty, b->severity.pagerduty);
	order = order ? order : merging_order(a->severity.response_ms, b->severity.response_ms);
	return order ? order : merging_order(a->severity.resolution_ms, b->severity.resolution_ms);
}

static int last_order(const struct incident *a, const struct incident *b)
{
	int order = merging_order(a->last.at, b->last.at);
	order = order ? order : str_cmp(a->last.verdict, b->last.verdict);
	return order ? order : str_cmp(a->last.reason, b->last.reason);
}

void merging_severity(struct merging *m)
{
	const struct incident *gravest = NULL;
	for (size_t s = 0; s < SIDES; s++)
		if ((incident_is_open(m->out) ? merging_carries(m, s) : merging_belongs(m, s)) &&
		    (!gravest || severity_order(m->side[s], gravest) > 0))
			gravest = m->side[s];
	if (!gravest) { /* tombstones */
		int order = description_order(m->side[0], m->side[1]);
		order = order ? order : severity_order(m->side[0], m->side[1]);
		gravest = m->side[order < 0];
	}
	m->out->severity = gravest->severity;
}

/* Common to the members of both sides, as far as both are in this episode. */
static void merge_labels(struct merging *m, int newer)
{
	const struct labels *both[] = {&m->side[0]->labels, &m->side[1]->labels};
	newer = newer ? newer : merging_labels_order(both[0], both[1]);
	bool first = merging_belongs(m, 0), second = merging_belongs(m, 1);
	if (first && second && !labels_equal(both[0], both[1]))
		m->out->labels = labels_common(m->out->arena, both, SIDES);
	else
		m->out->labels = first ? *both[0] : second ? *both[1] : *both[newer < 0];
}

void merging_description(struct merging *m)
{
	struct incident *out = m->out;
	const struct incident *a = m->side[0], *b = m->side[1];
	int order = description_order(a, b);
	const struct incident *newer = order >= 0 ? a : b;
	for (size_t i = 0; i < ROWS(said); i++)
		*(struct str *)(void *)((char *)out + said[i]) = str_at(newer, said[i]);
	for (size_t i = 0; i < ROWS(numbers); i++)
		*(int64_t *)(void *)((char *)out + numbers[i]) = number_at(newer, numbers[i]);
	out->annotations = newer->annotations;
	merging_steps(m, newer, newer == a ? b : a);
	out->last = last_order(a, b) >= 0 ? a->last : b->last;
	merge_labels(m, order);
}

int merging_person_order(const struct incident_person *a, const struct incident_person *b)
{
	int order = merging_order(a->at, b->at);
	order = order ? order : str_cmp(a->by, b->by);
	return order ? order : str_cmp(a->note, b->note);
}

/* Somebody counts for the other side alone, and was told of since: the acknowledgement is none of his. */
static bool knows_more(const struct merging *m, size_t side)
{
	for (size_t i = 0; i < m->count; i++)
		if (m->at[i].here && m->at[i].stands[side] && !m->at[i].stands[1 - side])
			return m->side[side]->last_notice_at > m->side[1 - side]->acknowledged.at;
	return false;
}

/* An acknowledgement is of what the side knew: not of members it had none of, nor of a page that began later elsewhere. */
static bool acknowledges(const struct merging *m, size_t side)
{
	const struct incident *inc = m->side[side], *other = m->side[1 - side], *out = m->out;
	if (!incident_is_open(out))
		return merging_belongs(m, side);
	if (!merging_carries(m, side) || !incident_acknowledgement(inc) || (m->firing && !m->fires[side]))
		return false;
	if (inc->ack_generation != out->generation + !incident_is_paged(out))
		return false;
	bool both = merging_carries(m, 1 - side) && other->generation == inc->generation;
	return !both || !knows_more(m, 1 - side);
}

static int acknowledgement_order(const struct incident *a, const struct incident *b)
{
	int order = merging_order((int64_t)a->ack_generation, (int64_t)b->ack_generation);
	order = order ? order : merging_person_order(&a->acknowledged, &b->acknowledged);
	order = order ? order : merging_order(a->ack_until, b->ack_until);
	return order ? order : merging_order((int64_t)a->taken_generation, (int64_t)b->taken_generation);
}

/* A side that did not know that somebody has it pages, and whom it pages is told. */
static bool pages_nobody(const struct merging *m, uint64_t generation)
{
	for (size_t s = 0; s < SIDES; s++) {
		const struct incident *inc = m->side[s];
		if (inc->generation == generation && incident_is_paged(inc) && !incident_is_taken(inc))
			return false;
	}
	return true;
}

/* Whoever has it in the latest generation that is open on a side: an older one's acknowledgement was for another page. */
void merging_acknowledgement(struct merging *m)
{
	struct incident *out = m->out;
	const struct incident *who = NULL;
	for (size_t s = 0; s < SIDES; s++)
		if (acknowledges(m, s) && (!who || acknowledgement_order(m->side[s], who) > 0))
			who = m->side[s];
	out->acknowledged = who ? who->acknowledged : (struct incident_person){0};
	out->ack_generation = who ? who->ack_generation : 0;
	out->ack_until = who ? who->ack_until : 0;
	out->taken_generation = who && pages_nobody(m, who->taken_generation) ? who->taken_generation : 0;
	out->ack_round = m->side[0]->ack_round > m->side[1]->ack_round ? m->side[0]->ack_round : m->side[1]->ack_round;
}

/* An episode's first response and its misses are what either side saw first. */
void merging_deadlines(struct merging *m)
{
	m->out->deadlines.responded_at = 0;
	m->out->deadlines.response_missed_at = m->out->deadlines.resolution_missed_at = m->out->deadlines.from = 0;
	for (size_t s = 0; s < SIDES; s++) {
		const struct incident *inc = m->side[s];
		if (!merging_belongs(m, s) || inc->episode != m->episode)
			continue;
		m->out->deadlines.responded_at = merging_earlier(m->out->deadlines.responded_at, inc->deadlines.responded_at);
		m->out->deadlines.response_missed_at =
			merging_earlier(m->out->deadlines.response_missed_at, inc->deadlines.response_missed_at);
		m->out->deadlines.resolution_missed_at =
			merging_earlier(m->out->deadlines.resolution_missed_at, inc->deadlines.resolution_missed_at);
		m->out->deadlines.from = merging_earlier(m->out->deadlines.from, incident_promises_from(inc));
	}
	if (m->out->deadlines.from <= m->out->started_at)
		m->out->deadlines.from = 0;
}

static int update_order(const struct incident_update *a, const struct incident_update *b)
{
	const struct str texts[][2] = {{a->by, b->by},     {a->status, b->status}, {a->impact, b->impact}, {a->eta, b->eta},
	                               {a->done, b->done}, {a->next, b->next},     {a->cause, b->cause}};
	int order = merging_order(a->at, b->at);
	order = order ? order : merging_order((int64_t)a->number, (int64_t)b->number);
	for (size_t i = 0; !order && i < ROWS(texts); i++)
		order = str_cmp(texts[i][0], texts[i][1]);
	return order ? order : merging_labels_order(&a->set, &b->set);
}

/* What a person said last in this episode, and who approved last. */
void merging_update(struct merging *m)
{
	m->out->update = (struct incident_update){.number = 0};
	m->out->approved = (struct incident_person){0};
	for (size_t s = 0; s < SIDES; s++) {
		const struct incident *inc = m->side[s];
		if (merging_belongs(m, s) && inc->episode == m->episode && update_order(&inc->update, &m->out->update) > 0)
			m->out->update = inc->update;
		if (merging_belongs(m, s) && inc->episode == m->episode &&
		    merging_person_order(&inc->approved, &m->out->approved) > 0)
			m->out->approved = inc->approved;
	}
}

static int closing_order(const struct incident *a, const struct incident *b)
{
	int order = merging_order(a->resolved_at, b->resolved_at);
	order = order ? order : merging_person_order(&a->closed_by_hand, &b->closed_by_hand);
	return order ? order : str_cmp(a->resolved_why, b->resolved_why);
}

/* Closed: when and why, as the side says that closed it last; where none did, its last member was seen to resolve. */
void merging_closing(struct merging *m)
{
	struct incident *out = m->out;
	const struct incident *closed = NULL;
	for (size_t s = 0; s < SIDES; s++)
		if (!incident_is_open(m->side[s]) && merging_belongs(m, s) &&
		    (!closed || closing_order(m->side[s], closed) > 0))
			closed = m->side[s];
	m->closed_before = closed || !m->episode;
	if (closed) {
		out->resolved_at = closed->resolved_at;
		out->resolved_why = closed->resolved_why;
		out->closed_by_hand = closed->closed_by_hand;
	} else if (m->episode) {
		out->resolved_at = out->last_seen_at;
		out->resolved_why = incident_is_paged(out) ? STR("last_member_resolved") : STR("never_paged");
	}
}
