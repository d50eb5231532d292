/*
 * A silence by hand: made in the Alertmanager of the incident's source (the first of its peers that answers; they tell each
 * other) with the labels that the incident's alerts share, as matchers, and written down in the incident's timeline.
 */
#ifndef SERVICE_SILENCING_H
#define SERVICE_SILENCING_H

#include "service/operate.h"

#define SILENCE_LONGEST_MS (366 * TIME_DAY)

struct silence_order {
	int64_t lasts_ms;
	struct str comment, by;
};
struct silencings *silencings_new(void);
/* What is on its way to an Alertmanager ends without its answer; after the store has gone nothing is left. NULL is fine. */
void silencings_stop(struct silencings *all);
void silencings_free(struct silencings *all);

/* Data: {"key", "silence": {"id", "until", "alertmanager", "matchers"}}. Strings must live until the callback. */
void operate_silence(struct router *r, struct str key, const struct silence_order *order, operate_done *done,
                     void *arg);

#endif
