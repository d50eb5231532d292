/* What is said before a connection is up: who we are, which database, are you the master, do you answer. */
#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "io/redis_impl.h"

static void step_done(struct redis *r, const struct redis_value *reply)
{
	if (reply->type == REDIS_ERROR) {
		AUTOFREE char *why = mem_str(reply->text);
		redis_lost(r, why, true);
	} else if (--r->handshake_left == 0) {
		redis_is_up(r);
	}
}

/* NULL: lost, and told so already. */
static bool is_awaited(const struct redis *r, const struct redis_value *reply)
{
	return reply && r->state == REDIS_CONNECTING;
}

static void on_step(void *arg, const struct redis_value *reply)
{
	struct redis *r = redis_from_arg(arg);
	if (is_awaited(r, reply))
		step_done(r, reply);
}

/* A Sentinel that has slept names the former master, and that one may be a replica by now. */
static void on_role(void *arg, const struct redis_value *reply)
{
	struct redis *r = redis_from_arg(arg);
	if (!is_awaited(r, reply))
		return;
	if (reply->type != REDIS_ARRAY || (reply->count && str_eq_c(reply->items[0].text, "master"))) {
		step_done(r, reply);
		return;
	}
	AUTOFREE char *why = mem_printf("%s is not a master (ROLE says %.*s)", r->address,
	                                STR_ARG(reply->count ? reply->items[0].text : STR("nothing")));
	redis_lost(r, why, true);
}

static void send_handshake_command(struct redis *r, const struct str *args, size_t count,
                                   void (*done)(void *arg, const struct redis_value *reply))
{
	r->handshake_left++;
	redis_send(r, redis_command_new(args, count, done, r));
}

static void send_auth(struct redis *r)
{
	struct str username = r->options->username, password = buf_str(&r->password);
	if (username.n)
		send_handshake_command(r, (struct str[]){STR("AUTH"), username, password}, 3, on_step);
	else if (password.n)
		send_handshake_command(r, (struct str[]){STR("AUTH"), password}, 2, on_step);
}

void redis_handshake(struct redis *r)
{
	r->handshake_left = 0;
	send_auth(r);
	if (r->options->db) {
		char db[16];
		snprintf(db, sizeof db, "%d", r->options->db);
		send_handshake_command(r, (struct str[]){STR("SELECT"), str_c(db)}, 2, on_step);
	}
	if (r->sentinel)
		send_handshake_command(r, (struct str[]){STR("ROLE")}, 1, on_role);
	/* Says whether it asks for a password after all, or is loading still. */
	send_handshake_command(r, (struct str[]){STR("PING")}, 1, on_step);
}
