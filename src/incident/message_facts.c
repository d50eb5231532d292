/*
 * The rows of a page, and the line that says what an acknowledgement, a reminder or a resolve is and who did it.
 */
#include "base/time.h"
#include "incident/escalation.h"
#include "incident/target.h"
#include "message_impl.h"

#define FACT_BYTES_MAX 600
#define DESCRIPTION_BYTES_MAX 2000

/* ---- what and who ---- */

const char *message_ending(const struct incident *inc, uint64_t generation)
{
	if (incident_is_paged(inc) || generation != inc->generation)
		return "paged anew";
	if (str_eq_c(inc->resolved_why, "expired"))
		return "expired: no alert has been heard of it";
	if (str_eq_c(inc->resolved_why, "no_longer_reported"))
		return "no longer reported by Alertmanager";
	if (str_eq_c(inc->resolved_why, "page_false"))
		return "its rule pages no more";
	return str_eq_c(inc->resolved_why, "closed_by_hand") ? "closed by hand" : "resolved";
}

/* The step that told this target: the one of its turn, the last that has run where that has not. */
static const struct incident_step *step_for(const struct incident *inc, struct str target)
{
	const struct incident_step *found = NULL;
	unsigned turn = 0;
	for (size_t i = 0; i < inc->step_count && !(found && turn >= step_target_turn(target)); i++) {
		if (!escalation_step_names(&inc->steps[i], step_target_role(target)))
			continue;
		turn++;
		if (!found || inc->steps[i].ran_at)
			found = &inc->steps[i];
	}
	return found;
}

/* " by ana: restarted the service" */
static void add_person_words(struct buf *b, const struct incident_person *person)
{
	if (person->by.n) {
		buf_add_c(b, " by ");
		message_add_line(b, person->by, FACT_BYTES_MAX);
	}
	if (person->note.n) {
		buf_add_c(b, ": ");
		message_add_line(b, person->note, FACT_BYTES_MAX);
	}
}

static void add_ending(struct buf *b, const struct incident *inc, uint64_t generation)
{
	const char *how = message_ending(inc, generation);
	buf_add_char(b, (char)(*how - 'a' + 'A'));
	buf_add_c(b, how + 1);
	if (!incident_is_open(inc) && inc->closed_by_hand.at)
		add_person_words(b, &inc->closed_by_hand);
}

/* "Ana (@ana)", and "lead, Ana (@ana)". */
static void add_aside(struct buf *b, struct str text)
{
	const struct str_aside aside = str_aside(text);
	buf_add_c(b, aside.before);
	message_add_line(b, text, FACT_BYTES_MAX);
	buf_add_c(b, aside.after);
}

/* "Escalated to On-call Lead after 15m" */
static void add_escalated(struct buf *b, const struct message *m, const struct message_context *context)
{
	char after[TIME_DURATION_MAX];
	const struct incident_step *step = step_for(m->incident, context->target);
	if (!context->target.n)
		return;
	buf_add_c(b, "Escalated to ");
	message_add_line(b, step_target_role(context->target), FACT_BYTES_MAX);
	add_aside(b, context->target_contact);
	if (step && step->after_ms > 0)
		buf_printf(b, ": nobody has acknowledged within %s", escalation_reason(step, after));
	else if (step && escalation_when(step).n)
		buf_printf(b, ": %s", escalation_reason(step, after));
}

struct str message_headline(const struct message *m, struct arena *arena, uint64_t generation,
                            const struct message_context *context)
{
	AUTOBUF struct buf b;
	buf_init(&b, SIZE_MAX);
	switch (m->event) {
	case EVENT_TRIGGER: add_escalated(&b, m, context); break;
	case EVENT_UPDATE: buf_add_c(&b, m->quiet ? "Members have joined or left" : "Still firing"); break;
	case EVENT_ACKNOWLEDGE:
		buf_add_c(&b, "Acknowledged");
		add_person_words(&b, &m->incident->acknowledged);
		break;
	case EVENT_RESOLVE: add_ending(&b, m->incident, generation); break;
	}
	return arena_str(arena, buf_str(&b));
}

/* ---- facts ---- */

struct facts {
	struct message *m;
	struct arena *arena;
	const struct message_context *context;
	struct buf line; /* of the fact under way */
};

