/*
 * What the Prometheus that sends an alert does to its labels: it adds its external labels where they are not there, and
 * follows its alert_relabel_configs. From /api/v1/status/config, or as a person states it.
 */
#ifndef LINT_ALERT_SENDER_H
#define LINT_ALERT_SENDER_H

#include "alert/alert.h"
#include "base/err.h"
#include "base/options.h"
#include "rules/relabel.h"

struct alert_sender {
	bool known; /* false: any label may be added */
	struct labels external;
	struct strs unsure;      /* external labels whose value stands in the environment */
	struct relabel *relabel; /* alert_relabel_configs; NULL: none */
};
void alert_sender_release(struct alert_sender *s);

/* "NAME=VALUE[,NAME=VALUE…]" is added. False with a line in `err`. Strings live in `arena`. */
bool alert_sender_state(struct arena *arena, struct alert_sender *s, struct str text, struct err *err);
/* The body that /api/v1/status/config answers; what has been stated before stays. False with a line in `err`. */
bool alert_sender_read_api(struct arena *arena, struct alert_sender *s, const char *source, struct str body,
                           struct err *err);

/* As the alert arrives: a new set in `arena`. False: it is not sent. `unsure` as for relabel_sending(). */
bool alert_sender_labels(const struct alert_sender *s, struct arena *arena, const struct labels *labels,
                         struct labels *out, struct strs *unsure);
/* Whether it takes this label away; whether an alert that lacks it may have it once it is sent. */
bool alert_sender_drops(const struct alert_sender *s, struct str name);
bool alert_sender_may_add(const struct alert_sender *s, struct str name);

#endif
