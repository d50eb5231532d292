/* The incident beside a runbook: what fires since when, who must have done what by when, and who comes next. */
#include <time.h>

#include "base/time.h"
#include "catalog/html.h"
#include "runbook_page.h"

static struct str text_in(const json_t *object, const char *name)
{
	const json_t *value = json_object_get(object, name);
	return json_is_string(value) ? (struct str){json_string_value(value), json_string_length(value)}
	                             : (struct str){NULL, 0};
}

static int64_t time_in(const json_t *object, const char *name)
{
	int64_t ms;
	return time_parse(text_in(object, name), &ms) ? ms : 0;
}

/* ---- times ---- */

/* People count in minutes; below one, in seconds. */
static int64_t rounded(int64_t ms)
{
	int64_t unit = ms < TIME_MINUTE ? TIME_SECOND : TIME_MINUTE;
	return ms / unit * unit;
}

static void write_time(const struct runbook_page *p, int64_t at)
{
	char exact[TIME_FORMAT_MAX], shown[64];
	struct tm local;
	time_t seconds = (time_t)(at / TIME_SECOND);
	if (!localtime_r(&seconds, &local) || !strftime(shown, sizeof shown, "%Y-%m-%d %H:%M %Z", &local))
		shown[0] = '\0';
	buf_printf(p->out, "<time datetime=\"%s\">", time_format(at, exact));
	page_text(p, str_c(shown));
	page_add(p, "</time>");
}

static void write_distance(const struct runbook_page *p, int64_t at, const char *past)
{
	char text[TIME_DURATION_MAX];
	int64_t left = at - p->now;
	if (left >= 0)
		buf_printf(p->out, " (in %s)", time_duration_format(rounded(left), text));
	else
		buf_printf(p->out, " (%s %s)", time_duration_format(rounded(-left), text), past);
}

static void time_fact(const struct runbook_page *p, const char *name, int64_t at, const char *past)
{
	if (!at)
		return;
	buf_printf(p->out, "<dt>%s</dt><dd>", name);
	write_time(p, at);
	write_distance(p, at, past);
	page_add(p, "</dd>\n");
}

/* Only an open incident can be late, and a response is no longer owed once somebody has it. */
static void due_fact(const struct runbook_page *p, const char *name, int64_t at, bool owed)
{
	bool late = owed && at < p->now;
	if (!at)
		return;
	buf_printf(p->out, late ? "<dt>%s</dt><dd class=\"late\">" : "<dt>%s</dt><dd>", name);
	write_time(p, at);
	if (owed)
		write_distance(p, at, "overdue");
	page_add(p, "</dd>\n");
}

/* ---- facts ---- */

static void owner_fact(const struct runbook_page *p)
{
	struct str name = text_in(p->incident, "owner");
	const struct owner *o = name.n ? catalog_owner(p->config->catalog, name) : NULL;
	page_fact(p, "Owner", name);
	if (o)
		page_fact(p, "Reach them", o->contact);
}

static void members_fact(const struct runbook_page *p)
{
	json_int_t firing = 0, total = 0;
	json_t *members = json_object_get(p->incident, "members");
	if (json_unpack(members, "{s:I, s:I}", "firing", &firing, "total", &total) == 0)
		buf_printf(p->out, "<dt>Alerts</dt><dd>%lld firing of %lld</dd>\n", (long long)firing, (long long)total);
}

static void acknowledged_fact(const struct runbook_page *p)
{
	const json_t *by = json_object_get(p->incident, "acknowledged");
	if (!json_is_object(by))
		return;
	page_fact(p, "Acknowledged by", text_in(by, "by").n ? text_in(by, "by") : STR("somebody"));
	time_fact(p, "Acknowledged", time_in(by, "at"), "ago");
	page_fact(p, "Note", text_in(by, "note"));
}

static void write_facts(const struct runbook_page *p)
{
	struct str state = text_in(p->incident, "state");
	bool open = !str_eq_c(state, "resolved"), firing = str_eq_c(state, "firing");
	page_add(p, "<dl>\n");
	page_fact(p, "Severity", text_in(p->incident, "severity"));
	time_fact(p, "Since", time_in(p->incident, "started_at"), "ago");
	due_fact(p, "Respond by", time_in(p->incident, "response_due"), firing);
	due_fact(p, "Resolve by", time_in(p->incident, "resolution_due"), open);
	time_fact(p, "Resolved", time_in(p->incident, "resolved_at"), "ago");
	acknowledged_fact(p);
	owner_fact(p);
	members_fact(p);
	page_fact(p, "Rule", text_in(p->incident, "rule"));
	page_add(p, "</dl>\n");
}

static void write_pairs(const struct runbook_page *p, const char *title, const char *name)
{
	json_t *pairs = json_object_get(p->incident, name), *value;
	const char *key;
	if (!json_object_size(pairs))
		return;
	buf_printf(p->out, "<h3>%s</h3>\n<dl class=\"pairs\">\n", title);
	json_object_foreach(pairs, key, value) page_fact(p, key, text_in(pairs, key));
	page_add(p, "</dl>\n");
}

/* ---- escalation ---- */

