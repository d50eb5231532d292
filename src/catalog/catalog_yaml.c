/* catalog.yml to entries: catalog_add_yaml(). One table of options per kind of entry. */
#include <stddef.h>

#include "catalog/catalog_yaml.h"

#define ROW(target, member, option_type, text)                                                                         \
	{                                                                                                                  \
		.name = #member, .type = (option_type), .offset = offsetof(struct target, member), .doc = (text)               \
	}
#define REQUIRED(target, member, option_type, text)                                                                    \
	{                                                                                                                  \
		.name = #member, .type = (option_type), .offset = offsetof(struct target, member), .required = true,           \
		.doc = (text)                                                                                                  \
	}
#define COUNT(rows) (sizeof(rows) / sizeof *(rows))

bool yaml_claim(struct yaml_reading *r, struct map *into, struct yaml_node *node, struct str name, void *entry)
{
	char room[CATALOG_NAME_MAX];
	struct str folded = catalog_fold(name, room);
	if (!folded.n) {
		err_at(r->err, node->at, "%s: the name must have 1 to %d bytes, this one has %zu", r->what, CATALOG_NAME_MAX,
		       name.n);
		return false;
	}
	const struct yaml_node *earlier = map_set(r->seen, folded, node);
	if (earlier) {
		err_at(r->err, node->at, "%s \"%.*s\" is given twice, first at line %d", r->what, STR_ARG(name),
		       earlier->at.line);
		return false;
	}
	map_set(into, folded, entry);
	return true;
}

/* ---- severities ---- */

static const char *const pagerduty_words[] = {"critical", "error", "warning", "info", NULL};

struct severity_entry {
	struct str name, description, escalation, words, examples, escalation_text, communication_text;
	int64_t response, resolution;
	struct str response_text, resolution_text;
	struct strs aliases, receivers, active, mute;
	int pagerduty;
};

static const struct option severity_rows[] = {
	REQUIRED(severity_entry, name, OPTION_STR, "As pages show it: P1, critical. The order of the list is the rank."),
	ROW(severity_entry, description, OPTION_STR, "What it means, in a sentence."),
	ROW(severity_entry, response, OPTION_DURATION, "Time until somebody works on it."),
	ROW(severity_entry, resolution, OPTION_DURATION, "Time until it is over."),
	ROW(severity_entry, aliases, OPTION_STRS, "Other words for it in an alert's severity label."),
	{.name = "pagerduty",
     .type = OPTION_CHOICE,
     .offset = offsetof(struct severity_entry, pagerduty),
     .choices = pagerduty_words,
     .doc = "PagerDuty's word for it; by default it follows from the rank."},
	ROW(severity_entry, receivers, OPTION_STRS, "Who is paged where neither rule nor owner says."),
	ROW(severity_entry, escalation, OPTION_STR, "The escalation policy where neither rule nor owner names one."),
	ROW(severity_entry, words, OPTION_STR, "Its name in words: Critical beside P0."),
	ROW(severity_entry, examples, OPTION_STR, "What is so grave, in a sentence."),
	ROW(severity_entry, response_text, OPTION_STR, "The response time in words: Next business day."),
	ROW(severity_entry, resolution_text, OPTION_STR, "The resolution time in words."),
	ROW(severity_entry, escalation_text, OPTION_STR, "How it is escalated, in a sentence."),
	ROW(severity_entry, active, OPTION_STRS, "Time intervals outside which its pages are held."),
	ROW(severity_entry, mute, OPTION_STRS, "Time intervals in which its pages are held."),
	ROW(severity_entry, communication_text, OPTION_STR, "How it is communicated, in a sentence."),
};
enum { SEVERITY_ROW_PAGERDUTY = 5 };

static const struct option_table severity_table = OPTION_TABLE(severity_rows);

