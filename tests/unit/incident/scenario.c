#include "scenario.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/time.h"
#include "incident/command.h"
#include "incident/decide.h"
#include "incident/delivery.h"
#include "incident/merge.h"
#include "incident/row.h"
#include "incident/silence.h"
#include "incident/tick.h"
#include "scenario_path.h"
#include "scenario_step.h"

#define BASE (INT64_C(1700000000) * TIME_SECOND)
#define MEMBERS 16
#define LEASE (30 * TIME_SECOND)
#define KEY "0123456789abcdef0123456789abcdef"

/* What Alertmanager has of one alert, as this view's sender sees it. */
struct source_alert {
	bool firing, muted;
	int64_t started;
	char group[8];
	struct plan *plan; /* with which it was sent last */
};

struct view {
	struct incident *inc;
	struct member members[MEMBERS];
	struct source_alert alerts[MEMBERS];
};

struct story {
	struct arena *arena;
	struct incident *inc;
	struct member members[MEMBERS];
	struct source_alert alerts[MEMBERS];
	size_t member_count;
	struct view other; /* the branch; while it acts, the trunk */
	struct incident_policy policy;
	struct str source; /* that may be asked about silences; empty: none */
	struct path_roles roles;
	struct escalation_roster roster;
	int64_t now, parted_at;
	struct counts counts;
	char answer[256];
	const char *where;
};

