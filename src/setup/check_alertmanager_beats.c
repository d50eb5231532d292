/* Heartbeat rules page when an alert stays away: what in the sender's configuration keeps it away. */
#include "base/time.h"
#include "check_alertmanager_impl.h"
#include "lint/shadow.h"
#include "rules/matcher.h"

/* ---- routes ---- */

static bool texts_match(struct checking *c, const struct strs *texts, struct pos at, const struct labels *labels)
{
	AUTOERR struct err ignored = ERR_INIT; /* what Alertmanager does not take it says itself */
	struct matcher *v = NULL;
	size_t n = 0;
	bool all = true;

	for (size_t i = 0; i < texts->n; i++)
		all = matchers_parse(c->import.arena, texts->v[i], at, &v, &n, &ignored) && all;
	for (size_t i = 0; i < n; i++) {
		all = all && matcher_match(&v[i], labels, NULL, NULL) == PATTERN_MATCH;
		matcher_release(&v[i]);
	}
	mem_cleanup(&v);
	return all;
}

/* The route that ends here for this alert; NULL: none does. */
static const struct import_route *route_of(struct checking *c, const struct import_route *r,
                                           const struct labels *labels, bool *taken)
{
	const struct import_route *found = NULL;
	bool below = false;

	if (!texts_match(c, &r->matchers, r->at, labels))
		return NULL;
	for (size_t i = 0; i < r->count && !found; i++) {
		bool matched = false;
		found = route_of(c, &r->children[i], labels, &matched);
		below = below || matched;
		if (matched && !r->children[i].goes_on)
			break;
	}
	*taken = true;
	return found || below ? found : check_sender_is_ours(c, r->receiver) ? r : NULL;
}

static void check_beat_route(struct checking *c, const struct import_route *root, const struct rule *rule,
                             const struct labels *labels)
{
	bool taken = false;
	const struct import_route *r = route_of(c, root, labels, &taken);
	char own[TIME_DURATION_MAX], theirs[TIME_DURATION_MAX];

	time_duration_format(rule->heartbeat, own);
	if (!r)
		err_at(c->errors, root->at, "the alert that rule \"%.*s\" waits for is not sent here: it would page after %s",
		       STR_ARG(rule->name), own);
	else if (check_sender_repeats(r) >= rule->heartbeat)
		err_at(c->errors, r->at,
		       "the alert that rule \"%.*s\" waits for comes every %s, and the rule pages when it stays away for %s: "
		       "give it a "
		       "route of its own",
		       STR_ARG(rule->name), time_duration_format(check_sender_repeats(r), theirs), own);
	if (r && (r->mute.n || r->active.n))
		err_at(c->errors, r->at,
		       "the alert that rule \"%.*s\" waits for does not come outside of this route's hours, and the rule pages "
		       "each time: no %s for it",
		       STR_ARG(rule->name), r->mute.n ? "mute_time_intervals" : "active_time_intervals");
}

/* ---- inhibitions ---- */

/* By its name: only another alert of that name could inhibit it. */
static bool needs_equal_name(struct checking *c, const struct yaml_node *inhibition)
{
	struct strs equal = import_list(&c->import, yaml_get(inhibition, "equal"));
	bool needs = false;

	for (size_t i = 0; i < equal.n; i++)
		needs = needs || str_eq_c(equal.v[i], "alertname");
	return needs;
}

static void check_inhibition(struct checking *c, const struct yaml_node *inhibition, const struct rule *rule,
                             const struct labels *labels)
{
	AUTOERR struct err ignored = ERR_INIT;
	struct strs targets;

	if (inhibition->kind != YAML_MAP ||
	    !import_read_matchers_of(&c->import, inhibition, "target_", &targets, &ignored) ||
	    !texts_match(c, &targets, inhibition->at, labels) || needs_equal_name(c, inhibition))
		return;
	check_sender_warn(c, inhibition->at,
	                  arena_printf(c->import.arena,
	                               "it holds back the alert that rule \"%.*s\" waits for: the rule pages while what "
	                               "inhibits fires",
	                               STR_ARG(rule->name)));
}

static void check_beat(struct checking *c, const struct import_route *root, const struct rule *rule,
                       const struct labels *labels)
{
	const struct yaml_node *list = yaml_get(c->document, "inhibit_rules");

	check_beat_route(c, root, rule, labels);
	for (size_t i = 0; list && list->kind == YAML_LIST && i < list->count; i++)
		check_inhibition(c, list->items[i], rule, labels);
}

void check_sender_beats(struct checking *c, const struct import_route *root)
{
	struct shadow *shadow = shadow_new(c->config->ruleset);
	const struct rule *const *rules;
	size_t n = ruleset_rules(c->config->ruleset, &rules);

	for (size_t i = 0; i < n; i++) {
		const struct alert *example = rules[i]->sets[RULE_HEARTBEAT] ? shadow_example(shadow, rules[i]) : NULL;
		if (example)
			check_beat(c, root, rules[i], &example->labels);
	}
	shadow_free(shadow);
}
