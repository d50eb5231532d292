/*
 * What the files of index*.c share: an index page while it is being read. The page is walked block by block; the headings
 * above a block say what it is about (its topic), and the words of columns and keys say what each value is.
 */
#ifndef CATALOG_INDEX_IMPL_H
#define CATALOG_INDEX_IMPL_H

#include "catalog/facts.h"
#include "markdown_impl.h"
#include "words/table_escalation_words.h"
#include "words/table_topics.h"
#include "words/words.h"

#define PLACES_MAX 8   /* the page itself, headings of six levels, and a bold line as one */
#define CELLS_MAX 32   /* columns of a table, or keys of an entry, that count */
#define MORE_MAX 7     /* further links in one cell */
#define NESTING_MAX 20 /* lists and quotes inside each other that are read */

struct place { /* a heading above the block that is being read */
	int level, line;
	enum topic topic;
	struct str heading;
	bool below_runbooks;
	struct str url; /* the heading is a link */
};

#define PACES_MAX 16 /* of a page: paths whose steps all take the same time */

struct pace {
	struct str severity, name; /* of the path */
	int64_t ms;
};

enum waits { /* what a table's column of waits says of its row's role */
	         WAITS_NOT,
	         WAITS_BEFORE, /* it is told when that has passed since the one before */
	         WAITS_BEHIND, /* it has that long to answer */
	         WAITS_RANGES, /* "0-15 min", "15-30 min": all count from the start */
};

struct index {
	struct arena *arena;
	const char *file;
	struct str folder;
	struct facts *out;
	int line;             /* lines of front matter */
	const int *html_rows; /* of a table in raw HTML: the page's line of each row; NULL: the nodes' own count */
	struct place places[PLACES_MAX];
	size_t depth;                /* places in use, at least 1: the page itself */
	struct strs severities;      /* that the paragraphs since the last heading name */
	struct str said, intro;      /* the paragraph just before this block, as written and folded */
	size_t severity;             /* 1 + the one that the heading defines; 0: none */
	size_t runbook;              /* 1 + the one that the heading names */
	int64_t reached_ms;          /* of the path: when its last step is told, and what is waited since */
	struct str told_last;        /* the last step's, as written */
	bool waited;                 /* "wait 15 minutes" stands before the next step */
	struct strs path_severities; /* that the list's steps are for, as its sentences say; none: the headings' */
	bool clock_runs;             /* the list's times began with 00:00 */
	enum waits waits;            /* of the table */
	struct pace paces[PACES_MAX];
	size_t pace_count;
	struct fact_escalation chain; /* who comes after whom, whatever the severity */
	size_t chain_capacity;
	bool full; /* a list has reached FACTS_MAX */
	bool must; /* the page has a list of sections that a runbook must have, so that its template only shows more */
};

struct more { /* a link beside a line's first */
	struct str url, label;
};

struct line { /* a bullet, a cell, a line of a paragraph */
	struct str text;
	struct str lead, rest; /* "Key: value": what it opens with (strong, linked, or before a separator), what follows */
	struct str url, label; /* its first link; of a [[wiki link]] the page's name */
	struct str wiki;       /* the other half of it */
	struct str code;       /* its first code span that is none */
	struct str page;       /* a code span that is the name of a page: `disks/full.md` */
	struct more more[MORE_MAX]; /* its others */
	size_t more_count;
	bool strong, keyed; /* the lead is strong or a link; a separator stands behind it */
	int at;
};

struct item {
	struct line line;
	struct strs tasks; /* the bullets below it, in depth */
	cmark_node *sub;   /* the first list below it, or NULL */
};

struct cell {
	struct str column; /* folded */
	struct line line;
};
struct record { /* a table's row, a mapping of a YAML list */
	struct cell cells[CELLS_MAX];
	size_t count;
	int at;
	bool among_pages; /* the table links to pages of the folder */
};

/* ---- index_line.c ---- */
bool block_is(cmark_node *node, const char *type);
struct line line_of(struct index *ix, cmark_node *node);
size_t lines_of(struct index *ix, cmark_node *paragraph, struct line **out);
struct line line_of_text(struct str text, int at);
/* The line that begins at `*from`, which moves behind it; false at the end. */
bool text_next_line(struct str text, size_t *from, struct str *line);
struct item item_of(struct index *ix, cmark_node *item);
struct str join(struct arena *arena, struct strs list, const char *separator);

/* ---- index_topics.c ---- */
enum topic topic_of_heading(struct str folded, enum topic above);
/* What a paragraph says of the list or fence below it; TOPIC_NONE where it says nothing. */
enum topic topic_of_intro(struct str folded);

