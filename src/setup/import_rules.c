/*
 * Routes as rules. Alertmanager descends a tree: the first child that matches takes the alert, further ones only after
 * `continue: true`, the route itself only where no child matched. Rules are a list in which the first that matches ends the
 * search. So the list is the tree's walk, written out: behind the rules for "this child matches" stand those for "it does
 * not", which need not say so. After a child that continues both halves hold the rest of the walk.
 */
#include <string.h>

#include "import_impl.h"

struct chosen { /* routes that take the alert so far */
	const struct import_route *route;
	const struct chosen *before;
};

struct conditions { /* matchers of the routes above */
	const struct import_route *route;
	const struct conditions *before;
};

/* Routes that the alert does not match: rules before this one have taken what does. */
struct refused {
	const struct import_route *route;
	const struct refused *before;
};

/* A route that the alert has matched, and how far its children are tried. */
struct frame {
	const struct import_route *route;
	size_t next;
	bool taken; /* one of them matched: the route itself is not for it */
	const struct frame *up;
};

struct walk {
	struct import *import;
	const struct import_route *root;
	struct import_proofs *proofs;
	bool page_after;
	bool drops; /* some route tells nobody: its rule says page: false, and the first rule that says so counts */
	struct err *err;
};

static bool tells_nobody(const struct walk *w, const struct import_route *r)
{
	return json_array_size(import_receivers_of(w->import, r->receiver)) == 0;
}

static bool some_tell_nobody(const struct walk *w, const struct import_route *r)
{
	bool some = tells_nobody(w, r);
	for (size_t i = 0; i < r->count; i++)
		some = some || some_tell_nobody(w, &r->children[i]);
	return some;
}

/* ---- one rule ---- */

static json_t *json_of(struct str s)
{
	json_t *v = json_stringn(s.p, s.n);
	return v ? v : json_string("");
}

static bool list_has(const json_t *list, const json_t *value)
{
	for (size_t i = 0; i < json_array_size(list); i++)
		if (json_equal(json_array_get(list, i), value))
			return true;
	return false;
}

static void add_json_once(json_t *list, json_t *value)
{
	if (!list_has(list, value))
		json_array_append(list, value);
	json_decref(value);
}

/* From the root down. */
static void add_route_matchers(json_t *list, json_t *annotations, const struct conditions *c)
{
	if (!c)
		return;
	add_route_matchers(list, annotations, c->before);
	for (size_t i = 0; i < c->route->matchers.n; i++)
		add_json_once(list, json_of(c->route->matchers.v[i]));
	for (size_t i = 0; i < c->route->annotation_matchers.n; i++)
		add_json_once(annotations, json_of(c->route->annotation_matchers.v[i]));
}

static void set_matchers(json_t *rule, const struct conditions *conditions)
{
	json_t *labels = json_array(), *annotations = json_array();

	add_route_matchers(labels, annotations, conditions);
	if (json_array_size(labels))
		json_object_set(rule, "matchers", labels);
	if (json_array_size(annotations))
		json_object_set(rule, "annotation_matchers", annotations);
	json_decref(labels);
	json_decref(annotations);
}

/* The one whose settings count: the first that tells somebody. */
static const struct import_route *telling_route_of(const struct walk *w, const struct chosen *chosen)
{
	const struct import_route *first = NULL, *telling = NULL;
	for (const struct chosen *c = chosen; c; c = c->before) {
		first = c->route;
		telling = tells_nobody(w, c->route) ? telling : c->route;
	}
	return telling ? telling : first;
}

static bool strs_equal(const struct strs *a, const struct strs *b)
{
	bool same = a->n == b->n;
	for (size_t i = 0; same && i < a->n; i++)
		same = str_eq(a->v[i], b->v[i]);
	return same;
}

static void set_list(json_t *rule, const char *key, const struct strs *names)
{
	if (!names->n)
		return;
	json_t *list = json_array();
	for (size_t i = 0; i < names->n; i++)
		json_array_append_new(list, json_of(names->v[i]));
	json_object_set_new(rule, key, list);
}

static bool share_hours(const struct import_route *a, const struct import_route *b)
{
	return strs_equal(&a->mute, &b->mute) && strs_equal(&a->active, &b->active);
}

static bool says_hours(const struct import_route *r)
{
	return r->mute.n || r->active.n;
}

