/* Looks at every page of the runbook folder, and at what they say together. */
#include "lint/runbook_lint.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/ascii.h"
#include "catalog/markdown.h"
#include "catalog/pages.h"
#include "catalog/site_pages.h"
#include "rules/ruleset_impl.h"
#include "runbook_lint_impl.h"

static const struct pos nowhere = {NULL, 0, 0};

struct lint_finding *page_finding(const struct folder_lint *l, const struct lint_page *page, enum lint_code code,
                                  struct pos at, struct pos other, const char *fmt, ...)
{
	AUTOBUF struct buf message;
	va_list ap;
	buf_init(&message, 64 * 1024);
	va_start(ap, fmt);
	buf_vprintf(&message, fmt, ap);
	va_end(ap);
	struct str text = buf_str(&message);
	struct lint_finding *f = lint_add(l->out, code, NULL, at, other, "%.*s", STR_ARG(text));
	if (page && page->runbook)
		f->owner = arena_str(l->out->arena, page->runbook->owner);
	return f;
}

struct lint_page *folder_page(const struct folder_lint *l, struct str path)
{
	return map_get(l->by_path, path);
}

/* ---- words ---- */

static bool is_lower_word_byte(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (unsigned char)c >= 0x80;
}

/* "symptoms" is "symptom", "diagnosis" and "access" are themselves. */
static size_t singular_length(const char *p, size_t n)
{
	bool plural = n > 3 && p[n - 1] == 's' && !strchr("sui", p[n - 2]);
	return plural ? n - 1 : n;
}

struct str lint_words(struct arena *arena, struct str text)
{
	char *out = arena_alloc(arena, text.n + 2);
	size_t n = 0, word = 0;
	for (size_t i = 0; i <= text.n; i++) {
		char c = i < text.n ? ascii_lower(text.p[i]) : ' ';
		if (is_lower_word_byte(c)) {
			out[n++] = c;
			continue;
		}
		if (n > word) {
			n = word + singular_length(out + word, n - word);
			out[n++] = ' ';
		}
		bool number = n == word || out[word] < '0' || out[word] > '9' ? false : word == 0;
		n = number ? 0 : n;
		word = n;
	}
	return str_trim((struct str){out, n});
}

bool lint_words_have(struct str words, struct str phrase)
{
	for (size_t i = 0; phrase.n && i + phrase.n <= words.n; i++)
		if ((i == 0 || words.p[i - 1] == ' ') && (i + phrase.n == words.n || words.p[i + phrase.n] == ' ') &&
		    memcmp(words.p + i, phrase.p, phrase.n) == 0)
			return true;
	return false;
}

/* ---- pages ---- */

static struct str stem_of(struct str path)
{
	while (str_index(path, '/') >= 0)
		path = str_slice(path, (size_t)str_index(path, '/') + 1, path.n);
	return str_ends(path, STR(".md")) ? str_slice(path, 0, path.n - 3) : path;
}

/*
 * template.md, runbook-template.md, _TEMPLATE.md, templates/database.md. A page about templates that fail
 * (index-template-missing.md) is none.
 */
static bool is_template(struct arena *arena, struct str path)
{
	static const char *const kinds[] = {"",         "runbook",  "playbook", "alert",      "alert runbook",
	                                    "incident", "service",  "page",     "postmortem", "post mortem",
	                                    "sop",      "procedure"};
	struct str stem = lint_words(arena, stem_of(path));
	struct str folder = arena_lower(arena, path);
	if (str_starts(folder, STR("templates/")) || str_find(folder, STR("/templates/")) >= 0)
		return true;
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
		const char *blank = *kinds[i] ? " " : "";
		if (str_eq_c(stem, arena_printf(arena, "%s%stemplate", kinds[i], blank)) ||
		    str_eq_c(stem, arena_printf(arena, "template%s%s", blank, kinds[i])))
			return true;
	}
	return false;
}

/* By its name, or because post-mortems are made from it (a page that the index calls their template). */
static bool is_form(const struct folder_lint *l, struct str path)
{
	const char *report = catalog_stated(l->catalog)->postmortem.at.file;
	bool own_page = report && !str_eq_c(catalog_index_path(l->catalog), report);
	return is_template(l->arena, path) || (own_page && str_eq_c(path, report));
}

