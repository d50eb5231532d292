/* The sections of catalog.yml that are lists of facts: planned, links, sections, templates, policies. */
#include <stddef.h>

#include "base/time.h"
#include "catalog/collect.h"

#define COUNT(rows) (sizeof(rows) / sizeof *(rows))
#define ROW(target, member_name, member, option_type, text)                                                            \
	{                                                                                                                  \
		.name = (member_name), .type = (option_type), .offset = offsetof(struct target, member), .doc = (text)         \
	}
#define REQUIRED(target, member_name, member, option_type, text)                                                       \
	{                                                                                                                  \
		.name = (member_name), .type = (option_type), .offset = offsetof(struct target, member), .required = true,     \
		.doc = (text)                                                                                                  \
	}

struct fact_duration yaml_duration(struct arena *arena, int64_t ms, struct str words)
{
	char text[TIME_DURATION_MAX];
	if (!ms && !words.n)
		return (struct fact_duration){0};
	struct str as_written = words.n ? words : arena_str(arena, str_c(time_duration_format(ms, text)));
	struct fact_duration d = fact_duration_read(arena, as_written);
	if (ms && ms != d.ms)
		d.months = 0, d.business_ms = 0;
	d.ms = ms ? ms : d.ms;
	return d;
}

/* ---- planned ---- */

static const struct option planned_rows[] = {
	REQUIRED(fact_runbook, "title", title, OPTION_STR, "What it is to be about."),
	ROW(fact_runbook, "category", category, OPTION_STR, "Where it is to stand."),
	ROW(fact_runbook, "description", description, OPTION_STR, "What it is for."),
};

const struct option_table planned_table = OPTION_TABLE(planned_rows);

static bool read_planned(struct catalog *c, const struct yaml_node *node, struct err *err)
{
	struct facts *f = &c->declared_facts;
	struct fact_runbook e = {.at = node->at};
	if (!options_read(planned_rows, COUNT(planned_rows), node, "planned", c->arena, &e, NULL, err))
		return false;
	MEM_ROOM(f->planned, f->planned_count, f->planned_capacity);
	f->planned[f->planned_count++] = e;
	return true;
}

/* ---- links ---- */

static const char *const link_kind_names[] = {"war_room", "status_page", "service", "related", NULL};

struct link_entry {
	struct fact_link link;
	int kind;
};

static const struct option link_rows[] = {
	REQUIRED(link_entry, "name", link.name, OPTION_STR, "What it leads to."),
	ROW(link_entry, "url", link.url, OPTION_STR, "Where it leads."),
	ROW(link_entry, "group", link.group, OPTION_STR, "What it belongs to: production."),
	ROW(link_entry, "description", link.description, OPTION_STR, "What is found there."),
	{.name = "kind",
     .type = OPTION_CHOICE,
     .offset = offsetof(struct link_entry, kind),
     .fallback = "related",
     .choices = link_kind_names,
     .doc = "What kind of place it is."},
};

const struct option_table link_table = OPTION_TABLE(link_rows);

static bool read_link_entry(struct catalog *c, const struct yaml_node *node, struct err *err)
{
	struct facts *f = &c->declared_facts;
	struct link_entry e;
	options_defaults(link_rows, COUNT(link_rows), c->arena, &e);
	e.link.at = node->at;
	if (!options_read(link_rows, COUNT(link_rows), node, "link", c->arena, &e, NULL, err))
		return false;
	e.link.kind = (enum fact_link_kind)e.kind;
	MEM_ROOM(f->links, f->links_count, f->links_capacity);
	f->links[f->links_count++] = e.link;
	return true;
}

/* ---- sections ---- */

static const char *const section_kinds[] = {"runbook", "postmortem", NULL};

struct section_entry {
	struct fact_section section;
	int kind;
};

static const struct option section_rows[] = {
	REQUIRED(section_entry, "name", section.name, OPTION_STR, "The heading."),
	ROW(section_entry, "type", section.type, OPTION_STR, "The kind of runbook that must have it; all, by default."),
	ROW(section_entry, "description", section.description, OPTION_STR, "What belongs there."),
	{.name = "required",
     .type = OPTION_BOOL,
     .offset = offsetof(struct section_entry, section.required),
     .fallback = "true",
     .doc = "False: it may be missing."},
	{.name = "kind",
     .type = OPTION_CHOICE,
     .offset = offsetof(struct section_entry, kind),
     .fallback = "runbook",
     .choices = section_kinds,
     .doc = "Of a runbook, or of a post-mortem."},
};

const struct option_table section_table = OPTION_TABLE(section_rows);

static bool read_section_entry(struct catalog *c, const struct yaml_node *node, struct err *err)
{
	struct facts *f = &c->declared_facts;
	struct section_entry e;
	options_defaults(section_rows, COUNT(section_rows), c->arena, &e);
	e.section.at = node->at;
	if (!options_read(section_rows, COUNT(section_rows), node, "section", c->arena, &e, NULL, err))
		return false;
	e.section.postmortem = e.kind == 1;
	MEM_ROOM(f->sections, f->sections_count, f->sections_capacity);
	f->sections[f->sections_count++] = e.section;
	return true;
}