/* All that tell somebody say the same of hours: then the rule does. */
static bool hours_agree(const struct walk *w, const struct chosen *chosen)
{
	const struct import_route *one = telling_route_of(w, chosen);

	for (const struct chosen *c = chosen; c; c = c->before)
		if (!tells_nobody(w, c->route) && !share_hours(c->route, one))
			return false;
	return true;
}

/* Its receiver is told at once by another route. */
static bool is_told_at_once(const struct chosen *chosen, const struct import_route *r)
{
	for (const struct chosen *c = chosen; c; c = c->before)
		if (!says_hours(c->route) && str_eq(c->route->receiver, r->receiver))
			return true;
	return false;
}

/* Of one of the routes that take the alert: its receiver's, or those that wait for the route's hours alone. */
static const json_t *own_receivers_of(const struct walk *w, const struct import_route *r, const struct chosen *all)
{
	const json_t *names = import_receivers_of(w->import, r->receiver);

	if (!says_hours(r) || tells_nobody(w, r) || hours_agree(w, all) || is_told_at_once(all, r))
		return names;
	const json_t *own = import_receivers_in_hours(w->import, r);
	if (own != names)
		import_note(w->import, r->at,
		            "route: it has other time intervals than another route that takes the same alert: then it tells a "
		            "receiver of its own, \"%s\", which has them",
		            json_string_value(json_array_get(own, 0)));
	return own;
}

/* In the order in which the routes took it. */
static void add_route_receivers(const struct walk *w, json_t *list, const struct chosen *c, const struct chosen *all)
{
	if (!c)
		return;
	add_route_receivers(w, list, c->before, all);
	const json_t *names = own_receivers_of(w, c->route, all);
	for (size_t i = 0; i < json_array_size(names); i++)
		add_json_once(list, json_incref(json_array_get(names, i)));
}

/* What a page waits for is one of an incident's times only where group_wait is carried over at all. */
static bool share_timing(const struct walk *w, const struct import_route *a, const struct import_route *b)
{
	return strs_equal(&a->group_by, &b->group_by) && str_eq(a->repeat_interval, b->repeat_interval) &&
	       (!w->page_after || str_eq(a->group_wait, b->group_wait));
}

static void note_timing(const struct walk *w, const struct import_route *first, const struct import_route *other)
{
	if (!share_timing(w, first, other))
		import_note(w->import, other->at,
		            "route: an alert that another route takes before has that one's group_by%s and repeat_interval: an "
		            "incident has one of each",
		            w->page_after ? ", group_wait" : "");
}

/* What the root says stands in the configuration. */
static void set_timing(const struct walk *w, json_t *rule, const struct chosen *chosen)
{
	const struct import_route *r = telling_route_of(w, chosen), *root = w->root;

	if (!strs_equal(&r->group_by, &root->group_by))
		set_list(rule, "group_by", &r->group_by);
	if (hours_agree(w, chosen))
		import_set_hours(w->import, rule, r);
	if (r->repeat_interval.n && !str_eq(r->repeat_interval, root->repeat_interval))
		json_object_set_new(rule, "repeat_interval", json_of(r->repeat_interval));
	if (w->page_after && r->group_wait.n && !str_eq(r->group_wait, root->group_wait))
		json_object_set_new(rule, "page_after", json_of(r->group_wait));
	for (const struct chosen *c = chosen; c; c = c->before)
		note_timing(w, r, c->route);
}

static void set_texts(json_t *rule, const struct import_route *r)
{
	const struct {
		const char *key;
		struct str text;
	} texts[] = {{"severity", r->severity}, {"summary", r->summary}, {"page_after", r->page_after}};

	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		if (texts[i].text.n)
			json_object_set_new(rule, texts[i].key, json_of(texts[i].text));
}

/* team-x-3: unique by the number, speaking by the receiver. */
static json_t *route_rule_name(const struct walk *w, const struct import_route *r)
{
	char name[64];
	size_t n = 0;

	for (size_t i = 0; i < r->receiver.n && n < 40; i++) {
		char c = r->receiver.p[i];
		bool plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z');
		if (plain)
			name[n++] = c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
		else if (n && name[n - 1] != '-')
			name[n++] = '-';
	}
	while (n && name[n - 1] == '-')
		n--;
	return json_sprintf("%.*s%sroute-%zu", (int)n, name, n ? "-" : "", json_array_size(w->import->rules) + 1);
}

