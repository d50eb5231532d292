/* The shape of an import: routes, receivers and defaults of another program, and what stays behind. */
#include "setup/import.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/time.h"
#include "base/yaml_truth.h"
#include "catalog/hours.h"
#include "import_impl.h"

#define NOTE_MAX 1024
#define HELD                                                                                                           \
	"what is muted by them is held here until they end, and then paged if it still fires; alerts of the gravest "      \
	"severity (critical, page, P0) are told at once: only a rule that sets that severity itself holds them"

/* ---- what the steps share ---- */

static json_t *imported_text(struct str s)
{
	json_t *v = json_stringn(s.p, s.n);
	return v ? v : json_string("");
}

void import_note(struct import *i, struct pos at, const char *fmt, ...)
{
	AUTOBUF struct buf text;
	va_list ap;

	buf_init(&text, NOTE_MAX);
	va_start(ap, fmt);
	buf_vprintf(&text, fmt, ap);
	va_end(ap);
	for (size_t n = 0; n < i->note_count; n++)
		if (i->notes[n].at.line == at.line && str_eq(i->notes[n].text, buf_str(&text)))
			return;
	MEM_ROOM(i->notes, i->note_count, i->note_capacity);
	i->notes[i->note_count++] = (struct import_note){at, arena_str(i->arena, buf_str(&text))};
}

void import_lose(struct import *i, struct str receiver)
{
	json_object_set_new(i->lost, arena_cstr(i->arena, receiver), json_true());
}

struct str import_text(const struct yaml_node *map, const char *key)
{
	const struct yaml_node *n = map && map->kind == YAML_MAP ? yaml_get(map, key) : NULL;
	return n && n->kind == YAML_SCALAR && !yaml_is_null(n) ? n->text : (struct str){NULL, 0};
}

bool import_truth_of(struct import *i, const struct yaml_node *node, const char *key, bool otherwise)
{
	bool value = otherwise;

	if (!node || yaml_is_null(node))
		return otherwise;
	struct yaml_node plain = *node;
	plain.quoted = false;
	if (!yaml_truth(&plain, &value))
		import_note(i, node->at, "\"%s\" is neither true nor false and was left out", key);
	return value;
}

bool import_truth(struct import *i, const struct yaml_node *map, const char *key, bool otherwise)
{
	return import_truth_of(i, map && map->kind == YAML_MAP ? yaml_get(map, key) : NULL, key, otherwise);
}

/* Words that are text as often (on, no, y) stay text: who wants a truth value of these asks for one. */
static bool is_truth_literal(const struct yaml_node *n)
{
	return str_eq_nocase(n->text, STR("true")) || str_eq_nocase(n->text, STR("false"));
}

struct str import_file_path(struct import *i, const char *file, struct str path)
{
	const char *slash = strrchr(file, '/');
	AUTOFREE char *folder = slash ? mem_printf("%.*s", (int)(slash + 1 - file), file) : mem_strdup(".");
	AUTOFREE char *whole = realpath(folder, NULL);

	if (!path.n || str_starts(path, STR("/")))
		return path;
	return str_c(arena_printf(i->arena, "%s/%.*s", whole ? whole : folder, STR_ARG(path)));
}

json_t *import_value(const struct yaml_node *n)
{
	bool truth;

	if (n->kind == YAML_SCALAR && is_truth_literal(n) && yaml_truth(n, &truth))
		return json_boolean(truth);
	if (n->kind == YAML_SCALAR)
		return imported_text(n->text);
	json_t *out = n->kind == YAML_LIST ? json_array() : json_object();
	for (size_t i = 0; i < n->count; i++) {
		if (n->kind == YAML_LIST)
			json_array_append_new(out, import_value(n->items[i]));
		else
			json_object_setn_new(out, n->keys[i]->text.p, n->keys[i]->text.n, import_value(n->items[i]));
	}
	return out;
}

struct strs import_list(struct import *i, const struct yaml_node *node)
{
	struct strs out = {NULL, 0};

