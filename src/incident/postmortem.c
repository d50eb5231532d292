/* The draft of a post-mortem: which sections it has, and what is known for each. */
#include "incident/postmortem.h"

#include "base/time.h"
#include "communication_impl.h"
#include "incident/followup.h"
#include "incident/message.h"
#include "postmortem_impl.h"
#include "rules/template.h"

#define POSTMORTEM_MAX (256 * 1024)
#define MISSING_MAX 100

/* ---- words ---- */

void postmortem_escaped(struct drafting *d, struct str s)
{
	AUTOBUF struct buf line;
	buf_init(&line, SIZE_MAX);
	for (size_t i = 0; i < s.n; i++)
		buf_add_char(&line, s.p[i] == '\n' || s.p[i] == '\r' ? ' ' : s.p[i]);
	template_escape_add(&d->out, buf_str(&line), ESCAPE_COMMONMARK);
}

void postmortem_when(struct drafting *d, int64_t at)
{
	char text[ZONE_TIME_MAX];
	buf_add_c(&d->out, zone_format(d->context->zone, at, text));
}

void postmortem_miss(struct drafting *d, struct str name)
{
	struct strs *list = d->missing;
	for (size_t i = 0; i < list->n; i++)
		if (str_eq(list->v[i], name))
			return;
	if (!name.n || list->n == MISSING_MAX)
		return;
	list->v = arena_room(d->arena, list->v, list->n, &d->missing_capacity, sizeof *list->v);
	list->v[list->n++] = arena_str(d->arena, name);
}

/* ---- the parts ---- */

/* What is known, in a table; without what stands in the draft already. */
static void put_facts(struct drafting *d)
{
	static const struct {
		const char *name;
		enum known what;
	} rows[] = {{"What", KNOWN_TITLE},          {"Severity", KNOWN_SEVERITY}, {"Owner", KNOWN_OWNER},
	            {"Firing since", KNOWN_FIRING}, {"Began", KNOWN_START},       {"Answered", KNOWN_ANSWERED},
	            {"Over", KNOWN_OVER},           {"Duration", KNOWN_DURATION}, {"Impact", KNOWN_IMPACT},
	            {"Runbook", KNOWN_RUNBOOK},     {"Incident", KNOWN_KEY}};
	buf_add_c(&d->out, "| | |\n|---|---|\n");
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct str value = d->filled[rows[i].what] ? STR("") : postmortem_known(d, rows[i].what);
		if (!value.n)
			continue;
		buf_printf(&d->out, "| %s | ", rows[i].name);
		postmortem_escaped(d, value);
		buf_add_c(&d->out, " |\n");
	}
}

bool postmortem_event(const struct drafting *d, size_t i, struct str *what)
{
	const struct incident_event *e = &d->inc->timeline[i];
	char *words = arena_cstr(d->arena, e->what);
	for (char *c = words; *c; c++)
		*c = *c == '_' ? ' ' : *c;
	*what = str_c(words);
	return e->at >= d->inc->started_at;
}

static void put_timeline(struct drafting *d)
{
	const struct incident *inc = d->inc;
	struct str what;
	buf_add_c(&d->out, "| Time | What | |\n|---|---|---|\n");
	for (size_t i = 0; i < inc->timeline_count; i++) {
		if (!postmortem_event(d, i, &what))
			continue;
		buf_add_c(&d->out, "| ");
		postmortem_when(d, inc->timeline[i].at);
		buf_printf(&d->out, " | %.*s | ", STR_ARG(what));
		postmortem_escaped(d, inc->timeline[i].detail);
		buf_add_c(&d->out, " |\n");
	}
	if (inc->timeline_dropped)
		buf_printf(&d->out, "\n%zu entries in between were not kept.\n", inc->timeline_dropped);
}

