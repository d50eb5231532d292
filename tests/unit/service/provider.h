/*
 * A paging provider on loopback, on a port of its own: remembers what it was sent and answers what the test says.
 */
#ifndef TESTS_PROVIDER_H
#define TESTS_PROVIDER_H

#include <jansson.h>

#include "io/loop.h"

#define PROVIDER_ANSWERS_MAX 64

struct provider_answer {
	int status; /* 0: none at all, until the test says so (provider_answers, provider_hangs_up) or all is over */
	const char *retry_after; /* NULL: none */
};

struct provider_request {
	char *path;
	json_t *body;
	int64_t at; /* monotonic */
};

struct provider {
	struct evhttp *http;
	int port;
	struct provider_answer answers[PROVIDER_ANSWERS_MAX]; /* in order; then 200 */
	size_t answer_count, answered;
	struct provider_answer always; /* when its status is not 0: instead of 200 */
	const char *refused;           /* a path that is always answered `refusal`; NULL: none */
	struct provider_answer refusal;
	struct provider_request *requests;
	size_t count, capacity;
	struct evhttp_request **hanging;
	size_t hanging_count, hanging_capacity;
};

void provider_init(struct provider *p, struct loop *l);
void provider_release(struct provider *p);
void provider_says(struct provider *p, int status, const char *retry_after);
/* Those that hang are answered with 200 (the last one alone), or their connection ends without a word. */
void provider_answers(struct provider *p);
void provider_answers_one(struct provider *p);
void provider_hangs_up(struct provider *p);
void provider_refuses(struct provider *p, const char *path, int status, const char *retry_after);
/* "trigger", "resolve", … of the nth request; "" when there is none. */
const char *provider_event(const struct provider *p, size_t nth);
const char *provider_dedup_key(const struct provider *p, size_t nth);
/* Requests to this path, "/pager". */
size_t provider_requests_to(const struct provider *p, const char *path);

#endif
