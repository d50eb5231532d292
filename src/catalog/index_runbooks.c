/* Runbooks that an index names: rows, bullets and headings with a link into the folder; without one they are planned. */
#include <string.h>

#include "base/form.h"
#include "catalog/pages.h"
#include "index_impl.h"
#include "link_text.h"
#include "runbook_impl.h"
#include "words/table_index_words.h"
#include "words/table_moved_pages.h"
#include "words/table_runbook_columns.h"

#define COLUMNS runbook_columns.rows, runbook_columns.count

/* ---- links ---- */

static bool has_scheme(struct str url)
{
	ptrdiff_t colon = str_index(url, ':'), slash = str_index(url, '/');
	return str_starts(url, STR("//")) || (colon > 0 && (slash < 0 || colon < slash));
}

static bool is_page_path(struct str path)
{
	size_t name = path.n;
	while (name && path.p[name - 1] != '/')
		name--;
	struct str last = str_slice(path, name, path.n);
	bool page = page_kind_of(path) != PAGE_NONE || page_stem(path).n < path.n || str_ends(path, STR(".txt"));
	return page || (last.n && str_index(last, '.') < 0);
}

bool link_target(struct index *ix, struct str url, struct str *path, struct str *anchor)
{
	ptrdiff_t hash = str_index(url, '#');
	struct str target = hash < 0 ? url : str_slice(url, 0, (size_t)hash);
	*anchor = hash < 0 ? (struct str){NULL, 0} : form_unescape(ix->arena, str_slice(url, (size_t)hash + 1, url.n));
	ptrdiff_t query = str_index(target, '?');
	target = query < 0 ? target : str_slice(target, 0, (size_t)query);
	*path = url;
	if (!target.n || has_scheme(target))
		return false;
	*path = page_path_from(ix->arena, ix->folder, form_unescape(ix->arena, target));
	return path->n && !str_starts(*path, STR("../")) && !str_eq_c(*path, "..") && is_page_path(*path);
}

/* ---- the lists ---- */

static void fill_runbook_gaps(struct fact_runbook *r, const struct fact_runbook *more)
{
	words_fill(&r->title, more->title);
	words_fill(&r->category, more->category);
	words_fill(&r->description, more->description);
	words_fill(&r->type, more->type);
	words_fill(&r->approval, more->approval);
	words_fill(&r->owner, more->owner);
	words_fill(&r->last_updated, more->last_updated);
	r->severities = r->severities.n ? r->severities : more->severities;
	r->alerts = r->alerts.n ? r->alerts : more->alerts;
	r->estimated_time = r->estimated_time.text.n ? r->estimated_time : more->estimated_time;
	r->review = r->review.text.n ? r->review : more->review;
}

static bool is_same(const struct fact_runbook *a, const struct fact_runbook *b)
{
	return str_eq(a->path, b->path) && str_eq(a->anchor, b->anchor);
}

/* A page may name a runbook twice, in a table and in a list: one runbook, the first mention's place. */
static size_t add_linked(struct index *ix, const struct fact_runbook *r)
{
	struct facts *f = ix->out;
	for (size_t i = 0; i < f->runbooks_count; i++) {
		if (is_same(&f->runbooks[i], r)) {
			fill_runbook_gaps(&f->runbooks[i], r);
			return i;
		}
	}
	size_t at = f->runbooks_count;
	FACT_ADD(ix, runbooks, *r);
	return at;
}

static void add_planned(struct index *ix, const struct fact_runbook *r)
{
	struct facts *f = ix->out;
	for (size_t i = 0; i < f->runbooks_count; i++) {
		if (str_eq_nocase(f->runbooks[i].title, r->title))
			words_fill(&f->runbooks[i].description, r->description);
	}
	for (size_t i = 0; i < f->planned_count; i++) {
		if (str_eq_nocase(f->planned[i].title, r->title)) {
			fill_runbook_gaps(&f->planned[i], r);
			return;
		}
	}
	FACT_ADD(ix, planned, *r);
}

static struct str category_now(struct index *ix)
{
	struct str heading = heading_now(ix), folded = words_fold(ix->arena, heading);
	return words_table_is(&index_words, INDEX_GENERAL, folded) ? (struct str){NULL, 0} : heading;
}

/* ---- rows ---- */