static void put_impact(struct drafting *d)
{
	const struct incident *inc = d->inc;
	if (inc->update.impact.n && !d->filled[KNOWN_IMPACT]) {
		postmortem_escaped(d, inc->update.impact);
		buf_add_c(&d->out, "\n\n");
		d->filled[KNOWN_IMPACT] = true;
	}
	if (inc->count.total) /* of an earlier episode they are not kept */
		buf_printf(&d->out, "Alerts: %llu\n\n", (unsigned long long)inc->count.total);
	for (size_t i = 0; i < inc->sample_count; i++) {
		buf_add_c(&d->out, "- ");
		postmortem_escaped(d, labels_format(d->arena, &inc->sample[i].labels));
		buf_add_char(&d->out, '\n');
	}
}

static void put_said(struct drafting *d, struct str said)
{
	if (!said.n)
		return;
	postmortem_escaped(d, said);
	buf_add_c(&d->out, "\n");
}

static void put_cause(struct drafting *d)
{
	put_said(d, postmortem_known(d, KNOWN_CAUSE));
}

static void put_resolution(struct drafting *d)
{
	struct str note = d->inc->closed_by_hand.note;
	put_said(d, d->inc->update.done);
	if (!incident_is_open(d->inc) && note.n)
		put_said(d, note);
}

static void put_one_task(struct drafting *d, const char *indent, bool done, struct str text)
{
	buf_printf(&d->out, "%s- [%c] ", indent, done ? 'x' : ' ');
	postmortem_escaped(d, text);
}

static void put_tasks(struct drafting *d)
{
	struct followup *list;
	size_t n = d->context->stated ? incident_followups(d->inc, d->context->stated, d->arena, &list) : 0;
	for (size_t i = 0; i < n && list[i].started_at == d->inc->started_at; i++) { /* earlier episodes have their own */
		bool done = list[i].done.at;
		put_one_task(d, "", done, list[i].name);
		if (list[i].due_at) {
			buf_add_c(&d->out, ", due ");
			postmortem_when(d, list[i].due_at);
		}
		buf_add_char(&d->out, '\n');
		for (size_t k = 0; k < list[i].tasks.n; k++) {
			put_one_task(d, "  ", done, list[i].tasks.v[k]);
			buf_add_char(&d->out, '\n');
		}
	}
}

static void put_nothing(struct drafting *d)
{
	(void)d;
}

/* What is known goes to the first section of that meaning; in this order. */
static const struct {
	const char *stems[12];
	const char *title; /* where no section means it; NULL: then it is left out */
	void (*put)(struct drafting *d);
} parts[PART_COUNT] = {
	[PART_TIMELINE] = {{"timeline", "chronolog", "zeit", "ablauf", "cronolog", NULL}, "Timeline", put_timeline},
	[PART_IMPACT] = {{"impact", "affected", "auswirkung", NULL}, "Impact", put_impact},
	[PART_CAUSE] = {{"cause", "ursache", "causa", NULL}, "Root cause", put_cause},
	[PART_TASKS] = {{"action", "follow", "task", "prevent", "improve", "maßnahme", "accion", NULL},
                    "Action items",
                    put_tasks},
	[PART_LESSONS] = {{"lesson", "learn", "well", NULL}, "Lessons learned", put_nothing},
	[PART_RESOLUTION] = {{"resolution", "resolved", "mitigation", "remediation", "response", "recovery", NULL},
                         "Resolution",
                         put_resolution},
	[PART_FACTS] = {{"summary", "overview", "incident", "details", NULL}, NULL, put_facts},
};

enum part postmortem_part(const struct drafting *d, struct str heading)
{
	for (int i = 0; i < PART_COUNT; i++)
		if (!d->said[i] && communication_has(heading, parts[i].stems))
			return (enum part)i;
	return PART_NONE;
}

void postmortem_put(struct drafting *d, enum part part)
{
	parts[part].put(d);
	d->said[part] = true;
}

/* ---- the sections ---- */

/* "Impact: [what customers saw], [how many]" */
static bool names_what_is_asked(struct drafting *d, struct str s, bool known)
{
	struct str inside;
	bool any = false;
	for (size_t i = 0, n; i < s.n; i += n ? n : 1) {
		n = postmortem_open_at(s, i, &inside);
		any |= n > 0;
		if (n && !known)
			postmortem_miss(d, inside);
	}
	return any;
}

