/*
 * One alert as Alertmanager sends it: a label set with annotations, a state and a start. All bytes are views into the
 * arena it was parsed into.
 */
#ifndef ALERT_ALERT_H
#define ALERT_ALERT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/mem.h"
#include "base/str.h"

struct label {
	struct str name, value;
};

/* Sorted by name (byte order), names unique. */
struct labels {
	struct label *v;
	size_t n;
};

/* The value, or the empty view: for matchers, templates and grouping a missing label equals the empty string. */
struct str labels_get(const struct labels *l, struct str name);
bool labels_has(const struct labels *l, struct str name);
/* Sorts in place; of a repeated name the last one stays (JSON's usual reading). */
void labels_sort(struct labels *l);
/* A new set in `arena`: `base` plus those of `extra` whose name `base` lacks. */
struct labels labels_merge(struct arena *arena, const struct labels *base, const struct labels *extra);
/* The labels that all of the `n` sets share with equal values. */
struct labels labels_common(struct arena *arena, const struct labels *const *sets, size_t n);
/* Its names and values are copied as well. */
struct labels labels_copy(struct arena *arena, const struct labels *from);
bool labels_equal(const struct labels *a, const struct labels *b);
struct buf;
/* One label as a matcher of Alertmanager's: job="y" with what that escapes. */
void label_add_matcher(struct buf *out, const struct label *l);
/* Alertmanager's form, for people: {alertname="X", job="y"} */
struct str labels_format(struct arena *arena, const struct labels *l);

#define ALERT_FINGERPRINT_MAX 17
/*
 * Alertmanager's fingerprint: FNV-1a 64 over labels sorted by name, each `name 0xFF value 0xFF`; 16 lower-case hex digits.
 * Source: prometheus/common model/signature.go, measured against captured bodies.
 */
char *labels_fingerprint(const struct labels *l, char out[ALERT_FINGERPRINT_MAX]);

/*
 * What was wrong with an alert that was taken all the same: paged with what could be read of it, and what could not is
 * told in its annotation ALERT_FLAW_NOTE. The gravest first.
 */
enum alert_flaw {
	ALERT_SOUND,
	ALERT_NO_OBJECT,
	ALERT_ODD_LABELS,
	ALERT_LARGE_LABELS,
	ALERT_ODD_STATUS,
	ALERT_ODD_TIME,
	ALERT_ODD_TEXT, /* bytes that are no text: no UTF-8, half a surrogate pair, NUL in a name */
	ALERT_ODD_ANNOTATIONS,
	ALERT_ODD_URL,
	ALERT_LARGE_ANNOTATIONS, /* each value that was cut says so itself */
	ALERT_FLAWS
};
#define ALERT_FLAW_NOTE "runbookd_degraded"
/* One word for the metric; "" for ALERT_SOUND. */
const char *alert_flaw_name(enum alert_flaw flaw);

struct alert {
	struct labels labels, annotations;
	struct str fingerprint; /* what people see: as sent, or computed where the sender left it out; never empty */
	/*
	 * Which alert it is, in this body and in others: the fingerprint of its labels as they came (which is Alertmanager's
	 * own), and where another one was sent, of both. So a sender that gives two alerts one fingerprint joins nothing, and
	 * one whose alerts differ in what it does not send keeps them apart.
	 */
	char identity[ALERT_FINGERPRINT_MAX];
	enum alert_flaw flaw;
	bool resolved;
	int64_t starts_at; /* ms; 0 where the sender left it out or sent Go's zero time */
	/*
	 * Earlier than starts_at: a replica's alert, which is this one once its source has dropped a label, began then and
	 * ended when this one fired already, so both are one episode. 0: there is none.
	 */
	int64_t replica_since;
	int64_t ends_at; /* ms; 0 while firing */
	struct str generator_url;
};

/* When its episode began, here or at a replica. */
static inline int64_t alert_since(const struct alert *a)
{
	return a->replica_since ? a->replica_since : a->starts_at;
}

#endif
