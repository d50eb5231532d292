/* Reads one rule: matchers, templates, and what it sets. */
#include <stdlib.h>
#include <string.h>

#include "base/time.h"
#include "rules/rulefile_impl.h"

/* The longest window that makes sense: a year. */
#define WINDOW_MAX (366 * TIME_DAY)

struct rule_text {
	struct str name, runbook, severity, owner, escalation, summary;
	const struct yaml_node *matchers, *annotation_matchers, *group_by, *heartbeat, *page_budget;
	struct strs receivers, active, mute;
	int64_t repeat_interval, page_after, resolve_hold;
	bool goes_on, page;
};

#define AT(member) offsetof(struct rule_text, member)
/* The first RULE_FIELDS rows are the fields, in the order of enum rule_field. */
struct heartbeat_text {
	int64_t every;
};

static const struct option heartbeat_rows[] = {
	{.name = "every",
     .type = OPTION_DURATION,
     .offset = offsetof(struct heartbeat_text, every),
     .least = TIME_SECOND,
     .most = WINDOW_MAX,
     .required = true,
     .doc = "how long it may be silent"},
};
static const struct option_table heartbeat_table = OPTION_TABLE(heartbeat_rows);

static const struct option rows[] = {
	[RULE_RUNBOOK] = {.name = "runbook",
                      .type = OPTION_STR,
                      .offset = AT(runbook),
                      .doc = "a catalog path, or a URL; a template"},
	[RULE_SEVERITY] = {.name = "severity",
                       .type = OPTION_STR,
                       .offset = AT(severity),
                       .doc = "a severity of the catalog"},
	[RULE_OWNER] = {.name = "owner", .type = OPTION_STR, .offset = AT(owner), .doc = "who owns what matches"},
	[RULE_RECEIVERS] = {.name = "receivers",
                        .type = OPTION_STRS,
                        .offset = AT(receivers),
                        .doc = "who is told, or a template that says so; those of all matching rules add up"},
	[RULE_ESCALATION] = {.name = "escalation",
                         .type = OPTION_STR,
                         .offset = AT(escalation),
                         .doc = "an escalation policy of the catalog"},
	[RULE_GROUP_BY] = {.name = "group_by",
                       .type = OPTION_NODE,
                       .offset = AT(group_by),
                       .form = "list of labels, or alertmanager",
                       .doc = "labels that make one incident, ['...'], or alertmanager"},
	[RULE_REPEAT_INTERVAL] = {.name = "repeat_interval",
                              .type = OPTION_DURATION,
                              .offset = AT(repeat_interval),
                              .most = WINDOW_MAX,
                              .doc = "reminders while firing and not acknowledged"},
	[RULE_PAGE_AFTER] = {.name = "page_after",
                         .type = OPTION_DURATION,
                         .offset = AT(page_after),
                         .most = WINDOW_MAX,
                         .doc = "page only if it still fires then"},
	[RULE_RESOLVE_HOLD] = {.name = "resolve_hold",
                           .type = OPTION_DURATION,
                           .offset = AT(resolve_hold),
                           .most = WINDOW_MAX,
                           .doc = "tell the resolve only after so much quiet"},
	[RULE_HEARTBEAT] = {.name = "heartbeat",
                        .type = OPTION_NODE,
                        .offset = AT(heartbeat),
                        .inner = &heartbeat_table,
                        .doc = "every: it must come again within that, and its absence pages"},
	[RULE_ACTIVE] = {.name = "active",
                     .type = OPTION_STRS,
                     .offset = AT(active),
                     .doc = "time intervals outside which its pages are held"},
	[RULE_MUTE] = {.name = "mute",
                   .type = OPTION_STRS,
                   .offset = AT(mute),
                   .doc = "time intervals in which its pages are held"},
	[RULE_SUMMARY] = {.name = "summary",
                      .type = OPTION_STR,
                      .offset = AT(summary),
                      .doc = "the page's one line; a template"},
	[RULE_PAGE] = {.name = "page", .type = OPTION_BOOL, .offset = AT(page), .doc = "false: record and count only"},
	{.name = "name", .type = OPTION_STR, .offset = AT(name), .required = true, .doc = "unique over all files"},
	{.name = "matchers",
     .type = OPTION_NODE,
     .offset = AT(matchers),
     .form = "list of matchers",
     .doc = "Alertmanager's syntax; all must hold"},
	{.name = "annotation_matchers",
     .type = OPTION_NODE,
     .offset = AT(annotation_matchers),
     .form = "list of matchers",
     .doc = "likewise, on annotations"},
	{.name = "page_budget",
     .type = OPTION_NODE,
     .offset = AT(page_budget),
     .inner = &page_budget_table,
     .doc = "how many pages it may cost: {per: 7d, pages: 20, nights: 3, when_exceeded: say}"},
	{.name = "continue", .type = OPTION_BOOL, .offset = AT(goes_on), .doc = "later rules fill what is still open"},
	{.name = "match",
     .type = OPTION_FOREIGN,
     .doc = "is an old form of Alertmanager's: write matchers: ['name=\"value\"']"},
	{.name = "match_re",
     .type = OPTION_FOREIGN,
     .doc = "is an old form of Alertmanager's: write matchers: ['name=~\"pattern\"']"},
	{.name = "routes",
     .type = OPTION_FOREIGN,
     .doc = "is Alertmanager's: rules do not nest, write a rule for each route, with the matchers of those above it"},
	{.name = "receiver", .type = OPTION_FOREIGN, .doc = "is Alertmanager's: write receivers: [name]"},
	{.name = "group_wait",
     .type = OPTION_FOREIGN,
     .doc = "is Alertmanager's and stays there: page_after waits whether an alert still fires"},
	{.name = "group_interval", .type = OPTION_FOREIGN, .doc = "is Alertmanager's and stays there"},
	{.name = "alert",
     .type = OPTION_FOREIGN,
     .doc = "is Prometheus': here a rule says what becomes of alerts, matchers: ['alertname=\"…\"']"},
};
#define ROWS (sizeof rows / sizeof *rows)
const struct option_table rule_table = OPTION_TABLE(rows);

