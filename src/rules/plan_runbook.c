#include "rules/ruleset_impl.h"

static void set_url(struct evaluation *e, struct str url, struct plan_origin from)
{
	struct plan *p = e->plan;
	p->runbook.value = url;
	p->runbook.url = url;
	p->runbook.from = from;
}

/* `value` is a catalog path, perhaps with an anchor; `entry` what the catalog knows of it, or NULL. */
static void set_path(struct evaluation *e, struct str value, const struct runbook *entry, struct plan_origin from)
{
	struct plan *p = e->plan;
	struct str anchor;
	p->runbook.value = value;
	p->runbook.path = runbook_split(value, &anchor);
	p->runbook.url = runbook_url(e->arena, e->rs->defaults->runbook_base, p->runbook.path, anchor);
	p->runbook.entry = entry;
	p->runbook.title = entry ? entry->title : (struct str){0};
	p->runbook.exists = entry && entry->exists;
	p->runbook.from = from;
}

static bool render(struct evaluation *e, const struct rule *rule, struct str *out)
{
	json_t *context = plan_context(e, &e->runbook_captures);
	AUTOBUF struct buf b;
	buf_init(&b, 8192);
	bool good =
		template_render(rule->runbook, context, rule->runbook_is_url ? ESCAPE_URL : ESCAPE_PATH, &b) && buf_ok(&b);
	json_decref(context);
	*out = arena_str(e->arena, buf_str(&b));
	return good;
}

/* What a template made, as a catalog path: unescaped, and refused where a segment would lead elsewhere. */
static bool made_path(struct evaluation *e, struct str *value)
{
	struct str anchor, path = runbook_split(*value, &anchor);
	path = runbook_unescape(e->arena, path);
	anchor = runbook_unescape(e->arena, anchor);
	if (runbook_path_is_odd(path))
		return false;
	*value = path;
	if (anchor.n > 0)
		*value = str_c(arena_printf(e->arena, "%.*s#%.*s", STR_ARG(path), STR_ARG(anchor)));
	return true;
}

static const struct runbook *entry_of(const struct evaluation *e, struct str value)
{
	struct str anchor, path = runbook_split(value, &anchor);
	return catalog_runbook_at(e->rs->catalog, path, anchor);
}

/*
 * False when no rule sets a runbook, or its template failed (counted). `*unknown` is a path that a template made and the
 * catalog does not have: it stands only if no other source knows better.
 */
static bool from_rule(struct evaluation *e, struct str *unknown)
{
	const struct rule *rule = e->setter[RULE_RUNBOOK];
	*unknown = (struct str){0};
	if (!rule)
		return false;
	struct plan_origin from = origin_of_rule(rule, RULE_RUNBOOK);
	struct str value = rule->runbook_text;
	bool literal = template_is_literal(rule->runbook);
	if (!literal && (!render(e, rule, &value) || (!rule->runbook_is_url && !made_path(e, &value)))) {
		e->plan->template_errors++;
		return false;
	}
	if (rule->runbook_is_url) {
		set_url(e, value, from);
		return true;
	}
	const struct runbook *entry = entry_of(e, value);
	if (!entry && !literal) {
		*unknown = value;
		return false;
	}
	set_path(e, value, entry, from);
	return true;
}

static bool from_catalog(struct evaluation *e)
{
	const struct catalog *c = e->rs->catalog;
	const struct runbook *entry = catalog_runbook_by_filename(c, e->plan->alertname);
	enum plan_source source = SOURCE_FILENAME;
	if (!entry) {
		entry = catalog_runbook_by_alert(c, e->plan->alertname);
		source = SOURCE_CATALOG;
	}
	if (!entry)
		return false;
	struct str value = entry->path;
	if (entry->anchor.n)
		value = str_c(arena_printf(e->arena, "%.*s#%.*s", STR_ARG(entry->path), STR_ARG(entry->anchor)));
	set_path(e, value, entry, origin_of(source, entry->at));
	return true;
}

static bool from_annotation(struct evaluation *e)
{
	struct runbook_link link;
	if (!runbook_from_annotation(e, &link))
		return false;
	struct plan_origin from = origin_of(SOURCE_ANNOTATION, link.entry ? link.entry->at : (struct pos){0});
	if (link.entry)
		set_path(e, link.value, link.entry, from);
	else
		set_url(e, link.value, from);
	return true;
}

void plan_decide_runbook(struct evaluation *e)
{
	struct str unknown;
	if (from_rule(e, &unknown) || from_catalog(e) || from_annotation(e) || unknown.n == 0)
		return;
	set_path(e, unknown, NULL, origin_of_rule(e->setter[RULE_RUNBOOK], RULE_RUNBOOK));
}
