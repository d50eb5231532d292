/* A stand-in: what it takes over from what was seen of its primary, and what it keeps. */
#include <signal.h>
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/digest.h"
#include "base/log.h"
#include "base/time.h"
#include "folder.h"
#include "stand_in.h"

static const struct store_version NONE = {0, ""};

static size_t claims(struct conformance *t, const char *receiver)
{
	struct store_claim ask = claim_for(receiver, 9, TIME_HOUR);
	const struct store_claimed *got = claim(t, &ask);
	assert_int_equal(got->result, STORE_OK);
	return got->count;
}

static void what_was_seen_is_there_like_anything_else(void **state)
{
	struct conformance *t = *state;
	struct incident *inc = primary_incident(t, "k");
	saw_record(t, inc, 7, "c7 c6 c5");
	struct store_record r = record_of(t, "k");
	assert_int_equal(r.version.number, 7);
	assert_string_equal(r.version.commit_id, "c7");
	assert_str(r.ids, "c7 c6 c5");
	assert_true(str_eq(r.json, primary_record(t, inc, 7, "c7").json));
	assert_int_equal(list(t, STORE_LIST_OPEN, STR(""), 9)->count, 1);
	struct member m = member_of(t, STR("am"), STR("k"));
	assert_true(m.found && m.firing);
	assert_str(m.key, "k");
	assert_int_equal(m.starts_at, inc->sample[0].starts_at);
	assert_int_equal(m.ends_at, 0);
	assert_int_equal(m.episode, 1);
	assert_int_equal(m.touched_at, inc->last_seen_at);
	struct store_claim ask = claim_for(STORE_CLOCK, 9, TIME_HOUR);
	assert_int_equal(claim(t, &ask)->next_due_at, incident_clock(inc, &stand_in_policy));
	assert_int_equal(claims(t, "r"), 1);
	assert_int_equal(local_store_owned_count(t->store), 0);
	assert_int_equal(counters(t, 0, INT64_MAX / 2)->count, 0);
	/* a commit made there is known here when it is repeated */
	struct store_commit again = incident("k", NONE);
	memcpy(again.id, "c6", 3);
	const struct store_committed *got = commit(t, &again);
	assert_int_equal(got->result, STORE_OK);
	assert_int_equal(got->version.number, 6);
}

static uint64_t pages_of(struct conformance *t, const char *key)
{
	AUTOERR struct err err = ERR_INIT;
	struct incident *inc = incident_from_json(t->arena, record_of(t, key).json, &err);
	assert_non_null(inc);
	return inc->count.pages;
}

static void only_what_is_newer_counts(void **state)
{
	struct conformance *t = *state;
	struct incident *inc = primary_incident(t, "k");
	inc->count.pages = 1;
	saw_record(t, inc, 7, "c7");
	inc->count.pages = 2;
	saw_record(t, inc, 7, "other");
	saw_record(t, inc, 6, "c6");
	assert_int_equal(pages_of(t, "k"), 1);
	assert_str(record_of(t, "k").ids, "c7");
	saw_record(t, inc, 8, "c8");
	assert_int_equal(pages_of(t, "k"), 2);
	assert_int_equal(record_of(t, "k").version.number, 8);
	/* of an absent one, or one asked for without its bytes, nothing is to be learnt */
	struct store_record bare = primary_record(t, inc, 9, "c9"), absent = {.key = STR("absent")};
	bare.json = STR("");
	struct store_record both[] = {bare, absent};
	saw(t, &(struct local_seen){.records = both, .record_count = 2});
	assert_int_equal(record_of(t, "k").version.number, 8);
	assert_int_equal(record_of(t, "absent").version.number, 0);
	assert_int_equal(local_store_lost(t->store), 0);
}

static void ids_known_before_stay_behind_those_seen(void **state)
{
	struct conformance *t = *state;
	struct incident *inc = primary_incident(t, "k");
	saw_record(t, inc, 7, "c7 c6 c5");
	saw_record(t, inc, 8, "c8");
	assert_str(record_of(t, "k").ids, "c8 c7 c6 c5");
	saw_record(t, inc, 10, "c10 c9 c8 c7");
	assert_str(record_of(t, "k").ids, "c10 c9 c8 c7 c6 c5");
	saw_record(t, inc, 13, "c13 c12"); /* who made 11 is not known */
	assert_str(record_of(t, "k").ids, "c13 c12");
	saw_record(t, inc, 20, "c20 c19 c18 c17 c16 c15 c14 c13");
	assert_str(record_of(t, "k").ids, "c20 c19 c18 c17 c16 c15 c14 c13");
	saw_record(t, inc, 21, "c21");
	assert_str(record_of(t, "k").ids, "c21 c20 c19 c18 c17 c16 c15 c14");
}