static struct strs list_in_cell(struct arena *arena, struct str text)
{
	struct strs out = {NULL, 0};
	for (size_t i = 0; i < text.n;) {
		size_t end = words_until(text, i, ",;");
		struct str one = str_trim(str_slice(text, i, end));
		if (!words_nothing(one))
			strs_add(arena, &out, one);
		i = end + 1;
	}
	return out;
}

/* "PumpStopped, ValveStuck" in a column of what the page covers: nothing but names of alerts is what it is for. */
static void set_covered(struct index *ix, struct fact_runbook *r, struct str value)
{
	struct strs names = list_in_cell(ix->arena, value);
	bool all = names.n > 0;
	for (size_t i = 0; i < names.n; i++)
		all = all && alert_name_is_camel(names.v[i]);
	r->description = value;
	if (all && !r->alerts.n)
		r->alerts = names;
}

static void set_runbook_field(struct index *ix, struct fact_runbook *r, enum field field, struct str value)
{
	if (words_nothing(value))
		return;
	switch (field) {
	case SEVERITY: r->severities = words_severities(ix->arena, value); return;
	case DESCRIPTION: r->description = value; return;
	case COVERS: set_covered(ix, r, value); return;
	case ESTIMATE: r->estimated_time = fact_duration_read(ix->arena, value); return;
	case APPROVAL: r->approval = value; return;
	case OWNER: r->owner = value; return;
	case UPDATED: r->last_updated = fact_date_read(ix->arena, value); return;
	case REVIEW: r->review = fact_review_read(ix->arena, value); return;
	case TYPE: r->type = value; return;
	case CATEGORY: r->category = value; return;
	case ALERTS: r->alerts = list_in_cell(ix->arena, value); return;
	case TITLE: words_fill(&r->title, value); return;
	case LINK:
	case ID:
	case OTHER: return;
	}
}

/* A link's text may be no more than the name of the file: then it is no title. */
static bool is_file_name(struct str text)
{
	return str_index(text, ' ') < 0 && is_page_path(text) && str_index(str_behind_last(text, '/'), '.') > 0;
}

static const struct cell *link_cell(const struct record *r)
{
	const struct cell *named = record_cell(r, COLUMNS, LINK);
	if (named && named->line.url.n)
		return named;
	for (size_t i = 0; i < r->count; i++) {
		if (r->cells[i].line.url.n)
			return &r->cells[i];
	}
	for (size_t i = 0; !named && i < r->count; i++) {
		if (r->cells[i].line.page.n)
			return &r->cells[i];
	}
	return named;
}

/* "Disk full: see docs/disk-full.md": the path that a list's entry ends in. */
static struct str path_at_end(struct str text)
{
	while (text.n && strchr(".,;)", text.p[text.n - 1]))
		text.n--;
	size_t from = text.n;
	while (from && text.p[from - 1] != ' ' && text.p[from - 1] != '(')
		from--;
	struct str last = str_slice(text, from, text.n);
	return from && page_kind_of(last) == PAGE_MARKDOWN ? last : (struct str){NULL, 0};
}

/* "Disk full (disk.md)" is called "Disk full". */
static struct str without_path(struct str title)
{
	ptrdiff_t open = title.n && title.p[title.n - 1] == ')' ? str_index(title, '(') : -1;
	bool path = open > 0 && path_at_end(title).n;
	return path ? str_trim(str_slice(title, 0, (size_t)open)) : title;
}

/* Its link, or the page that it names in code or as nothing but the name. */
static struct str target_of(const struct line *line)
{
	if (line->url.n)
		return line->url;
	return line->page.n || !is_file_name(line->text) ? line->page : line->text;
}

/* net/slow: a page's path without its ending, where a column says that such a thing stands in it. */
static bool is_bare_path(struct str text)
{
	ptrdiff_t slash = str_index(text, '/');
	return slash > 0 && !words_nothing(text) && (size_t)slash + 1 < text.n && str_index(text, ' ') < 0 &&
	       str_index(text, ':') < 0 && str_index(text, '.') < 0;
}

static struct str cell_target(const struct cell *cell)
{
	struct str target = target_of(&cell->line);
	bool link = !target.n && words_find(COLUMNS, cell->column, -1) == LINK;
	return link && is_bare_path(cell->line.text) ? cell->line.text : target;
}

