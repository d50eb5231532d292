/*
 * Markdown and what the catalog took: each catalog/NAME.md is read as an index page, and what it states, one fact a line
 * with the line it stands on, must be catalog/NAME.facts. Nothing more, nothing less.
 */
#include <glob.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/buf.h"
#include "catalog/facts.h"

#define FOLDER "tests/golden/catalog"
#define TEXT_MAX (1024 * 1024)

/* ---- one fact a line: KIND LINE key=[value] … ---- */

static void put_catalog_fact(struct buf *out, const char *key, struct str value)
{
	if (!value.n)
		return;
	buf_printf(out, " %s=[", key);
	for (size_t i = 0; i < value.n; i++) {
		if (value.p[i] == '\n')
			buf_add_c(out, "\\n");
		else
			buf_add_char(out, value.p[i]);
	}
	buf_add_char(out, ']');
}

static void put_list(struct buf *out, const char *key, struct strs list)
{
	for (size_t i = 0; i < list.n; i++)
		put_catalog_fact(out, key, list.v[i]);
}

static void put_span(struct buf *out, const char *key, struct fact_duration d)
{
	put_catalog_fact(out, key, d.text);
	if (d.least_ms)
		buf_printf(out, " from %lld s", (long long)d.least_ms / 1000);
	if (d.ms)
		buf_printf(out, " %s %lld s", d.open_ended ? "beyond" : "=", (long long)d.ms / 1000);
	buf_add_c(out, d.next_business_day ? " next business day" : "");
}

static void put_runbook(struct buf *out, const char *kind, const struct fact_runbook *r)
{
	buf_printf(out, "%s %d", kind, r->at.line);
	put_catalog_fact(out, "path", r->path);
	put_catalog_fact(out, "anchor", r->anchor);
	put_catalog_fact(out, "title", r->title);
	put_catalog_fact(out, "category", r->category);
	put_catalog_fact(out, "description", r->description);
	put_catalog_fact(out, "type", r->type);
	put_list(out, "severity", r->severities);
	put_span(out, "estimated_time", r->estimated_time);
	put_catalog_fact(out, "approval", r->approval);
	put_catalog_fact(out, "owner", r->owner);
	put_catalog_fact(out, "last_updated", r->last_updated);
	put_span(out, "review", r->review);
	put_list(out, "alert", r->alerts);
	buf_add_char(out, '\n');
}

static void put_severity(struct buf *out, const struct fact_severity *s)
{
	buf_printf(out, "severity %d", s->at.line);
	put_catalog_fact(out, "name", s->name);
	put_catalog_fact(out, "words", s->words);
	put_catalog_fact(out, "description", s->description);
	put_catalog_fact(out, "examples", s->examples);
	put_span(out, "response", s->response);
	put_span(out, "resolution", s->resolution);
	put_catalog_fact(out, "escalation", s->escalation_text);
	put_catalog_fact(out, "communication", s->communication_text);
	buf_add_char(out, '\n');
}

static void put_contact(struct buf *out, const struct fact_contact *c)
{
	buf_printf(out, "contact %d", c->at.line);
	put_catalog_fact(out, "role", c->role);
	put_catalog_fact(out, "primary", c->primary);
	put_catalog_fact(out, "backup", c->backup);
	put_catalog_fact(out, "method", c->method);
	put_catalog_fact(out, "address", c->address);
	buf_add_char(out, '\n');
}

static void put_escalation_fact(struct buf *out, const struct fact_escalation *e)
{
	buf_printf(out, "escalation %d", e->at.line);
	put_catalog_fact(out, "severity", e->severity);
	put_catalog_fact(out, "name", e->name);
	for (size_t i = 0; i < e->step_count; i++) {
		if (e->steps[i].after_ms < 0)
			buf_add_c(out, " then");
		else
			buf_printf(out, " at %lld s", (long long)e->steps[i].after_ms / 1000);
		put_list(out, "notify", e->steps[i].notify);
	}
	buf_add_char(out, '\n');
}

static void put_link(struct buf *out, const struct fact_link *l)
{
	static const char *const kinds[] = {"war_room", "status_page", "service", "related"};
	buf_printf(out, "%s %d", kinds[l->kind], l->at.line);
	put_catalog_fact(out, "name", l->name);
	put_catalog_fact(out, "url", l->url);
	put_catalog_fact(out, "group", l->group);
	put_catalog_fact(out, "description", l->description);
	buf_add_char(out, '\n');
}

static void put_section_fact(struct buf *out, const struct fact_section *s)
{
	buf_printf(out, "section %d %s%s", s->at.line, s->required ? "required" : "optional",
	           s->postmortem ? " postmortem" : "");
	put_catalog_fact(out, "type", s->type);
	put_catalog_fact(out, "name", s->name);
	put_catalog_fact(out, "description", s->description);
	buf_add_char(out, '\n');
}