static void what_was_changed_here_is_left_alone(void **state)
{
	struct conformance *t = *state;
	struct incident *inc = primary_incident(t, "k");
	saw_record(t, inc, 7, "c7");
	struct store_version mine = change_here(t, "k");
	assert_int_equal(mine.number, 8);
	assert_int_equal(local_store_owned_count(t->store), 1);
	inc->deliveries[0].due_at = clock_of(t) + TIME_HOUR;
	saw_record(t, inc, 20, "c20");
	struct store_record r = record_of(t, "k");
	assert_string_equal(r.version.commit_id, mine.commit_id);
	assert_int_equal(claims(t, "r"), 1);
	const struct local_branches *page = owned(t, "", 9);
	assert_int_equal(page->count, 1);
	assert_int_equal(page->branches[0].base.number, 7);
	assert_string_equal(page->branches[0].base.commit_id, "c7");
}

static void a_delivery_that_went_unseen_is_due_no_more(void **state)
{
	struct conformance *t = *state;
	struct incident *inc = primary_incident(t, "k");
	saw_record(t, inc, 1, "c1");
	inc->deliveries[0].receiver = STR("another");
	saw_record(t, inc, 4, "c4");
	assert_int_equal(claims(t, "r"), 0);
	assert_int_equal(claims(t, "another"), 1);
	inc->open = false;
	inc->resolved_at = clock_of(t);
	inc->delivery_count = 0;
	saw_record(t, inc, 5, "c5");
	const struct store_stats *got = stats(t, (struct str[]){STR("another"), STR("r")}, 2);
	assert_int_equal(got->queues[0].due + got->queues[1].due, 0);
	assert_int_equal(got->open, 0);
	assert_int_equal(got->closed, 1);
}

/* ---- members ---- */

static struct store_member_change change_of(const char *fingerprint, const char *key, bool firing)
{
	struct member m = {.source = STR("am"), .fingerprint = str_c(fingerprint)};
	struct store_member_change change = {m, m, TIME_HOUR};
	change.after.found = true;
	change.after.firing = firing;
	change.after.key = str_c(key);
	change.after.starts_at = 111;
	change.after.ends_at = firing ? 0 : 222;
	change.after.episode = 5;
	return change;
}

static void members_of_a_commit_are_taken_as_they_are(void **state)
{
	struct conformance *t = *state;
	struct incident *inc = primary_incident(t, "k");
	struct store_record r = primary_record(t, inc, 1, "c1");
	struct store_member_change changes[] = {change_of("k", "k", false), change_of("moved", "elsewhere", true)};
	changes[0].after.touched_at = clock_of(t) - 5;
	struct local_seen seen = {.records = &r, .record_count = 1, .members = changes, .member_count = 2};
	saw(t, &seen);
	for (size_t i = 0; i < 2; i++) {
		/* what a load answers is what the next commit says that it was */
		struct store_commit c = incident(i ? "a" : "b", NONE);
		struct store_member_change next = {changes[i].after, changes[i].after, TIME_HOUR};
		c.members = &next, c.member_count = 1;
		commit_ok(t, &c);
	}
	assert_int_equal(owned(t, "", 9)->count, 4); /* both records, and where their members are */
	struct store_member_change gone[] = {change_of("seen", "k", true), change_of("seen", "k", true)};
	gone[1].after.found = false;
	saw(t, &(struct local_seen){.members = &gone[0], .member_count = 1});
	assert_true(member_of(t, STR("am"), STR("seen")).found);
	saw(t, &(struct local_seen){.members = &gone[1], .member_count = 1});
	assert_false(member_of(t, STR("am"), STR("seen")).found);
}

static void commit_member(struct conformance *t, const char *key, const struct store_member_change *change)
{
	struct store_commit c = incident(key, record_of(t, key).version);
	c.members = change, c.member_count = 1;
	commit_ok(t, &c);
}

