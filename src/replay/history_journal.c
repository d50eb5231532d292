/*
 * Lines of a decision journal. A webhook's alerts have a line each, and lines of several webhooks may lie between each other:
 * they are found together by the webhook's id, and go on when all are there.
 */
#include <stdlib.h>
#include <string.h>

#include "base/time.h"
#include "history_impl.h"
#include "journal_line.h"

/* ---- a webhook found together ---- */

struct history_part {
	struct str id;
	struct history_event *event;
	size_t expected, room;
	struct history_part *next;
	struct journal_line first; /* as it was read */
	bool old; /* of a journal that does not say which webhook an alert was of: what has the same time and group */
};

/* They go on in the order in which they were completed: that is the order in which they were decided. */
static void part_complete(struct history_file *f, struct history_part *part)
{
	struct history_part **link = &f->oldest;

	while (*link != part)
		link = &(*link)->next;
	*link = part->next;
	if (f->current == part)
		f->current = NULL;
	if (!part->next)
		f->newest = link;
	map_remove(f->parts, part->id);
	if (!part->old && part->event->hook.count < part->expected) {
		part->event->hook.truncated += (int64_t)(part->expected - part->event->hook.count);
		f->history->figures.incomplete++;
	}
	history_put(f, part->event);
}

static int64_t journal_time(struct str text)
{
	int64_t ms;
	return text.n && time_parse(text, &ms) ? ms : 0;
}

static int64_t journal_number(struct str text)
{
	int64_t n;
	return text.n && str_to_i64(text, &n) ? n : 0;
}

static struct str id_of(struct arena *arena, const struct journal_line *line)
{
	if (line->body.n)
		return line->body;
	struct str group = labels_format(arena, &line->group_labels);
	return str_c(arena_printf(arena, "%.*s %.*s %.*s", STR_ARG(line->at), STR_ARG(line->source), STR_ARG(group)));
}

static struct history_part *part_new(struct history_file *f, struct history_event *e, const struct journal_line *line,
                                     struct str id)
{
	struct history_part *part = arena_alloc(e->arena, sizeof *part);

	part->id = id;
	part->event = e;
	part->old = !line->body.n;
	part->first = *line;
	part->expected = part->old ? SIZE_MAX : (size_t)journal_number(line->alerts);
	e->at = journal_time(line->at);
	e->source = line->source;
	e->hook.receiver = line->receiver;
	e->hook.group_key = part->old ? labels_format(e->arena, &line->group_labels) : line->group_key;
	e->hook.group_labels = line->group_labels;
	e->hook.notification_reason = line->notification_reason;
	e->hook.truncated = journal_number(line->truncated);
	map_set(f->parts, id, part);
	*f->newest = part;
	f->newest = &part->next;
	return part;
}

/* A look that spares most comparisons. */
static bool begins_as(struct str name, const char *word)
{
	return name.n && *name.p == *word;
}

static enum verdict verdict_of(struct str name)
{
	for (int v = 0; v < VERDICTS; v++)
		if (begins_as(name, verdict_name((enum verdict)v)) && str_eq_c(name, verdict_name((enum verdict)v)))
			return (enum verdict)v;
	return VERDICTS;
}

static enum reason reason_of(struct str name)
{
	for (int r = 0; r < REASONS; r++)
		if (begins_as(name, reason_name((enum reason)r)) && str_eq_c(name, reason_name((enum reason)r)))
			return (enum reason)r;
	return REASONS;
}

static void take_alert(struct alert *out, const struct journal_line *line, struct arena *arena)
{
	struct str identity = line->identity.n ? line->identity : line->fingerprint;

	*out = (struct alert){
		.labels = line->labels,
		.annotations = line->annotations,
		.fingerprint = line->fingerprint,
		.resolved = str_eq_c(line->status, "resolved"),
		.starts_at = journal_time(line->starts_at),
		.ends_at = journal_time(line->ends_at),
		.generator_url = line->generator_url,
	};
	if (identity.n && identity.n < sizeof out->identity)
		memcpy(out->identity, identity.p, identity.n);
	else
		labels_fingerprint(&out->labels, out->identity);
	if (!out->fingerprint.n)
		out->fingerprint = arena_str(arena, str_c(out->identity));
}

