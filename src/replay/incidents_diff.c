/* The incidents of a daemon in two routers at once. */
#include "replay/incidents_diff.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/map.h"
#include "incident/message.h"
#include "replay/replay.h"
#include "rules/plan_changes.h"

enum side { BEFORE, AFTER, SIDES };

struct side_message { /* that one of the two sent */
	struct str receiver;
	enum want_verb verb;
	bool again; /* a reminder */
	struct side_message *next;
};

struct diff_side {
	struct ruleset *rules;
	struct replay *replay;
	struct arena *arena;
	struct map *messages; /* by the incident's key: the last one, which leads to those before */
};

struct diffed { /* one incident */
	const struct incident *inc;
	size_t looked_at, changed;
	const struct rule *rule[SIDES]; /* of the first member that is planned otherwise, else of the first */
	struct plan_change changes[PLAN_CHANGES_MAX];
	size_t change_count;
};

struct incidents_diff {
	const struct config *config;
	struct arena *arena;
	struct diff_side sides[SIDES];
	struct diffed *incidents;
	size_t count, room;
	size_t pages_added, pages_removed, ended;
};

/* ---- life ---- */

static void note_message(void *arg, const struct replay_told *told)
{
	struct diff_side *s = arg;
	struct side_message *m = arena_alloc(s->arena, sizeof *m);
	struct str key = arena_str(s->arena, str_c(told->inc->key));

	*m = (struct side_message){.receiver = arena_str(s->arena, told->receiver),
	                           .verb = told->attempt.want.verb,
	                           .again = told->attempt.update,
	                           .next = map_get(s->messages, key)};
	map_set(s->messages, key, m);
}

struct incidents_diff *incidents_diff_new(const struct config *c, struct ruleset *before, struct ruleset *after,
                                          int64_t now)
{
	struct incidents_diff *d = mem_zero(sizeof *d);
	struct ruleset *const rules[SIDES] = {before, after};

	d->config = c;
	d->arena = arena_new();
	for (int i = 0; i < SIDES; i++) {
		struct diff_side *s = &d->sides[i];
		const struct replay_watch watch = {.told = note_message, .arg = s};
		s->rules = rules[i];
		s->arena = d->arena;
		s->messages = map_new();
		s->replay = replay_new(c, rules[i], now, &watch);
	}
	return d;
}

void incidents_diff_free(struct incidents_diff *d)
{
	if (!d)
		return;
	for (int i = 0; i < SIDES; i++) {
		replay_free(d->sides[i].replay);
		map_free(d->sides[i].messages);
	}
	free(d->incidents);
	arena_free(d->arena);
	free(d);
}

bool incidents_diff_add(struct incidents_diff *d, struct str record, struct err *err)
{
	struct incident *inc = incident_read(d->arena, record, err);

	if (!inc)
		return false;
	MEM_ROOM(d->incidents, d->count, d->room);
	d->incidents[d->count++] = (struct diffed){.inc = inc};
	for (int i = 0; i < SIDES; i++)
		replay_adopt(d->sides[i].replay, inc);
	return true;
}

/* ---- its members once more ---- */

/* As they were heard of last: a sample has labels, and the annotations are those that the incident shows, of one of them. */
static void alert_of_sample(struct arena *arena, const struct incident *inc, const struct incident_sample *s,
                            struct alert *out)
{
	*out = (struct alert){.labels = s->labels,
	                      .annotations = inc->annotations,
	                      .fingerprint = arena_str(arena, s->fingerprint),
	                      .starts_at = s->starts_at,
	                      .generator_url = inc->generator_url};
	snprintf(out->identity, sizeof out->identity, "%.*s", STR_ARG(s->fingerprint));
}

/* The members of one source; what it groups by is not kept, so the alert's name stands for it. */
static void fill_hook(struct arena *arena, const struct incident *inc, struct str source, struct webhook *out)
{
	struct label *name = arena_alloc(arena, sizeof *name);

	*name = (struct label){STR("alertname"), inc->alertname};
	*out = (struct webhook){.group_labels = {name, 1}};
	out->alerts = arena_alloc(arena, (inc->sample_count + 1) * sizeof *out->alerts);
	for (size_t i = 0; i < inc->sample_count; i++)
		if (str_eq(inc->sample[i].source, source) && incident_sample_fires(inc, &inc->sample[i]))
			alert_of_sample(arena, inc, &inc->sample[i], &out->alerts[out->count++]);
}

static struct plan **plan_all(struct arena *arena, const struct ruleset *rules, const struct webhook *hook)
{
	struct plan **plans = arena_alloc(arena, (hook->count + 1) * sizeof *plans);

	for (size_t i = 0; i < hook->count; i++) {
		plans[i] = arena_alloc(arena, sizeof *plans[i]);
		ruleset_evaluate(rules, &hook->alerts[i], &hook->group_labels, arena, plans[i]);
	}
	return plans;
}

static void compare_members(struct incidents_diff *d, struct diffed *one, struct plan *const *before,
                            struct plan *const *after, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct plan_change changes[PLAN_CHANGES_MAX];
		size_t count = plan_changes(before[i], after[i], d->arena, changes);
		if (!one->looked_at++ || (count && !one->changed)) {
			one->rule[BEFORE] = before[i]->rule;
			one->rule[AFTER] = after[i]->rule;
			memcpy(one->changes, changes, sizeof changes);
			one->change_count = count;
		}
		one->changed += count > 0;
	}
}

