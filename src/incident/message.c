/*
 * A message about an incident: its title here, its members, facts and links in the files beside this one.
 */
#include "incident/message.h"

#include <inttypes.h>
#include <string.h>

#include "incident/target.h"
#include "message_impl.h"

const char *message_event_name(enum message_event e)
{
	static const char *const names[] = {
		[EVENT_TRIGGER] = "trigger",
		[EVENT_UPDATE] = "update",
		[EVENT_ACKNOWLEDGE] = "acknowledge",
		[EVENT_RESOLVE] = "resolve",
	};
	return names[e];
}

#define CUT_MARK "…"

/* The bytes in front that stand as they are, and after which a mark still fits before `most`. */
static size_t plain_run(struct str s, size_t most)
{
	size_t n = 0;
	while (n < s.n && n + strlen(CUT_MARK) < most && (unsigned char)s.p[n] >= 0x20 && (unsigned char)s.p[n] < 0x7f)
		n++;
	return n;
}

void message_add_line(struct buf *b, struct str s, size_t most)
{
	size_t end = b->n + most;
	for (size_t i = 0, n; i < s.n; i += n) {
		struct str rest = str_slice(s, i, s.n);
		n = plain_run(rest, end - b->n);
		if (n) {
			buf_add(b, str_slice(rest, 0, n));
			continue;
		}
		n = str_utf8_len(rest);
		bool printable = n > 1 || (n == 1 && (unsigned char)*rest.p >= 0x20 && *rest.p != 0x7f);
		struct str one = printable ? str_slice(rest, 0, n) : STR(" ");
		n = n ? n : 1;
		if (!printable && b->n && b->p[b->n - 1] == ' ')
			continue;
		if (b->n + one.n + (rest.n > n ? strlen(CUT_MARK) : 0) > end) {
			buf_add_c(b, CUT_MARK);
			return;
		}
		buf_add(b, one);
	}
}

#define SEVERITY_SHOWN 64
#define NAME_SHOWN 128
#define PLACE_SHOWN 100

/* " (node-1:9100, 2 firing, 1 recovered)": where, unless the summary says it, and how many. */
static void add_tail(struct buf *b, const struct message *m, struct str what, uint64_t generation)
{
	struct str place = message_place(m->incident);
	const char *before = " (";
	if (place.n && str_find(what, place) < 0) {
		buf_add_c(b, before);
		message_add_line(b, place, PLACE_SHOWN);
		before = ", ";
	}
	if (m->event == EVENT_RESOLVE) {
		buf_printf(b, "%s%s", before, message_ending(m->incident, generation));
		before = ", ";
	} else if (m->firing.total + m->recovered.total > 1) {
		buf_printf(b, "%s%" PRIu64 " firing", before, m->firing.total);
		before = ", ";
		if (m->recovered.total)
			buf_printf(b, ", %" PRIu64 " recovered", m->recovered.total);
	}
	if (m->taken) {
		buf_printf(b, "%sacknowledged", before);
		before = ", ";
	}
	buf_add_c(b, *before == ',' ? ")" : "");
}

struct str incident_title(struct arena *arena, struct str alertname, struct str summary)
{
	struct str name = str_trim(alertname), what = str_trim(summary);
	if (!name.n && !what.n)
		return STR("alert without a name");
	if (!name.n || str_eq_nocase(str_slice(what, 0, name.n), name)) /* "DRILL: …" of a Drill, too */
		return what;
	AUTOBUF struct buf b;
	buf_init(&b, SIZE_MAX);
	message_add_line(&b, name, NAME_SHOWN);
	buf_add_c(&b, what.n ? ": " : "");
	buf_add(&b, what);
	return arena_str(arena, buf_str(&b));
}

static struct str title(const struct message *m, struct arena *arena, uint64_t generation)
{
	struct str what = str_trim(incident_summary(m->incident));
	AUTOBUF struct buf b, tail;
	buf_init(&b, SIZE_MAX);
	buf_init(&tail, SIZE_MAX);
	add_tail(&tail, m, what, generation);
	if (m->severity.n) {
		buf_add_c(&b, "[");
		message_add_line(&b, m->severity, SEVERITY_SHOWN);
		buf_add_c(&b, "] ");
	}
	message_add_line(&b, incident_title(arena, m->incident->alertname, what), MESSAGE_SUMMARY_MAX - b.n - tail.n);
	buf_add(&b, buf_str(&tail));
	return arena_str(arena, buf_str(&b));
}

static struct str pagerduty_severity(const struct incident *inc)
{
	static const char *const names[] = {"critical", "error", "warning", "info"};
	int rank = inc->severity.rank;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		if (str_eq_c(inc->severity.pagerduty, names[i]))
			return inc->severity.pagerduty;
	}
	return str_c(names[rank < 0 ? 0 : rank > 3 ? 3 : rank]);
}

void message_init(struct message *out, struct arena *arena, const struct incident *inc, enum message_event event,
                  uint64_t generation, unsigned attempt, const struct message_context *context)
{
	*out = (struct message){
		.event = event, .attempt = attempt, .incident = inc, .quiet = context->quiet, .digest = context->digest};
	incident_target_key(inc, generation, context->target, out->dedup_key);
	out->taken = event == EVENT_ACKNOWLEDGE || (event == EVENT_UPDATE && incident_acknowledgement(inc));
	out->severity = inc->severity.name;
	out->severity_rank = inc->severity.rank;
	out->pagerduty_severity = pagerduty_severity(inc);
	if (context->key_only)
		return;
	out->role = step_target_role(context->target);
	out->role_contact = context->target_contact;
	message_take_members(out, arena);
	message_take_facts(out, arena, context);
	message_take_links(out, arena, context);
	out->summary = title(out, arena, generation);
	out->headline = message_headline(out, arena, generation, context);
}

void message_say(struct message *m, struct str title, struct str text)
{
	m->summary = title;
	m->headline = (struct str){NULL, 0};
	m->description = text;
	m->firing.total = m->recovered.total = 0;
	m->firing.shown = m->recovered.shown = m->fact_count = m->link_count = 0;
	m->acknowledge_url = (struct str){NULL, 0};
}
