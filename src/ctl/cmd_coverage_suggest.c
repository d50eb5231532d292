/* Rules for alerts without a runbook, ready to be put into a file, with the evidence for a person to judge. */
#include <stdio.h>

#include "cmd_coverage_impl.h"
#include "lint/suggest.h"

#define LINE_MAX_BYTES 65536

struct proposal {
	const struct coverage_alert *alert;
	struct suggestion what;
	bool found;
};

struct proposals {
	struct proposal *v; /* one for each name without a runbook, in the order of the report */
	size_t n, capacity, found;
};

static struct proposals propose(const struct covering *c)
{
	struct proposals out = {0};
	struct suggester *s = suggester_new(c->config->catalog);
	struct map *names = map_new();

	for (size_t i = 0; i < c->coverage.n; i++) {
		const struct coverage_alert *a = &c->coverage.v[i];
		struct proposal p = {.alert = a};
		if (coverage_has_runbook(&c->coverage, a) || !a->rule.name.n || map_get(names, a->rule.name))
			continue;
		map_set(names, a->rule.name, &c->coverage.v[i]);
		p.found = suggest_runbook(s, c->coverage.arena, a->rule.name, &a->rule.annotations, &p.what);
		out.found += p.found && !p.what.rival;
		MEM_ROOM(out.v, out.n, out.capacity);
		out.v[out.n++] = p;
	}
	map_free(names);
	suggester_free(s);
	return out;
}

/* What a rule says to name it. */
static struct str runbook_target(const struct covering *c, const struct runbook *r)
{
	if (!r->anchor.n)
		return r->path;
	return str_c(arena_printf(c->coverage.arena, "%.*s#%.*s", STR_ARG(r->path), STR_ARG(r->anchor)));
}

/* ---- YAML ---- */

/* Within a comment: what would end the line, or command a terminal, is a blank. */
static void print_plain(struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		unsigned char ch = (unsigned char)s.p[i];
		putchar(ch < 0x20 || ch == 0x7f || (ch == 0xc2 && i + 1 < s.n && (unsigned char)s.p[i + 1] < 0xa0) ? ' ' : ch);
	}
}

/* A JSON string is a YAML scalar. */
static void print_scalar(struct str s)
{
	json_t *v = json_stringn(s.p, s.n);

	if (v)
		json_dumpf(v, stdout, JSON_ENCODE_ANY | JSON_ENSURE_ASCII);
	json_decref(v);
}

/* alertname="X" in Alertmanager's syntax, as a YAML scalar. */
static void print_matcher(struct str name)
{
	AUTOBUF struct buf matcher;

	buf_init(&matcher, LINE_MAX_BYTES);
	buf_add_c(&matcher, "alertname=\"");
	for (size_t i = 0; i < name.n; i++) {
		if (name.p[i] == '"' || name.p[i] == '\\')
			buf_add_char(&matcher, '\\');
		buf_add_char(&matcher, name.p[i]);
	}
	buf_add_char(&matcher, '"');
	print_scalar(buf_str(&matcher));
}

static void print_words(const struct strs *words)
{
	for (size_t i = 0; i < words->n; i++) {
		fputs(i ? ", " : "", stdout);
		print_plain(words->v[i]);
	}
}

static void print_proposal_evidence(const struct covering *c, const struct proposal *p)
{
	printf("  # ");
	print_plain(p->alert->rule.name);
	if (p->alert->rule.at.line)
		printf(" (%s:%d)", p->alert->rule.at.file, p->alert->rule.at.line);
	printf(": its %s shares \"", p->what.alert_side);
	print_words(&p->what.words);
	printf("\" with the %s of ", p->what.runbook_side);
	print_plain(runbook_target(c, p->what.runbook));
	printf(" (");
	print_plain(p->what.runbook->title);
	printf("), %.0f %% alike\n", 100 * p->what.score);
}

static bool is_rule_name_taken(const struct covering *c, struct str name)
{
	const struct rule *const *rules;
	size_t n = ruleset_rules(c->config->ruleset, &rules);

	for (size_t i = 0; i < n; i++)
		if (str_eq(rules[i]->name, name))
			return true;
	return false;
}

static struct str new_rule_name(const struct covering *c, struct str alertname)
{
	struct str name = str_c(arena_printf(c->coverage.arena, "runbook-%.*s", STR_ARG(alertname)));

	for (int i = 2; is_rule_name_taken(c, name); i++)
		name = str_c(arena_printf(c->coverage.arena, "runbook-%.*s-%d", STR_ARG(alertname), i));
	return name;
}

static void print_rule(const struct covering *c, const struct proposal *p)
{
	print_proposal_evidence(c, p);
	printf("  - name: ");
	print_scalar(new_rule_name(c, p->alert->rule.name));
	printf("\n    matchers: [");
	print_matcher(p->alert->rule.name);
	printf("]\n    runbook: ");
	print_scalar(runbook_target(c, p->what.runbook));
	printf("\n    continue: true\n");
}

/* What a person is to look at: two runbooks as near as each other, and what nothing is near to. */
static void print_open(const struct covering *c, const struct proposal *p)
{
	printf("# ");
	print_plain(p->alert->rule.name);
	if (!p->found) {
		printf(": no runbook is near enough\n");
		return;
	}
	printf(": ");
	print_plain(runbook_target(c, p->what.runbook));
	printf(" or ");
	print_plain(runbook_target(c, p->what.rival));
	printf("? Both share \"");
	print_words(&p->what.words);
	printf("\"\n");
}

void covering_suggest_print(const struct covering *c)
{
	struct proposals all = propose(c);

	printf("# Suggested for %zu of %zu alert names without a runbook, by the words of their names. Read before use.\n",
	       all.found, all.n);
	if (all.found)
		printf("rules:\n");
	for (size_t i = 0; i < all.n; i++)
		if (all.v[i].found && !all.v[i].what.rival)
			print_rule(c, &all.v[i]);
	for (size_t i = 0; i < all.n; i++)
		if (!all.v[i].found || all.v[i].what.rival)
			print_open(c, &all.v[i]);
	mem_cleanup(&all.v);
}

/* ---- JSON ---- */

static json_t *text_or_json_null(struct str s)
{
	json_t *v = s.n ? json_stringn(s.p, s.n) : NULL;
	return v ? v : json_null();
}

static json_t *proposal_json(const struct covering *c, const struct proposal *p)
{
	json_t *words = json_array();

	for (size_t i = 0; i < p->what.words.n; i++)
		json_array_append_new(words, text_or_json_null(p->what.words.v[i]));
	return json_pack("{s:o, s:o, s:o, s:f, s:o, s:s, s:s, s:o}", "alertname", text_or_json_null(p->alert->rule.name),
	                 "runbook", text_or_json_null(runbook_target(c, p->what.runbook)), "title",
	                 text_or_json_null(p->what.runbook->title), "score", p->what.score, "words", words, "alert_side",
	                 p->what.alert_side, "runbook_side", p->what.runbook_side, "rival",
	                 p->what.rival ? text_or_json_null(runbook_target(c, p->what.rival)) : json_null());
}

json_t *covering_suggest_json(const struct covering *c)
{
	struct proposals all = propose(c);
	json_t *list = json_array();

	for (size_t i = 0; i < all.n; i++)
		if (all.v[i].found)
			json_array_append_new(list, proposal_json(c, &all.v[i]));
	mem_cleanup(&all.v);
	return list;
}
