/* What stakeholders are told: who hears it, and which template says it. The filling is in communication_fill.c. */
#include "incident/communication.h"

#include <string.h>

#include "communication_impl.h"
#include "incident/delivery.h"

const char *const communication_statuses[] = {"investigating", "identified", "fixing", "monitoring", "resolved", NULL};

enum communication communication_of(const struct incident_update *update)
{
	return str_eq_c(update->status, "resolved") ? COMMUNICATION_RESOLUTION : COMMUNICATION_UPDATE;
}

/* ---- who hears it ---- */

static struct delivery *stakeholder(struct incident *inc, struct str receiver, int64_t now)
{
	const struct delivery *known = incident_delivery(inc, receiver);
	bool told = known && known->from != DELIVERY_NOT_YET;
	struct delivery *d = incident_add_delivery(inc, receiver, STR(""), now);
	if (d && !told) {
		d->from = inc->generation + !incident_is_paged(inc);
		d->update_due = incident_is_taken(inc); /* it hears of it all the same: that wakes nobody */
	}
	return d;
}

void communication_join(struct incident *inc, const struct incident_policy *policy, int64_t now)
{
	if (!incident_is_paged(inc) || inc->severity.rank > COMMUNICATION_RANK)
		return;
	for (size_t i = 0; i < policy->stakeholders.n; i++)
		stakeholder(inc, policy->stakeholders.v[i], now);
}

static void take_words(struct incident *inc, struct str *to, struct str said)
{
	if (said.n)
		*to = arena_str(inc->arena,
		                str_slice(said, 0, said.n < COMMUNICATION_WORDS_MAX ? said.n : COMMUNICATION_WORDS_MAX));
}

void communication_take(struct incident *inc, const struct incident_update *update, int64_t now)
{
	struct incident_update *own = &inc->update;
	take_words(inc, &own->status, update->status);
	take_words(inc, &own->impact, update->impact);
	take_words(inc, &own->eta, update->eta);
	take_words(inc, &own->done, update->done);
	take_words(inc, &own->next, update->next);
	take_words(inc, &own->cause, update->cause);
	take_words(inc, &own->by, update->by);
	own->set = labels_copy(inc->arena, &update->set);
	own->at = now;
}

void communication_say(struct incident *inc, const struct incident_policy *policy, int64_t now)
{
	inc->update.number++;
	for (size_t i = 0; i < policy->stakeholders.n; i++) {
		struct delivery *d = stakeholder(inc, policy->stakeholders.v[i], now);
		if (d)
			d->update_due = true;
	}
	incident_note(inc, now, "updated", "%.*s: %.*s%s%.*s", STR_ARG(inc->update.by), STR_ARG(inc->update.status),
	              inc->update.done.n ? ": " : "", STR_ARG(inc->update.done));
}

/* ---- which template ---- */

static const char *const resolution_words[] = {"resol", "recovered", "closed", "closure", NULL};
static const char *const update_words[] = {"update", "progress", NULL};

static enum communication communication_kind_of(struct str words)
{
	if (communication_has(words, resolution_words))
		return COMMUNICATION_RESOLUTION;
	return communication_has(words, update_words) ? COMMUNICATION_UPDATE : COMMUNICATION_OPENING;
}

static struct str first_body_line(struct str body)
{
	ptrdiff_t end = str_index(body, '\n');
	return str_slice(body, 0, end < 0 ? body.n : (size_t)end);
}

/* By its name; one whose name says nothing ("Template", "Message 2") by how it begins. */
static bool is_template_meant(const struct fact_template *t, enum communication kind)
{
	enum communication by_name = communication_kind_of(t->name);
	return (by_name == COMMUNICATION_OPENING ? communication_kind_of(first_body_line(t->body)) : by_name) == kind;
}

static const struct fact_template *find_template(const struct facts *stated, enum communication kind)
{
	for (size_t i = 0; stated && i < stated->templates_count; i++)
		if (is_template_meant(&stated->templates[i], kind))
			return &stated->templates[i];
	return NULL;
}

/* Where the organisation has none. A line whose placeholder is not known is left out. */
static const struct str own_templates[] = {
	[COMMUNICATION_OPENING] = STR_INIT("[SEVERITY] incident: [TITLE]\n\nImpact: [IMPACT]\nStatus: [STATUS]\n"
                                       "Expected end: [ETA]\nIn charge: [OWNER]"),
	[COMMUNICATION_UPDATE] = STR_INIT("Update: [TITLE]\n\nStatus: [STATUS]\nImpact: [IMPACT]\nDone: [DONE]\n"
                                      "Next steps: [NEXT STEPS]\nExpected end: [ETA]"),
	[COMMUNICATION_RESOLUTION] = STR_INIT("Resolved: [TITLE]\n\nWhat was done: [RESOLUTION]\nCause: [ROOT CAUSE]\n"
                                          "Duration: [DURATION]"),
};

static struct str lines_that_are_known(struct arena *arena, struct str body)
{
	AUTOBUF struct buf out;
	buf_init(&out, SIZE_MAX);
	while (body.n) {
		struct str line = first_body_line(body);
		body = str_slice(body, line.n + (line.n < body.n), body.n);
		if (str_find(line, STR(COMMUNICATION_TO_FOLLOW)) < 0)
			buf_printf(&out, "%.*s\n", STR_ARG(line));
	}
	return arena_str(arena, buf_str(&out));
}

void communication_write(struct arena *arena, const struct incident *inc, enum communication kind,
                         const struct communication_context *context, struct communication_text *out)
{
	const struct fact_template *t = find_template(context->stated, kind);
	*out = (struct communication_text){.template_name = t ? t->name : (struct str){NULL, 0}};
	struct str body = communication_fill(arena, inc, kind, t ? t->body : own_templates[kind], context, &out->missing);
	body = str_trim(t ? body : lines_that_are_known(arena, body));
	out->title = first_body_line(body);
	out->text = str_trim(str_slice(body, out->title.n, body.n));
	out->title = str_trim(out->title);
}
