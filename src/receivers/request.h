/*
 * What the kinds share: headers, secrets and bodies of a request. Private to the receivers.
 */
#ifndef RECEIVERS_REQUEST_H
#define RECEIVERS_REQUEST_H

#include <jansson.h>

#include "receivers/receiver.h"

#define REQUEST_HEADERS_MAX 64

/* Rows of an options table: text, and a secret with its _file twin. */
#define REQUEST_TEXT(settings, member, value, words)                                                                   \
	{                                                                                                                  \
		.name = #member, .type = OPTION_STR, .offset = offsetof(settings, member), .fallback = value, .doc = words     \
	}
#define REQUEST_SECRET(settings, member, words)                                                                        \
	REQUEST_TEXT(settings, member, NULL, words), REQUEST_TEXT(settings, member##_file, NULL, "File that holds it.")

/*
 * Rows for what Alertmanager's receivers have and ours do not, or have elsewhere: an error that says what to write. All kinds
 * have the first three.
 */
#define REQUEST_FOREIGN(key, words)                                                                                    \
	{                                                                                                                  \
		.name = key, .type = OPTION_FOREIGN, .doc = words                                                              \
	}
#define REQUEST_FOREIGN_TITLE(key)                                                                                     \
	REQUEST_FOREIGN(key, "is the receiver's title, beside its kind: a template (help templates)")
#define REQUEST_FOREIGN_TEXT(key)                                                                                      \
	REQUEST_FOREIGN(key, "is the receiver's text, beside its kind: a template (help templates)")
#define REQUEST_FOREIGN_LOOK(key) REQUEST_FOREIGN(key, "is not there: the page makes it of the incident")
#define REQUEST_FOREIGN_COMMON                                                                                         \
	REQUEST_FOREIGN("send_resolved", "is the receiver's, beside its kind"),                                            \
		REQUEST_FOREIGN("http_config", "is not there: tls_config and proxy_url are the receiver's, beside its kind"),  \
		REQUEST_FOREIGN("timeout", "is delivery.timeout, for all receivers")

/* Adds "NAME: value". What a header may not carry (CR, LF, NUL and other control characters) becomes a blank. */
void request_header(struct receiver_request *r, const char *name, struct str value);
/* The empty view when it was not handed in. */
struct str request_secret(const struct receiver_build *in, const char *option);

/*
 * The JSON of `root` in `arena`, at most RECEIVER_BODY_MAX bytes: where it would be more, the strings of each of `cuts`
 * (objects inside `root`, changed in place) are shortened with a mark, further and further, and at last left out.
 * False when even that does not help.
 */
bool request_json(struct arena *arena, json_t *root, json_t *const *cuts, size_t cut_count, struct str *out);

/*
 * method, url, Content-Type and the body; takes `root`. `cut` (an object inside it, or NULL) is shortened where it must be.
 * False with a line in `err` that names `kind` when it does not fit.
 */
bool request_take_json_cut(struct receiver_request *r, const char *method, struct str url, json_t *root, json_t *cut,
                           const char *kind, struct err *err);
bool request_take_json(struct receiver_request *r, const char *method, struct str url, json_t *root, const char *kind,
                       struct err *err);
/* "Authorization: SCHEME secret" */
void request_authorize(const struct receiver_build *in, struct receiver_request *r, const char *scheme,
                       const char *option);
/* `base` without '/' at its end, and `path`. */
struct str request_url(struct arena *arena, struct str base, const char *path);
/* The option where it was written in place, else what its file holds. */
struct str request_setting(const struct receiver_build *in, struct str written, const char *option);
/*
 * The same for every attempt at the same thing, another one for anything that must not be taken for a repeat: a reminder,
 * an update after others have joined, an acknowledgement after it was taken back, the resolve that deliberately goes twice.
 */
const char *request_identity(const struct message *m, struct arena *arena);
/* Each of them cut at its commas, but for those within "" and <>; trimmed, and none is empty. */
struct strs request_split(struct arena *arena, const struct strs *list);
/* o.name = value, unless that is empty. */
void request_set_text(json_t *o, const char *name, struct str value);
/* JSON text without what a provider may refuse (NUL, bytes that are no UTF-8): never NULL, "" for empty text. */
json_t *request_text(struct str s);

/* A kind's dedup_key: a template of the provider's key, to which the generation is appended. */
struct request_key {
	struct str written;
	struct template *compiled; /* made by request_key_check(); NULL: the message's own key */
};
#define REQUEST_KEY(settings, words)                                                                                   \
	{                                                                                                                  \
		.name = "dedup_key", .type = OPTION_STR, .offset = offsetof(settings, dedup_key.written),                      \
		.doc = "Template of the " words "; the generation is appended."                                                \
	}
/* False with a line in `err`. */
bool request_key_check(struct request_key *key, struct pos at, struct err *err);
void request_key_release(struct request_key *key);

/*
 * The provider's key, which becomes r->key: the one that this generation was told under before; else what a receiver's
 * dedup_key template makes of the message, with the generation behind it, at most `most` bytes; without a template, or
 * where it gives nothing, the message's own.
 */
struct str request_dedup_key(const struct receiver_build *in, const struct request_key *key, size_t most,
                             struct receiver_request *r);

/* "HTTP 404 Not Found" */
struct str request_status_text(struct arena *arena, int status);
/* A view of what a URL names as its host, without brackets and port; empty when it has none. */
struct str request_url_host(struct str url);

extern const struct receiver_kind receiver_pagerduty;
extern const struct receiver_kind receiver_opsgenie;
extern const struct receiver_kind receiver_slack;
extern const struct receiver_kind receiver_msteams;
extern const struct receiver_kind receiver_email;
extern const struct receiver_kind receiver_webhook;
extern const struct receiver_kind receiver_discord;
extern const struct receiver_kind receiver_telegram;
extern const struct receiver_kind receiver_pushover;
extern const struct receiver_kind receiver_mattermost;
extern const struct receiver_kind receiver_rocketchat;
extern const struct receiver_kind receiver_webex;
extern const struct receiver_kind receiver_wechat;
extern const struct receiver_kind receiver_victorops;
extern const struct receiver_kind receiver_jira;
extern const struct receiver_kind receiver_github;
extern const struct receiver_kind receiver_goalert;
extern const struct receiver_kind receiver_ntfy;
extern const struct receiver_kind receiver_incidentio;

#endif
