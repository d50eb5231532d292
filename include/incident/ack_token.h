/*
 * The token of an acknowledge link: KEY.PAGE.EXPIRES.WHO.MAC, which names one page of one incident and says until
 * when it may be used. PAGE is the generation, with the round behind it where there was one ("3a1"). MAC is HMAC-SHA256 over all before it, so a link is made only by who knows a secret. It is no
 * secret by itself for long: whoever holds it may acknowledge that page, and nothing else.
 */
#ifndef INCIDENT_ACK_TOKEN_H
#define INCIDENT_ACK_TOKEN_H

#include "base/options.h"
#include "incident/incident.h"

#define ACK_WHO_MAX 100   /* bytes of a name that are kept */
#define ACK_TOKEN_MAX 512 /* no token is longer */

struct ack_token {
	struct str key;
	uint64_t generation;
	uint64_t round;     /* incident.ack_round when it was made: a link acknowledges once */
	int64_t expires_at; /* ms; kept to the second */
	struct str who;     /* whose page it is; empty: nobody's by name */
};

enum ack_token_result {
	ACK_TOKEN_GOOD,
	ACK_TOKEN_EXPIRED, /* it was ours; `out` says what it was for */
	ACK_TOKEN_FOREIGN, /* changed, made up, or signed by a secret that is no longer in force: which one is not said */
};

/* Signed by the first of `secrets`, in `arena`; empty where there is none. */
struct str ack_token_write(struct arena *arena, const struct strs *secrets, const struct ack_token *token);
/*
 * `out` is set unless it is foreign; its views are in `arena`. As long a work for a foreign token as for a good one of
 * the same length.
 */
enum ack_token_result ack_token_read(struct arena *arena, const struct strs *secrets, struct str text, int64_t now_ms,
                                     struct ack_token *out);

#endif
