/*
 * Settings, an incident and the request that a kind makes of them.
 */
#ifndef TESTS_RECEIVERS_BUILT_H
#define TESTS_RECEIVERS_BUILT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/yaml.h"
#include "receivers/receiver.h"

#define COUNT(list) (sizeof(list) / sizeof *(list))

/* As the configuration reads them; NULL with lines in `err` when the kind's own check refuses them. */
void *built_settings(const struct receiver_kind *kind, const char *yaml, struct arena *arena, struct err *err);
/* [P1] A, one firing, open since 2025-11-21T08:00:00Z. */
#define BUILT_GROUP "0123456789abcdef" /* in whose row its members stand */
struct incident *built_incident(struct arena *arena);
/* l0, l1, …; each value is `bytes` times \x01, which takes six bytes in JSON. */
struct labels built_labels(struct arena *arena, size_t count, size_t bytes);
struct str built_repeated(struct arena *arena, const char *piece, size_t bytes);
/* 2,000 labels, a megabyte of annotations, 42 members with long names: all made of `piece`. */
struct incident *built_monster(struct arena *arena, const char *piece);
/* `secret` may be NULL. False with lines in `err` as receiver_make_request() says. */
bool built_request(const char *kind, const char *yaml, const struct incident *inc, enum message_event event,
                   const struct receiver_secret *secret, struct arena *arena, struct receiver_request *out,
                   struct err *err);
/* The same with several secrets, and the step of a message. */
struct built {
	const char *kind, *yaml;
	const struct incident *incident;
	enum message_event event;
	bool quiet, digest;
	struct str said; /* by a person, in place of the page; empty: the page */
	const struct receiver_secret *secrets;
	size_t secret_count;
	unsigned step;
	const char *ref, *key, *carry, *session;
	const char *title, *text;            /* templates; NULL: none */
	const struct message_context *known; /* beside the links; NULL: nothing */
	bool whole;                          /* of the message also what the kind does not read is made */
};
/* `session` is one that is known unless a test says otherwise. One definition for each kind, with all secrets it asks for. */
struct built_definition {
	const char *kind, *yaml;
	struct receiver_secret secrets[3];
};
#define BUILT_DEFINITIONS 19
extern const struct built_definition built_definitions[BUILT_DEFINITIONS];
const struct built_definition *built_definition(const char *kind);
struct built built_of(const struct built_definition *d, const struct incident *inc, enum message_event event);
bool built_step(const struct built *b, struct arena *arena, struct receiver_request *out, struct err *err);

#endif