static void members_changed_here_are_left_alone(void **state)
{
	struct conformance *t = *state;
	struct store_member_change mine = change_of("k", "mine", true), theirs = change_of("k", "theirs", false);
	commit_member(t, "mine", &mine);
	struct store_record r = primary_record(t, primary_incident(t, "k"), 1, "c1");
	saw(t, &(struct local_seen){.records = &r, .record_count = 1, .members = &theirs, .member_count = 1});
	assert_str(member_of(t, STR("am"), STR("k")).key, "mine");
}

static void a_sample_fills_in_what_is_not_known_better(void **state)
{
	struct conformance *t = *state;
	struct incident *inc = primary_incident(t, "k");
	inc->sample[1] = inc->sample[2] = inc->sample[0];
	inc->sample[0].firing = false;
	inc->sample[1].fingerprint = STR("elsewhere");
	inc->sample[2].fingerprint = STR("resolved");
	inc->sample[2].firing = false;
	inc->sample_count = 3;
	struct store_member_change known[] = {change_of("elsewhere", "other", true), change_of("resolved", "k", false)};
	known[1].after.starts_at = inc->sample[2].starts_at;
	known[1].after.episode = inc->episode;
	known[1].after.touched_at = inc->last_seen_at;
	saw(t, &(struct local_seen){.members = known, .member_count = 2});
	saw_record(t, inc, 1, "c1");
	struct member m = member_of(t, STR("am"), STR("k"));
	assert_true(m.found && !m.firing);
	assert_int_equal(m.ends_at, inc->last_seen_at);
	assert_str(member_of(t, STR("am"), STR("elsewhere")).key, "other");
	assert_int_equal(member_of(t, STR("am"), STR("resolved")).ends_at, 222);
	/* a newer one that says otherwise counts */
	inc->sample[2].firing = true;
	saw_record(t, inc, 2, "c2");
	m = member_of(t, STR("am"), STR("resolved"));
	assert_true(m.firing && m.ends_at == 0);
	/* one that the primary has long forgotten is none */
	struct incident *old = primary_incident(t, "old");
	old->last_seen_at -= 9 * TIME_DAY;
	saw_record(t, old, 1, "c1");
	assert_false(member_of(t, STR("am"), STR("old")).found);
}

/* ---- leases ---- */

static struct local_seen seen_claim(const struct store_record *r, size_t count, const char *receiver, int64_t until)
{
	struct local_seen seen = {
		.records = r, .record_count = count, .lease_receiver = str_c(receiver), .lease_until = until};
	digest_random_id(seen.lease_claim);
	return seen;
}

static void a_claim_seen_keeps_others_away(void **state)
{
	struct conformance *t = *state;
	struct store_record r[] = {primary_record(t, primary_incident(t, "a"), 1, "c1"),
	                           primary_record(t, primary_incident(t, "b"), 1, "c1")};
	struct local_seen held = seen_claim(r, 2, "r", clock_of(t) + TIME_HOUR);
	saw(t, &held);
	assert_int_equal(claims(t, "r"), 0);
	/* the same records again, not newer: a commit released one lease */
	struct local_seen released = {.records = r, .record_count = 1, .release_receiver = STR("r")};
	memcpy(released.release_claim, "somebody else's", 16);
	saw(t, &released);
	assert_int_equal(claims(t, "r"), 0);
	memcpy(released.release_claim, held.lease_claim, STORE_ID_MAX);
	saw(t, &released);
	assert_int_equal(claims(t, "r"), 1);
	/* the holder's own release works here, too */
	struct store_release back = {.receiver = STR("r"), .key = STR("b"), .due_at = 10};
	memcpy(back.claim_id, held.lease_claim, STORE_ID_MAX);
	assert_int_equal(release(t, &back), STORE_OK);
	assert_int_equal(claims(t, "r"), 1);
}