static bool read_severity(struct yaml_reading *r, struct yaml_node *node)
{
	struct severity_entry e = {0};
	bool given[COUNT(severity_rows)] = {false};
	if (!options_read(severity_rows, COUNT(severity_rows), node, r->what, r->c->arena, &e, given, r->err))
		return false;
	struct severity *s = arena_alloc(r->c->arena, sizeof *s);
	*s = (struct severity){
		.name = e.name,
		.description = e.description,
		.words = e.words,
		.examples = e.examples,
		.escalation_text = e.escalation_text,
		.communication_text = e.communication_text,
		.response = yaml_duration(r->c->arena, e.response, e.response_text),
		.resolution = yaml_duration(r->c->arena, e.resolution, e.resolution_text),
		.aliases = e.aliases,
		.receivers = e.receivers,
		.escalation = e.escalation,
		.escalation_at = e.escalation.n ? yaml_get(node, "escalation")->at : (struct pos){0},
		.hours = {e.active, e.mute},
		.at = node->at,
		.pagerduty = given[SEVERITY_ROW_PAGERDUTY] ? str_c(pagerduty_words[e.pagerduty]) : (struct str){0},
	};
	s->response_ms = s->response.ms;
	s->resolution_ms = s->resolution.ms;
	return yaml_claim(r, r->c->severities, node, s->name, s);
}

/* ---- owners ---- */

struct owner_entry {
	struct owner owner;
	const struct yaml_node *receivers, *page_budget;
};

static const struct option owner_rows[] = {
	{.name = "name",
     .type = OPTION_STR,
     .offset = offsetof(struct owner_entry, owner.name),
     .required = true,
     .doc = "As rules and owner labels name it."},
	{.name = "contact",
     .type = OPTION_STR,
     .offset = offsetof(struct owner_entry, owner.contact),
     .doc = "Where to reach the team."},
	{.name = "receivers",
     .type = OPTION_NODE,
     .offset = offsetof(struct owner_entry, receivers),
     .form = "list, or mapping of lists",
     .doc = "Who is paged; by severity, with `default` for the others, where a mapping says so."},
	{.name = "escalation",
     .type = OPTION_STR,
     .offset = offsetof(struct owner_entry, owner.escalation),
     .doc = "The team's escalation policy."},
	{.name = "active",
     .type = OPTION_STRS,
     .offset = offsetof(struct owner_entry, owner.hours.active),
     .doc = "Time intervals outside which the team's pages are held."},
	{.name = "mute",
     .type = OPTION_STRS,
     .offset = offsetof(struct owner_entry, owner.hours.mute),
     .doc = "Time intervals in which the team's pages are held."},
	{.name = "page_budget",
     .type = OPTION_NODE,
     .offset = offsetof(struct owner_entry, page_budget),
     .inner = &page_budget_table,
     .doc = "How many pages the team may cost: {per: 7d, pages: 20, nights: 3}."},
};

static const struct option_table owner_table = OPTION_TABLE(owner_rows);

/* A list of names: the same rules as for any other, through a table of one row. */
static bool read_receiver_names(struct yaml_reading *r, struct yaml_node *value, struct yaml_node *key,
                                struct strs *out)
{
	struct holder {
		struct strs receivers;
	} h = {{0}};
	const struct option row = ROW(holder, receivers, OPTION_STRS, "Receivers.");
	struct yaml_node name = *key;
	name.text = STR("receivers");
	struct yaml_node *keys[] = {&name}, *items[] = {value};
	const struct yaml_node map = {.kind = YAML_MAP, .at = value->at, .count = 1, .items = items, .keys = keys};
	if (!options_read(&row, 1, &map, "owner", r->c->arena, &h, NULL, r->err))
		return false;
	*out = h.receivers;
	return true;
}

static bool read_owner_receivers(struct yaml_reading *r, const struct yaml_node *node, struct owner *o)
{
	struct arena *arena = r->c->arena;
	if (node->kind != YAML_MAP) {
		struct yaml_node *list = arena_alloc(arena, sizeof *list);
		*list = *node;
		o->receivers = arena_alloc(arena, sizeof *o->receivers);
		o->receivers_count = 1;
		o->receivers[0].severity = STR("default");
		return read_receiver_names(r, list, list, &o->receivers[0].receivers);
	}
	bool ok = true;
	o->receivers = arena_alloc(arena, (node->count + 1) * sizeof *o->receivers);
	for (size_t i = 0; i < node->count; i++) {
		struct owner_receivers *row = &o->receivers[o->receivers_count++];
		row->severity = node->keys[i]->text;
		row->at = node->keys[i]->at;
		ok = read_receiver_names(r, node->items[i], node->keys[i], &row->receivers) && ok;
	}
	return ok;
}