/* ---- matchers ---- */

bool rule_read_matchers(const struct rule_reader *r, const struct yaml_node *node, struct matcher **out, size_t *count)
{
	if (!node || yaml_is_null(node))
		return true;
	if (node->kind == YAML_SCALAR)
		return matchers_parse(r->arena, node->text, node->at, out, count, r->err);
	if (node->kind != YAML_LIST) {
		err_at(r->err, node->at, "matchers: must be a list of texts, not a %s", yaml_kind_name(node));
		return false;
	}
	bool good = true;
	for (size_t i = 0; i < node->count; i++) {
		const struct yaml_node *item = node->items[i];
		if (item->kind == YAML_SCALAR) {
			good &= matchers_parse(r->arena, item->text, item->at, out, count, r->err);
			continue;
		}
		err_at(r->err, item->at, "matchers: want name=\"value\", not a %s (in quotes?)", yaml_kind_name(item));
		good = false;
	}
	return good;
}

static void add_scope(const struct matcher *from, size_t n, struct matcher **out, size_t *count)
{
	if (n == 0)
		return;
	*out = mem_grow_array(*out, *count + n, sizeof **out);
	for (size_t i = 0; i < n; i++) {
		(*out)[*count] = from[i];
		(*out)[(*count)++].pattern = pattern_ref(from[i].pattern);
	}
}

static bool read_all_matchers(const struct rule_reader *r, const struct rule_text *text, const struct scope *scope,
                              struct rule *out)
{
	add_scope(scope->matchers, scope->matcher_count, &out->matchers, &out->matcher_count);
	add_scope(scope->annotation_matchers, scope->annotation_matcher_count, &out->annotation_matchers,
	          &out->annotation_matcher_count);
	bool good = rule_read_matchers(r, text->matchers, &out->matchers, &out->matcher_count);
	return rule_read_matchers(r, text->annotation_matchers, &out->annotation_matchers,
	                          &out->annotation_matcher_count) &&
	       good;
}

/* ---- names that templates may use ---- */

#define RUNBOOK_NAMES 9
/*
 * What plan_context.c makes. A runbook is decided before the incident is, so its template cannot use `runbook` and
 * `incident`, which come last.
 */
static const char *const fixed_names[] = {
	"labels",
	"annotations",
	"severity.name",
	"severity.rank",
	"severity.description",
	"severity.response",
	"severity.resolution",
	"owner.name",
	"owner.contact",
	"runbook.value",
	"runbook.path",
	"runbook.url",
	"runbook.title",
	"incident.key",
};
#define FIXED_NAMES (sizeof fixed_names / sizeof *fixed_names)

struct names {
	const char *v[FIXED_NAMES + PATTERN_CAPTURES_MAX + 1];
	size_t n;
};

static bool has_template_name(const struct names *names, struct str name)
{
	for (size_t i = 0; i < names->n; i++) {
		struct str known = str_c(names->v[i]);
		ptrdiff_t dot = str_index(known, '.');
		if (str_eq(name, dot < 0 ? known : str_slice(known, 0, (size_t)dot)))
			return true;
	}
	return false;
}

static bool add_capture(const struct rule_reader *r, const struct matcher *m, struct str name, struct names *names)
{
	if (has_template_name(names, name)) {
		err_at(r->err, m->at,
		       "group \"%.*s\" has the name of another group of this rule, or of what every template knows",
		       STR_ARG(name));
		return false;
	}
	if (names->n == FIXED_NAMES + PATTERN_CAPTURES_MAX) {
		err_at(r->err, m->at, "more than %d named groups in one rule", PATTERN_CAPTURES_MAX);
		return false;
	}
	names->v[names->n++] = arena_cstr(r->arena, name);
	return true;
}

