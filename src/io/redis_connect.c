/* From DOWN to UP: the address, the connection, AUTH, SELECT, PING. */
#include <arpa/inet.h>
#include <assert.h>
#include <fcntl.h>
#include <hiredis/async.h>
#include <hiredis/hiredis.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "io/address.h"
#include "io/redis_impl.h"

static void try_next_address(struct redis *r, const char *last_error);

/* ---- handshake ---- */

static void on_handshake(void *arg, const struct redis_value *reply)
{
	struct redis *r = redis_from_arg(arg);
	if (!reply || r->state != REDIS_CONNECTING)
		return; /* lost, and told so already */
	if (reply->type == REDIS_ERROR) {
		AUTOFREE char *why = mem_str(reply->text);
		redis_lost(r, why, true);
	} else if (--r->handshake_left == 0) {
		redis_is_up(r);
	}
}

static void shake(struct redis *r, const struct str *args, size_t count)
{
	r->handshake_left++;
	redis_send(r, redis_command_new(args, count, on_handshake, r));
}

static void begin_handshake(struct redis *r)
{
	r->handshake_left = 0;
	if (r->username[0])
		shake(r, (struct str[]){STR("AUTH"), str_c(r->username), str_c(r->password)}, 3);
	else if (r->password[0])
		shake(r, (struct str[]){STR("AUTH"), str_c(r->password)}, 2);
	if (r->db) {
		char db[16];
		snprintf(db, sizeof db, "%d", r->db);
		shake(r, (struct str[]){STR("SELECT"), str_c(db)}, 2);
	}
	/* Says whether it asks for a password after all, or is loading still. */
	shake(r, (struct str[]){STR("PING")}, 1);
}

/* ---- hiredis' callbacks ---- */

static void on_connect(const struct redisAsyncContext *context, int status)
{
	if (!context->data)
		return;
	struct redis *r = redis_from_arg(context->data);
	if (status == REDIS_OK) {
		begin_handshake(r);
		return;
	}
	r->context->data = NULL; /* hiredis frees it when we return */
	r->context = NULL;
	try_next_address(r, context->c.errstr);
}

/* Not called after a failed connect. With commands in flight, their NULL replies came first. */
static void on_disconnect(const struct redisAsyncContext *context, int status)
{
	(void)status;
	if (context->data)
		redis_lost(redis_from_arg(context->data), context->c.errstr[0] ? context->c.errstr : "connection closed",
		           false);
}

/* ---- connecting ---- */

/* Takes the context; false and `why` when it is stillborn: err is set then, and its descriptor may be 0, which is stdin. */
static bool adopt(struct redis *r, struct redisAsyncContext *context, char why[128])
{
	if (!context)
		abort(); /* out of memory */
	if (context->err) {
		snprintf(why, 128, "%s", context->c.errstr);
		redisAsyncFree(context);
		return false;
	}
	fcntl(context->c.fd, F_SETFD, FD_CLOEXEC);
	r->context = context;
	context->data = r;
	redis_events_attach(r->loop, context);
	redisAsyncSetConnectCallback(context, on_connect);
	redisAsyncSetDisconnectCallback(context, on_disconnect);
	return true;
}

static void try_next_address(struct redis *r, const char *last_error)
{
	char why[128];
	snprintf(why, sizeof why, "%s", last_error);
	while (r->next_address < r->resolved.count) {
		const char *address = r->resolved.addresses[r->next_address++];
		if (adopt(r, redisAsyncConnect(address, r->port), why))
			return;
	}
	redis_lost(r, why, true);
}

static void on_resolved(void *arg, const struct resolved *resolved)
{
	struct redis *r = redis_from_arg(arg);
	r->resolve = NULL;
	if (r->state != REDIS_CONNECTING)
		return; /* too late for that attempt; the next asks anew */
	r->resolved = *resolved;
	r->next_address = 0;
	try_next_address(r, resolved->error);
}

static bool is_numeric(const char *host)
{
	struct in6_addr any;
	return inet_pton(AF_INET, host, &any) == 1 || inet_pton(AF_INET6, host, &any) == 1;
}

static void connect_tcp(struct redis *r)
{
	struct str host, port;
	int64_t number;
	if (!address_split(str_c(r->address), &host, &port) || !host.n || !str_to_i64(port, &number)) {
		redis_lost(r, "the address is not HOST:PORT", true);
		return;
	}
	r->port = (int)number;
	AUTOFREE char *name = mem_str(host);
	if (is_numeric(name)) {
		r->resolved = (struct resolved){.count = 1, .error = ""};
		snprintf(r->resolved.addresses[0], RESOLVE_ADDRESS_MAX, "%s", name);
		r->next_address = 0;
		try_next_address(r, "");
	} else if (!r->resolve) { /* a slow name server may still be busy with the last attempt's question */
		r->resolve = resolve_start(r->loop, host, on_resolved, r);
	}
}

static void connect_unix(struct redis *r)
{
	char why[128];
	r->resolved.count = 0;
	if (!adopt(r, redisAsyncConnectUnix(r->address), why))
		redis_lost(r, why, true);
}

void redis_connect_begin(struct redis *r)
{
	assert(r->state == REDIS_DOWN && !r->context);
	r->state = REDIS_CONNECTING;
	loop_timer_set(r->timer, r->timeout_ms);
	if (r->address[0] == '/')
		connect_unix(r);
	else
		connect_tcp(r);
}
