/* The draft of a post-mortem: which sections it has, and what is known for each. */
#include "incident/postmortem.h"

#include <string.h>

#include "base/buf.h"
#include "base/time.h"
#include "communication_impl.h"
#include "incident/followup.h"
#include "incident/message.h"
#include "rules/template.h"

#define POSTMORTEM_MAX (256 * 1024)

struct drafting {
	const struct incident *inc;
	const struct postmortem_context *context;
	struct arena *arena;
	struct buf out;
	bool said[8]; /* by part */
	struct strs *missing;
	size_t missing_capacity;
};

/* ---- words ---- */

/* One line of text, in a table's cell too. */
static void put_escaped(struct drafting *d, struct str s)
{
	AUTOBUF struct buf line;
	buf_init(&line, SIZE_MAX);
	for (size_t i = 0; i < s.n; i++)
		buf_add_char(&line, s.p[i] == '\n' || s.p[i] == '\r' ? ' ' : s.p[i]);
	template_escape_add(&d->out, buf_str(&line), ESCAPE_COMMONMARK);
}

static void put_when(struct drafting *d, int64_t at)
{
	char text[ZONE_TIME_MAX];
	buf_add_c(&d->out, zone_format(d->context->zone, at, text));
}

static void put_draft_row(struct drafting *d, const char *name, struct str value)
{
	if (!value.n)
		return;
	buf_printf(&d->out, "| %s | ", name);
	put_escaped(d, value);
	buf_add_c(&d->out, " |\n");
}

static void put_time_row(struct drafting *d, const char *name, int64_t at)
{
	char text[ZONE_TIME_MAX];
	if (at)
		put_draft_row(d, name, str_c(zone_format(d->context->zone, at, text)));
}

static struct str lasted(const struct drafting *d)
{
	char text[TIME_DURATION_MAX];
	int64_t until = incident_is_open(d->inc) ? d->context->now : d->inc->resolved_at;
	int64_t seconds = (until - d->inc->started_at) / TIME_SECOND;
	return arena_str(d->arena, str_c(time_duration_format((seconds > 0 ? seconds : 0) * TIME_SECOND, text)));
}

/* ---- the parts ---- */

static void put_facts(struct drafting *d)
{
	const struct incident *inc = d->inc;
	buf_add_c(&d->out, "| | |\n|---|---|\n");
	put_draft_row(d, "What", incident_summary(inc));
	put_draft_row(d, "Severity", inc->severity.name);
	put_draft_row(d, "Owner", inc->owner);
	put_time_row(d, "Firing since", incident_firing_since(inc));
	put_time_row(d, "Began", inc->started_at);
	put_time_row(d, "Answered", incident_is_open(inc) ? 0 : inc->deadlines.responded_at);
	put_time_row(d, "Over", incident_is_open(inc) ? 0 : inc->resolved_at);
	put_draft_row(d, "Duration", lasted(d));
	put_draft_row(d, "Impact", inc->update.impact);
	put_draft_row(d, "Runbook", inc->runbook.title.n ? inc->runbook.title : inc->runbook.path);
	put_draft_row(d, "Incident", str_c(inc->key));
}

static void put_timeline(struct drafting *d)
{
	const struct incident *inc = d->inc;
	buf_add_c(&d->out, "| Time | What | |\n|---|---|---|\n");
	for (size_t i = 0; i < inc->timeline_count; i++) {
		const struct incident_event *e = &inc->timeline[i];
		if (e->at < inc->started_at)
			continue; /* of an earlier episode */
		AUTOFREE char *what = mem_str(e->what);
		for (char *c = what; *c; c++)
			*c = *c == '_' ? ' ' : *c;
		buf_add_c(&d->out, "| ");
		put_when(d, e->at);
		buf_printf(&d->out, " | %s | ", what);
		put_escaped(d, e->detail);
		buf_add_c(&d->out, " |\n");
	}
	if (inc->timeline_dropped)
		buf_printf(&d->out, "\n%zu entries in between were not kept.\n", inc->timeline_dropped);
}

static void put_impact(struct drafting *d)
{
	const struct incident *inc = d->inc;
	if (inc->update.impact.n) {
		put_escaped(d, inc->update.impact);
		buf_add_c(&d->out, "\n\n");
	}
	if (inc->count.total) /* of an earlier episode they are not kept */
		buf_printf(&d->out, "Alerts: %llu\n\n", (unsigned long long)inc->count.total);
	for (size_t i = 0; i < inc->sample_count; i++) {
		buf_add_c(&d->out, "- ");
		put_escaped(d, labels_format(d->arena, &inc->sample[i].labels));
		buf_add_char(&d->out, '\n');
	}
}

static void put_said(struct drafting *d, struct str said)
{
	if (!said.n)
		return;
	put_escaped(d, said);
	buf_add_c(&d->out, "\n");
}

static void put_cause(struct drafting *d)
{
	put_said(d, d->inc->update.cause);
}

