/* Commands of people: found, applied, logged, answered. */
#include "service/operate.h"

#include <stdlib.h>

#include "base/log.h"
#include "incident/message.h"
#include "service/journal_lines.h"
#include "service/lookup.h"
#include "service/postmortems.h"
#include "service/transaction.h"

/* ---- show ---- */

struct showing {
	struct router *r;
	operate_done *done;
	void *arg;
};

static void show_found(void *arg, const struct lookup_result *found)
{
	struct showing *s = arg;
	struct operate_reply reply = {.result = found->result, .error = found->error};

	if (found->result == OPERATE_OK) {
		reply.data = incident_view(found->inc, true);
		json_object_set_new(reply.data, "mode", json_string(config_mode_name(s->r->config)));
		json_object_set_new(reply.data, "owed", postmortems_owed(s->r->config, found->inc));
	}
	s->done(s->arg, &reply);
	json_decref(reply.data);
	free(s);
}

void operate_show(struct router *r, struct str key, operate_done *done, void *arg)
{
	struct showing *s = mem_zero(sizeof *s);

	s->r = r;
	s->done = done;
	s->arg = arg;
	lookup_incident(r, key, show_found, s);
}

/* ---- command ---- */

struct commanding {
	struct router *r;
	struct arena *arena;
	struct config *config;
	enum command command;
	struct command_args args;
	const char *refusal; /* of the last try */
	bool absent;
	operate_done *done;
	void *arg;
};

static void command_end(struct commanding *c, const struct operate_reply *reply)
{
	c->done(c->arg, reply);
	config_unref(c->config);
	arena_free(c->arena);
}

static enum tx_apply command_apply(void *arg, struct incident *inc, struct tx_member *members, int64_t now,
                                   struct counts *counts)
{
	struct commanding *c = arg;

	(void)members;
	c->absent = inc->episode == 0;
	c->refusal = NULL;
	const struct incident_policy policy = router_policy(c->r, c->config);
	c->args.stated = catalog_stated_for(c->config->catalog, inc->runbook.path);
	if (!c->absent)
		c->refusal = incident_command(inc, c->command, &c->args, &policy, now, counts);
	return c->absent || c->refusal ? TX_NOTHING : TX_WRITE;
}

static void log_command(const struct commanding *c, const struct incident *inc)
{
	LOG(LOG_INFO, "Done by hand", LOG_S("command", command_name(c->command)), LOG_S("key", inc->key),
	    LOG_STR("by", c->args.by), LOG_STR("note", c->args.note));
}

static void command_done(void *arg, enum tx_result result, const struct incident *inc, int64_t now)
{
	struct commanding *c = arg;
	struct operate_reply reply = {.result = OPERATE_UNAVAILABLE, .error = "the store cannot take it, try again"};

	if (result == TX_DONE && c->absent) {
		reply = (struct operate_reply){.result = OPERATE_NOT_FOUND, .error = "no such incident"};
	} else if (result == TX_DONE && c->refusal) {
		reply = (struct operate_reply){.result = OPERATE_BAD, .error = c->refusal};
	} else if (result == TX_DONE) {
		reply = (struct operate_reply){.result = OPERATE_OK, .error = "", .data = incident_view(inc, true)};
		log_command(c, inc);
		journal_command(c->r, inc, c->command, &c->args, now);
	}
	command_end(c, &reply);
	json_decref(reply.data);
}

static void command_found(void *arg, const struct lookup_result *found)
{
	struct commanding *c = arg;
	struct operate_reply reply = {.result = found->result, .error = found->error};

	if (found->result != OPERATE_OK) {
		command_end(c, &reply);
		return;
	}
	struct tx_change change = {.key = str_c(found->inc->key), .apply = command_apply, .done = command_done, .arg = c};
	transaction_run(c->r->transactions, &change);
}

void operate_command(struct router *r, struct str key, enum command command, const struct command_args *args,
                     operate_done *done, void *arg)
{
	struct arena *arena = arena_new();
	struct commanding *c = arena_alloc(arena, sizeof *c);

	c->r = r;
	c->arena = arena;
	c->config = config_ref(r->config);
	c->command = command;
	c->args.by = arena_str(arena, args->by);
	c->args.note = arena_str(arena, args->note);
	c->args.update = args->update; /* the caller's until `done` */
	c->args.what = arena_str(arena, args->what);
	c->args.episode = args->episode;
	c->args.all_episodes = args->all_episodes;
	c->done = done;
	c->arg = arg;
	lookup_incident(r, key, command_found, c);
}