static void write_contact(const struct runbook_page *p, struct str role)
{
	const struct contact *c = catalog_contact(p->config->catalog, role);
	const struct str ways[] = {c ? c->primary : (struct str){0}, c ? c->method : (struct str){0},
	                           c ? c->address : (struct str){0}, c ? c->say : (struct str){0}};
	const char *between = " (";
	page_text(p, role);
	for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
		if (!ways[i].n)
			continue;
		page_add(p, between);
		page_text(p, ways[i]);
		between = ", ";
	}
	page_add(p, between[0] == ',' ? ")" : "");
}

static void write_names(const struct runbook_page *p, const json_t *names)
{
	const json_t *name;
	size_t i;
	json_array_foreach(names, i, name)
	{
		page_add(p, i ? ", " : "");
		write_contact(p, str_c(json_string_value(name)));
	}
}

/* A step that has run says whom it reached; one that will not run says no time. */
static void write_step(const struct runbook_page *p, const json_t *step, int64_t next_at)
{
	struct str after = text_in(step, "after");
	int64_t told_at = time_in(step, "at");
	page_add(p, "<li>");
	if (told_at || next_at)
		write_time(p, told_at ? told_at : next_at);
	page_add(p, told_at ? " told" : next_at ? " next" : after.n ? "" : "by hand");
	if (!told_at && after.n) {
		page_add(p, next_at ? ", after " : "after ");
		page_text(p, after);
	}
	page_add(p, ": ");
	if (told_at)
		page_text(p, text_in(step, "told"));
	else
		write_names(p, json_object_get(step, "notify"));
	page_add(p, "</li>\n");
}

static void write_escalation(const struct runbook_page *p)
{
	const json_t *e = json_object_get(p->incident, "escalation"), *steps = json_object_get(e, "steps"), *step;
	int64_t next_at = time_in(json_object_get(e, "next"), "at");
	size_t i;
	if (!json_array_size(steps))
		return;
	page_add(p, "<h3>Escalation: ");
	page_text(p, text_in(e, "name"));
	page_add(p, "</h3>\n<ol>\n");
	json_array_foreach(steps, i, step)
	{
		bool is_next = next_at && !time_in(step, "at") && text_in(step, "after").n;
		write_step(p, step, is_next ? next_at : 0);
		next_at = is_next ? 0 : next_at;
	}
	page_add(p, "</ol>\n");
}

/* ---- acknowledging, links ---- */

static void write_form(const struct runbook_page *p, struct str key)
{
	page_add(p, "<form method=\"post\" action=\"");
	page_root(p, p->out);
	page_add(p, "-/ack?incident=");
	page_encode(p->out, key, false);
	page_add(p, "&amp;page=");
	page_encode(p->out, p->path, false);
	page_add(p, "\">\n<label>Your name <input name=\"by\" maxlength=\"100\" autocomplete=\"name\"></label>\n"
	            "<button>Acknowledge</button>\n</form>\n");
}

static void write_acknowledge(const struct runbook_page *p)
{
	struct str key = text_in(p->incident, "key");
	if (!str_eq_c(text_in(p->incident, "state"), "firing"))
		return;
	if (p->may_operate) {
		write_form(p, key);
		return;
	}
	page_add(p, "<p>To acknowledge, answer the page, or on runbookd's machine:</p>\n"
	            "<div class=\"code\"><pre tabindex=\"0\"><code>runbookctl incidents ack ");
	page_text(p, key);
	page_add(p, "</code></pre></div>\n");
}

/* A label or annotation never makes a link; this is what Alertmanager says, and still only where it is one. */
static void write_source(const struct runbook_page *p)
{
	struct str url = text_in(p->incident, "generator_url");
	if (!str_starts(url, STR("http://")) && !str_starts(url, STR("https://")))
		return;
	page_add(p, "<p><a rel=\"noreferrer\" href=\"");
	page_text(p, url);
	page_add(p, "\">In Prometheus</a></p>\n");
}

static void write_own_runbook(const struct runbook_page *p)
{
	const json_t *runbook = json_object_get(p->incident, "runbook");
	const struct catalog_text *own = catalog_text(p->config->catalog, text_in(runbook, "path"));
	if (!own || str_eq(own->path, p->path))
		return;
	page_add(p, "<p>Its runbook: ");
	page_link(p, own->path, text_in(runbook, "title").n ? text_in(runbook, "title") : own->path);
	page_add(p, "</p>\n");
}

static void write_trouble(const struct runbook_page *p)
{
	page_add(p, "<aside class=\"incident\"><p class=\"note\">The incident <code>");
	page_text(p, p->key);
	page_add(p, "</code> cannot be shown: ");
	page_text(p, str_c(p->trouble));
	page_add(p, ".</p></aside>\n");
}

static void write_heading(const struct runbook_page *p)
{
	struct str what = text_in(p->incident, "summary"), state = text_in(p->incident, "state");
	page_add(p, "<h2><span class=\"state ");
	page_text(p, state);
	page_add(p, "\">");
	page_text(p, state);
	page_add(p, "</span> ");
	page_text(p, what.n ? what : text_in(p->incident, "alertname"));
	page_add(p, "</h2>\n");
}

void page_incident(const struct runbook_page *p)
{
	if (!p->incident) {
		if (p->key.n)
			write_trouble(p);
		return;
	}
	page_add(p, "<aside class=\"incident\">\n");
	write_heading(p);
	write_facts(p);
	write_acknowledge(p);
	write_own_runbook(p);
	write_source(p);
	write_escalation(p);
	write_pairs(p, "Labels", "labels");
	write_pairs(p, "Annotations", "annotations");
	page_add(p, "</aside>\n");
}