static void put_template(struct buf *out, const struct fact_template *t)
{
	buf_printf(out, "template %d", t->at.line);
	put_catalog_fact(out, "name", t->name);
	put_catalog_fact(out, "body", t->body);
	put_list(out, "placeholder", t->placeholders);
	put_list(out, "status", t->statuses);
	buf_add_char(out, '\n');
}

static void put_policy(struct buf *out, const struct fact_policy *p)
{
	static const char *const kinds[] = {"review", "post_incident", "formatting",    "training",
	                                    "tool",   "access",        "update_process"};
	buf_printf(out, "%s %d", kinds[p->kind], p->at.line);
	put_catalog_fact(out, "name", p->name);
	put_catalog_fact(out, "text", p->text);
	put_span(out, "every", p->every);
	put_span(out, "within", p->within);
	put_list(out, "severity", p->severities);
	put_list(out, "task", p->tasks);
	buf_add_char(out, '\n');
}

#define PUT_ALL(list, put_one)                                                                                         \
	for (size_t i = 0; i < f->list##_count; i++)                                                                       \
	put_one(out, &f->list[i])

static void put_page_facts(struct buf *out, const struct facts *f)
{
	buf_add_c(out, "page");
	put_catalog_fact(out, "owner", f->owner);
	put_catalog_fact(out, "last_updated", f->last_updated);
	put_span(out, "review", f->review);
	buf_add_char(out, '\n');
	PUT_ALL(severities, put_severity);
	for (size_t i = 0; i < f->runbooks_count; i++)
		put_runbook(out, "runbook", &f->runbooks[i]);
	for (size_t i = 0; i < f->planned_count; i++)
		put_runbook(out, "planned", &f->planned[i]);
	PUT_ALL(contacts, put_contact);
	PUT_ALL(escalations, put_escalation_fact);
	PUT_ALL(links, put_link);
	PUT_ALL(sections, put_section_fact);
	PUT_ALL(templates, put_template);
	PUT_ALL(policies, put_policy);
}

/* ---- the cases ---- */

static char *load_page(const char *path)
{
	FILE *f = fopen(path, "rb");
	if (!f)
		fail_msg("%s cannot be opened", path);
	char *text = calloc(1, TEXT_MAX + 1);
	assert_non_null(text);
	size_t n = fread(text, 1, TEXT_MAX, f);
	fclose(f);
	assert_true(n < TEXT_MAX && !memchr(text, 0, n));
	return text;
}

static char *facts_of(const char *path)
{
	char *page = load_page(path);
	AUTOARENA struct arena *arena = arena_new();
	struct buf out;
	buf_init(&out, TEXT_MAX);
	struct facts f;
	const char *why = NULL;
	facts_read_index(arena, path, (struct str){NULL, 0}, str_c(page), &f, &why);
	assert_null(why);
	put_page_facts(&out, &f);
	facts_release(&f);
	free(page);
	return buf_take(&out);
}

/* The first line that differs says more than two long texts. */
static void assert_same_lines(const char *path, char *got, char *expected)
{
	char *g = got, *e = expected;
	for (int line = 1; *g || *e; line++) {
		size_t gn = strcspn(g, "\n"), en = strcspn(e, "\n");
		if (gn != en || memcmp(g, e, gn) != 0)
			fail_msg("%s:%d\n  expected: %.*s\n  got:      %.*s", path, line, (int)en, e, (int)gn, g);
		g += gn + (g[gn] == '\n');
		e += en + (e[en] == '\n');
	}
}

static void page_states(void **state)
{
	const char *page = *state;
	AUTOFREE char *path = mem_printf("%.*s.facts", (int)(strlen(page) - strlen(".md")), page);
	AUTOFREE char *got = facts_of(page);
	if (getenv("GOLDEN_PRINT"))
		fputs(got, stdout);
	char *expected = load_page(path);
	assert_same_lines(path, got, expected);
	free(expected);
}

int main(void)
{
	glob_t pages;
	if (glob(FOLDER "/*.md", 0, NULL, &pages) != 0) {
		fprintf(stderr, "%s holds no page\n", FOLDER);
		return 1;
	}
	struct CMUnitTest *tests = calloc(pages.gl_pathc, sizeof *tests);
	for (size_t i = 0; tests && i < pages.gl_pathc; i++)
		tests[i] = (struct CMUnitTest){pages.gl_pathv[i], page_states, NULL, NULL, pages.gl_pathv[i]};
	int failed = tests ? _cmocka_run_group_tests("catalog", tests, pages.gl_pathc, NULL, NULL) : 1;
	free(tests);
	globfree(&pages);
	return failed;
}