static bool add_captures(const struct rule_reader *r, const struct matcher *matchers, size_t count, struct names *names)
{
	for (size_t i = 0; i < count; i++) {
		const struct str *groups = NULL;
		size_t n =
			matchers[i].op == MATCH_REGEX && matchers[i].pattern ? pattern_groups(matchers[i].pattern, &groups) : 0;
		for (size_t k = 0; k < n; k++)
			if (!add_capture(r, &matchers[i], groups[k], names))
				return false;
	}
	return true;
}

static bool collect_names(const struct rule_reader *r, const struct rule *rule, struct names *out)
{
	memcpy(out->v, fixed_names, sizeof fixed_names);
	out->n = FIXED_NAMES;
	return add_captures(r, rule->matchers, rule->matcher_count, out) &&
	       add_captures(r, rule->annotation_matchers, rule->annotation_matcher_count, out);
}

/* ---- templates ---- */

/*
 * Where the text begins with a scheme, the authority (up to the next / ? or #) must hold no tag: no label can choose a
 * host. Text that begins otherwise is a catalog path, whatever its tags become.
 */
static bool check_url(const struct rule_reader *r, struct rule *rule, struct pos at)
{
	struct str text = rule->runbook_text;
	ptrdiff_t colon = str_find(text, STR("://")), tag = str_find(text, STR("{{"));
	if (colon < 0 || (tag >= 0 && tag < colon))
		return true;
	if (!str_starts(text, STR("https://")) && !str_starts(text, STR("http://"))) {
		err_at(r->err, at, "runbook: a URL begins with https:// or http://");
		return false;
	}
	size_t end = (size_t)colon + 3;
	while (end < text.n && (!text.p[end] || !strchr("/?#", text.p[end])))
		end++;
	if (end == (size_t)colon + 3 || (tag >= 0 && (size_t)tag < end)) {
		err_at(r->err, at, "runbook: the host of a URL must be written out, not made by a template");
		return false;
	}
	rule->runbook_is_url = true;
	return true;
}

static bool read_rule_runbook(const struct rule_reader *r, const struct names *names, struct rule *rule)
{
	if (!rule->sets[RULE_RUNBOOK])
		return true;
	struct names allowed = {.n = names->n - (FIXED_NAMES - RUNBOOK_NAMES)};
	memcpy(allowed.v, fixed_names, RUNBOOK_NAMES * sizeof *fixed_names);
	memcpy(allowed.v + RUNBOOK_NAMES, names->v + FIXED_NAMES, (names->n - FIXED_NAMES) * sizeof *names->v);
	struct pos at = rule->field_at[RULE_RUNBOOK];
	rule->runbook = template_compile(rule->runbook_text, allowed.v, at, r->err);
	return rule->runbook && check_url(r, rule, at);
}

/*
 * A label chooses among the configured receivers: what it says is looked up when an alert comes, and is never more than a
 * name. Severity and owner are not decided then.
 */
static bool read_receivers(const struct rule_reader *r, const struct names *names, struct rule *rule)
{
	static const char *const before[] = {"labels", "annotations"};
	struct names allowed = {.v = {before[0], before[1]}, .n = names->n - FIXED_NAMES + 2};
	bool good = true;
	memcpy(allowed.v + 2, names->v + FIXED_NAMES, (names->n - FIXED_NAMES) * sizeof *names->v);
	for (size_t i = 0; i < rule->receivers.n; i++) {
		if (str_find(rule->receivers.v[i], STR("{{")) < 0)
			continue;
		if (!rule->receiver_templates)
			rule->receiver_templates = mem_zero(rule->receivers.n * sizeof(struct template *));
		rule->receiver_templates[i] =
			template_compile(rule->receivers.v[i], allowed.v, rule->field_at[RULE_RECEIVERS], r->err);
		good &= rule->receiver_templates[i] != NULL;
	}
	return good;
}

static bool read_templates(const struct rule_reader *r, struct str summary, struct rule *rule)
{
	struct names names = {0};
	if (!collect_names(r, rule, &names))
		return false;
	bool good = read_rule_runbook(r, &names, rule);
	good &= read_receivers(r, &names, rule);
	if (rule->sets[RULE_SUMMARY]) {
		rule->summary = template_compile(summary, names.v, rule->field_at[RULE_SUMMARY], r->err);
		good &= rule->summary != NULL;
	}
	bool templates = (rule->runbook && !template_is_literal(rule->runbook)) ||
	                 (rule->summary && !template_is_literal(rule->summary)) || rule->receiver_templates;
	rule->uses_captures = templates && names.n > FIXED_NAMES;
	return good;
}

