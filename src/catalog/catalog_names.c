/* By an alert's name: the page that is called so, the one that says it is for the alert, the one with such a heading. */
#include <string.h>

#include "catalog/collect.h"
#include "catalog/pages.h"
#include "runbook_impl.h"
#include "words/table_title_words.h"
#include "words/words.h"

#define HEADING_LETTERS_MIN 8 /* of a heading that an alert is looked up by: "Disk full", not "Down" */
#define WORDS_LETTERS_MIN 5   /* of one with several words, for a name that has several too: "X down" */

/* Of a page and a section of it the section: a page that lists its alerts, and has a heading for each. */
static struct runbook *one_of_two(struct catalog *c, struct runbook *a, struct runbook *b)
{
	bool one_page = a != &c->several && str_eq(a->path, b->path);
	if (a == b || (one_page && !b->anchor.n && a->anchor.n))
		return a;
	return one_page && !a->anchor.n ? b : &c->several;
}

static void add_runbook_name(struct catalog *c, struct map *m, struct str name, struct runbook *r)
{
	if (!name.n)
		return;
	struct runbook *other = map_get(m, name);
	map_set(m, name, other ? one_of_two(c, other, r) : r);
}

static void add_names_of(struct catalog *c, struct runbook *r)
{
	char room[CATALOG_NAME_MAX];
	if (r->exists && !r->anchor.n && !r->is_index)
		add_runbook_name(c, c->by_filename, catalog_fold_letters(page_name(r->path), room), r);
	for (size_t i = 0; i < r->alerts.n; i++)
		add_runbook_name(c, c->by_alert, r->alerts.v[i], r);
}

static struct str folder_of_path(struct str path)
{
	while (path.n && path.p[path.n - 1] != '/')
		path.n--;
	return path.n ? str_slice(path, 0, path.n - 1) : path;
}

/* The folder that the page is filed in: kafka of kafka/broker-down.md and of kafka/broker-down/README.md. */
static struct str filed_in(struct str path)
{
	struct str folder = folder_of_path(path);
	if (page_stands_for_folder(path))
		folder = folder_of_path(folder);
	return str_slice(folder, folder_of_path(folder).n + (folder_of_path(folder).n > 0), folder.n);
}

/* KafkaBrokerDown is kafka/broker-down.md. */
static struct str name_with_folder(struct arena *arena, struct str path)
{
	struct str folder = filed_in(path), name = page_name(path);
	return folder.n && name.n ? str_c(arena_printf(arena, "%.*s%.*s", STR_ARG(folder), STR_ARG(name)))
	                          : (struct str){NULL, 0};
}

/* Where the first word of a file's name ends, or its last one begins. */
static size_t word_end(struct str name)
{
	size_t n = 0;
	while (n < name.n && !strchr("-_ .", name.p[n]))
		n++;
	return n;
}

static size_t last_word_at(struct str name)
{
	size_t n = name.n;
	while (n && !strchr("-_ .", name.p[n - 1]))
		n--;
	return n;
}

static bool is_digits_only(struct str word)
{
	for (size_t i = 0; i < word.n; i++)
		if (word.p[i] < '0' || word.p[i] > '9')
			return false;
	return word.n > 0;
}

/* DiskFull is 001-disk-full.md, runbook_disk_full.md, alert-disk-full.md and disk-full-playbook.md. */
static struct str name_undecorated(struct arena *arena, struct str path)
{
	struct str whole = page_name(path), name = whole;
	(void)arena;
	for (size_t n; (n = word_end(name)) < name.n;) {
		struct str word = str_slice(name, 0, n);
		bool says_kind =
			words_table_is(&title_words, TITLE_OPENING, word) || words_table_is(&title_words, TITLE_ALERT, word);
		if (!is_digits_only(word) && !says_kind)
			break;
		name = str_slice(name, n + 1, name.n);
	}
	for (size_t at; (at = last_word_at(name)) > 0;) {
		if (!words_table_is(&title_words, TITLE_CLOSING, str_slice(name, at, name.n)))
			break;
		name = str_slice(name, 0, at - 1);
	}
	bool telling = name.n < whole.n && word_end(name) < name.n; /* "404-errors" is no page about errors */
	return telling ? name : (struct str){NULL, 0};
}

static struct str without_small_words(struct arena *arena, struct str text)
{
	static const char *const small[] = {"is", "are", "has", "have", "the", "a", "an"};
	AUTOBUF struct buf out;
	buf_init(&out, CATALOG_NAME_MAX);
	for (size_t i = 0; i < text.n;) {
		size_t end = words_until(text, i, " -_");
		struct str word = str_slice(text, i, end);
		bool drop = false;
		for (size_t k = 0; k < sizeof small / sizeof *small; k++)
			drop |= str_eq_nocase(word, str_c(small[k]));
		if (!drop && word.n)
			buf_printf(&out, "%s%.*s", out.n ? " " : "", STR_ARG(word));
		i = end + 1;
	}
	return arena_str(arena, buf_str(&out));
}

