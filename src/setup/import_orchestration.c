/*
 * PagerDuty's event orchestrations as a tree of routes. An orchestration is sets of rules: in a set the first rule whose
 * condition holds acts and may lead into another set; where none holds the set's catch-all acts. From the global rules an
 * event goes to the router, from there to a service, and through that service's own rules. The file is what the API
 * answers for one of these (or a list of several answers), or what `terraform show -json` prints of them.
 */
#include <string.h>

#include "import_pcl.h"

#define PATHS_MAX 1000
#define SETS_DEEP 16 /* sets that lead into each other, over all orchestrations on the way */
#define UNROUTED "unrouted"
#define SUPPRESSED "suppressed"
#define ANY_SERVICE "pagerduty" /* the file says of no service where its events go */

enum orchestration_kind { ORCHESTRATION_GLOBAL, ORCHESTRATION_ROUTER, ORCHESTRATION_UNROUTED, ORCHESTRATION_SERVICE };

static const struct {
	const char *api, *terraform;
} kinds[] = {
	[ORCHESTRATION_GLOBAL] = {"global", "pagerduty_event_orchestration_global"},
	[ORCHESTRATION_ROUTER] = {"router", "pagerduty_event_orchestration_router"},
	[ORCHESTRATION_UNROUTED] = {"unrouted", "pagerduty_event_orchestration_unrouted"},
	[ORCHESTRATION_SERVICE] = {"service", "pagerduty_event_orchestration_service"},
};
#define KINDS (sizeof kinds / sizeof *kinds)

struct orchestration {
	enum orchestration_kind kind;
	struct str service; /* whose it is; empty for the other kinds */
	const struct yaml_node *node;
};

struct pager_service { /* one that Terraform's file defines, too */
	struct str id, name, key;
};

struct orchestrations {
	struct import *import;
	struct pcl_fields fields;
	struct orchestration *paths;
	size_t path_count, path_capacity;
	struct pager_service *services;
	size_t service_count, service_capacity;
	json_t *receivers;
	size_t routes; /* made so far */
	struct err *err;
};

/* What the actions on the way say of the event. */
struct said {
	struct str severity, summary, page_after;
	bool suppressed;
};

/* ---- the file ---- */

/* The API's name of a list, or Terraform's, which is singular. */
static const struct yaml_node *list_or_single(const struct yaml_node *map, const char *plural)
{
	char singular[16];
	const struct yaml_node *list = yaml_get(map, plural);

	if (!list) {
		snprintf(singular, sizeof singular, "%.*s", (int)strlen(plural) - 1, plural);
		list = yaml_get(map, singular);
	}
	return list && list->kind == YAML_LIST ? list : NULL;
}

/* A mapping, or Terraform's list of one. */
static const struct yaml_node *map_of(const struct yaml_node *map, const char *key)
{
	const struct yaml_node *n = map && map->kind == YAML_MAP ? yaml_get(map, key) : NULL;
	if (n && n->kind == YAML_LIST)
		n = n->count ? n->items[0] : NULL;
	return n && n->kind == YAML_MAP ? n : NULL;
}

static void add_orchestration(struct orchestrations *o, enum orchestration_kind kind, struct str service,
                              const struct yaml_node *node)
{
	if (o->path_count == PATHS_MAX) {
		import_note(o->import, node->at, "more than %d orchestrations: the rest was left out", PATHS_MAX);
		return;
	}
	MEM_ROOM(o->paths, o->path_count, o->path_capacity);
	o->paths[o->path_count++] = (struct orchestration){kind, service, node};
}

static struct pager_service *service_of(struct orchestrations *o, struct str id)
{
	for (size_t k = 0; k < o->service_count; k++)
		if (str_eq(o->services[k].id, id))
			return &o->services[k];
	MEM_ROOM(o->services, o->service_count, o->service_capacity);
	o->services[o->service_count] = (struct pager_service){.id = id};
	return &o->services[o->service_count++];
}

