#include "stand_in.h"

#include <string.h>

#include "../store/folder.h"
#include "base/time.h"
#include "incident/delivery.h"
#include "incident/row.h"
#include "replica/record_commit.h"
#include "store/request.h"
#include "store/sqlite_store.h"

const struct incident_policy stand_in_policy = {.late_grace = TIME_MINUTE,
                                                .expire_after = TIME_HOUR,
                                                .start_skew = INCIDENT_START_SKEW,
                                                .delivery_timeout = 10 * TIME_SECOND,
                                                .delivery_expire = TIME_DAY,
                                                .retention = 30 * TIME_DAY};

static char *stand_in_file(const char *folder)
{
	return mem_printf("%s/runbookd.db", folder);
}

struct store *stand_in_open(struct loop *l, const char *folder)
{
	AUTOERR struct err err = ERR_INIT;
	AUTOFREE char *path = stand_in_file(folder);
	struct store *s = local_store_open(l, path, &stand_in_policy, &err);
	if (!s)
		fail_msg("%s", err_first(&err));
	return s;
}

void stand_in_reopen(struct conformance *t, bool stand_in)
{
	AUTOERR struct err err = ERR_INIT;
	AUTOFREE char *path = stand_in_file(t->own);
	t->store->ops->close(t->store);
	t->store = stand_in ? stand_in_open(t->loop, t->own) : sqlite_store_open(t->loop, path, &err);
	assert_non_null(t->store);
}

void stand_in_open_case(struct conformance *t)
{
	t->loop = loop_new();
	t->own = folder_new();
	t->store = stand_in_open(t->loop, t->own);
	t->pass = conformance_poll;
}

void stand_in_close_case(struct conformance *t)
{
	t->store->ops->close(t->store);
	loop_defer(t->loop, (void (*)(void *))loop_stop, t->loop);
	loop_run(t->loop);
	loop_free(t->loop);
	folder_remove(t->own);
	mem_cleanup(&t->own);
}

int stand_in_set_up(void **state)
{
	struct conformance *t = mem_zero(sizeof *t);
	stand_in_open_case(t);
	conformance_begin(t);
	*state = t;
	return 0;
}

int stand_in_tear_down(void **state)
{
	struct conformance *t = *state;
	conformance_end(t);
	stand_in_close_case(t);
	mem_cleanup(&t);
	return 0;
}

void add_primary_member(struct incident *inc, const char *group, const char *fingerprint)
{
	int64_t now = inc->last_seen_at;
	struct incident_row *row = row_make(inc, group, now);
	struct incident_sample *s =
		INCIDENT_ADD(inc, inc->sample, inc->sample_count, inc->sample_capacity, INCIDENT_SAMPLE_MAX);
	struct member m = {.found = true, .key = str_c(inc->key), .counted = true};
	row->heard_at = now;
	row->left_at = now + stand_in_policy.expire_after;
	row_put_in(inc, row, &m);
	*s = (struct incident_sample){.source = STR("am"),
	                              .fingerprint = str_c(fingerprint),
	                              .mark = m.mark,
	                              .counted = true,
	                              .starts_at = now - TIME_MINUTE};
	memcpy(s->group, m.group, sizeof s->group);
}

void end_primary_incident(struct incident *inc, int64_t at)
{
	inc->row_count = 0;
	inc->ended_generation = inc->generation;
	inc->resolved_at = at;
}

struct incident *primary_incident(struct conformance *t, const char *key)
{
	struct incident *inc = incident_new(t->arena, str_c(key));
	int64_t now = clock_of(t);
	inc->episode = inc->generation = 1;
	inc->alertname = STR("HighCPU");
	inc->started_at = inc->last_seen_at = now;
	add_primary_member(inc, STAND_IN_GROUP, inc->key);
	incident_add_receiver(inc, STR("r"), now);
	incident_refresh(inc, now);
	inc->deliveries[0].due_at = 10;
	return inc;
}

struct store_record primary_record(struct conformance *t, const struct incident *inc, uint64_t number, const char *id)
{
	struct store_record r = {.key = str_c(inc->key), .version = {.number = number}, .ids = str_c(id)};
	r.bytes = incident_write(t->arena, inc);
	size_t n = strcspn(id, " ");
	memcpy(r.version.commit_id, id, n);
	return r;
}

void saw(struct conformance *t, const struct local_seen *seen)
{
	local_store_saw(t->store, seen);
	clock_of(t); /* answered behind it */
}

void saw_record(struct conformance *t, const struct incident *inc, uint64_t number, const char *id)
{
	struct store_record r = primary_record(t, inc, number, id);
	saw(t, &(struct local_seen){.records = &r, .record_count = 1});
}

/* One call under way. */
struct asked {
	struct conformance *t;
	bool ok, clean;
	struct local_branches page;
	struct local_debt debt;
};

static struct asked *ask_new(struct conformance *t)
{
	struct asked *a = arena_alloc(t->arena, sizeof *a);
	a->t = t;
	t->waiting++;
	return a;
}

static void asked_is_answered(struct asked *a)
{
	a->t->waiting--;
	loop_stop(a->t->loop);
}

static void ok_came(void *arg, bool ok)
{
	struct asked *a = arg;
	a->ok = ok;
	asked_is_answered(a);
}

static void merged_came(void *arg, bool ok, bool clean)
{
	struct asked *a = arg;
	a->ok = ok;
	a->clean = clean;
	asked_is_answered(a);
}