static void add_lint_page(struct folder_lint *l, const struct catalog_text *text)
{
	struct lint_page *p = &l->pages[l->page_count++];
	const char *why = NULL;
	*p = (struct lint_page){.path = text->path, .text = text->text, .to_be_copied = is_form(l, text->path)};
	p->facts = catalog_runbook_facts(l->catalog, text->path);
	if (p->facts) {
		const struct runbook *r = catalog_runbook(l->catalog, text->path);
		p->runbook = r && !r->is_index ? r : NULL;
	} else {
		facts_read_runbook(l->arena, arena_cstr(l->arena, p->path), p->path, p->text, &p->own, &why);
		facts_use_site(catalog_site(l->catalog), l->arena, &p->own);
		p->facts = &p->own;
	}
	map_set(l->by_path, p->path, p);
	map_set(l->by_folded, arena_lower(l->arena, p->path), p);
}

static void take_pages(struct folder_lint *l)
{
	const struct catalog_text *text;
	size_t n = 0;
	for (size_t i = 0; catalog_next_text(l->catalog, &i);)
		n++;
	l->pages = mem_zero((n + 1) * sizeof *l->pages);
	for (size_t i = 0; (text = catalog_next_text(l->catalog, &i));)
		add_lint_page(l, text);
}

static void check_refused_page(const struct folder_lint *l, const struct lint_page *page)
{
	const char *why = markdown_weigh(page->text);
	if (why)
		page_finding(l, page, LINT_REFUSED_PAGE, (struct pos){page->path.p, 1, 1}, nowhere,
		             "the page %s: only its headings are read; split it", why);
}

static void check_unread(const struct folder_lint *l)
{
	struct strs unread = catalog_unread(l->catalog);
	for (size_t i = 0; i < unread.n; i++)
		page_finding(l, NULL, LINT_UNREAD_PAGE, (struct pos){unread.v[i].p, 1, 1}, nowhere,
		             "the page is in %s and not read: no alert leads to it; write it in Markdown",
		             page_language(unread.v[i]));
}

/* ---- orphans ---- */

static bool routed_to(const struct folder_lint *l, struct str path)
{
	const struct rule *const *rules;
	size_t n = ruleset_rules(l->world->rules, &rules);
	for (size_t i = 0; i < n; i++) {
		struct str anchor;
		if (rules[i]->sets[RULE_RUNBOOK] && !rules[i]->runbook_is_url &&
		    str_eq(runbook_split(rules[i]->runbook_text, &anchor), path))
			return true;
	}
	return false;
}

static bool is_declared(const struct folder_lint *l, struct str path)
{
	const struct runbook *const *runbooks;
	size_t n = catalog_runbooks(l->catalog, &runbooks);
	for (size_t i = 0; i < n; i++)
		if (str_eq(runbooks[i]->path, path) && (runbooks[i]->indexed || runbooks[i]->alerts.n ||
		                                        catalog_runbook_declared(l->catalog, path, runbooks[i]->anchor)))
			return true;
	return false;
}

/* KubePodCrashLooping: alerts are found by their file's name. */
static bool may_be_alert(struct str stem)
{
	size_t capitals = 0;
	for (size_t i = 0; i < stem.n; i++) {
		capitals += stem.p[i] >= 'A' && stem.p[i] <= 'Z';
		if (strchr(" -.", stem.p[i]))
			return false;
	}
	return capitals > 1;
}

/* Pages about the folder itself. */
static bool is_no_runbook(struct arena *arena, struct str stem)
{
	static const char *const words[] = {"template", "contributing", "changelog", "license", "glossary"};
	struct str folded = lint_words(arena, stem);
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (lint_words_have(folded, str_c(words[i])))
			return true;
	return false;
}

static bool is_path_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || (c && strchr("/_-", c));
}

/* "`disk-full.md`", "- disk-full.md: the disk": no link, and still a name. */
static bool names_in_text(struct str text, struct str path)
{
	for (size_t at = 0; path.n && at < text.n;) {
		ptrdiff_t found = str_find(str_slice(text, at, text.n), path);
		if (found < 0)
			return false;
		at += (size_t)found;
		bool begins = at == 0 || !is_path_char(text.p[at - 1]) ||
		              (at > 1 && str_starts(str_slice(text, at - 2, text.n), STR("./")));
		if (begins && (at + path.n == text.n || !is_path_char(text.p[at + path.n])))
			return true;
		at++;
	}
	return false;
}

/* By its path from the index page's own folder. */
static bool named_by_an_index(const struct folder_lint *l, const struct lint_page *page)
{
	for (size_t i = 0; i < l->page_count; i++) {
		struct str folder = l->pages[i].path;
		while (folder.n && folder.p[folder.n - 1] != '/')
			folder.n--;
		if (!l->pages[i].runbook && str_starts(page->path, folder) &&
		    names_in_text(l->pages[i].text, str_slice(page->path, folder.n, page->path.n)))
			return true;
	}
	return false;
}

