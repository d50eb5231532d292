/*
 * What an organisation's Markdown states, read by meaning and not by position: the parts of a runbook index and of a
 * runbook, each with the line it stands on. INTERFACE section 7 ("catalog") is the JSON of it; the words there are the
 * words here. Everything lives in the arena it was read into; empty views and zeros mean "not stated".
 */
#ifndef CATALOG_FACTS_H
#define CATALOG_FACTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/options.h"
#include "base/str.h"
#include "catalog/headings.h"
#include "words/table_link_kinds.h"
#include "words/table_policy_keys.h"
#include "words/values.h"

struct fact_severity {
	struct str name;  /* P0, SEV1, Critical: the word that other places use */
	struct str words; /* "Critical" beside P0 */
	struct str description, examples;
	struct fact_duration response, resolution;
	struct str escalation_text, communication_text;
	bool path_only;  /* while the page is read: named over an escalation path, and nothing says what it is */
	bool by_heading; /* of a page or a list that is not about severities: it counts where something stands below it */
	struct pos at;
};

struct fact_runbook {        /* one row or bullet of an index, or what a runbook says of itself */
	struct str path, anchor; /* relative to the folder, '/' separated, normalised; "" where it is not linked */
	struct str wiki;         /* of [[path|wiki]] the other half, of [[path]] the same; "" where it is no wiki link */
	bool moved;              /* of an index: its link leads to a page that only says where it has gone */
	struct str title, category, description, type;
	struct strs severities; /* P1/P2 keeps both, gravest first */
	struct fact_duration estimated_time;
	struct str approval, owner;
	struct str last_updated; /* as a date: 2025-12-22, or 2024-12 where only the month is stated */
	struct fact_duration review;
	struct str next_review; /* the date that it is due, where one is stated */
	struct strs alerts;     /* that it says it is for */
	struct strs related;    /* that it calls related, where it says plainly of none that it is for it */
	struct strs hints;      /* alert names that its prose mentions */
	struct pos at;
};

struct fact_contact {
	struct str role, primary, backup, method, address;
	struct pos at;
};

struct fact_step {
	int64_t after_ms; /* -1: the next in order, the page does not say when */
	struct strs notify;
};
struct fact_escalation {
	struct str severity, name; /* severity "" where one path is for all */
	struct fact_step *steps;
	size_t step_count;
	struct pos at;
};

struct fact_link {
	struct str name, url,
		group; /* a relative url is relative to the runbook folder, and may leave it: ../adr/README.md */
	struct str description;
	enum fact_link_kind kind;
	bool image; /* a picture that the page shows, not a place that it leads to */
	struct pos at;
};

struct fact_section { /* a heading that a runbook (or post-mortem) of this kind must, or may, have */
	bool postmortem;
	struct str type; /* which kind of runbook the template is for; "" for all */
	bool required;
	struct str name, description;
	struct pos at;
};

struct fact_template { /* a message to fill in */
	struct str name, body;
	struct strs placeholders, statuses;
	struct pos at;
};

/*
 * The placeholder that `s` begins with: [NAME], {{name}}, {name}, <name>; no link. Returns its length, 0 when it is none; what
 * stands in it goes to `inside`.
 */
size_t fact_placeholder_at(struct str s, struct str *inside);

struct fact_policy {
	enum fact_policy_kind kind;
	struct str name, text;
	struct fact_duration every, within;
	struct strs severities, tasks;
	struct pos at;
};

#define FACTS_MAX 5000 /* of one kind that a page states; an index of more is a table of something else */

#define FACT_LIST(type, name)                                                                                          \
	struct type *name;                                                                                                 \
	size_t name##_count, name##_capacity

struct facts {
	struct str owner, last_updated, next_review;
	struct fact_duration review;
	FACT_LIST(fact_severity, severities);
	FACT_LIST(fact_runbook, runbooks);
	FACT_LIST(fact_runbook, planned); /* named, not linked: to be written */
	FACT_LIST(fact_runbook,
	          elsewhere); /* linked by a URL, which is `path`: the catalog knows whether it is a page of ours */
	FACT_LIST(fact_contact, contacts);
	FACT_LIST(fact_escalation, escalations);
	FACT_LIST(fact_link, links);
	FACT_LIST(fact_section, sections);
	FACT_LIST(fact_template, templates);
	FACT_LIST(fact_policy, policies);
	struct fact_template
		postmortem; /* as it is to be filled in; its body is empty where only its sections are listed */
};
/* The lists' memory is malloc'd, their strings are the arena's. */
void facts_release(struct facts *f);

/*
 * Reads an index page (README.md, index.md, _index.md or a named file). `file` names it in positions; `folder_path` is the
 * page's own folder relative to the runbook folder ("" for its root), which relative links start from. Never fails: a page
 * too heavy to parse states nothing, one that states more than FACTS_MAX of a kind no more than those, and `why` says so.
 */
void facts_read_index(struct arena *arena, const char *file, struct str folder_path, struct str text, struct facts *out,
                      const char **why);

/* What a runbook says of itself, and its sections: for the merge and for lint. */
struct fact_heading {
	struct str text, anchor;
	const struct heading *read; /* what it was read from */
	int level;
	struct pos at;
	bool empty;             /* nothing stands below it before the next heading of its level or above */
	struct str placeholder; /* "TODO", "TBD", "[Title]"… where its content is only, or contains, one */
	struct pos placeholder_at;
};
struct fact_sent { /* "DiskFull | [what to do](disk.md)": a table of the page sends the alert to another one */
	struct str name, url;
};
struct runbook_facts {
	struct fact_runbook self;
	struct fact_heading *headings;
	size_t heading_count;
	struct strs ids;         /* that the page states itself: {#id}, <a name>, … */
	struct fact_link *links; /* every link and picture of the page, url as written; kind LINK_RELATED */
	size_t link_count;
	FACT_LIST(fact_runbook, parts); /* several runbooks in one file, under H2: each with its anchor */
	/* The other sections, each with what it says alone: they are runbooks only where an index lists them as such. */
	FACT_LIST(fact_runbook, sections);
	FACT_LIST(fact_sent, sent);
};
void facts_read_runbook(struct arena *arena, const char *file, struct str path, struct str text,
                        struct runbook_facts *out, const char **why);
void runbook_facts_release(struct runbook_facts *f);

#endif
