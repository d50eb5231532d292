#include "incident/message.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"

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

static struct str incident_what(const struct incident *inc)
{
	struct str what = str_trim(inc->summary);
	if (!what.n)
		what = str_trim(inc->alertname);
	return what.n ? what : STR("alert without a name");
}

/* How it ended, in a word for whoever was paged. */
static const char *ending(const struct incident *inc, uint64_t generation)
{
	if (incident_is_paged(inc) || generation != inc->generation)
		return " (paged anew)";
	if (str_eq_c(inc->resolved_why, "expired"))
		return " (expired: no alert has been heard of it)";
	if (str_eq_c(inc->resolved_why, "no_longer_reported"))
		return " (no longer reported by Alertmanager)";
	if (str_eq_c(inc->resolved_why, "closed_by_hand"))
		return " (closed by hand)";
	return " (resolved)";
}

static const char *suffix(const struct message *m, uint64_t generation, char *out, size_t size)
{
	const struct incident *inc = m->incident;
	if (m->event == EVENT_RESOLVE)
		return ending(inc, generation);
	if (!incident_firing(inc))
		return "";
	snprintf(out, size, " (%" PRIu64 " firing)", incident_firing(inc));
	return out;
}

/* One line: control characters become blanks, a run of them one. At most `most` bytes, cut between characters. */
static void add_line(struct buf *b, struct str s, size_t most)
{
	size_t end = b->n + most;
	for (size_t i = 0, n; i < s.n; i += n) {
		struct str rest = str_slice(s, i, s.n);
		n = str_utf8_len(rest);
		bool printable = n > 1 || (n == 1 && (unsigned char)*rest.p >= 0x20 && *rest.p != 0x7f);
		struct str one = printable ? str_slice(rest, 0, n) : STR(" ");
		n = n ? n : 1;
		if (!printable && b->n && b->p[b->n - 1] == ' ')
			continue;
		if (b->n + one.n + (rest.n > n ? strlen("…") : 0) > end) {
			buf_add_c(b, "…");
			return;
		}
		buf_add(b, one);
	}
}

#define SEVERITY_SHOWN 64

static struct str summary(const struct message *m, struct arena *arena, uint64_t generation)
{
	char firing[48];
	const char *tail = suffix(m, generation, firing, sizeof firing);
	AUTOBUF struct buf b;
	buf_init(&b, SIZE_MAX);
	if (m->severity.n) {
		buf_add_c(&b, "[");
		add_line(&b, m->severity, SEVERITY_SHOWN);
		buf_add_c(&b, "] ");
	}
	add_line(&b, incident_what(m->incident), MESSAGE_SUMMARY_MAX - b.n - strlen(tail));
	buf_add_c(&b, tail);
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

static struct str incident_url(struct arena *arena, const struct incident *inc, struct str external_url)
{
	if (!external_url.n)
		return (struct str){NULL, 0};
	return str_c(arena_printf(arena, "%.*s/runbooks/?incident=%s", STR_ARG(external_url), inc->key));
}

/* A runbook that we show ourselves is shown with the incident beside it. */
static struct str runbook_url(struct arena *arena, const struct incident *inc, struct str external_url)
{
	struct str url = inc->runbook.url;
	struct str own = str_c(arena_printf(arena, "%.*s/runbooks/", STR_ARG(external_url)));
	ptrdiff_t hash = str_index(url, '#');
	size_t end = hash < 0 ? url.n : (size_t)hash;
	if (!external_url.n || !str_starts(url, own) || str_index(url, '?') >= 0)
		return url;
	return str_c(
		arena_printf(arena, "%.*s?incident=%s%.*s", (int)end, url.p, inc->key, STR_ARG(str_slice(url, end, url.n))));
}

void message_init(struct message *out, struct arena *arena, const struct incident *inc, enum message_event event,
                  uint64_t generation, unsigned attempt, struct str external_url)
{
	*out = (struct message){.event = event, .attempt = attempt, .incident = inc};
	incident_provider_key(inc, generation, out->dedup_key);
	out->severity = inc->severity.name;
	out->pagerduty_severity = pagerduty_severity(inc);
	out->summary = summary(out, arena, generation);
	out->incident_url = incident_url(arena, inc, external_url);
	out->runbook_url = runbook_url(arena, inc, external_url);
	out->runbook_title = inc->runbook.title;
	out->generator_url = inc->generator_url;
	out->view = incident_view(inc, false);
}

void message_release(struct message *m)
{
	json_decref(m->view);
	m->view = NULL;
}