static void the_last_claim_seen_counts(void **state)
{
	struct conformance *t = *state;
	struct store_record r = primary_record(t, primary_incident(t, "k"), 1, "c1");
	struct local_seen first = seen_claim(&r, 1, "r", clock_of(t) + TIME_HOUR), second = first;
	digest_random_id(second.lease_claim);
	second.lease_until += TIME_HOUR;
	saw(t, &first);
	saw(t, &second);
	struct store_claim ask = claim_for("r", 9, TIME_HOUR);
	const struct store_claimed *got = claim(t, &ask);
	assert_int_equal(got->count, 0);
	assert_int_equal(got->next_due_at, second.lease_until);
	struct local_seen over = seen_claim(&r, 1, STORE_CLOCK, clock_of(t));
	saw(t, &over);
	assert_int_equal(owned(t, "", 9)->count, 0);
	assert_true(own(t, "k"));
	const struct local_branches *page = owned(t, "", 9);
	assert_int_equal(page->branches[0].lease_count, 1);
	assert_string_equal(page->branches[0].leases[0].claim, second.lease_claim);
}

/* ---- ceilings ---- */

static void what_is_no_record_is_lost_and_counted(void **state)
{
	struct conformance *t = *state;
	struct store_record r[] = {primary_record(t, primary_incident(t, "bad"), 1, "c1"),
	                           primary_record(t, primary_incident(t, "another's"), 1, "c1"),
	                           primary_record(t, primary_incident(t, "good"), 1, "c1")};
	r[0].json = STR("{\"key\":");
	r[1].key = STR("not its key");
	struct local_seen seen = {.records = r, .record_count = 3};
	saw(t, &seen);
	assert_int_equal(local_store_lost(t->store), 2);
	assert_int_equal(record_of(t, "good").version.number, 1);
	assert_int_equal(stats(t, NULL, 0)->open, 1);
	assert_false(keep(t, &seen));
}

#define PER_PAGE 1000
/* Somebody's shell holds the file meanwhile: nothing gets done. */
static void beyond_its_limit_it_drops_and_refuses_no_verb(void **state)
{
	struct conformance *t = *state;
	AUTOFREE char *path = mem_printf("%s/runbookd.db", (char *)t->own);
	sqlite3 *db;
	struct store_record *r = arena_alloc(t->arena, PER_PAGE * sizeof *r);
	struct incident *inc = primary_incident(t, "k");
	inc->sample_count = 0;
	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK);
	for (int page = 0; page < 8; page++) {
		for (int i = 0; i < PER_PAGE; i++) {
			snprintf(inc->key, sizeof inc->key, "k%d.%d", page, i);
			r[i] = primary_record(t, inc, 1, "c1");
			r[i].key = str_c(arena_printf(t->arena, "%s", inc->key));
		}
		local_store_saw(t->store, &(struct local_seen){.records = r, .record_count = PER_PAGE});
	}
	struct store_committed got[50];
	for (int i = 0; i < 50; i++) {
		struct store_commit c = incident(arena_printf(t->arena, "commit %d", i), NONE);
		commit_later(t, &c, &got[i]);
	}
	assert_int_equal(sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(db);
	conformance_wait(t);
	for (int i = 0; i < 50; i++)
		assert_int_equal(got[i].result, STORE_OK);
	assert_int_equal(local_store_lost(t->store), 3 * PER_PAGE);
	assert_int_equal(stats(t, NULL, 0)->open, 5 * PER_PAGE + 50);
	assert_int_equal(local_store_owned_count(t->store), 50);
	/* there is room again */
	saw_record(t, primary_incident(t, "next"), 1, "c1");
	assert_int_equal(record_of(t, "next").version.number, 1);
}

/* ---- clock ---- */

static void the_clock_is_the_primarys(void **state)
{
	struct conformance *t = *state;
	assert_true(clock_of(t) > TIME_DAY && clock_of(t) <= loop_wall_ms() + TIME_MINUTE);
	int64_t before = loop_mono_ms(), start = INT64_C(5000000);
	local_store_set_clock(t->store, start);
	for (int64_t last = start, i = 0; i < 20; i++) {
		int64_t now = clock_of(t);
		assert_true(now >= last && now <= start + (loop_mono_ms() - before));
		last = now;
	}
	/* it is the one that leases and due times go by, and it passes */
	struct store_commit c = incident("k", NONE);
	struct store_due due = {STR("r"), 0, start + 50};
	c.dues = &due, c.due_count = 1;
	commit_ok(t, &c);
	t->pass(t, start + 50);
	assert_int_equal(claims(t, "r"), 1);
}

static void count_of_closed(void *arg, const struct store_stats *got)
{
	*(size_t *)arg = got->closed;
}