/* ---- templates ---- */

static const struct option template_rows[] = {
	REQUIRED(fact_template, "name", name, OPTION_STR, "What the message is for."),
	ROW(fact_template, "body", body, OPTION_STR, "The message, with its placeholders."),
	ROW(fact_template, "placeholders", placeholders, OPTION_STRS, "What is to be filled in."),
	ROW(fact_template, "statuses", statuses, OPTION_STRS, "The words for its status."),
};

const struct option_table template_table = OPTION_TABLE(template_rows);

static bool read_template_entry(struct catalog *c, const struct yaml_node *node, struct err *err)
{
	struct facts *f = &c->declared_facts;
	struct fact_template e = {.at = node->at};
	if (!options_read(template_rows, COUNT(template_rows), node, "template", c->arena, &e, NULL, err))
		return false;
	MEM_ROOM(f->templates, f->templates_count, f->templates_capacity);
	f->templates[f->templates_count++] = e;
	return true;
}

/* ---- policies ---- */

/* In the order of enum fact_policy_kind. */
static const char *const policy_kinds[] = {"review", "post_incident", "formatting",     "training",
                                           "tool",   "access",        "update_process", NULL};

struct policy_entry {
	struct fact_policy policy;
	int kind;
	int64_t every, within;
};

static const struct option policy_rows[] = {
	{.name = "kind",
     .type = OPTION_CHOICE,
     .offset = offsetof(struct policy_entry, kind),
     .required = true,
     .choices = policy_kinds,
     .doc = "What it is about."},
	ROW(policy_entry, "name", policy.name, OPTION_STR, "What it is called."),
	ROW(policy_entry, "text", policy.text, OPTION_STR, "What it says."),
	ROW(policy_entry, "every", every, OPTION_DURATION, "How often."),
	ROW(policy_entry, "every_text", policy.every.text, OPTION_STR, "The same in words."),
	ROW(policy_entry, "within", within, OPTION_DURATION, "How soon after."),
	ROW(policy_entry, "within_text", policy.within.text, OPTION_STR, "The same in words."),
	ROW(policy_entry, "severities", policy.severities, OPTION_STRS, "For incidents of these."),
	ROW(policy_entry, "tasks", policy.tasks, OPTION_STRS, "What is to be done."),
};

const struct option_table policy_table = OPTION_TABLE(policy_rows);

static bool read_policy(struct catalog *c, const struct yaml_node *node, struct err *err)
{
	struct facts *f = &c->declared_facts;
	struct policy_entry e = {.policy = {.at = node->at}};
	if (!options_read(policy_rows, COUNT(policy_rows), node, "policy", c->arena, &e, NULL, err))
		return false;
	e.policy.kind = (enum fact_policy_kind)e.kind;
	e.policy.every = yaml_duration(c->arena, e.every, e.policy.every.text);
	e.policy.within = yaml_duration(c->arena, e.within, e.policy.within.text);
	MEM_ROOM(f->policies, f->policies_count, f->policies_capacity);
	f->policies[f->policies_count++] = e.policy;
	return true;
}

/* ---- all ---- */

static const struct list {
	const char *name;
	size_t offset;
	bool (*read)(struct catalog *c, const struct yaml_node *node, struct err *err);
} lists[] = {
	{"planned", offsetof(struct yaml_lists, planned), read_planned},
	{"links", offsetof(struct yaml_lists, links), read_link_entry},
	{"sections", offsetof(struct yaml_lists, sections), read_section_entry},
	{"templates", offsetof(struct yaml_lists, templates), read_template_entry},
	{"policies", offsetof(struct yaml_lists, policies), read_policy},
};

static bool read_entry_list(struct catalog *c, const struct list *list, const struct yaml_node *node, struct err *err)
{
	bool ok = true;
	if (!node || yaml_is_null(node))
		return true;
	if (node->kind != YAML_LIST) {
		err_at(err, node->at, "%s: expected a list, this is a %s", list->name, yaml_kind_name(node));
		return false;
	}
	for (size_t i = 0; i < node->count; i++)
		ok = list->read(c, node->items[i], err) && ok;
	return ok;
}

bool yaml_lists_read(struct catalog *c, const struct yaml_lists *say, struct err *err)
{
	bool ok = true;
	struct facts *f = &c->declared_facts;
	if (say->owner.n)
		f->owner = say->owner;
	if (say->last_updated.n)
		f->last_updated = say->last_updated;
	if (say->review || say->review_text.n)
		f->review = yaml_duration(c->arena, say->review, say->review_text);
	for (size_t i = 0; i < COUNT(lists); i++)
		ok = read_entry_list(c, &lists[i], *(const struct yaml_node *const *)((const char *)say + lists[i].offset),
		                     err) &&
		     ok;
	return ok;
}
