/* Severities: rows of a table, definitions under headings, bullets. */
#include "base/ascii.h"
#include "index_impl.h"
#include "words/severity_words.h"
#include "words/table_severity_columns.h"
#include "words/table_severity_companions.h"

#define SENTENCE_MAX 80 /* bytes of one that may be no more than a time */

#define COLUMNS severity_columns.rows, severity_columns.count

/* ---- the list ---- */

static void fill_span(struct index *ix, struct fact_duration *field, struct str value)
{
	if (!field->text.n && !words_nothing(value))
		*field = fact_duration_read(ix->arena, value);
}

static struct fact_severity *severity_named(struct index *ix, struct str name, int line)
{
	struct facts *f = ix->out;
	for (size_t i = 0; i < f->severities_count; i++) {
		if (severity_names_same(f->severities[i].name, name))
			return &f->severities[i];
	}
	struct fact_severity s = {.name = name, .path_only = true, .at = index_pos(ix, line)};
	size_t at = f->severities_count;
	FACT_ADD(ix, severities, s);
	return &f->severities[at];
}

/* Where the page says what it is. */
static struct fact_severity *severity_for(struct index *ix, struct str name, int line)
{
	struct fact_severity *s = severity_named(ix, name, line);
	if (s->path_only)
		s->at = index_pos(ix, line);
	s->path_only = false;
	return s;
}

/* Over or among the steps of an escalation it is named only. */
static struct fact_severity *severity_here(struct index *ix, struct str name, int line)
{
	return topic_now(ix) == TOPIC_ESCALATION ? severity_named(ix, name, line) : severity_for(ix, name, line);
}

/* A heading over a list of runbooks says how grave they are, not what that means. */
static bool says_nothing(const struct fact_severity *s)
{
	return s->by_heading && !s->description.n && !s->response.text.n && !s->resolution.text.n && !s->examples.n &&
	       !s->escalation_text.n && !s->communication_text.n;
}

void severities_finish_page(struct index *ix)
{
	struct facts *f = ix->out;
	size_t n = 0;
	for (size_t i = 0; i < f->severities_count; i++)
		if (!f->severities[i].path_only && !says_nothing(&f->severities[i]))
			f->severities[n++] = f->severities[i];
	f->severities_count = n;
}

static size_t count_blanks(struct str s)
{
	size_t n = 0;
	for (size_t i = 0; i < s.n; i++)
		n += s.p[i] == ' ';
	return n;
}

/* Behind the name: "(Critical)", "- Critical (what it means)", or the meaning alone. */
static void set_words(struct fact_severity *s, struct str after)
{
	after = words_trim(after);
	if (str_starts(after, STR("/")))
		after = words_trim(str_slice(after, 1, after.n)); /* "Sev 1 / Critical" */
	struct str note = words_take_note(&after);
	after = words_trim(after);
	if (!after.n) {
		after = note;
		note.n = 0;
	}
	if (!words_table_is(&severity_companions, 0, after)) {
		s->path_only &= !after.n;
		words_fill(count_blanks(after) > 2 ? &s->description : &s->words, after);
	}
	words_fill(&s->description, note);
}

/* A text that opens with one severity: what it is called, and what follows; a view with n == 0 when it does not. */
static struct str leading_name(struct index *ix, struct str text, struct str *after)
{
	struct strs named = fact_severities_read(ix->arena, text);
	text = index_behind_signs(words_trim(text));
	for (size_t i = 0; i < named.n; i++) {
		struct str name = named.v[i], opening = str_slice(text, 0, name.n);
		if (opening.n != name.n || !str_eq_nocase(opening, name))
			continue;
		*after = str_slice(text, name.n, text.n);
		return name;
	}
	return (struct str){NULL, 0};
}

