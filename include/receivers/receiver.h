/*
 * A receiver turns a message into one HTTP request and judges the reply. It does no I/O, keeps no state beyond its
 * settings, and knows neither store nor clock. A kind is one struct receiver_kind in one file and one line in
 * receiver.c; its options are a table (base/options.h), so that configuration, documentation and checks agree.
 */
#ifndef RECEIVERS_RECEIVER_H
#define RECEIVERS_RECEIVER_H

#include "base/options.h"
#include "incident/delivery.h"
#include "incident/message.h"

#define RECEIVER_BODY_MAX (512 * 1024) /* PagerDuty's limit, taken for all */

struct receiver_request {
	struct arena *arena; /* everything below lives here */
	const char *method;
	struct str url;
	struct strs headers; /* "Name: value" */
	struct str body;
	bool nothing;         /* this receiver has nothing to say to this event (no acknowledge, send_resolved: false) */
	bool template_failed; /* a template of its settings could not be used; the default stands in its place */
};

/* Secrets are read when used: the service hands in what it read for the option names the kind asks for. */
struct receiver_secret {
	const char *option; /* "routing_key" */
	struct str value;   /* trailing newline removed */
};

struct receiver_build {
	const void *settings;
	const struct message *message;
	const struct receiver_secret *secrets;
	size_t secret_count;
	int64_t now_ms; /* for signatures that carry a time */
	bool send_resolved;
};

struct receiver_reply {
	int status;
	struct str body;
	int64_t retry_after_ms;
};

struct receiver_judgement {
	enum outcome outcome;
	struct str error; /* for people, without secrets, in the arena given; empty when delivered */
};

struct receiver_kind {
	const char *name; /* the key in the configuration: pagerduty, webhook */
	const char *doc;
	const struct option *options;
	size_t option_count;
	size_t settings_size;
	/* Names of the options that are secrets; each has a twin NAME_file of type OPTION_STR in `options`. */
	const char *const *secrets;  /* NULL-terminated */
	const char *const *required; /* of these secrets, NULL-terminated: one of both twins must be given */
	double rate_per_second;      /* default rate limit; 0: unlimited */
	int rate_burst;
	/*
	 * After options_read(): checks what a table cannot say and prepares (compiles templates, copies headers). `at` is
	 * the receiver's position; `arena` lives as long as the settings. Called once; release() follows even on false.
	 */
	bool (*check)(void *settings, struct pos at, struct arena *arena, struct err *err);
	void (*release)(void *settings); /* may be NULL */
	/* The URL requests go to (for the https rule); empty when it is a secret only known later. */
	struct str (*url)(const void *settings);
	/* False with a line in `err`: cannot be built at all (a secret is missing): the attempt is retried, not lost. */
	bool (*build)(const struct receiver_build *in, struct receiver_request *out, struct err *err);
	void (*judge)(const void *settings, const struct receiver_reply *reply, struct arena *arena,
	              struct receiver_judgement *out);
};

const struct receiver_kind *receiver_kind_find(const char *name);
size_t receiver_kinds(const struct receiver_kind *const **out);

/* http or https, a host, nothing that could break out of a request line. */
bool receiver_url_valid(struct str url);
/* https, or http to loopback (127.0.0.0/8, ::1, localhost): what may be used without allow_http. `url` is valid. */
bool receiver_url_safe(struct str url);

/* What most providers mean: 2xx delivered; 408, 425, 429, 503 retry; 500, 502, 504 and other 5xx unknown; 3xx and other 4xx rejected. */
enum outcome receiver_judge_status(int status);

#endif