static void read_resource(struct orchestrations *o, const struct yaml_node *resource)
{
	struct str type = import_text(resource, "type");
	const struct yaml_node *values = map_of(resource, "values");

	if (!values)
		return;
	for (size_t k = 0; k < KINDS; k++)
		if (str_eq_c(type, kinds[k].terraform))
			add_orchestration(o, (enum orchestration_kind)k, import_text(values, "service"), values);
	if (str_eq_c(type, "pagerduty_service"))
		service_of(o, import_text(values, "id"))->name = import_text(values, "name");
	if (str_eq_c(type, "pagerduty_service_integration"))
		service_of(o, import_text(values, "service"))->key = import_text(values, "integration_key");
}

/* Modules stand within each other; the reader's own depth is their ceiling. */
static void read_module(struct orchestrations *o, const struct yaml_node *module)
{
	const struct yaml_node *resources = list_or_single(module, "resources"),
						   *children = list_or_single(module, "child_modules");

	for (size_t k = 0; resources && k < resources->count; k++)
		read_resource(o, resources->items[k]);
	for (size_t k = 0; children && k < children->count; k++)
		if (children->items[k]->kind == YAML_MAP)
			read_module(o, children->items[k]);
}

static void read_answer(struct orchestrations *o, const struct yaml_node *answer, struct err *err)
{
	const struct yaml_node *path = map_of(answer, "orchestration_path");
	path = path ? path : answer;
	struct str type = import_text(path, "type");

	for (size_t k = 0; k < KINDS; k++)
		if (str_eq_c(type, kinds[k].api)) {
			add_orchestration(o, (enum orchestration_kind)k, import_text(map_of(path, "parent"), "id"), path);
			return;
		}
	if (list_or_single(path, "sets") && !type.n)
		add_orchestration(o, ORCHESTRATION_SERVICE, import_text(map_of(path, "parent"), "id"), path);
	else
		err_at(err, path->at, "this is no orchestration: its type is neither router, global, service nor unrouted");
}

static const struct yaml_node *terraform_module(const struct yaml_node *document)
{
	const struct yaml_node *values = map_of(document, "values");
	return map_of(values ? values : map_of(document, "planned_values"), "root_module");
}

static void read_orchestration_document(struct orchestrations *o, const struct yaml_node *document, struct err *err)
{
	const struct yaml_node *module = terraform_module(document);

	if (module)
		read_module(o, module);
	else if (document->kind == YAML_LIST)
		for (size_t k = 0; k < document->count; k++)
			read_answer(o, document->items[k], err);
	else
		read_answer(o, document, err);
}

bool import_is_orchestration(const struct yaml_node *document)
{
	if (document->kind == YAML_LIST)
		return document->count && import_is_orchestration(document->items[0]);
	return document->kind == YAML_MAP &&
	       (map_of(document, "orchestration_path") || list_or_single(document, "sets") || terraform_module(document));
}

/* ---- receivers ---- */

/* A service is a receiver of kind pagerduty; its key stands in no answer of the API. */
static struct str service_receiver(struct orchestrations *o, struct str id, struct pos at)
{
	struct import *i = o->import;
	AUTOFREE char *key = mem_str(id);

	if (import_receivers_of(i, id))
		return id;
	const struct pager_service *service = service_of(o, id);
	struct str name = service->name.n ? service->name : id;
	for (size_t k = 0; k < json_array_size(o->receivers); k++)
		if (str_eq_c(name, json_string_value(json_object_get(json_array_get(o->receivers, k), "name"))))
			name = id;
	struct import_making m = {.import = i, .file = "", .kind = receiver_kind_find("pagerduty"), .theirs = id, .at = at};
	json_object_set_new(i->names, key, json_array());
	import_making_begin(&m, name, o->receivers);
	import_making_secret(&m, STR("routing_key"), service->key);
	import_making_end(&m, o->receivers);
	if (!service->key.n)
		import_note(i, at, "receiver \"%.*s\": write its integration key into secrets/, PagerDuty exports none",
		            STR_ARG(m.name));
	return id;
}

static struct str nobody(struct orchestrations *o)
{
	if (!json_object_get(o->import->names, SUPPRESSED))
		json_object_set_new(o->import->names, SUPPRESSED, json_array());
	return STR(SUPPRESSED);
}

/* ---- actions ---- */