static void a_policy_that_is_set_is_the_one_used(void **state)
{
	struct conformance *t = *state;
	struct incident_policy longer = stand_in_policy;
	longer.expire_after = 9 * TIME_HOUR;
	struct incident *inc = primary_incident(t, "k");
	local_store_set_policy(t->store, &longer);
	saw_record(t, inc, 1, "c1");
	struct store_claim ask = claim_for(STORE_CLOCK, 9, TIME_HOUR);
	assert_int_equal(claim(t, &ask)->next_due_at, incident_clock(inc, &longer));
	assert_int_not_equal(incident_clock(inc, &longer), incident_clock(inc, &stand_in_policy));
}

/* ---- what stays ---- */

static void all_that_is_open_becomes_owned_and_grew_from_what_was_seen(void **state)
{
	struct conformance *t = *state;
	struct incident *over = primary_incident(t, "over");
	over->open = false;
	struct store_record r[] = {primary_record(t, primary_incident(t, "a"), 4, "c4 c3"),
	                           primary_record(t, primary_incident(t, "b"), 1, "c1"), primary_record(t, over, 1, "c1")};
	assert_true(keep(t, &(struct local_seen){.records = r, .record_count = 3}));
	assert_int_equal(local_store_owned_count(t->store), 0);
	assert_true(own_open(t));
	assert_int_equal(local_store_owned_count(t->store), 2);
	stand_in_reopen(t, false);
	assert_int_equal(stats(t, NULL, 0)->open, 2);
	assert_true(member_of(t, STR("am"), STR("b")).found);
	stand_in_reopen(t, true);
	const struct local_branches *page = owned(t, "", 9);
	assert_int_equal(page->count, 2);
	assert_int_equal(page->branches[0].base.number, 4);
	assert_string_equal(page->branches[0].base.commit_id, "c4");
	assert_int_equal(page->branches[0].record.version.number, 4);
	assert_int_equal(page->branches[0].member_count, 1);
	assert_int_equal(page->branches[1].base.number, 1);
}

static void without_a_primary_mirrors_are_forgotten(void **state)
{
	struct conformance *t = *state;
	saw_record(t, primary_incident(t, "mirrored"), 1, "c1");
	saw_record(t, primary_incident(t, "mine"), 1, "c1");
	change_here(t, "mine");
	struct store_member_change member = change_of("f", "mine", true);
	commit_member(t, "mine", &member);
	stand_in_reopen(t, true);
	assert_int_equal(local_store_owned_count(t->store), 1);
	assert_int_equal(stats(t, NULL, 0)->open, 2);
	assert_int_equal(record_of(t, "mirrored").version.number, 1);
	stand_in_reopen(t, false);
	struct str asked[] = {STR("r"), STR(STORE_CLOCK)};
	const struct store_stats *got = stats(t, asked, 2);
	assert_int_equal(got->open, 1);
	assert_true(got->queues[0].due <= 1 && got->queues[1].due <= 1);
	assert_int_equal(record_of(t, "mirrored").version.number, 0);
	assert_int_equal(record_of(t, "mine").version.number, 3);
	assert_true(member_of(t, STR("am"), STR("f")).found);
	assert_false(member_of(t, STR("am"), STR("mirrored")).found);
}

static void sweeping_forgets_nothing_that_is_owed(void **state)
{
	struct conformance *t = *state;
	struct incident *inc = primary_incident(t, "mirrored");
	inc->open = false;
	inc->resolved_at = clock_of(t) - TIME_HOUR;
	saw_record(t, inc, 1, "c1");
	struct store_commit c = incident("mine", NONE);
	struct store_count count = {.field = STR("f"), .add = 3};
	c.open = false;
	c.counts = &count, c.count_count = 1;
	commit_ok(t, &c);
	assert_int_equal(stats(t, NULL, 0)->closed, 2);
	bool more = true;
	while (more)
		assert_int_equal(sweep(t, -9 * TIME_HOUR, &more), STORE_OK);
	assert_int_equal(stats(t, NULL, 0)->closed, 1);
	assert_int_equal(record_of(t, "mirrored").version.number, 0);
	assert_int_equal(record_of(t, "mine").version.number, 1);
	assert_int_equal(counters(t, 0, INT64_MAX / 2)->rows[0].count, 3);
}

