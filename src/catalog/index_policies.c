/* What is to be done, and how often or by when: lists and tables below a heading about it. */
#include "index_impl.h"
#include "words/table_policy_columns.h"
#include "words/table_policy_keys.h"

static const struct {
	enum topic topic;
	enum fact_policy_kind kind;
} kinds[] = {
	{TOPIC_REVIEW, POLICY_REVIEW},
	{TOPIC_UPDATE, POLICY_UPDATE_PROCESS},
	{TOPIC_POST_INCIDENT, POLICY_POST_INCIDENT},
	{TOPIC_FORMATTING, POLICY_FORMATTING},
	{TOPIC_TRAINING, POLICY_TRAINING},
	{TOPIC_TOOLS, POLICY_TOOL},
	{TOPIC_ACCESS, POLICY_ACCESS},
};

static int policy_kind_of(enum topic topic)
{
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
		if (kinds[i].topic == topic)
			return (int)kinds[i].kind;
	}
	return -1;
}

/* ---- times ---- */

/* The words that say how often: "Monthly" of "Monthly review", "every 6 months" of a longer sentence. */
static struct str cadence_words(struct index *ix, struct str text)
{
	for (size_t i = 0; i < text.n;) {
		size_t end = words_until(text, i, " ,;:");
		struct str word = str_slice(text, i, end);
		if (word.n && words_span(ix->arena, word).cadence)
			return word;
		if (str_eq_nocase(word, STR("every")))
			return str_slice(text, i, words_until(text, i, ",;.:"));
		i = end + 1;
	}
	return text;
}

static struct fact_duration cadence_in(struct index *ix, struct str text)
{
	struct fact_duration none = {.ms = 0};
	if (!words_span(ix->arena, text).cadence)
		return none;
	return fact_duration_read(ix->arena, cadence_words(ix, text));
}

/* "…, within 5 days": the words from "within" to the end of the clause. */
static struct fact_duration deadline_in(struct index *ix, struct str text)
{
	static const char *const marks[] = {"within ", "Within ", "in under ", "no later than ", "by the end of "};
	struct fact_duration none = {.ms = 0};
	for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
		ptrdiff_t at = str_find(text, str_c(marks[i]));
		if (at < 0)
			continue;
		struct str clause = str_slice(text, (size_t)at, words_until(text, (size_t)at, ",;).:"));
		struct fact_duration found = fact_duration_read(ix->arena, clause);
		return found.ms || found.next_business_day ? found : none;
	}
	return none;
}

/* "Immediate (within 24h)": the note is a deadline and no part of the name. */
static void take_deadline(struct index *ix, struct fact_policy *p)
{
	struct str name = p->name, note = words_take_note(&name);
	struct words_span span = words_span(ix->arena, note);
	if ((span.found && !span.cadence) || span.next_business_day) {
		p->within = fact_duration_read(ix->arena, note);
		p->name = name;
	} else if (p->kind == POLICY_POST_INCIDENT) {
		p->within = deadline_in(ix, p->text);
	}
}

static void set_policy_times(struct index *ix, struct fact_policy *p)
{
	take_deadline(ix, p);
	p->every = cadence_in(ix, p->name);
	if (!p->every.text.n)
		p->every = cadence_in(ix, p->text);
	if (p->kind != POLICY_POST_INCIDENT)
		return;
	struct strs own = fact_severities_read(ix->arena, p->text);
	bool numbered = own.n && own.v[0].p[own.v[0].n - 1] >= '0' && own.v[0].p[own.v[0].n - 1] <= '9';
	p->severities = numbered ? own : ix->severities;
}

/* ---- bullets ---- */

static bool names_itself(enum fact_policy_kind kind)
{
	return kind == POLICY_TOOL || kind == POLICY_ACCESS;
}

/* Below "reviews" a line may be the page's owner or its own review cycle. */
static bool take_meta(struct index *ix, const struct line *line, struct fact_policy *p)
{
	if (p->kind != POLICY_REVIEW || !line->keyed)
		return false;
	bool review = words_have(words_fold(ix->arena, line->lead), "review");
	if (index_meta(ix, line) && !review)
		return true;
	p->kind = (enum fact_policy_kind)words_find(policy_keys.rows, policy_keys.count, words_fold(ix->arena, line->lead),
	                                            POLICY_REVIEW);
	return false;
}

