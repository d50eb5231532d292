/*
 * What the organisation says about itself: severities, owners, contacts, escalation policies and runbooks, from
 * catalog.yml files and the runbook folder. Read-only once built; look-ups are hash look-ups. Reading files is the
 * configuration's job: this room is handed bytes.
 */
#ifndef CATALOG_CATALOG_H
#define CATALOG_CATALOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/options.h"
#include "base/str.h"
#include "catalog/facts.h"
#include "catalog/hours_said.h"
#include "catalog/page_budget.h"

#define SEVERITY_RANK_NONE 1000 /* "none": recorded without paging */

struct severity {
	struct str name;  /* as written: P1, critical */
	int rank;         /* 0 is gravest; SEVERITY_RANK_NONE never pages */
	struct str words; /* "Critical" beside P0 */
	struct str description, examples;
	int64_t response_ms, resolution_ms;        /* 0: none stated */
	struct fact_duration response, resolution; /* the same as written, with what is no number */
	struct str escalation_text, communication_text;
	struct strs aliases;
	struct str pagerduty; /* critical, error, warning or info; derived from the rank where nothing is said */
	struct strs receivers;
	struct str escalation;
	struct hours_said hours;
	struct pos at, escalation_at; /* of the value; no file where nobody wrote it */
};

struct owner_receivers { /* receivers per severity name; "default" for the others */
	struct str severity;
	struct strs receivers;
	struct pos at;
};

struct owner {
	struct str name, contact, escalation;
	struct hours_said hours;
	struct page_budget budget;
	struct owner_receivers *receivers;
	size_t receivers_count;
	struct pos at, escalation_at;
};

struct contact {
	struct str role, primary, backup, method, address, say;
	struct str schedule; /* that says who it is now; empty: none, or one whose name stands in the texts above */
	struct strs receivers;
	struct pos at;
};

/* What makes a step due: its time, or that a deadline of the severity passes. */
enum step_when { STEP_BY_TIME, STEP_RESPONSE_MISSED, STEP_RESOLUTION_MISSED };
struct escalation_step {
	int64_t after_ms;   /* -1: the next in order, nobody says when; or a deadline does */
	struct strs notify; /* roles or receivers */
	struct strs either; /* "Ben or Ana" as written: all of them stand in `notify` */
	enum step_when when;
	struct hours_said hours; /* when it may be told: what is due at another time waits until then */
};

/* "response_missed", "resolution_missed"; "" for STEP_BY_TIME. */
const char *step_when_name(enum step_when when);

struct escalation {
	struct str name;
	struct str severity; /* that it is for, as written; "" where it is for all */
	struct escalation_step *steps;
	size_t count;
	struct pos at;
};

struct runbook {
	struct str path; /* relative to the folder, '/' separated */
	struct str
		anchor; /* where one file holds several runbooks, or the index leads to a section; "" for the whole file */
	struct str title, description, category, type;
	struct str severity;    /* the gravest that the catalog knows: routes */
	struct strs severities; /* all that are stated, gravest first */
	struct str owner, approval, estimated_time;
	struct str last_updated;     /* 2025-12-22, or 2024-12 where only the month is stated */
	struct str next_review;      /* the date that it is to be read again, where one is stated */
	bool last_updated_by_commit; /* no page says it: the date of its last commit */
	struct fact_duration estimated, review;
	int64_t review_ms;
	struct strs alerts;    /* alert names that it is for */
	struct strs related;   /* its page calls them related; where no other page names them they are among `alerts` */
	struct strs templates; /* that its own page has: names of messages, "Post-mortem" */
	struct strs hints;     /* alert names that its prose mentions; they route nothing */
	struct strs anchors; /* of its headings, as the site makes them, and those that it states (catalog/site_pages.h) */
	bool exists;         /* a file of the folder (false: only the index or catalog.yml names it) */
	bool anchor_exists;  /* the file has that anchor; true where none is named and the file exists */
	bool indexed;        /* the index page names it */
	bool is_index;       /* it lists others: found by its path, and in no list of runbooks */
	struct pos at;
};