/* What rules here have no word for: said where it is used. */
static const struct {
	const char *action, *why;
} left_out[] = {
	{"priority", "the export has its number only; `severity:` of the rule says how grave it is"},
	{"escalation_policy", "write an escalation in catalog.yml, and name it in the rule"},
	{"annotate", "the runbook says it"},
	{"automation_actions", "a receiver of kind webhook can start them"},
	{"pagerduty_automation_actions", "a receiver of kind webhook can start them"},
	{"event_action", "what is open is known from the alerts"},
	{"variables", "named groups of a matcher's pattern are variables of the summary"},
	{"incident_custom_field_updates", "there are no such fields"},
	{"dynamic_route_to", "write a rule for each service"},
};

static bool is_empty_node(const struct yaml_node *n)
{
	return yaml_is_null(n) || (n->kind == YAML_SCALAR ? !n->text.n : !n->count);
}

static void note_left_out(struct import *i, const struct yaml_node *actions)
{
	for (size_t k = 0; k < actions->count; k++) {
		for (size_t n = 0; n < sizeof left_out / sizeof *left_out; n++) {
			struct str key = actions->keys[k]->text, name = str_c(left_out[n].action);
			bool same = str_eq(key, name) || (str_ends(name, STR("s")) && str_eq(key, str_slice(name, 0, name.n - 1)));
			if (same && !is_empty_node(actions->items[k]))
				import_note(i, actions->keys[k]->at, "action \"%.*s\" was left out: %s", STR_ARG(key), left_out[n].why);
		}
	}
}

/* "{{event.custom_details.team}} is slow" in our Mustache; false where a value is none of an alert's. */
static bool summary_template(struct import *i, struct str text, struct str *out)
{
	static const struct {
		struct str theirs, ours;
	} values[] = {{STR_INIT("event.summary"), STR_INIT("annotations.summary")},
	              {STR_INIT("event.class"), STR_INIT("labels.alertname")},
	              {STR_INIT("event.severity"), STR_INIT("labels.severity")},
	              {STR_INIT("event.source"), STR_INIT("labels.instance")},
	              {STR_INIT("event.component"), STR_INIT("labels.job")}};
	AUTOBUF struct buf made;
	buf_init(&made, 4096);
	for (ptrdiff_t open; (open = str_find(text, STR("{{"))) >= 0;) {
		struct str inside = str_slice(text, (size_t)open + 2, text.n), ours = {NULL, 0};
		ptrdiff_t close = str_find(inside, STR("}}"));
		struct str name = str_trim(str_slice(inside, 0, close < 0 ? 0 : (size_t)close));
		for (size_t k = 0; k < sizeof values / sizeof *values; k++)
			ours = str_eq(name, values[k].theirs) ? values[k].ours : ours;
		if (!ours.n)
			return false;
		buf_add(&made, str_slice(text, 0, (size_t)open));
		buf_printf(&made, "{{%.*s}}", STR_ARG(ours));
		text = str_slice(inside, (size_t)close + 2, inside.n);
	}
	buf_add(&made, text);
	*out = arena_str(i->arena, buf_str(&made));
	return buf_ok(&made);
}

static void read_extraction(struct import *i, const struct yaml_node *e, struct said *said)
{
	struct str target = import_text(e, "target"), template = import_text(e, "template"), text;
	bool plain = template.n && !import_text(e, "regex").n && summary_template(i, template, &text);

	if (plain && str_eq_c(target, "event.summary"))
		said->summary = text;
	else if (plain && str_eq_c(target, "event.severity") && str_find(text, STR("{{")) < 0)
		said->severity = text;
	else
		import_note(i, e->at,
		            "extraction of \"%.*s\" was left out: rules set a summary and a severity, of plain values",
		            STR_ARG(target));
}

static struct said act(struct orchestrations *o, const struct yaml_node *actions, struct said said)
{
	const struct yaml_node *extractions = actions ? list_or_single(actions, "extractions") : NULL;
	struct str severity = import_text(actions, "severity"), suspend = import_text(actions, "suspend");
	int64_t seconds;

	if (!actions)
		return said;
	for (size_t k = 0; extractions && k < extractions->count; k++)
		read_extraction(o->import, extractions->items[k], &said);
	if (severity.n)
		said.severity = severity;
	if (str_to_i64(suspend, &seconds) && seconds > 0)
		said.page_after = str_c(arena_printf(o->import->arena, "%.*ss", STR_ARG(suspend)));
	if (import_truth(o->import, actions, "suppress", false) || import_truth(o->import, actions, "drop_event", false))
		said.suppressed = true;
	note_left_out(o->import, actions);
	return said;
}