/* RedisDown is redis-is-down.md. */
static struct str name_without_small_words(struct arena *arena, struct str path)
{
	struct str whole = page_name(path), name = without_small_words(arena, whole);
	return name.n < whole.n ? name : (struct str){NULL, 0};
}

/* Another name of each page, where no page is called so: `name_of` says it, empty where there is none. */
static void add_other_name(struct catalog *c, struct map *others, struct runbook *r,
                           struct str (*name_of)(struct arena *arena, struct str path))
{
	AUTOARENA struct arena *arena = arena_new();
	char room[CATALOG_NAME_MAX];
	if (!r->exists || r->anchor.n || r->is_index)
		return;
	struct str letters = catalog_fold_letters(name_of(arena, r->path), room);
	if (letters.n && !map_get(c->by_filename, letters))
		add_runbook_name(c, others, letters, r);
}

static void add_other_names(struct catalog *c, struct map *const lists[2],
                            struct str (*name_of)(struct arena *arena, struct str path))
{
	struct map *others = map_new();
	struct str key;
	void *value;
	for (size_t k = 0; k < 2; k++)
		for (size_t i = 0; map_next(lists[k], &i, &key, &value);)
			add_other_name(c, others, value, name_of);
	for (size_t i = 0; map_next(others, &i, &key, &value);)
		map_set(c->by_filename, key, value);
	map_free(others);
}

/* A page that has moved: its name, and the alerts that it names, lead where it has gone. */
static void add_old_name(struct catalog *c, const struct runbook_file *file)
{
	char room[CATALOG_NAME_MAX];
	struct str letters = catalog_fold_letters(page_name(file->facts.self.path), room);
	struct runbook *to = file->moved_to.n ? map_get(c->runbooks, file->moved_to) : NULL;
	if (to && letters.n && !map_get(c->by_filename, letters))
		map_set(c->by_filename, letters, to);
	for (size_t i = 0; to && i < file->facts.self.alerts.n; i++)
		if (!map_get(c->by_alert, file->facts.self.alerts.v[i]))
			map_set(c->by_alert, file->facts.self.alerts.v[i], to);
}

/* What a listed section says it is for is not the rest of its file's as well. */
static void leave_to_sections(const struct catalog *c, struct runbook *whole)
{
	struct str key;
	void *value;
	for (size_t i = 0; map_next(c->runbooks, &i, &key, &value);) {
		const struct runbook *section = value;
		size_t kept = 0;
		if (!section->anchor.n || !str_eq(section->path, whole->path))
			continue;
		for (size_t k = 0; k < whole->alerts.n; k++)
			if (!strs_have(&section->alerts, whole->alerts.v[k]))
				whole->alerts.v[kept++] = whole->alerts.v[k];
		whole->alerts.n = kept;
	}
}

/* ---- related alerts ---- */

static void find_related(struct catalog *c, struct map *by_related, struct runbook *r)
{
	for (size_t i = 0; i < r->related.n; i++)
		if (!map_get(c->by_alert, r->related.v[i]))
			add_runbook_name(c, by_related, r->related.v[i], r);
}

static void take_related(struct catalog *c, const struct map *by_related, struct runbook *r)
{
	struct str *v = r->related.n ? arena_alloc(c->arena, (r->alerts.n + r->related.n) * sizeof *v) : NULL;
	if (v && r->alerts.n)
		memcpy(v, r->alerts.v, r->alerts.n * sizeof *v);
	r->alerts.v = v ? v : r->alerts.v;
	for (size_t i = 0; i < r->related.n; i++) {
		if (map_get(by_related, r->related.v[i]) != r)
			continue;
		v[r->alerts.n++] = r->related.v[i];
		map_set(c->by_alert, r->related.v[i], r);
	}
}

/* An alert that one page alone calls related, and that no page says it is for. */
static void relate(struct catalog *c, struct map *const lists[2])
{
	struct map *by_related = map_new();
	struct str key;
	void *value;
	for (size_t k = 0; k < 2; k++)
		for (size_t i = 0; map_next(lists[k], &i, &key, &value);)
			find_related(c, by_related, value);
	for (size_t k = 0; k < 2; k++)
		for (size_t i = 0; map_next(lists[k], &i, &key, &value);)
			take_related(c, by_related, value);
	map_free(by_related);
}

/* ---- headings ---- */

