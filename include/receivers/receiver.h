/*
 * A receiver turns a message into an HTTP request or a mail and judges the reply. Where a provider wants several requests
 * for one message (find the ticket, then comment), the judgement asks for the next step. It does no I/O, keeps no state
 * beyond its settings, and knows neither store nor clock. A kind is one struct receiver_kind in one file and one line in
 * receiver.c; its options are a table (base/options.h), so that configuration, documentation and checks agree.
 */
#ifndef RECEIVERS_RECEIVER_H
#define RECEIVERS_RECEIVER_H

#include "base/options.h"
#include "incident/delivery.h"
#include "incident/message.h"
#include "receivers/callback.h"
#include "rules/template.h"

#define RECEIVER_BODY_MAX (512 * 1024) /* PagerDuty's limit, taken for all */
#define RECEIVER_REF_MAX 512           /* bytes of a provider's own name for what it was told, and of its key */
#define RECEIVER_SESSION_MAX 1024      /* bytes of a session */
#define RECEIVER_LATELY_MS (60 * 60 * 1000)
#define RECEIVER_STEPS_MAX 4 /* requests for one message */

/* Set where `url` is smtp:// or smtps://; the body is then a whole mail (RFC 5322, CRLF, 7 bit). */
struct receiver_mail {
	struct str from; /* addresses alone, without display names */
	struct strs to;
	struct str username, password; /* empty: no AUTH */
	bool require_tls;              /* STARTTLS, or nothing is sent */
};

struct receiver_request {
	struct arena *arena; /* everything below lives here */
	const char *method;
	struct str url;
	struct strs headers; /* "Name: value" */
	struct str body;
	const struct receiver_mail *mail; /* NULL: HTTP */
	size_t reply_max;                 /* bytes of the reply that are needed; 0: a small one */
	bool nothing; /* this receiver has nothing to say to this event (no acknowledge, send_resolved: false) */
	/* The provider key that it goes under, where later messages must not be told it by another one: receiver_build.key. */
	struct str key;
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
	const struct template *title, *text; /* the receiver's own; NULL: what the message says */
	/*
	 * What the provider calls what it was told of this generation (a message's ts, an issue's key), as the judgement of an
	 * earlier message gave it: the same for all steps of one message. Empty where nothing is known: every kind can do
	 * without.
	 */
	struct str ref;
	struct str key;   /* receiver_request.key of this generation's first message; empty: none is known */
	unsigned step;    /* 0, and one more each time a judgement says `more` */
	struct str carry; /* what that judgement left for the next step */
	/* What the provider lends for some time and a judgement has handed on (an access token); a secret. Empty: none is known. */
	struct str session;
};

struct receiver_reply {
	int status;
	struct str body;
	struct strs hidden; /* what of it is repeated nowhere: receiver_hidden() */
	int64_t retry_after_ms;
	/* of the request that it answers: */
	enum message_event event;
	bool quiet, digest; /* message.h */
	const char *dedup_key;
	unsigned step;
	struct str ref, carry, session;
	unsigned attempt; /* at this message, 1 is the first */
	bool told_lately; /* within RECEIVER_LATELY_MS this receiver, as it is configured now, was told something */
};

struct receiver_judgement {
	enum outcome outcome;
	struct str error;       /* for people, without secrets, in the arena given; empty when delivered */
	int64_t retry_after_ms; /* where the body says it; 0: what the reply's header said */
	struct str ref;         /* to be kept with what was told; empty: as before */
	bool more;              /* delivered so far: build again with the next step */
	struct str carry;
	struct str session; /* for the next steps and messages, at most RECEIVER_SESSION_MAX bytes; empty: as before */
	int64_t session_ms; /* how long that may be used; 0: for this message only */
	bool session_over;  /* the one that was used is none any more */
};

/* What a message to a receiver is to people, which is what noise counts: `kind` in the configuration, default by its type. */
enum receiver_use { RECEIVER_PAGE, RECEIVER_CHAT, RECEIVER_TICKET, RECEIVER_ARCHIVE };
const char *receiver_use_name(enum receiver_use use); /* "page", … */
bool receiver_use_find(struct str name, enum receiver_use *out);