static bool read_owner(struct yaml_reading *r, struct yaml_node *node)
{
	struct owner_entry e = {.owner = {.at = node->at}};
	bool ok = options_read(owner_rows, COUNT(owner_rows), node, r->what, r->c->arena, &e, NULL, r->err);
	if (e.owner.escalation.n)
		e.owner.escalation_at = yaml_get(node, "escalation")->at;
	if (e.receivers)
		ok = read_owner_receivers(r, e.receivers, &e.owner) && ok;
	ok = page_budget_read(e.page_budget, "owner", r->c->arena, &e.owner.budget, r->err) && ok;
	if (!ok)
		return false;
	struct owner *o = arena_alloc(r->c->arena, sizeof *o);
	*o = e.owner;
	return yaml_claim(r, r->c->owners, node, o->name, o);
}

/* ---- contacts ---- */

static const struct option contact_rows[] = {
	REQUIRED(contact, role, OPTION_STR, "The role that escalations notify: On-call Lead."),
	ROW(contact, primary, OPTION_STR, "Who it is."),
	ROW(contact, backup, OPTION_STR, "Who it is when the first does not answer."),
	ROW(contact, method, OPTION_STR, "How to reach them: phone, chat."),
	ROW(contact, address, OPTION_STR, "Number, handle or channel."),
	ROW(contact, say, OPTION_STR, "What a page says about reaching them."),
	ROW(contact, receivers, OPTION_STRS, "The receivers that reach this role."),
	ROW(contact, schedule, OPTION_STR, "The schedule that says who has this role now."),
};

static const struct option_table contact_table = OPTION_TABLE(contact_rows);

/* One role may be reached in two ways; twice the same way is a mistake. */
static struct str contact_name(struct yaml_reading *r, const struct contact *p)
{
	char room[CATALOG_NAME_MAX];
	struct str name = p->role;
	for (int i = 2;; i++) {
		struct str folded = catalog_fold(name, room);
		const struct contact *other = map_get(r->seen, folded) ? map_get(r->c->contacts, folded) : NULL;
		if (!other || (str_eq(other->address, p->address) && str_eq(other->primary, p->primary)))
			return name;
		name = str_c(arena_printf(r->c->arena, "%.*s#%d", STR_ARG(p->role), i));
	}
}

static bool read_contact(struct yaml_reading *r, struct yaml_node *node)
{
	struct contact *p = arena_alloc(r->c->arena, sizeof *p);
	p->at = node->at;
	return options_read(contact_rows, COUNT(contact_rows), node, r->what, r->c->arena, p, NULL, r->err) &&
	       yaml_claim(r, r->c->contacts, node, contact_name(r, p), p);
}

/* ---- escalations ---- */

struct step_entry {
	int64_t after;
	struct strs notify, active, mute;
	struct str when;
};

static const struct option step_rows[] = {
	ROW(step_entry, after, OPTION_DURATION, "Time since the page went out; without it, the next in order."),
	REQUIRED(step_entry, notify, OPTION_STRS, "Roles of `contacts`, or receivers."),
	ROW(step_entry, when, OPTION_STR,
        "response_missed or resolution_missed, instead of `after`: when the severity's time has passed."),
	ROW(step_entry, active, OPTION_STRS,
        "Told only then: names of `time_intervals`. What is due at another time waits."),
	ROW(step_entry, mute, OPTION_STRS, "Not told then: likewise."),
};

static const struct option_table step_table = OPTION_TABLE(step_rows);

struct escalation_entry {
	struct str name, severity;
	const struct yaml_node *steps;
};

static const struct option escalation_rows[] = {
	REQUIRED(escalation_entry, name, OPTION_STR, "As severities, owners and rules name it."),
	ROW(escalation_entry, severity, OPTION_STR, "The severity that takes it where neither rule nor owner names one."),
	{.name = "steps",
     .type = OPTION_NODE,
     .offset = offsetof(struct escalation_entry, steps),
     .required = true,
     .inner = &step_table,
     .list = true,
     .doc = "Who is notified after how long without acknowledgement."},
};
static const struct option_table escalation_table = OPTION_TABLE(escalation_rows);

