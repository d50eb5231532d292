/*
 * What a Prometheus recorded of its own alerts (the series ALERTS) as the webhooks that an Alertmanager would have sent: a
 * body for a group whenever one of its alerts begins or ends, and every ALERTS_REPEAT while something fires. ALERTS has
 * neither annotations nor external labels, and knows nothing of silences.
 */
#ifndef REPLAY_ALERTS_SERIES_H
#define REPLAY_ALERTS_SERIES_H

#include "base/err.h"
#include "base/options.h"
#include "base/time.h"
#include "replay/history.h"

#define ALERTS_SERIES_MAX 200000
#define ALERTS_REPEAT (4 * TIME_HOUR) /* Alertmanager's default repeat_interval */

struct alerts_series;
/* `step`: how far points lie apart, in ms. `group_by`: labels, borrowed. */
struct alerts_series *alerts_series_new(int64_t step, const struct strs *group_by);
void alerts_series_free(struct alerts_series *a); /* NULL is fine */
/* An answer of /api/v1/query_range; the slices in the order of time. False with a line in `err`. */
bool alerts_series_add(struct alerts_series *a, struct str answer, struct err *err);
/* All that was added, up to `until` (ms): what was there with the last step fires on. */
void alerts_series_events(struct alerts_series *a, struct history *h, int64_t until);

#endif
