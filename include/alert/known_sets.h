/*
 * Sets of labels and annotations that were read before, by the bytes that they were written as: an alert comes again with
 * each repeat and with its end, and says the same. What is found lives as long as somebody holds the whole; who has enough
 * of it lets go and begins another. Of one thread.
 */
#ifndef ALERT_KNOWN_SETS_H
#define ALERT_KNOWN_SETS_H

#include "alert/alert.h"

struct known_set {
	struct labels labels; /* shared by all who found it: nobody changes it */
	char identity[ALERT_FINGERPRINT_MAX];
};

struct known_sets;
struct known_sets *known_sets_new(void);                                              /* held once */
struct known_sets *known_sets_ref(struct known_sets *k);                              /* NULL is fine */
void known_sets_unref(struct known_sets *k);                                          /* NULL is fine */
size_t known_sets_bytes(const struct known_sets *k);                                  /* about what it takes */
const struct known_set *known_sets_find(const struct known_sets *k, struct str text); /* NULL: not yet */
/* `labels` are sorted, and all that `text` says; both are copied. */
const struct known_set *known_sets_keep(struct known_sets *k, struct str text, const struct labels *labels);

#endif