static struct str file_title(struct str path)
{
	size_t name = path.n;
	while (name && path.p[name - 1] != '/')
		name--;
	return str_slice(path, name, path.n);
}

/* Further links of the same cell: further runbooks of the same row. */
static void add_more(struct index *ix, const struct line *line, const struct fact_runbook *first)
{
	for (size_t i = 0; i < line->more_count; i++) {
		struct fact_runbook book = *first;
		if (!link_target(ix, line->more[i].url, &book.path, &book.anchor))
			continue;
		book.title = line->more[i].label.n ? line->more[i].label : file_title(book.path);
		add_linked(ix, &book);
	}
}

/* The link of a row or bullet, as a page; a section of this very page is one too. */
static bool row_target(struct index *ix, const struct line *line, struct str target, struct fact_runbook *book)
{
	book->wiki = line->wiki;
	if (line->wiki.n) { /* the name of a page, wherever it lies */
		ptrdiff_t hash = str_index(target, '#');
		book->anchor = str_trim(str_slice(target, hash < 0 ? target.n : (size_t)hash + 1, target.n));
		target = str_trim(str_slice(target, 0, hash < 0 ? target.n : (size_t)hash));
		book->path = page_path_from(ix->arena, (struct str){NULL, 0}, target);
		return book->path.n && !str_starts(book->path, STR("../")) && !str_eq_c(book->path, "..");
	}
	if (target.n > 1 && target.p[0] == '#') {
		book->path = str_c(ix->file);
		book->anchor = form_unescape(ix->arena, str_slice(target, 1, target.n));
		return true;
	}
	return link_target(ix, target, &book->path, &book->anchor);
}

/* "Runbook | Link": the runbook's name, and behind it where it is; "ID | Runbook", where the ID is the link. */
static const struct cell *title_cell(const struct record *r, const struct cell *link)
{
	const struct cell *title = record_cell(r, COLUMNS, TITLE);
	bool id = words_find(COLUMNS, link->column, -1) == ID || !link->column.n;
	const struct cell *end = id ? r->cells + r->count : link;
	for (const struct cell *cell = r->cells; !title && cell < end; cell++) {
		bool names = cell != link && words_find(COLUMNS, cell->column, -1) == LINK && cell->line.text.n;
		if (names && !cell_target(cell).n && !is_file_name(cell->line.text))
			title = cell;
	}
	return title;
}

/* A URL may be that of a page of ours: the catalog will know. */
static bool is_web(struct str url)
{
	bool up =
		str_starts(url, STR("../")) && page_kind_of(url) == PAGE_MARKDOWN; /* and down again into the folder itself */
	return up || str_starts(url, STR("https://")) || str_starts(url, STR("http://"));
}

static bool add_elsewhere(struct index *ix, struct fact_runbook *book, struct str url)
{
	ptrdiff_t hash = str_index(url, '#');
	book->path = hash < 0 ? url : str_slice(url, 0, (size_t)hash);
	book->anchor = hash < 0 ? (struct str){NULL, 0} : form_unescape(ix->arena, str_slice(url, (size_t)hash + 1, url.n));
	FACT_ADD(ix, elsewhere, *book);
	return false; /* until then it is a link like any other */
}

/* "Runbook: net-slow": one word in a column of pages may be the name of one. */
static void note_word(struct index *ix, const struct cell *cell, const struct fact_runbook *book)
{
	struct str word = cell->line.text;
	bool one = word.n && str_index(word, ' ') < 0 && str_index(word, ':') < 0 && !words_nothing(word);
	if (!one || words_find(COLUMNS, cell->column, -1) != LINK)
		return;
	struct fact_runbook page = *book;
	page.title = (struct str){NULL, 0};
	add_elsewhere(ix, &page, page_path_from(ix->arena, ix->folder, word));
}

