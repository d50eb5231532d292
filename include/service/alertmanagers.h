/*
 * The Alertmanagers of a source (sources[].alertmanagers, peers of one cluster), asked what they know of an incident's alerts:
 * see incident/silence.h for when, and what follows. They are asked all at once, for the alerts with the incident's name and
 * labels; one question serves every incident that would ask the same within ALERTMANAGERS_KEPT_MS. Whoever does not answer
 * in time, answers with an error or with more than ALERTMANAGERS_BYTES_MAX counts as "cannot tell".
 */
#ifndef SERVICE_ALERTMANAGERS_H
#define SERVICE_ALERTMANAGERS_H

#include "incident/silence.h"
#include "service/router.h"

#define ALERTMANAGERS_TIMEOUT_MS 3000             /* of one request */
#define ALERTMANAGERS_PATIENCE_MS 5000            /* of a question, with its time in line */
#define ALERTMANAGERS_KEPT_MS 2000                /* an answer is good for others */
#define ALERTMANAGERS_ASKED_MAX 500               /* different questions at once, with those that are kept */
#define ALERTMANAGERS_FLYING_MAX 8                /* of these, so many are on their way */
#define ALERTMANAGERS_BYTES_MAX (2 * 1024 * 1024) /* of one answer: some milliseconds to read */

struct alertmanagers *alertmanagers_new(struct router *r);
/* NULL is fine. Whoever waits is told that nobody can tell. */
void alertmanagers_free(struct alertmanagers *a);

/* `inc` must live until `done`, which runs once, never inside this call, after ALERTMANAGERS_PATIENCE_MS at the latest. */
void alertmanagers_ask(struct alertmanagers *a, const struct incident *inc,
                       void (*done)(void *arg, const struct silence_said *said), void *arg);

/*
 * Likewise, for the lists themselves: one of each Alertmanager that has answered, valid during the call; `all`: each has.
 * They hold the alerts of the incident's name (and of its labels, where the source does not rewrite those), and others beside.
 */
typedef void alertmanagers_listed(void *arg, const struct alert_list *lists, size_t n, bool all);
void alertmanagers_list(struct alertmanagers *a, const struct incident *inc, alertmanagers_listed *listed, void *arg);

/* The labels of `inc` as its Alertmanager has them: what its source adds is left out, what it renames has its old name. */
struct labels alertmanagers_labels(const struct config_source *source, const struct incident *inc, struct arena *arena);

#endif