static void answer(struct story *s, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
static void answer(struct story *s, const char *fmt, ...)
{
	size_t n = strlen(s->answer);
	va_list ap;
	va_start(ap, fmt);
	if (n)
		s->answer[n++] = ' ';
	vsnprintf(s->answer + n, sizeof s->answer - n, fmt, ap);
	va_end(ap);
}

static size_t story_member(struct story *s, const char *fingerprint)
{
	for (size_t i = 0; i < s->member_count; i++)
		if (str_eq_c(s->members[i].fingerprint, fingerprint))
			return i;
	assert_true(s->member_count < MEMBERS);
	s->members[s->member_count].fingerprint = arena_str(s->arena, str_c(fingerprint));
	s->members[s->member_count].source = STR("am");
	s->other.members[s->member_count] = s->members[s->member_count];
	return s->member_count++;
}

static struct alert *story_alert(struct story *s, size_t member, bool resolved, int64_t ends_at)
{
	struct alert *alert = arena_alloc(s->arena, sizeof *alert);
	alert->labels.v = arena_alloc(s->arena, 2 * sizeof(struct label));
	alert->labels.v[0] = (struct label){STR("alertname"), STR("HighCPU")};
	alert->labels.v[1] = (struct label){STR("instance"), s->members[member].fingerprint};
	alert->labels.n = 2;
	alert->fingerprint = s->members[member].fingerprint;
	alert->resolved = resolved;
	alert->starts_at = s->alerts[member].started;
	alert->ends_at = resolved ? ends_at : 0;
	return alert;
}

/* One webhook on its way: what it lists, and for which of them the story wants to know what became of it. */
struct listing {
	struct arrival arrivals[MEMBERS];
	size_t index[MEMBERS], n, named;
	bool lists[MEMBERS];
	const char *group;
};

static void list_one(struct story *s, struct listing *l, size_t member, bool resolved, int64_t ends_at)
{
	assert_true(l->n < MEMBERS);
	l->index[l->n] = member;
	l->lists[member] = true;
	l->arrivals[l->n++] =
		(struct arrival){story_alert(s, member, resolved, ends_at), s->alerts[member].plan, s->members[member]};
}

/* What the step says of one alert, which Alertmanager has from now on. */
static void state_alert(struct story *s, const struct step *step, struct listing *l, const char *name, bool resolved)
{
	size_t member = story_member(s, name);
	struct source_alert *a = &s->alerts[member];
	if (step_option(step, "start"))
		a->started = BASE + step_option_ms(step, "start", 0);
	else if (!a->started)
		a->started = s->now;
	if (step_option(step, "nostart"))
		a->started = 0;
	if (step_option(step, "group") || !*a->group)
		snprintf(a->group, sizeof a->group, "%s", step_option(step, "group") ? step_option(step, "group") : "g1");
	l->group = a->group;
	a->plan = story_plan(s->arena, s->inc->key, &s->roles, step);
	list_one(s, l, member, resolved, BASE + step_option_ms(step, "end", s->now - BASE));
	a->firing = !resolved;
	a->muted = false;
	if (resolved && !step_option(step, "keep"))
		a->started = 0;
}

/* Whatever else fires in the same group, as Alertmanager would list it. */
static void list_the_others(struct story *s, struct listing *l)
{
	for (size_t i = 0; i < s->member_count; i++)
		if (s->alerts[i].firing && !s->alerts[i].muted && !l->lists[i] && !strcmp(s->alerts[i].group, l->group))
			list_one(s, l, i, false, 0);
}

static bool lists_firing(const struct listing *l)
{
	for (size_t i = 0; i < l->n; i++)
		if (!l->arrivals[i].alert->resolved)
			return true;
	return false;
}

static void post_listing(struct story *s, const struct step *step, struct listing *l)
{
	struct body body = {.truncated = step_option(step, "cut"),
	                    .parts = step_option(step, "parts"),
	                    .all_resolved = step_option(step, "allresolved")};
	body.whole = !body.truncated && !body.parts;
	body.none_fires = !lists_firing(l);
	row_group(STR("am"), STR("page"), str_c(l->group), body.group);
	struct decision out[MEMBERS];
	incident_decide(s->inc, &body, l->arrivals, l->n, &s->policy, s->now, out, &s->counts);
	for (size_t i = 0; i < l->n; i++) {
		if (out[i].member_changed) {
			assert_true(out[i].member_ttl > 0);
			s->members[l->index[i]] = out[i].member;
		}
		if (!out[i].leaves)
			assert_int_equal(out[i].verdict, reason_verdict(out[i].reason));
		if (i < l->named)
			answer(s, "%s", out[i].leaves ? "leaves" : reason_name(out[i].reason));
	}
}

/* "fire b": the whole group as it is now, of which the story only wants to know what became of b. */
static void arrive_in_story(struct story *s, const struct step *step, bool resolved)
{
	struct listing l = {.n = 0};
	for (size_t i = 2; i < step->n; i++)
		if (!strchr(step->words[i], '=') && strlen(step->words[i]) <= 2)
			state_alert(s, step, &l, step->words[i], resolved);
	l.named = l.n;
	list_the_others(s, &l);
	post_listing(s, step, &l);
}

/* "body g1 a -b": a webhook that lists just these, whatever else fires. */
static void exact_body(struct story *s, const struct step *step)
{
	struct listing l = {.group = step->words[2]};
	for (size_t i = 3; i < step->n; i++) {
		const char *word = step->words[i];
		bool resolved = *word == '-';
		if (strchr(word, '=') || strlen(word) > 2 || (strlen(word) > 1 && !resolved))
			continue;
		size_t member = story_member(s, word + resolved);
		snprintf(s->alerts[member].group, sizeof s->alerts[member].group, "%s", l.group);
		state_alert(s, step, &l, word + resolved, resolved);
	}
	l.named = l.n;
	l.group = step->words[2];
	post_listing(s, step, &l);
	if (!l.n)
		answer(s, "ok");
}

static void mute_member(struct story *s, const char *who, bool muted)
{
	s->alerts[story_member(s, who)].muted = muted;
	answer(s, "ok");
}

static const char *verb(const struct attempt *a)
{
	static const char *const names[] = {"nothing", "trigger", "acknowledge", "resolve", "echo", "growth"};
	return a->update && a->want.verb == WANT_TRIGGER ? "update" : names[a->want.verb];
}

static enum outcome step_outcome(const struct step *step)
{
	return step_option(step, "retry")      ? OUTCOME_RETRY
	       : step_option(step, "unknown")  ? OUTCOME_UNKNOWN
	       : step_option(step, "rejected") ? OUTCOME_REJECTED
	       : step_option(step, "notsent")  ? OUTCOME_NOT_SENT
	                                       : OUTCOME_DELIVERED;
}

static void send_due(struct story *s, const struct step *step)
{
	struct str receiver = str_c(step->words[2]);
	struct delivery *d = incident_delivery_due(s->inc, receiver, s->now);
	if (!d) {
		answer(s, "nothing");
		return;
	}
	struct attempt a = delivery_begin(s->inc, d, s->now, s->now + LEASE);
	if (a.want.verb == WANT_NOTHING) {
		answer(s, "nothing");
		return;
	}
	answer(s, "%s %d%s", verb(&a), (int)a.want.generation, path_target(s->arena, d->target));
	if (step_option(step, "crash"))
		return;
	incident_settle(s->inc,
	                &(struct settlement){.receiver = receiver,
	                                     .target = arena_str(s->arena, d->target),
	                                     .attempt = a,
	                                     .outcome = step_outcome(step),
	                                     .error = step_outcome(step) ? STR("it says no") : STR(""),
	                                     .retry_after_ms = step_option_ms(step, "wait", 0),
	                                     .dice = 999},
	                &s->policy, s->now);
}

/* From here on its Alertmanagers can be asked. */
static void may_be_asked(struct story *s)
{
	s->source = arena_str(s->arena, s->inc->source);
	s->policy.asked_sources = (struct strs){&s->source, 1};
	answer(s, "ok");
}

/* says=…: what they answer before it; of others (says=… others) who did not stand there when they were asked. */
static void tick_story(struct story *s, const struct step *step)
{
	enum tick_reason out[TICK_REASONS];
	struct silence_said said = {.by = STR("silence 7"), .roster = incident_roster(s->inc)};
	const char *says = step_option(step, "says");
	for (int i = 0; says && i <= SILENCE_GONE; i++)
		if (!strcmp(says, silence_answer_name((enum silence_answer)i)))
			said.answer = (enum silence_answer)i;
	said.roster += step_option(step, "others") != NULL;
	s->policy.said = says ? &said : NULL;
	size_t n = incident_tick(s->inc, &s->policy, s->now, out, &s->counts);
	s->policy.said = NULL;
	for (size_t i = 0; i < n; i++)
		answer(s, "%s", tick_reason_name(out[i]));
	if (!n)
		answer(s, "nothing");
}

static void command_story(struct story *s, enum command c)
{
	struct command_args args = {.by = STR("ana"), .note = STR("looking")};
	const char *why = incident_command(s->inc, c, &args, &s->policy, s->now, &s->counts);
	answer(s, "%s", why ? why : "ok");
}

static void answer_told(struct story *s, const char *receiver)
{
	const struct delivery *d = incident_delivery(s->inc, str_c(receiver));
	answer(s, "%s%s", d ? delivery_told_name(d) : "nothing", d && delivery_is_dead(s->inc, d) ? " dead" : "");
}

static void due(struct story *s, int64_t at)
{
	char text[TIME_DURATION_MAX];
	answer(s, "%s", at ? time_duration_format(at - BASE, text) : "never");
}

static void swap_views(struct story *s)
{
	struct view acting = {.inc = s->inc};
	memcpy(acting.members, s->members, sizeof acting.members);
	memcpy(acting.alerts, s->alerts, sizeof acting.alerts);
	s->inc = s->other.inc;
	memcpy(s->members, s->other.members, sizeof s->members);
	memcpy(s->alerts, s->other.alerts, sizeof s->alerts);
	s->other = acting;
}

static struct incident *stored(struct story *s, const struct incident *inc)
{
	AUTOERR struct err err = ERR_INIT;
	struct incident *out = incident_read(s->arena, incident_write(s->arena, inc), &err);
	assert_non_null(out);
	return out;
}

/* From now on the branch goes its own way; `blank`: it knows nothing. */
static void part_story(struct story *s, const struct step *step)
{
	s->parted_at = s->now;
	swap_views(s);
	if (step_option(step, "blank"))
		s->inc = incident_new(s->arena, STR(KEY));
	else
		s->inc = stored(s, s->other.inc);
	for (size_t i = 0; i < s->member_count; i++) {
		s->members[i] = s->other.members[i];
		if (step_option(step, "blank"))
			s->members[i] = (struct member){.source = s->members[i].source, .fingerprint = s->members[i].fingerprint};
	}
	memcpy(s->alerts, s->other.alerts, sizeof s->alerts);
	swap_views(s);
	answer(s, "ok");
}

static bool touched(const struct story *s, size_t i)
{
	const struct member *a = &s->members[i], *b = &s->other.members[i];
	return a->mark != b->mark || a->starts_at != b->starts_at || a->ends_at != b->ends_at || a->episode != b->episode ||
	       a->waits != b->waits || a->counted != b->counted;
}

/* The branch into the trunk; `touched`: naming only members that one of them has touched. */
static void merge(struct story *s, const struct step *step)
{
	struct merge_member named[MEMBERS];
	size_t index[MEMBERS], n = 0;
	for (size_t i = 0; i < s->member_count; i++)
		if (!step_option(step, "touched") || touched(s, i)) {
			named[n] = (struct merge_member){.trunk = s->members[i], .branch = s->other.members[i]};
			index[n++] = i;
		}
	incident_merge(s->inc, s->other.inc, named, NULL, n, s->now);
	for (size_t i = 0; i < n; i++)
		if (named[i].merged.found)
			s->members[index[i]] = named[i].merged;
	answer(s, "ok");
}

/* How many have ended without a word of them, and in how many entries the timeline says so. */
static void absent(struct story *s)
{
	int events = 0;
	for (size_t i = 0; i < s->inc->timeline_count; i++)
		events += str_eq_c(s->inc->timeline[i].what, COUNT_MEMBER_ABSENT);
	answer(s, "%d in %d", (int)counts_of(&s->counts, COUNT_MEMBER_ABSENT), events);
}

static void take_story_step(struct story *s, const struct step *step)
{
	const char *what = step->words[1], *who = step->n > 2 ? step->words[2] : "";
	struct delivery *d = incident_delivery(s->inc, str_c(who));
	if (!strcmp(what, "fire") || !strcmp(what, "resolve"))
		arrive_in_story(s, step, what[0] == 'r');
	else if (!strcmp(what, "body"))
		exact_body(s, step);
	else if (!strcmp(what, "mute") || !strcmp(what, "unmute"))
		mute_member(s, who, what[0] == 'm');
	else if (!strcmp(what, "send"))
		send_due(s, step);
	else if (!strcmp(what, "tick"))
		tick_story(s, step);
	else if (!strcmp(what, "front"))
		may_be_asked(s);
	else if (!strcmp(what, "asks"))
		answer(s, silence_is_asked(s->inc, &s->policy, s->now) ? "yes" : "no");
	else if (!strcmp(what, "ack"))
		command_story(s, COMMAND_ACK);
	else if (!strcmp(what, "unack"))
		command_story(s, COMMAND_UNACK);
	else if (!strcmp(what, "close"))
		command_story(s, COMMAND_RESOLVE);
	else if (!strcmp(what, "retry"))
		command_story(s, COMMAND_RETRY);
	else if (!strcmp(what, "redefine"))
		answer(s, incident_receiver_redefined(s->inc, str_c(who), s->now, s->now) ? "due" : "nothing");
	else if (!strcmp(what, "there"))
		answer(s, "%s", step_feedback(step, s->inc, &s->policy, s->now, &s->counts));
	else if (!strcmp(what, "owed"))
		answer(s, "%s", step_owed(s->inc, BASE));
	else if (!strcmp(what, "done"))
		answer(s, "%s", story_done(step, s->inc, s->now, BASE));
	else if (!strcmp(what, "state"))
		answer(s, "%s", incident_state(s->inc));
	else if (!strcmp(what, "told"))
		answer_told(s, who);
	else if (!strcmp(what, "due"))
		due(s, d ? d->due_at : 0);
	else if (!strcmp(what, "clock"))
		due(s, incident_clock(s->inc, &s->policy));
	else if (!strcmp(what, "place"))
		due(s, incident_since(s->inc, &s->policy));
	else if (!strcmp(what, "pages"))
		answer(s, "%d reminders %d", (int)s->inc->count.pages, (int)s->inc->count.reminders);
	else if (!strcmp(what, "receivers"))
		for (size_t i = 0; i < s->inc->delivery_count; i++)
			answer(s, "%.*s", STR_ARG(s->inc->deliveries[i].receiver));
	else if (!strcmp(what, "firing"))
		answer(s, "%d of %d", (int)incident_firing(s->inc), (int)s->inc->count.total);
	else if (!strcmp(what, "doubtful"))
		answer(s, "%d", (int)incident_doubtful(s->inc));
	else if (!strcmp(what, "absent"))
		absent(s);
	else if (!strcmp(what, "part"))
		part_story(s, step);
	else if (!strcmp(what, "merge"))
		merge(s, step);
	else if (!strcmp(what, "next"))
		answer(s, "%s", path_next(s->arena, s->inc, BASE));
	else if (!strcmp(what, "ran"))
		answer(s, "%s", path_ran(s->arena, s->inc, BASE));
	else if (!strcmp(what, "handover") && (s->roles.handover = s->now))
		answer(s, "ok");
	else if (!strcmp(what, "numbers"))
		answer(s, "%d.%d", (int)s->inc->episode, (int)s->inc->generation);
	else if (!strcmp(what, "why"))
		answer(s, "%.*s", STR_ARG(s->inc->resolved_why));
	else
		fail_msg("no such step: %s", what);
}

/* "branch VERB …": the branch acts, which is all that it knows and knows not to be all. */
static void take_branch_step(struct story *s, struct step *step)
{
	for (size_t i = 1; i + 1 < step->n; i++)
		step->words[i] = step->words[i + 1];
	step->n--;
	swap_views(s);
	s->policy.partial_since = s->parted_at;
	take_story_step(s, step);
	s->policy.partial_since = 0;
	s->inc = stored(s, s->inc);
	swap_views(s);
}

static void run_line(struct story *s, char *line)
{
	char *arrow = strstr(line, "->");
	if (!arrow)
		fail_msg("no -> in: %s", line);
	*arrow = '\0';
	struct str expected = str_trim(str_c(arrow + 2));
	struct step step = {.n = 0};
	AUTOFREE char *copy = mem_strdup(line);
	for (char *save = NULL, *w = strtok_r(line, " \t", &save); w; w = strtok_r(NULL, " \t", &save)) {
		assert_true(step.n < 12);
		step.words[step.n++] = w;
	}
	s->now = BASE + step_duration(step.words[0]);
	s->answer[0] = '\0';
	if (step.n > 2 && !strcmp(step.words[1], "branch"))
		take_branch_step(s, &step);
	else
		take_story_step(s, &step);
	s->inc = stored(s, s->inc); /* as between two requests */
	if (!str_eq_c(expected, s->answer))
		fail_msg("%s: %s\n  expected %.*s\n  actual   %s", s->where, copy, STR_ARG(expected), s->answer);
}

void scenario_run(const char *name, const char *story)
{
	struct story s = {.arena = arena_new(), .where = name};
	s.inc = incident_new(s.arena, STR(KEY));
	s.counts.arena = s.arena;
	s.policy = step_policy();
	s.roster = (struct escalation_roster){.reach = path_reach, .arg = &s.roles};
	s.policy.roster = &s.roster;
	AUTOFREE char *text = mem_strdup(story);
	for (char *save = NULL, *line = strtok_r(text, "\n", &save); line; line = strtok_r(NULL, "\n", &save))
		if (str_trim(str_c(line)).n)
			run_line(&s, line);
	counts_release(&s.counts);
	catalog_free(s.roles.catalog);
	arena_free(s.arena);
}
