/* From DOWN to the handshake: the password, the Sentinels, the address, the connection, TLS. */
#include <arpa/inet.h>
#include <assert.h>
#include <fcntl.h>
#include <hiredis/async.h>
#include <hiredis/hiredis.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "io/address.h"
#include "io/redis_impl.h"

static void try_next_address(struct redis *r, const char *last_error);

/* ---- hiredis' callbacks ---- */

static void on_connect(const struct redisAsyncContext *context, int status)
{
	if (!context->data)
		return;
	struct redis *r = redis_from_arg(context->data);
	if (status == REDIS_OK) {
		redis_handshake(r);
		return;
	}
	r->context->data = NULL; /* hiredis frees it when we return */
	r->context = NULL;
	r->ssl = NULL;
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

/* Whom its certificate must name; empty: it is a socket, or not known. */
static struct str redis_host(const struct redis *r)
{
	struct str host, port;
	return address_split(str_c(r->address), &host, &port) ? host : STR("");
}

/* False and `why` when it is stillborn: err is set then, and its descriptor may be 0, which is stdin. */
static bool is_alive(struct redis *r, struct redisAsyncContext *context, char why[REDIS_WHY_MAX])
{
	snprintf(why, REDIS_WHY_MAX, "%s", context->c.errstr);
	return !context->err && redis_tls_start(context, &r->options->tls, redis_host(r), &r->ssl, why);
}

/* Takes the context. */
static bool adopt(struct redis *r, struct redisAsyncContext *context, char why[REDIS_WHY_MAX])
{
	if (!context)
		abort(); /* out of memory */
	if (!is_alive(r, context, why)) {
		redisAsyncFree(context);
		return false;
	}
	fcntl(context->c.fd, F_SETFD, FD_CLOEXEC);
	r->context = context;
	context->data = r;
	redis_value_bound(context->c.reader);
	redis_events_attach(r->loop, context);
	redisAsyncSetConnectCallback(context, on_connect);
	redisAsyncSetDisconnectCallback(context, on_disconnect);
	return true;
}

static void try_next_address(struct redis *r, const char *last_error)
{
	char why[REDIS_WHY_MAX];
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
	char why[REDIS_WHY_MAX];
	r->resolved.count = 0;
	if (!adopt(r, redisAsyncConnectUnix(r->address), why))
		redis_lost(r, why, true);
}

static void connect_to_address(struct redis *r)
{
	if (r->address[0] == '/')
		connect_unix(r);
	else
		connect_tcp(r);
}

static void leave_for_another(struct redis *r)
{
	redis_enter(r);
	redis_lost(r, "the Sentinels name another master", true);
	r->misled = false; /* on the contrary */
	redis_leave(r);
}

void redis_master_found(struct redis *r, const char *address)
{
	bool same = strcmp(r->address, address) == 0, waited_for = r->finding;
	if (!same) {
		free(r->address);
		r->address = mem_strdup(address);
		r->failures = 0; /* of the other one */
	}
	r->finding = false;
	if (waited_for)
		connect_to_address(r);
	else if (!same && r->state != REDIS_DOWN)
		leave_for_another(r);
}

/* One that knows less than the others (cut off, or just started) may go on naming a master that is dead. */
static void find_master(struct redis *r)
{
	if (r->misled)
		redis_sentinel_doubt(r->sentinel);
	r->misled = false;
	r->finding = true;
	redis_sentinel_ask(r->sentinel);
}

void redis_connect_begin(struct redis *r)
{
	char why[REDIS_WHY_MAX];
	assert(r->state == REDIS_DOWN && !r->context);
	r->state = REDIS_CONNECTING;
	loop_timer_set(r->timer, r->timeout_ms);
	buf_release(&r->password);
	buf_init(&r->password, REDIS_COMMAND_MAX);
	if (!redis_read_password(r->options->password, r->options->password_file, &r->password, why)) {
		redis_lost(r, why, true);
	} else if (r->sentinel) {
		find_master(r);
	} else {
		connect_to_address(r);
	}
}