	if (!node || yaml_is_null(node) || node->kind == YAML_MAP)
		return out;
	out.v = arena_alloc(i->arena, (node->count + 1) * sizeof *out.v);
	if (node->kind == YAML_SCALAR)
		out.v[out.n++] = node->text;
	for (size_t k = 0; node->kind == YAML_LIST && k < node->count; k++)
		if (node->items[k]->kind == YAML_SCALAR)
			out.v[out.n++] = node->items[k]->text;
	return out;
}

const json_t *import_receivers_of(const struct import *i, struct str name)
{
	AUTOFREE char *key = mem_str(name);
	return json_object_get(i->names, key);
}

static bool is_secret_path_taken(const struct import *i, const char *path)
{
	for (size_t k = 0; k < i->secret_count; k++)
		if (str_eq_c(i->secrets[k].path, path))
			return true;
	return false;
}

/* "Team A" and "team-a" are two receivers, and may be one file name. */
static char *free_secret_path(const struct import *i, struct str receiver, struct str option)
{
	char *path = new_secret_path(receiver, option);

	for (int n = 2; is_secret_path_taken(i, path); n++) {
		AUTOFREE char *numbered = mem_printf("%.*s-%d", STR_ARG(receiver), n);
		free(path);
		path = new_secret_path(str_c(numbered), option);
	}
	return path;
}

const char *import_secret(struct import *i, struct str receiver, struct str option, struct str value)
{
	AUTOFREE char *path = free_secret_path(i, receiver, option);
	struct new_secret s = {arena_str(i->arena, str_c(path)), arena_str(i->arena, value)};

	MEM_ROOM(i->secrets, i->secret_count, i->secret_capacity);
	i->secrets[i->secret_count++] = s;
	return s.path.p;
}

/* ---- runbookd.yml ---- */

static json_t *group_by_of(const struct import_route *root)
{
	json_t *list = json_array();
	for (size_t i = 0; i < root->group_by.n; i++)
		json_array_append_new(list, imported_text(root->group_by.v[i]));
	if (!root->group_by
	         .n) /* one group for everything: a page for each kind of alert is the least that can be told apart */
		json_array_append_new(list, json_string("alertname"));
	return list;
}

/* A bit more than the longest time between two bodies of one group. */
static void set_late_grace(const struct import *i, json_t *dedup)
{
	char out[TIME_DURATION_MAX];
	int64_t longest;

	if (i->group_interval.n && time_duration_parse(i->group_interval, &longest) && longest > 5 * TIME_MINUTE)
		json_object_set_new(dedup, "late_grace", json_string(time_duration_format(longest + 30 * TIME_SECOND, out)));
}

static json_t *dedup_of(const struct import *i, const struct import_route *root, bool page_after)
{
	json_t *dedup = json_object();

	json_object_set_new(dedup, "group_by", group_by_of(root));
	json_object_set_new(dedup, "repeat_interval",
	                    root->repeat_interval.n ? imported_text(root->repeat_interval) : json_string("4h"));
	if (page_after && root->group_wait.n)
		json_object_set_new(dedup, "page_after", imported_text(root->group_wait));
	set_late_grace(i, dedup);
	return dedup;
}

/* The root's; where that tells nobody, somebody all the same: for what cannot be matched at all. */
static json_t *default_receivers(const struct import *i, const struct import_route *root, const json_t *receivers)
{
	const json_t *own = import_receivers_of(i, root->receiver);
	if (json_array_size(own))
		return json_deep_copy(own);
	return json_pack("[O]", json_object_get(json_array_get(receivers, 0), "name"));
}

static json_t *imported_config(const struct import *i, const struct import_route *root, json_t *receivers,
                               bool page_after)
{
	return json_pack("{s:[s], s:{s:s}, s:{s:{s:s}, s:s}, s:o, s:{s:o}, s:{s:s, s:s}, s:O}", "rule_files", "rules/*.yml",
	                 "delivery", "mode", "observe", "store", "sqlite", "path", "data/runbookd.db", "retention", "30d",
	                 "dedup", dedup_of(i, root, page_after), "defaults", "receivers",
	                 default_receivers(i, root, receivers), "journal", "path", "data/journal", "retention", "90d",
	                 "receivers", receivers);
}

