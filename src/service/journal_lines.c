/* Lines of the journal that no alert caused, and what all lines say: see journal_lines.h. */
#include "service/journal_lines.h"

#include "base/json_writer.h"
#include "service/journal.h"

static const struct journal_row events[] = {
	{"", "decided", "an alert of a webhook that was answered 200, and what was decided"},
	{"", "timer", "an incident's own timer did something"},
	{"", "told", "a receiver was sent a message, or should have been: what came of the attempt"},
	{"", "command", "somebody did something by hand: acknowledged, resolved, wrote an update, …"},
	{"", "listening", "the daemon and its store began to listen, after a start or a gap"},
	{"", "started", "the daemon started"},
	{"", "stopped", "the daemon stopped"},
	{"", "lost", "lines before this one were lost: the disk did not take them"},
};

static const struct journal_row rows[] = {
	{"", "event", "which of these it is; a line without it is decided"},
	{"", "at", "when: the store's clock; started, stopped: the machine's"},
	{"decided timer told command", "key", "the incident"},
	{"decided", "fingerprint", "the alert, as Alertmanager names it"},
	{"decided", "identity", "which alert it is, where that is not the fingerprint"},
	{"decided timer told command", "rule", "the first rule that matched; null: none"},
	{"decided", "verdict", "page, remind, deduplicate, resolve or suppress"},
	{"decided timer", "reason", "why: one of the verdict, or of the timer"},
	{"decided", "source", "of the webhook; empty: none"},
	{"decided", "status", "firing or resolved"},
	{"decided", "labels", "of the alert, as the source's settings leave them"},
	{"decided", "annotations", "of the alert"},
	{"decided", "starts_at", "of the alert"},
	{"decided", "ends_at", "of the alert; null while it fires"},
	{"decided", "generator_url", "of the alert"},
	{"decided", "body", "the webhook: its alerts have the same"},
	{"decided", "alerts", "how many alerts the webhook had"},
	{"decided", "truncated", "how many alerts Alertmanager left out of the webhook"},
	{"decided told", "receiver", "decided: Alertmanager's; told: runbookd's"},
	{"decided", "group_key", "of the webhook"},
	{"decided", "group_labels", "of the webhook"},
	{"decided", "notification_reason", "of the webhook (Alertmanager 0.32 and later)"},
	{"decided timer told command", "severity", "of the plan, or the incident"},
	{"decided timer told command", "owner", "of the plan, or the incident"},
	{"decided command", "runbook", "of the plan, or the incident"},
	{"decided", "receivers", "of the plan: who is to be told where it pages"},
	{"timer told command", "alertname", "of the incident"},
	{"told", "message", "trigger, update, acknowledge or resolve"},
	{"told", "generation", "which page of the incident it is about"},
	{"told", "attempt", "the first has 1"},
	{"told", "outcome", "delivered, retry, unknown, rejected or not_sent"},
	{"told", "error", "what the provider, or the network, said; null when it was taken"},
	{"command", "command", "ack, unack, resolve, retry, silence, update, follow_up, approve or feedback"},
	{"command", "feedback", "of feedback: helped, outdated or missing, of the runbook"},
	{"command", "by", "who"},
	{"command", "note", "and what he said"},
	{"lost", "lines", "how many"},
};

size_t journal_rows(const struct journal_row **out)
{
	*out = rows;
	return sizeof rows / sizeof *rows;
}

size_t journal_events(const struct journal_row **out)
{
	*out = events;
	return sizeof events / sizeof *events;
}

/* ---- writing ---- */

static void put_line_field(struct buf *out, struct str name, struct str value)
{
	json_put_known_name(out, name);
	json_put_text(out, value);
}

static void put_field_known(struct buf *out, struct str name, struct str value)
{
	json_put_known_name(out, name);
	json_put_known(out, value);
}

static void begin_journal_line(struct buf *out, const char *event, int64_t now)
{
	buf_init(out, SIZE_MAX); /* what an incident says has its ceilings */
	json_put_open(out, '{');
	put_line_field(out, JSON_NAME("event"), str_c(event));
	json_put_known_name(out, JSON_NAME("at"));
	json_put_time(out, now);
}

static void end_line(struct router *r, struct buf *out, int64_t now)
{
	json_put_close(out, '}');
	journal_write(r->journal, buf_str(out), now);
}

static void put_incident(struct buf *out, const struct incident *inc)
{
	put_line_field(out, JSON_NAME("key"), str_c(inc->key));
	put_field_known(out, JSON_NAME("alertname"), inc->alertname);
	put_field_known(out, JSON_NAME("rule"), inc->rule);
	put_field_known(out, JSON_NAME("severity"), inc->severity.name);
	put_field_known(out, JSON_NAME("owner"), inc->owner);
}

void journal_timer(struct router *r, const struct incident *inc, enum tick_reason reason, int64_t now)
{
	if (!r->journal)
		return;
	AUTOBUF struct buf line;
	begin_journal_line(&line, "timer", now);
	put_incident(&line, inc);
	put_line_field(&line, JSON_NAME("reason"), str_c(tick_reason_name(reason)));
	end_line(r, &line, now);
}

void journal_told(struct router *r, const struct incident *inc, const struct journal_message *m, int64_t now)
{
	if (!r->journal)
		return;
	AUTOBUF struct buf line;
	begin_journal_line(&line, "told", now);
	put_incident(&line, inc);
	put_line_field(&line, JSON_NAME("receiver"), m->receiver);
	put_line_field(&line, JSON_NAME("message"), str_c(message_event_name(m->message)));
	json_put_known_name(&line, JSON_NAME("generation"));
	json_put_integer(&line, (int64_t)m->attempt->want.generation);
	json_put_known_name(&line, JSON_NAME("attempt"));
	json_put_integer(&line, m->attempt->number);
	put_line_field(&line, JSON_NAME("outcome"), str_c(outcome_name(m->outcome)));
	put_field_known(&line, JSON_NAME("error"), m->error);
	end_line(r, &line, now);
}

void journal_command(struct router *r, const struct incident *inc, enum command c, const struct command_args *args,
                     int64_t now)
{
	if (!r->journal)
		return;
	AUTOBUF struct buf line;
	begin_journal_line(&line, "command", now);
	put_incident(&line, inc);
	put_line_field(&line, JSON_NAME("command"), str_c(command_name(c)));
	put_field_known(&line, JSON_NAME("by"), args->by);
	put_field_known(&line, JSON_NAME("note"), args->note);
	put_field_known(&line, JSON_NAME("runbook"), inc->runbook.path);
	if (c == COMMAND_FEEDBACK)
		put_field_known(&line, JSON_NAME("feedback"), str_c(command_verdict(args->what)));
	end_line(r, &line, now);
}

void journal_listening(struct router *r, int64_t now)
{
	if (!r->journal)
		return;
	AUTOBUF struct buf line;
	begin_journal_line(&line, "listening", now);
	end_line(r, &line, now);
}

void journal_life(struct router *r, const char *event)
{
	int64_t now = loop_wall_ms();

	if (!r->journal)
		return;
	AUTOBUF struct buf line;
	begin_journal_line(&line, event, now);
	end_line(r, &line, now);
}
