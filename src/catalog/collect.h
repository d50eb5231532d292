/* What the files of this room share: the catalog while it is being collected, and what finishing adds. */
#ifndef CATALOG_COLLECT_H
#define CATALOG_COLLECT_H

#include "base/map.h"
#include "base/mem.h"
#include "catalog/catalog.h"

struct site;

struct catalog {
	struct arena *arena; /* every string and entry */
	/* By folded name (runbooks by path), in the order of first mention. */
	struct map *severities, *owners, *contacts, *escalations, *schedules, *people;
	struct map *hours;    /* struct hours by name, as written */
	struct map *declared; /* runbooks that a catalog.yml names, by path or path#anchor */
	struct map *files;    /* runbooks that the folder holds: struct runbook_file by path */
	struct map *commits;  /* dates of last commits, by path: struct str */
	struct facts index;   /* what the index page states */
	struct str index_path;
	struct strs unread;          /* pages that are in no Markdown */
	struct facts declared_facts; /* what catalog.yml says beside the maps above */
	const struct site *site;     /* NULL: none */
	const struct zone *zone;     /* NULL: UTC */
	struct str folder_name;
	struct map *texts; /* every file of the folder as it was read, by path: struct catalog_text */

	/* From catalog_finish() on. */
	struct map *runbooks;        /* those that are listed, by path or path#anchor */
	struct map *whole;           /* whole files of which only sections are listed, by path */
	struct facts stated;         /* index and declared_facts, merged */
	struct map *contact_letters; /* letters and digits of roles */
	struct map *severity_words;  /* folded names and aliases */
	struct map *schedule_words;  /* folded names of schedules, and what else they are called */
	struct map *person_words;    /* folded names of people, and what calendars call them */
	struct map *by_filename;     /* letters and digits of file names -> runbook, or &several */
	struct map *by_heading;      /* letters and digits of headings -> struct heading_of */
	struct map *by_path;         /* paths without ending, lower case -> the page's path, or an empty one */
	struct map *by_tail;         /* their last segments, likewise */
	struct map *wiki_names;      /* letters and digits of pages' names -> struct runbook_file, or &several */
	struct map *places;          /* on the site, by path: struct site_place */
	struct map *by_url;          /* URLs of the site without ending -> struct catalog_text */
	struct map *by_alert;        /* alert names -> runbook, or &several */
	struct runbook several;
	const struct severity **severity_list;
	const struct owner **owner_list;
	const struct contact **contact_list;
	const struct escalation **escalation_list;
	const struct schedule **schedule_list;
	const struct person **person_list;
	const struct runbook **runbook_list;
	bool finished;
};

struct runbook_file {
	struct runbook_facts facts;
	struct strs anchors;
	bool is_index;       /* it lists others, and is no runbook itself */
	struct str moved_to; /* it says no more than that it is now this page */
	/* What holds for its incidents, its own templates before the organisation's; NULL: it has none. */
	struct facts *stated;
};

struct heading_of { /* NULL: several pages have such a heading */
	const struct runbook *runbook;
	struct str anchor;
};

/* catalog_fold.c: lower-cases into `room`; the empty view when the name is longer than that. Accents stay, or go. */
struct str catalog_fold(struct str name, char room[CATALOG_NAME_MAX]);
struct str catalog_fold_plain(struct str name, char room[CATALOG_NAME_MAX]);
/* "SEV-1" and "Sev 1" are "sev1"; empty where it is no severity by number. */
struct str catalog_fold_numbered(struct str name, char room[CATALOG_NAME_MAX]);
/* Letters and digits only, lower-cased; bytes beyond ASCII count as letters. Empty when nothing or too much is left. */
struct str catalog_fold_letters(struct str name, char room[CATALOG_NAME_MAX]);

/* As catalog_severity(), while the catalog is being made; severities_finish() has to be through. */
struct severity *catalog_severity_meant(const struct catalog *c, struct str word);

/* catalog_yaml_lists.c */
extern const struct option_table planned_table, link_table, section_table, template_table, policy_table;

/* The rows of an entry of `runbooks` (target: struct runbook); the first is `path`, which front matter has not. */
const struct option *runbook_rows(size_t *count);
/* Relative, '/' separated, without . and .. segments; else an error at `at`. */
bool runbook_path_check(struct str path, struct pos at, struct err *err);
/* "path" or "path#anchor". */
struct str catalog_runbook_key(struct arena *arena, struct str path, struct str anchor);
struct str runbook_name_in_words(struct arena *arena, struct str path);
/* Whether somebody's word for a severity has a number (P1, SEV-1: 1) or is a common one (critical: 0); -1 otherwise. */
int severity_gravity(struct str word);

/* Ranks, derived fields, built-ins and `severity_words`. False with lines in `err` where words collide. */
bool severities_finish(struct catalog *c, struct err *err);
/* `runbooks`, `whole`, and the look-ups of runbooks. */
void runbooks_finish(struct catalog *c);
/* own_templates.c: what holds for the incidents of a page that has templates itself. */
void own_templates_finish(struct catalog *c);
/* schedules.c: `schedule_words` and `person_words`; frees what schedules hold. */
bool schedules_finish(struct catalog *c, struct err *err);
void schedules_release(struct catalog *c);
/* catalog_names.c: the look-ups by an alert's name. */
void names_finish(struct catalog *c);
/* catalog_sent.c: alerts that tables of other pages send to a page. */
void names_take_sent(struct catalog *c);
/* pages.c: `by_path` and `by_tail`; then a page's path by another form of it, with fewer segments too. */
void pages_finish(struct catalog *c);
struct str pages_find(const struct catalog *c, struct str path);
struct str pages_find_below(const struct catalog *c, struct str path, size_t least);
struct str pages_find_by_tail(const struct catalog *c, struct str path, size_t least);
/* As it is written; from the repository's or the site's root, whose first folders are not in this one. */
struct str pages_find_from_root(const struct catalog *c, struct str path);
/* linked.c: `wiki_names`. */
void wiki_names_finish(struct catalog *c);
struct str pages_find_hosted(const struct catalog *c, struct str url);
/* catalog_index.c: which pages list others; says so in the files. */
void indexes_mark(struct catalog *c);
/* catalog_index.c: what the index page links to, as pages of the folder. */
void index_links_resolve(struct catalog *c);
/* site_pages.c: `places` and `by_url`. */
void site_pages_finish(struct catalog *c);
/* catalog_merge.c: the index page's severities (before severities_finish), and the rest (before its look-ups are made). */
void merge_severities(struct catalog *c);
void merge_contacts(struct catalog *c);
void merge_escalations(struct catalog *c);
/* Once severities have their words: severities without an escalation get the one that is for them, or for all. */
void bind_escalations(struct catalog *c);
void merge_owners(struct catalog *c);
/* postmortem_page.c: a page that is the template of post-mortems, once `stated` is merged. */
void postmortem_page_finish(struct catalog *c);
/* escalation_either.c: of "Ben or Ana" both, once it is known who is somebody. */
void escalations_spread(struct catalog *c);
/* catalog_lists.c: `stated`. */
void merge_lists(struct catalog *c);

/* catalog_yaml_lists.c: the sections of catalog.yml that are lists of facts, and its first lines. */
struct yaml_lists {
	struct str owner, last_updated, review_text;
	int64_t review;
	const struct yaml_node *planned, *links, *sections, *templates, *policies;
};
/* A duration, its words, or both; the figure counts. */
struct fact_duration yaml_duration(struct arena *arena, int64_t ms, struct str words);
bool yaml_lists_read(struct catalog *c, const struct yaml_lists *lists, struct err *err);

#endif