/* Where a severity must stand also a word that means one nowhere else: "Red", a red circle, "Kritisch". */
static struct str stated_name(struct index *ix, struct str text, struct str *after)
{
	struct str name = leading_name(ix, text, after);
	if (name.n)
		return name;
	struct strs stated = words_severities(ix->arena, text);
	if (!stated.n)
		stated = words_severities(ix->arena, index_behind_signs(words_trim(text)));
	return stated.n ? stated.v[0] : (struct str){NULL, 0};
}

static void set_severity_field(struct index *ix, struct fact_severity *s, enum field field, struct str value)
{
	s->path_only &= field == NAME || field == ESCALATION;
	switch (field) {
	case NAME: return;
	case WORDS: words_fill(&s->words, value); return;
	case RESPONSE: fill_span(ix, &s->response, value); return;
	case RESOLUTION: fill_span(ix, &s->resolution, value); return;
	case ESCALATION: words_fill(&s->escalation_text, value); return;
	case COMMUNICATION: words_fill(&s->communication_text, value); return;
	case EXAMPLES: words_fill(&s->examples, value); return;
	case DESCRIPTION: words_fill(&s->description, value); return;
	}
}

/* At "," and ";", and where a sentence ends. */
static size_t clause_end(struct str text, size_t from)
{
	size_t end = words_until(text, from, ",;");
	for (size_t i = from; i + 2 < end; i++)
		if (text.p[i] == '.' && text.p[i + 1] == ' ' && text.p[i + 2] >= 'A' && text.p[i + 2] <= 'Z')
			return i;
	return end;
}

/* "respond immediately", or "immediately" and nothing else: where a sentence does something at once it is no time. */
static bool says_now(struct str folded)
{
	return escalation_words_have(folded, WORD_NOW) &&
	       (words_find(COLUMNS, folded, -1) == RESPONSE || escalation_words_are(folded, WORD_NOW));
}

/* "All is lost (15 min)": what it means, and how soon. */
static struct str time_behind(struct index *ix, struct fact_severity *s, struct str clause)
{
	struct str means = clause, note = words_take_note(&means);
	bool says_field = words_find(COLUMNS, words_fold(ix->arena, means), -1) >= 0;
	if (says_field || !words_span(ix->arena, note).found || words_span(ix->arena, means).found)
		return clause;
	words_fill(&s->description, words_trim(means));
	return note;
}

/*
 * "15 minutes response, 4 hours resolution": each clause with a time, by the word beside it. What stands before the first
 * describes it: "site down, respond within 15 minutes".
 */
static bool read_clauses(struct index *ix, struct fact_severity *s, struct str text, int unsaid)
{
	bool any = false;
	for (size_t i = 0; i < text.n;) {
		size_t end = clause_end(text, i);
		struct str clause = str_trim(str_slice(text, i, end)), folded = words_fold(ix->arena, clause);
		struct words_span span = words_span(ix->arena, clause);
		int field = words_find(COLUMNS, folded, unsaid);
		bool timed = span.found || span.next_business_day || says_now(folded);
		if (timed && (field == RESPONSE || field == RESOLUTION)) {
			if (!any && i)
				words_fill(&s->description, words_trim(str_slice(text, 0, i - 1)));
			set_severity_field(ix, s, (enum field)field, time_behind(ix, s, clause));
			any = true;
		}
		i = end + 1;
	}
	return any;
}

/* ---- rows ---- */

static bool is_definition(const struct record *r)
{
	static const enum field defining[] = {RESPONSE, RESOLUTION, EXAMPLES, ESCALATION, COMMUNICATION};
	for (size_t i = 0; i < sizeof defining / sizeof *defining; i++) {
		if (record_has(r, COLUMNS, (int)defining[i]))
			return true;
	}
	return false;
}

/* "Priority | Name" over "1 | Critical": a number alone is called by its column. */
static struct str named_by_column(struct index *ix, const struct cell *cell)
{
	struct str text = words_trim(cell->line.text);
	bool digit = text.n == 1 && ascii_is_digit(text.p[0]);
	if (!digit || topic_now(ix) != TOPIC_SEVERITIES)
		return (struct str){NULL, 0};
	const char *stem = words_have(cell->column, "priority") ? "P" : "SEV";
	return str_c(arena_printf(ix->arena, "%s%c", stem, text.p[0]));
}

