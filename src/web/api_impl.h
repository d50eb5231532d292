/*
 * What the handlers of the API share: replies in the envelope, parameters, and the handlers themselves.
 */
#ifndef WEB_API_IMPL_H
#define WEB_API_IMPL_H

#include <jansson.h>

#include "config/access.h"
#include "io/passwords.h"
#include "service/operate.h"
#include "web/api.h"

/* {"status":"success","data":…}; `data` is borrowed. */
void api_reply_data(struct http_exchange *x, json_t *data);
/* The same with `data` as JSON text. */
void api_reply_written(struct http_exchange *x, struct str data);
/* {"status":"error","errorType":…,"error":…}; the type follows from the code. */
void api_reply_error(struct http_exchange *x, int code, struct str error);
void api_reply_errors(struct http_exchange *x, int code, const struct err *err);
void api_reply_operated(struct http_exchange *x, const struct operate_reply *reply);
/* 401 with the challenge that fits. */
void api_reply_unauthorized(struct api *api, struct http_exchange *x);
void api_reply_text(struct http_exchange *x, int code, const char *text);

/* api_said.c: the body as an object; NULL with a line in `err` where it is none, one of `texts` (NULL ends them) is no text,
 * and for each key that is neither of them nor of `others` (NULL: there are none), which are the caller's to judge. An empty
 * body says nothing. */
json_t *api_read_object(struct http_exchange *x, const char *const *texts, const char *const *others, struct err *err);
struct str api_text_of(struct arena *arena, const json_t *object, const char *name); /* empty: absent */
/* Who it is counts, not who he says he is. */
struct str api_actor(struct http_exchange *x, struct arena *arena, struct str says);

/* api_origin.c */
struct api_peer api_peer_of(const struct http_exchange *x);
/* api_is_local() of who asks. */
bool api_is_from_here(const struct http_exchange *x);

/* api.c: NULL, and in `allow` the method that the path has (NULL: it is none). */
const struct api_route *api_route_of(struct http_exchange *x, struct str *segment, const char **allow);
void api_proceed(struct api *api, struct http_exchange *x, const struct api_route *route, struct str segment);
/* api_door.c: leads to api_proceed(), or to a reply that says why not. */
void api_enter(struct api *api, struct http_exchange *x, const struct api_route *route, struct str segment);

/* api_caller.c: who asks, and what he may. */
struct api_caller {
	struct str user; /* the name, of a user, a token or a certificate; empty: nobody in particular */
	unsigned rights;
	bool by_header; /* Authorization: Bearer, which no browser sends by itself */
};
enum api_identity {
	API_IDENTIFIED, /* also as nobody in particular */
	API_WRONG,      /* the credentials are wrong */
	API_TO_ASK,     /* `question` is to be asked (io/passwords.h) */
	API_UNREADABLE, /* a secret's file cannot be read; a line in `err` */
};
/* Views live as long as `x`, and until the configuration changes. */
enum api_identity api_identify(struct api *api, struct http_exchange *x, struct api_caller *out,
                               struct password_question *question, struct err *err);
bool api_asks_for_users(struct api *api);                                  /* nobody in particular may do nothing */
bool api_is_named_foreign(struct api *api, const struct http_exchange *x); /* and nobody in particular may not read */

/* api_query.c: what a query says. False with lines in `err`. */
struct api_matchers {
	struct arena *arena;
	struct matcher *v;
	size_t n;
};
void api_matchers_release(struct api_matchers *m);
bool api_read_matchers(struct http_exchange *x, struct api_matchers *m, struct err *err);
bool api_read_limit(struct http_exchange *x, size_t *limit, struct err *err);
bool api_read_noise(struct http_exchange *x, struct api_matchers *m, struct noise_query *q, struct err *err);
bool api_known_state(struct str state, struct err *err);
/* The empty view where the query does not say it. */
struct str api_query(struct http_exchange *x, const char *name);

typedef void api_handler(struct api *api, struct http_exchange *x, struct str segment);

/* api_webhook.c */
api_handler api_webhook;
void api_count_webhook(struct api *api, int code);
/* Counts and logs why somebody was turned away; `x` is NULL where no request was understood, `why` may be. */
void api_turned_away(struct api *api, enum api_refusal reason, const struct http_exchange *x, const char *why);
/* Counts a webhook that is answered before intake has seen it, and answers it. */
void api_webhook_refused(struct api *api, struct http_exchange *x, int code, const char *error);

/* api_incidents.c */
api_handler api_incidents, api_incident, api_ack, api_unack, api_note, api_resolve, api_retry, api_retry_all, api_noise,
	api_receiver_test;

/* api_respond.c */
api_handler api_silence, api_update, api_postmortem, api_postmortem_done, api_postmortems, api_open, api_approve,
	api_feedback;

/* api_store.c */
api_handler api_store_drain, api_store_resume;

/* api_slices.c */
api_handler api_explain, api_rules, api_runbooks;

/* api_loaded.c */
api_handler api_receivers, api_status;

/* api_tuning.c */
api_handler api_shadow, api_records;

/* api_journal.c */
api_handler api_journal, api_journal_file, api_why;

/* api_oncall.c */
api_handler api_oncall;

/* api_runbooks.c */
api_handler api_runbook_page, api_runbooks_slash, api_runbook_ack;

/* page_asset.c, page_open.c, page_incident.c, page_forms.c: the pages */
api_handler api_asset_css, api_asset_js, api_open_page, api_incident_page, api_form_ack, api_form_unack,
	api_form_resolve, api_form_retry, api_form_silence, api_form_update, api_form_feedback, api_form_note,
	api_noise_page, api_rules_page, api_oncall_page;

/* api_events.c */
api_handler api_events;

/* api_ack.c */
api_handler api_ack_page, api_ack_by_link;

/* api_callbacks.c */
api_handler api_callback;

/* api_probe.c */
api_handler api_index, api_metrics, api_healthy, api_ready, api_reload;

#endif
