/* Runbooks: what a file of the folder says about itself, what catalog.yml adds, and finding one by an alert's name. */
#include <assert.h>
#include <stddef.h>
#include <string.h>

#include "catalog/collect.h"
#include "catalog/front_matter.h"
#include "catalog/markdown.h"
#include "catalog/pages.h"
#include "catalog/site_pages.h"
#include "words/words.h"

#define ROW(member_name, target_member, option_type, text)                                                             \
	{                                                                                                                  \
		.name = (member_name), .type = (option_type), .offset = offsetof(struct runbook, target_member), .doc = (text) \
	}

static const struct option rows[] = {
	{.name = "path",
     .type = OPTION_STR,
     .offset = offsetof(struct runbook, path),
     .required = true,
     .doc = "Relative to the runbook folder."},
	ROW("anchor", anchor, OPTION_STR, "A section of it that is a runbook of its own."),
	ROW("title", title, OPTION_STR,
        "By default the index page's, else the first heading, else the file name in words."),
	ROW("description", description, OPTION_STR, "What it is for, in a sentence."),
	ROW("category", category, OPTION_STR, "By default the index page's heading, else the folder that it is in."),
	ROW("severity", severities, OPTION_STRS,
        "The severity of its alerts where neither rule nor label says; gravest first."),
	ROW("type", type, OPTION_STR, "What kind of runbook: Procedure."),
	ROW("owner", owner, OPTION_STR, "Who owns its alerts where neither rule nor label says."),
	ROW("alerts", alerts, OPTION_STRS, "The names of the alerts that it is for."),
	ROW("approval", approval, OPTION_STR, "Who must agree before it is carried out."),
	ROW("estimated_time", estimated_time, OPTION_STR, "How long it takes, in words."),
	ROW("last_updated", last_updated, OPTION_STR, "The date of its last change: 2025-12-22."),
	ROW("next_review", next_review, OPTION_STR, "The date that it is to be read again: 2026-06-22."),
	ROW("review", review_ms, OPTION_DURATION, "How often somebody should read it again."),
	ROW("review_text", review.text, OPTION_STR, "The same in words."),
};
enum { ROWS = sizeof rows / sizeof *rows };

const struct option *runbook_rows(size_t *count)
{
	*count = ROWS;
	return rows;
}

static struct str take_segment(struct str *rest)
{
	ptrdiff_t slash = str_index(*rest, '/');
	struct str segment = slash < 0 ? *rest : str_slice(*rest, 0, (size_t)slash);
	*rest = slash < 0 ? (struct str){0} : str_slice(*rest, (size_t)slash + 1, rest->n);
	return segment;
}

bool runbook_path_check(struct str path, struct pos at, struct err *err)
{
	struct str rest = path;
	bool ok = path.n && !str_ends(path, STR("/")) && str_index(path, '#') < 0;
	while (ok && rest.n) {
		struct str segment = take_segment(&rest);
		ok = segment.n && !str_eq_c(segment, ".") && !str_eq_c(segment, "..");
	}
	if (!ok)
		err_at(err, at, "runbook: \"%.*s\" is no path relative to the runbook folder (folder/name.md)", STR_ARG(path));
	return ok;
}

/* ---- one file ---- */

/* high-cpu_usage.md -> High cpu usage */
struct str runbook_name_in_words(struct arena *arena, struct str path)
{
	struct str name = page_name(path).n ? page_name(path) : page_stem(path);
	char *words = arena_cstr(arena, name);
	for (size_t i = 0; i < name.n; i++)
		if (words[i] == '-' || words[i] == '_')
			words[i] = ' ';
	if (name.n && words[0] >= 'a' && words[0] <= 'z')
		words[0] = (char)(words[0] - 'a' + 'A');
	return (struct str){words, name.n};
}

/* ---- front matter ---- */

