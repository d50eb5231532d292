/*
 * What a message says that the record does not hold: who owns the incident and how they are reached, where its rule stands,
 * which Alertmanager can silence it. Then the receiver's request.
 */
#include <string.h>

#include "service/job.h"

static struct str owner_contact(const struct config *c, const struct incident *inc)
{
	const struct owner *owner = inc->owner.n ? catalog_owner(c->catalog, inc->owner) : NULL;

	return owner ? owner->contact : (struct str){NULL, 0};
}

static struct str rule_place(const struct job *j, const struct incident *inc)
{
	const struct rule *const *rules;
	size_t n = ruleset_rules(j->config->ruleset, &rules);

	for (size_t i = 0; inc->rule.n && i < n; i++) {
		if (str_eq(rules[i]->name, inc->rule))
			return str_c(arena_printf(j->arena, "%s:%d", rules[i]->at.file, rules[i]->at.line));
	}
	return (struct str){NULL, 0};
}

static void take_source(const struct config *c, const struct incident *inc, struct message_context *out)
{
	const struct config_source *source = inc->source.n ? config_source(c, inc->source) : NULL;

	if (!source)
		return;
	out->source_labels = &source->labels;
	if (source->alertmanagers.n)
		out->alertmanager_url = source->alertmanagers.v[0];
}

bool job_build(struct job *j, const struct incident *inc, struct receiver_request *request, struct err *err)
{
	struct receiver_secret *secrets;
	size_t secret_count;
	struct message message;
	struct message_context context = {
		.external_url = j->config->external_url,
		.contact = owner_contact(j->config, inc),
		.rule_at = rule_place(j, inc),
		.zone = j->receiver->zone,
	};

	if (!config_receiver_secrets(j->receiver, j->arena, &secrets, &secret_count, err))
		return false;
	take_source(j->config, inc, &context);
	message_init(&message, j->arena, inc, j->event, j->attempt.want.generation, j->attempt.number, &context);
	message.echo = j->attempt.want.verb == WANT_ECHO;
	memcpy(j->dedup_key, message.dedup_key, sizeof j->dedup_key);
	struct receiver_build in = {
		.settings = j->receiver->settings,
		.message = &message,
		.secrets = secrets,
		.secret_count = secret_count,
		.now_ms = loop_wall_ms(),
		.send_resolved = j->receiver->send_resolved,
		.title = j->receiver->title,
		.text = j->receiver->text,
		.ref = j->ref,
		.step = j->step,
		.carry = j->carry,
	};
	bool built = receiver_make_request(j->receiver->kind, &in, request, err);
	message_release(&message);
	return built;
}
