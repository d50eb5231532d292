/* Hourly counters added up to the rows of a noise report. */
#include "service/noise.h"

#include <stdlib.h>

#include "base/time.h"
#include "base/zone.h"
#include "catalog/schedule.h"
#include "lint/runbook_lint.h"

static const struct str OTHER = STR_INIT("other"); /* names that there was no room for */

const char *const noise_measure_names[NOISE_MEASURES] = {
	[NOISE_RECEIVED] = "received",         [NOISE_PAGES] = "pages",
	[NOISE_NIGHT_PAGES] = "night_pages",   [NOISE_REMINDERS] = "reminders",
	[NOISE_SUPPRESSED] = "suppressed",     [NOISE_FLAPS] = "flaps",
	[NOISE_ACKNOWLEDGED] = "acknowledged", [NOISE_SELF_RESOLVED] = "self_resolved",
	[NOISE_PAGES_BEFORE] = "pages_before", [NOISE_DECIDED] = "decided",
	[NOISE_CANCELLED] = "cancelled",       [NOISE_CHAT] = "chat",
	[NOISE_TICKETS] = "tickets",           [NOISE_ARCHIVED] = "archived",
	[NOISE_RESOLVED] = "resolved",         [NOISE_HELPED] = "helped",
	[NOISE_OUTDATED] = "outdated",         [NOISE_MISSING] = "missing",
};
const char *const noise_by_names[NOISE_BYS] = {
	[NOISE_ALERTNAME] = "alertname", [NOISE_RULE] = "rule",         [NOISE_OWNER] = "owner",
	[NOISE_SEVERITY] = "severity",   [NOISE_RECEIVER] = "receiver", [NOISE_PERSON] = "person",
	[NOISE_RUNBOOK] = "runbook",
};

/* ---- durations ---- */

static void durations_add(struct noise_durations *d, struct str bucket_text, uint64_t n)
{
	int64_t bucket;

	if (!str_to_i64(bucket_text, &bucket) || bucket < 0 || bucket > 10000)
		return;
	d->total += n;
	for (size_t i = 0; i < d->n; i++) {
		if (d->v[i].bucket == (int)bucket) {
			d->v[i].n += n;
			return;
		}
	}
	MEM_ROOM(d->v, d->n, d->capacity);
	d->v[d->n++] = (struct noise_bucket){(int)bucket, n};
}

static int by_bucket(const void *a, const void *b)
{
	const struct noise_bucket *x = a, *y = b;
	return (x->bucket > y->bucket) - (x->bucket < y->bucket);
}

void noise_durations_sort(struct noise_durations *d)
{
	if (d->n > 1)
		qsort(d->v, d->n, sizeof *d->v, by_bucket);
}

/* One that is not plain, or that a later runbookd has written, is known to have ended only. */
static void fates_add(struct noise_fates *f, struct str detail, uint64_t n)
{
	struct count_fate fate;

	if (!count_fate_parse(detail, &fate) || !fate.plain)
		return;
	f->plain += n;
	*(fate.taken ? &f->taken[fate.lasted][fate.taken_after] : &f->lasted[fate.lasted]) += n;
}

/* ---- what alerts were decided to be ---- */

/*
 * In mode observe nothing is sent: a page is counted when it is decided, and whether that was at night is said by the
 * configuration's time_zone, not by the receiver's.
 */
bool noise_observes(const struct config *c)
{
	return c && c->delivery.mode == DELIVERY_OBSERVE;
}

static void add_decided_page(const struct noise *noise, struct noise_row *row, uint64_t n, int64_t hour)
{
	row->n[NOISE_DECIDED] += n;
	if (!noise_observes(noise->config))
		return;
	row->n[NOISE_PAGES] += n;
	row->n[NOISE_NIGHT_PAGES] += zone_is_night(noise->config->zone, hour) ? n : 0;
}

static void add_verdict(const struct noise *noise, struct noise_row *row, enum reason reason, uint64_t n, int64_t hour)
{
	row->n[NOISE_RECEIVED] += n;
	switch (reason_verdict(reason)) {
	case VERDICT_PAGE: add_decided_page(noise, row, n, hour); break;
	case VERDICT_REMIND: break; /* counted when it is sent */
	case VERDICT_DEDUPLICATE:
		row->deduplicated[reason] += n;
		row->n[NOISE_FLAPS] += reason == REASON_FLAPPING ? n : 0;
		break;
	case VERDICT_SUPPRESS: row->n[NOISE_SUPPRESSED] += n; break;
	case VERDICT_RESOLVE:
	case VERDICTS: break;
	}
}

