/* The form above the list, and the links that lead on with the same filter. */
#include "page_open.h"

#define URL_MAX_BYTES (64 * 1024)
#define NAMES_MOST 200 /* owners and severities that are offered */

static void write_option(struct html *h, struct str value, struct str text, struct str chosen)
{
	html_open(h, "option");
	html_attr(h, "value", value);
	if (str_eq(value, chosen))
		html_flag(h, "selected");
	html_say(h, text);
	html_close(h);
}

static void label_begin(struct html *h, const char *text)
{
	html_open(h, "label");
	html_say_c(h, text);
	html_say_c(h, " ");
}

static void write_states(struct html *h, struct str chosen)
{
	static const char *const states[] = {"firing", "acknowledged", "resolved", "dead"};

	label_begin(h, "State");
	html_open(h, "select");
	html_attr_c(h, "name", "state");
	write_option(h, STR(""), STR("open"), chosen);
	for (size_t i = 0; i < sizeof states / sizeof *states; i++)
		write_option(h, str_c(states[i]), str_c(states[i]), chosen);
	html_close(h);
	html_close(h);
}

static void write_severities(struct page *p, struct str chosen)
{
	const struct severity *const *all;
	size_t n = catalog_severities(p->config->catalog, &all);
	struct html *h = &p->html;

	label_begin(h, "Severity");
	html_open(h, "select");
	html_attr_c(h, "name", "severity");
	write_option(h, STR(""), STR("any"), chosen);
	for (size_t i = 0; i < n && i < NAMES_MOST; i++)
		write_option(h, all[i]->name, all[i]->name, chosen);
	html_close(h);
	html_close(h);
}

static void write_owners(struct page *p)
{
	const struct owner *const *all;
	size_t n = catalog_owners(p->config->catalog, &all);
	struct html *h = &p->html;

	html_open(h, "datalist");
	html_attr_c(h, "id", "owners");
	for (size_t i = 0; i < n && i < NAMES_MOST; i++) {
		html_open(h, "option");
		html_attr(h, "value", all[i]->name);
		html_close(h);
	}
	html_close(h);
}

static void write_text_field(struct html *h, const char *label, const char *name, struct str value, const char *list)
{
	label_begin(h, label);
	html_open(h, "input");
	html_attr_c(h, "name", name);
	html_attr_c(h, "autocomplete", "off");
	html_attr_c(h, "spellcheck", "false");
	if (list)
		html_attr_c(h, "list", list);
	html_attr(h, "value", value);
	html_close(h);
	html_close(h);
}

static bool is_filtered(const struct incident_query *q)
{
	return q->state.n || q->owner.n || q->severity.n || q->rule.n || q->matcher_count;
}

void page_filter(struct page *p, const struct open_query *q)
{
	struct html *h = &p->html;

	html_open(h, "details");
	html_class(h, "filter");
	if (is_filtered(&q->q))
		html_flag(h, "open");
	html_leaf_c(h, "summary", NULL, "Filter");
	html_open(h, "form");
	html_attr_c(h, "method", "get");
	html_attr_c(h, "action", p->root);
	html_attr_c(h, "role", "search");
	write_states(h, q->q.state);
	write_severities(p, q->q.severity);
	write_text_field(h, "Owner", "owner", q->q.owner, "owners");
	write_text_field(h, "Matchers", "matcher", q->matcher, NULL);
	html_leaf_c(h, "button", NULL, "Show");
	html_close(h);
	write_owners(p);
	html_close(h);
}

static void add_filter_parameter(struct buf *out, const char *name, struct str value)
{
	if (!value.n)
		return;
	buf_printf(out, "%s%s=", out->n ? "&" : "?", name);
	html_encode(out, value, false);
}

void page_next(struct page *p, const struct open_query *q, struct str cursor)
{
	AUTOBUF struct buf query, href;
	struct str text;
	struct html *h = &p->html;

	buf_init(&query, URL_MAX_BYTES);
	buf_init(&href, URL_MAX_BYTES);
	add_filter_parameter(&query, "state", q->q.state);
	add_filter_parameter(&query, "owner", q->q.owner);
	add_filter_parameter(&query, "severity", q->q.severity);
	add_filter_parameter(&query, "rule", q->q.rule);
	for (size_t i = 0; http_query(p->x, "matcher", i, &text); i++)
		add_filter_parameter(&query, "matcher", text);
	add_filter_parameter(&query, "cursor", cursor);
	buf_add_c(&href, p->root);
	buf_add(&href, buf_str(&query));
	html_open(h, "p");
	html_open(h, "a");
	html_class(h, "next");
	html_attr_c(h, "rel", "next");
	html_href(h, buf_str(&href));
	html_say_c(h, "More");
	html_close(h);
	html_close(h);
}