const char *step_when_name(enum step_when when)
{
	static const char *const names[] = {[STEP_BY_TIME] = "",
	                                    [STEP_RESPONSE_MISSED] = "response_missed",
	                                    [STEP_RESOLUTION_MISSED] = "resolution_missed"};
	return names[when];
}

static bool read_when(struct yaml_reading *r, const struct yaml_node *node, struct str word, bool timed,
                      enum step_when *out)
{
	*out = str_eq_c(word, "response_missed")     ? STEP_RESPONSE_MISSED
	       : str_eq_c(word, "resolution_missed") ? STEP_RESOLUTION_MISSED
	                                             : STEP_BY_TIME;
	if (word.n && *out == STEP_BY_TIME)
		err_at(r->err, node->at, "step: \"when\": \"%.*s\" is neither response_missed nor resolution_missed",
		       STR_ARG(word));
	else if (word.n && timed)
		err_at(r->err, node->at, "step: \"when\" stands instead of \"after\", not beside it");
	else
		return true;
	return false;
}

static bool read_escalation_step(struct yaml_reading *r, const struct yaml_node *node, struct escalation *x)
{
	struct step_entry e = {0};
	bool given[COUNT(step_rows)] = {false};
	if (!options_read(step_rows, COUNT(step_rows), node, "step", r->c->arena, &e, given, r->err))
		return false;
	if (!given[0])
		e.after = -1;
	if (!e.notify.n) {
		err_at(r->err, yaml_get(node, "notify")->at,
		       "step: \"notify\" is empty, so nobody would be told: name a role, or leave the step out");
		return false;
	}
	enum step_when when;
	if (!read_when(r, node, e.when, given[0], &when))
		return false;
	if (x->count && e.after >= 0 && e.after < x->steps[x->count - 1].after_ms) {
		err_at(r->err, node->at, "a step comes after a later one: write the steps in order of time");
		return false;
	}
	x->steps[x->count++] =
		(struct escalation_step){.after_ms = e.after, .notify = e.notify, .when = when, .hours = {e.active, e.mute}};
	return true;
}

static bool read_escalation(struct yaml_reading *r, struct yaml_node *node)
{
	struct escalation_entry e = {0};
	if (!options_read(escalation_rows, COUNT(escalation_rows), node, r->what, r->c->arena, &e, NULL, r->err))
		return false;
	if (e.steps->kind != YAML_LIST || !e.steps->count) {
		err_at(r->err, e.steps->at, "steps: expected a list of {after, notify}, this is %s%s",
		       e.steps->kind == YAML_LIST ? "an empty " : "a ", yaml_kind_name(e.steps));
		return false;
	}
	struct escalation *x = arena_alloc(r->c->arena, sizeof *x);
	*x = (struct escalation){.name = e.name, .severity = e.severity, .at = node->at};
	x->steps = arena_alloc(r->c->arena, e.steps->count * sizeof *x->steps);
	bool ok = true;
	for (size_t i = 0; i < e.steps->count; i++)
		ok = read_escalation_step(r, e.steps->items[i], x) && ok;
	return ok && yaml_claim(r, r->c->escalations, node, x->name, x);
}

/* ---- runbooks ---- */

static const struct option *make_runbook_table(struct arena *arena, size_t *count)
{
	(void)arena;
	return runbook_rows(count);
}
static const struct option_table runbook_table = {.make = make_runbook_table};

static bool read_declared_runbook(struct yaml_reading *r, struct yaml_node *node)
{
	size_t count;
	const struct option *rows = runbook_rows(&count);
	struct runbook *b = arena_alloc(r->c->arena, sizeof *b);
	b->at = node->at;
	if (!options_read(rows, count, node, r->what, r->c->arena, b, NULL, r->err) ||
	    !runbook_path_check(b->path, node->at, r->err))
		return false;
	struct str key = catalog_runbook_key(r->c->arena, b->path, b->anchor);
	struct yaml_node *earlier = map_set(r->seen, key, node);
	if (earlier) {
		err_at(r->err, node->at, "runbook \"%.*s\" is given twice, first at line %d", STR_ARG(key), earlier->at.line);
		return false;
	}
	map_set(r->c->declared, key, b);
	return true;
}

/* ---- the file ---- */

struct file_entry {
	const struct yaml_node *severities, *owners, *contacts, *escalations, *runbooks, *schedules, *people;
	struct yaml_lists lists;
};

