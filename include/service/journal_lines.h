/*
 * What the lines of the decision journal say: one JSON object each, whose `event` tells which. `decided` is an alert that
 * arrived and what was made of it (intake_report.c writes it); the others are what no alert caused. The rows are the
 * documentation (runbookctl help journal); a reader passes over what it does not know.
 */
#ifndef SERVICE_JOURNAL_LINES_H
#define SERVICE_JOURNAL_LINES_H

#include "incident/command.h"
#include "incident/delivery.h"
#include "incident/message.h"
#include "incident/tick.h"
#include "service/router.h"

#define JOURNAL_BODY_ID_MAX 17

struct journal_row {
	const char *events; /* that have it, blanks between; "" for all */
	const char *field;
	const char *doc;
};
size_t journal_rows(const struct journal_row **out);
size_t journal_events(const struct journal_row **out); /* the events themselves: `field` is the event's name */

/* Each does nothing where there is no journal. `now`: the store's clock. */
void journal_timer(struct router *r, const struct incident *inc, enum tick_reason reason, int64_t now);
struct journal_message {
	struct str receiver;
	enum message_event message;
	const struct attempt *attempt;
	enum outcome outcome;
	struct str error; /* the provider's words; empty when it was taken */
};
void journal_told(struct router *r, const struct incident *inc, const struct journal_message *m, int64_t now);
void journal_command(struct router *r, const struct incident *inc, enum command c, const struct command_args *args,
                     int64_t now);
/* The daemon and its store began to listen, after a start or a gap: see router_heard_store(). */
void journal_listening(struct router *r, int64_t now);
/* "started" or "stopped", by this machine's clock. */
void journal_life(struct router *r, const char *event);

#endif