static void add_heading_name(struct catalog *c, const struct runbook *r, struct str text, struct str anchor)
{
	char room[CATALOG_NAME_MAX];
	struct str folded = catalog_fold_letters(text, room);
	bool words = folded.n >= WORDS_LETTERS_MIN && str_index(str_trim(text), ' ') > 0;
	if (folded.n < HEADING_LETTERS_MIN && !words)
		return;
	struct heading_of *known = map_get(c->by_heading, folded);
	if (known && known->runbook && !str_eq(known->runbook->path, r->path))
		known->runbook = NULL;
	if (known)
		return;
	known = arena_alloc(c->arena, sizeof *known);
	*known = (struct heading_of){r, anchor};
	map_set(c->by_heading, folded, known);
}

static void add_headings_of(struct catalog *c, const struct runbook_file *file)
{
	const struct runbook *r = catalog_runbook(c, file->facts.self.path);
	for (size_t i = 0; r && i < file->facts.heading_count; i++) {
		const struct fact_heading *h = &file->facts.headings[i];
		bool title = i == 0;
		if (!h->empty && !(title && r->is_index))
			add_heading_name(c, r, h->text, title ? (struct str){0} : h->anchor);
	}
}

/* As the index calls it. */
static void add_title_of(struct catalog *c, const struct runbook *r)
{
	if (r->exists && r->anchor_exists)
		add_heading_name(c, r, r->title, r->anchor);
}

/* XDown, x_down; but no Login, which "Log in" is not for. */
static bool has_several_words(struct str alertname)
{
	return alert_name_is_camel(alertname) || str_index(alertname, '_') > 0 || str_index(alertname, '-') > 0;
}

/* The title without what only says that it is a runbook, and without "is", "has", "the": where nobody else is called so. */
static void add_plain_title(struct catalog *c, const struct runbook *r, struct str title, struct str anchor)
{
	AUTOARENA struct arena *arena = arena_new();
	struct str core = runbook_title_core(title), plain = without_small_words(arena, core);
	struct str forms[] = {core, plain};
	for (size_t i = 0; i < sizeof forms / sizeof *forms; i++)
		add_heading_name(c, r, forms[i], anchor);
}

static void add_plain_title_of_page(struct catalog *c, const struct runbook_file *file)
{
	const struct runbook *r = catalog_runbook(c, file->facts.self.path);
	const struct fact_heading *h = file->facts.headings;
	if (r && !r->is_index && file->facts.heading_count && !h->empty)
		add_plain_title(c, r, h->text, (struct str){0});
}

/* Where no heading is written so; of two pages with one such title neither. */
static void add_plain_titles(struct catalog *c)
{
	struct map *as_written = c->by_heading;
	struct str key;
	void *value;
	c->by_heading = map_new();
	for (size_t i = 0; map_next(c->runbooks, &i, &key, &value);) {
		const struct runbook *r = value;
		if (r->exists && r->anchor_exists)
			add_plain_title(c, r, r->title, r->anchor);
	}
	for (size_t i = 0; map_next(c->files, &i, &key, &value);)
		add_plain_title_of_page(c, value);
	for (size_t i = 0; map_next(c->by_heading, &i, &key, &value);)
		if (!map_get(as_written, key))
			map_set(as_written, key, value);
	map_free(c->by_heading);
	c->by_heading = as_written;
}

const struct runbook *catalog_runbook_by_heading(const struct catalog *c, struct str alertname, struct str *anchor)
{
	char room[CATALOG_NAME_MAX];
	struct str folded = catalog_fold_letters(alertname, room);
	const struct heading_of *found = folded.n ? map_get(c->by_heading, folded) : NULL;
	if (!found || !found->runbook || (folded.n < HEADING_LETTERS_MIN && !has_several_words(alertname)))
		return NULL;
	*anchor = found->anchor;
	return found->runbook;
}

void names_finish(struct catalog *c)
{
	struct map *const lists[] = {c->runbooks, c->whole};
	struct str key;
	void *value;
	for (size_t i = 0; map_next(c->whole, &i, &key, &value);)
		leave_to_sections(c, value);
	for (size_t k = 0; k < 2; k++)
		for (size_t i = 0; map_next(lists[k], &i, &key, &value);)
			add_names_of(c, value);
	add_other_names(c, lists, name_with_folder);
	add_other_names(c, lists, name_undecorated);
	add_other_names(c, lists, name_without_small_words);
	names_take_sent(c);
	relate(c, lists);
	for (size_t i = 0; map_next(c->files, &i, &key, &value);)
		add_old_name(c, value);
	for (size_t i = 0; map_next(c->runbooks, &i, &key, &value);)
		add_title_of(c, value);
	for (size_t i = 0; map_next(c->files, &i, &key, &value);)
		add_headings_of(c, value);
	add_plain_titles(c);
}
