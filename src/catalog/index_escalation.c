/* Who is told after how long: rows and bullets with minutes, chains of on-call roles, what a severity says in words. */
#include <string.h>

#include "index_impl.h"

#define STEPS_MAX 50

enum field { AFTER, NOTIFY, SEVERITY, LEVEL };

static const struct word_row columns[] = {
	{"escalate after", AFTER}, {"time elapsed", AFTER}, {"elapsed", AFTER},      {"timeframe", AFTER},
	{"time frame", AFTER},     {"timeline", AFTER},     {"after", AFTER},        {"time", AFTER},
	{"minute", AFTER},         {"when", AFTER},         {"delay", AFTER},        {"severity", SEVERITY},
	{"priority", SEVERITY},    {"notify", NOTIFY},      {"escalate to", NOTIFY}, {"page", NOTIFY},
	{"who", NOTIFY},           {"role", NOTIFY},        {"contact", NOTIFY},     {"responder", NOTIFY},
	{"person", NOTIFY},        {"team", NOTIFY},        {"to", NOTIFY},          {"level", LEVEL},
	{"tier", LEVEL},           {"step", LEVEL},
};
#define COLUMNS columns, sizeof columns / sizeof *columns

/* ---- paths ---- */

struct fact_escalation *escalation_for(struct index *ix, struct str severity, struct str name, int line)
{
	struct facts *f = ix->out;
	for (size_t i = 0; i < f->escalations_count; i++) {
		struct fact_escalation *known = &f->escalations[i];
		if (str_eq_nocase(known->severity, severity) && (severity.n || str_eq(known->name, name)))
			return known;
	}
	struct fact_escalation e = {.severity = severity, .name = name, .at = index_pos(ix, line)};
	e.steps = arena_alloc(ix->arena, STEPS_MAX * sizeof *e.steps);
	size_t at = f->escalations_count;
	FACT_ADD(ix, escalations, e);
	return &f->escalations[at];
}

void escalation_step(struct fact_escalation *e, int64_t after_ms, struct strs notify)
{
	if (notify.n && e->step_count < STEPS_MAX)
		e->steps[e->step_count++] = (struct fact_step){after_ms, notify};
}

/* ---- words ---- */

int64_t escalation_after(struct index *ix, struct str words)
{
	struct span span = words_span(ix->arena, words);
	struct str folded = words_fold(ix->arena, words);
	if (span.found && span.range)
		return span.low_ms;
	if (span.found)
		return span.at_most && !words_have(folded, "within") ? 0 : span.high_ms;
	bool now = words_have(folded, "immediate") || words_have(folded, "immediately") || words_are(folded, "0") ||
	           words_have(folded, "at once");
	return now ? 0 : -1;
}

static size_t next_cut(struct str text, size_t from, size_t *length)
{
	static const char *const marks[] = {" + ", ", ", "; ", " and ", " & then "};
	for (size_t i = from; i < text.n; i++) {
		for (size_t k = 0; k < sizeof marks / sizeof *marks; k++) {
			*length = strlen(marks[k]);
			if (str_starts(str_slice(text, i, text.n), str_c(marks[k])))
				return i;
		}
	}
	*length = 0;
	return text.n;
}

struct strs escalation_roles(struct index *ix, struct str text)
{
	struct strs out = {NULL, 0};
	for (size_t i = 0, length; i < text.n;) {
		size_t end = next_cut(text, i, &length);
		struct str role = words_trim(str_slice(text, i, end));
		if (!words_nothing(role))
			strs_add(ix->arena, &out, arena_str(ix->arena, role));
		i = end + (length ? length : 1);
	}
	return out;
}

struct str escalation_above(struct index *ix, struct str *name)
{
	for (size_t i = ix->depth; i-- > 1;) {
		struct strs named = fact_severities_read(ix->arena, ix->places[i].heading);
		*name = ix->places[i].heading;
		if (named.n)
			return named.v[0];
	}
	*name = heading_now(ix);
	return (struct str){NULL, 0};
}

/* ---- rows ---- */

