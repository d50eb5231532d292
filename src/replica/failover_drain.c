/*
 * Planned maintenance. While the primary still serves, all that it has open and all its members are copied into the local
 * mirror; then verbs wait for the moment in which the open ones become the local file's own, and that serves.
 */
#include "base/log.h"
#include "base/time.h"
#include "replica/failover_impl.h"

#define PAGE 500

struct drain {
	struct failover *f; /* NULL: given up, the reply under way only frees it */
	void (*done)(void *arg, bool ok, size_t kept, const char *why);
	void *arg;
	char *cursor;
	bool members, at_end;
	bool at_store; /* a reply is to come */
};

static void copy_records(struct drain *d);

static void drain_end(struct drain *d, bool ok, const char *why)
{
	struct failover *f = d->f;
	void (*done)(void *, bool, size_t, const char *) = d->done;
	void *arg = d->arg;
	f->drain = NULL;
	d->f = NULL;
	if (!d->at_store) {
		mem_cleanup(&d->cursor);
		mem_cleanup(&d);
	}
	done(arg, ok, local_store_owned_count(f->local), why);
}

void failover_drain_fail(struct failover *f, const char *why)
{
	if (f->drain)
		drain_end(f->drain, false, why);
}

/* True when the reply is nobody's any more. */
static bool drain_orphaned(struct drain *d)
{
	d->at_store = false;
	if (d->f)
		return false;
	mem_cleanup(&d->cursor);
	mem_cleanup(&d);
	return true;
}

/* ---- the moment ---- */

static void drained_owned(void *arg, bool ok)
{
	struct drain *d = arg;
	if (drain_orphaned(d))
		return;
	struct failover *f = d->f;
	if (!ok) {
		failover_enter(f, FAILOVER_PRIMARY);
		drain_end(d, false, "the local file cannot be written");
		return;
	}
	LOG(LOG_INFO, "Drained: the local file serves until it is told to resume",
	    LOG_I("incidents", (int64_t)local_store_owned_count(f->local)));
	failover_set_drained(f, true);
	drain_end(d, true, "");
	failover_enter(f, FAILOVER_LOCAL);
}

void failover_drain_step(struct failover *f)
{
	struct drain *d = f->drain;
	if (f->state != FAILOVER_DRAINING || !d || d->at_store || f->primary_in_flight)
		return;
	d->at_store = true;
	local_store_own_open(f->local, drained_owned, d);
}

/* ---- copying ---- */

static void copy_kept(void *arg, bool ok)
{
	struct drain *d = arg;
	if (drain_orphaned(d))
		return;
	if (!ok) {
		drain_end(d, false, "the local file cannot be written");
	} else if (!d->at_end) {
		copy_records(d);
	} else if (!d->members) {
		d->members = true;
		d->at_end = false;
		copy_records(d);
	} else {
		failover_enter(d->f, FAILOVER_DRAINING);
		failover_drain_step(d->f);
	}
}

static void keep_drained_copy(struct drain *d, const struct local_seen *seen, struct str cursor)
{
	mem_cleanup(&d->cursor);
	d->at_end = !cursor.n;
	d->cursor = d->at_end ? NULL : mem_str(cursor);
	d->at_store = true;
	local_store_keep(d->f->local, seen, copy_kept, d);
}

static void got_members(void *arg, const struct store_membered *got)
{
	struct drain *d = arg;
	if (drain_orphaned(d))
		return;
	if (got->result != STORE_OK) {
		drain_end(d, false, "the members cannot be read from the shared store");
		return;
	}
	struct store_member_change *changes = mem_alloc((got->count + 1) * sizeof *changes);
	for (size_t i = 0; i < got->count; i++)
		changes[i] = (struct store_member_change){
			.before = got->members[i], .after = got->members[i], .ttl_ms = got->ttls[i] > 0 ? got->ttls[i] : 1};
	keep_drained_copy(d, &(struct local_seen){.members = changes, .member_count = got->count}, got->cursor);
	mem_cleanup(&changes);
}

static void got_records(void *arg, const struct store_listed *got)
{
	struct drain *d = arg;
	if (drain_orphaned(d))
		return;
	if (got->result != STORE_OK)
		drain_end(d, false, "the incidents cannot be read from the shared store");
	else
		keep_drained_copy(d, &(struct local_seen){.records = got->records, .record_count = got->count}, got->cursor);
}

static void copy_records(struct drain *d)
{
	struct store *s = d->f->primary;
	d->at_store = true;
	if (d->members)
		store_members(s, str_c(d->cursor), PAGE, got_members, d);
	else
		store_list(s, STORE_LIST_OPEN, str_c(d->cursor), PAGE, got_records, d);
}

/* ---- what is asked ---- */

struct refusal {
	void (*done)(void *arg, bool ok, size_t kept, const char *why);
	void *arg;
	const char *why;
	size_t kept;
};

static void refuse_drain(void *arg)
{
	struct refusal *r = arg;
	r->done(r->arg, !r->why[0], r->kept, r->why);
	mem_cleanup(&r);
}

static void answer_later(struct failover *f, void (*done)(void *, bool, size_t, const char *), void *arg,
                         const char *why)
{
	struct refusal *r = mem_zero(sizeof *r);
	*r = (struct refusal){done, arg, why, local_store_owned_count(f->local)};
	front_post(&f->front, refuse_drain, r);
}

void failover_store_drain(struct store *s, void (*done)(void *arg, bool ok, size_t kept, const char *why), void *arg)
{
	struct failover *f = (struct failover *)(void *)front_of(s);
	if (f->drain) {
		answer_later(f, done, arg, "it is being drained");
	} else if (f->state != FAILOVER_PRIMARY) { /* nothing to copy: stay with what is here */
		bool local = f->state == FAILOVER_LOCAL || f->state == FAILOVER_MERGING;
		if (local) {
			failover_set_drained(f, true);
			failover_return_abandon(f);
			failover_enter(f, FAILOVER_LOCAL);
		}
		answer_later(f, done, arg, local ? "" : "the stores are changing places: ask again");
	} else {
		f->drain = mem_zero(sizeof *f->drain);
		*f->drain = (struct drain){.f = f, .done = done, .arg = arg};
		copy_records(f->drain);
	}
}

bool failover_store_resume(struct store *s)
{
	struct failover *f = (struct failover *)(void *)front_of(s);
	if (!f->drained)
		return false;
	failover_set_drained(f, false);
	LOG(LOG_INFO, "Resumed: back to the shared store as soon as it answers");
	if (f->state == FAILOVER_LOCAL && failover_primary_up(f))
		failover_return_begin(f);
	return true;
}