static bool send_again(struct incidents_diff *d, struct diffed *one, struct str source, struct err *err)
{
	struct plan **plans[SIDES];
	struct webhook hook;

	/* plans stay: what is told about them views their bytes */
	fill_hook(d->arena, one->inc, source, &hook);
	for (int i = 0; i < SIDES; i++) {
		plans[i] = plan_all(d->arena, d->sides[i].rules, &hook);
		if (hook.count && !replay_body(d->sides[i].replay, source, &hook, plans[i], err))
			return false;
	}
	compare_members(d, one, plans[BEFORE], plans[AFTER], hook.count);
	return true;
}

static bool is_first_of_source(const struct incident *inc, size_t i)
{
	for (size_t k = 0; k < i; k++)
		if (str_eq(inc->sample[k].source, inc->sample[i].source))
			return false;
	return true;
}

static bool look_at_incident(struct incidents_diff *d, struct diffed *one, struct err *err)
{
	for (size_t i = 0; i < one->inc->sample_count; i++)
		if (is_first_of_source(one->inc, i) && !send_again(d, one, one->inc->sample[i].source, err))
			return false;
	return true;
}

/* ---- what is sent on one side alone ---- */

static const char *message_word(const struct side_message *m)
{
	switch (m->verb) {
	case WANT_NOTHING: return "nothing";
	case WANT_TRIGGER: return m->again ? "remind" : "page";
	case WANT_ACKNOWLEDGE: return "acknowledge";
	case WANT_RESOLVE:
	case WANT_ECHO: return "resolve";
	case WANT_UPDATE: return "update";
	}
	return "nothing";
}

static const struct side_message *messages_of(const struct diff_side *s, const struct diffed *one)
{
	return map_get(s->messages, str_c(one->inc->key));
}

static bool is_message_among(const struct side_message *list, const struct side_message *m)
{
	for (; list; list = list->next)
		if (str_eq(list->receiver, m->receiver) && strcmp(message_word(list), message_word(m)) == 0)
			return true;
	return false;
}

static bool is_page_message(const struct incidents_diff *d, const struct side_message *m)
{
	const struct config_receiver *r = config_receiver(d->config, m->receiver);
	return strcmp(message_word(m), "page") == 0 && (!r || r->use == RECEIVER_PAGE);
}

/* Told the end, and no page in its stead. */
static bool is_told_the_end(const struct side_message *list, const struct side_message *m)
{
	if (m->verb != WANT_RESOLVE)
		return false;
	for (; list; list = list->next)
		if (list->verb == WANT_TRIGGER && str_eq(list->receiver, m->receiver))
			return false;
	return true;
}

static json_t *messages_alone(struct incidents_diff *d, const struct diffed *one, enum side which, size_t *pages)
{
	const struct side_message *others = messages_of(&d->sides[which == AFTER ? BEFORE : AFTER], one);
	json_t *out = json_array();

	for (const struct side_message *m = messages_of(&d->sides[which], one); m; m = m->next) {
		if (is_message_among(others, m))
			continue;
		json_array_append_new(out,
		                      json_pack("{s:o, s:s}", "receiver", view_text(m->receiver), "message", message_word(m)));
		*pages += is_page_message(d, m);
		d->ended += which == AFTER && is_told_the_end(messages_of(&d->sides[AFTER], one), m);
	}
	return out;
}

/* ---- the report ---- */

static json_t *rule_view(const struct rule *rule)
{
	return rule ? view_text(rule->name) : json_null();
}

static json_t *diffed_changes_view(const struct diffed *one)
{
	json_t *out = json_array();

	for (size_t i = 0; i < one->change_count; i++)
		json_array_append_new(out,
		                      json_pack("{s:s, s:o, s:o}", "field", one->changes[i].field, "before",
		                                view_text(one->changes[i].before), "after", view_text(one->changes[i].after)));
	return out;
}

static json_t *members_view(const struct diffed *one)
{
	return json_pack("{s:I, s:I, s:I}", "firing", (json_int_t)incident_firing(one->inc), "looked_at",
	                 (json_int_t)one->looked_at, "changed", (json_int_t)one->changed);
}

static void add_diffed_incident(struct incidents_diff *d, const struct diffed *one, json_t *list)
{
	const struct incident *inc = one->inc;
	json_t *added = messages_alone(d, one, AFTER, &d->pages_added),
		   *removed = messages_alone(d, one, BEFORE, &d->pages_removed);

	if (!one->changed && !json_array_size(added) && !json_array_size(removed)) {
		json_decref(added);
		json_decref(removed);
		return;
	}
	json_array_append_new(list, json_pack("{s:s, s:o, s:s, s:o, s:o, s:o, s:{s:o, s:o}, s:o, s:{s:o, s:o}}", "key",
	                                      inc->key, "alertname", view_text(inc->alertname), "state",
	                                      incident_state(inc), "severity", view_text(inc->severity.name), "labels",
	                                      view_labels(&inc->labels), "members", members_view(one), "rule", "before",
	                                      rule_view(one->rule[BEFORE]), "after", rule_view(one->rule[AFTER]), "changes",
	                                      diffed_changes_view(one), "messages", "added", added, "removed", removed));
}

json_t *incidents_diff_report(struct incidents_diff *d, struct err *err)
{
	json_t *list = json_array();

	for (size_t i = 0; i < d->count; i++) {
		if (!look_at_incident(d, &d->incidents[i], err)) {
			json_decref(list);
			return NULL;
		}
	}
	for (size_t i = 0; i < d->count; i++)
		add_diffed_incident(d, &d->incidents[i], list);
	size_t changed = json_array_size(list);
	return json_pack("{s:o, s:{s:I, s:I, s:I, s:I, s:I}}", "incidents", list, "totals", "open", (json_int_t)d->count,
	                 "changed", (json_int_t)changed, "pages_added", (json_int_t)d->pages_added, "pages_removed",
	                 (json_int_t)d->pages_removed, "ended", (json_int_t)d->ended);
}