static void add_policy(struct index *ix, enum fact_policy_kind kind, const struct item *item)
{
	const struct line *line = &item->line;
	bool named = line->lead.n && (line->keyed || item->tasks.n) && (line->strong || !names_itself(kind));
	struct fact_policy p = {.kind = kind, .tasks = item->tasks, .at = index_pos(ix, line->at)};
	if (take_meta(ix, line, &p))
		return;
	if (named) {
		p.name = line->lead;
		p.text = line->rest;
	} else {
		p.name = names_itself(kind) ? line->text : heading_now(ix);
		p.text = names_itself(kind) ? (struct str){NULL, 0} : line->text;
	}
	set_policy_times(ix, &p);
	if (p.name.n || p.text.n)
		FACT_ADD(ix, policies, p);
}

/* Steps of one thing, not several things: nothing in the list has a name, a time or bullets of its own. */
static bool is_one_procedure(struct index *ix, cmark_node *list, enum fact_policy_kind kind)
{
	bool ordered = cmark_node_get_list_type(list) == CMARK_ORDERED_LIST;
	if (kind == POLICY_FORMATTING || names_itself(kind) || (!ordered && kind != POLICY_POST_INCIDENT))
		return false;
	for (cmark_node *node = cmark_node_first_child(list); node; node = cmark_node_next(node)) {
		struct item item = item_of(ix, node);
		struct words_span span = words_span(ix->arena, item.line.text);
		if (item.tasks.n || (item.line.strong && item.line.keyed) || span.cadence || deadline_in(ix, item.line.text).ms)
			return false;
	}
	return true;
}

static void add_procedure(struct index *ix, cmark_node *list, enum fact_policy_kind kind)
{
	int line = cmark_node_get_start_line(list) + ix->line;
	struct fact_policy p = {.kind = kind, .name = heading_now(ix), .text = ix->said, .at = index_pos(ix, line)};
	for (cmark_node *node = cmark_node_first_child(list); node; node = cmark_node_next(node))
		strs_add(ix->arena, &p.tasks, item_of(ix, node).line.text);
	set_policy_times(ix, &p);
	FACT_ADD(ix, policies, p);
}

bool policy_list(struct index *ix, cmark_node *list, enum topic topic)
{
	int kind = policy_kind_of(topic);
	if (kind < 0)
		return false;
	if (is_one_procedure(ix, list, (enum fact_policy_kind)kind)) {
		add_procedure(ix, list, (enum fact_policy_kind)kind);
		return true;
	}
	for (cmark_node *node = cmark_node_first_child(list); node; node = cmark_node_next(node)) {
		struct item item = item_of(ix, node);
		add_policy(ix, (enum fact_policy_kind)kind, &item);
	}
	return true;
}

/* ---- sentences ---- */

/* "Runbooks are reviewed every 6 months." anywhere: whose review it is, the sentence says itself. */
bool policy_sentence(struct index *ix, const struct line *line)
{
	struct str folded = words_fold(ix->arena, line->text);
	bool pages = words_have(folded, "runbook") || words_have(folded, "playbook");
	bool read = words_have(folded, "review") || words_have(folded, "reviewed");
	struct fact_policy p = {.kind = POLICY_REVIEW, .name = heading_now(ix), .at = index_pos(ix, line->at)};
	p.text = line->text;
	p.every = pages && read ? cadence_in(ix, line->text) : (struct fact_duration){.ms = 0};
	if (!p.every.ms)
		return false;
	FACT_ADD(ix, policies, p);
	return true;
}

/* ---- rows ---- */

static void set_cell(struct index *ix, struct fact_policy *p, const struct cell *cell, struct strs *texts)
{
	struct str value = cell->line.text;
	switch (words_find(policy_columns.rows, policy_columns.count, cell->column, -1)) {
	case POLICY_COLUMN_EVERY: p->every = fact_duration_read(ix->arena, value); return;
	case POLICY_COLUMN_WITHIN: p->within = fact_duration_read(ix->arena, value); return;
	case POLICY_COLUMN_SEVERITY: p->severities = fact_severities_read(ix->arena, value); return;
	default: strs_add(ix->arena, texts, value);
	}
}

bool policy_record(struct index *ix, const struct record *r)
{
	struct fact_policy p = {.kind = (enum fact_policy_kind)policy_kind_of(topic_now(ix)), .at = index_pos(ix, r->at)};
	struct strs texts = {NULL, 0};
	p.name = r->cells[0].line.text;
	for (size_t i = 0; i < r->count; i++) {
		if (!words_nothing(r->cells[i].line.text))
			set_cell(ix, &p, &r->cells[i], &texts);
	}
	if (texts.n && str_eq(texts.v[0], p.name))
		texts = (struct strs){texts.v + 1, texts.n - 1};
	p.text = join(ix->arena, texts, "; ");
	if (!p.every.text.n)
		p.every = cadence_in(ix, p.name);
	FACT_ADD(ix, policies, p);
	return true;
}