bool severity_record(struct index *ix, const struct record *r)
{
	const struct cell *cell = record_cell(r, COLUMNS, NAME);
	bool about = topic_now(ix) == TOPIC_SEVERITIES;
	if (!cell && about)
		cell = &r->cells[0];
	if (!cell || (!about && !is_definition(r)))
		return false;
	struct str after = {NULL, 0}, name = stated_name(ix, cell->line.text, &after);
	name = name.n ? name : named_by_column(ix, cell);
	if (!name.n)
		return false;
	struct fact_severity *s = severity_for(ix, name, r->at);
	for (size_t i = 0; i < r->count; i++) {
		int field = words_find(COLUMNS, r->cells[i].column, -1);
		if (&r->cells[i] != cell && field >= 0)
			set_severity_field(ix, s, (enum field)field, r->cells[i].line.text);
		else if (&r->cells[i] != cell && about)
			read_clauses(ix, s, r->cells[i].line.text, -1); /* "Target": "ack in 5 min, fix in 1 h" */
	}
	set_words(s, after);
	return true;
}

/* ---- columns ---- */

/* The rows of a table with no heading of its own must say what severities have: "Response time". */
static bool may_have_columns(struct index *ix, bool defines)
{
	enum topic topic = topic_now(ix);
	return topic == TOPIC_SEVERITIES || (defines && (topic == TOPIC_NONE || topic == TOPIC_OTHER));
}

bool severity_field_defines(struct index *ix, struct str words)
{
	int field = words_find(COLUMNS, words_fold(ix->arena, words), -1);
	return field == RESPONSE || field == RESOLUTION;
}

bool severity_columns_are(struct index *ix, const struct line *heads, size_t count, bool defines)
{
	struct str after;
	size_t named = 0;
	for (size_t i = 1; i < count; i++)
		named += leading_name(ix, heads[i].text, &after).n > 0;
	return may_have_columns(ix, defines) && count > 2 && named + 1 == count &&
	       !leading_name(ix, heads[0].text, &after).n;
}

void severity_column_row(struct index *ix, const struct line *heads, const struct line *cells, size_t count)
{
	int field = words_find(COLUMNS, words_fold(ix->arena, cells[0].text), -1);
	for (size_t i = 1; field >= 0 && i < count; i++) {
		struct str after = {NULL, 0}, name = leading_name(ix, heads[i].text, &after);
		struct fact_severity *s = severity_for(ix, name, heads[i].at);
		set_severity_field(ix, s, (enum field)field, cells[i].text);
		set_words(s, after);
	}
}

/* ---- headings and what stands below them ---- */

/* "P1 – Critical", "SEV2 (High)": a number and what it means, and nothing else. */
static bool says_both(struct index *ix, struct str heading)
{
	struct str after = {NULL, 0}, name = leading_name(ix, heading, &after);
	after = words_trim(after);
	struct str note = words_take_note(&after);
	return name.n && ascii_is_digit(name.p[name.n - 1]) &&
	       severity_word_rank(after.n ? words_trim(after) : note, false) >= 0;
}

/* Below "Severities" also a heading that is nothing but a word which means one nowhere else: "Red". */
static struct str name_alone(struct index *ix, struct str heading)
{
	struct str after, text = index_behind_signs(words_trim(heading));
	struct str name = topic_now(ix) == TOPIC_SEVERITIES ? stated_name(ix, text, &after) : (struct str){NULL, 0};
	return str_eq_nocase(name, text) ? name : (struct str){NULL, 0};
}

static bool is_open(enum topic topic)
{
	return topic == TOPIC_NONE || topic == TOPIC_OTHER || topic == TOPIC_RUNBOOKS;
}

