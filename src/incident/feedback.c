/* Applies what somebody did at a provider, unless a newer page has come since or it is our own echo. */
#include "incident/feedback.h"

#include "generations.h"
#include "incident/delivery.h"

#define NOTE_MAX 1024 /* bytes of a provider's text that are kept */

static struct str beginning(struct str s)
{
	return str_slice(s, 0, s.n < NOTE_MAX ? s.n : NOTE_MAX);
}

/* True where an attempt may still arrive there after what was done: it is told, whatever it shows now. */
static bool is_in_doubt(const struct told_generation *g, enum told told)
{
	return g->maybe || (told == TOLD_RESOLVED && g->echo);
}

/* What the receiver was told of the page itself, not of an escalation's role; NULL: nothing. */
static struct told_generation *told_there(struct incident *inc, const struct feedback *f, struct delivery **delivery)
{
	for (size_t i = 0; f->receiver.n && i < inc->delivery_count; i++) {
		*delivery = &inc->deliveries[i];
		if (str_eq(inc->deliveries[i].receiver, f->receiver) && !inc->deliveries[i].target.n)
			return generation_find(&inc->deliveries[i], f->generation);
	}
	return NULL;
}

/* The receiver shows it already. The delivery, where that was news; else NULL. */
static struct delivery *count_as_told(struct incident *inc, const struct feedback *f, enum told told)
{
	struct delivery *d = NULL;
	struct told_generation *g = told_there(inc, f, &d);
	if (!g || is_in_doubt(g, told) || g->told == TOLD_NOTHING || g->told == TOLD_RESOLVED || g->told == told)
		return NULL;
	g->told = told;
	return d;
}

static enum feedback_result acknowledge_there(struct incident *inc, const struct feedback *f,
                                              const struct incident_policy *policy, int64_t now, struct counts *counts,
                                              bool *changed)
{
	*changed = count_as_told(inc, f, TOLD_ACKNOWLEDGED) != NULL;
	if (incident_acknowledgement(inc)) {
		incident_refresh(inc, now);
		return FEEDBACK_UNCHANGED;
	}
	*changed = true;
	return incident_command(inc, COMMAND_ACK, &f->args, policy, now, counts) ? FEEDBACK_OVER : FEEDBACK_DONE;
}

static enum feedback_result unacknowledge_there(struct incident *inc, const struct feedback *f,
                                                const struct incident_policy *policy, int64_t now,
                                                struct counts *counts, bool *changed)
{
	if (!incident_acknowledgement(inc))
		return FEEDBACK_UNCHANGED;
	*changed = true;
	if (incident_command(inc, COMMAND_UNACK, &f->args, policy, now, counts))
		return FEEDBACK_UNCHANGED;
	struct delivery *d = count_as_told(inc, f, TOLD_FIRING);
	if (d)
		d->notice = inc->notice;
	incident_refresh(inc, now);
	return FEEDBACK_DONE;
}

static enum feedback_result resolve_there(struct incident *inc, const struct feedback *f,
                                          const struct incident_policy *policy, int64_t now, struct counts *counts,
                                          bool *changed)
{
	*changed = true;
	count_as_told(inc, f, TOLD_RESOLVED);
	return incident_command(inc, COMMAND_RESOLVE, &f->args, policy, now, counts) ? FEEDBACK_OVER : FEEDBACK_DONE;
}

static enum feedback_result note_there(struct incident *inc, const struct feedback *f, int64_t now, bool *changed)
{
	*changed = true;
	incident_note(inc, now, "note", "%.*s: %.*s", STR_ARG(beginning(f->args.by)), STR_ARG(beginning(f->args.note)));
	return FEEDBACK_DONE;
}

enum feedback_result incident_feedback_expected(const struct incident *inc, uint64_t generation, const uint64_t *round)
{
	if (generation != inc->generation)
		return FEEDBACK_OLD;
	if (!incident_is_open(inc) || !incident_is_paged(inc))
		return FEEDBACK_OVER;
	if (incident_acknowledgement(inc))
		return FEEDBACK_UNCHANGED;
	return round && *round != inc->ack_round ? FEEDBACK_USED : FEEDBACK_DONE;
}

/* True where it was not known. */
static bool refer(struct incident *inc, const struct feedback *f)
{
	struct delivery *d;
	struct told_generation *g = told_there(inc, f, &d);
	if (!f->reference.n || !g || g->reference.n)
		return false;
	g->reference = arena_str(inc->arena, f->reference);
	return true;
}

static enum feedback_result feed(struct incident *inc, const struct feedback *f, const struct incident_policy *policy,
                                 int64_t now, struct counts *counts, bool *changed)
{
	switch (f->verb) {
	case FEEDBACK_ACKNOWLEDGE: return acknowledge_there(inc, f, policy, now, counts, changed);
	case FEEDBACK_UNACKNOWLEDGE: return unacknowledge_there(inc, f, policy, now, counts, changed);
	case FEEDBACK_RESOLVE: return resolve_there(inc, f, policy, now, counts, changed);
	case FEEDBACK_NOTE: return note_there(inc, f, now, changed);
	case FEEDBACK_REFER: break;
	}
	return FEEDBACK_UNCHANGED;
}

enum feedback_result incident_feedback(struct incident *inc, const struct feedback *f,
                                       const struct incident_policy *policy, int64_t now, struct counts *counts,
                                       bool *changed)
{
	enum feedback_result expected = incident_feedback_expected(inc, f->generation, f->round);
	*changed = false;
	if (expected != FEEDBACK_DONE && expected != FEEDBACK_UNCHANGED)
		return expected;
	bool referred = refer(inc, f);
	enum feedback_result result = feed(inc, f, policy, now, counts, changed);
	*changed |= referred;
	return result;
}
