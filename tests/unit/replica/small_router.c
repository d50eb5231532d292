#include "small_router.h"

#include <string.h>

#include "base/hash.h"
#include "base/time.h"
#include "replica/record_commit.h"

const struct incident_policy small_policy = {.late_grace = 5 * TIME_MINUTE,
                                             .expire_after = 8 * TIME_DAY,
                                             .ack_timeout = TIME_DAY,
                                             .start_skew = 0,
                                             .delivery_timeout = 15 * TIME_SECOND,
                                             .delivery_expire = TIME_DAY,
                                             .fallback_after = 5 * TIME_MINUTE,
                                             .retention = 30 * TIME_DAY};

static const struct incident *read_stored_incident(struct conformance *t, const struct store_record *r)
{
	AUTOERR struct err err = ERR_INIT;
	struct incident *inc = incident_read(t->arena, r->bytes, &err);
	if (!inc)
		fail_msg("%s", err_first(&err));
	return inc;
}

const struct incident *incident_of(struct conformance *t, const char *key)
{
	struct store_record r = record_of(t, key);
	return r.bytes.n ? read_stored_incident(t, &r) : NULL;
}

static struct incident *from_loaded(struct conformance *t, const char *key, const struct store_loaded *got,
                                    struct store_version *version)
{
	for (size_t i = 0; i < got->record_count; i++) {
		if (!str_eq_c(got->records[i].key, key) || !got->records[i].bytes.n)
			continue;
		*version = got->records[i].version;
		return (struct incident *)(uintptr_t)read_stored_incident(t, &got->records[i]);
	}
	*version = (struct store_version){0, ""};
	return incident_new(t->arena, str_c(key));
}

static struct plan plan_for(const char *key)
{
	static struct str receivers[] = {STR_INIT("oncall")};
	struct plan p = {.alertname = STR("Down"), .page = true};
	p.receivers.names = (struct strs){receivers, 1};
	p.severity.name = STR("P1");
	p.severity.rank = 1;
	p.repeat_interval.ms = 4 * TIME_HOUR;
	memcpy(p.key, key, strlen(key) < sizeof p.key ? strlen(key) : sizeof p.key - 1);
	return p;
}

static enum store_result commit_incident(struct conformance *t, struct incident *inc, struct store_version expect,
                                         struct store_commit *c)
{
	c->key = str_c(inc->key);
	c->expect = expect;
	hash_random_id(c->id);
	record_commit(t->arena, inc, &small_policy, c);
	c->groups_changed = true;
	return commit(t, c)->result;
}

static enum reason arrive_at_router(struct conformance *t, const char *key, const char *fingerprint, bool resolved)
{
	static const struct severity severity;
	for (;;) {
		struct member who = {.source = STR("am"), .fingerprint = str_c(fingerprint)};
		struct str keys[] = {str_c(key)};
		const struct store_loaded *got =
			load(t, &(struct store_load){.members = &who, .member_count = 1, .keys = keys, .key_count = 1});
		assert_int_equal(got->result, STORE_OK);
		struct store_version version;
		struct incident *inc = from_loaded(t, key, got, &version);
		struct plan plan = plan_for(key);
		plan.severity.entry = &severity;
		const struct member *known = &got->members[0];
		struct alert alert = {.resolved = resolved,
		                      .starts_at = known->mark ? known->starts_at : got->now - 1,
		                      .ends_at = resolved ? got->now : 0};
		struct arrival a = {&alert, &plan, got->members[0]};
		struct incident_policy policy = small_policy;
		policy.partial_since = t->store->ops->health(t->store).partial_since;
		struct counts counts = {.arena = t->arena};
		struct decision d;
		const struct body body = {.group = "0123456789abcdef", .parts = true, .none_fires = resolved};
		incident_decide(inc, &body, &a, 1, &policy, got->now, &d, &counts);
		struct store_member_change change = {.before = got->members[0], .after = d.member, .ttl_ms = d.member_ttl};
		struct store_count count = {.field = str_c(reason_name(d.reason)), .add = 1};
		struct store_commit c = {
			.members = &change, .member_count = d.member_changed, .counts = &count, .count_count = 1};
		enum store_result result = commit_incident(t, inc, version, &c);
		counts_release(&counts);
		if (result == STORE_OK)
			return d.reason;
		assert_int_equal(result, STORE_CONFLICT);
	}
}

enum reason alert_fires(struct conformance *t, const char *key, const char *fingerprint)
{
	return arrive_at_router(t, key, fingerprint, false);
}

enum reason alert_resolves(struct conformance *t, const char *key, const char *fingerprint)
{
	return arrive_at_router(t, key, fingerprint, true);
}

bool begin_telling(struct conformance *t, int64_t lease_ms, struct held_page *out)
{
	struct store_claim ask = claim_for("oncall", 1, lease_ms);
	const struct store_claimed *got = claim(t, &ask);
	assert_int_equal(got->result, STORE_OK);
	if (!got->count)
		return false;
	struct incident *inc = (struct incident *)(uintptr_t)read_stored_incident(t, &got->records[0]);
	struct delivery *d = incident_delivery(inc, STR("oncall"));
	assert_non_null(d);
	memcpy(out->claim, ask.id, sizeof out->claim);
	memcpy(out->key, inc->key, sizeof out->key);
	out->attempt = delivery_begin(inc, d, got->now, got->lease_until);
	struct store_commit c = {.counts = NULL};
	assert_int_equal(commit_incident(t, inc, got->records[0].version, &c), STORE_OK);
	return true;
}

void end_telling(struct conformance *t, const struct held_page *held, enum outcome outcome)
{
	struct str keys[] = {str_c(held->key)};
	for (enum store_result result = STORE_CONFLICT; result == STORE_CONFLICT;) {
		const struct store_loaded *got = load(t, &(struct store_load){.keys = keys, .key_count = 1});
		struct store_version version;
		struct incident *inc = from_loaded(t, held->key, got, &version);
		struct settlement s = {
			.receiver = STR("oncall"), .attempt = held->attempt, .outcome = outcome, .error = STR("")};
		incident_settle(inc, &s, &small_policy, got->now);
		struct store_commit c = {.release_receiver = STR("oncall")};
		memcpy(c.release_claim, held->claim, sizeof c.release_claim);
		result = commit_incident(t, inc, version, &c);
		assert_true(result == STORE_OK || result == STORE_CONFLICT);
	}
}

const char *tell_oncall(struct conformance *t)
{
	static const char *const verbs[] = {"nothing", "trigger", "acknowledge", "resolve", "resolve again"};
	struct held_page held;
	if (!begin_telling(t, 30000, &held))
		return "";
	end_telling(t, &held, OUTCOME_DELIVERED);
	return arena_printf(t->arena, "%s %s %d", verbs[held.attempt.want.verb], held.key,
	                    (int)held.attempt.want.generation);
}
