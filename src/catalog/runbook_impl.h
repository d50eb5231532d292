/* What the files of runbook_*.c share: one runbook while it is being read. */
#ifndef CATALOG_RUNBOOK_IMPL_H
#define CATALOG_RUNBOOK_IMPL_H

#include "alert_names.h"
#include "catalog/facts.h"
#include "markdown_impl.h"
#include "words/table_runbook_keys.h"
#include "words/words.h"

/* "Last Updated:", "last_reviewed" … */
enum runbook_key runbook_key_of(struct str words);
/* Lower-case words of letters and digits with single blanks between them. */
struct str runbook_fold(struct arena *arena, struct str s);

/* Where a statement stands, in the order in which one goes before another. */
enum runbook_zone { ZONE_FRONT, ZONE_HEADER, ZONE_FOOTER, ZONE_BODY };

struct runbook_value {
	struct str text;
	struct strs codes; /* its code spans */
};

struct runbook_field {
	enum runbook_key key;
	enum runbook_zone zone;
	bool weak;    /* the key only ends in "alerts": names must look like names */
	bool plain;   /* "Triggered by": what looks like a name there is one of the page's own */
	bool related; /* "Related alerts": perhaps other pages' */
	int part;     /* the H2 section it stands in, from 1; 0: before the first */
	struct runbook_value value;
};

/* How sure it is that the page is for an alert of this name. */
enum alert_claim {
	CLAIM_OWN,
	CLAIM_LIKELY,  /* "Azure Monitor alerts: …" */
	CLAIM_RELATED, /* "Related alerts": its own only where it says plainly of none that it is for it */
	CLAIM_HINT,    /* prose mentions it */
};

struct runbook_alert {
	struct str name;
	int part;
	enum alert_claim claim;
	struct str anchor; /* of the section that a table says is for it; then `part` is not yet known */
};

struct runbook_part {
	struct str title, anchor;
	struct pos at;
	int level, parent; /* the part that it stands in, from 1; 0: none */
	bool alert;        /* its heading names one */
};

struct reading {
	struct arena *arena;
	const char *file;
	const struct markdown *m;
	const struct heading *headings;
	const bool *opens; /* by index: a section of a group, which begins with its alert */
	size_t heading_count;
	struct runbook_facts *out;
	/* Where the walk is. */
	enum runbook_zone zone;
	int part;
	bool alert_section, related_section;
	bool other_reviewed; /* below "Backup review": how often that is done */
	bool aside;          /* in a section of examples, of silences, of others' alerts */
	bool named;          /* the section's heading names its alert */
	bool states;         /* right behind a heading, where lines say what alert it is: plain ones are statements too */
	enum runbook_key heading_key; /* of a heading such as "Severity": what stands below is its value */

	FACT_LIST(runbook_field, fields);
	FACT_LIST(runbook_alert, alerts);
	FACT_LIST(runbook_part, sections); /* every H2, and deeper ones that name an alert */
};

/* runbook_text.c: what nodes show. */
bool node_is(cmark_node *node, const char *type);
bool node_is_break(cmark_node *node); /* of a line */
struct runbook_value node_value(struct arena *arena, cmark_node *node);
/* From `first` to before `end` (NULL: the last sibling). */
struct runbook_value inlines_value(struct arena *arena, cmark_node *first, const cmark_node *end);
struct pos node_at(const struct reading *r, cmark_node *node);
bool str_is_placeholder(struct str s); /* a word for what is still to be written, or [Title], as a whole */

/* runbook_fields.c: statements of a block, at r->zone and r->part. */
void runbook_take_fields(struct reading *r, cmark_node *block);
void runbook_add_field(struct reading *r, struct str key, struct runbook_value value);
/* "Related alerts", "See also": other pages' as well. */
bool runbook_says_related(struct str folded);
/* "Alerts", "Firing alerts": a heading over the page's own. */
bool runbook_says_alerts(struct str folded);
/* A paragraph in which every line is a statement. */
bool runbook_is_footer(struct arena *arena, cmark_node *block);

/* runbook_opening.c: the block names the alert that its section is for; or states anything that a key is known for. */
bool runbook_states(struct reading *r, cmark_node *block, bool alert);
/* `level`: of the headings that begin sections. The first of the page's last blocks, from a ruler on, or lines of statements at its very end; NULL: none. */
cmark_node *runbook_footer(struct reading *r, int level);
/* By the headings' index: deeper than `level`, of a group of several sections that begin with what alert they are for. */
const bool *runbook_group_openings(struct reading *r, int level);

/* runbook_intro.c: whether words are about the alerts that stand below them. */
enum intro { INTRO_NONE, INTRO_OWN, INTRO_RELATED };
enum intro runbook_intro_of(struct str folded);
/* What the paragraph before a list says of it. */
enum intro runbook_intro_above(struct reading *r, cmark_node *list);

/* runbook_alerts.c */
void runbook_take_alerts(struct reading *r, cmark_node *block);
void runbook_alerts_of_value(struct reading *r, const struct runbook_field *field);
/* A name that somebody states as one, whatever it looks like. */
void runbook_add_alert(struct reading *r, struct str name);

/* runbook_title.c */
/*
 * "HighCPU (critical)": the alert's name; several where the title is nothing else: "DiskSlow / DiskVerySlow"; or none.
 */
/* A title without what only says that it is a runbook: "Redis down" of "Runbook: Redis down [P1]". */
struct str runbook_title_core(struct str title);
struct strs runbook_alerts_in_title(struct arena *arena, struct str title);
/* ``Disk is full (`DiskFull`)``, ``Disk is full - `DiskFull```: a name behind the words, in code (or, without `code`, made of them); of heading.marked. Empty: none. */
struct str runbook_alert_behind_words(struct arena *arena, struct str marked, bool code);
/* "[P1] HighCPU", "HighCPU (critical)": what stands in brackets and is nothing but severities. */
struct strs runbook_severities_in_title(struct arena *arena, struct str title);

/* runbook_front.c: YAML front matter, as fields of ZONE_FRONT. Broken YAML states nothing. */
void runbook_take_front_matter(struct reading *r, struct str text);

/* runbook_sections.c: out->headings and out->links. */
void runbook_take_sections(struct reading *r);

#endif