/* ---- index_read.c ---- */
struct place *place_now(struct index *ix);
enum topic topic_now(struct index *ix);
/* The heading without its number, "" on the page's own title. */
struct str heading_now(struct index *ix);
struct pos index_pos(const struct index *ix, int line);
/* "Owner: …" and the like, of the page itself; false when the key is none of them. */
bool index_meta(struct index *ix, const struct line *line);

/* ---- index_table.c ---- */
void index_table(struct index *ix, cmark_node *table);
void index_html_table(struct index *ix, cmark_node *html);
void index_record(struct index *ix, const struct record *r);
const struct cell *record_cell(const struct record *r, const struct word_row *rows, size_t count, int field);
bool record_has(const struct record *r, const struct word_row *rows, size_t count, int field);

/* ---- index_fence.c ---- */
void index_fence(struct index *ix, cmark_node *fence);
bool index_box(struct index *ix, struct str text, int line);

/* ---- index_flowchart.c ---- */
void index_flowchart(struct index *ix, struct str text, int line);

/* ---- index_runbooks.c ---- */
/* A link's target: true for a page of the folder, with its path and anchor. */
bool link_target(struct index *ix, struct str url, struct str *path, struct str *anchor);
bool runbook_record(struct index *ix, const struct record *r);
bool runbook_item(struct index *ix, const struct item *item);
void runbook_heading(struct index *ix, struct str title, struct str url, int line);
bool runbook_key(struct index *ix, const struct line *line);

/* ---- index_severities.c ---- */
bool severity_record(struct index *ix, const struct record *r);
/* "| | P1 | P2 |": the columns are the severities, and a row is a field of each. */
bool severity_columns_are(struct index *ix, const struct line *heads, size_t count, bool defines);
/* Whether a row's first cell names what only severities have: by when somebody answers, by when it is solved. */
bool severity_field_defines(struct index *ix, struct str words);
void severity_column_row(struct index *ix, const struct line *heads, const struct line *cells, size_t count);
bool severity_heading(struct index *ix, struct str heading, int line);
/* "Severity: Critical" beside other headings: it speaks of one, and begins no list of severities. */
bool severity_heading_names(struct index *ix, struct str heading, enum topic above);
bool severity_key(struct index *ix, const struct line *line);
/* "P1: the site is down": a paragraph's line that says what a severity is. */
bool severity_line_defines(struct index *ix, const struct line *line);
/* "Response time: …" and the like. */
bool severity_names_field(struct index *ix, const struct line *line);
bool severity_item(struct index *ix, const struct item *item);

/* ---- index_level.c ---- */
/* "🔴 Critical" is Critical. */
struct str index_behind_signs(struct str text);
/* "Severity: Critical" is Critical, as all else is what it is. */
struct str index_level_text(struct index *ix, struct str heading);
/* The severities that a heading over runbooks names: "Critical Runbooks", not "Emergency Runbooks"; none where it names none. */
struct strs index_level_of(struct index *ix, struct str heading);
/* That of the nearest heading which names one. */
struct strs index_level_above(struct index *ix);
/* "**Valves**", or "Valves:" over a list. */
bool index_heads_list(const struct line *line, cmark_node *next);
/* "**Critical**" over a list. */
bool index_is_level_line(struct index *ix, const struct line *line, cmark_node *next);

/* ---- index_contacts.c ---- */
bool contact_record(struct index *ix, const struct record *r);
bool contact_line(struct index *ix, const struct line *line);

/* ---- index_links.c ---- */
void link_add(struct index *ix, enum fact_link_kind kind, struct str group, const struct line *line);
bool link_line(struct index *ix, const struct line *line);
bool link_record(struct index *ix, const struct record *r);

/* Those that only an escalation path names are no definitions of this page. */
void severities_finish_page(struct index *ix);