static bool add_runbook_record(struct index *ix, const struct record *r, const struct cell *link)
{
	struct fact_runbook book = {.at = index_pos(ix, r->at)};
	struct str target = cell_target(link), label = link->line.label.n ? link->line.label : link->line.text;
	bool linked = target.n && row_target(ix, &link->line, target, &book), web = !linked && is_web(target);
	if (target.n && !linked && !web)
		return false;
	const struct cell *title = title_cell(r, link);
	bool little = link_text_only_points(label) || link_text_is_a_reference(label);
	if (!link_text_only_points(label) && !is_file_name(label) && !str_eq(label, target) &&
	    !str_eq(label, link->line.page) && !(little && title && title != link))
		book.title = label;
	else if (title && title != link)
		words_fill(&book.title, title->line.text);
	for (size_t i = 0; i < r->count; i++) {
		int field = words_find(COLUMNS, r->cells[i].column, -1);
		bool named = book.title.n && field == TITLE && !str_eq(r->cells[i].line.text, book.title);
		if (&r->cells[i] != link && field >= 0)
			set_runbook_field(ix, &book, named ? DESCRIPTION : (enum field)field, r->cells[i].line.text);
	}
	words_fill(&book.category, category_now(ix));
	if (!book.severities.n)
		book.severities = index_level_above(ix);
	if (web)
		return add_elsewhere(ix, &book, target);
	if (linked) {
		words_fill(&book.title, file_title(book.path));
		add_linked(ix, &book);
		add_more(ix, &link->line, &book);
	} else {
		note_word(ix, link, &book);
	}
	if (!linked && book.title.n && !words_table_has(&moved_pages, 0, words_fold(ix->arena, book.title))) {
		add_planned(ix, &book);
	}
	return linked || book.title.n;
}

static bool in_runbooks(struct index *ix)
{
	return topic_now(ix) == TOPIC_RUNBOOKS || place_now(ix)->below_runbooks;
}

/* A column that says of what it holds that it is a runbook: what is in it and not linked is still to be written. */
static bool promises_runbook(struct str column)
{
	return words_table_has(&index_words, INDEX_PROMISE, column);
}

/* A row's link to a section of this page is a runbook where the row says more than a table of contents. */
static bool is_section_link(struct index *ix, const struct record *r, struct str target)
{
	bool says = record_has(r, COLUMNS, SEVERITY) || record_has(r, COLUMNS, ALERTS) || topic_now(ix) == TOPIC_RUNBOOKS;
	return target.n > 1 && target.p[0] == '#' && says;
}

bool runbook_record(struct index *ix, const struct record *r)
{
	const struct cell *link = link_cell(r);
	struct fact_runbook book = {.at = {NULL, 0, 0}};
	struct str target = link ? cell_target(link) : (struct str){NULL, 0};
	bool own = target.n && target.p[0] == '#';
	bool page = target.n && (own ? is_section_link(ix, r, target) : row_target(ix, &link->line, target, &book));
	bool open = topic_now(ix) == TOPIC_NONE || topic_now(ix) == TOPIC_OTHER || in_runbooks(ix);
	bool named = record_has(r, COLUMNS, LINK);
	if (!link && topic_now(ix) == TOPIC_RUNBOOKS) {
		link = record_cell(r, COLUMNS, TITLE);
		named = link != NULL;
	}
	bool promised = link && (topic_now(ix) == TOPIC_RUNBOOKS || r->among_pages || promises_runbook(link->column));
	bool web = open && is_web(target);
	if (!page && !web && !(named && open && promised && !target.n))
		return false;
	if (!named && !open)
		return false;
	return link && add_runbook_record(ix, r, link);
}

/* ---- bullets and headings ---- */

/* "P1", "critical", "Severity: P2" behind a link say how grave it is, and nothing else. */
static bool is_severity_column(struct index *ix, struct str text, struct strs *out)
{
	struct str folded = words_fold(ix->arena, text), rest = text, note = words_take_note(&rest);
	*out = fact_severities_read(ix->arena, rest.n ? text : note);
	return out->n && (folded.n <= 12 || str_starts(folded, STR("severity ")) || str_starts(folded, STR("priority ")));
}

/* Behind the link: a severity, or what it is about. */
static void take_rest(struct index *ix, struct fact_runbook *book, const struct line *line)
{
	struct strs severities;
	if (is_severity_column(ix, line->rest, &severities))
		book->severities = severities;
	else
		words_fill(&book->description, line->lead.n ? line->rest : (struct str){NULL, 0});
}

/* "Slow network: net/slow.md", "net/slow": a path that is no link, and all that a bullet says or all behind its key. */
static struct str plain_path(const struct line *line)
{
	struct str path = line->keyed && line->rest.n ? line->rest : line->text;
	bool page = str_index(path, ' ') < 0 && page_kind_of(path) == PAGE_MARKDOWN;
	return page || is_bare_path(path) ? path : line->keyed ? path_at_end(line->lead) : (struct str){NULL, 0};
}