/* ---- the rule ---- */

static bool check_not_empty(const struct rule_reader *r, const struct yaml_node *node, const bool *given)
{
	bool good = true;
	for (size_t i = 0; i < ROWS; i++) {
		if (!given[i] || (rows[i].type != OPTION_STR && rows[i].type != OPTION_STRS))
			continue;
		const struct yaml_node *value = yaml_get(node, rows[i].name);
		bool empty = value->kind == YAML_LIST ? value->count == 0 : str_trim(value->text).n == 0;
		for (size_t k = 0; value->kind == YAML_LIST && k < value->count; k++)
			empty |= str_trim(value->items[k]->text).n == 0;
		if (empty)
			err_at(r->err, value->at, "rule: \"%s\" must not be empty", rows[i].name);
		good &= !empty;
	}
	return good;
}

static void take_fields(const struct rule_text *text, const struct yaml_node *node, const bool *given, struct rule *out)
{
	out->name = text->name;
	out->at = node->at;
	out->goes_on = text->goes_on;
	out->runbook_text = text->runbook;
	out->severity = text->severity;
	out->owner = text->owner;
	out->escalation = text->escalation;
	out->receivers = text->receivers;
	out->hours = (struct hours_said){text->active, text->mute};
	out->repeat_interval = text->repeat_interval;
	out->page_after = text->page_after;
	out->resolve_hold = text->resolve_hold;
	out->page = text->page;
	for (int i = 0; i < RULE_FIELDS; i++) {
		out->sets[i] = given[i];
		if (given[i])
			out->field_at[i] = yaml_get(node, rows[i].name)->at;
	}
}

static void take_scope_owner(const struct scope *scope, struct rule *out)
{
	if (out->sets[RULE_OWNER] || scope->owner.n == 0)
		return;
	out->sets[RULE_OWNER] = true;
	out->owner = scope->owner;
	out->field_at[RULE_OWNER] = scope->owner_at;
}

/* ---- heartbeat ---- */

/* What would make the watch pointless, said where both stand in one rule. */
static bool check_heartbeat_tells(const struct rule_reader *r, const struct rule *rule)
{
	if (rule->sets[RULE_PAGE] && !rule->page) {
		err_at(r->err, rule->field_at[RULE_PAGE],
		       "rule: with \"page: false\" nobody would be told that its heartbeat is missing");
		return false;
	}
	if (rule->sets[RULE_PAGE_AFTER]) {
		err_at(r->err, rule->field_at[RULE_PAGE_AFTER],
		       "rule: a heartbeat pages when its \"every\" has passed, \"page_after\" does not apply to it");
		return false;
	}
	return true;
}

static bool read_heartbeat(const struct rule_reader *r, const struct yaml_node *node, struct rule *rule)
{
	struct heartbeat_text text = {0};
	bool good = options_read(heartbeat_rows, sizeof heartbeat_rows / sizeof *heartbeat_rows, node, "heartbeat",
	                         r->arena, &text, NULL, r->err);
	rule->heartbeat = text.every;
	return check_heartbeat_tells(r, rule) && good;
}

bool rule_read(const struct rule_reader *r, const struct yaml_node *node, const struct scope *scope, struct rule *out)
{
	*out = (struct rule){.at = node->at};
	struct rule_text text = {0};
	bool given[ROWS] = {false};
	bool good = options_read(rows, ROWS, node, "rule", r->arena, &text, given, r->err);
	if (node->kind != YAML_MAP)
		return false;
	if (!good) { /* still say what is wrong with the matchers */
		(void)read_all_matchers(r, &text, scope, out);
		return false;
	}
	take_fields(&text, node, given, out);
	take_scope_owner(scope, out);
	good &= check_not_empty(r, node, given);
	good &= read_all_matchers(r, &text, scope, out);
	if (given[RULE_GROUP_BY])
		good &= group_by_parse(r->arena, text.group_by, &out->group_by, r->err);
	if (given[RULE_HEARTBEAT])
		good &= read_heartbeat(r, text.heartbeat, out);
	good &= page_budget_read(text.page_budget, "rule", r->arena, &out->budget, r->err);
	return read_templates(r, text.summary, out) && good;
}

static void release_matchers(struct matcher *v, size_t n)
{
	for (size_t i = 0; i < n; i++)
		matcher_release(&v[i]);
	free(v);
}

void rule_release(struct rule *rule)
{
	release_matchers(rule->matchers, rule->matcher_count);
	release_matchers(rule->annotation_matchers, rule->annotation_matcher_count);
	template_free(rule->runbook);
	template_free(rule->summary);
	for (size_t i = 0; rule->receiver_templates && i < rule->receivers.n; i++)
		template_free(rule->receiver_templates[i]);
	free(rule->receiver_templates);
	*rule = (struct rule){0};
}
