/*
 * Bodies of webhooks that were read and planned lately. Alertmanager repeats a group that has not changed in the same bytes,
 * and so does each of its peers: what a body says, and what the rules of this configuration say of it, is then known. The
 * least lately used are forgotten beyond a ceiling, and all of them when the configuration changes.
 */
#ifndef SERVICE_BODIES_H
#define SERVICE_BODIES_H

#include "alert/webhook.h"
#include "config/config.h"
#include "incident/decide.h"

#define BODIES_BYTES_MAX ((size_t)2 << 20)
#define BODIES_TEXT_MAX ((size_t)64 << 10) /* longer ones are read each time */

/* One body, as it was read; shared, and changed by nobody once it is kept. */
struct body_read {
	size_t refs;
	struct arena *arena; /* of all that follows */
	struct config *config;
	struct str source, text;
	struct webhook hook;
	struct plan *plans; /* of its alerts */
	/* what the journal says of each as it came, and behind them of the body, once it has; NULL: it is not kept */
	struct str *said;
	struct body body;
	size_t bytes;
	uint64_t hash;
	struct body_read *newer, *older;
};

struct body_read *body_read_new(struct config *config, struct str source, struct str text);
void body_read_unref(struct body_read *b); /* NULL is fine */

struct bodies;
struct bodies *bodies_new(void);
void bodies_free(struct bodies *known);
/* With a reference; NULL: it is not known. */
struct body_read *bodies_find(struct bodies *known, struct config *config, struct str source, struct str text);
/* Takes a reference, where it has room. */
void bodies_keep(struct bodies *known, struct body_read *b);
/* What the journal says of its alert `i` (hook.count: of the body): copied, and kept with it. */
void bodies_say(struct bodies *known, struct body_read *b, size_t i, struct str said);

#endif
