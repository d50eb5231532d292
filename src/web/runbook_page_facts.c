/* What is known about a runbook, as a small table above its text. */
#include "base/time.h"
#include "catalog/front_matter.h"
#include "runbook_page.h"

#define VALUE_MAX (64 * 1024) /* bytes of a front matter's value that are shown */

static void add_allowance(struct buf *out, const char *what, int64_t ms)
{
	char text[TIME_DURATION_MAX];
	if (ms)
		buf_printf(out, "; %s within %s", what, time_duration_format(ms, text));
}

static void severity_fact(const struct runbook_page *p, struct str name)
{
	const struct severity *s = name.n ? catalog_severity(p->config->catalog, name) : NULL;
	AUTOBUF struct buf text;
	buf_init(&text, VALUE_MAX);
	buf_add(&text, name);
	if (s) {
		add_allowance(&text, "respond", s->response_ms);
		add_allowance(&text, "resolve", s->resolution_ms);
	}
	page_fact(p, "Severity", buf_str(&text));
}

static void owner_fact(const struct runbook_page *p, struct str name)
{
	const struct owner *o = name.n ? catalog_owner(p->config->catalog, name) : NULL;
	AUTOBUF struct buf text;
	buf_init(&text, VALUE_MAX);
	buf_add(&text, name);
	const struct str contact = o ? o->contact : (struct str){NULL, 0};
	const struct str_aside aside = str_aside(contact);
	buf_printf(&text, "%s%.*s%s", aside.before, STR_ARG(contact), aside.after);
	page_fact(p, "Owner", buf_str(&text));
}

static void list_fact(const struct runbook_page *p, const char *name, struct strs list)
{
	AUTOBUF struct buf text;
	buf_init(&text, VALUE_MAX);
	for (size_t i = 0; i < list.n; i++)
		buf_printf(&text, "%s%.*s", i ? ", " : "", STR_ARG(list.v[i]));
	page_fact(p, name, buf_str(&text));
}

static void catalog_facts(const struct runbook_page *p, const struct runbook *r)
{
	char review[TIME_DURATION_MAX];
	page_fact(p, "About", r->description);
	severity_fact(p, r->severity);
	owner_fact(p, r->owner);
	page_fact(p, "Approval", r->approval);
	page_fact(p, "Takes", r->estimated_time);
	list_fact(p, "Alerts", r->alerts);
	if (r->review_ms)
		page_fact(p, "Review every", str_c(time_duration_format(r->review_ms, review)));
}

/* ---- front matter ---- */

/* The parser bounds the depth. */
static void add_front_matter(struct buf *out, const struct yaml_node *n)
{
	if (n->kind == YAML_SCALAR)
		buf_add(out, n->text);
	for (size_t i = 0; i < n->count && buf_ok(out); i++) {
		buf_add_c(out, i ? ", " : "");
		if (n->kind == YAML_MAP)
			buf_printf(out, "%.*s: ", STR_ARG(n->keys[i]->text));
		add_front_matter(out, n->items[i]);
	}
}

/* What the catalog takes is shown from there: catalog.yml may have said otherwise. */
static bool is_shown_already(struct str key)
{
	static const char *const keys[] = {"title",  "description", "category",       "severity", "owner",
	                                   "alerts", "approval",    "estimated_time", "review"};
	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
		if (str_eq_c(key, keys[i]))
			return true;
	return false;
}

static void front_matter_facts(const struct runbook_page *p, const struct yaml_node *map, bool all)
{
	for (size_t i = 0; i < map->count; i++) {
		if (!all && is_shown_already(map->keys[i]->text))
			continue;
		AUTOBUF struct buf value;
		buf_init(&value, VALUE_MAX);
		add_front_matter(&value, map->items[i]);
		if (!value.n)
			continue;
		page_add(p, "<dt>");
		page_text(p, map->keys[i]->text);
		page_add(p, "</dt><dd>");
		page_text(p, buf_str(&value));
		page_add(p, "</dd>\n");
	}
}

/* Pages, acknowledgements, resolves and what people found it worth stand in the noise report. */
static void use_fact(const struct runbook_page *p)
{
	page_add(p, "<dt>Used</dt><dd><a href=\"");
	page_text(p, str_c(p->page->root));
	page_add(p, "noise?by=runbook&amp;since=30d\">since it was last edited</a></dd>\n");
}

void page_facts(const struct runbook_page *p, struct str file, struct str text)
{
	AUTOARENA struct arena *arena = arena_new();
	AUTOERR struct err err = ERR_INIT;
	const struct runbook *r = catalog_runbook(p->config->catalog, file);
	int lines;
	struct str said = front_matter_take(&text, &lines);
	/* An index's may be anything: what is no YAML has no facts. */
	const struct yaml_node *map = front_matter_read(arena, "front matter", said, &err);
	bool stated = map && map->kind == YAML_MAP && map->count;

	if (!r && !stated)
		return;
	html_open(&p->page->html, "dl");
	html_class(&p->page->html, "facts");
	if (r)
		catalog_facts(p, r);
	if (stated)
		front_matter_facts(p, map, !r);
	if (r)
		use_fact(p);
	html_close(&p->page->html);
}
