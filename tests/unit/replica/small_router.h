/*
 * A router in a few lines over any store: alerts in, what a receiver is told out, through the very functions that the
 * daemon calls. One incident key, one receiver ("oncall").
 */
#ifndef TESTS_SMALL_ROUTER_H
#define TESTS_SMALL_ROUTER_H

#include "../store/conformance.h"
#include "incident/decide.h"
#include "incident/delivery.h"

extern const struct incident_policy small_policy;

/* An alert fires or has resolved; its times are the store's clock then. The reason that the decision gave; tries again on a conflict. */
enum reason alert_fires(struct conformance *t, const char *key, const char *fingerprint);
enum reason alert_resolves(struct conformance *t, const char *key, const char *fingerprint);

/* What oncall was told, in order: "trigger KEY 1", "resolve KEY 1"; "" where nothing was due. Valid until the test is over. */
const char *tell_oncall(struct conformance *t);
/* The first half of it: claimed, on record, and not sent yet. */
struct held_page {
	struct attempt attempt;
	char key[INCIDENT_KEY_SIZE], claim[STORE_ID_MAX];
};
bool begin_telling(struct conformance *t, int64_t lease_ms, struct held_page *out);
void end_telling(struct conformance *t, const struct held_page *held, enum outcome outcome);

/* The record as the store has it; NULL when it has none. */
const struct incident *incident_of(struct conformance *t, const char *key);

#endif
