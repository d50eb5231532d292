/*
 * A webhook body to alerts: Alertmanager's version 4, Grafana's superset, and what is seen in the wild (FACTS: missing
 * fingerprints, groupKey as a number, Go's time format, alerts with only a status, null for any optional field).
 */
#ifndef ALERT_WEBHOOK_H
#define ALERT_WEBHOOK_H

#include "alert/alert.h"
#include "base/err.h"

#define WEBHOOK_ALERTS_MAX 100000           /* alerts in one body */
#define WEBHOOK_DEPTH_MAX 32                /* JSON nesting */
#define WEBHOOK_ANNOTATIONS_MAX (16 * 1024) /* bytes of one alert's annotations; the rest is cut with a mark */
#define WEBHOOK_LABELS_MAX (16 * 1024)      /* bytes of one alert's labels; more makes the body unacceptable */

struct webhook {
	struct alert *alerts;
	size_t count;
	struct labels group_labels;
	struct str receiver, external_url;
	int64_t truncated; /* alerts that the sender left out (max_alerts): we never see them */
};

/*
 * False for what can never be accepted, with one short line in `err` (it lands in Alertmanager's log): not JSON, too
 * deep, not an object, no `alerts` list, an alert that is no object, labels or annotations that are no mapping of strings
 * (numbers and booleans are taken as their JSON text), an unknown status, a time that is no time.
 * An alert without status takes the body's; without both it is firing. `source_labels` are added to every alert and to
 * the group labels where these lack them, before fingerprints are computed; NULL for none. A fingerprint as sent is kept.
 * Everything in `out` lives in `arena`.
 */
bool webhook_parse(struct arena *arena, struct str body, const struct labels *source_labels, struct webhook *out,
                   struct err *err);

#endif