static void add_fact(struct facts *f, const char *name)
{
	struct message *m = f->m;
	if (f->line.n && m->fact_count < MESSAGE_FACTS_MAX)
		m->facts[m->fact_count++] = (struct message_fact){name, arena_str(f->arena, buf_str(&f->line))};
	buf_reset(&f->line);
}

static void add_text_fact(struct facts *f, const char *name, struct str value)
{
	message_add_line(&f->line, value, FACT_BYTES_MAX);
	add_fact(f, name);
}

static void put_fact_time(struct facts *f, const char *before, int64_t ms)
{
	char out[ZONE_TIME_MAX];
	if (ms)
		buf_printf(&f->line, "%s%s", before, zone_format(f->context->zone, ms, out));
}

static void put_lasted(struct facts *f, int64_t from, int64_t to)
{
	char out[TIME_DURATION_MAX];
	if (from && to > from)
		buf_printf(&f->line, " for %s", time_duration_format((to - from) / TIME_SECOND * TIME_SECOND, out));
}

static void add_severity_fact(struct facts *f)
{
	const struct incident *inc = f->m->incident;
	message_add_line(&f->line, inc->severity.name, FACT_BYTES_MAX);
	if (f->line.n && f->m->event != EVENT_RESOLVE) {
		put_fact_time(f, ", respond by ", incident_response_due(inc));
		put_fact_time(f, ", resolve by ", incident_resolution_due(inc));
	}
	add_fact(f, "Severity");
}

static void since_fact(struct facts *f)
{
	const struct incident *inc = f->m->incident;
	put_fact_time(f, "", f->m->since);
	if (!incident_is_open(inc))
		put_lasted(f, f->m->since, inc->resolved_at);
	add_fact(f, incident_is_open(inc) ? "Firing since" : "Fired");
}

static void add_owner_fact(struct facts *f)
{
	message_add_line(&f->line, f->m->incident->owner, FACT_BYTES_MAX);
	if (f->line.n)
		add_aside(&f->line, f->context->contact);
	add_fact(f, "Owner");
}

/* Names that stand one a line. */
static void put_fact_names(struct facts *f, const char *before, struct str rest)
{
	while (rest.n) {
		ptrdiff_t end = str_index(rest, '\n');
		buf_add_c(&f->line, before);
		message_add_line(&f->line, str_slice(rest, 0, end < 0 ? rest.n : (size_t)end), FACT_BYTES_MAX);
		rest = end < 0 ? (struct str){NULL, 0} : str_slice(rest, (size_t)end + 1, rest.n);
		before = ", ";
	}
}

/* Only what will happen: nothing where somebody has it, or nobody is left. */
static void escalation_fact(struct facts *f)
{
	const struct incident *inc = f->m->incident;
	char after[TIME_DURATION_MAX];
	int64_t at;
	const struct incident_step *next = escalation_announced(inc, &at);
	bool missed = next && escalation_when(next).n;
	if (next && (missed || next->after_ms > 0) && f->m->event != EVENT_RESOLVE) {
		put_fact_time(f, "", at);
		buf_printf(&f->line, " (%s%s): ", missed ? "" : "after ", escalation_reason(next, after));
		put_fact_names(f, "", next->notify);
	}
	add_fact(f, "Escalation");
}

static void told_fact(struct facts *f)
{
	const struct incident *inc = f->m->incident;
	for (size_t i = 0; i < inc->step_count && f->m->event != EVENT_RESOLVE; i++) {
		if (!inc->steps[i].ran_at)
			continue;
		put_fact_time(f, f->line.n ? "; " : "", inc->steps[i].ran_at);
		buf_add_c(&f->line, " ");
		message_add_line(&f->line, inc->steps[i].told, FACT_BYTES_MAX);
	}
	add_fact(f, "Told");
}

static void rule_fact(struct facts *f)
{
	message_add_line(&f->line, f->m->incident->rule, FACT_BYTES_MAX);
	if (f->line.n && f->context->rule_at.n)
		buf_printf(&f->line, " (%.*s)", STR_ARG(f->context->rule_at));
	if (f->line.n)
		put_fact_names(f, "; beside it ", f->m->incident->rules_beside);
	add_fact(f, "Rule");
}