static bool has_rule_room(const struct walk *w)
{
	if (json_array_size(w->import->rules) < IMPORT_RULES_MAX)
		return true;
	if (!err_any(w->err))
		err_at(w->err, w->root->at, "route: its `continue: true` multiply to more than %d rules", IMPORT_RULES_MAX);
	return false;
}

static void emit_rule(struct walk *w, const struct conditions *conditions, const struct chosen *chosen, bool goes_on)
{
	if (!has_rule_room(w))
		return;
	json_t *rule = json_object(), *receivers = json_array();

	add_route_receivers(w, receivers, chosen, chosen);
	json_object_set_new(rule, "name", route_rule_name(w, telling_route_of(w, chosen)));
	set_matchers(rule, conditions);
	if (json_array_size(receivers))
		json_object_set(rule, "receivers", receivers);
	else
		json_object_set_new(rule, "page", json_false());
	json_decref(receivers);
	set_timing(w, rule, chosen);
	set_texts(rule, telling_route_of(w, chosen));
	if (goes_on) {
		json_object_set_new(rule, "continue", json_true());
		if (w->drops)
			json_object_set_new(rule, "page", json_true());
	}
	json_array_append_new(w->import->rules, rule);
}

/* ---- the walk ---- */

/* Where the walk stands: what the alert matches, what it does not, and who has taken it so far. */
struct place {
	const struct conditions *conditions;
	const struct refused *refused;
	const struct chosen *chosen;
};

static void try_children(struct walk *w, const struct frame *at, struct place place);

/* A route below `up` has taken the alert. */
static void taken(struct walk *w, const struct import_route *route, const struct frame *up, const struct place *place)
{
	while (up && !route->goes_on) {
		route = up->route;
		up = up->up;
	}
	if (up)
		try_children(w, up, *place);
	else
		emit_rule(w, place->conditions, place->chosen, false);
}

/* No route in this tree that may take the alert together with `child` has other hours. */
static bool hours_agree_below(const struct walk *w, const struct import_route *child, const struct import_route *below)
{
	if (import_never_both(w->proofs, child, below))
		return true;
	bool agree = share_hours(child, below) || tells_nobody(w, below);
	for (size_t i = 0; i < below->count; i++)
		agree = agree && hours_agree_below(w, child, &below->children[i]);
	return agree;
}

/*
 * A child of the root that continues and has no children itself can be a rule that continues: receivers add up, and where
 * nothing later matches the default receivers (the root's) are not for it, since it has some.
 */
static bool adds_up(const struct walk *w, const struct frame *at, const struct import_route *child)
{
	bool plain = at->route == w->root && !at->taken && child->goes_on && !child->count && !tells_nobody(w, child);
	for (size_t i = at->next + 1; plain && i < at->route->count; i++)
		plain = hours_agree_below(w, child, &at->route->children[i]);
	return plain;
}

static void try_child(struct walk *w, const struct frame *at, const struct place *place,
                      const struct import_route *child)
{
	struct frame after = {at->route, at->next + 1, true, at->up};
	struct frame down = {child, 0, false, &after};
	struct conditions more = {child, place->conditions};

	if (!err_any(w->err))
		try_children(w, &down, (struct place){&more, place->refused, place->chosen});
}

/* It never matches what the walk is about here. */
static bool is_ruled_out(const struct walk *w, const struct place *place, const struct import_route *child)
{
	for (const struct conditions *c = place->conditions; c; c = c->before)
		if (import_never_both(w->proofs, child, c->route))
			return true;
	for (const struct refused *r = place->refused; r; r = r->before)
		if (import_implies(w->proofs, child, r->route))
			return true;
	return import_never_both(w->proofs, child, child);
}

/* It takes whatever comes here: what stands behind it is reached by its `continue` alone. */
static bool takes_all(const struct walk *w, const struct place *place, const struct import_route *child)
{
	for (const struct conditions *c = place->conditions; c; c = c->before)
		if (import_implies(w->proofs, c->route, child))
			return true;
	return !child->matchers.n && !child->annotation_matchers.n;
}