#define LIST_ROW(member_name, member, option_type, text)                                                               \
	{                                                                                                                  \
		.name = (member_name), .type = (option_type), .offset = offsetof(struct file_entry, lists.member),             \
		.doc = (text)                                                                                                  \
	}

#define ENTRIES(its_name, member, table, text)                                                                         \
	{                                                                                                                  \
		.name = #its_name, .type = OPTION_NODE, .offset = offsetof(struct file_entry, member), .inner = &(table),      \
		.list = true, .doc = (text)                                                                                    \
	}

static const struct option file_rows[] = {
	ENTRIES(severities, severities, severity_table, "Gravest first."),
	ENTRIES(owners, owners, owner_table, "Teams."),
	ENTRIES(contacts, contacts, contact_table, "Roles that escalations notify."),
	ENTRIES(escalations, escalations, escalation_table, "Escalation policies."),
	ENTRIES(runbooks, runbooks, runbook_table, "What the runbook folder does not say itself."),
	ENTRIES(schedules, schedules, schedule_table, "Who is on call when: calendars and rotations."),
	ENTRIES(people, people, person_table, "Who calendars and rotations name, and how to reach them."),
	LIST_ROW("owner", owner, OPTION_STR, "Who owns what nobody else does."),
	LIST_ROW("last_updated", last_updated, OPTION_STR, "The date of the index page: 2025-12-22."),
	LIST_ROW("review", review, OPTION_DURATION, "How often the runbooks are read again."),
	LIST_ROW("review_text", review_text, OPTION_STR, "The same in words."),
	ENTRIES(planned, lists.planned, planned_table, "Runbooks that are yet to be written."),
	ENTRIES(links, lists.links, link_table, "War rooms, status pages, services, further reading."),
	ENTRIES(sections, lists.sections, section_table, "What a runbook or a post-mortem must, or may, have."),
	ENTRIES(templates, lists.templates, template_table, "Messages to fill in."),
	ENTRIES(policies, lists.policies, policy_table, "Reviews, post-incident duties, training, tools, access."),
};
const struct option_table catalog_yaml_table = OPTION_TABLE(file_rows);

static const struct section {
	const char *name, *what;
	size_t offset;
	bool (*read)(struct yaml_reading *r, struct yaml_node *node);
} sections[] = {
	{"severities", "severity", offsetof(struct file_entry, severities), read_severity},
	{"owners", "owner", offsetof(struct file_entry, owners), read_owner},
	{"contacts", "contact", offsetof(struct file_entry, contacts), read_contact},
	{"escalations", "escalation", offsetof(struct file_entry, escalations), read_escalation},
	{"runbooks", "runbook", offsetof(struct file_entry, runbooks), read_declared_runbook},
	{"schedules", "schedule", offsetof(struct file_entry, schedules), yaml_read_schedule},
	{"people", "person", offsetof(struct file_entry, people), yaml_read_person},
};

static bool read_catalog_section(struct catalog *c, const struct section *s, const struct yaml_node *node,
                                 struct err *err)
{
	if (node->kind != YAML_LIST) {
		err_at(err, node->at, "%s: expected a list, this is a %s", s->name, yaml_kind_name(node));
		return false;
	}
	struct yaml_reading r = {c, map_new(), s->what, err};
	bool ok = true;
	for (size_t i = 0; i < node->count; i++)
		ok = s->read(&r, node->items[i]) && ok;
	map_free(r.seen);
	return ok;
}

bool catalog_add_yaml(struct catalog *c, const char *file, struct str text, struct err *err)
{
	const struct yaml_node *root = yaml_parse(c->arena, file, text, err);
	if (!root)
		return false;
	struct file_entry e = {0};
	bool ok = options_read(file_rows, COUNT(file_rows), root, "catalog", c->arena, &e, NULL, err);
	for (size_t i = 0; i < COUNT(sections); i++) {
		const struct yaml_node *node = *(const struct yaml_node *const *)((const char *)&e + sections[i].offset);
		if (node && !yaml_is_null(node))
			ok = read_catalog_section(c, &sections[i], node, err) && ok;
	}
	return yaml_lists_read(c, &e.lists, err) && ok;
}
