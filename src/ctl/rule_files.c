/* Looks into files and folders for alert definitions. */
#include "ctl/rule_files.h"

#include <dirent.h>
#include <errno.h>
#include <fnmatch.h>
#include <glob.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "setup/file.h"

#define RULE_FILE_BYTES_MAX ((size_t)64 * 1024 * 1024)
#define LOOKED_INTO_BYTES_MAX ((size_t)4 * 1024 * 1024) /* of a file that is none by its name */
#define WITHOUT_MAX 10000

/* A walk through a folder. */
struct folder_walk {
	struct rule_files *f;
	size_t top; /* length of the folder's own path: what follows is the path below it */
	size_t files;
	int depth;
};

static bool is_folder_at(const char *path)
{
	struct stat st;
	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

/* ---- one file ---- */

static bool ends_in_one_of(const char *path, const char *const *endings, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (str_ends(str_c(path), str_c(endings[i])))
			return true;
	return false;
}
#define ENDS_IN(path, endings) ends_in_one_of(path, endings, sizeof(endings) / sizeof *(endings))

/* .rule: Juju's charms. */
static const char *const read_endings[] = {".yml", ".yaml", ".json", ".rules", ".rule"};
/* Pages show definitions, they do not make them. */
static const char *const page_endings[] = {".md", ".mdx", ".markdown", ".html", ".adoc", ".rst"};

static void note_without(struct rule_files *f, const char *path)
{
	if (!f->without.v)
		f->without.v = arena_alloc(f->arena, WITHOUT_MAX * sizeof *f->without.v);
	if (f->without.n < WITHOUT_MAX)
		f->without.v[f->without.n++] = arena_str(f->arena, str_c(path));
}

/* What a file is that was named as one of alert definitions and holds no rules at all. */
static void tell_what_it_is(struct rule_files *f, const char *path, const struct promrules *found)
{
	if (found->prometheus_file)
		err_add(f->err, "%s: a configuration of Prometheus, not a rule file: name the files that its rule_files lists",
		        path);
	else if (found->groups || found->rule_tests)
		err_add(f->notes, "%s: no alerting rules in it", path);
	else if (found->objects)
		err_add(f->err, "%s: defines no alerts in a form that is read here: an object of another kind", path);
	else
		err_add(f->err, "%s: defines no alerts and is no rule file", path);
}

static void append_rules(struct promrules *to, const struct promrules *from)
{
	for (size_t i = 0; i < from->n; i++) {
		MEM_ROOM(to->v, to->n, to->capacity);
		to->v[to->n++] = from->v[i];
	}
}

/* The tree's strings are copies, those of the text are not needed any more. */
static void read_definitions(struct rule_files *f, const char *path, bool named)
{
	AUTOBUF struct buf text;
	struct promrules found = {0};

	buf_init(&text, RULE_FILE_BYTES_MAX);
	if (!file_read(path, &text, f->err))
		return;
	bool good = promrules_read(f->arena, path, buf_str(&text), &found, f->err);
	if (good && !found.n && named)
		tell_what_it_is(f, path, &found);
	else if (good && !found.n && !found.groups && !found.rule_tests && promrules_in_text(buf_str(&text)))
		err_add(f->err,
		        "%s: looks as if it defined alerts, and in no form that is read here: render it, or leave it out with "
		        "--skip",
		        path);
	else if (good && !found.n)
		note_without(f, path);
	append_rules(&f->rules, &found);
	promrules_release(&found);
}

/* Jsonnet, a template's source, an ending of one's own: named, for nobody would miss its alerts. */
static void look_into(struct rule_files *f, const char *path)
{
	AUTOBUF struct buf text;
	AUTOERR struct err ignored = ERR_INIT; /* too large, not readable: no rule file */

	buf_init(&text, LOOKED_INTO_BYTES_MAX);
	if (file_read(path, &text, &ignored) && promrules_in_text(buf_str(&text)))
		err_add(f->err,
		        "%s: looks as if it defined alerts, but is none of .yml .yaml .json .rules .rule: render it, "
		        "name it by itself, or leave it out with --skip",
		        path);
}

/* ---- folders ---- */

static bool is_skipped(const struct folder_walk *w, const char *path)
{
	const char *below = path + w->top, *name = strrchr(path, '/');

	for (size_t i = 0; i < w->f->skip_count; i++)
		if (fnmatch(w->f->skip[i], below, 0) == 0 || (name && fnmatch(w->f->skip[i], name + 1, 0) == 0))
			return true;
	return false;
}

static void walk_rule_folder(struct folder_walk *w, const char *path);

static void walk_rule_entry(struct folder_walk *w, const char *path)
{
	if (is_skipped(w, path))
		return;
	if (is_folder_at(path)) {
		walk_rule_folder(w, path);
	} else if (++w->files == RULE_FILES_MAX) {
		err_add(w->f->err, "%s: more than %d files below this folder", path, RULE_FILES_MAX);
	} else if (w->files < RULE_FILES_MAX) {
		if (ENDS_IN(path, read_endings))
			read_definitions(w->f, path, false);
		else if (!ENDS_IN(path, page_endings))
			look_into(w->f, path);
	}
}

static int is_not_hidden(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

static void walk_rule_folder(struct folder_walk *w, const char *path)
{
	struct dirent **entries;
	int n = w->depth < RULE_FILES_DEPTH_MAX ? scandir(path, &entries, is_not_hidden, alphasort) : -1;

	if (n < 0) {
		err_add(w->f->err, "%s: %s", path,
		        w->depth < RULE_FILES_DEPTH_MAX ? strerror(errno) : "folders within each other without an end");
		return;
	}
	w->depth++;
	for (int i = 0; i < n; i++) {
		AUTOFREE char *inner = mem_printf("%s/%s", path, entries[i]->d_name);
		walk_rule_entry(w, inner);
		free(entries[i]);
	}
	w->depth--;
	free(entries);
}

static void read_rule_folder(struct rule_files *f, const char *path)
{
	struct str trimmed = str_c(path);
	size_t before = f->rules.n, errors = f->err->count;

	while (trimmed.n > 1 && str_ends(trimmed, STR("/")))
		trimmed.n--;
	AUTOFREE char *top = mem_str(trimmed);
	struct folder_walk w = {.f = f, .top = strlen(top) + 1};
	walk_rule_folder(&w, top);
	if (f->rules.n == before && f->err->count == errors)
		err_add(f->err, "%s: nothing below this folder defines an alert", path);
}

/* ---- patterns ---- */

static bool has_wildcard(const char *pattern)
{
	return strpbrk(pattern, "*?[{") != NULL;
}

void rule_files_read(struct rule_files *f, const char *pattern)
{
	glob_t found;
	int problem = glob(pattern, GLOB_BRACE | GLOB_TILDE, NULL, &found);

	if (problem) {
		err_add(f->err, "%s: %s", pattern, problem == GLOB_NOMATCH ? "there is no such file" : "cannot be searched");
		return;
	}
	for (size_t i = 0; i < found.gl_pathc; i++)
		if (is_folder_at(found.gl_pathv[i]))
			read_rule_folder(f, found.gl_pathv[i]);
		else
			read_definitions(f, found.gl_pathv[i], !has_wildcard(pattern));
	globfree(&found);
}