struct receiver_kind {
	const char *name; /* the key in the configuration: pagerduty, webhook */
	const char *doc;
	enum receiver_use use;
	const char *update; /* what an update that wakes nobody (message.quiet) is there */
	const struct option *options;
	size_t option_count;
	size_t settings_size;
	bool steps; /* its judgements may say `more` */
	bool mails; /* statuses are SMTP's */
	/* Of such a message it reads the dedup key and nothing else; NULL: it reads all of each. */
	bool (*says_key_only)(const void *settings, enum message_event event);
	/* Names of the options that are secrets; each has a twin NAME_file of type OPTION_STR in `options`. */
	const char *const *secrets;  /* NULL-terminated */
	const char *const *required; /* of these secrets, NULL-terminated: one of both twins must be given */
	double rate_per_second;      /* default rate limit; 0: unlimited */
	int rate_burst;
	/*
	 * Checks what a table cannot say and prepares (compiles templates, copies headers); may be NULL. `at` is the
	 * receiver's position; `arena` lives as long as the settings. Called once, by receiver_check(); release() follows
	 * even on false.
	 */
	bool (*check)(void *settings, struct pos at, struct arena *arena, struct err *err);
	void (*release)(void *settings); /* may be NULL */
	/* What the provider sends of itself; NULL: nothing. */
	const struct receiver_callback *callback;
	/* Options that say where requests go (for the https rule), NULL-terminated; they may be secrets. */
	const char *const *urls;
	/*
	 * Called by receiver_make_request(). False with a line in `err`: cannot be built at all: the attempt is retried, not
	 * lost.
	 */
	bool (*build)(const struct receiver_build *in, struct receiver_request *out, struct err *err);
	/* `out` is zero, which says delivered. */
	void (*judge)(const void *settings, const struct receiver_reply *reply, struct arena *arena,
	              struct receiver_judgement *out);
};

/* What the templates of receivers (title, text, a webhook's body) may name: NULL-terminated, and a sentence for each. */
const char *const *receiver_template_names(void);
const char *receiver_template_doc(const char *name);

/* What nobody reads is not made: says so in `context`. `own_words`: the receiver has a title or text of the user's own. */
void receiver_skip_unread(const struct receiver_kind *kind, const void *settings, bool own_words,
                          enum message_event event, struct message_context *context);

const struct receiver_kind *receiver_kind_find(const char *name);
/* Whether what this option says is a secret. */
bool receiver_kind_hides(const struct receiver_kind *kind, const char *option);
size_t receiver_kinds(const struct receiver_kind *const **out);

/* After options_read(): URLs are such, and what the kind itself checks. */
bool receiver_check(const struct receiver_kind *kind, void *settings, struct pos at, struct arena *arena,
                    struct err *err);
/* An option of kind->urls; empty when it is not set here. */
struct str receiver_url_option(const struct receiver_kind *kind, const void *settings, const char *name);
/*
 * build() and what all kinds have in common: a resolve that nobody wants is nothing, secrets are there and text, the URL
 * is one. False with a line in `err`.
 */
bool receiver_make_request(const struct receiver_kind *kind, const struct receiver_build *in,
                           struct receiver_request *out, struct err *err);

/*
 * The secrets that a provider was given or may know, for receiver_reply.hidden: of the settings and of the request built,
 * with the tokens within URLs and headers; `others` are such, too. The list is in request->arena, its values where they
 * were.
 */
struct strs receiver_hidden(const struct receiver_kind *kind, const struct receiver_build *in,
                            const struct receiver_request *request, const struct strs *others);

/* http or https, a host, nothing that could break out of a request line. */
bool receiver_url_valid(struct str url);
/* https, or http to loopback (127.0.0.0/8, ::1, localhost): what may be used without allow_http. `url` is valid. */
bool receiver_url_safe(struct str url);

/* What most providers mean: 2xx delivered; 408, 425, 429, 503 retry; 500, 502, 504 and other 5xx unknown; 3xx and other 4xx rejected. */
enum outcome receiver_judge_status(int status);
/* "HTTP 202 Accepted", "SMTP 250" */
struct str receiver_status_text(const struct receiver_kind *kind, struct arena *arena, int status);

#endif