bool severity_heading_names(struct index *ix, struct str heading, enum topic above)
{
	enum topic own = topic_of_heading(words_fold(ix->arena, heading), TOPIC_NONE);
	return is_open(above) && own == TOPIC_SEVERITIES && index_level_of(ix, heading).n == 1;
}

static bool may_define(struct index *ix, struct str heading)
{
	enum topic topic = topic_now(ix);
	return topic == TOPIC_SEVERITIES || topic == TOPIC_ESCALATION ||
	       (is_open(topic) && (says_both(ix, heading) || severity_heading_names(ix, heading, topic)));
}

bool severity_heading(struct index *ix, struct str heading, int line)
{
	struct str after = {NULL, 0}, text = index_level_text(ix, heading);
	struct str name = may_define(ix, heading) ? leading_name(ix, text, &after) : after;
	name = name.n ? name : name_alone(ix, heading);
	if (!name.n || words_have(words_fold(ix->arena, heading), "escalation"))
		return false;
	size_t known = ix->out->severities_count;
	struct fact_severity *s = severity_here(ix, name, line);
	set_words(s, after);
	ix->severity = (size_t)(s - ix->out->severities) + 1;
	s->by_heading = s->by_heading ||
	                (ix->severity > known && topic_now(ix) != TOPIC_SEVERITIES && topic_now(ix) != TOPIC_ESCALATION);
	return true;
}

bool severity_line_defines(struct index *ix, const struct line *line)
{
	struct str after, name = line->keyed ? leading_name(ix, line->lead, &after) : (struct str){NULL, 0};
	return line->keyed && line->rest.n && (line->strong || (name.n && name.n == line->lead.n));
}

bool severity_names_field(struct index *ix, const struct line *line)
{
	bool key = line->keyed && str_find(line->lead, STR(". ")) < 0 && !escalation_opens_with_when(ix, line->lead);
	return key && words_find(COLUMNS, words_fold(ix->arena, line->lead), -1) >= 0; /* not "No response in 5 min: …" */
}

bool severity_key(struct index *ix, const struct line *line)
{
	struct fact_severity *s = &ix->out->severities[ix->severity - 1];
	int field = line->keyed ? words_find(COLUMNS, words_fold(ix->arena, line->lead), -1) : -1;
	if (field >= 0)
		set_severity_field(ix, s, (enum field)field, line->rest);
	else if ((line->text.n > SENTENCE_MAX || !read_clauses(ix, s, line->text, -1)) && !s->path_only)
		words_fill(&s->description, line->text);
	return true;
}

/* ---- bullets ---- */

static void read_details(struct index *ix, const struct item *item)
{
	for (size_t i = 0; i < item->tasks.n; i++) {
		struct line line = line_of_text(item->tasks.v[i], item->line.at);
		severity_key(ix, &line);
	}
}

bool severity_item(struct index *ix, const struct item *item)
{
	struct str after = {NULL, 0}, name = leading_name(ix, item->line.text, &after);
	if (!name.n && item->line.keyed && topic_now(ix) == TOPIC_SEVERITIES)
		name = stated_name(ix, item->line.lead, &after);
	if (!name.n)
		return false;
	struct fact_severity *s = severity_here(ix, name, item->line.at);
	struct str beside;
	if (item->line.lead.n > name.n && leading_name(ix, item->line.lead, &beside).n)
		set_words(s, beside);
	size_t defined = ix->severity;
	ix->severity = (size_t)(s - ix->out->severities) + 1;
	struct str rest = item->line.keyed || item->line.strong ? item->line.rest : words_trim(after);
	bool path = topic_now(ix) == TOPIC_ESCALATION; /* where a time alone says when somebody is told */
	if (!read_clauses(ix, s, rest, path ? -1 : RESPONSE) && !s->path_only)
		words_fill(&s->description, rest);
	read_details(ix, item);
	ix->severity = defined;
	return true;
}
