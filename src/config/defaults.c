/* The section `defaults`: what holds where no rule says anything. */
#include "load.h"

struct default_options {
	struct str severity;
	struct strs receivers, owner_labels, severity_order;
};

#define AT(member) offsetof(struct default_options, member)
#define ROWS (sizeof rows / sizeof *rows)
static const struct option rows[] = {
	{.name = "severity",
     .type = OPTION_STR,
     .offset = AT(severity),
     .fallback = "P3",
     .doc = "Of an alert that nothing else gives one."},
	{.name = "receivers",
     .type = OPTION_STRS,
     .offset = AT(receivers),
     .doc = "Of an alert that nothing else routes; the first receiver where nothing is said."},
	{.name = "owner_labels",
     .type = OPTION_STRS,
     .offset = AT(owner_labels),
     .fallback = "[owner, team, owning_team]",
     .doc = "Labels that name the owner."},
	{.name = "severity_order",
     .type = OPTION_STRS,
     .offset = AT(severity_order),
     .fallback = "[rule, label, runbook]",
     .doc = "Whose word on the severity goes first."},
};
const struct option_table defaults_table = OPTION_TABLE(rows);

static enum plan_source order_word(struct str word)
{
	if (str_eq_c(word, "rule"))
		return SOURCE_RULE;
	if (str_eq_c(word, "label"))
		return SOURCE_LABEL;
	return str_eq_c(word, "runbook") ? SOURCE_CATALOG : SOURCE_NONE;
}

static void read_order(struct loading *l, const struct strs *words)
{
	enum plan_source *order = l->c->defaults.severity_order;
	bool ok = words->n == 3;
	for (size_t i = 0; ok && i < 3; i++) {
		order[i] = order_word(words->v[i]);
		ok = order[i] != SOURCE_NONE && (i < 1 || order[i] != order[0]) && (i < 2 || order[i] != order[1]);
	}
	if (!ok)
		err_at(l->err, load_at(l->say.defaults, "severity_order"),
		       "defaults: \"severity_order\" must be rule, label and runbook in some order");
}

/* An alert that no rule routes is paged, never dropped: somebody must be there for it. */
static void first_receiver(struct loading *l)
{
	struct config *c = l->c;
	for (size_t i = 0; i < c->receiver_count; i++) {
		if (c->receivers[i].retired)
			continue;
		c->defaults.receivers = (struct strs){arena_alloc(c->arena, sizeof(struct str)), 1};
		c->defaults.receivers.v[0] = c->receivers[i].name;
		err_warn(l->warnings, l->say.receivers->at,
		         "defaults.receivers is not set: what nothing routes goes to \"%.*s\"", STR_ARG(c->receivers[i].name));
		return;
	}
}

static void check_default_receivers(struct loading *l, const struct yaml_node *node)
{
	const struct strs *names = &l->c->defaults.receivers;
	for (size_t i = 0; i < names->n && !l->names_doubtful; i++) {
		if (!load_receiver_known(l->c, names->v[i]))
			err_at(l->err, node->at, "defaults: receiver \"%.*s\" %s", STR_ARG(names->v[i]),
			       load_receiver_trouble(l, names->v[i]));
	}
}

/* A router that sends must have somebody to send to, whatever comes. */
static void check_somebody(struct loading *l, const struct yaml_node *node)
{
	struct pos file = {l->options->file, 0, 0};
	struct pos at = l->say.receivers ? l->say.receivers->at : file;
	bool sends = l->c->delivery.mode == DELIVERY_SEND && !l->options->reads_only;
	if (!sends || l->c->defaults.receivers.n || l->names_doubtful)
		return;
	if (!l->c->receiver_count)
		err_at(l->err, at,
		       "there are no receivers, so a page could go nowhere: add one, or set delivery: {mode: observe}");
	else if (node)
		err_at(l->err, node->at, "defaults: \"receivers\" is empty: an alert that no rule routes would page nobody");
	else
		err_at(l->err, at, "all receivers are retired, so a page could go nowhere");
}

static void set_receivers(struct loading *l, const struct strs *names)
{
	const struct yaml_node *node = yaml_get(l->say.defaults, "receivers");
	if (yaml_is_null(node))
		node = NULL;
	l->c->defaults.receivers = *names;
	if (node)
		check_default_receivers(l, node);
	else
		first_receiver(l);
	check_somebody(l, node);
}

void load_defaults(struct loading *l)
{
	struct config *c = l->c;
	struct default_options o;
	options_defaults(rows, ROWS, c->arena, &o);
	options_read(rows, ROWS, l->say.defaults, "defaults", c->arena, &o, NULL, l->err);
	c->defaults.severity = o.severity;
	c->defaults.owner_labels = o.owner_labels;
	read_order(l, &o.severity_order);
	set_receivers(l, &o.receivers);
	if (!l->names_doubtful && !catalog_severity(c->catalog, o.severity))
		err_at(l->err, load_at(l->say.defaults, "severity"),
		       "defaults: severity \"%.*s\" does not exist in the catalog%s", STR_ARG(o.severity),
		       catalog_meant_severity(c->catalog, o.severity, c->arena));
}