static void labels_fact(struct facts *f)
{
	const struct labels *labels = &f->m->incident->labels;
	for (size_t i = 0; i < labels->n && f->line.n < FACT_BYTES_MAX; i++) {
		if (str_eq_c(labels->v[i].name, "alertname"))
			continue;
		buf_add_c(&f->line, f->line.n ? ", " : "");
		message_add_line(&f->line, labels->v[i].name, FACT_BYTES_MAX);
		buf_add_c(&f->line, "=");
		message_add_line(&f->line, labels->v[i].value, FACT_BYTES_MAX / 2);
	}
	add_fact(f, "Labels");
}

/* A closed record already counts the episode it is about among the previous ones. */
static void last_time_fact(struct facts *f)
{
	const struct incident *inc = f->m->incident;
	size_t i = !incident_is_open(inc) && inc->previous_count && inc->previous[0].started_at == inc->started_at;
	if (i < inc->previous_count) {
		const struct incident_episode *e = &inc->previous[i];
		put_fact_time(f, "", e->started_at);
		put_lasted(f, e->started_at, e->resolved_at);
		buf_add_c(&f->line, e->acknowledged.at ? ", acknowledged" : ", acknowledged by nobody");
		if (e->acknowledged.at)
			add_person_words(&f->line, &e->acknowledged);
	}
	add_fact(f, "Last time");
}

static void take_description(struct message *m)
{
	const struct labels *annotations = incident_annotations(m->incident);
	const struct incident_sample *speaker = incident_speaker(m->incident);
	struct str text = str_trim(labels_get(annotations, STR("description")));
	if (!text.n)
		text = str_trim(labels_get(annotations, STR("message")));
	/* one alert wrote it: it speaks of that member, which fires, or is the only one there was */
	bool speaks_for_all = m->firing.total + m->recovered.total <= 1 || !m->recovered.total ||
	                      (speaker && incident_sample_fires(m->incident, speaker));
	if (text.n && speaks_for_all && !str_eq(text, str_trim(m->incident->summary)))
		m->description = str_slice(text, 0, text.n < DESCRIPTION_BYTES_MAX ? text.n : DESCRIPTION_BYTES_MAX);
}

/* Whoever is told of it later, or again, learns who has it, or had it when it ended. */
static void acknowledged_fact(struct facts *f)
{
	const struct incident *inc = f->m->incident;
	const struct incident_person *who = incident_acknowledgement(inc);
	bool of_an_older_page = f->m->event == EVENT_RESOLVE && incident_is_open(inc);
	if (who && f->m->event != EVENT_ACKNOWLEDGE && !of_an_older_page) {
		put_fact_time(f, "", who->at);
		add_person_words(&f->line, who);
	}
	add_fact(f, "Acknowledged");
}

struct str message_fact(const struct message *m, const char *name)
{
	for (size_t i = 0; i < m->fact_count; i++)
		if (str_eq_c(str_c(m->facts[i].name), name))
			return m->facts[i].value;
	return (struct str){NULL, 0};
}

static void budget_fact(struct facts *f)
{
	add_text_fact(f, "Page budget", f->m->event == EVENT_TRIGGER ? f->context->budget : (struct str){NULL, 0});
}

static void add_facts(struct facts *f)
{
	const struct incident *inc = f->m->incident;
	add_severity_fact(f);
	since_fact(f);
	acknowledged_fact(f);
	add_owner_fact(f);
	add_text_fact(f, "On call", f->context->on_call);
	add_text_fact(f, "Approval", inc->runbook.approval);
	add_text_fact(f, "Estimated time", inc->runbook.estimated_time);
	told_fact(f);
	escalation_fact(f);
	last_time_fact(f);
	rule_fact(f);
	budget_fact(f);
	add_text_fact(f, "Source", inc->source);
	labels_fact(f);
}

void message_take_facts(struct message *m, struct arena *arena, const struct message_context *context)
{
	struct facts f = {.m = m, .arena = arena, .context = context};
	buf_init(&f.line, SIZE_MAX);
	if (context->no_facts)
		budget_fact(&f);
	else
		add_facts(&f);
	buf_release(&f.line);
	take_description(m);
}