static bool find_reason(const struct count *c, enum reason *out)
{
	for (int i = 0; i < REASONS; i++) {
		enum reason reason = (enum reason)i;
		if (str_eq_c(c->detail, reason_name(reason)) && str_eq_c(c->what, verdict_name(reason_verdict(reason)))) {
			*out = reason;
			return true;
		}
	}
	return false;
}

/* ---- what receivers were sent ---- */

/* A receiver that the configuration does not name any more counts as one that pages people. */
static enum receiver_use use_of_receiver(const struct config *c, struct str name)
{
	const struct config_receiver *r = c ? config_receiver(c, name) : NULL;
	return r ? r->use : RECEIVER_PAGE;
}

static enum noise_measure measure_of_use(enum receiver_use use)
{
	switch (use) {
	case RECEIVER_PAGE: return NOISE_PAGES;
	case RECEIVER_CHAT: return NOISE_CHAT;
	case RECEIVER_TICKET: return NOISE_TICKETS;
	case RECEIVER_ARCHIVE: return NOISE_ARCHIVED;
	}
	return NOISE_PAGES;
}

static void add_heat(struct noise *noise, int64_t hour, uint64_t n)
{
	struct zone_clock c = zone_clock(noise->config ? noise->config->zone : NULL, hour);

	noise->heat[c.weekday][c.hour] += n;
}

/* True: it was a message. */
static bool add_message(struct noise *noise, struct noise_row *row, const struct count *c)
{
	bool night = str_eq_c(c->what, COUNT_TOLD_NIGHT), first = night || str_eq_c(c->what, COUNT_TOLD);
	enum receiver_use use = use_of_receiver(noise->config, c->detail);

	if ((!first && !str_eq_c(c->what, COUNT_TOLD_AGAIN)) || noise_observes(noise->config))
		return false;
	if (!first && use == RECEIVER_PAGE)
		row->n[NOISE_REMINDERS] += c->n;
	else
		row->n[measure_of_use(use)] += c->n;
	row->n[NOISE_NIGHT_PAGES] += night && use == RECEIVER_PAGE ? c->n : 0;
	return true;
}

bool noise_is_page(const struct config *config, const struct count *c)
{
	enum reason reason;

	if (noise_observes(config))
		return find_reason(c, &reason) && reason_verdict(reason) == VERDICT_PAGE;
	return (str_eq_c(c->what, COUNT_TOLD) || str_eq_c(c->what, COUNT_TOLD_NIGHT)) &&
	       use_of_receiver(config, c->detail) == RECEIVER_PAGE;
}

bool noise_is_night(const struct config *config, const struct count *c, int64_t hour)
{
	return noise_observes(config) ? zone_is_night(config->zone, hour) : str_eq_c(c->what, COUNT_TOLD_NIGHT);
}

/* ---- a count ---- */

static bool measure_of_feedback(const struct count *c, enum noise_measure *out)
{
	static const struct {
		const char *what;
		enum noise_measure measure;
	} rows[] = {{COUNT_RUNBOOK "helped", NOISE_HELPED},
	            {COUNT_RUNBOOK "outdated", NOISE_OUTDATED},
	            {COUNT_RUNBOOK "missing", NOISE_MISSING}};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		if (str_eq_c(c->what, rows[i].what)) {
			*out = rows[i].measure;
			return true;
		}
	return false;
}

static void add_feedback(struct noise_row *row, const struct count *c)
{
	enum noise_measure measure;
	if (measure_of_feedback(c, &measure))
		row->n[measure] += c->n;
}

static void add_count(struct noise *noise, struct noise_row *row, const struct count *c, int64_t hour)
{
	enum reason reason;

	if (find_reason(c, &reason)) {
		add_verdict(noise, row, reason, c->n, hour);
	} else if (add_message(noise, row, c)) {
		return;
	} else if (str_eq_c(c->what, "acknowledged")) {
		row->n[NOISE_ACKNOWLEDGED] += c->n;
	} else if (str_eq_c(c->what, "self_resolved")) {
		row->n[NOISE_SELF_RESOLVED] += c->n;
	} else if (str_eq_c(c->what, COUNT_PAGE_CANCELLED)) {
		row->n[NOISE_CANCELLED] += c->n;
	} else if (str_eq_c(c->what, "time_to_acknowledge")) {
		durations_add(&row->to_acknowledge, c->detail, c->n);
	} else if (str_eq_c(c->what, COUNT_PAGE_FATE)) {
		fates_add(&row->fates, c->detail, c->n);
	} else if (str_eq_c(c->what, COUNT_RESOLVED_ITSELF)) {
		durations_add(&row->resolved_itself, c->detail, c->n);
	} else if (str_eq_c(c->what, "time_to_resolve")) {
		durations_add(&row->to_resolve, c->detail, c->n);
		row->n[NOISE_RESOLVED] += c->n;
	} else if (str_eq_c(c->what, COUNT_HEARTBEAT_MISSED)) {
		row->missed += c->n;
	} else {
		add_feedback(row, c);
	}
}

