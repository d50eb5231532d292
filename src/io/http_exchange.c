/* What a handler sees of a request, and its reply. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "io/http_impl.h"

#define EXCHANGE_MAGIC 0xe8c4a49eu

struct http_exchange *http_exchange_new(struct http_connection *c)
{
	struct http_exchange *x = mem_zero(sizeof *x);
	x->magic = EXCHANGE_MAGIC;
	x->connection = c;
	x->arena = arena_new();
	x->loopback = c->loopback;
	x->has_account = c->has_account;
	x->account = c->account;
	x->names = arena_str(x->arena, str_c(c->names));
	x->user = (struct str){"", 0};
	memcpy(x->peer, c->peer, sizeof x->peer);
	return x;
}

void http_exchange_free(struct http_exchange *x)
{
	if (!x)
		return;
	assert(x->magic == EXCHANGE_MAGIC);
	if (x->connection)
		x->connection->server->body_bytes -= x->body.n;
	if (x->connection && x->counted_unknown)
		x->connection->server->unknown_bytes -= x->body.n;
	void (*on_end)(void *arg) = x->on_end;
	void *arg = x->on_end_arg;
	buf_release(&x->body);
	arena_free(x->arena);
	x->magic = 0;
	free(x);
	if (on_end)
		on_end(arg);
}

void http_on_end(struct http_exchange *x, void (*run)(void *arg), void *arg)
{
	assert(!x->on_end);
	x->on_end = run;
	x->on_end_arg = arg;
}

void http_admit(struct http_exchange *x)
{
	if (x->connection)
		x->connection->known = true;
}

bool http_admitted(const struct http_exchange *x)
{
	return x->connection && x->connection->known;
}

void http_limit_body(struct http_exchange *x, int64_t most)
{
	x->max_body = most;
}

enum http_method http_method(const struct http_exchange *x)
{
	return x->head.method;
}

struct str http_path(const struct http_exchange *x)
{
	return x->head.path;
}

struct str http_segment(struct http_exchange *x, struct str segment)
{
	return http_decode(x->arena, segment, false);
}

struct str http_host(const struct http_exchange *x)
{
	return x->head.authority;
}

struct str http_header(const struct http_exchange *x, const char *name)
{
	return http_head_get(&x->head, str_c(name));
}

struct str http_body(const struct http_exchange *x)
{
	return buf_str(&x->body);
}

bool http_from_loopback(const struct http_exchange *x)
{
	return x->loopback;
}

struct str http_block(const struct http_exchange *x)
{
	return x->connection ? x->connection->block->key : STR("");
}

bool http_peer_address(const struct http_exchange *x, struct in6_addr *out)
{
	if (!x->connection || !x->connection->has_address)
		return false;
	*out = x->connection->address;
	return true;
}

bool http_peer_account(const struct http_exchange *x, uid_t *out)
{
	if (x->has_account)
		*out = x->account;
	return x->has_account;
}

struct str http_certificate_names(const struct http_exchange *x)
{
	return x->names;
}

void http_set_user(struct http_exchange *x, struct str user)
{
	x->user = arena_str(x->arena, user);
}

struct str http_user(const struct http_exchange *x)
{
	return x->user;
}

void http_set_rights(struct http_exchange *x, unsigned rights)
{
	x->rights = rights;
}

unsigned http_rights(const struct http_exchange *x)
{
	return x->rights;
}

const char *http_peer(const struct http_exchange *x)
{
	return x->peer;
}

/* Takes one name=value off the query. */
static struct str take_query_pair(struct str *query, struct str *name)
{
	ptrdiff_t end = str_index(*query, '&');
	struct str pair = end < 0 ? *query : str_slice(*query, 0, (size_t)end);
	*query = end < 0 ? (struct str){"", 0} : str_slice(*query, (size_t)end + 1, query->n);
	ptrdiff_t equals = str_index(pair, '=');
	*name = equals < 0 ? pair : str_slice(pair, 0, (size_t)equals);
	return equals < 0 ? (struct str){"", 0} : str_slice(pair, (size_t)equals + 1, pair.n);
}

bool http_query(struct http_exchange *x, const char *name, size_t nth, struct str *value)
{
	struct str rest = x->head.query;
	while (rest.n) {
		struct str key, text = take_query_pair(&rest, &key);
		if (!str_eq_c(http_decode(x->arena, key, true), name) || nth-- > 0)
			continue;
		*value = http_decode(x->arena, text, true);
		return true;
	}
	return false;
}

static void reply(struct http_exchange *x, struct http_response *r)
{
	assert(x->magic == EXCHANGE_MAGIC);
	struct http_connection *c = x->connection;
	if (c) {
		assert(c->state == HTTP_HANDLING && c->x == x);
		r->head_only = x->head.method == HTTP_HEAD;
		r->http_1_1 = x->head.http_1_1;
		c->close = c->close || c->server->stopped;
		http_response_write(c, r);
		http_connection_sent(c);
	}
	http_exchange_free(x);
}

void http_reply(struct http_exchange *x, int code, const char *content_type, struct str body,
                const struct http_reply_header *headers, size_t header_count)
{
	struct http_response r = {
		.code = code, .content_type = content_type, .body = body, .headers = headers, .header_count = header_count};
	reply(x, &r);
}

void http_reply_enclosed(struct http_exchange *x, int code, const char *content_type, struct str before,
                         struct str body, struct str after)
{
	struct http_response r = {
		.code = code, .content_type = content_type, .before = before, .body = body, .after = after};
	reply(x, &r);
}
