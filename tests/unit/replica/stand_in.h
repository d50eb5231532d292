/*
 * For tests of a stand-in (replica/local_store.h): a local store in a folder of its own, records as a primary would have
 * them, and its verbs beside those of store.h, waiting for their answers.
 */
#ifndef TESTS_STORE_STAND_IN_H
#define TESTS_STORE_STAND_IN_H

#include "../store/conformance.h"
#include "incident/incident.h"
#include "replica/local_store.h"

extern const struct incident_policy stand_in_policy;

/* cmocka's fixture: *state is a struct conformance. */
int stand_in_set_up(void **state);
int stand_in_tear_down(void **state);
void stand_in_open_case(struct conformance *t);
void stand_in_close_case(struct conformance *t);
struct store *stand_in_open(struct loop *l, const char *folder);
/* Closes it and opens it again; as a store without a primary: sqlite_store_open(). */
void stand_in_reopen(struct conformance *t, bool stand_in);

/* An open incident that is due for "r" since 10, with one firing member ("am", key). */
struct incident *primary_incident(struct conformance *t, const char *key);
#define STAND_IN_GROUP "0123456789abcdef" /* in which that stands */
/* One more, in its sample. */
void add_primary_member(struct incident *inc, const char *group, const char *fingerprint);
void end_primary_incident(struct incident *inc, int64_t at);
/* As the primary has it: version `number`, made by the commit `id`. */
struct store_record primary_record(struct conformance *t, const struct incident *inc, uint64_t number, const char *id);

/* Returns when it has been worked off. */
void saw(struct conformance *t, const struct local_seen *seen);
void saw_record(struct conformance *t, const struct incident *inc, uint64_t number, const char *id);
bool keep(struct conformance *t, const struct local_seen *seen);
const struct local_branches *owned(struct conformance *t, const char *after, size_t max);
const struct local_branches *mirrored(struct conformance *t, const char *after, size_t max, int64_t since);
bool own(struct conformance *t, const char *key);
bool own_open(struct conformance *t);
/* Copied; the file could be read. */
const struct local_debt *debt(struct conformance *t);
bool pay(struct conformance *t, const char *id);
/* True when it is clean. */
bool merged(struct conformance *t, const struct local_merged *m);

/* How many are handed out to a new claim. */
size_t claims(struct conformance *t, const char *receiver);
/* ("am", fingerprint) becomes a member of `key`, from nothing. */
struct store_member_change change_of(const char *fingerprint, const char *key, bool firing);
/* In a commit of the record under `key`. */
void commit_member(struct conformance *t, const char *key, const struct store_member_change *change);
/* A change of the record under `key` as the router would commit it; returns its version. */
struct store_version change_here(struct conformance *t, const char *key);

#endif