/* ---- index_escalation.c ---- */
/* Two cells, a severity and its chain: "P1 | A → B". */
bool escalation_pair(struct index *ix, const struct line *severity, const struct line *chain);
bool escalation_record(struct index *ix, const struct record *r);
bool escalation_item(struct index *ix, const struct item *item);
bool escalation_heading(struct index *ix, struct str heading, int line);
#define ESCALATION_STEPS_MAX 50
/* The path of this severity (where it is "", of this name), begun where there is none. */
struct fact_escalation *escalation_for(struct index *ix, struct str severity, struct str name, int line);
void escalation_step(struct fact_escalation *e, int64_t after_ms, struct strs notify);
/* The severity that the headings above name, "" where they name none; and what the path is called. */
struct str escalation_above(struct index *ix, struct str *name);
struct strs escalation_roles(struct index *ix, struct str text);
/* When somebody is told, by the words: "15-30 min" 15 m, "immediately" 0; -1 where they say no time. */
int64_t escalation_after(struct index *ix, struct str words);
/* "T+15 min team lead": who. */
struct str escalation_behind_start(struct str text);
/* "Lead (15 min)", "lead after 15 min": the end is when, not who; `after` is set where it says when. */
struct str escalation_without_time(struct index *ix, struct str who, int64_t *after);
/* "15" where the column says minutes; -1 where it is no number. */
int64_t escalation_minutes(struct str words);
struct str escalation_role_acting(struct str text);
/* "Team lead if nobody answers": the role that a step opens with. */
struct str escalation_role_opening(struct str text);
/* One step, or one for each of "A → B (15 min) → C": the first after `after_ms`. */
void escalation_path(struct index *ix, struct fact_escalation *e, int64_t after_ms, struct str who);
bool escalation_has_arrow(struct str text);
struct str escalation_before_arrow(struct str text);
struct str escalation_behind_arrow(struct str text);
/* "Immediately page the on-call engineer": the role at its end; empty when it names none. */
struct str escalation_role_in(struct str text);
/* Whom a sentence says to tell: "If nobody answers, escalate to the lead". */
struct str escalation_role_told(struct index *ix, struct str sentence);
/* Where a phrase begins, whatever its case; text.n where it does not. */
size_t escalation_find(struct str text, const char *phrase);
/* Of "P1: …" and "… for P0 and P1 incidents"; words such as "high" are too common in sentences. */
struct strs escalation_severities(struct index *ix, struct str text);
/* Whether a folded text has one of the words of that kind. */
/* The rows of one kind. */
const struct word_row *escalation_rows(enum escalation_word kind, const struct word_row **end);
/* The bytes of the word that a text opens with, a blank behind it; 0 where it is none of these. */
size_t escalation_opens_with(struct str text, enum escalation_word kind);
bool escalation_words_have(struct str folded, enum escalation_word kind);
bool escalation_words_are(struct str folded, enum escalation_word kind);
/* Where the first of these words begins; text.n where there is none. */
size_t escalation_word_at(struct str text, enum escalation_word kind);
/* "15 minutes later, the manager": what stands behind that; the text itself where it says no such thing. */
struct str escalation_behind_later(struct index *ix, struct str text);
/* Whether a row says who does something after a time, not who is told. */
bool escalation_tells_who_acts(struct index *ix, const struct record *r, const struct cell *who);
/* A line of a paragraph or bullet below a heading about escalation. */
bool escalation_line(struct index *ix, const struct line *line);
/* Whether a folded column or heading is a place in an on-call chain. */
bool escalation_is_chain_role(struct str folded);
/* A role of an on-call chain ("primary …", "secondary …", "escalation") goes to its end. */
void escalation_chain(struct index *ix, struct str role, bool always, int line);
/* Where the role is in the chain: it is told after so long. */
void escalation_chain_after(struct index *ix, struct str role, int64_t ms);
/* To the paths that the list is about: `who` after so long, -1 where nobody says when. */
void escalation_tell(struct index *ix, int64_t after, struct str who, int line);
void escalation_list(struct index *ix);        /* a list begins, below what ix->said says */
void index_escalation_begin(struct index *ix); /* a list or a heading: nothing is waited for yet */

/* ---- index_escalation_clauses.c ---- */
/* "The lead at once, the director after 10 minutes": a step each; false where one of its clauses is none. */
bool escalation_clauses(struct index *ix, struct str text, int at);
/* Of a sentence with several times the part that is about `role`, which is a view into it; else the whole. */
struct str escalation_clause_of(struct index *ix, struct str text, struct str role);
/* The role, and whoever is told with it or instead: "the secondary and the team lead". */
struct str escalation_also_told(struct index *ix, struct str text, struct str role);
/* Somebody has to answer within a time: a step, and the next one is told when it has passed. */
bool escalation_patience(struct index *ix, struct str text, int at);
/* How long each step of the path has, said apart from them. */
bool escalation_pace(struct index *ix, struct str text);
void escalation_keep_paces(struct index *ix);
/* Of the path of the headings above: each of its steps has so long. False where there are too many such paths. */
bool escalation_keep_pace(struct index *ix, int64_t ms);

/* ---- index_escalation_each.c ---- */
/* "Ana, Ben, Eve: 10 minutes each": a step each; alone on its line it is said of the path. */
bool escalation_each(struct index *ix, struct str text, int at);

/* ---- index_escalation_rewrite.c ---- */
/* The text with marks that stand for words as the readers of steps know them; a copy. */
struct str escalation_rewrite(struct index *ix, struct str text);
/* "Then the manager, who knows the site": the manager. */
struct str escalation_without_asides(struct index *ix, struct str text);
/* "00:15" that a text begins with, of a list or table whose times count from 00:00: its bytes. -1: none, or an hour of the day. */
int64_t escalation_clock(struct index *ix, struct str text, size_t *length);

/* ---- index_escalation_finish.c ---- */
void escalation_finish(struct index *ix);