/* What is read from it is read by facts_read_runbook(); here it is said what is lost. */
static bool check_front_matter(struct catalog *c, const char *path, struct str text, struct err *err)
{
	AUTOERR struct err broken = ERR_INIT;
	broken.folder = err->folder;
	const struct yaml_node *map = front_matter_read(c->arena, path, text, &broken);
	if (err_any(&broken))
		err_add(err, "%s", err_first(&broken)); /* what breaks behind it breaks because of it */
	if (!map)
		return !text.n;
	const struct yaml_node *review = map->kind == YAML_MAP ? yaml_get(map, "review") : NULL;
	if (!review || review->kind != YAML_SCALAR)
		return true;
	struct fact_duration d = fact_duration_read(c->arena, review->text);
	if (d.ms || d.next_business_day || fact_date_read(c->arena, review->text).n)
		return true;
	err_at(err, review->at, "front matter: review: \"%.*s\" says no time", STR_ARG(review->text));
	return false;
}

static struct strs anchors_of(struct arena *arena, const struct runbook_facts *facts)
{
	size_t headings = facts->heading_count;
	struct strs anchors = {arena_alloc(arena, (headings + facts->ids.n + 1) * sizeof *anchors.v),
	                       headings + facts->ids.n};
	for (size_t i = 0; i < headings; i++)
		anchors.v[i] = facts->headings[i].anchor;
	for (size_t i = 0; i < facts->ids.n; i++)
		anchors.v[headings + i] = facts->ids.v[i];
	return anchors;
}

static void keep_text(struct catalog *c, struct str path, struct str text)
{
	struct catalog_text *kept = arena_alloc(c->arena, sizeof *kept);
	*kept = (struct catalog_text){path, arena_str(c->arena, text)};
	map_set(c->texts, path, kept);
}

/* What it says of itself, and its headings; in place of what the same path said before. */
static void keep_page(struct catalog *c, struct str path, struct str text)
{
	const char *why = NULL;
	struct runbook_file *file = arena_alloc(c->arena, sizeof *file), *before = map_get(c->files, path);
	if (before)
		runbook_facts_release(&before->facts);
	keep_text(c, path, text);
	facts_read_runbook(c->arena, path.p, path, text, &file->facts, &why);
	facts_use_site(c->site, c->arena, &file->facts);
	file->anchors = anchors_of(c->arena, &file->facts);
	map_set(c->files, path, file);
}

bool catalog_add_runbook(struct catalog *c, const char *name, struct str text, struct err *err)
{
	assert(!c->finished);
	struct str path = arena_str(c->arena, str_c(name)), rest = text;
	int lines = 0;
	if (!runbook_path_check(path, (struct pos){path.p, 1, 1}, err))
		return false;
	keep_page(c, path, text);
	return check_front_matter(c, name, front_matter_take(&rest, &lines), err);
}

bool catalog_add_index(struct catalog *c, const char *name, struct str text, struct err *err)
{
	assert(!c->finished && !c->index_path.n);
	struct str path = arena_str(c->arena, str_c(name)), folder = path;
	const char *why = NULL;
	if (!runbook_path_check(path, (struct pos){path.p, 1, 1}, err))
		return false;
	while (folder.n && folder.p[folder.n - 1] != '/')
		folder.n--;
	if (folder.n)
		folder.n--;
	keep_page(c, path, text);
	c->index_path = path;
	facts_read_index(c->arena, path.p, folder, text, &c->index, &why);
	if (why)
		err_at(err, (struct pos){path.p, 1, 1}, "the index page %s; what it states is not read", why);
	return !why;
}

void catalog_add_unread(struct catalog *c, struct str path)
{
	strs_add(c->arena, &c->unread, arena_str(c->arena, path));
}

struct strs catalog_unread(const struct catalog *c)
{
	return c->unread;
}

struct str catalog_index_among(const struct strs *paths)
{
	static const char *const names[] = {"readme.md", "index.md", "_index.md", "home.md"}; /* a wiki's is Home */
	for (size_t k = 0; k < sizeof names / sizeof *names; k++)
		for (size_t i = 0; i < paths->n; i++)
			if (str_eq_nocase(paths->v[i], str_c(names[k])))
				return paths->v[i];
	return (struct str){0};
}

void catalog_set_commit_date(struct catalog *c, struct str path, struct str date)
{
	struct str *kept = arena_alloc(c->arena, sizeof *kept);
	*kept = arena_str(c->arena, date);
	map_set(c->commits, path, kept);
}