/* "P0 | on-call | lead | …" below "Severity | 15 min | 30 min": the columns are the minutes. */
static bool timed_columns(struct index *ix, const struct record *r, const struct cell *severity)
{
	struct strs named = fact_severities_read(ix->arena, severity->line.text);
	struct fact_escalation *e = NULL;
	for (size_t i = 0; i < r->count; i++) {
		int64_t after = &r->cells[i] == severity ? -1 : escalation_after(ix, r->cells[i].column);
		if (after < 0 || !named.n)
			continue;
		e = e ? e : escalation_for(ix, named.v[0], (struct str){NULL, 0}, r->at);
		escalation_step(e, after, escalation_roles(ix, r->cells[i].line.text));
	}
	return e != NULL;
}

static bool about_escalation(struct index *ix)
{
	return topic_now(ix) == TOPIC_ESCALATION || topic_now(ix) == TOPIC_ESCALATION_CONTACTS;
}

bool escalation_record(struct index *ix, const struct record *r)
{
	const struct cell *after = record_cell(r, COLUMNS, AFTER), *who = record_cell(r, COLUMNS, NOTIFY);
	const struct cell *severity = record_cell(r, COLUMNS, SEVERITY);
	if (about_escalation(ix) && severity && !after && timed_columns(ix, r, severity))
		return true;
	if (!about_escalation(ix) || !after || !who)
		return false;
	struct str name, path = escalation_above(ix, &name);
	if (severity) {
		struct strs named = fact_severities_read(ix->arena, severity->line.text);
		path = named.n ? named.v[0] : path;
	}
	int64_t ms = escalation_after(ix, after->line.text);
	escalation_step(escalation_for(ix, path, name, r->at), ms, escalation_roles(ix, who->line.text));
	return true;
}

/* ---- bullets ---- */

static bool is_level(struct str folded)
{
	static const char *const levels[] = {"level", "tier", "step", "stage", "line"};
	for (size_t i = 0; i < sizeof levels / sizeof *levels; i++) {
		if (words_have(folded, levels[i]))
			return true;
	}
	return folded.n == 2 && folded.p[0] == 'l';
}

static bool is_reach(struct str folded)
{
	static const char *const phrases[] = {"unavailable",      "no response", "not respond",    "not responding",
	                                      "no answer",        "timeout",     "unacknowledged", "not acknowledged",
	                                      "without response", "after"};
	for (size_t i = 0; i < sizeof phrases / sizeof *phrases; i++) {
		if (words_have(folded, phrases[i]))
			return true;
	}
	return false;
}

/* "0-15 min: role", "role (after 15 minutes)", "Level 2: role - 30 min": the time where there is one, and who. */
static bool timed_item(struct index *ix, const struct line *line)
{
	struct str who = line->lead, when = line->rest;
	if (escalation_after(ix, line->lead) >= 0 || is_level(words_fold(ix->arena, line->lead))) {
		who = line->rest;
		when = escalation_after(ix, line->lead) >= 0 ? line->lead : line->rest;
	} else if (!line->lead.n) {
		who = when = line->text;
	}
	int64_t after = escalation_after(ix, when);
	struct str note = words_take_note(&who);
	after = after < 0 ? escalation_after(ix, note) : after;
	size_t cut = words_until(who, 0, ":-");
	if (cut < who.n && cut && who.p[cut - 1] == ' ' && escalation_after(ix, str_slice(who, cut, who.n)) >= 0)
		who = str_trim(str_slice(who, 0, cut));
	if (after < 0 || !who.n || escalation_after(ix, who) >= 0)
		return false;
	struct str name, severity = escalation_above(ix, &name);
	escalation_step(escalation_for(ix, severity, name, line->at), after, escalation_roles(ix, who));
	return true;
}

/* Below a role of the chain: "respond if the primary does not (15 min)". */
static bool role_detail(struct index *ix, const struct line *line)
{
	struct fact_escalation *chain = &ix->chain;
	if (!chain->step_count || !str_eq(chain->steps[chain->step_count - 1].notify.v[0], heading_now(ix)))
		return false;
	int64_t after = escalation_after(ix, line->text);
	if (after >= 0 && is_reach(words_fold(ix->arena, line->text)))
		chain->steps[chain->step_count - 1].after_ms = after;
	return true;
}

bool escalation_item(struct index *ix, const struct item *item)
{
	if (role_detail(ix, &item->line) || timed_item(ix, &item->line))
		return true;
	struct strs named = fact_severities_read(ix->arena, item->line.lead);
	if (named.n && item->line.keyed)
		return severity_item(ix, item);
	return contact_line(ix, &item->line);
}

/* ---- chains of roles ---- */

