/* Runbooks: what a file of the folder says about itself, what catalog.yml adds, and finding one by an alert's name. */
#include <assert.h>
#include <stddef.h>
#include <string.h>

#include "catalog/collect.h"
#include "catalog/headings.h"
#include "catalog/markdown.h"

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
	ROW("title", title, OPTION_STR, "By default the first heading, else the file name in words."),
	ROW("description", description, OPTION_STR, "What it is for, in a sentence."),
	ROW("category", category, OPTION_STR, "By default the folder that it is in."),
	ROW("severity", severity, OPTION_STR, "The severity of its alerts where neither rule nor label says."),
	ROW("owner", owner, OPTION_STR, "Who owns its alerts where neither rule nor label says."),
	ROW("alerts", alerts, OPTION_STRS, "The names of the alerts that it is for."),
	ROW("approval", approval, OPTION_STR, "Who must agree before it is carried out."),
	ROW("estimated_time", estimated_time, OPTION_STR, "How long it takes, in words."),
	ROW("review", review_ms, OPTION_DURATION, "How often somebody should read it again."),
};
enum { ROWS = sizeof rows / sizeof *rows };

const struct option *runbook_rows(size_t *count)
{
	*count = ROWS;
	return rows;
}

void runbook_overlay(struct runbook *r, const struct runbook *over)
{
	for (size_t i = 0; i < ROWS; i++) {
		void *to = (char *)r + rows[i].offset;
		const void *from = (const char *)over + rows[i].offset;
		if (rows[i].type == OPTION_STR && ((const struct str *)from)->n)
			memcpy(to, from, sizeof(struct str));
		else if (rows[i].type == OPTION_STRS && ((const struct strs *)from)->n)
			memcpy(to, from, sizeof(struct strs));
		else if (rows[i].type == OPTION_DURATION && *(const int64_t *)from)
			memcpy(to, from, sizeof(int64_t));
	}
	r->at = over->at;
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

static struct str file_name(struct str path)
{
	struct str name = {0};
	while (path.n)
		name = take_segment(&path);
	return name;
}

static struct str without_extension(struct str name)
{
	size_t n = name.n;
	while (n && name.p[n - 1] != '.')
		n--;
	return n > 1 ? str_slice(name, 0, n - 1) : name;
}

static bool is_index(struct str path)
{
	static const char *const names[] = {"readme.md", "index.md", "_index.md"};
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (str_eq_nocase(file_name(path), str_c(names[i])))
			return true;
	return false;
}

/* high-cpu_usage.md -> High cpu usage */
static struct str name_in_words(struct arena *arena, struct str path)
{
	struct str name = without_extension(file_name(path));
	char *words = arena_cstr(arena, name);
	for (size_t i = 0; i < name.n; i++)
		if (words[i] == '-' || words[i] == '_')
			words[i] = ' ';
	if (name.n && words[0] >= 'a' && words[0] <= 'z')
		words[0] = (char)(words[0] - 'a' + 'A');
	return (struct str){words, name.n};
}

static struct str folder_of(struct str path)
{
	ptrdiff_t slash = str_index(path, '/');
	return slash < 0 ? (struct str){0} : str_slice(path, 0, (size_t)slash);
}

/* The entries of a front matter that are ours: site generators keep theirs there as well. */
static void keep_own_keys(struct yaml_node *map)
{
	size_t kept = 0;
	for (size_t i = 0; i < map->count; i++) {
		bool own = false;
		for (size_t k = 1; k < ROWS && !own; k++)
			own = str_eq_c(map->keys[i]->text, rows[k].name);
		if (!own)
			continue;
		map->keys[kept] = map->keys[i];
		map->items[kept++] = map->items[i];
	}
	map->count = kept;
}

static bool read_front_matter(struct catalog *c, const char *path, struct str text, struct runbook *r, struct err *err)
{
	if (!text.n)
		return true;
	struct yaml_node *map = yaml_parse(c->arena, path, text, err);
	if (!map)
		return false;
	if (map->kind != YAML_MAP)
		return true; /* text between two rulers */
	keep_own_keys(map);
	return options_read(rows + 1, ROWS - 1, map, "front matter", c->arena, r, NULL, err);
}

static void take_anchors(struct arena *arena, const struct outline *outline, struct runbook *r)
{
	r->anchors.v = arena_alloc(arena, (outline->count + 1) * sizeof *r->anchors.v);
	r->anchors.n = outline->count;
	for (size_t i = 0; i < outline->count; i++)
		r->anchors.v[i] = outline->headings[i].anchor;
}

static struct str first_title(const struct outline *outline)
{
	for (size_t i = 0; i < outline->count; i++)
		if (outline->headings[i].text.n)
			return outline->headings[i].text;
	return (struct str){0};
}

/* The headings of the page that readers see; where it is too heavy for one, what a light scan finds. */
static void read_outline(struct catalog *c, struct str text, struct outline *out)
{
	const struct heading *headings;
	const char *why;
	outline_read(c->arena, text, out);
	struct markdown *page = markdown_parse(c->arena, text, &why);
	if (!page)
		return;
	out->count = markdown_headings(page, &headings);
	out->headings = arena_alloc(c->arena, (out->count + 1) * sizeof *headings);
	if (out->count)
		memcpy(out->headings, headings, out->count * sizeof *headings);
	markdown_free(page);
}

static void keep_text(struct catalog *c, struct str path, struct str text)
{
	struct catalog_text *kept = arena_alloc(c->arena, sizeof *kept);
	*kept = (struct catalog_text){path, arena_str(c->arena, text)};
	map_set(c->texts, path, kept);
}

bool catalog_add_runbook(struct catalog *c, const char *path, struct str text, struct err *err)
{
	assert(!c->finished);
	struct runbook *r = arena_alloc(c->arena, sizeof *r);
	r->path = arena_str(c->arena, str_c(path));
	r->at = (struct pos){r->path.p, 1, 1};
	r->exists = true;
	if (!runbook_path_check(r->path, r->at, err))
		return false;
	keep_text(c, r->path, text);
	if (is_index(r->path))
		return true;
	struct outline outline;
	read_outline(c, text, &outline);
	take_anchors(c->arena, &outline, r);
	if (!read_front_matter(c, path, outline.front_matter, r, err))
		return false;
	if (!r->title.n)
		r->title = first_title(&outline);
	map_set(c->files, r->path, r);
	return true;
}

/* ---- all of them ---- */

static void add_once(struct catalog *c, struct map *m, struct str name, struct runbook *r)
{
	if (!name.n)
		return;
	const struct runbook *other = map_get(m, name);
	map_set(m, name, other && other != r ? &c->several : r);
}

static void add_look_ups(struct catalog *c, struct runbook *r)
{
	char room[CATALOG_NAME_MAX];
	if (r->exists)
		add_once(c, c->by_filename, catalog_fold_letters(without_extension(file_name(r->path)), room), r);
	for (size_t i = 0; i < r->alerts.n; i++)
		add_once(c, c->by_alert, r->alerts.v[i], r);
	if (!r->title.n)
		r->title = name_in_words(c->arena, r->path);
	if (!r->category.n)
		r->category = folder_of(r->path);
}

void runbooks_finish(struct catalog *c)
{
	struct str path;
	void *value;
	for (size_t i = 0; map_next(c->files, &i, &path, &value);)
		map_set(c->runbooks, path, value);
	for (size_t i = 0; map_next(c->declared, &i, &path, &value);) {
		struct runbook *file = map_get(c->files, path);
		if (file)
			runbook_overlay(file, value);
		else
			map_set(c->runbooks, path, value);
	}
	for (size_t i = 0; map_next(c->runbooks, &i, &path, &value);)
		add_look_ups(c, value);
}