static void add_decided(struct history_part *part, const struct journal_line *line)
{
	struct history_event *e = part->event;
	size_t room = part->room;

	e->hook.alerts = arena_room(e->arena, e->hook.alerts, e->hook.count, &part->room, sizeof *e->hook.alerts);
	e->said = arena_room(e->arena, e->said, e->hook.count, &room, sizeof *e->said);
	take_alert(&e->hook.alerts[e->hook.count], line, e->arena);
	e->said[e->hook.count++] = (struct intake_decided){line->key, verdict_of(line->verdict), reason_of(line->reason)};
}

/* The lines of an older journal lie behind each other: with the next webhook the one before is complete. */
static void complete_old(struct history_file *f, struct str id)
{
	if (f->oldest && f->oldest->old && !str_eq(f->oldest->id, id))
		part_complete(f, f->oldest);
}

static void part_grown(struct history_file *f, struct history_part *part)
{
	f->current = part;
	if (part->event->hook.count >= part->expected)
		part_complete(f, part);
	else if (map_count(f->parts) > HISTORY_BODIES_MAX)
		part_complete(f, f->oldest);
}

/*
 * Most lines are of the webhook that the line before was of, so they are read into its arena at once. Where that was wrong, the
 * next line is not: what is read in vain never exceeds what is read.
 */
static bool add_to_current(struct history_file *f, struct str text)
{
	struct history_part *part = f->current;
	struct journal_line line;

	if (!part)
		return false;
	f->current = NULL;
	struct arena *arena = part->event->arena;
	if (!journal_line_read_next(arena, arena_str(arena, text), part->event->known, &part->first, &line) ||
	    !journal_line_is_decision(&line) || !str_eq(id_of(arena, &line), part->id))
		return false;
	add_decided(part, &line);
	part_grown(f, part);
	return true;
}

/* The first line of a webhook brings the arena that all of it lives in. */
static void add_alert_line(struct history_file *f, struct history_event *e, struct str text, struct journal_line *line)
{
	struct str id = id_of(e->arena, line);

	complete_old(f, id);
	struct history_part *part = map_get(f->parts, id);
	if (part) {
		struct journal_line again;
		journal_line_read(part->event->arena, arena_str(part->event->arena, text), part->event->known, &again);
		add_decided(part, &again);
		history_event_free(e);
	} else {
		part = part_new(f, e, line, id);
		add_decided(part, line);
	}
	part_grown(f, part);
}

/* ---- lines that are no alert ---- */

static bool command_by_name(struct str name, enum command *out)
{
	static const enum command commands[] = {COMMAND_ACK, COMMAND_UNACK, COMMAND_RESOLVE, COMMAND_RETRY, COMMAND_NOTE};

	for (size_t i = 0; i < sizeof commands / sizeof *commands; i++) {
		*out = commands[i];
		if (str_eq_c(name, command_name(commands[i])))
			return true;
	}
	return false;
}

/* True: `e` was handed on. */
static bool take_journal_event(struct history_file *f, struct history_event *e, const struct journal_line *line)
{
	e->at = journal_time(line->at);
	if (str_eq_c(line->event, "lost"))
		f->history->figures.lost += (uint64_t)journal_number(line->lines);
	if (str_eq_c(line->event, "listening")) {
		e->kind = HISTORY_LISTENS;
	} else if (str_eq_c(line->event, "command") && command_by_name(line->command, &e->command)) {
		e->kind = HISTORY_COMMAND;
		e->key = line->key;
		e->args = (struct command_args){.by = line->by, .note = line->note};
	} else {
		return false;
	}
	history_put(f, e);
	return true;
}

/* A start or a stop is; everything else that happened is by the store's clock, and whatever was sent has a line of its own. */
static bool is_by_machine_clock(const struct journal_line *line)
{
	return str_eq_c(line->event, "started") || str_eq_c(line->event, "stopped");
}

bool history_journal_line(struct history_file *f, struct str line)
{
	if (add_to_current(f, line))
		return true;
	struct history_event *e = history_event_of(f->history, HISTORY_OF_JOURNAL);
	struct journal_line said;
	bool good = journal_line_read(e->arena, arena_str(e->arena, line), e->known, &said) && journal_time(said.at);
	bool decided = good && journal_line_is_decision(&said);

	if (good && !is_by_machine_clock(&said))
		history_reaches(f->history, journal_time(said.at));
	if (decided)
		add_alert_line(f, e, line, &said);
	else if (!good || !take_journal_event(f, e, &said))
		history_event_free(e);
	return good;
}

void history_journal_end(struct history_file *f)
{
	while (f->oldest)
		part_complete(f, f->oldest);
}