/* Alertmanager's own form is ours; the older name is the same list. */
static json_t *intervals_of(const struct yaml_node *document)
{
	static const char *const keys[] = {"time_intervals", "mute_time_intervals", "muteTimes"};
	static const char *const grafanas[] = {"orgId", "uid", "version", "provenance"};
	json_t *list = json_array();

	for (size_t k = 0; k < sizeof keys / sizeof *keys; k++) {
		const struct yaml_node *node = yaml_get(document, keys[k]);
		json_t *some = node && node->kind == YAML_LIST ? import_value(node) : NULL;
		for (size_t n = 0; n < json_array_size(some); n++)
			for (size_t g = 0; g < sizeof grafanas / sizeof *grafanas; g++)
				json_object_del(json_array_get(some, n), grafanas[g]);
		json_array_extend(list, some);
		json_decref(some);
	}
	return list;
}

static bool any_zone(void *arg, struct str name, const struct zone **out)
{
	(void)arg;
	(void)name;
	*out = NULL;
	return true; /* whether there is such a zone is said where the configuration is loaded */
}

/* What is wrong with an interval is said at its place in their file. */
static bool intervals_are_read(const struct import *i, const struct yaml_node *document, struct err *err)
{
	static const char *const keys[] = {"time_intervals", "mute_time_intervals"};
	static const struct calendar_zones zones = {.find = any_zone};
	bool ok = true;

	for (size_t k = 0; k < sizeof keys / sizeof *keys; k++) {
		const struct yaml_node *list = yaml_get(document, keys[k]);
		for (size_t n = 0; list && list->kind == YAML_LIST && n < list->count; n++)
			ok = hours_read(i->arena, list->items[n], NULL, &zones, err) && ok;
	}
	return ok;
}

/* ---- the file ---- */

static bool names_exist(const struct import *i, const struct import_route *r, struct err *err)
{
	bool ok = import_receivers_of(i, r->receiver) != NULL;
	if (!ok)
		err_at(err, r->at, "route: there is no receiver \"%.*s\"", STR_ARG(r->receiver));
	for (size_t k = 0; k < r->count; k++)
		ok = names_exist(i, &r->children[k], err) && ok;
	return ok;
}

static bool is_beside(const struct import *i, const struct import_route *r)
{
	AUTOFREE char *name = mem_str(r->receiver);
	return r->goes_on && !r->count && json_object_get(i->ourselves, name) &&
	       !json_array_size(import_receivers_of(i, r->receiver));
}

/* Routes that tell runbookd beside everybody else: who is told is what the others say. */
static void drop_own_routes(struct import *i, struct import_route *r)
{
	size_t kept = 0;

	for (size_t k = 0; k < r->count; k++) {
		if (is_beside(i, &r->children[k])) {
			import_note(i, r->children[k].at, "route: it tells runbookd itself, and was left out");
			continue;
		}
		r->children[kept++] = r->children[k];
		drop_own_routes(i, &r->children[kept - 1]);
	}
	r->count = kept;
}

/* A pager that was left out among many notes would be missed when it is needed: one line for each, at its first route. */
static void warn_silent(struct import *i, const struct import_route *r)
{
	AUTOFREE char *name = mem_str(r->receiver);

	if (json_object_get(i->lost, name) && !json_array_size(import_receivers_of(i, r->receiver))) {
		err_warn(&i->silent, r->at,
		         "nobody is told of what goes to \"%s\" (page: false): nothing of this receiver carried over", name);
		json_object_del(i->lost, name);
	}
	for (size_t k = 0; k < r->count; k++)
		warn_silent(i, &r->children[k]);
}

/* What Alertmanager goes on doing, in front of us. */
static void note_what_stays(struct import *i, const struct yaml_node *document)
{
	static const struct {
		const char *key, *why;
	} stays[] = {
		{"inhibit_rules", "they stay in Alertmanager, which inhibits before it sends"},
		{"templates", "their files are Go templates: pages here say what ours say (help templates)"},
		{"time_intervals", HELD},
		{"muteTimes", HELD},
		{"mute_time_intervals", HELD},
	};
	for (size_t k = 0; k < sizeof stays / sizeof *stays; k++) {
		const struct yaml_node *node = yaml_get(document, stays[k].key);
		if (node && node->count)
			import_note(i, node->at, "%s: %s", stays[k].key, stays[k].why);
	}
}