static bool is_chain_role(struct str folded)
{
	static const char *const links[] = {"primary", "secondary", "tertiary", "backup", "manager", "escalation"};
	bool on_call = words_have(folded, "on call") || words_have(folded, "oncall");
	for (size_t i = 0; i < sizeof links / sizeof *links; i++) {
		if (words_are(folded, links[i]) || (on_call && words_have(folded, links[i])))
			return true;
	}
	return false;
}

void escalation_chain(struct index *ix, struct str role, bool always, int line)
{
	struct fact_escalation *chain = &ix->chain;
	struct str folded = words_fold(ix->arena, role);
	if ((!always && !is_chain_role(folded)) || chain->step_count == STEPS_MAX)
		return;
	for (size_t i = 0; i < chain->step_count; i++) {
		if (str_eq_nocase(chain->steps[i].notify.v[0], role))
			return;
	}
	if (!chain->steps) {
		chain->steps = arena_alloc(ix->arena, STEPS_MAX * sizeof *chain->steps);
		chain->at = index_pos(ix, line);
	}
	struct fact_step *step = &chain->steps[chain->step_count++];
	step->after_ms = words_have(folded, "primary") ? 0 : -1;
	strs_add(ix->arena, &step->notify, role);
}

bool escalation_heading(struct index *ix, struct str heading, int line)
{
	if (topic_now(ix) != TOPIC_ESCALATION || !is_chain_role(words_fold(ix->arena, heading)) ||
	    words_are(words_fold(ix->arena, heading), "escalation"))
		return false;
	escalation_chain(ix, heading, false, line);
	return true;
}

/* ---- what a severity says in words ---- */

static const char *const verbs[] = {"immediate", "immediately", "to",       "page",    "notify", "call",
                                    "contact",   "escalate",    "alert",    "paging",  "inform", "the",
                                    "notifies",  "pages",       "directly", "straight"};
static const char *const nouns[] = {"engineer", "lead", "manager", "director",  "team",      "cto",
                                    "ceo",      "cio",  "dba",     "sre",       "oncall",    "call",
                                    "on-call",  "vp",   "owner",   "architect", "commander", "officer"};

static bool is_one_of(struct str word, const char *const *list, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (str_eq_nocase(word, str_c(list[i])))
			return true;
	}
	return false;
}

/* "Immediately page the on-call engineer": the role at its end; empty when it names none. */
static struct str role_in(struct str text)
{
	text = words_trim(text);
	for (;;) {
		size_t end = words_until(text, 0, " ,");
		if (!end || !is_one_of(str_slice(text, 0, end), verbs, sizeof verbs / sizeof *verbs))
			break;
		text = words_trim(str_slice(text, end, text.n));
	}
	size_t last = text.n;
	while (last && text.p[last - 1] != ' ')
		last--;
	bool role = is_one_of(str_slice(text, last, text.n), nouns, sizeof nouns / sizeof *nouns);
	return role && text.n < 40 && words_until(text, 0, ",;.") == text.n ? text : (struct str){NULL, 0};
}

static struct str known_role(struct index *ix, struct str role)
{
	for (size_t i = 0; i < ix->out->contacts_count; i++) {
		if (str_eq_nocase(ix->out->contacts[i].role, role))
			return ix->out->contacts[i].role;
	}
	return role;
}

static bool has_path(const struct facts *f, struct str severity)
{
	for (size_t i = 0; i < f->escalations_count; i++) {
		if (str_eq_nocase(f->escalations[i].severity, severity))
			return true;
	}
	return false;
}

static void path_in_words(struct index *ix, const struct fact_severity *s)
{
	struct str role = role_in(s->escalation_text);
	if (!role.n || has_path(ix->out, s->name))
		return;
	struct strs notify = {NULL, 0};
	strs_add(ix->arena, &notify, known_role(ix, role));
	struct fact_escalation *e = escalation_for(ix, s->name, (struct str){NULL, 0}, s->at.line);
	escalation_step(e, escalation_after(ix, s->escalation_text), notify);
}

void escalation_finish(struct index *ix)
{
	for (size_t i = 0; i < ix->out->severities_count; i++)
		path_in_words(ix, &ix->out->severities[i]);
	if (ix->chain.step_count > 1 && !has_path(ix->out, (struct str){NULL, 0}))
		FACT_ADD(ix, escalations, ix->chain);
}