/* True where a route of this tree takes alerts together with `child` and tells somebody at other times. */
static bool differs_below(const struct walk *w, const struct import_route *child, const struct import_route *below)
{
	bool apart = !share_timing(w, child, below) && !tells_nobody(w, below);
	bool differs = false;

	if (import_never_both(w->proofs, child, below))
		return false;
	if (apart)
		note_timing(w, child, below);
	for (size_t i = 0; i < below->count; i++)
		differs |= differs_below(w, child, &below->children[i]);
	return differs || apart;
}

/* A later rule would else give its times to what this one has taken, where this one has the configuration's. */
static void write_own_timing(const struct walk *w, const struct import_route *r)
{
	json_t *rule = json_array_get(w->import->rules, json_array_size(w->import->rules) - 1);

	set_list(rule, "group_by", &r->group_by);
	if (r->repeat_interval.n)
		json_object_set_new(rule, "repeat_interval", json_of(r->repeat_interval));
	if (w->page_after && r->group_wait.n)
		json_object_set_new(rule, "page_after", json_of(r->group_wait));
}

/* It is the root's rule that adds its receivers to whatever comes behind. */
static void emit_added(struct walk *w, const struct place *place, const struct frame *at,
                       const struct import_route *child)
{
	struct conditions more = {child, place->conditions};
	struct chosen only = {child, NULL};
	bool differs = false;

	for (size_t i = at->next + 1; i < at->route->count; i++)
		differs |= differs_below(w, child, &at->route->children[i]);
	emit_rule(w, &more, &only, true);
	if (differs && !err_any(w->err))
		write_own_timing(w, child);
}

/* The rest of the walk is for what the child does not match. */
static void refuse_child(struct walk *w, struct place *place, const struct import_route *child)
{
	struct refused *r = arena_alloc(w->import->arena, sizeof *r);

	*r = (struct refused){child, place->refused};
	place->refused = r;
}

static void try_children(struct walk *w, const struct frame *at, struct place place)
{
	struct frame f = *at;

	for (; f.next < f.route->count; f.next++) {
		const struct import_route *child = &f.route->children[f.next];
		if (is_ruled_out(w, &place, child))
			continue;
		if (adds_up(w, &f, child)) {
			emit_added(w, &place, &f, child);
			continue;
		}
		try_child(w, &f, &place, child);
		if (takes_all(w, &place, child) || err_any(w->err))
			return;
		refuse_child(w, &place, child);
	}
	struct chosen own = {f.route, place.chosen};
	if (!f.taken)
		place.chosen = &own;
	taken(w, f.route, f.up, &place);
}

static bool is_default(const struct walk *w)
{
	json_t *last = json_array_get(w->import->rules, json_array_size(w->import->rules) - 1);
	const json_t *receivers = json_object_get(last, "receivers");
	return json_object_size(last) == 2 && receivers && /* beside its name */
	       json_equal(receivers, import_receivers_of(w->import, w->root->receiver));
}

/* Here `severity: none` is recorded without paging, whatever a rule says of its page; there it is a label as any other. */
static void tell_severity_none(struct import *i, const struct import_route *root)
{
	json_array_insert_new(i->rules, 0,
	                      json_pack("{s:s, s:[s], s:s, s:b}", "name", "severity-none-is-told", "matchers",
	                                "severity=~\"(?i)\\\\s*none\\\\s*\"", "severity", "P3", "continue", 1));
	import_note(
		i, root->at,
		"alerts whose severity label is \"none\" are told as there, by the rule severity-none-is-told: without it "
		"they are recorded and counted only");
}

bool import_make_rules(struct import *i, struct import_route *root, bool page_after, struct err *err)
{
	struct walk w = {.import = i, .root = root, .page_after = page_after, .err = err};
	struct frame start = {root, 0, false, NULL};

	i->rules = json_array();
	w.proofs = import_proofs_new(root);
	w.drops = some_tell_nobody(&w, root);
	try_children(&w, &start, (struct place){NULL, NULL, NULL});
	import_proofs_free(w.proofs);
	if (err_any(err))
		return false;
	import_drop_unreached(i->rules);
	if (json_array_size(i->rules) && is_default(&w)) /* defaults.receivers says the same */
		json_array_remove(i->rules, json_array_size(i->rules) - 1);
	if (i->tells_none)
		tell_severity_none(i, root);
	return true;
}