/* The template's own questions, as a list to be answered; where the answer stands above, its placeholders are not needed. */
static void put_questions(struct drafting *d, struct str description, bool known)
{
	while (description.n) {
		ptrdiff_t end = str_find(description, STR("; "));
		struct str one = str_slice(description, 0, end < 0 ? description.n : (size_t)end);
		description = end < 0 ? (struct str){NULL, 0} : str_slice(description, (size_t)end + 2, description.n);
		bool placeholder = names_what_is_asked(d, one, known);
		if (!one.n || (placeholder && known))
			continue;
		buf_add_c(&d->out, "- ");
		postmortem_escaped(d, one);
		buf_add_c(&d->out, ":\n");
	}
}

static void put_section(struct drafting *d, struct str name, enum part part, struct str description)
{
	buf_add_c(&d->out, "\n## ");
	postmortem_escaped(d, name);
	buf_add_c(&d->out, "\n\n");
	size_t before = d->out.n;
	if (part != PART_NONE)
		postmortem_put(d, part);
	bool known = d->out.n > before;
	buf_add_c(&d->out, known ? "\n" : "");
	if (!known)
		postmortem_miss(d, name);
	put_questions(d, description, known);
}

static bool heads_a_section(struct str body, struct str name)
{
	for (size_t from = 0; from < body.n;) {
		struct str rest = str_slice(body, from, body.n);
		ptrdiff_t end = str_index(rest, '\n');
		struct str line = str_slice(rest, 0, end < 0 ? rest.n : (size_t)end);
		if (str_starts(line, STR("#")) && str_find(line, name) > 0)
			return true;
		from += line.n + 1;
	}
	return false;
}

static size_t put_their_sections(struct drafting *d, struct str beside)
{
	const struct facts *stated = d->context->stated;
	size_t n = 0;
	for (size_t i = 0; stated && i < stated->sections_count; i++) {
		const struct fact_section *s = &stated->sections[i];
		if (s->postmortem && !heads_a_section(beside, s->name)) {
			put_section(d, s->name, postmortem_part(d, s->name), s->description);
			n++;
		}
	}
	return n;
}

/* What no section of theirs means is known all the same. */
static void put_the_rest(struct drafting *d, bool ours)
{
	for (int i = 0; i < PART_COUNT; i++)
		if (!d->said[i] && parts[i].title && (ours || i == PART_TIMELINE || i == PART_IMPACT))
			put_section(d, str_c(i == PART_IMPACT && d->filled[KNOWN_IMPACT] ? "Alerts" : parts[i].title), (enum part)i,
			            STR(""));
}

static void write_by_sections(struct drafting *d)
{
	buf_add_c(&d->out, "# Post-mortem: ");
	postmortem_escaped(d, incident_summary(d->inc));
	buf_add_c(&d->out, "\n\n");
	postmortem_put(d, PART_FACTS);
	bool theirs = put_their_sections(d, STR(""));
	put_the_rest(d, !theirs);
}

static void write_in_template(struct drafting *d, struct str body)
{
	postmortem_fill(d, body);
	put_their_sections(d, body);
	put_the_rest(d, false);
	buf_add_c(&d->out, "\n## What was recorded\n\n");
	put_facts(d);
}

struct str postmortem_write(struct arena *arena, const struct incident *inc, const struct postmortem_context *context,
                            struct strs *missing)
{
	struct drafting d = {.inc = inc, .context = context, .arena = arena, .missing = missing};
	struct str body = context->stated ? context->stated->postmortem.body : STR("");
	*missing = (struct strs){NULL, 0};
	buf_init(&d.out, POSTMORTEM_MAX);
	if (body.n)
		write_in_template(&d, body);
	else
		write_by_sections(&d);
	struct str text = arena_str(arena, buf_str(&d.out));
	buf_release(&d.out);
	return text;
}
