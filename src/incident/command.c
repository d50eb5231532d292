/* What each command of a person changes in an incident. */
#include "incident/command.h"

#include "incident/communication.h"
#include "incident/deadline.h"
#include "incident/delivery.h"
#include "incident/escalation.h"
#include "incident/followup.h"
#include "incident/invariants.h"
#include "incident/silence.h"

static const char *const names[] = {
	[COMMAND_ACK] = "ack",          [COMMAND_UNACK] = "unack",         [COMMAND_RESOLVE] = "resolve",
	[COMMAND_RETRY] = "retry",      [COMMAND_NOTE] = "note",           [COMMAND_SILENCE] = "silence",
	[COMMAND_UPDATE] = "update",    [COMMAND_FOLLOW_UP] = "follow_up", [COMMAND_APPROVE] = "approve",
	[COMMAND_FEEDBACK] = "feedback"};
const char *const command_verdicts[] = {"helped", "outdated", "missing", NULL};

const char *command_verdict(struct str said)
{
	for (size_t i = 0; command_verdicts[i]; i++)
		if (str_eq_nocase(said, str_c(command_verdicts[i])))
			return command_verdicts[i];
	return NULL;
}

#define WORDS_MAX 1024 /* bytes of a name or note that are kept */

const char *command_name(enum command c)
{
	return names[c];
}

static struct incident_person commanding_person(struct incident *inc, const struct command_args *args, int64_t now)
{
	struct str by = str_slice(args->by, 0, args->by.n < WORDS_MAX ? args->by.n : WORDS_MAX);
	struct str note = str_slice(args->note, 0, args->note.n < WORDS_MAX ? args->note.n : WORDS_MAX);
	return (struct incident_person){now, arena_str(inc->arena, by), arena_str(inc->arena, note)};
}

/* "ana: on it", or "ana" where she says nothing more. */
static void note_command(struct incident *inc, const struct command_args *args, int64_t now, const char *what)
{
	incident_note(inc, now, what, "%.*s%s%.*s", STR_ARG(args->by), args->note.n ? ": " : "", STR_ARG(args->note));
}

static const char *acknowledge(struct incident *inc, const struct command_args *args,
                               const struct incident_policy *policy, int64_t now, struct counts *counts)
{
	if (!incident_is_open(inc))
		return "already resolved";
	if (!incident_acknowledgement(inc)) {
		incident_measure(inc, counts, "acknowledged", STR(""));
		incident_use_runbook(inc, counts, COUNT_RUNBOOK_ACKNOWLEDGED);
		incident_measure(inc, counts, "time_to_acknowledge",
		                 str_c(arena_printf(inc->arena, "%d", counts_bucket(now - inc->started_at))));
	}
	if (!incident_responded_at(inc))
		inc->deadlines.responded_at = now;
	inc->acknowledged = commanding_person(inc, args, now);
	inc->ack_generation = inc->generation + !incident_is_paged(inc);
	inc->ack_until = policy->ack_timeout ? now + policy->ack_timeout : 0;
	note_command(inc, args, now, "acknowledged");
	return NULL;
}

static const char *unacknowledge(struct incident *inc, int64_t now)
{
	if (!incident_acknowledgement(inc) || !incident_is_open(inc))
		return "not acknowledged";
	incident_unacknowledge(inc, now, "by hand");
	inc->notice++; /* whoever was told hears that it is open again, also where the acknowledgement did not arrive */
	return NULL;
}

static const char *resolve(struct incident *inc, const struct command_args *args, int64_t now, struct counts *counts)
{
	if (!incident_is_open(inc))
		return "already resolved";
	inc->closed_by_hand = commanding_person(inc, args, now);
	note_command(inc, args, now, "closed_by_hand");
	incident_close(inc, now, "closed_by_hand", counts);
	return NULL;
}