static void put_resolution(struct drafting *d)
{
	put_said(d, d->inc->update.done);
	if (!incident_is_open(d->inc) && d->inc->closed_by_hand.note.n)
		put_said(d, d->inc->closed_by_hand.note);
}

static void put_one_task(struct drafting *d, const char *indent, bool done, struct str text)
{
	buf_printf(&d->out, "%s- [%c] ", indent, done ? 'x' : ' ');
	put_escaped(d, text);
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
			put_when(d, list[i].due_at);
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
static const struct part {
	const char *stems[6];
	const char *title; /* where no section means it; NULL: then it is left out */
	void (*put)(struct drafting *d);
} parts[] = {
	{{"timeline", "chronology", NULL}, "Timeline", put_timeline},
	{{"impact", "affected", NULL}, "Impact", put_impact},
	{{"cause", NULL}, "Root cause", put_cause},
	{{"action", "follow", "task", "prevent", NULL}, "Action items", put_tasks},
	{{"lesson", "learn", "well", NULL}, "Lessons learned", put_nothing},
	{{"resolution", "resolved", "mitigation", "remediation", "response", NULL}, "Resolution", put_resolution},
	{{"summary", "overview", "incident", "details", NULL}, NULL, put_facts},
};
#define PARTS (sizeof parts / sizeof *parts)

/* ---- the sections ---- */

#define MISSING_MAX 100

static void miss(struct drafting *d, struct str name)
{
	struct strs *list = d->missing;
	for (size_t i = 0; i < list->n; i++)
		if (str_eq(list->v[i], name))
			return;
	if (!name.n || list->n == MISSING_MAX)
		return;
	list->v = arena_room(d->arena, list->v, list->n, &d->missing_capacity, sizeof *list->v);
	list->v[list->n++] = name;
}

/* "Impact: [what customers saw]" */
static bool has_placeholder(struct str s, struct str *inside)
{
	for (size_t i = 0; i < s.n; i++)
		if (fact_placeholder_at(str_slice(s, i, s.n), inside))
			return true;
	return false;
}

/* The template's own questions, as a list to be answered; where the answer stands above, its placeholders are not needed. */
static void put_questions(struct drafting *d, struct str description, bool known)
{
	while (description.n) {
		ptrdiff_t end = str_find(description, STR("; "));
		struct str one = str_slice(description, 0, end < 0 ? description.n : (size_t)end);
		description = end < 0 ? (struct str){NULL, 0} : str_slice(description, (size_t)end + 2, description.n);
		struct str inside;
		bool placeholder = has_placeholder(one, &inside);
		if (!one.n || (placeholder && known))
			continue;
		if (placeholder)
			miss(d, inside);
		buf_add_c(&d->out, "- ");
		put_escaped(d, one);
		buf_add_c(&d->out, ":\n");
	}
}

static void put_section(struct drafting *d, struct str name, struct str description)
{
	buf_add_c(&d->out, "\n## ");
	put_escaped(d, name);
	buf_add_c(&d->out, "\n\n");
	bool known = false;
	for (size_t i = 0; i < PARTS; i++) {
		if (d->said[i] || !communication_has(name, parts[i].stems))
			continue;
		size_t before = d->out.n;
		parts[i].put(d);
		d->said[i] = true;
		known = d->out.n > before;
		buf_add_c(&d->out, known ? "\n" : "");
		break;
	}
	if (!known)
		miss(d, name);
	put_questions(d, description, known);
}

static size_t put_their_sections(struct drafting *d)
{
	const struct facts *stated = d->context->stated;
	size_t n = 0;
	for (size_t i = 0; stated && i < stated->sections_count; i++)
		if (stated->sections[i].postmortem) {
			put_section(d, stated->sections[i].name, stated->sections[i].description);
			n++;
		}
	return n;
}

/* What no section of theirs means is known all the same. */
static void put_the_rest(struct drafting *d, bool ours)
{
	for (size_t i = 0; i < PARTS; i++)
		if (!d->said[i] && parts[i].title && (ours || parts[i].put == put_timeline || parts[i].put == put_impact))
			put_section(d, str_c(parts[i].title), (struct str){NULL, 0});
}

struct str postmortem_write(struct arena *arena, const struct incident *inc, const struct postmortem_context *context,
                            struct strs *missing)
{
	struct drafting d = {.inc = inc, .context = context, .arena = arena, .missing = missing};
	*missing = (struct strs){NULL, 0};
	buf_init(&d.out, POSTMORTEM_MAX);
	buf_add_c(&d.out, "# Post-mortem: ");
	put_escaped(&d, incident_summary(inc));
	buf_add_c(&d.out, "\n\n");
	put_facts(&d);
	d.said[PARTS - 1] = true;
	bool theirs = put_their_sections(&d);
	put_the_rest(&d, !theirs);
	struct str text = arena_str(arena, buf_str(&d.out));
	buf_release(&d.out);
	return text;
}