static void check_orphan(const struct folder_lint *l, const struct lint_page *page)
{
	struct str stem = stem_of(page->path);
	if (!page->runbook || page->named || page->to_be_copied || !catalog_index(l->catalog)->runbooks_count ||
	    is_no_runbook(l->arena, stem) || is_declared(l, page->path) || routed_to(l, page->path) ||
	    named_by_an_index(l, page))
		return;
	struct lint_finding *f =
		page_finding(l, page, LINT_ORPHAN_RUNBOOK, (struct pos){page->path.p, 1, 1}, nowhere,
	                 "no index page names \"%.*s\", and it names no alert: add it to the index", STR_ARG(page->path));
	if (may_be_alert(stem))
		f->level = LINT_HINT;
}

/* ---- together ---- */

static void check_claim(const struct folder_lint *l, struct map *claims, const struct runbook *r, struct str alert)
{
	const struct runbook *first = map_get(claims, alert);
	if (!first)
		map_set(claims, alert, (void *)(uintptr_t)r);
	else if (!str_eq(first->path, r->path))
		page_finding(l, folder_page(l, r->path), LINT_ALERT_CLAIMED_TWICE, (struct pos){r->path.p, 1, 1},
		             (struct pos){first->path.p, 1, 1},
		             "\"%.*s\" and \"%.*s\" both say that they are for the alert %.*s: leave it to one",
		             STR_ARG(r->path), STR_ARG(first->path), STR_ARG(alert));
}

static struct str claimed_runbook_key(struct arena *arena, const struct runbook *r)
{
	return str_c(arena_printf(arena, "%.*s#%.*s", STR_ARG(r->path), STR_ARG(r->anchor)));
}

static void check_claims_once(const struct folder_lint *l, struct map *claims, struct map *seen,
                              const struct runbook *r)
{
	struct str key = claimed_runbook_key(l->arena, r);
	for (size_t i = 0; !map_get(seen, key) && i < r->alerts.n; i++)
		check_claim(l, claims, r, r->alerts.v[i]);
	map_set(seen, key, seen);
}

static void check_claims(const struct folder_lint *l)
{
	const struct runbook *const *runbooks;
	size_t n = catalog_runbooks(l->catalog, &runbooks);
	struct map *claims = map_new(), *seen = map_new();
	for (size_t i = 0; i < n; i++)
		check_claims_once(l, claims, seen, runbooks[i]);
	/* A page of which only sections are listed is in no list. */
	for (size_t i = 0; i < l->page_count; i++)
		if (l->pages[i].runbook)
			check_claims_once(l, claims, seen, l->pages[i].runbook);
	map_free(claims);
	map_free(seen);
}

static void check_declared_pages(const struct folder_lint *l)
{
	const struct runbook *const *runbooks;
	size_t n = catalog_runbooks(l->catalog, &runbooks);
	for (size_t i = 0; i < n; i++)
		if (!runbooks[i]->exists && !runbooks[i]->indexed)
			lint_add(l->out, LINT_UNKNOWN_RUNBOOK, NULL, runbooks[i]->at, nowhere,
			         "the runbook \"%.*s\" is no file of the folder: write it or take the entry out",
			         STR_ARG(runbooks[i]->path));
}

static void release_page(struct lint_page *page)
{
	runbook_facts_release(&page->own);
	free(page->missing);
}

static void release_folder(struct folder_lint *l)
{
	for (size_t i = 0; i < l->page_count; i++)
		release_page(&l->pages[i]);
	free(l->pages);
	free(l->outside);
	map_free(l->by_path);
	map_free(l->by_folded);
	arena_free(l->arena);
}

void lint_runbooks(const struct lint_folder *f, struct lint *out)
{
	struct folder_lint l = {.world = f,
	                        .catalog = f->catalog,
	                        .arena = arena_new(),
	                        .out = out,
	                        .by_path = map_new(),
	                        .by_folded = map_new()};
	take_pages(&l);
	lint_find_wiki(&l);
	check_unread(&l);
	for (size_t i = 0; i < l.page_count; i++) {
		check_refused_page(&l, &l.pages[i]);
		lint_page_links(&l, &l.pages[i]);
		lint_page_text(&l, &l.pages[i]);
	}
	lint_outside_links(&l);
	for (size_t i = 0; i < l.page_count; i++)
		check_orphan(&l, &l.pages[i]);
	if (l.page_count) {
		lint_sections(&l);
		check_claims(&l);
		check_declared_pages(&l);
		lint_contradictions(&l);
		lint_severities(&l);
		lint_approvers(&l);
		lint_reviews(&l);
	}
	release_folder(&l);
}