static const char *retry(struct incident *inc, const struct command_args *args, int64_t now)
{
	size_t tried = 0;
	for (size_t i = 0; i < inc->delivery_count; i++)
		tried += delivery_retry(inc, &inc->deliveries[i], now);
	if (!tried)
		return "nothing to retry: no delivery is failing";
	note_command(inc, args, now, "retried");
	return NULL;
}

/* Whether it holds is seen when Alertmanager is asked, before the next step. */
static const char *silence(struct incident *inc, const struct command_args *args, const struct incident_policy *policy,
                           int64_t now)
{
	if (!incident_is_open(inc))
		return "already resolved";
	note_command(inc, args, now, "silence_made");
	silence_made(inc, policy, args->note, now);
	return NULL;
}

static const char *update(struct incident *inc, const struct command_args *args, const struct incident_policy *policy,
                          int64_t now)
{
	if (!incident_is_open(inc))
		return "already resolved";
	communication_take(inc, args->update, now);
	communication_say(inc, policy, now);
	return NULL;
}

/* Who allowed what the runbook asks for. */
static const char *approve(struct incident *inc, const struct command_args *args, int64_t now)
{
	if (!incident_is_open(inc))
		return "already resolved";
	inc->approved = commanding_person(inc, args, now);
	note_command(inc, args, now, "approved");
	return NULL;
}

static const char *follow_up(struct incident *inc, const struct command_args *args, int64_t now)
{
	const struct incident_person who = commanding_person(inc, args, now);
	const struct followup_done done = {.name = args->what,
	                                   .episode = args->episode,
	                                   .all_episodes = args->all_episodes,
	                                   .by = who.by,
	                                   .note = who.note};
	return followup_mark(inc, args->stated, &done, now);
}

/* Of one that is over too: who is busy says it afterwards. */
static const char *feedback(struct incident *inc, const struct command_args *args, int64_t now, struct counts *counts)
{
	const char *verdict = command_verdict(args->what);
	if (!verdict)
		return "runbook: one of helped, outdated, missing is wanted";
	incident_note(inc, now, "runbook_feedback", "%.*s: %s%s%.*s", STR_ARG(args->by), verdict, args->note.n ? ": " : "",
	              STR_ARG(args->note));
	incident_use_runbook(inc, counts, arena_printf(inc->arena, COUNT_RUNBOOK "%s", verdict));
	return NULL;
}

static const char *note_by_command(struct incident *inc, const struct command_args *args, int64_t now)
{
	struct incident_person said = commanding_person(inc, args, now);
	if (!said.note.n)
		return "a note has words";
	incident_note(inc, now, "note", "%.*s%s%.*s", STR_ARG(said.by), said.by.n ? ": " : "", STR_ARG(said.note));
	return NULL;
}

const char *incident_command(struct incident *inc, enum command c, const struct command_args *args,
                             const struct incident_policy *policy, int64_t now, struct counts *counts)
{
	const char *why = NULL;
	if (!inc->episode)
		return "it never opened";
	switch (c) {
	case COMMAND_ACK: why = acknowledge(inc, args, policy, now, counts); break;
	case COMMAND_UNACK: why = unacknowledge(inc, now); break;
	case COMMAND_RESOLVE: why = resolve(inc, args, now, counts); break;
	case COMMAND_RETRY: why = retry(inc, args, now); break;
	case COMMAND_SILENCE: why = silence(inc, args, policy, now); break;
	case COMMAND_FOLLOW_UP: why = follow_up(inc, args, now); break;
	case COMMAND_APPROVE: why = approve(inc, args, now); break;
	case COMMAND_FEEDBACK: why = feedback(inc, args, now, counts); break;
	case COMMANDS: why = "no such command"; break;
	case COMMAND_UPDATE: why = update(inc, args, policy, now); break;
	case COMMAND_NOTE: why = note_by_command(inc, args, now); break;
	}
	if (!why) {
		escalation_run(inc, policy, now);
		incident_refresh(inc, now);
	}
	incident_holds(inc);
	return why;
}
