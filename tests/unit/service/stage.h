/*
 * A whole router for one test: a loop, a configuration read from a folder of its own, a store in memory behind a crooked
 * one, and a provider on loopback that its receivers `pager` (the default) and `mail` post to.
 */
#ifndef TESTS_STAGE_H
#define TESTS_STAGE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <jansson.h>

#include "crooked_store.h"
#include "provider.h"
#include "service/router.h"

struct stage_settings {   /* YAML; NULL: none */
	const char *rules;    /* the list below "rules:" */
	const char *sources;  /* what stands in "sources: [ ]" */
	const char *delivery; /* one mapping */
	const char *dedup;
	const char *pager;     /* further keys of the receiver `pager`, each a line of its own, four blanks deep */
	const char *heartbeat; /* what heartbeat: says beside its url, which is the provider's /alive */
	bool without_mail;     /* the receiver `mail` is not there */
	bool services;         /* dispatcher and timers run */
};

struct stage {
	struct loop *loop;
	struct loop_timer *poll, *overdue;
	char *folder;
	struct store *memory;
	struct crooked *store;
	struct provider provider;
	struct router r;
	int64_t now;
	bool late;
};

void stage_open(struct stage *s, const struct stage_settings *settings);
void stage_close(struct stage *s);
/* The store's clock goes on, and every receiver looks. */
void stage_pass(struct stage *s, int64_t ms);
/* Runs the loop until it holds; fails the test after some minutes. */
void stage_until(struct stage *s, bool (*holds)(struct stage *s, const void *arg), const void *arg);
/* Reads the folder's configuration again, with these settings. */
void stage_reload(struct stage *s, const struct stage_settings *settings);
const char *stage_config_file(const struct stage *s, char out[512]);

struct stage_answer {
	int count; /* of answers so far: 0 or 1 */
	int code;
	char error[200];
	json_t *data;
};
/* An alert for a webhook body: labels as JSON ("\"alertname\": \"A\""), "firing" or "resolved", start in ms before now. */
char *stage_alert(const struct stage *s, const char *labels, const char *status, int64_t age_ms);
/* One webhook with these alerts; NULL-terminated; frees them. */
char *stage_body(char *first, ...);
/* Starts only; the answer is filled in later, and released by the caller. */
void stage_send(struct stage *s, const char *source, const char *body, struct stage_answer *answer);
/* Waits for the answer. Frees the body. */
struct stage_answer stage_post(struct stage *s, char *body);
void stage_answer_release(struct stage_answer *a);
/* "page/new" of the nth decision; valid until the answer is released. */
const char *stage_decision(const struct stage_answer *a, size_t nth, char out[100]);
const char *stage_key(const struct stage_answer *a, size_t nth);
/* Posts one alert and checks its decision; returns its key (static). */
const char *stage_alert_is(struct stage *s, const char *labels, const char *status, int64_t age_ms,
                           const char *decision);

/* The record as `operate_show` gives it; the caller owns the reference. NULL: not found. */
json_t *stage_show(struct stage *s, const char *key);
double stage_metric(const struct stage *s, enum router_metric m, const char *a, const char *b);
/* The sum of a counter over verdicts and reasons. */
double stage_decided(const struct stage *s);

#endif