/* ---- the tree ---- */

static const struct orchestration *next_path(const struct orchestrations *o, enum orchestration_kind kind,
                                             struct str service)
{
	for (size_t k = 0; k < o->path_count; k++)
		if (o->paths[k].kind == kind && (kind != ORCHESTRATION_SERVICE || str_eq(o->paths[k].service, service)))
			return &o->paths[k];
	return NULL;
}

static const struct yaml_node *orchestration_set(const struct orchestration *path, struct str id)
{
	const struct yaml_node *sets = list_or_single(path->node, "sets");
	for (size_t k = 0; sets && k < sets->count; k++)
		if (str_eq(import_text(sets->items[k], "id"), id))
			return sets->items[k];
	return NULL;
}

static void walk_set(struct orchestrations *o, const struct orchestration *path, struct str set, struct said said,
                     int depth, struct import_route *into);

static void leaf(struct orchestrations *o, struct str service, struct said said, struct pos at,
                 struct import_route *into)
{
	bool quiet = said.suppressed;
	into->receiver = quiet ? nobody(o) : service_receiver(o, service, at);
	into->severity = said.severity;
	into->summary = quiet ? STR("") : said.summary;
	into->page_after = quiet ? STR("") : said.page_after;
}

/* Behind this path's last set: the router behind the global rules, a service's own rules behind the router. */
static void leave_path(struct orchestrations *o, const struct orchestration *path, struct str to, struct said said,
                       int depth, struct pos at, struct import_route *into)
{
	bool routes = path->kind == ORCHESTRATION_ROUTER, unrouted = !to.n || str_eq_c(to, UNROUTED);
	enum orchestration_kind kind = !routes    ? ORCHESTRATION_ROUTER
	                               : unrouted ? ORCHESTRATION_UNROUTED
	                                          : ORCHESTRATION_SERVICE;
	bool ends = path->kind == ORCHESTRATION_SERVICE || path->kind == ORCHESTRATION_UNROUTED;
	const struct orchestration *next = ends || said.suppressed ? NULL : next_path(o, kind, to);
	struct str service = routes ? (unrouted ? STR(UNROUTED) : to) : path->service;

	if (next)
		walk_set(o, next, STR("start"), said, depth + 1, into);
	else
		leaf(o, service.n ? service : STR(ANY_SERVICE), said, at, into);
}

static void act_and_go(struct orchestrations *o, const struct orchestration *path, const struct yaml_node *actions,
                       struct said said, int depth, struct pos at, struct import_route *into)
{
	struct str to = import_text(actions, "route_to");

	said = act(o, actions, said);
	if (path->kind == ORCHESTRATION_ROUTER || !to.n || said.suppressed)
		leave_path(o, path, to, said, depth, at, into);
	else
		walk_set(o, path, to, said, depth + 1, into);
}

static struct import_route *new_child(struct orchestrations *o, struct import_route *parent, size_t *capacity,
                                      struct pos at)
{
	if (++o->routes > IMPORT_RULES_MAX && !err_any(o->err))
		err_at(o->err, at, "sets that lead into each other multiply to more than %d rules", IMPORT_RULES_MAX);
	parent->children =
		arena_room(o->import->arena, parent->children, parent->count, capacity, sizeof *parent->children);
	struct import_route *child = &parent->children[parent->count++];
	*child = (struct import_route){.at = at, .group_by = parent->group_by};
	return child;
}

/* The alternatives of all its conditions; without a condition the rule is for everything. */
static struct pcl conditions_of(struct orchestrations *o, const struct yaml_node *rule)
{
	static struct pcl_alternative everything = {.labels = {NULL, 0}};
	const struct yaml_node *list = list_or_single(rule, "conditions");
	struct pcl all = {NULL, 0};
	size_t capacity = 0;

	if (!list || !list->count)
		return (struct pcl){&everything, 1};
	for (size_t k = 0; k < list->count; k++) {
		const struct yaml_node *condition = list->items[k];
		struct pcl one = import_pcl(o->import, &o->fields, condition->at, import_text(condition, "expression"));
		for (size_t n = 0; n < one.n; n++) {
			all.v = arena_room(o->import->arena, all.v, all.n, &capacity, sizeof *all.v);
			all.v[all.n++] = one.v[n];
		}
	}
	return all;
}