/* ---- runbooks ---- */

/* What the store counts by runbook, beside the same by alert: it belongs to the rows of `by=runbook` only. */
static bool measure_of_runbook(const struct count *c, enum noise_measure *out)
{
	static const struct {
		const char *what;
		enum noise_measure measure;
	} rows[] = {{COUNT_RUNBOOK_DECIDED, NOISE_DECIDED},
	            {COUNT_RUNBOOK_PAGED, NOISE_PAGES},
	            {COUNT_RUNBOOK_ACKNOWLEDGED, NOISE_ACKNOWLEDGED},
	            {COUNT_RUNBOOK_RESOLVED, NOISE_RESOLVED}};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		if (str_eq_c(c->what, rows[i].what)) {
			*out = rows[i].measure;
			return true;
		}
	return measure_of_feedback(c, out);
}

static bool is_by_who_was_told(const struct noise_query *q)
{
	return q->by == NOISE_RECEIVER || q->by == NOISE_PERSON;
}

static struct noise_row *noise_row_of(struct noise *noise, struct str name);

/* The row is the runbook's page, whichever of its anchors a rule has named. */
static void add_to_runbook(struct noise *noise, const struct count *c, int64_t hour)
{
	enum noise_measure measure;
	ptrdiff_t hash = str_index(c->detail, '#');
	struct str path = str_slice(c->detail, 0, hash < 0 ? c->detail.n : (size_t)hash);
	if (!measure_of_runbook(c, &measure))
		return;
	struct noise_row *row = noise_row_of(noise, path);
	const struct runbook *r =
		noise->config && noise->config->catalog ? catalog_runbook(noise->config->catalog, path) : NULL;
	int64_t edited = r && r->last_updated.n ? lint_date(r->last_updated) : 0;
	if (edited)
		row->last_edited = arena_str(noise->arena, r->last_updated);
	if (hour + TIME_HOUR <= edited)
		return;
	bool page = measure == (noise_observes(noise->config) ? NOISE_DECIDED : NOISE_PAGES);
	if (hour + TIME_HOUR <= noise->since) {
		row->n[NOISE_PAGES_BEFORE] += page ? c->n : 0;
		return;
	}
	row->n[measure] += c->n;
	row->n[NOISE_PAGES] += page && measure != NOISE_PAGES ? c->n : 0;
}

/* The person whose receiver it is; a receiver that is nobody's is a row of its own name. */
static struct str person_of(const struct noise *noise, struct str receiver)
{
	const struct person *const *people;
	size_t n = noise->config && noise->config->catalog ? catalog_people(noise->config->catalog, &people) : 0;

	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < people[i]->receivers.n; k++)
			if (str_eq(people[i]->receivers.v[k], receiver))
				return people[i]->name;
	return receiver;
}

static struct str group_name(const struct noise *noise, const struct count *c)
{
	switch (noise->q->by) {
	case NOISE_ALERTNAME: return c->alertname;
	case NOISE_RULE: return c->rule;
	case NOISE_OWNER: return c->owner;
	case NOISE_SEVERITY: return c->severity;
	case NOISE_RECEIVER: return c->detail;
	case NOISE_PERSON: return person_of(noise, c->detail);
	case NOISE_RUNBOOK:
	case NOISE_BYS: break;
	}
	return c->alertname;
}

static struct noise_row *noise_row_of(struct noise *noise, struct str name)
{
	struct noise_row *row = map_get(noise->rows, name);

	if (row)
		return row;
	if (map_count(noise->rows) >= NOISE_ROWS_MAX && !str_eq(name, OTHER))
		return noise_row_of(noise, OTHER);
	row = mem_zero(sizeof *row);
	row->name = arena_str(noise->arena, name);
	row->told_only = is_by_who_was_told(noise->q);
	map_set(noise->rows, row->name, row);
	return row;
}

