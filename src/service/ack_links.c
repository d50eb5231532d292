/* Makes and reads acknowledge links with the configured secrets, or with one that the store keeps. */
#include "service/ack_links.h"

#include <string.h>

#include "base/hash.h"
#include "base/log.h"

#define KEPT_NAME "acknowledge-secret"
#define KEPT_MAX 4 /* secrets that the store has kept in this router's life */

struct ack_links {
	struct router *r;
	struct loop_timer *timer;
	char kept[KEPT_MAX][HASH_ID_MAX]; /* of stores, the latest first; empty: none */
	bool asking, freed;
};

static bool is_configured(const struct config *c)
{
	return c->ack.secret.value.n || c->ack.secret.file.n;
}

/* ---- the secret that the store keeps ---- */

static void take_kept_secret(struct ack_links *l, struct str secret)
{
	if (secret.n != HASH_ID_MAX - 1) {
		LOG(LOG_WARN, "The store's secret for acknowledge links is none: pages carry no such link");
		return;
	}
	if (str_eq_c(secret, l->kept[0]))
		return;
	memmove(l->kept[1], l->kept[0], (KEPT_MAX - 1) * sizeof l->kept[0]);
	memcpy(l->kept[0], secret.p, secret.n);
	l->kept[0][secret.n] = '\0';
}

static void ack_links_release(struct ack_links *l)
{
	loop_timer_free(l->timer);
	mem_cleanup(&l);
}

static void kept_secret_came(void *arg, const struct store_kept *got)
{
	struct ack_links *l = arg;

	l->asking = false;
	if (l->freed) {
		ack_links_release(l);
		return;
	}
	if (got->result == STORE_OK)
		take_kept_secret(l, got->value);
	if (got->result != STORE_OK || l->r->store->ops->health(l->r->store).partial_since)
		loop_timer_set(l->timer, ACK_LINKS_AGAIN_MS);
}

static void ask_for_secret(void *arg)
{
	struct ack_links *l = arg;
	char drawn[HASH_ID_MAX];

	if (l->asking || is_configured(l->r->config))
		return;
	l->asking = true;
	/* a shared store that has none takes what links are signed with already */
	struct str offered = str_c(l->kept[0][0] ? l->kept[0] : hash_random_id(drawn));
	store_keep(l->r->store, &(struct store_keep){STR(KEPT_NAME), offered, false}, kept_secret_came, l);
}

struct ack_links *ack_links_new(struct router *r)
{
	struct ack_links *l = mem_zero(sizeof *l);

	l->r = r;
	l->timer = loop_timer_new(r->loop, ask_for_secret, l);
	loop_timer_set(l->timer, 0);
	return l;
}

void ack_links_reconfigure(struct ack_links *l)
{
	if (l && !is_configured(l->r->config) && !l->kept[0][0])
		loop_timer_set(l->timer, 0);
}

void ack_links_free(struct ack_links *l)
{
	if (!l)
		return;
	l->freed = true;
	loop_timer_stop(l->timer);
	if (!l->asking)
		ack_links_release(l);
}

/* ---- links ---- */

static bool ack_secrets(const struct ack_links *l, struct arena *arena, const struct config *c, struct strs *out,
                        struct err *err)
{
	if (is_configured(c))
		return config_ack_secrets(c, arena, out, err);
	*out = (struct strs){arena_alloc(arena, KEPT_MAX * sizeof *out->v), 0};
	while (out->n < KEPT_MAX && l->kept[out->n][0]) {
		out->v[out->n] = str_c(l->kept[out->n]);
		out->n++;
	}
	return true;
}

/* A page goes out without its link rather than not at all. */
struct str ack_links_url(const struct ack_links *l, struct arena *arena, const struct config *c,
                         const struct incident *inc, uint64_t generation, struct str who)
{
	AUTOERR struct err err = ERR_INIT;
	const struct ack_token token = {.key = str_c(inc->key),
	                                .generation = generation,
	                                .round = inc->ack_round,
	                                .expires_at = loop_wall_ms() + c->ack.valid,
	                                .who = who};
	struct strs secrets;
	struct str text = {NULL, 0};

	if (!l || !c->external_url.n)
		return text;
	if (ack_secrets(l, arena, c, &secrets, &err))
		text = ack_token_write(arena, &secrets, &token);
	else
		LOG(LOG_WARN, "A page carries no acknowledge link", LOG_S("error", err_first(&err)));
	if (!text.n)
		return text;
	return str_c(arena_printf(arena, "%.*s/ack/%.*s", STR_ARG(c->external_url), STR_ARG(text)));
}

bool ack_links_read(const struct ack_links *l, struct arena *arena, struct str token, enum ack_token_result *result,
                    struct ack_token *out, struct err *err)
{
	struct strs secrets;

	if (!ack_secrets(l, arena, l->r->config, &secrets, err))
		return false;
	*result = ack_token_read(arena, &secrets, token, loop_wall_ms(), out);
	return true;
}
