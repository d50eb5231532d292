#include "branches.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/time.h"
#include "incident/command.h"
#include "incident/decide.h"
#include "incident/delivery.h"
#include "incident/row.h"
#include "incident/tick.h"
#include "scenario_step.h"

#define LEASE (30 * TIME_SECOND)

uint64_t chance_roll(struct chance *c)
{
	uint64_t z = (c->state += UINT64_C(0x9E3779B97F4A7C15));
	z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
	return z ^ (z >> 31);
}

static uint64_t roll_below(struct chance *c, uint64_t n)
{
	return chance_roll(c) % n;
}

void branch_policy(struct incident_policy *out)
{
	*out = (struct incident_policy){.late_grace = 330 * TIME_SECOND,
	                                .fresh = TIME_HOUR,
	                                .expire_after = TIME_DAY,
	                                .ack_timeout = TIME_HOUR,
	                                .start_skew = INCIDENT_START_SKEW,
	                                .flap_window = 10 * TIME_MINUTE,
	                                .flap_changes = 4,
	                                .delivery_timeout = 15 * TIME_SECOND,
	                                .delivery_expire = TIME_DAY,
	                                .fallback_after = 5 * TIME_MINUTE,
	                                .retention = 30 * TIME_DAY,
	                                .partial_since = 1};
}

void branch_init(struct branch *b, struct arena *arena)
{
	static const char *const fingerprints[BRANCH_MEMBERS] = {"a", "b", "c", "d"};
	memset(b, 0, sizeof *b);
	b->inc = incident_new(arena, STR("0123456789abcdef0123456789abcdef"));
	b->now = BRANCH_BASE;
	for (size_t i = 0; i < BRANCH_MEMBERS; i++) {
		b->members[i].source = STR("am");
		b->members[i].fingerprint = str_c(fingerprints[i]);
	}
}

struct branch branch_copy(const struct branch *b, struct arena *arena)
{
	AUTOERR struct err err = ERR_INIT;
	struct branch out = *b;
	out.inc = incident_read(arena, incident_write(arena, b->inc), &err);
	assert_non_null(out.inc);
	return out;
}

static struct plan *some_plan(struct branch *b, struct chance *c)
{
	static const int64_t waits[] = {0, 0, 0, 2 * TIME_MINUTE}, holds[] = {0, 0, 0, 5 * TIME_MINUTE};
	static const struct str names[] = {STR_INIT("oncall"), STR_INIT("chat"), STR_INIT("mail")};
	struct plan *plan = arena_alloc(b->inc->arena, sizeof *plan);
	plan->alertname = STR("HighCPU");
	plan->owner.name = STR("platform");
	plan->severity.rank = (int)roll_below(c, 3);
	plan->severity.name = plan->severity.rank ? STR("P1") : STR("P0");
	plan->page = roll_below(c, 6) != 0;
	plan->page_after.ms = waits[roll_below(c, 4)];
	plan->resolve_hold.ms = holds[roll_below(c, 4)];
	plan->repeat_interval.ms = 10 * TIME_MINUTE;
	plan->summary.text = roll_below(c, 2) ? STR("cpu is high") : STR("cpu is very high");
	plan->receivers.names.v = arena_alloc(b->inc->arena, 3 * sizeof(struct str));
	for (size_t i = 0; i < 3; i++)
		if (i == 0 || roll_below(c, 3) == 0)
			plan->receivers.names.v[plan->receivers.names.n++] = names[i];
	return plan;
}

/* The alert as one body lists it. Most often it goes on as it began. */
static struct alert *some_alert(struct branch *b, struct chance *c, const struct member *m, bool resolved)
{
	struct alert *alert = arena_alloc(b->inc->arena, sizeof *alert);
	alert->labels.v = arena_alloc(b->inc->arena, 2 * sizeof(struct label));
	alert->labels.v[0] = (struct label){STR("alertname"), STR("HighCPU")};
	alert->labels.v[1] = (struct label){STR("instance"), m->fingerprint};
	alert->labels.n = 2;
	alert->fingerprint = m->fingerprint;
	alert->resolved = resolved;
	alert->starts_at = member_is_listed(m) && roll_below(c, 4) ? m->starts_at : b->now - (int64_t)roll_below(c, 2000);
	alert->ends_at = resolved ? b->now - (int64_t)roll_below(c, 2000) : 0;
	return alert;
}