/* The report's matchers see the labels that a counter has: alertname, rule, owner, severity. */
static bool is_count_wanted(const struct noise *noise, const struct count *c)
{
	const struct noise_query *q = noise->q;
	struct label known[] = {{STR("alertname"), c->alertname},
	                        {STR("owner"), c->owner},
	                        {STR("rule"), c->rule},
	                        {STR("severity"), c->severity}};
	const struct labels labels = {known, sizeof known / sizeof *known};

	if (q->owner.n && !str_eq(q->owner, c->owner))
		return false;
	for (size_t i = 0; i < q->matcher_count; i++)
		if (matcher_match(&q->matchers[i], &labels, NULL, NULL) != PATTERN_MATCH)
			return false;
	return true;
}

/* What a suggestion is to be compared with. */
static void note_settings(struct noise_row *row, const struct config *c, const struct rule *r)
{
	const struct plan_defaults *d = &c->defaults;

	row->page_after = r && r->sets[RULE_PAGE_AFTER] ? r->page_after : d->page_after;
	row->resolve_hold = r && r->sets[RULE_RESOLVE_HOLD] ? r->resolve_hold : d->resolve_hold;
	row->repeat_interval = r && r->sets[RULE_REPEAT_INTERVAL] ? r->repeat_interval : d->repeat_interval;
}

/* Of pages that came by several rules it is what dedup: says. */
static void note_rule_of_page(const struct noise *noise, struct noise_row *row, struct str rule)
{
	const struct config *c = noise->config;

	if (row->rules || (row->noted && str_eq(rule, row->rule)))
		return;
	row->rules = row->noted;
	row->noted = true;
	row->rule = row->rules ? STR("") : arena_str(noise->arena, rule);
	if (c)
		note_settings(row, c, !row->rules && c->ruleset ? ruleset_rule(c->ruleset, rule) : NULL);
}

static void add_wanted(struct noise *noise, const struct count *c, int64_t hour)
{
	bool page = noise_is_page(noise->config, c),
		 message = page || add_message(noise, &(struct noise_row){.name = OTHER}, c);
	bool runbooks = noise->q->by == NOISE_RUNBOOK;
	bool listed = !runbooks && (!is_by_who_was_told(noise->q) || (message && !noise_observes(noise->config)));

	if (runbooks)
		add_to_runbook(noise, c, hour);

	if (hour + TIME_HOUR <= noise->since) {
		if (page && listed)
			noise_row_of(noise, group_name(noise, c))->n[NOISE_PAGES_BEFORE] += c->n;
		noise->all.n[NOISE_PAGES_BEFORE] += page ? c->n : 0;
		return;
	}
	if (listed)
		add_count(noise, noise_row_of(noise, group_name(noise, c)), c, hour);
	if (listed && page)
		note_rule_of_page(noise, noise_row_of(noise, group_name(noise, c)), c->rule);
	add_count(noise, &noise->all, c, hour);
	if (page) {
		add_heat(noise, hour, c->n);
		if (!noise_observes(noise->config))
			map_set(noise->people, person_of(noise, c->detail), noise);
	}
}

/* An hour keeps so many counters; what came beyond them is one figure that has no name. */
static void add_hour(struct noise *noise, const struct store_hour *hour)
{
	struct count c = {.n = hour->count};
	bool plain = !noise->q->owner.n && !noise->q->matcher_count;

	if (!count_parse(hour->field, &c)) {
		if (plain && hour->hour + TIME_HOUR > noise->since)
			noise_row_of(noise, OTHER)->n[NOISE_RECEIVED] += hour->count;
	} else if (is_count_wanted(noise, &c)) {
		add_wanted(noise, &c, hour->hour);
	}
}

void noise_add(struct noise *n, const struct store_hour *rows, size_t count)
{
	for (size_t i = 0; i < count; i++)
		add_hour(n, &rows[i]);
}

/* ---- life ---- */

struct noise *noise_new(const struct noise_query *q, const struct config *config, int64_t since)
{
	struct noise *n = mem_zero(sizeof *n);

	n->q = q;
	n->config = config;
	n->since = since;
	n->arena = arena_new();
	n->rows = map_new();
	n->people = map_new();
	return n;
}

static void release_row(struct noise_row *row)
{
	free(row->to_acknowledge.v);
	free(row->to_resolve.v);
	free(row->resolved_itself.v);
}

static void row_free(void *row)
{
	release_row(row);
	free(row);
}

void noise_free(struct noise *n)
{
	if (!n)
		return;
	map_free_with(n->rows, row_free);
	map_free(n->people);
	release_row(&n->all);
	arena_free(n->arena);
	free(n);
}
