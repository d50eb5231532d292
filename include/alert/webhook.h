/*
 * A webhook body to alerts: Alertmanager's version 4, Grafana's superset, and what is seen in the wild (FACTS: missing
 * fingerprints, groupKey as a number, Go's time format, alerts with only a status, null for any optional field).
 *
 * An alert that breaks a ceiling or a type is the only one that suffers (enum alert_flaw): labels that are no text become
 * their JSON text, what is too large is cut, an unknown status counts as firing, a time that is none as absent. An alert
 * whose labels cannot be read at all has those of its group.
 */
#ifndef ALERT_WEBHOOK_H
#define ALERT_WEBHOOK_H

#include "alert/alert.h"
#include "alert/known_sets.h"
#include "alert/source_labels.h"
#include "base/err.h"
#include "base/map.h"

#define WEBHOOK_ALERTS_MAX 100000           /* alerts of one body; further ones count as truncated */
#define WEBHOOK_LABELS_MAX (16 * 1024)      /* of one alert, written as JSON; the longest values are cut with a mark */
#define WEBHOOK_ANNOTATIONS_MAX (16 * 1024) /* likewise, and the note on a flaw comes on top */
#define WEBHOOK_NAME_MAX 1024               /* bytes of a label's or annotation's name */
#define WEBHOOK_NOTE_MAX 1024               /* bytes of the note on a flaw, at most */
#define WEBHOOK_URL_MAX 8192                /* generatorURL, written as JSON; a longer one is left out */

struct webhook {
	struct alert *alerts;
	size_t count;
	struct labels group_labels;
	struct str receiver, external_url;
	struct str version;             /* "4" is Alertmanager's; others borrow the shape */
	struct str group_key;           /* of a number its text; empty: none */
	struct str notification_reason; /* Alertmanager 0.32 and later */
	int64_t truncated;          /* alerts that were left out, by the sender (max_alerts) or here: we never see them */
	enum alert_flaw group_flaw; /* of the group labels */
};

struct webhook_parser;
enum webhook_step { WEBHOOK_MORE, WEBHOOK_TAKEN, WEBHOOK_REFUSED };

/*
 * `source` says what becomes of every alert's labels and of the group's; NULL: nothing. What it adds does not change who the
 * alert is, what it renames or drops does. `named` has the labels that the configuration routes by: of labels beyond their
 * ceiling they stay before others (NULL: nobody knows them); borrowed until the parser is freed. Everything lives in `arena`
 * or is a view of `body`, which is borrowed for as long.
 */
struct webhook_parser *webhook_parser_new(struct arena *arena, struct str body, const struct source_labels *source,
                                          const struct map *named);
/*
 * Reads on for about `bytes` of the body, in a time that grows with them alone. WEBHOOK_TAKEN: `out` is filled.
 * WEBHOOK_REFUSED, with one short line in `err` (it lands in Alertmanager's log): no JSON, no object, no list of alerts.
 */
enum webhook_step webhook_parser_step(struct webhook_parser *p, size_t bytes, struct webhook *out, struct err *err);

void webhook_parser_free(struct webhook_parser *p); /* NULL is fine */

/* All of it at once, without a configuration that names labels; false: refused. */
bool webhook_parse(struct arena *arena, struct str body, const struct source_labels *source, struct webhook *out,
                   struct err *err);
/* Likewise, with `named`; sets that are in `known` are not read again, and live there. Others are put there. */
bool webhook_parse_known(struct arena *arena, struct str body, const struct source_labels *source,
                         const struct map *named, struct known_sets *known, struct webhook *out, struct err *err);

#endif