struct catalog_text {
	struct str path, text;
};

struct catalog;

#define CATALOG_NAME_MAX 255 /* bytes of a name, alias or role; nothing longer can be looked up */

/* Collects; errors (file:line:column) go to `err`, and adding goes on so that all are reported. */
struct catalog *catalog_new(void);
void catalog_free(struct catalog *c);
/*
 * One catalog.yml. Later files override earlier ones, entry by entry (same name, path or role); the same entry twice in
 * one file is an error. A severity that is overridden keeps its place, and so its rank. What an entry of `runbooks` says
 * goes before what the file in the folder says, field by field.
 */
extern const struct option_table catalog_yaml_table; /* what such a file may say */
bool catalog_add_yaml(struct catalog *c, const char *file, struct str text, struct err *err);
/*
 * One file of the runbook folder: path relative to it, and its bytes. Taken from it: YAML front matter (the keys of a
 * `runbooks` entry, others are passed over), the title (front matter, else the first heading, else the file name in
 * words), the anchors and the text. A README.md, index.md or _index.md that only lists others is an index and no runbook;
 * any other is the runbook of its folder.
 * A page whose front matter cannot be understood (a site generator's archetype) is a runbook all the same; the lines say
 * what is lost. A path that is given again says what the later text says.
 */
bool catalog_add_runbook(struct catalog *c, const char *path, struct str text, struct err *err);
/*
 * The folder's index page, whatever its name. What it states is merged at the end: catalog.yml goes before it, and it goes
 * before what a runbook says of itself. A page too heavy to parse states nothing: a line in `err`, and false.
 */
bool catalog_add_index(struct catalog *c, const char *path, struct str text, struct err *err);
/*
 * The folder's own name ("runbooks"): a link to runbooks/high-cpu.md somewhere else means high-cpu.md here. Empty: unknown.
 */
void catalog_set_folder_name(struct catalog *c, struct str name);
/* A page of the folder that is in no Markdown (catalog/pages.h): lint names it. */
void catalog_add_unread(struct catalog *c, struct str path);
struct strs catalog_unread(const struct catalog *c);
/* Of the files of a folder, the index page: README.md, index.md or _index.md at its root, else the empty view. */
struct str catalog_index_among(const struct strs *paths);
/* Whose weekdays business days are; it outlives the catalog. NULL: UTC. */
void catalog_set_zone(struct catalog *c, const struct zone *zone);
/* Until catalog_finish(): the date (2025-12-22) of a file's last commit; counts where neither page nor index states one. */
void catalog_set_commit_date(struct catalog *c, struct str path, struct str date);
/*
 * Ends the collecting, once: checks references between entries (a severity or an escalation that an entry names must
 * exist), fills in the built-in severities where none were given, builds the look-ups.
 *
 * Built in, with their aliases: P0 (critical, page, emergency, sev0) rank 0, P1 (high, error, major, sev1) 1,
 * P2 (warning, medium, minor, sev2) 2, P3 (info, low, sev3) 3, P4 (sev4) 4, none (never pages); severity_words.c has all.
 * The severities of catalog.yml replace P0…P4; `none` stays. The built-in words then mean the severity of the same rank
 * (the last one, where there are fewer) unless the catalog uses them otherwise. Numbered words (P1, SEV1, SEV-1) mean the
 * severity whose name has that number, where names have numbers, and go by rank too where they have not.
 * Those of an index page alone are no whole vocabulary: a rank that it does not define, in the middle or below its last
 * one, keeps a built-in severity, spelt as the page's own (`at.file` NULL). It is looked up by its words, and in no list.
 */
bool catalog_finish(struct catalog *c, struct err *err);

/* All by name, case aside (severities by alias as well, accents aside); NULL when unknown. */
const struct severity *catalog_severity(const struct catalog *c, struct str name);
/* What a word that no severity has may mean all the same ("page-oncall", "sev2_db"); NULL: nothing. For labels only. */
const struct severity *catalog_severity_near(const struct catalog *c, struct str word);
const struct owner *catalog_owner(const struct catalog *c, struct str name);
const struct escalation *catalog_escalation(const struct catalog *c, struct str name);
const struct contact *catalog_contact(const struct catalog *c, struct str role);
/*
 * By path, exactly; where the index lists only sections of that file, the whole file all the same, and an index page too.
 * catalog/pages.h has paths as other people write them.
 */