static void copy_lists(struct arena *arena, const struct local_branch *from, struct local_branch *to)
{
	struct member *members = arena_alloc(arena, from->member_count * sizeof *members);
	int64_t *ttls = arena_alloc(arena, from->member_count * sizeof *ttls);
	bool *changed = arena_alloc(arena, from->member_count * sizeof *changed);
	struct store_lease *leases = arena_alloc(arena, from->lease_count * sizeof *leases);
	for (size_t i = 0; i < from->member_count; i++) {
		members[i] = member_copy(arena, &from->members[i]);
		ttls[i] = from->member_ttls[i];
		changed[i] = from->member_changed[i];
	}
	for (size_t i = 0; i < from->lease_count; i++) {
		leases[i] = from->leases[i];
		leases[i].receiver = arena_str(arena, from->leases[i].receiver);
	}
	to->members = members;
	to->member_ttls = ttls;
	to->member_changed = changed;
	to->leases = leases;
}

static void keep_branches(void *arg, const struct local_branches *page)
{
	struct asked *a = arg;
	struct arena *arena = a->t->arena;
	struct local_branch *branches = arena_alloc(arena, page->count * sizeof *branches);
	for (size_t i = 0; i < page->count; i++) {
		branches[i] = page->branches[i];
		branches[i].record.key = arena_str(arena, branches[i].record.key);
		branches[i].record.bytes = arena_str(arena, branches[i].record.bytes);
		branches[i].record.ids = arena_str(arena, branches[i].record.ids);
		copy_lists(arena, &page->branches[i], &branches[i]);
	}
	a->page = *page;
	a->page.branches = branches;
	asked_is_answered(a);
}

bool keep(struct conformance *t, const struct local_seen *seen)
{
	struct asked *a = ask_new(t);
	local_store_keep(t->store, seen, ok_came, a);
	conformance_wait(t);
	return a->ok;
}

const struct local_branches *owned(struct conformance *t, const char *after, size_t max)
{
	struct asked *a = ask_new(t);
	local_store_owned(t->store, str_c(after), max, keep_branches, a);
	conformance_wait(t);
	assert_true(a->page.ok);
	return &a->page;
}

const struct local_branches *mirrored(struct conformance *t, const char *after, size_t max, int64_t since)
{
	struct asked *a = ask_new(t);
	local_store_mirrored(t->store, str_c(after), max, since, keep_branches, a);
	conformance_wait(t);
	assert_true(a->page.ok);
	return &a->page;
}

bool own(struct conformance *t, const char *key)
{
	struct asked *a = ask_new(t);
	struct str name = str_c(key);
	local_store_own(t->store, &name, 1, ok_came, a);
	conformance_wait(t);
	return a->ok;
}

bool own_open(struct conformance *t)
{
	struct asked *a = ask_new(t);
	local_store_own_open(t->store, ok_came, a);
	conformance_wait(t);
	return a->ok;
}

static void keep_debt(void *arg, const struct local_debt *got)
{
	struct asked *a = arg;
	a->debt = *got;
	a->debt.counts = request_copy_counts(a->t->arena, got->counts, got->count);
	asked_is_answered(a);
}

const struct local_debt *debt(struct conformance *t)
{
	struct asked *a = ask_new(t);
	local_store_debt(t->store, keep_debt, a);
	conformance_wait(t);
	assert_true(a->debt.ok);
	return &a->debt;
}

bool pay(struct conformance *t, const char *id)
{
	struct asked *a = ask_new(t);
	local_store_pay(t->store, id, ok_came, a);
	conformance_wait(t);
	return a->ok;
}

bool merged(struct conformance *t, const struct local_merged *m)
{
	struct asked *a = ask_new(t);
	local_store_merged(t->store, m, merged_came, a);
	conformance_wait(t);
	assert_true(a->ok);
	return a->clean;
}

struct store_version change_here(struct conformance *t, const char *key)
{
	AUTOERR struct err err = ERR_INIT;
	struct store_record r = record_of(t, key);
	struct incident *inc = r.bytes.n ? incident_read(t->arena, r.bytes, &err) : primary_incident(t, key);
	assert_non_null(inc);
	inc->count.received++;
	struct store_commit c = incident(key, r.version);
	record_commit(t->arena, inc, &stand_in_policy, &c);
	c.groups_changed = true;
	return commit_ok(t, &c);
}

size_t claims(struct conformance *t, const char *receiver)
{
	struct store_claim ask = claim_for(receiver, 9, TIME_HOUR);
	const struct store_claimed *got = claim(t, &ask);
	assert_int_equal(got->result, STORE_OK);
	return got->count;
}

struct store_member_change change_of(const char *fingerprint, const char *key, bool firing)
{
	struct member m = {.source = STR("am"), .fingerprint = str_c(fingerprint)};
	struct store_member_change change = {m, m, TIME_HOUR};
	change.after.found = true;
	change.after.mark = firing ? 999 : 0;
	change.after.key = str_c(key);
	change.after.starts_at = 111;
	change.after.ends_at = firing ? 0 : 222;
	change.after.episode = 5;
	return change;
}

void commit_member(struct conformance *t, const char *key, const struct store_member_change *change)
{
	struct store_commit c = incident(key, record_of(t, key).version);
	c.members = change, c.member_count = 1;
	commit_ok(t, &c);
}
