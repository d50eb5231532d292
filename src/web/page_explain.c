/* What the rules make of one alert: each field with who says so, and of every rule that did not match the reason. */
#include "base/time.h"
#include "page_rules.h"

#define MISSES_MOST 500 /* that are listed */

static void write_origin(struct page *p, const struct plan_origin *from)
{
	struct html *h = &p->html;
	const char *source = plan_source_name(from->source);

	html_open(h, "span");
	html_class(h, "about");
	html_printf(h, " %s", source ? source : "nobody says so");
	if (from->rule)
		html_printf(h, " %.*s", STR_ARG(from->rule->name));
	html_say_c(h, from->at.file ? ", " : "");
	part_position(p, from->at);
	html_close(h);
}

static void write_field(struct page *p, const char *name, struct str value, const struct plan_origin *from)
{
	part_fact_begin(p, name);
	html_leaf(&p->html, "strong", NULL, value.n ? value : STR("none"));
	write_origin(p, from);
	part_fact_end(p);
}

static void write_names_field(struct page *p, const char *name, struct strs names, const struct plan_origin *from)
{
	AUTOBUF struct buf all;

	buf_init(&all, 64 * 1024);
	for (size_t i = 0; i < names.n; i++)
		buf_printf(&all, "%s%.*s", i ? ", " : "", STR_ARG(names.v[i]));
	write_field(p, name, buf_str(&all), from);
}

static void write_duration_field(struct page *p, const char *name, int64_t ms, const struct plan_origin *from)
{
	char text[TIME_DURATION_MAX];
	write_field(p, name, str_c(time_duration_format(ms, text)), from);
}

static void write_group_field(struct page *p, const struct plan *plan)
{
	struct str labels = labels_format(p->arena, &plan->group.labels);
	write_field(p, "Grouped by", labels, &plan->group.from);
}

static void write_fields(struct page *p, const struct plan *plan)
{
	html_open(&p->html, "dl");
	write_field(p, "Pages", plan->page ? STR("yes") : STR("no, it is counted only"), &plan->page_from);
	write_field(p, "Runbook", plan->runbook.value, &plan->runbook.from);
	write_field(p, "Severity", plan->severity.name, &plan->severity.from);
	write_field(p, "Owner", plan->owner.name, &plan->owner.from);
	write_names_field(p, "Receivers", plan->receivers.names, &plan->receivers.from);
	write_field(p, "Escalation", plan->escalation.name, &plan->escalation.from);
	write_group_field(p, plan);
	write_duration_field(p, "Repeated after", plan->repeat_interval.ms, &plan->repeat_interval.from);
	write_duration_field(p, "Pages after", plan->page_after.ms, &plan->page_after.from);
	write_duration_field(p, "Resolve held", plan->resolve_hold.ms, &plan->resolve_hold.from);
	write_field(p, "Summary", plan->summary.text, &plan->summary.from);
	part_fact(p, "Key", str_c(plan->key));
	html_close(&p->html);
	if (plan->runbook.path.n && plan->runbook.exists)
		part_runbook_link(p, plan->runbook.path, plan->runbook.title, (struct str){NULL, 0});
}

static void write_matched(struct page *p, const struct plan *plan)
{
	struct html *h = &p->html;

	html_leaf_c(h, "h2", NULL, plan->matched_count ? "Rules that match" : "No rule matches");
	html_open(h, "ul");
	for (size_t i = 0; i < plan->matched_count; i++) {
		html_open(h, "li");
		html_leaf(h, "b", NULL, plan->matched[i]->name);
		html_say_c(h, " ");
		part_position(p, plan->matched[i]->at);
		html_close(h);
	}
	html_close(h);
}

static void write_miss(struct page *p, const struct rule_miss *m)
{
	struct html *h = &p->html;

	html_open(h, "li");
	html_leaf(h, "b", NULL, m->rule->name);
	html_say_c(h, " ");
	part_position(p, m->matcher ? m->matcher->at : m->rule->at);
	html_say_c(h, ": ");
	if (m->matcher) {
		html_leaf(h, "code", NULL, m->matcher->text);
		html_say_c(h, m->cannot_tell ? " cannot be told for " : " is not so for ");
		html_printf(h, "%.*s=\"%.*s\"", STR_ARG(m->matcher->name), STR_ARG(m->value));
	} else {
		html_say_c(h, "it would match");
	}
	if (m->behind)
		html_printf(h, "; not reached, %.*s ended the search", STR_ARG(m->behind->name));
	html_close(h);
}

static void write_misses(struct page *p, const struct alert *alert)
{
	struct html *h = &p->html;
	const struct rule_miss *misses;
	size_t n = ruleset_misses(p->config->ruleset, alert, p->arena, &misses);

	if (!n)
		return;
	html_open(h, "details");
	html_flag(h, "open");
	html_open(h, "summary");
	html_printf(h, "%zu rules that do not", n);
	html_close(h);
	html_open(h, "ol");
	for (size_t i = 0; i < n && i < MISSES_MOST; i++)
		write_miss(p, &misses[i]);
	html_close(h);
	if (n > MISSES_MOST)
		html_leaf_c(h, "p", "about", "Shown are the first 500; runbookctl explain --all has all of them.");
	html_close(h);
}

void page_explain(struct page *p, const struct alert *alert)
{
	struct plan plan;

	ruleset_evaluate(p->config->ruleset, alert, NULL, p->arena, &plan);
	html_leaf_c(&p->html, "h2", NULL, "What becomes of it");
	write_fields(p, &plan);
	write_matched(p, &plan);
	write_misses(p, alert);
}