bool import_is_grafana(const struct yaml_node *document)
{
	return yaml_get(document, "policies") || yaml_get(document, "contactPoints") ||
	       (yaml_get(document, "receiver") && !yaml_get(document, "route"));
}

/* The tree: `route:`, the one policy of an export, or what Grafana's API answers: the tree itself. */
static const struct yaml_node *tree_of(const struct yaml_node *document, struct err *err)
{
	const struct yaml_node *policies = yaml_get(document, "policies");
	const struct yaml_node *route = yaml_get(document, "route");

	if (policies && policies->kind == YAML_LIST && policies->count == 1)
		return policies->items[0];
	if (policies)
		err_at(err, policies->at, "policies: one tree was expected, not %zu", policies->count);
	else if (!route && import_is_grafana(document) && yaml_get(document, "receiver"))
		return document;
	else if (!route)
		err_at(err, document->at,
		       "this is no alertmanager.yml and no export of Grafana's notification policies or PagerDuty's event "
		       "orchestrations: it has neither \"route\" nor \"policies\" nor \"orchestration_path\"");
	return route;
}

static bool read_tree(struct import *i, const struct import_options *o, const struct yaml_node *document,
                      struct import_route *root, json_t *receivers, struct err *err)
{
	if (import_is_orchestration(document))
		return import_read_orchestration(i, o, document, root, receivers, err);
	const struct yaml_node *tree = tree_of(document, err);
	bool grafana = import_is_grafana(document);
	i->tells_none = true;

	return tree &&
	       (grafana ? import_grafana_receivers : import_alertmanager_receivers)(i, o->file, document, receivers, err) &&
	       import_read_route(i, tree, NULL, root, err);
}

static void say_nobody(const struct import *i, const struct yaml_node *document, struct err *err)
{
	err_at(err, document->at, "receivers: none of them can tell anybody here: there is nothing to import");
	for (size_t k = 0; k < i->note_count; k++)
		err_at(err, i->notes[k].at, "%.*s", STR_ARG(i->notes[k].text));
}

static bool make(struct import *i, const struct import_options *o, const struct yaml_node *document, struct err *err)
{
	struct import_route root;
	json_t *receivers = i->receivers = json_array();

	i->intervals = intervals_of(document);
	bool ok = read_tree(i, o, document, &root, receivers, err) && names_exist(i, &root, err) &&
	          import_check_matchers(i, &root, err) && intervals_are_read(i, document, err);
	if (ok) {
		i->root_receiver = root.receiver;
		drop_own_routes(i, &root);
	}
	if (ok && !json_array_size(receivers)) {
		say_nobody(i, document, err);
		ok = false;
	}
	ok = ok && import_make_rules(i, &root, o->page_after, err);
	if (ok) {
		warn_silent(i, &root);
		note_what_stays(i, document);
		i->config = imported_config(i, &root, receivers, o->page_after);
		if (json_array_size(i->intervals))
			json_object_set(i->config, "time_intervals", i->intervals);
	}
	return ok;
}

bool import_read(struct import *out, const struct import_options *options, struct str text, struct err *err)
{
	*out = (struct import){.arena = arena_new(),
	                       .names = json_object(),
	                       .ourselves = json_object(),
	                       .lost = json_object(),
	                       .silent = ERR_INIT,
	                       .in_hours = json_object()};
	const struct yaml_node *document = yaml_parse(out->arena, options->file, text, err);

	if (!document)
		return false;
	bool known = document->kind == YAML_MAP || import_is_orchestration(document);
	if (!known)
		err_at(err, document->at, "a mapping was expected, not a %s", yaml_kind_name(document));
	return known && make(out, options, document, err);
}

void import_release(struct import *i)
{
	json_decref(i->config);
	json_decref(i->intervals);
	json_decref(i->rules);
	json_decref(i->names);
	json_decref(i->ourselves);
	json_decref(i->lost);
	err_release(&i->silent);
	json_decref(i->in_hours);
	json_decref(i->receivers);
	mem_cleanup(&i->secrets);
	mem_cleanup(&i->notes);
	arena_free(i->arena);
}
