/* The escalation paths that an index page states, in the forms in which people write them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "base/time.h"
#include "catalog/facts.h"
#include "texts.h"
#include "words/table_escalation_words.h"

/* "severity: minutes role, …;" of each path; "then" where no time is said. */
static const struct {
	const char *page, *said;
} paths[] = {
	{"## Escalation\n\n1. If no acknowledgement within 15 minutes, the secondary on-call is paged.\n"
     "2. After 30 minutes the duty manager should be notified\n",
     ": 15 secondary on-call, 30 duty manager,;"},
	{"## Escalation\n\n### P1\n\nPage the engineer at once. If nobody answers within 10 minutes, page the team lead.\n",
     "P1: 0 engineer, 10 team lead,;"},
	{"## Escalation timeline\n\n| Time | Action |\n|---|---|\n| T+0 | Page primary on-call |\n| T+15 | Look at the "
     "graphs |\n"
     "| T+1h | Call the director |\n",
     ": 0 primary on-call, 60 director,;"},
	{"## On-call\n\n| Severity | Primary | Backup |\n|---|---|---|\n| P0 | Ana | Ben |\n| P1 | Ben | - |\n",
     "P0: 0 Ana, then Ben,;P1: 0 Ben,;"},
	{"## Escalation\n\n- **0-15 min**: Duty engineer investigates\n- **1h+**: Notify VP of Works\n",
     ": 0 Duty engineer, 60 VP of Works,;"},
	{"## Escalation Levels\n\n- **Level 1** - Duty engineer (first 30 minutes)\n- **Level 2** - Team lead (30-60 "
     "minutes)\n",
     ": 0 Duty engineer, 30 Team lead,;"},
	{"## Escalation\n\n```\nDuty engineer (0 min) -> Team lead (15 min) -> CTO (60 min)\n```\n",
     ": 0 Duty engineer, 15 Team lead, 60 CTO,;"},
	{"## Escalation\n\n- P1: page the engineer immediately, then the lead after 15 minutes\n- P2: engineer, lead after "
     "1 hour\n"
     "- P3: ticket\n",
     "P1: 0 engineer, 15 lead,;P2: then engineer, 60 lead,;"},
	{"## Severity\n\n| Sev | Escalate to |\n|---|---|\n| SEV-1 | VP Works after 30m |\n", "SEV-1: 30 VP Works,;"},
	{"## Escalation\n\n1. First: on-call engineer\n2. Then: team lead after 15 minutes\n3. Finally: director\n",
     ": then on-call engineer, 15 team lead, then director,;"},
	{"## Escalation\n\n1. Page the on-call engineer\n2. Wait 15 minutes\n3. Page the team lead\n4. wait 1 hour\n5. "
     "Director\n"
     "6. CTO\n",
     ": 0 on-call engineer, 15 team lead, 75 Director, then CTO,;"},
	{"## Escalation\n\n### P1\n\nT+5 engineer\n\nWait 10 min for an answer.\n\nTeam lead\n\n### P2\n\nTeam lead\n",
     "P1: 5 engineer, 15 Team lead,;P2: then Team lead,;"},
	/* Several sentences in a row; "another" counts from the step before. */
	{"## Escalation\n\nIf nobody has acknowledged after 10 minutes the secondary is paged; if there is still no answer "
     "after another 20 minutes, the duty manager is called.\n",
     ": 10 secondary, 30 duty manager,;"},
	{"## Call chain\n\n- P1: @ana, then @ben after 10m\n- P2: Primary \xe2\x9f\xb6 (5 min) Secondary\n",
     "P1: then @ana, 10 @ben,;P2: then Primary, 5 Secondary,;"},
	/* What a role has to answer in is when the next one is told. */
	{"## Escalation\n\nPrimary (5 min to ack) \xe2\x9e\xa1\xef\xb8\x8f Secondary (10 min) \xe2\x9e\xa1\xef\xb8\x8f "
     "Manager\n",
     ": then Primary, 5 Secondary, 15 Manager,;"},
	{"## Escalation\n\n- Level 1: Primary (escalates after 5 minutes)\n- Level 2: Secondary (10 min to acknowledge)\n"
     "- Level 3: Duty manager\n",
     ": 0 Primary, 5 Secondary, 15 Duty manager,;"},
	{"## Escalation chain\n\n1. Notify on-call from schedule \"Gate\"\n2. Wait 15 minutes\n"
     "3. Notify on-call from schedule \"Weir\"\n4. Wait 30 minutes\n5. Notify the duty manager\n",
     ": 0 Gate, 15 Weir, 45 duty manager,;"},
	{"## Escalation\n\n| Time | SEV1 | SEV2 |\n|---|---|---|\n| at once | Engineer | Engineer |\n| 15 min | Lead | - "
     "|\n"
     "| 1 hour | Director | Lead |\n",
     "SEV1: 0 Engineer, 15 Lead, 60 Director,;SEV2: 0 Engineer, 60 Lead,;"},
	{"## When to escalate\n\n- A gate is broken\n- You need the water book: ask the DBA\n", ""},
	{"## Escalation\n\n| Severity | First responder | After 15 min | After 1 hour |\n|---|---|---|---|\n"
     "| P1 | Primary | Secondary | CTO |\n",
     "P1: then Primary, 15 Secondary, 60 CTO,;"},
	{"## Escalation path\n\n| Tier | Who | Trigger |\n|---|---|---|\n| 1 | Owner | immediately |\n"
     "| 2 | Lead | no ack in 15 min |\n",
     ": 0 Owner, 15 Lead,;"},
	{"## Escalation\n\nFirst 15 minutes: on-call engineer. Next 15 minutes: team lead.\n",
     ": 0 on-call engineer, 15 team lead,;"},
	{"## Who is notified\n\n| Severity | T+0 | T+15m | T+1h |\n|---|---|---|---|\n| P1 | Engineer | Lead | - |\n",
     "P1: 0 Engineer, 15 Lead,;"},
	{"## On-call escalation\n\n- **P1**: Primary → Secondary (10m)\n\n### P2\n\n1. Duty engineer at once\n2. Harbour "
     "desk\n",
     "P1: then Primary, 10 Secondary,;P2: 0 Duty engineer, then Harbour desk,;"},
	{"## Escalation\n\n| Severity | Initial | 15 min | 1 hr |\n|---|---|---|---|\n| P1 | Engineer | Lead | Harbour "
     "master |\n",
     "P1: then Engineer, 15 Lead, 60 Harbour master,;"},
	/* "Later" counts from the step before, too. */
	{"## Escalation\n\n1. Duty engineer at once\n2. 15 minutes later, the harbour manager\n3. An hour later the "
     "harbour director is called\n",
     ": 0 Duty engineer, 15 harbour manager, 75 harbour director,;"},
	/* Other languages' sentences. */
	{"## Escalade\n\nSi personne ne répond dans les 15 minutes, appeler le responsable d'astreinte. Au bout de 40 "
     "minutes, prévenir la directrice technique.\n",
     ": 15 responsable d'astreinte, 40 directrice technique,;"},
	{"## Escalade\n\n- P1 : appeler l'astreinte immédiatement, puis le chef d'équipe après 20 minutes\n",
     "P1: 0 astreinte, 20 chef d'équipe,;"},
	{"## Eskalation\n\n1. Die Bereitschaft wird sofort angerufen\n2. Nach 15 Minuten wird die Teamleitung "
     "benachrichtigt\n3. Wenn nach 30 Minuten niemand reagiert, die Schichtleitung anrufen\n",
     ": 0 Bereitschaft, 15 Teamleitung, 30 Schichtleitung,;"},
	{"## Escalamiento\n\nSi nadie responde en 15 minutos, llamar al jefe de guardia. A los 45 minutos, avisar a la "
     "gerente.\n",
     ": 15 jefe de guardia, 45 gerente,;"},
	/* A flow chart: what stands on an arrow or in a question is how long is waited there. */
	{"## Escalation\n\n```mermaid\nflowchart TD\n  A[Alert fires] --> B[Duty engineer]\n  B -->|no answer in 10 min| "
     "C[Lock keeper]\n  C -- 20 min --> D(Head of works)\n```\n",
     ": then Duty engineer, 10 Lock keeper, 30 Head of works,;"},
	{"## Escalation\n\n```mermaid\ngraph LR; P([Page primary]) --> Q{Answered within 5 min?}; Q -->|yes| R[Fix it]; "
     "Q -->|no| S[Page secondary]\n```\n",
     ": then primary, 5 secondary,;"},
	{"## Architecture\n\n```mermaid\ngraph LR\n  A[Gateway team] -->|15 min| B[Queue]\n```\n", ""},
	{"## Escalation\n\nP1\n: Duty engineer → Lock keeper (15 min)\n\nP2\n: Duty engineer → Lock keeper (1 hour)\n",
     "P1: then Duty engineer, 15 Lock keeper,;P2: then Duty engineer, 60 Lock keeper,;"},
	/* Times in words and in parts of an hour. */
	{"## Escalation\n\nIf nobody answers for a quarter of an hour, page the lock keeper lead.\n",
     ": 15 lock keeper lead,;"},
	{"## Escalation\n\nIf the primary cannot be reached within 1/2 hour, escalate to the harbour lead.\n",
     ": 30 harbour lead,;"},
	{"## Escalation\n\nIf nobody acknowledges within fifteen minutes, page the secondary.\n", ": 15 secondary,;"},
	{"## Escalation\n\nIf not acknowledged within 45 (forty-five) minutes, page the secondary.\n", ": 45 secondary,;"},
	{"## Escalation\n\nEscalate to the secondary if the primary has not acked in 15 mins, then to the manager after "
     "another 20 mins.\n",
     ": 15 secondary, 35 manager,;"},
	{"## Escalation\n\nIf no acknowledgement within 10 minutes, escalate to the secondary. If the secondary does not "
     "acknowledge within 15 minutes, escalate to the manager.\n",
     ": 10 secondary, 25 manager,;"},
	/* When, left of an arrow. */
	{"## Escalation\n\n- No ack in 5 minutes → Lock keeper lead\n- No ack in 20 minutes → Harbour director\n",
     ": 5 Lock keeper lead, 20 Harbour director,;"},
	{"## Escalation\n\n- 10 min => Secondary on-call\n- 20 min => CTO\n", ": 10 Secondary on-call, 20 CTO,;"},
	{"## Escalation\n\nT+0 → Primary on-call\nT+15 min → Secondary on-call\n",
     ": 0 Primary on-call, 15 Secondary on-call,;"},
	{"## Escalation\n\n- 15 min: no ack → escalate to Harbour Lead\n", ": 15 Harbour Lead,;"},
	/* Passive, and what is forbidden. */
	{"## Escalation\n\nThe secondary is paged if the primary does not acknowledge within 15 minutes.\n",
     ": 15 secondary,;"},
	{"## Escalation\n\nThe primary has 10 minutes to acknowledge before the secondary is paged.\n", ": 10 secondary,;"},
	{"## Escalation\n\nDo not escalate to the CTO within the first 30 minutes.\n", ""},
	{"## Escalation\n\nIf nobody answers within 10 minutes, page the lead. Never page the CTO within the first hour.\n",
     ": 10 lead,;"},
	/* What is waited for counts from the step before. */
	{"## Escalation\n\nWait 15 minutes for an acknowledgement, then escalate to the secondary.\n", ": 15 secondary,;"},
	{"## Escalation\n\nGive the primary 15 minutes to acknowledge, then page the secondary.\n", ": 15 secondary,;"},
	{"## Escalation\n\nThe page goes to the primary; unless acknowledged within 10 minutes it goes to the secondary.\n",
     ": 10 secondary,;"},
	{"## Escalation\n\nPrimary → 15 min → Secondary → 15 min → Manager\n",
     ": then Primary, 15 Secondary, 30 Manager,;"},
	{"## Escalation\n\nPrimary -> (15 min no ack) -> Secondary -> (5 min no ack) -> Manager\n",
     ": then Primary, 15 Secondary, 20 Manager,;"},
	{"## Escalation\n\nIf the primary on-call doesn't respond within 10 minutes, call the secondary.\n",
     ": 10 secondary,;"},
	{"## Escalation\n\nEscalate every 10 minutes: primary → secondary → manager\n",
     ": 0 primary, 10 secondary, 20 manager,;"},
	{"## Escalation\n\n- **Primary**: Lock keeper lead (timeout: 15 minutes)\n- **Secondary**: Harbour director\n",
     ": 0 Lock keeper lead, 15 Harbour director,;"},
	{"## Escalation\n\n| If not acknowledged within | Escalate to |\n|---|---|\n| 15 minutes | Secondary |\n",
     ": 15 Secondary,;"},
	{"## Escalation\n\n| Severity | Ack timeout | Escalates to |\n|---|---|---|\n| P1 | 5 min | Secondary |\n"
     "| P2 | 15 min | Lead |\n",
     "P1: 5 Secondary,;P2: 15 Lead,;"},
	/* The time on an arrow, and other marks for minutes. */
	{"## Escalation\n\nKeeper on-call --15m--> Harbour lead --30m--> Director\n",
     ": then Keeper on-call, 15 Harbour lead, 45 Director,;"},
	{"## Escalation\n\nPrimary ==5 min==> Secondary\n", ": then Primary, 5 Secondary,;"},
	{"## Escalation\n\nPrimary -(10m)-> Secondary\n", ": then Primary, 10 Secondary,;"},
	{"## Escalation\n\nPrimary [10m] → Secondary [20m] → Manager\n", ": 0 Primary, 10 Secondary, 30 Manager,;"},
	{"## Escalation\n\n- 0': Primary on-call\n- 15': Harbour lead\n", ": 0 Primary on-call, 15 Harbour lead,;"},
	{"## Escalation\n\nAfter 20' without ack: Harbour lead\n", ": 20 Harbour lead,;"},
	{"## Escalation\n\n- > 10 min: Harbour lead\n- > 1 hour: Director\n", ": 10 Harbour lead, 60 Director,;"},
	{"## Escalation\n\nUnacked > 15 min: page secondary. Unacked > 45 min: page manager.\n",
     ": 15 secondary, 45 manager,;"},
	{"## Escalation\n\n+0m Primary\n+20m Secondary\n", ": 0 Primary, 20 Secondary,;"},
	/* A clock that starts at 00:00 counts; hours of the day do not. */
	{"## Escalation\n\n| Time (hh:mm) | Who |\n|---|---|\n| 00:00 | Primary |\n| 00:20 | Secondary |\n| 01:30 | "
     "Director |\n",
     ": 0 Primary, 20 Secondary, 90 Director,;"},
	{"## Escalation\n\n- 00:00 – Primary on-call\n- 01:00 – Director\n", ": 0 Primary on-call, 60 Director,;"},
	{"## Escalation\n\n- 09:00 – Day engineer\n- 17:00 – Night engineer\n", ""},
	{"## Escalation\n\n| After (min) | Role |\n|---|---|\n| 0 | Primary |\n| 25 | Secondary |\n",
     ": 0 Primary, 25 Secondary,;"},
	/* What all steps, or the one before, have to answer in. */
	{"## Escalation\n\nEscalation timeout: 20 minutes\n\n1. Primary on-call\n2. Harbour lead\n3. Director\n",
     ": 0 Primary on-call, 20 Harbour lead, 40 Director,;"},
	{"## Escalation\n\n- Primary\n- Secondary\n\nEach level has 5 minutes to answer.\n", ": 0 Primary, 5 Secondary,;"},
	{"## Escalation\n\nEvery 10 minutes the next person is paged:\n\n1. Primary\n2. Secondary\n",
     ": 0 Primary, 10 Secondary,;"},
	{"## Escalation\n\n1. **Primary on-call** – 10 min\n2. **Harbour lead** – 10 min\n3. **Director**\n",
     ": 0 Primary on-call, 10 Harbour lead, 20 Director,;"},
	{"## Escalation\n\nThe primary must acknowledge within 10 minutes. Otherwise the harbour lead is paged.\n",
     ": 0 primary, 10 harbour lead,;"},
	{"## Escalation\n\n- Primary on-call must acknowledge within 5 minutes\n- Otherwise the secondary is paged\n",
     ": 0 Primary on-call, 5 secondary,;"},
	{"## Escalation\n\nThe keeper on-call has 10 minutes to respond. After that the harbour lead is paged.\n",
     ": 0 keeper on-call, 10 harbour lead,;"},
	{"## Escalation\n\nSecondary on-call (if primary does not respond in 10 min)\n\nManager (if secondary does not "
     "respond in 5 min)\n",
     ": 10 Secondary on-call, 15 Manager,;"},
	/* Clauses of one line. */
	{"## Escalation\n\n- P1: primary immediately, secondary after 5 min, manager after 15 min\n",
     "P1: 0 primary, 5 secondary, 15 manager,;"},
	{"## Escalation\n\nPage the primary, after 10 minutes the secondary, after a further 10 minutes the manager.\n",
     ": then primary, 10 secondary, 20 manager,;"},
	{"## Escalation\n\nAlerts are escalated to the harbour lead after 20 minutes and to the CTO after one hour.\n",
     ": 20 harbour lead, 60 CTO,;"},
	{"## Escalation\n\nAfter 15 min: Secondary; after 30 min: Manager\n", ": 15 Secondary, 30 Manager,;"},
	{"## Escalation\n\n15 min → Secondary, 30 min → Manager\n", ": 15 Secondary, 30 Manager,;"},
	{"## Escalation\n\n1 hour without news → involve harbour lead; 4 hours without news → involve director\n",
     ": 60 harbour lead, 240 director,;"},
	{"## Escalation\n\nP3 alerts are not escalated. P1 alerts escalate to the harbour lead after 15 minutes.\n",
     "P1: 15 harbour lead,;"},
	{"## Escalation\n\nPost an update every 15 minutes and tell the CTO after 1 hour.\n", ": 60 CTO,;"},
	{"## Escalation\n\nEscalation path: Primary → Secondary (after 15 mins)\n", ": then Primary, 15 Secondary,;"},
	{"## Escalation\n\n#### P1\nPrimary on-call. If no response in 5 min: Harbour lead.\n",
     "P1: then Primary on-call, 5 Harbour lead,;"},
	{"## Escalation\n\n| P1 | Primary → (5m) Secondary |\n|---|---|\n| P2 | Primary → (15m) Secondary |\n",
     "P1: then Primary, 5 Secondary,;P2: then Primary, 15 Secondary,;"},
	{"## Escalation\n\n```\nT+00  Primary on-call\nT+15  Harbour lead\n```\n",
     ": 0 Primary on-call, 15 Harbour lead,;"},
	{"## Escalation\n\n- **T+0** Primary on-call paged\n- **T+15** Harbour lead paged\n",
     ": 0 Primary on-call, 15 Harbour lead,;"},
	{"## Escalation\n\nP1:\n- at once: keeper engineer\n- +15m: harbour lead\n\n**P2:**\n\n- at once: keeper "
     "engineer\n- +1h: harbour lead\n",
     "P1: 0 keeper engineer, 15 harbour lead,;P2: 0 keeper engineer, 60 harbour lead,;"},
	{"## Escalation\n\n1. Keeper engineer (respond within 15 min)\n2. Harbour lead (if unresolved after 30 min)\n",
     ": 0 Keeper engineer, 30 Harbour lead,;"},
	{"## Escalation\n\nWithin 15 minutes: the keeper engineer responds. After 40 minutes: harbour lead.\n",
     ": 0 keeper engineer, 40 harbour lead,;"},
	{"## Escalation\n\n**15 minutes**\nHarbour lead\n\n**30 minutes**\nDirector\n", ": 15 Harbour lead, 30 Director,;"},
	{"## Escalation\n\nKein Ack nach 15 Min → Teamleitung\n", ": 15 Teamleitung,;"},
	{"## Escalation\n\nThe primary is paged immediately, the secondary 10 minutes later, and the manager 20 minutes "
     "after that.\n",
     ": 0 primary, 10 secondary, 30 manager,;"},
	{"## Escalation\n\nNo response after 3 attempts (5 min apart) → secondary\n", ""},
	/* What is not understood is no step. */
	{"## Escalation\n\nTry the primary twice, 5 minutes apart, then the secondary.\n", ""},
	{"## Escalation\n\nPrimary gets 5 minutes, secondary gets 10 minutes, then the manager is called.\n", ""},
	{"## Escalation\n\n- Response expected within 15 minutes\n- Status page updated within 20 minutes\n", ""},
	{"## Escalation\n\nThe SLA for P1 acknowledgement is 5 minutes.\n", ""},
	{"## Escalation\n\nEscalation timeout: 15 minutes\n", ""},
	{"## Escalation\n\n| Time | Action | Responsible |\n|---|---|---|\n| 15 min | Post an update | Duty engineer |\n",
     ""},
};

