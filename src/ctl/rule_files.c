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
	int depth, hidden; /* folders within each other, and how many of them begin with a dot */
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

/* What editors and version control leave beside a file. */
static const char *const leftover_endings[] = {".swp", ".swo", ".bak", ".orig", ".rej", "~"};

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

/* Of every two bytes in UTF-16 one is zero where the text is ASCII. */
static struct str without_zeros(struct arena *arena, struct str text)
{
	char *out = arena_alloc(arena, text.n + 1);
	size_t n = 0;
	for (size_t i = 0; i < text.n; i++)
		if (text.p[i])
			out[n++] = text.p[i];
	return (struct str){out, n};
}

/* With a byte order mark, or without one: one of the first two bytes is zero. */
static bool is_wide(struct str text)
{
	bool marked = str_starts(text, STR("\xff\xfe")) || str_starts(text, STR("\xfe\xff"));
	return marked || (text.n > 1 && !text.p[0] != !text.p[1]);
}

/* NULL, or what is to be done with a text that defines alerts in a way that is not read here. */
static const char *unread_form_of(struct str text)
{
	AUTOARENA struct arena *arena = arena_new();
	if (promrules_in_prometheus_1(text))
		return "rules of Prometheus 1 (ALERT … IF …): convert them (`promtool update rules` of Prometheus 2.0 to 2.4), "
			   "or "
			   "leave the file out with --skip";
	if (promrules_in_text(text))
		return "looks as if it defined alerts, and in no form that is read here: render it, or leave it out with "
			   "--skip";
	if (is_wide(text) && promrules_in_text(without_zeros(arena, text)))
		return "defines alerts, and is UTF-16: save it as UTF-8, or leave it out with --skip";
	return NULL;
}

/* YAML that is no object of Kubernetes: an indented "ALERT … IF …" is part of a text in it. */
static bool only_quotes_alerts(const char *path, struct str text, const struct promrules *found)
{
	static const char *const yaml[] = {".yml", ".yaml"};
	bool outside = str_starts(text, STR("ALERT ")) || str_find(text, STR("\nALERT ")) >= 0;
	return ENDS_IN(path, yaml) && !found->objects && !outside && promrules_in_prometheus_1(text);
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
	bool rules = found.n || found.groups || found.rule_tests || found.prometheus_file;
	bool quotes = only_quotes_alerts(path, buf_str(&text), &found);
	const char *unread = good && !rules && !quotes ? unread_form_of(buf_str(&text)) : NULL;
	if (unread)
		err_add(f->err, "%s: %s", path, unread);
	else if (good && !found.n && named)
		tell_what_it_is(f, path, &found);
	else if (good && !found.n)
		note_without(f, path);
	append_rules(&f->rules, &found);
	promrules_release(&found);
}

/* Jsonnet, a template's source, an ending of one's own, a hidden file: named, for nobody would miss its alerts. */
static void look_into(struct rule_files *f, const char *path, const char *why)
{
	AUTOBUF struct buf text;
	AUTOERR struct err ignored = ERR_INIT; /* too large, not readable: no rule file */

	buf_init(&text, LOOKED_INTO_BYTES_MAX);
	if (file_read(path, &text, &ignored) && unread_form_of(buf_str(&text)))
		err_add(f->err, "%s: looks as if it defined alerts, but %s, name it by itself, or leave it out with --skip",
		        path, why);
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

static bool is_hidden(const char *path)
{
	const char *name = strrchr(path, '/');
	return name && name[1] == '.';
}

static void walk_rule_file(struct folder_walk *w, const char *path)
{
	if (w->hidden || is_hidden(path)) {
		if (ENDS_IN(path, read_endings))
			look_into(w->f, path, "it is hidden, a name on its way begins with a dot: rename it");
	} else if (ENDS_IN(path, read_endings)) {
		read_definitions(w->f, path, false);
	} else if (!ENDS_IN(path, page_endings) && !ENDS_IN(path, leftover_endings)) {
		look_into(w->f, path, "is none of .yml .yaml .json .rules .rule: render it");
	}
}

static void walk_rule_entry(struct folder_walk *w, const char *path)
{
	if (is_skipped(w, path))
		return;
	if (is_folder_at(path)) {
		w->hidden += is_hidden(path);
		walk_rule_folder(w, path);
		w->hidden -= is_hidden(path);
	} else if (++w->files == RULE_FILES_MAX) {
		err_add(w->f->err, "%s: more than %d files below this folder", path, RULE_FILES_MAX);
	} else if (w->files < RULE_FILES_MAX) {
		walk_rule_file(w, path);
	}
}

/* What version control keeps, and what Kubernetes mounts a ConfigMap through ("..data"), is nobody's rule file. */
static int is_looked_at(const struct dirent *entry)
{
	static const char *const others[] = {".", ".git", ".hg", ".svn"};
	for (size_t i = 0; i < sizeof others / sizeof *others; i++)
		if (strcmp(entry->d_name, others[i]) == 0)
			return 0;
	return strncmp(entry->d_name, "..", 2) != 0;
}

static void walk_rule_folder(struct folder_walk *w, const char *path)
{
	struct dirent **entries;
	int n = w->depth < RULE_FILES_DEPTH_MAX ? scandir(path, &entries, is_looked_at, alphasort) : -1;

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
