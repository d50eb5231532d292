/* Decides the runbook: rule, catalog, annotation, file name, label, default. */
#include "catalog/pages.h"
#include "catalog/site_pages.h"
#include "rules/ruleset_impl.h"

static void set_url(struct evaluation *e, struct str url, struct plan_origin from)
{
	struct plan *p = e->plan;
	p->runbook.value = url;
	p->runbook.url = url;
	p->runbook.from = from;
}

/*
 * Where a catalog path is readable: on the site, where it has the page; else where files are, which is runbookd itself
 * beside a site. `query` is empty, or begins with '?'.
 */
static struct str runbook_page_url(const struct evaluation *e, struct str path, struct str query, struct str anchor)
{
	const struct site *site = catalog_site(e->rs->catalog);
	const struct site_place *place = catalog_place(e->rs->catalog, path);
	struct runbook_address to = {e->rs->defaults->runbook_base, path, query, anchor};
	if (place && !place->why) {
		to.base = place->at_root ? site->root : site->url;
		to.path = place->path;
		to.anchor = catalog_site_anchor(e->rs->catalog, path, anchor);
	}
	return path.n ? runbook_url(e->arena, &to) : (struct str){0};
}

/* `value` is a catalog path, perhaps with an anchor; `entry` what the catalog knows of it, or NULL. */
static void set_path(struct evaluation *e, struct str value, const struct runbook *entry, struct plan_origin from)
{
	struct plan *p = e->plan;
	struct str anchor;
	p->runbook.value = value;
	p->runbook.path = runbook_split(value, &anchor);
	p->runbook.url = runbook_page_url(e, p->runbook.path, (struct str){0}, anchor);
	p->runbook.entry = entry;
	p->runbook.title = entry ? entry->title : (struct str){0};
	p->runbook.exists = entry && entry->exists;
	p->runbook.from = from;
}

static struct str runbook_value_anchor(struct str value)
{
	struct str anchor;
	runbook_split(value, &anchor);
	return anchor;
}

static struct str with_anchor(const struct evaluation *e, struct str path, struct str anchor)
{
	return anchor.n ? str_c(arena_printf(e->arena, "%.*s#%.*s", STR_ARG(path), STR_ARG(anchor))) : path;
}

static bool render(struct evaluation *e, const struct rule *rule, struct str *out)
{
	json_t *context = plan_context(e, rule->runbook, &e->runbook_captures);
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
	*value = with_anchor(e, path, anchor);
	return true;
}

static const struct runbook *entry_of(const struct evaluation *e, struct str value)
{
	struct str anchor, path = runbook_split(value, &anchor);
	const struct runbook *exact = catalog_runbook_at(e->rs->catalog, path, anchor);
	return exact ? exact : catalog_page(e->rs->catalog, path);
}

/*
 * False when no rule sets a runbook, or its template failed (counted). `*unknown` is a path that a template made and the
 * catalog does not have: it stands only if no other source knows better.
 */
static bool runbook_from_rule(struct evaluation *e, struct str *unknown)
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
	if (entry) /* a folder may stand for its README */
		value = with_anchor(e, entry->path, runbook_value_anchor(value));
	set_path(e, value, entry, from);
	return true;
}

static void set_entry(struct evaluation *e, const struct runbook *entry, struct str anchor, enum plan_source source)
{
	set_path(e, with_anchor(e, entry->path, anchor), entry, origin_of(source, entry->at));
}

/* A link that leads to where the page is readable stays as it is; one that is mapped takes its query along. */
static void set_link(struct evaluation *e, const struct runbook_link *link, struct plan_origin from)
{
	struct str anchor, path = runbook_split(link->value, &anchor);
	set_path(e, link->value, link->entry, from);
	e->plan->runbook.url = link->stays ? link->url : runbook_page_url(e, path, link->query, anchor);
}

/* The alert's own link leads to a heading of that very page: it says more exactly where to look. */
static bool from_link_into(struct evaluation *e, const struct runbook *entry)
{
	struct runbook_link link;
	if (entry->anchor.n || !runbook_from_annotation(e, &link) || !link.entry || !str_eq(link.entry->path, entry->path))
		return false;
	struct str anchor = runbook_value_anchor(link.value);
	if (!anchor.n || !strs_contain(&entry->anchors, anchor))
		return false;
	set_link(e, &link, origin_of(SOURCE_ANNOTATION, entry->at));
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
	if (entry && !from_link_into(e, entry))
		set_entry(e, entry, entry->anchor, source);
	return entry != NULL;
}

/* The weakest of all: a heading that merely has the same letters. */
static bool from_heading(struct evaluation *e)
{
	struct str anchor;
	const struct runbook *entry = catalog_runbook_by_heading(e->rs->catalog, e->plan->alertname, &anchor);
	if (entry)
		set_entry(e, entry, anchor, SOURCE_CATALOG);
	return entry != NULL;
}

static bool from_link(struct evaluation *e, bool stays)
{
	struct runbook_link link;
	if (!runbook_from_annotation(e, &link) || (stays && !(link.stays && link.entry)))
		return false;
	struct plan_origin from = origin_of(SOURCE_ANNOTATION, link.entry ? link.entry->at : (struct pos){0});
	if (link.entry)
		set_link(e, &link, from);
	else
		set_url(e, link.value, from);
	return true;
}

/* Before guesses by name: somebody has written where to look, and it is there. */
static bool from_link_that_stays(struct evaluation *e)
{
	return from_link(e, true);
}

static bool from_annotation(struct evaluation *e)
{
	return from_link(e, false);
}

void plan_decide_runbook(struct evaluation *e)
{
	struct str unknown;
	if (runbook_from_rule(e, &unknown) || from_link_that_stays(e) || from_catalog(e) || from_annotation(e) ||
	    from_heading(e) || unknown.n == 0)
		return;
	set_path(e, unknown, NULL, origin_of_rule(e->setter[RULE_RUNBOOK], RULE_RUNBOOK));
}
