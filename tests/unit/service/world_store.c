#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "world_impl.h"

const char *const receivers[RECEIVERS] = {"oncall", "chat"};
const char *const groups[GROUPS] = {"00000000000000a1", "00000000000000a2"};
const char *const keys[KEYS] = {"00000000000000000000000000000001", "00000000000000000000000000000002"};

void world_tell(struct world *w, const char *fmt, ...)
{
	if (!w->tell)
		return;
	va_list ap;
	va_start(ap, fmt);
	printf("  %8.1fs  ", (double)(memory_store_now(w->store) - BASE) / 1000.0);
	vprintf(fmt, ap);
	printf("\n");
	va_end(ap);
}

int64_t world_now(const struct world *w)
{
	return memory_store_now(w->store);
}

void new_id(struct world *w, char out[STORE_ID_MAX])
{
	snprintf(out, STORE_ID_MAX, "%032u", ++w->ids);
}

struct store *store_of(const struct world *w, const struct job *job)
{
	return job->store ? job->store : w->store;
}

const struct incident_policy *world_policy(const struct world *w, const struct job *job)
{
	return job->store ? &w->partial : &w->policy;
}

void break_promise(struct world *w, const char *which)
{
	if (!w->broken)
		w->broken = which;
}

struct loaded {
	struct world *w;
	struct job *job;
};

int key_index(struct str key)
{
	for (int i = 0; i < KEYS; i++)
		if (str_eq_c(key, keys[i]))
			return i;
	abort();
}

int world_take_record(struct job *job, const struct store_record *r)
{
	int key = key_index(r->key);
	job->version[key] = r->version;
	free(job->record[key]);
	job->record[key] = r->bytes.n ? mem_str(r->bytes) : NULL;
	job->record_size[key] = r->bytes.n;
	return key;
}

void free_records(struct job *job)
{
	for (int i = 0; i < KEYS; i++)
		free(job->record[i]);
}

static void on_loaded(void *arg, const struct store_loaded *answer)
{
	struct loaded *l = arg;
	for (size_t i = 0; i < answer->member_count; i++) {
		l->job->members[i] = answer->members[i];
		l->job->members[i].source = STR("am");
		l->job->members[i].fingerprint = arena_str(l->w->arena, answer->members[i].fingerprint);
		l->job->members[i].key = arena_str(l->w->arena, answer->members[i].key);
	}
	for (size_t i = 0; i < answer->record_count; i++)
		world_take_record(l->job, &answer->records[i]);
}

void world_load(struct world *w, struct job *job)
{
	static const char *const fingerprints[ALERTS] = {"a", "b", "c", "d"};
	struct member members[ALERTS] = {{.found = false}};
	for (size_t i = 0; i < ALERTS; i++) {
		members[i].source = STR("am");
		members[i].fingerprint = str_c(fingerprints[i]);
	}
	struct str wanted[KEYS];
	for (size_t i = 0; i < KEYS; i++)
		wanted[i] = str_c(keys[i]);
	struct store_load ask = {.members = members, .member_count = ALERTS, .keys = wanted, .key_count = KEYS};
	struct store *store = store_of(w, job);
	store->ops->load(store, &ask, on_loaded, &(struct loaded){w, job});
}

struct incident *world_record(struct world *w, const struct job *job, int key)
{
	if (!job->record[key])
		return incident_new(w->arena, str_c(keys[key]));
	AUTOERR struct err err = ERR_INIT;
	struct incident *inc = incident_read(w->arena, (struct str){job->record[key], job->record_size[key]}, &err);
	if (!inc) {
		break_promise(w, "a record could not be read back");
		inc = incident_new(w->arena, str_c(keys[key]));
	}
	return inc;
}

static void on_committed(void *arg, const struct store_committed *answer)
{
	*(enum store_result *)arg = answer->result;
}

enum store_result world_commit(struct world *w, const struct job *job, int key, const struct incident *inc,
                               const struct store_member_change *changes, size_t change_count, const char *release)
{
	struct store_due dues[INCIDENT_RECEIVERS_MAX];
	for (size_t i = 0; i < inc->delivery_count; i++)
		dues[i] = (struct store_due){inc->deliveries[i].receiver, incident_lane(inc), inc->deliveries[i].due_at};
	struct store_commit c = {.key = str_c(keys[key]),
	                         .expect = job->version[key],
	                         .bytes = incident_write(w->arena, inc),
	                         .open = incident_is_open(inc),
	                         .since = incident_since(inc, &w->policy),
	                         .dead = incident_dead(inc),
	                         .members = changes,
	                         .member_count = change_count,
	                         .dues = dues,
	                         .due_count = inc->delivery_count,
	                         .clock_at = incident_clock(inc, &w->policy)};
	memcpy(c.id, job->commit_id, sizeof c.id);
	if (release) {
		c.release_receiver = str_c(release);
		memcpy(c.release_claim, job->claim_id, sizeof c.release_claim);
	}
	enum store_result result = STORE_UNKNOWN;
	struct store *store = store_of(w, job);
	store->ops->commit(store, &c, on_committed, &result);
	if (result != STORE_OK)
		return result;
	world_saw(w, job);
	judge_counts(w, job, key, inc);
	return result;
}

static void on_claimed(void *arg, const struct store_claimed *answer)
{
	struct job *job = arg;
	job->kind = JOB_FREE;
	if (answer->result != STORE_OK || !answer->count)
		return;
	job->key = world_take_record(job, &answer->records[0]);
	job->kind = JOB_DELIVERY;
	job->stalled = false;
	job->phase = CLAIMED;
	job->lease_until = job->lease_end = answer->lease_until;
}

void world_claim(struct world *w, struct job *job, const char *receiver)
{
	new_id(w, job->claim_id);
	new_id(w, job->commit_id);
	struct store_claim c = {.receiver = str_c(receiver), .max = 1, .lease_ms = LEASE};
	memcpy(c.id, job->claim_id, sizeof c.id);
	struct store *store = store_of(w, job);
	store->ops->claim(store, &c, on_claimed, job);
}

struct job *free_job(struct world *w, int router)
{
	for (size_t i = 0; i < JOBS; i++)
		if (w->jobs[router][i].kind == JOB_FREE) {
			w->jobs[router][i].store = w->local[router];
			return &w->jobs[router][i];
		}
	return NULL;
}
