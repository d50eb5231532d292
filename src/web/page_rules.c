/*
 * GET /rules: what the rules make of an alert whose labels are given, by the same function as routes the live ones; and the
 * list of all rules, with where each stands.
 */
#include "page_rules.h"

#include "alert/source_labels.h"
#include "base/mem.h"
#include "service/intake.h"

#define LABELS_BYTES_MAX (64 * 1024)
#define RULES_OF_A_PAGE 200

/* ---- the question ---- */

static bool take_labels(struct arena *arena, const struct matcher *m, size_t n, struct labels *out, struct err *err)
{
	*out = (struct labels){arena_alloc(arena, (n + 1) * sizeof *out->v), 0};
	for (size_t i = 0; i < n; i++) {
		if (m[i].op != MATCH_EQUAL)
			err_add(err, "labels: '%.*s' is no NAME=VALUE", STR_ARG(m[i].text));
		out->v[out->n++] = (struct label){m[i].name, m[i].value};
	}
	labels_sort(out);
	return !err_any(err);
}

/* A line, or commas, between NAME=VALUE or NAME="VALUE". */
static bool read_alert_labels(struct arena *arena, struct str text, struct labels *out, struct err *err)
{
	const struct pos at = {"labels", 0, 0};
	struct api_matchers m = {.arena = arena};
	bool fine = true;

	while (text.n && fine) {
		ptrdiff_t end = str_index(text, '\n');
		struct str line = str_trim(str_slice(text, 0, end < 0 ? text.n : (size_t)end));
		fine = !line.n || matchers_parse(arena, line, at, &m.v, &m.n, err);
		text = str_slice(text, end < 0 ? text.n : (size_t)end + 1, text.n);
	}
	fine = fine && take_labels(arena, m.v, m.n, out, err);
	api_matchers_release(&m);
	return fine;
}

static void write_labels_form(struct page *p, struct str text)
{
	struct html *h = &p->html;

	html_open(h, "form");
	html_attr_c(h, "method", "get");
	html_attr_c(h, "role", "search");
	html_open(h, "label");
	html_say_c(h, "An alert's labels, NAME=VALUE, one a line ");
	html_open(h, "textarea");
	html_attr_c(h, "name", "labels");
	html_attr_c(h, "spellcheck", "false");
	html_say(h, text);
	html_close(h);
	html_close(h);
	html_leaf_c(h, "button", NULL, "Explain");
	html_close(h);
}

/* ---- the rules ---- */

void part_position(struct page *p, struct pos at)
{
	if (at.file)
		html_printf(&p->html, "%s:%d", at.file, at.line);
}

/* Labels of rules that no alert had. */
struct unseen_labels {
	const struct unseen_label *v;
	size_t n;
};

static void write_unseen(struct page *p, const struct unseen_labels *unseen, const struct rule *r)
{
	for (size_t i = 0; i < unseen->n; i++)
		if (unseen->v[i].rule == r) {
			html_open(&p->html, "p");
			html_class(&p->html, "note");
			html_printf(&p->html, "No alert seen had the label %.*s; did you mean %.*s?", STR_ARG(unseen->v[i].name),
			            STR_ARG(unseen->v[i].meant));
			html_close(&p->html);
		}
}

static void write_rule(struct page *p, const struct unseen_labels *unseen, const struct rule *r)
{
	struct html *h = &p->html;

	html_open(h, "li");
	html_leaf(h, "b", NULL, r->name);
	html_say_c(h, " ");
	html_open(h, "span");
	html_class(h, "about");
	part_position(p, r->at);
	html_close(h);
	for (size_t i = 0; i < r->matcher_count; i++) {
		html_say_c(h, i ? ", " : " ");
		html_leaf(h, "code", NULL, r->matchers[i].text);
	}
	if (r->goes_on)
		html_leaf_c(h, "span", "about", " and goes on");
	write_unseen(p, unseen, r);
	html_close(h);
}

static void write_more(struct page *p, size_t from)
{
	html_open(&p->html, "p");
	html_open(&p->html, "a");
	html_class(&p->html, "next");
	html_attr_printf(&p->html, "href", "?from=%zu", from);
	html_say_c(&p->html, "More");
	html_close(&p->html);
	html_close(&p->html);
}

static void write_rule_list(struct page *p, size_t from)
{
	const struct rule *const *rules;
	struct unseen_labels unseen = {0};
	size_t n = ruleset_rules(p->config->ruleset, &rules), to = from + RULES_OF_A_PAGE < n ? from + RULES_OF_A_PAGE : n;

	unseen.n = intake_unseen_labels(p->api->router->intake, p->arena, &unseen.v);
	html_open(&p->html, "h2");
	html_printf(&p->html, "All %zu rules, in order", n);
	html_close(&p->html);
	html_open(&p->html, "ol");
	html_attr_printf(&p->html, "start", "%zu", from + 1);
	for (size_t i = from; i < to; i++)
		write_rule(p, &unseen, rules[i]);
	html_close(&p->html);
	if (to < n)
		write_more(p, to);
}

/* ---- the page ---- */

static void write_answer(struct page *p, struct str text)
{
	AUTOERR struct err err = ERR_INIT;
	char fingerprint[ALERT_FINGERPRINT_MAX];
	struct alert alert = {.starts_at = p->now};
	AUTOBUF struct buf lines;

	buf_init(&lines, LABELS_BYTES_MAX);
	if (read_alert_labels(p->arena, text, &alert.labels, &err)) {
		alert.fingerprint = str_c(labels_fingerprint(&alert.labels, fingerprint));
		page_explain(p, &alert);
		return;
	}
	err_print(&err, &lines);
	html_leaf(&p->html, "p", "note late", buf_str(&lines));
}

void api_rules_page(struct api *api, struct http_exchange *x, struct str segment)
{
	struct str text = api_query(x, "labels");
	int64_t from = 0;

	(void)segment;
	if (text.n > LABELS_BYTES_MAX || !(str_to_i64(api_query(x, "from"), &from) || !api_query(x, "from").n) ||
	    from < 0) {
		page_refuse(api, x, "./", 400, STR("labels are shorter, and from is a number"));
		return;
	}
	struct page *p = page_new(api, x, "./");
	page_begin(p, "rules", STR("Rules"), false);
	html_leaf_c(&p->html, "h1", NULL, "Rules");
	write_labels_form(p, text);
	if (str_trim(text).n)
		write_answer(p, text);
	else
		write_rule_list(p, (size_t)from);
	page_reply(p, 200);
}