static void walk_rule(struct orchestrations *o, const struct orchestration *path, const struct yaml_node *rule,
                      struct said said, int depth, struct import_route *into, size_t *capacity)
{
	if (import_truth(o->import, rule, "disabled", false)) {
		import_note(o->import, rule->at, "rule \"%.*s\" is disabled and was left out",
		            STR_ARG(import_text(rule, "label")));
		return;
	}
	struct pcl any = conditions_of(o, rule);
	for (size_t k = 0; k < any.n && !err_any(o->err); k++) {
		struct import_route *child = new_child(o, into, capacity, rule->at);
		child->matchers = any.v[k].labels;
		child->annotation_matchers = any.v[k].annotations;
		act_and_go(o, path, map_of(rule, "actions"), said, depth, rule->at, child);
	}
}

/* What no rule of the set is for: the last child, or the route itself where it has no other. */
static void walk_rest(struct orchestrations *o, const struct orchestration *path, struct said said, int depth,
                      struct import_route *into, size_t *capacity)
{
	const struct yaml_node *rest = map_of(path->node, "catch_all"), *actions = map_of(rest, "actions");
	struct pos at = rest ? rest->at : path->node->at;
	struct import_route *last = into->count ? new_child(o, into, capacity, at) : into;

	leave_path(o, path, import_text(actions, "route_to"), act(o, actions, said), depth, at, last);
	into->receiver = last->receiver;
}

static void walk_set(struct orchestrations *o, const struct orchestration *path, struct str id, struct said said,
                     int depth, struct import_route *into)
{
	const struct yaml_node *set = orchestration_set(path, id), *rules = set ? list_or_single(set, "rules") : NULL;
	size_t capacity = 0;

	if (!set || depth > SETS_DEEP)
		import_note(o->import, path->node->at, "set \"%.*s\" %s: its rules were left out, the catch-all was taken",
		            STR_ARG(id), set ? "stands too deep, or leads into itself" : "is not in this file");
	for (size_t k = 0; rules && depth <= SETS_DEEP && k < rules->count && !err_any(o->err); k++)
		walk_rule(o, path, rules->items[k], said, depth, into, &capacity);
	walk_rest(o, path, said, depth, into, &capacity);
}

/* Where events come in: the global rules, else the router, else a service's own. */
static const struct orchestration *entrance(const struct orchestrations *o)
{
	static const enum orchestration_kind order[] = {ORCHESTRATION_GLOBAL, ORCHESTRATION_ROUTER, ORCHESTRATION_UNROUTED};
	const struct orchestration *first = NULL;

	for (size_t k = 0; !first && k < sizeof order / sizeof *order; k++)
		first = next_path(o, order[k], STR(""));
	return first ? first : o->paths;
}

/* What an event's fields are read as, once for the whole file. */
static void note_fields(struct orchestrations *o, struct pos at)
{
	import_note(o->import, at,
	            "fields of events are read as labels: class as alertname, source as instance, component as job, "
	            "custom_details.NAME as NAME, summary as the annotation; --label=FIELD=LABEL says otherwise");
	if (json_object_get(o->import->names, UNROUTED))
		import_note(o->import, at,
		            "PagerDuty tells nobody of events that no rule routes; here somebody is told of every alert: see "
		            "to the receiver \"" UNROUTED "\"");
}

bool import_read_orchestration(struct import *i, const struct import_options *options, const struct yaml_node *document,
                               struct import_route *root, json_t *receivers, struct err *err)
{
	static struct str as_it_comes = STR_INIT("alertmanager");
	struct orchestrations o = {.import = i, .receivers = receivers, .err = err};

	o.fields = (struct pcl_fields){options->labels, options->label_count};
	read_orchestration_document(&o, document, err);
	if (!o.path_count && !err_any(err))
		err_at(err, document->at, "no event orchestration is in this file");
	if (!err_any(err)) {
		*root = (struct import_route){.at = document->at, .group_by = {&as_it_comes, 1}};
		walk_set(&o, entrance(&o), STR("start"), (struct said){.suppressed = false}, 0, root);
		note_fields(&o, document->at);
	}
	mem_cleanup(&o.paths);
	mem_cleanup(&o.services);
	return !err_any(err);
}
