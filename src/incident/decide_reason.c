/* What became of each alert of a body: verdict and reason, from what was before it and what is after it. */
#include "base/time.h"
#include "incident/deciding.h"

static enum reason reason_of_quiet(const struct deciding *on, const struct listed *l)
{
	if (!incident_is_open(on->inc))
		return REASON_PAGE_FALSE;
	if (!l->stood)
		return REASON_MEMBER_JOINED;
	return incident_acknowledgement(on->inc) ? REASON_ACKNOWLEDGED : REASON_REPEAT;
}

static enum reason reason_of_veteran(struct deciding *on, const struct listed *l)
{
	struct incident *inc = on->inc;
	if (incident_acknowledgement(inc))
		return REASON_ACKNOWLEDGED;
	inc->repeat_interval = l->a->plan->repeat_interval.ms;
	if (plan_open_from(l->a->plan, on->now) > on->now)
		return REASON_REPEAT; /* a reminder waits for its hours as a page does */
	return episode_remind(inc, on->now, "still firing, nobody has acknowledged") ? REASON_REPEAT_INTERVAL
	                                                                             : REASON_REPEAT;
}

static enum reason reason_of_page(const struct deciding *on, const struct listed *l)
{
	if (l->raises)
		return REASON_SEVERITY_RAISED;
	return on->inc->count.pages ? REASON_REOPENED : REASON_NEW;
}

static enum reason reason_of_firing(struct deciding *on, const struct listed *l)
{
	if (l->stays_closed)
		return REASON_CLOSED_BY_HAND;
	if (l->kind == KIND_QUIET)
		return reason_of_quiet(on, l);
	if (l->kind == KIND_LATE && !l->raises)
		return REASON_LATE_FIRING;
	if (l->begins)
		return reason_of_page(on, l);
	if (l->kind == KIND_VETERAN)
		return reason_of_veteran(on, l);
	return on->flaps && !l->pages ? REASON_FLAPPING : REASON_MEMBER_JOINED;
}

/* Never heard of. While another store is away, that one may know it and somebody may have been paged. */
static enum reason reason_of_unknown(struct deciding *on, const struct arrival *a)
{
	bool tells =
		on->policy->partial_since && a->plan->page && !on->was_open && episode_resolve_unknown(on->inc, a, on->now);
	return tells ? REASON_LAST_MEMBER_RESOLVED : REASON_NEVER_PAGED;
}

static bool went_quiet(const struct deciding *on)
{
	return on->was_open && (!incident_is_open(on->inc) || (on->inc->quiet_at && !on->flaps));
}

/* The last of those that stood and have resolved: what the end of all is reported with. */
static const struct listed *last_leaver(const struct deciding *on)
{
	const struct listed *last = NULL;
	for (size_t i = 0; i < on->n; i++) {
		const struct listed *l = &on->of[i];
		if (l->stood && l->a->member.counted && l->a->alert->resolved && !l->old_end)
			last = l;
	}
	return last;
}

static enum reason reason_of_leaver(const struct deciding *on, const struct listed *l)
{
	if (!went_quiet(on) || l != last_leaver(on))
		return REASON_MEMBER_LEFT;
	return on->was_paged ? REASON_LAST_MEMBER_RESOLVED : REASON_NEVER_PAGED;
}

static enum reason reason_of_resolved(struct deciding *on, const struct listed *l)
{
	const struct member *m = &l->a->member;
	if (l->old_end)
		return REASON_DUPLICATE;
	if (!m->found)
		return reason_of_unknown(on, l->a);
	if (!m->mark)
		return REASON_DUPLICATE;
	if (l->stood && m->counted)
		return reason_of_leaver(on, l);
	if (!m->counted)
		return on->was_open ? REASON_MEMBER_LEFT : REASON_PAGE_FALSE;
	return on->inc->closed_by_hand.at && m->episode == on->inc->episode ? REASON_CLOSED_BY_HAND : REASON_DUPLICATE;
}

void decided_count(struct deciding *on, const struct arrival *a, struct decision *d, struct counts *counts)
{
	struct incident *inc = on->inc;
	d->verdict = reason_verdict(d->reason);
	if (d->member_changed)
		d->member_ttl = incident_member_ttl(inc, &d->member, on->policy);
	inc->count.received++;
	switch (d->verdict) {
	case VERDICT_PAGE: inc->count.pages++; break;
	case VERDICT_REMIND: inc->count.reminders++; break;
	case VERDICT_DEDUPLICATE: inc->count.deduplicated++; break;
	case VERDICT_SUPPRESS: inc->count.suppressed++; break;
	case VERDICT_RESOLVE:
	case VERDICTS: break;
	}
	inc->last.verdict = str_c(verdict_name(d->verdict));
	inc->last.reason = str_c(reason_name(d->reason));
	inc->last.at = on->now;
	episode_count(inc, a->plan, counts, verdict_name(d->verdict), reason_name(d->reason));
}

/* What is recorded of an alert that a rule keeps quiet: it says who and why, where nothing else is known. */
static void describe_quiet(struct deciding *on, const struct listed *l)
{
	if (!on->inc->episode && !on->inc->alertname.n)
		episode_describe(on->inc, l->a, on->now);
}

static void report_one(struct deciding *on, const struct listed *l, struct decision *d, struct counts *counts)
{
	d->reason = l->a->alert->resolved ? reason_of_resolved(on, l) : reason_of_firing(on, l);
	if (d->reason == REASON_PAGE_FALSE)
		describe_quiet(on, l);
	d->member_changed = l->changed;
	d->member = l->after;
	decided_count(on, l->a, d, counts);
}

/* The firing ones first: what a page is called depends on what was counted before. */
void decided_report(struct deciding *on, const size_t *index, struct decision *out, struct counts *counts)
{
	for (size_t i = 0; i < on->n; i++)
		if (!on->of[i].a->alert->resolved)
			report_one(on, &on->of[i], &out[index[i]], counts);
	for (size_t i = 0; i < on->n; i++)
		if (on->of[i].a->alert->resolved)
			report_one(on, &on->of[i], &out[index[i]], counts);
}