/* The first two are of one group, the others of another; now and then one is listed by the other group. */
static bool is_of_group(struct chance *c, size_t member, size_t group)
{
	return (member / 2 == group) != (roll_below(c, 12) == 0);
}

/* A body lists each alert of its group as firing or resolved, or leaves it out (it is muted, or was cut off). */
static void body_arrives(struct branch *b, struct chance *c)
{
	static const char *const groups[] = {"g1", "g2"};
	struct arrival arrivals[BRANCH_MEMBERS];
	size_t index[BRANCH_MEMBERS], n = 0, group = roll_below(c, 2);
	struct body body = {.truncated = roll_below(c, 12) == 0, .parts = roll_below(c, 16) == 0, .none_fires = true};
	for (size_t i = 0; i < BRANCH_MEMBERS; i++) {
		uint64_t how = roll_below(c, 8);
		if (!is_of_group(c, i, group) || how < 2)
			continue;
		bool resolved = how < 4;
		body.none_fires = body.none_fires && resolved;
		arrivals[n] = (struct arrival){some_alert(b, c, &b->members[i], resolved), some_plan(b, c), b->members[i]};
		index[n++] = i;
	}
	body.whole = !body.truncated && !body.parts;
	body.all_resolved = body.none_fires && roll_below(c, 4) == 0;
	row_group(STR("am"), STR("page"), str_c(groups[group]), body.group);
	struct decision out[BRANCH_MEMBERS];
	struct counts counts = {.arena = b->inc->arena};
	struct incident_policy policy;
	branch_policy(&policy);
	incident_decide(b->inc, &body, arrivals, n, &policy, b->now, out, &counts);
	counts_release(&counts);
	for (size_t i = 0; i < n; i++)
		if (out[i].member_changed)
			b->members[index[i]] = out[i].member;
}

static enum outcome some_outcome(struct chance *c)
{
	static const enum outcome often[] = {OUTCOME_DELIVERED, OUTCOME_DELIVERED, OUTCOME_DELIVERED, OUTCOME_DELIVERED,
	                                     OUTCOME_RETRY,     OUTCOME_UNKNOWN,   OUTCOME_REJECTED,  OUTCOME_NOT_SENT};
	return often[roll_below(c, 8)];
}

static void delivery_is_tried(struct branch *b, struct chance *c)
{
	struct incident *inc = b->inc;
	struct delivery *d = inc->delivery_count ? &inc->deliveries[roll_below(c, inc->delivery_count)] : NULL;
	if (!d || !d->due_at || d->due_at > b->now)
		return;
	struct attempt attempt = delivery_begin(inc, d, b->now, b->now + LEASE);
	if (attempt.want.verb == WANT_NOTHING || roll_below(c, 8) == 0)
		return; /* it crashed before it could settle */
	struct str receiver = d->receiver;
	struct incident_policy policy;
	branch_policy(&policy);
	incident_settle(inc,
	                &(struct settlement){.receiver = receiver,
	                                     .attempt = attempt,
	                                     .outcome = some_outcome(c),
	                                     .error = roll_below(c, 2) ? STR("no") : STR("not now"),
	                                     .dice = chance_roll(c)},
	                &policy, b->now);
	const char *key = arena_printf(inc->arena, "key-%d", (int)(b->now % 7)); /* the sides may have told it under two */
	incident_keep_told_key(inc, receiver, (struct str){NULL, 0}, attempt.want.generation, str_c(key));
}

static void somebody_acts(struct branch *b, struct chance *c)
{
	struct counts counts = {.arena = b->inc->arena};
	struct incident_policy policy;
	static const enum command commands[] = {COMMAND_ACK, COMMAND_UNACK, COMMAND_RESOLVE, COMMAND_RETRY,
	                                        COMMAND_FOLLOW_UP};
	struct command_args by = {
		.by = roll_below(c, 2) ? STR("ana") : STR("bo"), .stated = &step_stated, .all_episodes = true};
	branch_policy(&policy);
	incident_command(b->inc, commands[roll_below(c, 5)], &by, &policy, b->now, &counts);
	counts_release(&counts);
}

static void timers_run(struct branch *b)
{
	struct counts counts = {.arena = b->inc->arena};
	enum tick_reason out[TICK_REASONS];
	struct incident_policy policy;
	branch_policy(&policy);
	incident_tick(b->inc, &policy, b->now, out, &counts);
	counts_release(&counts);
}

