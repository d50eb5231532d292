/*
 * The HTTP API (INTERFACE section 5): every request is a row of one table that says its method, its path, who may ask,
 * and what it does. JSON in Prometheus' envelope.
 */
#ifndef WEB_API_H
#define WEB_API_H

#include "io/http_server.h"
#include "service/router.h"

/* Why somebody who wants to hand in alerts was turned away at the door; a row each in api_refusal.c. */
enum api_refusal {
	REFUSED_BODY,        /* no webhook that could ever be taken */
	REFUSED_CREDENTIALS, /* webhook.auth */
	REFUSED_CALLER, /* … of whoever wants something else: counted as one with the row above, and a line of its own */
	REFUSED_PAGE,   /* a page in a browser posts where nobody asks for credentials */
	REFUSED_NAME, /* read by a name that somebody else may have made to lead here; counted as one with the row above */
	REFUSED_PATH, /* something posted to where nothing takes it */
	REFUSED_SIZE, /* webhook.max_body */
	REFUSED_LONG, /* the ceiling of another path; counted as one with the row above */
	REFUSED_CALLBACK, /* what a provider is said to have sent */
	REFUSED_HTTP,     /* no HTTP that is understood */
	REFUSALS
};

/* One line in the log for each reason and while; what came in between is counted in the next. */
#define API_REFUSAL_LOG_MS 10000
struct api_refusals {
	int64_t logged_mono; /* 0: never */
	int64_t unlogged;
};

struct api {
	struct router *router;
	struct api_refusals refusals[REFUSALS];
	struct http_server *http; /* for the connection gauge */
	struct readers *readers;
	struct passwords *passwords;
	struct background *background; /* reads files */
	struct web *web;
	int64_t started_mono;
	struct reloads *reloads;
	struct api_events *events;
	struct findings *findings;
	struct noise_curves *curves;
};

enum api_who {
	API_ANYONE,    /* no right is needed, and so little work that nobody need wait */
	API_SENDER,    /* right webhook: whoever passes webhook.auth, everybody where none is configured */
	API_PROVEN,    /* whoever brings a signed link, or a provider's proof: the handler looks at it */
	API_READER,    /* right read: everybody, until users are configured; waits in line (service/readers.h) */
	API_RESPONDER, /* right respond: this machine only, until users are configured; see api_is_local() */
	API_OPERATOR,  /* right operate: likewise */
};

struct api_route {
	enum http_method method;
	const char *path; /* one segment may be "*": it is handed to the handler; "**" at the end: the rest */
	void (*handle)(struct api *api, struct http_exchange *x, struct str segment);
	enum api_who who;
	const char *doc;
};

/* An http_server_hooks.handle; `arg` is a struct api. */
void api_handle(void *arg, struct http_exchange *x);
/* An http_server_hooks.admit: who has a token has right of way, who needs one and has none is refused before his body. */
int api_admit(void *arg, struct http_exchange *x);
void api_refusal_words(void *arg, int code, struct http_words *out); /* an http_server_hooks.words */
/* An http_server_hooks.refused: what asks for no path that we know (broken framing) counts as a webhook. */
void api_refused(void *arg, int code, struct http_exchange *x);
/* So that the counter of every reason starts at zero. */
void api_touch_refusals(struct api *api);
/* The same for every outcome of acknowledge links. */
void api_touch_ack_links(struct api *api);
/* Who listens to what changes. Frees before the board and after the loop has stopped; NULL is fine. */
struct api_events *api_events_new(struct api *api);
void api_events_free(struct api_events *e);
size_t api_routes(const struct api_route **out);
/* True when `path` is that of the pattern; `segment` is what stands for "*" or "**". */
bool api_path_matches(const char *pattern, struct str path, struct str *segment);

/*
 * Who asks for an operating verb. A loopback address is not enough: a proxy on this machine asks for somebody else
 * (`forwarded`: it says so in a header, such as X-Forwarded-For, X-Real-IP or Via), and so does a browser for the page it shows (`origin` is not
 * that of `host`, or `host` is a foreign name that resolves to a loopback address).
 */
struct api_peer {
	bool from_loopback, forwarded;
	struct str origin, host, fetch_site; /* the headers Origin, Host and Sec-Fetch-Site */
};
bool api_is_local(const struct api_peer *peer);
/*
 * True when a browser asks for a page that is not ours. Its own pages may ask: their origin is that of `external_url`, or
 * it is the host that was asked and that is an address, so that no name was made to resolve to it. Programs send no origin.
 */
bool api_is_foreign_page(const struct api_peer *peer, struct str external_url);
/* The same of one who has credentials, which a browser gives only to whom they are for: no name need be an address. */
bool api_is_foreign_to_user(const struct api_peer *peer, struct str external_url);
/*
 * A page can have a name of its own lead to this machine, and then read what is asked by that name (DNS rebinding). True for
 * a request from a loopback address by a name with dots that is neither that of `external_url` nor one of `hosts`.
 */
bool api_is_asked_by_foreign_name(const struct api_peer *peer, struct str external_url, const struct strs *hosts);
/* The text with "(path)" for each word that has a slash: what somebody may read who may not know where files lie. */
void api_add_without_paths(struct buf *out, struct str text);

#endif
