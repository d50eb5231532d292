/*
 * Who gives way when connections, descriptors or memory for bodies run short. Connections are kept by address block (an
 * IPv4 address, an IPv6 /64): the block that holds most gives way first, in it those that have shown no credentials before
 * those that have, and of these the one that has kept us waiting longest. Replies without an end give way last, the oldest
 * first: who listens comes again, and what happened meanwhile is told then.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "base/log.h"
#include "io/http_impl.h"

#define LOOK_MOST 64 /* of one list: who waits long enough stands at its beginning */
#define HEAD_GRACE_MS                                                                                                  \
	1000 /* a request that has just begun, or a connection that has just been opened, may take so long */
#define SLOW_GRACE_MS 10000 /* a body that comes in, or a reply that goes out, slowly */
#define SAY_EVERY_MS 10000

/* ---- blocks ---- */

struct http_block *http_block_join(struct http_server *s, struct str key)
{
	struct http_block *b = map_get(s->blocks, key);

	if (!b) {
		b = mem_zero(sizeof *b);
		memcpy(b->bytes, key.p, key.n);
		b->key = (struct str){b->bytes, key.n};
		for (int i = 0; i < HTTP_RANKS; i++)
			TAILQ_INIT(&b->waiting[i]);
		map_set(s->blocks, b->key, b);
	}
	b->count++;
	return b;
}

void http_block_leave(struct http_connection *c)
{
	struct http_block *b = c->block;

	http_room_stops_waiting(c);
	if (--b->count)
		return;
	map_remove(c->server->blocks, b->key);
	free(b);
}

/* ---- who waits for whom ---- */

void http_room_stops_waiting(struct http_connection *c)
{
	if (c->waits)
		TAILQ_REMOVE(&c->block->waiting[c->rank], c, in_block);
	c->waits = false;
}

static enum http_rank rank_of(const struct http_connection *c)
{
	if (c->state == HTTP_STREAMING)
		return HTTP_RANK_STREAM;
	return c->known ? HTTP_RANK_KNOWN : HTTP_RANK_UNKNOWN;
}

void http_room_waits(struct http_connection *c)
{
	http_room_stops_waiting(c);
	c->waits = true;
	c->rank = rank_of(c);
	c->waiting_since = loop_mono_ms();
	TAILQ_INSERT_TAIL(&c->block->waiting[c->rank], c, in_block);
}

static int64_t grace_ms(const struct http_connection *c)
{
	switch (c->state) {
	case HTTP_READING_HEAD: return HEAD_GRACE_MS;
	case HTTP_BODY:
	case HTTP_SENDING: return SLOW_GRACE_MS;
	case HTTP_IDLE:
	case HTTP_LINGERING:
	case HTTP_HANDLING:
	case HTTP_STREAMING:
	case HTTP_STATES: break;
	}
	return 0;
}

static struct http_connection *first_to_go(const struct http_waiting *list, int64_t now)
{
	struct http_connection *c;
	int looked = 0;

	TAILQ_FOREACH(c, list, in_block)
	if (now - c->waiting_since >= grace_ms(c))
		return c;
	else if (++looked == LOOK_MOST)
		break;
	return NULL;
}

static struct http_connection *first_of_block(const struct http_block *b, int64_t now)
{
	struct http_connection *c = NULL;

	for (int i = 0; !c && i < HTTP_RANKS; i++)
		c = first_to_go(&b->waiting[i], now);
	return c;
}

/* NULL: everybody who is connected is being served, or has only just come. */
static struct http_connection *first_of_all(const struct http_server *s)
{
	struct http_connection *found = NULL;
	int64_t now = loop_mono_ms();
	struct str key;
	void *value;

	for (size_t i = 0; map_next(s->blocks, &i, &key, &value);) {
		const struct http_block *b = value;
		struct http_connection *c = found && b->count <= found->block->count ? NULL : first_of_block(b, now);
		found = c ? c : found;
	}
	return found;
}

/* ---- giving way ---- */

static void say_short(struct http_server *s, const char *what)
{
	int64_t now = loop_mono_ms();

	s->gave_way++;
	if (s->said_short_at && now - s->said_short_at < SAY_EVERY_MS)
		return;
	s->said_short_at = now;
	LOG(LOG_WARN, "Connections are short: who has kept us waiting longest is closed", LOG_S("short", what),
	    LOG_I("connections", s->connection_count), LOG_I("most", s->most_connections),
	    LOG_I("closed_so_far", (int64_t)s->gave_way));
}

static bool give_way(struct http_server *s, struct http_connection *c, const char *what)
{
	if (!c)
		return false;
	say_short(s, what);
	http_connection_free(c);
	return true;
}

bool http_room_can_be_made(const struct http_server *s)
{
	return first_of_all(s) != NULL;
}

void http_room_after_accept(struct http_server *s, struct http_block *b)
{
	if (b->count > s->most_of_block)
		give_way(s, first_of_block(b, loop_mono_ms()), "connections of one address");
	if (s->connection_count > s->most_connections)
		give_way(s, first_of_all(s), "connections");
}

bool http_room_descriptors(struct http_server *s)
{
	int more = s->connection_count / 8 + 1;
	bool any = false;

	while (more-- && give_way(s, first_of_all(s), "descriptors"))
		any = true;
	return any;
}

void http_room_set_limits(struct http_server *s)
{
	struct rlimit files = {RLIM_INFINITY, RLIM_INFINITY};
	int64_t most = s->limits.max_connections;

	getrlimit(RLIMIT_NOFILE, &files);
	if (files.rlim_cur != RLIM_INFINITY && (int64_t)files.rlim_cur < most + HTTP_DESCRIPTORS_KEPT) {
		int64_t all = (int64_t)files.rlim_cur, kept = all / 4 < HTTP_DESCRIPTORS_KEPT ? all / 4 : HTTP_DESCRIPTORS_KEPT;
		int64_t rest = all - kept;
		if (rest < most)
			LOG(LOG_WARN, "Fewer descriptors than webhook.max_connections: some are kept for paging and the store",
			    LOG_I("descriptors", all), LOG_I("connections", rest));
		most = rest < most ? rest : most;
	}
	s->most_connections = (int)(most > 1 ? most : 1);
	int of_block = s->limits.max_connections_per_address;
	s->most_of_block = of_block > 0 ? of_block : s->most_connections - s->most_connections / 4;
}

/* ---- bodies ---- */

static bool holds_more(const struct http_connection *c, const struct http_connection *than)
{
	if (!than || c->known != than->known)
		return !than || than->known;
	return c->x->body.n > than->x->body.n;
}

struct http_connection *http_room_greatest_body(const struct http_server *s)
{
	struct http_connection *found = NULL;

	for (struct http_connection *c = s->connections; c; c = c->next)
		if (c->state == HTTP_BODY && c->x && holds_more(c, found))
			found = c;
	return found;
}