void branch_grow(struct branch *b, struct chance *c, size_t steps)
{
	static const int64_t spans[] = {1, 900, 20000, 45000, 3 * TIME_MINUTE, 11 * TIME_MINUTE};
	for (size_t i = 0; i < steps; i++) {
		b->now += spans[roll_below(c, 6)];
		uint64_t what = roll_below(c, 16);
		if (what < 8)
			body_arrives(b, c);
		else if (what < 14)
			delivery_is_tried(b, c);
		else if (what == 14)
			somebody_acts(b, c);
		else
			timers_run(b);
	}
	incident_refresh(b->inc, b->now);
}

struct branch branch_merge(const struct branch *a, const struct branch *b, int64_t now)
{
	struct branch out = branch_copy(a, a->inc->arena);
	struct merge_member members[BRANCH_MEMBERS];
	for (size_t i = 0; i < BRANCH_MEMBERS; i++)
		members[i] = (struct merge_member){.trunk = a->members[i], .branch = b->members[i]};
	incident_merge(out.inc, b->inc, members, NULL, BRANCH_MEMBERS, now);
	for (size_t i = 0; i < BRANCH_MEMBERS; i++)
		if (members[i].merged.found)
			out.members[i] = members[i].merged;
	return branch_copy(&out, a->inc->arena);
}

static void add_members(struct buf *out, const struct branch *b)
{
	for (size_t i = 0; i < BRANCH_MEMBERS; i++) {
		const struct member *m = &b->members[i];
		if (m->found)
			buf_add_c(out,
			          arena_printf(b->inc->arena, "\n%.*s %s key=%.*s from %lld to %lld episode %d",
			                       STR_ARG(m->fingerprint), member_is_listed(m) ? "fires" : "over", STR_ARG(m->key),
			                       (long long)m->starts_at, (long long)m->ends_at, (int)m->episode));
	}
}

/* A record has bytes of any kind; a text would end at its first NUL. */
static void add_bytes(struct buf *out, struct str bytes)
{
	for (size_t i = 0; i < bytes.n; i++)
		if (bytes.p[i] >= ' ' && bytes.p[i] <= '~' && bytes.p[i] != '\\')
			buf_add_char(out, bytes.p[i]);
		else
			buf_printf(out, "\\%02x", (unsigned char)bytes.p[i]);
}

const char *branch_text(const struct branch *b)
{
	AUTOBUF struct buf out;
	buf_init(&out, SIZE_MAX);
	add_bytes(&out, incident_write(b->inc->arena, b->inc));
	add_members(&out, b);
	for (size_t i = 0; i < BRANCH_MEMBERS; i++)
		buf_add_c(&out,
		          arena_printf(b->inc->arena, " %s %lld %d %d %lld", b->members[i].group, (long long)b->members[i].mark,
		                       b->members[i].counted, (int)b->members[i].waits, (long long)b->members[i].touched_at));
	return arena_cstr(b->inc->arena, buf_str(&out));
}

static void add_delivery(struct buf *out, struct arena *arena, const struct delivery *d)
{
	buf_add_c(out, arena_printf(arena, "\n%.*s notice %d:", STR_ARG(d->receiver), (int)d->notice));
	for (size_t i = 0; i < d->gen_count; i++) {
		const struct told_generation *g = &d->gens[i];
		if (g->maybe || g->told == TOLD_FIRING || g->told == TOLD_ACKNOWLEDGED)
			buf_add_c(out, arena_printf(arena, " %d may be open", (int)g->generation));
	}
}

const char *branch_gist(const struct branch *b)
{
	const struct incident *inc = b->inc;
	AUTOBUF struct buf out;
	buf_init(&out, SIZE_MAX);
	buf_add_c(&out, arena_printf(inc->arena, "%s episode %d generation %d firing %d%s",
	                             incident_firing(inc) ? "open" : "quiet", (int)inc->episode, (int)inc->generation,
	                             (int)incident_firing(inc), inc->closed_by_hand.at ? " by hand" : ""));
	add_members(&out, b);
	for (size_t i = 0; i < inc->delivery_count; i++)
		add_delivery(&out, inc->arena, &inc->deliveries[i]);
	return arena_cstr(inc->arena, buf_str(&out));
}