/* Where nothing says that runbooks stand here, the catalog knows whether it is a page of the folder. */
static void note_plain_path(struct index *ix, const struct line *line)
{
	enum topic topic = topic_now(ix);
	struct str path = plain_path(line);
	if (!path.n || line->url.n || (topic != TOPIC_NONE && topic != TOPIC_OTHER && topic != TOPIC_RUNBOOKS))
		return;
	struct fact_runbook book = {.at = index_pos(ix, line->at), .category = category_now(ix)};
	book.title = line->keyed ? without_path(line->lead) : book.title;
	book.alerts = line->keyed ? line_alerts(ix, line) : book.alerts;
	book.severities = index_level_above(ix);
	add_elsewhere(ix, &book, page_path_from(ix->arena, ix->folder, path));
}

/* What a bullet calls it; true where bold words name a group of several: "**Network**: [Down](a.md), [Slow](b.md)". */
static bool take_bullet_name(struct fact_runbook *book, const struct line *line)
{
	bool grouped = line->more_count && line->strong && !str_eq(line->lead, line->label);
	book->title = without_path(line->lead.n ? line->lead : line->text);
	if (line->url.n && (!line->strong || grouped))
		book->title = line->label;
	if (grouped)
		book->category = line->lead;
	return grouped;
}

/* Bullets that start with a link into the folder, or any below a heading that lists runbooks. */
bool runbook_item(struct index *ix, const struct item *item)
{
	const struct line *line = &item->line;
	struct fact_runbook book = {.at = index_pos(ix, line->at), .category = category_now(ix)};
	struct str target = target_of(line);
	if (!target.n && topic_now(ix) == TOPIC_RUNBOOKS)
		target = path_at_end(line->text);
	bool own = target.n && target.p[0] == '#';
	bool linked = target.n && (!own || topic_now(ix) == TOPIC_RUNBOOKS) && row_target(ix, line, target, &book);
	bool web = !linked && is_web(target);
	if (!target.n)
		note_plain_path(ix, line);
	if (!linked && !web && (line->url.n || !in_runbooks(ix) || !line->text.n))
		return false;
	bool grouped = take_bullet_name(&book, line);
	book.alerts = line_alerts(ix, line);
	if (!grouped && !str_eq(line->rest, line->page) && !(target.n && str_ends(line->rest, target)) && !book.alerts.n)
		take_rest(ix, &book, line);
	if (!book.severities.n)
		book.severities = index_level_above(ix);
	if (web)
		return add_elsewhere(ix, &book, target);
	if (linked && (link_text_only_points(book.title) || (is_file_name(book.title) && book.description.n)))
		book.title = (struct str){NULL, 0};
	words_fill(&book.title, linked ? file_title(book.path) : (struct str){NULL, 0});
	if (linked)
		add_linked(ix, &book);
	else if (topic_now(ix) == TOPIC_RUNBOOKS)
		add_planned(ix, &book);
	if (linked && grouped)
		add_more(ix, line, &book);
	return true;
}

/* A heading that links to its runbook: what stands below it says more. */
void runbook_heading(struct index *ix, struct str title, struct str url, int line)
{
	struct fact_runbook book = {.title = title, .at = index_pos(ix, line)};
	enum topic topic = topic_now(ix);
	if ((topic != TOPIC_NONE && topic != TOPIC_OTHER && topic != TOPIC_RUNBOOKS) || !url.n ||
	    !link_target(ix, url, &book.path, &book.anchor))
		return;
	struct place *above = ix->depth > 1 ? &ix->places[ix->depth - 2] : place_now(ix);
	book.category = above->heading;
	ix->runbook = add_linked(ix, &book) + 1;
}

bool runbook_key(struct index *ix, const struct line *line)
{
	struct fact_runbook *r = &ix->out->runbooks[ix->runbook - 1];
	int field = line->keyed ? words_find(COLUMNS, words_fold(ix->arena, line->lead), -1) : -1;
	if (field >= 0)
		set_runbook_field(ix, r, (enum field)field, line->rest);
	else if (!line->keyed && !line->url.n)
		words_fill(&r->description, line->text);
	return field >= 0 || (!line->keyed && !line->url.n);
}