const struct runbook *catalog_runbook(const struct catalog *c, struct str path);
/* By path and anchor; the whole file where no runbook of its own has that anchor. */
const struct runbook *catalog_runbook_at(const struct catalog *c, struct str path, struct str anchor);
bool runbook_has_anchor(const struct runbook *r, struct str anchor);
/*
 * A file of the folder (a runbook's or an index's) as it was read, by path, exactly; NULL when there is none. Pages are
 * made from it: what is shown is what is in force, and showing needs no file.
 */
const struct catalog_text *catalog_text(const struct catalog *c, struct str path);
/* for (size_t i = 0; (text = catalog_next_text(c, &i));) */
const struct catalog_text *catalog_next_text(const struct catalog *c, size_t *cursor);
/*
 * By alert name: a runbook file whose name (without directory and extension; of a README, its folder's name) equals it,
 * letters and digits compared case-insensitively, other characters passed over. NULL when none, or when several files do.
 */
const struct runbook *catalog_runbook_by_filename(const struct catalog *c, struct str alertname);
/* By alert name: a runbook that names it explicitly. NULL when none, or when two claim it. */
const struct runbook *catalog_runbook_by_alert(const struct catalog *c, struct str alertname);
/*
 * By alert name: the page that has a heading of these letters and digits (at least eight), and the heading's anchor (empty
 * where it is the page's title). NULL when none, or when several pages have one. A guess, after the two others.
 */
const struct runbook *catalog_runbook_by_heading(const struct catalog *c, struct str alertname, struct str *anchor);
/* The receivers of an owner for a severity: that severity's list, else its default; n == 0 when it says nothing. */
struct strs owner_receivers_for(const struct owner *o, struct str severity);

size_t catalog_severities(const struct catalog *c, const struct severity *const **out);
size_t catalog_owners(const struct catalog *c, const struct owner *const **out);
size_t catalog_contacts(const struct catalog *c, const struct contact *const **out);
size_t catalog_escalations(const struct catalog *c, const struct escalation *const **out);
size_t catalog_runbooks(const struct catalog *c, const struct runbook *const **out);

/*
 * What has no look-up: owner, last_updated and review of the index page, planned, links, sections, templates and policies,
 * merged from the index page and catalog.yml. The other lists of it are empty.
 */
const struct facts *catalog_stated(const struct catalog *c);
/*
 * …for the incidents of this runbook (a path of the folder, an anchor is passed over; anything else: as above): message
 * templates of its own page come before the organisation's, its own post-mortem's sections replace theirs.
 */
const struct facts *catalog_stated_for(const struct catalog *c, struct str path);
/* As read, before merging, for lint: what the index page states (all empty without one), and a file of the folder. */
const struct facts *catalog_index(const struct catalog *c);
struct str catalog_index_path(const struct catalog *c); /* relative to the folder; empty: none */
const struct runbook_facts *catalog_runbook_facts(const struct catalog *c, struct str path); /* NULL when unknown */
/* What catalog.yml says of a runbook, as written; NULL when nothing. */
const struct runbook *catalog_runbook_declared(const struct catalog *c, struct str path, struct str anchor);

/* For messages about a name that is not there: "; did you mean \"x\"?", or "" where nothing is near. In the arena. */
const char *catalog_meant_severity(const struct catalog *c, struct str word, struct arena *arena);
const char *catalog_meant_owner(const struct catalog *c, struct str word, struct arena *arena);
const char *catalog_meant_hours(const struct catalog *c, struct str word, struct arena *arena);
const char *catalog_meant_escalation(const struct catalog *c, struct str word, struct arena *arena);
const char *catalog_meant_runbook(const struct catalog *c, struct str word, struct arena *arena);

#endif
