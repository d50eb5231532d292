/* Commands: as bytes, in flight, waiting, answered, lost; scripts. */
#include <assert.h>
#include <hiredis/async.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "io/redis_impl.h"

/* ---- lists ---- */

static void push_command(struct redis_commands *q, struct redis_command *cmd)
{
	cmd->next = NULL;
	if (q->last)
		q->last->next = cmd;
	else
		q->first = cmd;
	q->last = cmd;
	q->count++;
}

static struct redis_command *pop_command(struct redis_commands *q)
{
	struct redis_command *cmd = q->first;
	if (!cmd)
		return NULL;
	q->first = cmd->next;
	if (!q->first)
		q->last = NULL;
	q->count--;
	return cmd;
}

static void command_free(struct redis_command *cmd)
{
	free(cmd->bytes);
	free(cmd);
}

/* ---- bytes ---- */

/* "*3" or "$5", and the end of its line. */
static void add_resp_count(struct buf *out, char kind, size_t n)
{
	buf_add_char(out, kind);
	buf_add_integer(out, (int64_t)n);
	buf_add(out, STR("\r\n"));
}

static void add_resp_part(struct buf *out, struct str part)
{
	add_resp_count(out, '$', part.n);
	buf_add(out, part);
	buf_add(out, STR("\r\n"));
}

#define RESP_PART_MORE 16 /* bytes around a part, as most have them */

/* Behind what is there already: all of it at once, however many words it has. */
static void add_resp_parts(struct buf *out, const struct str *parts, size_t count)
{
	size_t bytes = 0;
	for (size_t i = 0; i < count; i++)
		bytes += parts[i].n + RESP_PART_MORE;
	buf_expect(out, bytes);
	for (size_t i = 0; i < count; i++)
		add_resp_part(out, parts[i]);
}

/* NULL when it is larger than REDIS_COMMAND_MAX. */
static struct redis_command *command_from(struct buf *bytes, void (*done)(void *arg, const struct redis_value *reply),
                                          void *arg)
{
	if (!buf_ok(bytes)) {
		buf_release(bytes);
		return NULL;
	}
	struct redis_command *cmd = mem_zero(sizeof *cmd);
	cmd->n = bytes->n;
	cmd->bytes = buf_take(bytes);
	cmd->done = done;
	cmd->arg = arg;
	return cmd;
}

struct redis_command *redis_command_new(const struct str *args, size_t count,
                                        void (*done)(void *arg, const struct redis_value *reply), void *arg)
{
	struct buf out;
	buf_init(&out, REDIS_COMMAND_MAX);
	add_resp_count(&out, '*', count);
	add_resp_parts(&out, args, count);
	return command_from(&out, done, arg);
}

/* ---- scripts ---- */

static void know_sha(struct redis_script *script)
{
	unsigned char digest[EVP_MAX_MD_SIZE];
	unsigned n = 0;
	if (script->sha[0])
		return;
	if (!EVP_Digest(script->source, strlen(script->source), digest, &n, EVP_sha1(), NULL))
		abort();
	for (unsigned i = 0; i < n; i++)
		snprintf(script->sha + (size_t)2 * i, 3, "%02x", digest[i]);
}

static struct redis_command *eval_command(const struct redis_script *script, const struct str *args, size_t count,
                                          size_t key_count, void (*done)(void *arg, const struct redis_value *reply),
                                          void *arg)
{
	struct buf out;
	char keys[24];
	int digits = snprintf(keys, sizeof keys, "%zu", key_count);
	buf_init(&out, REDIS_COMMAND_MAX);
	add_resp_count(&out, '*', count + 3);
	add_resp_part(&out, STR("EVALSHA"));
	add_resp_part(&out, str_c(script->sha));
	size_t tail = out.n;
	add_resp_part(&out, (struct str){keys, (size_t)digits});
	add_resp_parts(&out, args, count);
	struct redis_command *cmd = command_from(&out, done, arg);
	if (!cmd)
		return NULL;
	cmd->script = script;
	cmd->tail = tail;
	cmd->parts = count + 3;
	return cmd;
}

