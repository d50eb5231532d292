/*
 * What tests of the dispatcher wait for.
 */
#ifndef TESTS_AWAIT_H
#define TESTS_AWAIT_H

#include "stage.h"

/* Until the provider has had so many requests, and no more. */
void await_requests(struct stage *s, size_t n);
/* Until so many attempts were judged. */
void await_outcomes(struct stage *s, size_t n);
/* Until the record says so: await_delivery(s, key, "pager", "told", "\"firing\""). */
void await_delivery(struct stage *s, const char *key, const char *receiver, const char *field, const char *value);

/* For stage_until(): at least so many requests, or judged attempts (`n` points to a size_t). */
bool await_sent(struct stage *s, const void *n);
bool await_settled(struct stage *s, const void *n);

#endif