/* "after another 20 minutes", "20 minutes later": from the step before on. */
int64_t escalation_after_in_sentence(struct index *ix, struct str text);

/* ---- index_escalation_sentences.c ---- */
/* At ";", and where a sentence ends. */
size_t escalation_sentence_end(struct str text);
/* Several in a row, each of which says whom and when: a step each. */
bool escalation_sentences(struct index *ix, struct str text, int at);

/* ---- index_escalation_listed.c ---- */
/* A cell's "1. A 2. B" or "A; B" (its lines) as the chain "A → B"; else the text as it is. */
struct str escalation_listed(struct index *ix, struct str text);

/* ---- index_escalation_when.c ---- */
/* "15 min", and nothing else. */
bool escalation_is_only_time(struct index *ix, struct str text);
/* "If …", "when …" */
bool escalation_opens_with_condition(struct str text);
/* A verb or the like stands in it: it names nobody. */
bool escalation_is_sentence(struct str text);
/* It may be somebody's name: no time, condition or verb stands in it. */
bool escalation_is_name(struct index *ix, struct str text);
/* Left of an arrow: a time or a condition with a time, and nobody. */
bool escalation_opens_with_when(struct index *ix, struct str text);
/* "Wait 15 minutes", "Give the lead 15 minutes": counted from the step before. */
bool escalation_waits(struct str text);
/* Between arrows, "15 min" or "(15 min no ack)": then nothing is left of the part, else `ms` is -1. */
struct str escalation_take_wait(struct index *ix, struct str part, int64_t *ms);
/* A text without its sentences that forbid to tell somebody. */
struct str escalation_without_forbidden(struct index *ix, struct str text);
/* Whether the text's condition is that `told` does not answer. */
bool escalation_waits_for(struct index *ix, struct str text, struct str told);

/* ---- index_escalation_forms.c ---- */
/* The same step with its time in front: "Level 2 (after 15 minutes): lead", "Minute 15: lead". */
struct line escalation_plain(struct index *ix, const struct line *line);
/* "Escalation policy" and the like, before the steps of a path on the same line. */
bool escalation_heads_path(struct index *ix, struct str key);
/* A column whose "01:00" is an hour since the start; "Time (hh:mm)" may be the hour of the day. */
bool escalation_counts_from_start(struct str column);
/* A step of a tool's policy, "Notify on-call users of X, 10 minutes after …"; `after` is -1 where it says no time. */
bool escalation_tool_step(struct index *ix, struct str text, int64_t *after, struct str *who);
/* A column says how long whoever is named may take, not when he is told: "Escalates after", "Timeout". */
bool escalation_has_patience(const struct record *r);
/* The same of a note behind a role: "escalates after 5 minutes", "5 min to ack". */
bool escalation_is_patience(struct str note);
/* A row of a time whose other columns are severities: whom it tells after `after`. False where no column is one. */
bool escalation_of_severities(struct index *ix, const struct record *r, int64_t after);
/* The list's steps so far that say no time are told by now: "wait" stands behind them. */
void escalation_told_by_now(struct index *ix);

/* ---- index_templates.c ---- */
bool section_item(struct index *ix, const struct item *item, bool postmortem);
void section_fence(struct index *ix, struct str body, int line, bool postmortem);
/* Headings, and something to be filled in below them: below "Post-mortems" a report's template. */
bool is_report_form(struct str body);
/* A line that opens or closes a template's own fence: ```, ~~~, \`\`\`. */
bool is_fence_mark(struct str line);
/* The headings of a template below its title; those in its fences are none. */
size_t template_headings(struct str body);
/* A page that is the template itself; `line` is where it begins. */
struct fact_template postmortem_in_page(struct arena *arena, const char *file, struct str text, int line);
void message_fence(struct index *ix, struct str body, int line);

/* ---- index_policies.c ---- */
bool policy_list(struct index *ix, cmark_node *list, enum topic topic);
bool policy_sentence(struct index *ix, const struct line *line);
bool policy_record(struct index *ix, const struct record *r);

/*
 * Writes a value behind the end of one of the lists of facts, and counts it unless the list is full: the place written to
 * is there in either case.
 */
#define FACT_ADD(ix, name, value)                                                                                      \
	do {                                                                                                               \
		struct facts *list_ = (ix)->out;                                                                               \
		MEM_ROOM(list_->name, list_->name##_count, list_->name##_capacity);                                            \
		list_->name[list_->name##_count] = (value);                                                                    \
		(ix)->full |= list_->name##_count == FACTS_MAX;                                                                \
		list_->name##_count += list_->name##_count < FACTS_MAX;                                                        \
	} while (0)

/* index_claims.c: the alerts that a bullet says its runbook is for. */
struct strs line_alerts(struct index *ix, const struct line *line);

#endif