static void paths_are_read_as_people_write_them(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof paths / sizeof *paths; i++)
		assert_paths(paths[i].page, paths[i].said);
}

static void assert_steps(const char *text)
{
	static const int64_t after[] = {0, 20 * TIME_MINUTE};
	struct index_page p = index_page_of("", text);
	if (p.f.escalations_count != 1 || p.f.escalations[0].step_count != 2)
		fail_msg("not one path of two steps in %s", text);
	for (size_t i = 0; i < 2; i++)
		assert_int_equal(p.f.escalations[0].steps[i].after_ms, after[i]);
	if (str_index(p.f.escalations[0].steps[1].notify.v[0], '2') >= 0)
		fail_msg("a time for a name: %.*s", STR_ARG(p.f.escalations[0].steps[1].notify.v[0]));
	index_page_done(&p);
}

static void a_time_is_never_whom_a_step_tells(void **state)
{
	(void)state;
	static const char *const texts[] = {
		"## Escalation\n\n0m primary on-call\n\n20m secondary on-call\n",
		"## Escalation\n\n| Severity | Primary | Secondary |\n|---|---|---|\n| P1 | 0m | 20m |\n",
		"## Eskalation\n\n1. Bereitschaft (sofort)\n2. Teamleitung (nach 20 Minuten)\n",
		"## Escalade\n\n1. Astreinte (immédiat)\n2. Responsable (après 20 minutes)\n",
	};
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		assert_steps(texts[i]);
}

/* The rows of a kind are found by halving. */
static void the_words_are_sorted_by_kind(void **state)
{
	(void)state;
	const struct word_table *tables[] = {&escalation_words, &escalation_phrases};
	for (size_t k = 0; k < 2; k++)
		for (size_t i = 1; i < tables[k]->count; i++)
			if (tables[k]->rows[i].value < tables[k]->rows[i - 1].value)
				fail_msg("\"%s\" stands behind a later kind", tables[k]->rows[i].phrase);
	assert_true(escalation_words.rows[escalation_words.count - 1].value < WORD_FIRST_OF_PHRASES);
	assert_true(escalation_phrases.rows[0].value >= WORD_FIRST_OF_PHRASES);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_words_are_sorted_by_kind),
		cmocka_unit_test(paths_are_read_as_people_write_them),
		cmocka_unit_test(a_time_is_never_whom_a_step_tells),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
