/*
 * Links that acknowledge a page: EXTERNAL_URL/ack/TOKEN (incident/ack_token.h). They are signed by the secrets of `ack`;
 * where none is configured by one that was drawn by lot and is kept in the store, so that routers that share a store take
 * each other's links. Until the store has answered, pages carry none.
 *
 * A router that started while its shared store was away signs with the local file's secret, and asks again until the shared
 * one answers; then that one signs, and the other is still taken by this router.
 */
#ifndef SERVICE_ACK_LINKS_H
#define SERVICE_ACK_LINKS_H

#include "incident/ack_token.h"
#include "service/router.h"

#define ACK_LINKS_AGAIN_MS 2000 /* asks a store that does not answer, or stands in for another one */

struct ack_links *ack_links_new(struct router *r);
void ack_links_free(struct ack_links *l); /* NULL is fine */
/* The router's configuration changed. */
void ack_links_reconfigure(struct ack_links *l);

/* A link for a page that is told now; empty where none can be made. `who` may be empty. `l` may be NULL: no links. */
struct str ack_links_url(const struct ack_links *l, struct arena *arena, const struct config *c,
                         const struct incident *inc, uint64_t generation, struct str who);
/* What a link's token says. False with a line in `err`: no secret can be read. */
bool ack_links_read(const struct ack_links *l, struct arena *arena, struct str token, enum ack_token_result *result,
                    struct ack_token *out, struct err *err);

#endif
