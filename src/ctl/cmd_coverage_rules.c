/* Rules that no alert reaches, as far as the definitions say: for programs and for people. */
#include "cmd_coverage_impl.h"
#include "ctl/table.h"
#include "incident/message.h"

/* ---- JSON ---- */

static const char *reached_word(enum rule_reached r)
{
	switch (r) {
	case RULE_REACHED: return "reached";
	case RULE_DEPENDS: return "depends";
	case RULE_BEHIND: return "behind";
	case RULE_DEAD: return "never";
	}
	return "reached";
}

static json_t *depends_json(const struct strs *names)
{
	json_t *out = json_array();

	for (size_t i = 0; i < names->n; i++)
		json_array_append_new(out, view_text(names->v[i]));
	return out;
}

static json_t *evidence_json(const struct rule_evidence *e)
{
	return json_pack("{s:o, s:o, s:i, s:s, s:o, s:o, s:o, s:o}", "rule", view_text(e->rule->name), "file",
	                 view_text(str_c(e->rule->at.file)), "line", e->rule->at.line, "reached", reached_word(e->reached),
	                 "matcher", e->matcher ? view_text(e->matcher->text) : json_null(), "did_you_mean",
	                 view_text(e->meant), "behind", e->behind ? view_text(e->behind->name) : json_null(), "depends_on",
	                 depends_json(&e->depends));
}

static json_t *name_json(const struct name_evidence *e)
{
	return json_pack("{s:o, s:o, s:i, s:o, s:o}", "rule", view_text(e->rule->name), "file",
	                 view_text(str_c(e->matcher->at.file)), "line", e->matcher->at.line, "alertname",
	                 view_text(e->name), "did_you_mean", view_text(e->meant));
}

static json_t *unseen_json(const struct covering *c, const struct unseen_label *u)
{
	return json_pack("{s:o, s:o, s:i, s:o, s:o, s:b}", "rule", view_text(u->rule->name), "file",
	                 view_text(str_c(u->at.file)), "line", u->at.line, "label", view_text(u->name), "did_you_mean",
	                 view_text(u->meant), "may_come", coverage_may_come(&c->coverage, u));
}

static json_t *unseen_list_json(const struct covering *c)
{
	const struct unseen_label *labels;
	size_t n = coverage_label_evidence(&c->coverage, &labels);
	json_t *list = json_array();

	for (size_t i = 0; i < n; i++)
		json_array_append_new(list, unseen_json(c, &labels[i]));
	return list;
}

void covering_rules_json(const struct covering *c, json_t *out)
{
	const struct rule_evidence *rules;
	const struct name_evidence *names;
	size_t n = coverage_rule_evidence(&c->coverage, &rules), k = coverage_name_evidence(&c->coverage, &names);
	json_t *unreached = json_array(), *unknown = json_array();

	for (size_t i = 0; i < n; i++)
		json_array_append_new(unreached, evidence_json(&rules[i]));
	for (size_t i = 0; i < k; i++)
		json_array_append_new(unknown, name_json(&names[i]));
	json_object_set_new(out, "unreached_rules", unreached);
	json_object_set_new(out, "unknown_names", unknown);
	json_object_set_new(out, "unseen_labels", unseen_list_json(c));
}

/* ---- for people ---- */

static void add_meant(struct buf *out, struct str meant)
{
	if (meant.n)
		buf_printf(out, "; did you mean \"%.*s\"?", STR_ARG(meant));
}

static void add_why_unreached(struct buf *out, const struct rule_evidence *e)
{
	switch (e->reached) {
	case RULE_REACHED: break;
	case RULE_DEPENDS:
		for (size_t i = 0; i < e->depends.n; i++)
			buf_printf(out, "%s%.*s", i ? ", " : "only with labels that an expression or the sender gives: ",
			           STR_ARG(e->depends.v[i]));
		break;
	case RULE_BEHIND:
		buf_printf(out, "rule %.*s (%s:%d)", STR_ARG(e->behind->name), e->behind->at.file, e->behind->at.line);
		if (e->behind_others)
			buf_printf(out, " and %zu other%s take", e->behind_others, e->behind_others == 1 ? "" : "s");
		else
			buf_add_c(out, " takes");
		buf_add_c(out, " all that it matches");
		break;
	case RULE_DEAD:
		if (e->matcher)
			buf_printf(out, "no alert has %.*s", STR_ARG(e->matcher->text));
		else
			buf_add_c(out, "no alert has all of its labels");
		break;
	}
	add_meant(out, e->meant);
}

static void add_evidence_row(struct table *t, struct str rule, struct pos at, const struct buf *why)
{
	table_add(t, rule);
	table_printf(t, "%s:%d", at.file, at.line);
	table_add(t, buf_str(why));
}

static void print_rule_evidence(const struct rule_evidence *rules, size_t n, bool depends)
{
	static const char *const unreached[] = {"RULE NEVER REACHED", "WHERE", "WHY", NULL};
	static const char *const perhaps[] = {"RULE THAT MAY BE REACHED", "WHERE", "HOW", NULL};
	struct table *t = table_new(depends ? perhaps : unreached);
	size_t rows = 0;

	for (size_t i = 0; i < n; i++) {
		AUTOBUF struct buf why;
		buf_init(&why, SIZE_MAX);
		if ((rules[i].reached == RULE_DEPENDS) != depends)
			continue;
		add_why_unreached(&why, &rules[i]);
		add_evidence_row(t, rules[i].rule->name, rules[i].rule->at, &why);
		rows++;
	}
	covering_print_part(t, rows);
}

static void print_unknown_names(const struct name_evidence *names, size_t n)
{
	static const char *const titles[] = {"NAME THAT NO ALERT HAS", "WHERE", "OF RULE", NULL};
	struct table *t = table_new(titles);

	for (size_t i = 0; i < n; i++) {
		AUTOBUF struct buf why;
		buf_init(&why, SIZE_MAX);
		buf_add(&why, names[i].rule->name);
		add_meant(&why, names[i].meant);
		add_evidence_row(t, names[i].name, names[i].matcher->at, &why);
	}
	covering_print_part(t, n);
}

static void print_unseen_labels(const struct covering *c)
{
	static const char *const titles[] = {"LABEL THAT NO ALERT HAS", "WHERE", "OF RULE", NULL};
	const struct unseen_label *labels;
	size_t n = coverage_label_evidence(&c->coverage, &labels);
	struct table *t = table_new(titles);

	for (size_t i = 0; i < n; i++) {
		AUTOBUF struct buf why;
		buf_init(&why, SIZE_MAX);
		buf_add(&why, labels[i].rule->name);
		if (coverage_may_come(&c->coverage, &labels[i]))
			buf_add_c(&why, ", unless an expression or the sender gives it");
		add_meant(&why, labels[i].meant);
		add_evidence_row(t, labels[i].name, labels[i].at, &why);
	}
	covering_print_part(t, n);
}

void covering_print_rules(const struct covering *c)
{
	const struct rule_evidence *rules;
	const struct name_evidence *names;
	size_t n = coverage_rule_evidence(&c->coverage, &rules);

	print_rule_evidence(rules, n, false);
	print_rule_evidence(rules, n, true);
	n = coverage_name_evidence(&c->coverage, &names);
	print_unknown_names(names, n);
	print_unseen_labels(c);
}
