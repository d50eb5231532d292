/* Further forms of an incident's page: a silence, a word to stakeholders, what the runbook was worth. */
#include "base/time.h"
#include "page_incident.h"
#include "service/communicating.h"
#include "service/silencing.h"

/* ---- the forms ---- */

static void text_field(struct html *h, const char *label, const char *name, const char *value)
{
	html_open(h, "label");
	html_say_c(h, label);
	html_say_c(h, " ");
	html_open(h, "input");
	html_attr_c(h, "name", name);
	html_attr_c(h, "maxlength", "1000");
	html_attr_c(h, "autocomplete", "off");
	html_attr_c(h, "value", value);
	html_close(h);
	html_close(h);
}

static void choice_field(struct html *h, const char *label, const char *name, const char *const *choices)
{
	html_open(h, "label");
	html_say_c(h, label);
	html_say_c(h, " ");
	html_open(h, "select");
	html_attr_c(h, "name", name);
	for (size_t i = 0; choices[i]; i++)
		html_leaf_c(h, "option", NULL, choices[i]);
	html_close(h);
	html_close(h);
}

static void folded_begin(struct page *p, const struct incident *inc, const char *title, const char *verb)
{
	html_open(&p->html, "details");
	html_leaf_c(&p->html, "summary", NULL, title);
	incident_form_begin(p, inc, verb);
	incident_name_field(p);
}

static void folded_end(struct page *p, const char *button)
{
	html_leaf_c(&p->html, "button", "quiet", button);
	html_close(&p->html);
	html_close(&p->html);
}

static void silence_form(struct page *p, const struct incident *inc)
{
	const struct config_source *source = config_source(p->config, inc->source);

	if (!source || !source->alertmanagers.n)
		return;
	folded_begin(p, inc, "Silence it in Alertmanager", "silence");
	text_field(&p->html, "For", "for", "2h");
	text_field(&p->html, "Comment", "comment", "");
	folded_end(p, "Silence");
}

static void update_form(struct page *p, const struct incident *inc)
{
	folded_begin(p, inc, "Tell stakeholders", "update");
	choice_field(&p->html, "Status", "status", communication_statuses);
	text_field(&p->html, "Impact", "impact", "");
	text_field(&p->html, "Until when", "eta", "");
	text_field(&p->html, "Done so far", "done", "");
	text_field(&p->html, "Next", "next", "");
	folded_end(p, "Tell them");
}

static void feedback_form(struct page *p, const struct incident *inc)
{
	static const char *const worth[] = {"helped", "outdated", "missing", NULL};

	folded_begin(p, inc, "What was the runbook worth?", "feedback");
	choice_field(&p->html, "It", "runbook", worth);
	text_field(&p->html, "Note", "note", "");
	folded_end(p, "Say so");
}

void incident_more_forms(struct page *p, const struct incident *inc)
{
	if (incident_is_open(inc))
		silence_form(p, inc);
	if (incident_is_open(inc))
		update_form(p, inc);
	feedback_form(p, inc);
}

/* ---- what they post ---- */

void api_form_silence(struct api *api, struct http_exchange *x, struct str segment)
{
	struct page_posting *g = page_posting_new(api, x, segment);
	struct silence_order order = {.comment = page_posting_field(g, "comment"), .by = page_posting_by(g)};

	if (!time_duration_parse(page_posting_field(g, "for"), &order.lasts_ms) || order.lasts_ms <= 0 ||
	    order.lasts_ms > SILENCE_LONGEST_MS)
		page_posting_refuse(g, "for: a duration such as 2h is wanted, at most a year");
	else
		operate_silence(api->router, g->key, &order, page_posted, g);
}

void api_form_update(struct api *api, struct http_exchange *x, struct str segment)
{
	struct page_posting *g = page_posting_new(api, x, segment);
	const struct incident_update update = {.by = page_posting_by(g),
	                                       .status = page_posting_field(g, "status"),
	                                       .impact = page_posting_field(g, "impact"),
	                                       .eta = page_posting_field(g, "eta"),
	                                       .done = page_posting_field(g, "done"),
	                                       .next = page_posting_field(g, "next")};

	for (size_t i = 0; communication_statuses[i]; i++) {
		if (!str_eq_nocase(update.status, str_c(communication_statuses[i])))
			continue;
		operate_update(api->router, g->key, &update, false, page_posted, g);
		return;
	}
	page_posting_refuse(g, "status: one of those that the form offers is wanted");
}

void api_form_feedback(struct api *api, struct http_exchange *x, struct str segment)
{
	struct page_posting *g = page_posting_new(api, x, segment);
	const struct command_args args = {
		.by = page_posting_by(g), .note = page_posting_field(g, "note"), .what = page_posting_field(g, "runbook")};

	operate_command(api->router, g->key, COMMAND_FEEDBACK, &args, page_posted, g);
}