static void closing_takes_in_what_was_seen(void **state)
{
	struct conformance *t = *state;
	struct store_record r = primary_record(t, primary_incident(t, "k"), 1, "c1");
	size_t closed = 99;
	local_store_saw(t->store, &(struct local_seen){.records = &r, .record_count = 1});
	t->store->ops->stats(t->store, NULL, 0, count_of_closed, &closed);
	stand_in_reopen(t, true);
	assert_int_equal(closed, 0);
	assert_int_equal(record_of(t, "k").version.number, 1);
}

/* ---- kill -9 ---- */

struct child {
	struct store *store;
	int pipe;
	uint32_t next;
};

static void child_commit(struct child *c);

static void child_acknowledged(void *arg, const struct store_committed *got)
{
	struct child *c = arg;
	if (got->result != STORE_OK || write(c->pipe, &c->next, sizeof c->next) != sizeof c->next)
		_exit(1);
	c->next++;
	child_commit(c);
}

/* Between the commits, something is seen. */
static void child_commit(struct child *c)
{
	char key[32], seen[32];
	snprintf(key, sizeof key, "k%u", c->next);
	snprintf(seen, sizeof seen, "seen %u", c->next);
	struct store_member_change change = change_of(seen, seen, true);
	local_store_saw(c->store, &(struct local_seen){.members = &change, .member_count = 1});
	struct store_commit ask = incident(key, NONE);
	c->store->ops->commit(c->store, &ask, child_acknowledged, c);
}

static void child_run(const char *folder, int out)
{
	struct loop *l = loop_new();
	struct child child = {stand_in_open(l, folder), out, 0};
	child_commit(&child);
	loop_run(l);
	_exit(3);
}

#define MANY 200
static void kill_9_loses_nothing_that_is_owned(void **state)
{
	struct conformance *t = *state;
	AUTOFREE char *folder = folder_new();
	int ends[2];
	assert_int_equal(pipe(ends), 0);
	pid_t pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		close(ends[0]);
		child_run(folder, ends[1]);
	}
	close(ends[1]);
	uint32_t number, n = 0;
	while (read(ends[0], &number, sizeof number) == sizeof number)
		if (++n == MANY)
			kill(pid, SIGKILL);
	close(ends[0]);
	int status;
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFSIGNALED(status) && n >= MANY);
	struct store *mine = t->store;
	t->store = stand_in_open(t->loop, folder);
	assert_true(local_store_owned_count(t->store) >= n);
	assert_int_equal(record_of(t, arena_printf(t->arena, "k%u", n - 1)).version.number, 1);
	t->store->ops->close(t->store);
	t->store = mine;
	folder_remove(folder);
}

#define OWN(test) cmocka_unit_test_setup_teardown(test, stand_in_set_up, stand_in_tear_down)

int main(void)
{
	signal(SIGPIPE, SIG_IGN);
	log_setup(LOG_ERROR, LOG_LOGFMT, loop_wall_ms);
	const struct conformance_opener opener = {"local", stand_in_open_case, stand_in_close_case, true};
	const struct CMUnitTest own_tests[] = {
		OWN(kill_9_loses_nothing_that_is_owned),
		OWN(what_was_seen_is_there_like_anything_else),
		OWN(only_what_is_newer_counts),
		OWN(ids_known_before_stay_behind_those_seen),
		OWN(what_was_changed_here_is_left_alone),
		OWN(a_delivery_that_went_unseen_is_due_no_more),
		OWN(members_of_a_commit_are_taken_as_they_are),
		OWN(members_changed_here_are_left_alone),
		OWN(a_sample_fills_in_what_is_not_known_better),
		OWN(a_claim_seen_keeps_others_away),
		OWN(the_last_claim_seen_counts),
		OWN(what_is_no_record_is_lost_and_counted),
		OWN(beyond_its_limit_it_drops_and_refuses_no_verb),
		OWN(the_clock_is_the_primarys),
		OWN(a_policy_that_is_set_is_the_one_used),
		OWN(all_that_is_open_becomes_owned_and_grew_from_what_was_seen),
		OWN(without_a_primary_mirrors_are_forgotten),
		OWN(sweeping_forgets_nothing_that_is_owed),
		OWN(closing_takes_in_what_was_seen),
	};
	return cmocka_run_group_tests(own_tests, NULL, NULL) + conformance_run(&opener);
}
