/* An update for stakeholders: written, then kept, then told by the dispatcher as any message is. */
#include "service/communicating.h"

#include <stdlib.h>

#include "incident/message.h"
#include "service/lookup.h"
#include "service/telling.h"

struct communicating {
	struct router *r;
	struct arena *arena;
	struct config *config;
	struct incident_update update;
	bool print;
	json_t *data;
	operate_done *done;
	void *arg;
};

static void communicating_end(struct communicating *c, const struct operate_reply *reply)
{
	c->done(c->arg, reply);
	json_decref(c->data);
	config_unref(c->config);
	arena_free(c->arena);
}

static json_t *texts(const struct strs *list)
{
	json_t *out = json_array();
	for (size_t i = 0; i < list->n; i++)
		json_array_append_new(out, view_text(list->v[i]));
	return out;
}

/* As the record will say it: on a copy. */
static void communicating_write(struct communicating *c, const struct incident *before)
{
	AUTOERR struct err err = ERR_INIT;
	struct incident *inc = incident_read(c->arena, incident_write(c->arena, before), &err);
	int64_t now = loop_wall_ms();
	struct communication_text said;
	const struct communication_context context = telling_communication(c->config, before, c->config->zone, now);
	communication_take(inc, &c->update, now);
	communication_write(c->arena, inc, communication_of(&inc->update), &context, &said);
	c->data = json_pack("{ss so so so so so sb}", "key", inc->key, "template", view_text(said.template_name), "title",
	                    view_text(said.title), "text", view_text(said.text), "missing", texts(&said.missing),
	                    "receivers", texts(&c->config->policy.stakeholders), "sent", (int)!c->print);
}

static void communicating_kept(void *arg, const struct operate_reply *kept)
{
	struct communicating *c = arg;
	struct operate_reply reply = {.result = kept->result, .error = kept->error};
	if (kept->result == OPERATE_OK)
		reply.data = c->data;
	communicating_end(c, &reply);
}

static void communicating_found(void *arg, const struct lookup_result *found)
{
	struct communicating *c = arg;
	struct operate_reply reply = {.result = found->result, .error = found->error};
	if (found->result == OPERATE_OK)
		communicating_write(c, found->inc);
	if (found->result != OPERATE_OK || c->print) {
		reply.data = c->data;
		communicating_end(c, &reply);
		return;
	}
	const struct command_args args = {.by = c->update.by, .update = &c->update};
	operate_command(c->r, str_c(found->inc->key), COMMAND_UPDATE, &args, communicating_kept, c);
}

static void copy_update(struct arena *arena, struct incident_update *u)
{
	struct str *const texts_of[] = {&u->by, &u->status, &u->impact, &u->eta, &u->done, &u->next, &u->cause};
	for (size_t i = 0; i < sizeof texts_of / sizeof *texts_of; i++)
		*texts_of[i] = arena_str(arena, *texts_of[i]);
	struct label *v = arena_alloc(arena, (u->set.n + 1) * sizeof *v);
	for (size_t i = 0; i < u->set.n; i++)
		v[i] = (struct label){arena_str(arena, u->set.v[i].name), arena_str(arena, u->set.v[i].value)};
	u->set.v = v;
}

void operate_update(struct router *r, struct str key, const struct incident_update *update, bool print,
                    operate_done *done, void *arg)
{
	struct arena *arena = arena_new();
	struct communicating *c = arena_alloc(arena, sizeof *c);
	*c = (struct communicating){.r = r,
	                            .arena = arena,
	                            .config = config_ref(r->config),
	                            .update = *update,
	                            .print = print,
	                            .done = done,
	                            .arg = arg};
	copy_update(arena, &c->update);
	lookup_incident(r, key, communicating_found, c);
}
