/*
 * The parts of the webhook parser: webhook.c walks the body and puts each value where it belongs, webhook_alert.c makes an
 * alert of its values, label_set.c gathers labels, label_cut.c keeps them within their ceiling.
 */
#ifndef SRC_ALERT_WEBHOOK_IMPL_H
#define SRC_ALERT_WEBHOOK_IMPL_H

#include "alert/known_sets.h"
#include "alert/webhook.h"
#include "base/json_reader.h"

/* What is kept of a set that is too large: the first of them longest. */
enum label_rank {
	LABEL_RANK_ALERTNAME,
	LABEL_RANK_NAMED,    /* by the configuration */
	LABEL_RANK_STANDARD, /* a name that this field routes by */
	LABEL_RANK_OTHER
};

struct label_ranks {
	const struct source_labels *source; /* what it renames is wanted under another name; NULL: nothing */
	const struct map *named;            /* by the configuration; NULL: nobody knows */
};

enum label_rank label_rank_of(const struct label_ranks *ranks, struct str name);

/* One set of labels or annotations while it is read. Its array is used again for the next one. */
struct label_set {
	struct label *v;
	size_t n, room;
	const struct label_ranks *ranks;
	size_t bytes;    /* gathered so far */
	uint64_t beyond; /* a hash of what is not in `v` as it came; STR_FNV_SEED: nothing */
	bool large;      /* something was left out */
	struct str odd;  /* the first value that is no text, or what stands in place of the set; empty: none */
	bool odd_text;   /* bytes that are no text were replaced */
	/* Where sets are known again: this one as it was read before, or how it is written here. */
	const struct known_set *known;
	struct str text;
};

void label_set_begin(struct label_set *set);
void label_set_release(struct label_set *set);
/* `name` and `value` as read; a null value counts as absent, an object or list (whose `raw` is all of it) as its text. */
void label_set_add(struct label_set *set, struct arena *arena, const struct json_token *name,
                   const struct json_token *value);
/* It is no object: `instead` stands in its place. */
void label_set_none(struct label_set *set, const struct json_token *instead);
/* Sorted, before any limit: what an identity is made of. A view of the set, until the next begin. */
struct labels label_set_sorted(struct label_set *set);
/*
 * A copy of `from` that takes at most `most` bytes when it is written as JSON: the longest values are cut with a mark, so
 * that a huge description does not cost the alert its runbook link; where that is not enough, the longest pairs go. What
 * has a rank goes last, and of its value a good part stays whole.
 */
struct labels labels_limited(struct arena *arena, struct labels from, size_t most, const struct label_ranks *ranks,
                             bool *cut);

/* What has been read of one alert. */
struct reading {
	struct arena *arena;
	struct known_sets *known; /* NULL: each set is read */
	struct label_set labels, annotations;
	struct json_token status, starts_at, ends_at, fingerprint, generator_url; /* TOKEN_MORE: absent */
	struct json_token whole;                                                  /* of an alert that is no object */
};

void reading_begin(struct reading *r);
/* What the whole body and its source still have to say of an alert. */
struct unfinished {
	bool status;   /* it says none, so it has the body's */
	bool identity; /* where the source rearranges labels */
};
/* Fills `out`. */
struct unfinished reading_end(struct reading *r, struct alert *out);
/* `status` is the alert's own or the body's. */
void alert_set_status(struct arena *arena, struct alert *alert, const struct json_token *status);
/* What the alert's source does to its labels; where it renames or drops some, who the alert is follows from the others if
 * `identify`: of labels that were cut nobody can tell any more. */
void alert_take_source(struct arena *arena, const struct source_labels *source, struct alert *alert, bool identify);
/* Notes it, with what was found in its place, unless a graver one is noted already. */
void alert_add_flaw(struct arena *arena, struct alert *alert, enum alert_flaw flaw, struct str found);

#endif