/* The same with the source: Redis runs it, and knows it from then on. */
static void become_eval(struct redis_command *cmd)
{
	struct buf out;
	buf_init(&out, REDIS_COMMAND_MAX + strlen(cmd->script->source) + 64);
	add_resp_count(&out, '*', cmd->parts);
	add_resp_part(&out, STR("EVAL"));
	add_resp_part(&out, str_c(cmd->script->source));
	buf_add(&out, (struct str){cmd->bytes + cmd->tail, cmd->n - cmd->tail});
	free(cmd->bytes);
	cmd->n = out.n;
	cmd->bytes = buf_take(&out);
	cmd->script = NULL;
}

static bool is_noscript(const struct redisReply *reply)
{
	return reply->type == REDIS_REPLY_ERROR && strncmp(reply->str, "NOSCRIPT", 8) == 0;
}

/* ---- answers ---- */

static void send_waiting(struct redis *r)
{
	while (r->state == REDIS_UP && r->in_flight.count < r->max_in_flight && r->waiting.count)
		redis_send(r, pop_command(&r->waiting));
}

static void take_command_reply(struct redis *r, struct redis_command *cmd, const struct redisReply *reply)
{
	struct redis_command *first = pop_command(&r->in_flight);
	assert(first == cmd); /* Redis answers in order */
	(void)first;
	if (cmd->script && is_noscript(reply)) {
		become_eval(cmd);
		redis_send(r, cmd);
		return;
	}
	redis_enter(r);
	redis_value_give(reply, cmd->done, cmd->arg);
	command_free(cmd);
	send_waiting(r);
	redis_leave(r);
}

/* hiredis: a reply, or NULL while it tears the connection down. */
static void on_reply(struct redisAsyncContext *context, void *reply, void *arg)
{
	struct redis_command *cmd = arg;
	struct redis *r = cmd->redis;
	if (r && reply) {
		take_command_reply(r, cmd, reply);
		return;
	}
	if (r)
		redis_lost(r, context->c.errstr, false);
	command_free(cmd); /* it has been told */
}

/* ---- sending ---- */

void redis_send(struct redis *r, struct redis_command *cmd)
{
	if (!r->in_flight.count)
		redis_expect(r);
	cmd->redis = r;
	cmd->sent = true;
	push_command(&r->in_flight, cmd);
	/* It refuses only a context that is being freed, and that is not ours any more. */
	if (redisAsyncFormattedCommand(r->context, on_reply, cmd, cmd->bytes, cmd->n) != REDIS_OK)
		abort();
	if (cmd->script)
		return;
	free(cmd->bytes);
	cmd->bytes = NULL;
}

static bool has_command_room(const struct redis *r)
{
	return r->state == REDIS_UP && r->waiting.count < REDIS_QUEUE_MAX;
}

static bool submit_command(struct redis *r, struct redis_command *cmd)
{
	if (!cmd)
		return false;
	if (r->in_flight.count < r->max_in_flight)
		redis_send(r, cmd);
	else
		push_command(&r->waiting, cmd);
	return true;
}

bool redis_command(struct redis *r, const struct str *args, size_t count,
                   void (*done)(void *arg, const struct redis_value *reply), void *arg)
{
	return has_command_room(r) && submit_command(r, redis_command_new(args, count, done, arg));
}

bool redis_eval(struct redis *r, struct redis_script *script, const struct str *args, size_t count, size_t key_count,
                void (*done)(void *arg, const struct redis_value *reply), void *arg)
{
	assert(key_count <= count);
	know_sha(script);
	return has_command_room(r) && submit_command(r, eval_command(script, args, count, key_count, done, arg));
}

/* ---- losing ---- */

static void lose_all(struct redis *r, struct redis_commands *from)
{
	for (struct redis_command *cmd; (cmd = pop_command(from));) {
		cmd->redis = NULL;
		push_command(&r->lost, cmd);
	}
}

void redis_drop_commands(struct redis *r)
{
	lose_all(r, &r->in_flight);
	lose_all(r, &r->waiting);
}

/* What was sent is freed when hiredis lets go of it, so this comes before the context is freed. */
void redis_tell_lost(struct redis *r)
{
	for (struct redis_command *cmd; (cmd = pop_command(&r->lost));) {
		bool sent = cmd->sent;
		cmd->done(cmd->arg, NULL);
		if (!sent)
			command_free(cmd);
	}
}
