/*
 * A page of the folder that is the template of post-mortems: one that the index calls so, or whose name or title says it
 * (postmortem-template.md). It counts where the index page holds none itself.
 */
#include <string.h>

#include "base/form.h"
#include "catalog/collect.h"
#include "catalog/front_matter.h"
#include "catalog/pages.h"
#include "index_impl.h"

#define HEADINGS_LEAST 2 /* of a report; fewer are a note about it */

static bool means_template(struct arena *arena, struct str words)
{
	return words.n && topic_of_heading(words_fold(arena, words), TOPIC_NONE) == TOPIC_POSTMORTEM;
}

/* "postmortem-template", "templates/postmortem": said in the order of a heading. */
static bool named_so(struct arena *arena, struct str path)
{
	struct str stem = page_stem(path), folder = words_fold(arena, page_folder(path));
	struct str words = words_fold(arena, stem);
	bool template = words_have(folder, "template") || words_have(folder, "templates") || words_have(words, "template");
	return means_template(arena, stem) ||
	       (template && means_template(arena, str_c(arena_printf(arena, "%.*s template", STR_ARG(words)))) &&
	        (words_have(words, "postmortem") || words_have(words, "post mortem") ||
	         words_have(words, "incident report")));
}

static bool titled_so(struct arena *arena, const struct runbook_file *file)
{
	const struct runbook_facts *f = &file->facts;
	return f->heading_count && f->headings[0].level == 1 && means_template(arena, f->headings[0].text);
}

static struct str linked_page(struct catalog *c, struct str url)
{
	ptrdiff_t hash = str_index(url, '#');
	struct str target = form_unescape(c->arena, hash < 0 ? url : str_slice(url, 0, (size_t)hash));
	bool inside = target.n && str_find(target, STR("://")) < 0;
	return inside ? pages_find(c, page_path_from(c->arena, page_folder(c->index_path), target)) : (struct str){NULL, 0};
}

/* What the index calls a template of post-mortems; "" where it links to none. */
static struct str template_of_index(struct catalog *c)
{
	const struct runbook_file *index = c->index_path.n ? map_get(c->files, c->index_path) : NULL;
	struct str found = {NULL, 0};
	for (size_t i = 0; index && !found.n && i < index->facts.link_count; i++)
		if (means_template(c->arena, index->facts.links[i].name))
			found = linked_page(c, index->facts.links[i].url);
	for (size_t i = 0; !found.n && i < c->index.runbooks_count; i++)
		if (means_template(c->arena, c->index.runbooks[i].title))
			found = pages_find(c, c->index.runbooks[i].path);
	return found;
}

/* By name before by title; of several the first in the order of their paths. */
static struct str template_of_folder(struct catalog *c)
{
	struct str path, found = {NULL, 0};
	bool by_name = false;
	void *value;
	for (size_t i = 0; map_next(c->files, &i, &path, &value);) {
		bool name = named_so(c->arena, path);
		bool better = !found.n || (name && !by_name) || (name == by_name && str_cmp(path, found) < 0);
		if (str_eq(path, c->index_path) || !(name || titled_so(c->arena, value)) || !better)
			continue;
		found = path;
		by_name = name;
	}
	return found;
}

/* "Post-mortem template" is a post-mortem. */
static struct str without_template(struct str title)
{
	static const char *const words[] = {" template", " (template)", " vorlage"};
	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		size_t n = strlen(words[i]);
		if (title.n > n && str_eq_nocase(str_slice(title, title.n - n, title.n), str_c(words[i])))
			return words_trim(str_slice(title, 0, title.n - n));
	}
	return title;
}

/* "# Post-mortem template" heads no report: "# Post-mortem: [title]" does. */
static struct str as_report(struct arena *arena, struct str text)
{
	struct str first, rest = text, inside;
	size_t from = 0;
	while (text_next_line(text, &from, &first) && !str_trim(first).n)
		;
	rest = str_slice(text, from, text.n);
	struct str title = str_starts(first, STR("# ")) ? str_trim(str_slice(first, 2, first.n)) : (struct str){NULL, 0};
	for (size_t i = 0; i < title.n; i++)
		if (fact_placeholder_at(str_slice(title, i, title.n), &inside))
			return text;
	struct str kind = without_template(title);
	if (!kind.n)
		return text;
	return str_c(arena_printf(arena, "# %.*s: [title]\n%.*s", STR_ARG(kind), STR_ARG(rest)));
}

/* The first fence that holds a report; its first line goes to `at`. */
static struct str report_in_fence(struct str text, int *at)
{
	struct str line;
	size_t begin = 0;
	bool open = false;
	int number = 0;
	for (size_t from = 0, start = 0; text_next_line(text, &from, &line); start = from) {
		number++;
		if (!is_fence_mark(line))
			continue;
		struct str body = str_slice(text, begin, open ? start : begin);
		if (template_headings(body) >= HEADINGS_LEAST)
			return body;
		open = !open;
		begin = from;
		*at = number + 1;
	}
	return (struct str){NULL, 0};
}

/* What is to be filled in: a fence that holds a report, else the page itself; nothing where it is neither. */
static void read_page(struct catalog *c, struct str path, struct fact_template *out)
{
	const struct catalog_text *page = map_get(c->texts, path);
	struct str text = page ? page->text : (struct str){NULL, 0};
	int lines = 0, at = 1;
	front_matter_take(&text, &lines);
	struct str report = report_in_fence(text, &at);
	if (!report.n && template_headings(text) < HEADINGS_LEAST)
		return;
	report = report.n ? report : as_report(c->arena, text);
	*out = postmortem_in_page(c->arena, path.p, report, lines + at);
}

void postmortem_page_finish(struct catalog *c)
{
	struct str path = c->stated.postmortem.body.n ? (struct str){NULL, 0} : template_of_index(c);
	if (!path.n && !c->stated.postmortem.body.n)
		path = template_of_folder(c);
	if (path.n)
		read_page(c, path, &c->stated.postmortem);
}
