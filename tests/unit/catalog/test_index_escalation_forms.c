/* More forms of escalation paths: other languages, tables of waits and clocks, one time for each, as people say it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "texts.h"

/* "severity: minutes role, …;" of each path; "then" where no time is said. */
static const struct {
	const char *page, *said;
} paths[] = {
	/* German, French, Spanish; columns of waits and clocks; a time for each; as people say it. */
	{"## Escalation\n\nNach 15 Minuten an die Zweitbereitschaft eskalieren.\n", ": 15 Zweitbereitschaft,;"},
	{"## Escalation\n\nWenn nach 10 Minuten niemand reagiert, an die Teamleitung eskalieren.\n", ": 10 Teamleitung,;"},
	{"## Escalation\n\n- Nach 15 Minuten: Eskalation an die Schichtleitung\n- Nach 45 Minuten: Eskalation an den "
     "Bereichsleiter\n",
     ": 15 Schichtleitung, 45 Bereichsleiter,;"},
	{"## Escalation\n\nKeine Reaktion innerhalb von 20 Minuten: Schichtleiter anrufen.\n", ": 20 Schichtleiter,;"},
	{"## Escalation\n\nNach 30 Minuten geht der Alarm an die Geschäftsführung.\n", ": 30 Geschäftsführung,;"},
	{"## Escalation\n\nSpätestens nach 30 Minuten ist der Bereichsleiter zu informieren.\n", ": 30 Bereichsleiter,;"},
	{"## Escalation\n\nQuittiert niemand innerhalb von 15 Minuten, wird an die zweite Bereitschaft eskaliert.\n",
     ": 15 zweite Bereitschaft,;"},
	{"## Escalation\n\n| Stufe | Wartezeit | Wer |\n|---|---|---|\n| 1 | 0 Min. | Bereitschaft |\n| 2 | 15 Min. | "
     "Teamleitung |\n",
     ": 0 Bereitschaft, 15 Teamleitung,;"},
	{"## Escalation\n\nNach 15 Minuten an die Teamleitung weiterleiten, nach 30 Minuten an die Geschäftsführung.\n",
     ": 15 Teamleitung, 30 Geschäftsführung,;"},
	{"## Escalation\n\n1. Sofort: Rufbereitschaft\n2. Nach 10 Min: Stellvertreter der Rufbereitschaft\n3. Nach 1 "
     "Stunde: Leiter Technik\n",
     ": 0 Rufbereitschaft, 10 Stellvertreter der Rufbereitschaft, 60 Leiter Technik,;"},
	{"## Escalation\n\nAprès 15 minutes sans réponse, escalader vers l'astreinte secondaire.\n",
     ": 15 astreinte secondaire,;"},
	{"## Escalation\n\nPasser la main au chef d'équipe après 30 minutes.\n", ": 30 chef d'équipe,;"},
	{"## Escalation\n\nAu-delà de 20 minutes, faire remonter à la directrice technique.\n",
     ": 20 directrice technique,;"},
	{"## Escalation\n\n- Immédiatement : astreinte primaire\n- Au bout de 15 min : astreinte secondaire\n- Au bout "
     "d'une heure : directeur\n",
     ": 0 astreinte primaire, 15 astreinte secondaire, 60 directeur,;"},
	{"## Escalation\n\nL'alerte est transmise au responsable d'astreinte après 15 minutes.\n",
     ": 15 responsable d'astreinte,;"},
	{"## Escalation\n\n| Délai | Qui prévenir |\n|---|---|\n| immédiat | Astreinte |\n| 15 min | Chef de quart |\n",
     ": 0 Astreinte, 15 Chef de quart,;"},
	{"## Escalation\n\nSi no hay respuesta en 15 minutos, escalar a la guardia secundaria.\n",
     ": 15 guardia secundaria,;"},
	{"## Escalation\n\nPasados 30 minutos, escalar al jefe de turno.\n", ": 30 jefe de turno,;"},
	{"## Escalation\n\nTranscurridos 20 minutos sin respuesta, se avisa al jefe de guardia.\n",
     ": 20 jefe de guardia,;"},
	{"## Escalation\n\n| Tiempo | A quién |\n|---|---|\n| 0 min | Guardia |\n| 30 min | Jefa de turno |\n",
     ": 0 Guardia, 30 Jefa de turno,;"},
	{"## Escalation\n\n| Level | Who | Wait |\n|---|---|---|\n| 1 | Primary | 10 min |\n| 2 | Secondary | 15 min |\n| "
     "3 | Manager | - |\n",
     ": 0 Primary, 10 Secondary, 25 Manager,;"},
	{"## Escalation\n\n| Level | Who | Response window |\n|---|---|---|\n| 1 | Primary | 10 min |\n| 2 | Secondary | "
     "20 min |\n| 3 | Manager | - |\n",
     ": 0 Primary, 10 Secondary, 30 Manager,;"},
	{"## Escalation\n\n| Tier | Contact | Ack within |\n|---|---|---|\n| 1 | Primary | 5 min |\n| 2 | Secondary | 5 "
     "min |\n| 3 | Manager | 10 min |\n",
     ": 0 Primary, 5 Secondary, 10 Manager,;"},
	{"## Escalation\n\n| hh:mm | Who |\n|---|---|\n| 00:00 | Primary |\n| 00:20 | Secondary |\n",
     ": 0 Primary, 20 Secondary,;"},
	{"## Escalation\n\n| Escalate at (hh:mm) | To |\n|---|---|\n| 00:10 | Secondary |\n| 01:00 | Manager |\n",
     ": 10 Secondary, 60 Manager,;"},
	{"## Escalation\n\n| Elapsed (h:mm) | Notify |\n|---|---|\n| 0:00 | Primary |\n| 0:15 | Secondary |\n| 1:30 | "
     "Manager |\n",
     ": 0 Primary, 15 Secondary, 90 Manager,;"},
	{"## Escalation\n\n| Elapsed (mm:ss) | Notify |\n|---|---|\n| 00:00 | Primary |\n| 05:00 | Secondary |\n| 15:00 | "
     "Manager |\n",
     ": 0 Primary, 5 Secondary, 15 Manager,;"},
	{"## Escalation\n\n| Step | Who | Wait before next |\n|---|---|---|\n| 1 | Primary | 5 min |\n| 2 | Secondary | 10 "
     "min |\n| 3 | Manager | |\n",
     ": 0 Primary, 5 Secondary, 15 Manager,;"},
	{"## Escalation\n\n| Severity | Ack within | If missed, page |\n|---|---|---|\n| P1 | 5 min | Secondary |\n| P2 | "
     "30 min | Lead |\n",
     "P1: 5 Secondary,;P2: 30 Lead,;"},
	{"## Escalation\n\nA, B, C: 10 minutes each\n", ": 0 A, 10 B, 20 C,;"},
	{"## Escalation\n\nIda, Ben, Udo: 10 minutes each.\n", ": 0 Ida, 10 Ben, 20 Udo,;"},
	{"## Escalation\n\nPrimary, secondary, manager – 15 min each\n", ": 0 Primary, 15 secondary, 30 manager,;"},
	{"## Escalation\n\nPrimary → secondary → manager (10 min each)\n", ": 0 Primary, 10 secondary, 20 manager,;"},
	{"## Escalation\n\n1. Primary\n2. Secondary\n3. Manager\n\n10 minutes each.\n",
     ": 0 Primary, 10 Secondary, 20 Manager,;"},
	{"## Escalation\n\nTen minutes each: primary, secondary, manager\n", ": 0 primary, 10 secondary, 20 manager,;"},
	{"## Escalation\n\nPrimary → secondary → manager, 10 minutes apart\n", ": 0 Primary, 10 secondary, 20 manager,;"},
	{"## Escalation\n\nPrimary → secondary → manager, 10 min between each\n",
     ": 0 Primary, 10 secondary, 20 manager,;"},
	{"## Escalation\n\n- 15 min: 24/7 desk\n- 30 min: I/O team\n", ": 15 24/7 desk, 30 I/O team,;"},
	{"## Escalation\n\nIf the on-call hasn't picked up within 10 minutes, loop in the harbour lead.\n",
     ": 10 harbour lead,;"},
	{"## Escalation\n\nNo reply after a quarter of an hour? Bring in the duty manager.\n", ": 15 duty manager,;"},
	{"## Escalation\n\nPage unanswered for 20 mins -> ring the head of operations\n", ": 20 head of operations,;"},
	{"## Escalation\n\nThe secondary steps in after 10 minutes of silence.\n", ": 10 secondary,;"},
	{"## Escalation\n\nAfter half an hour without an owner, hand over to the incident commander.\n",
     ": 30 incident commander,;"},
	{"## Escalation\n\nTen minutes in: secondary. Thirty minutes in: lock keeper lead. One hour in: CTO.\n",
     ": 10 secondary, 30 lock keeper lead, 60 CTO,;"},
	{"## Escalation\n\n- T0: primary\n- T0+10m: secondary\n- T0+30m: manager\n",
     ": 0 primary, 10 secondary, 30 manager,;"},
	{"## Escalation\n\n- minute 0 – primary\n- minute 10 – secondary\n- minute 30 – manager\n",
     ": 0 primary, 10 secondary, 30 manager,;"},
	{"## Escalation\n\n- [ ] 0m page primary\n- [ ] 15m page secondary\n", ": 0 primary, 15 secondary,;"},
	{"## Escalation\n\n| Elapsed | 0–10 min | 10–30 min | 30+ min |\n|---|---|---|---|\n| Who | Primary | Secondary | "
     "Manager |\n",
     ": 0 Primary, 10 Secondary, 30 Manager,;"},
	{"## Escalation\n\nP1 not acknowledged in 5 min: secondary. P2 not acknowledged in 30 min: secondary.\n",
     "P1: 5 secondary,;P2: 30 secondary,;"},
	{"## Escalation\n\n- First 10 minutes: primary on-call\n- 10 to 20 minutes: secondary on-call\n- Beyond 20 "
     "minutes: lock keeper lead\n",
     ": 0 primary on-call, 10 secondary on-call, 20 lock keeper lead,;"},
	{"## Escalation\n\n- Up to 15 minutes: on-call engineer\n- Over 15 minutes: team lead\n- Over 1 hour: director\n",
     ": 0 on-call engineer, 15 team lead, 60 director,;"},
	{"## Escalation\n\nStill red after 45 minutes? Wake the CTO.\n", ": 45 CTO,;"},
	{"## Escalation\n\nNobody should wait longer than 15 minutes before involving the team lead.\n",
     ": 15 team lead,;"},
	{"## Escalation\n\nThe team lead must be informed no later than 30 minutes after the alert.\n", ": 30 team lead,;"},
	{"## Escalation\n\nEscalate to the team lead at the 30-minute mark and to the director at the 2-hour mark.\n",
     ": 30 team lead, 120 director,;"},
	{"## Escalation\n\n1. On-call engineer (0–15 min)\n2. Team lead (15–45 min)\n3. VP Engineering (45 min +)\n",
     ": 0 On-call engineer, 15 Team lead, 45 VP Engineering,;"},
	{"## Escalation\n\nOn-call engineer\n↓ 15 min\nTeam lead\n↓ 30 min\nDirector\n",
     ": then On-call engineer, 15 Team lead, 45 Director,;"},
	{"## Escalation\n\n| Who | By when |\n|---|---|\n| Primary | immediately |\n| Secondary | within 10 minutes |\n| "
     "Manager | within 30 minutes |\n",
     ": 0 Primary, 10 Secondary, 30 Manager,;"},
	{"## Escalation\n\n| Unacknowledged for | Paged |\n|---|---|\n| 5 min | Secondary |\n| 20 min | Manager |\n",
     ": 5 Secondary, 20 Manager,;"},
	{"## Escalation\n\nThe escalation policy re-pages every 5 minutes, three times, and then pages the manager.\n", ""},
	{"## Escalation\n\n- 15m+ unacked: @ana\n- 30m+ unacked: @ben\n", ": 15 @ana, 30 @ben,;"},
	{"## Escalation\n\nCall Ida first; if she does not pick up within 5 minutes, call Ben.\n", ": then Ida, 5 Ben,;"},
	{"## Escalation\n\nInform customers after 30 minutes. Inform the director after 60 minutes.\n", ": 60 director,;"},
	{"## Escalation\n\nEscalate after: 20 minutes\nEscalate to: Team lead\n", ": 20 Team lead,;"},
	{"## Escalation\n\n- Escalate after: 20 minutes\n- Escalate to: Team lead\n", ": 20 Team lead,;"},
	{"## Escalation\n\nIf there is no acknowledgement, the alert is re-routed to the secondary (10 minutes) and then "
     "to the manager (25 minutes).\n",
     ": 10 secondary, 25 manager,;"},
	{"## Escalation\n\nTras 15 minutos sin respuesta se escala al responsable de turno.\n",
     ": 15 responsable de turno,;"},
	{"## Escalation\n\nDepois de 15 minutos sem resposta, escalar para o gerente de plantão.\n",
     ": 15 gerente de plantão,;"},
	{"## Escalation\n\nWenn die Bereitschaft nach 10 Minuten nicht reagiert, ist die Schichtleitung anzurufen.\n",
     ": 10 Schichtleitung,;"},
	{"## Escalation\n\nBleibt der Alarm 15 Minuten unquittiert, geht er an den Schichtleiter.\n",
     ": 15 Schichtleiter,;"},
	{"## Escalation\n\nUne heure après l'alerte, prévenir le directeur.\n", ": 60 directeur,;"},
	{"## Escalation\n\nEine Stunde nach dem Alarm wird die Geschäftsführung informiert.\n", ": 60 Geschäftsführung,;"},
	{"## Escalation\n\nUna hora después, llamar al director de guardia.\n", ": 60 director de guardia,;"},
	{"## Escalation\n\nNach einer halben Stunde: Teamleitung\n", ": 30 Teamleitung,;"},
	{"## Escalation\n\nAu bout d'une demi-heure, prévenir le chef de quart.\n", ": 30 chef de quart,;"},
	{"## Escalation\n\nA la media hora, avisar a la jefa de turno.\n", ": 30 jefa de turno,;"},
	{"## Escalation\n\n| Wait | Notify |\n|---|---|\n| 0 min | Primary |\n| 15 min | Secondary |\n| 30 min | Manager "
     "|\n",
     ": 0 Primary, 15 Secondary, 45 Manager,;"},
	{"## Escalation\n\n| Step | Wait before | Who |\n|---|---|---|\n| 1 | 0 | Primary |\n| 2 | 10 min | Secondary |\n| "
     "3 | 10 min | Manager |\n",
     ": 0 Primary, 10 Secondary, 20 Manager,;"},
	{"## Escalation\n\nUpdate the status page after 15 minutes; escalate to the comms lead after 30.\n", ""},
	{"## Escalation\n\nPrimary rings for 5 minutes, then the secondary, then (another 10 minutes later) the manager.\n",
     ""},
	{"## Escalation\n\nPrimary (10 min each) → Secondary → Manager\n", ": 0 Primary, 10 Secondary, 20 Manager,;"},
	{"## Escalation\n\nGive everyone 10 minutes: Ida, then Ben, then Udo.\n", ": 0 Ida, 10 Ben, 20 Udo,;"},
	{"## Escalation\n\nIda → Ben → Udo (je 10 Minuten)\n", ": 0 Ida, 10 Ben, 20 Udo,;"},
	{"## Escalation\n\nIda, Ben, Udo : 10 minutes chacun\n", ": 0 Ida, 10 Ben, 20 Udo,;"},
	{"## Escalation\n\nIda, Ben, Eva: 10 minutos cada uno\n", ": 0 Ida, 10 Ben, 20 Eva,;"},
	{"## Escalation\n\n- P1: Ida, Ben, Udo: 5 minutes each\n- P2: Ida, Ben: 30 minutes each\n",
     "P1: 0 Ida, 5 Ben, 10 Udo,;P2: 0 Ida, 30 Ben,;"},
	{"## Escalation\n\n| Person | Waits |\n|---|---|\n| Ida | 10 min |\n| Ben | 10 min |\n| Udo | |\n",
     ": 0 Ida, 10 Ben, 20 Udo,;"},
	{"## Escalation\n\n| Severity | Primary | Secondary | Manager |\n|---|---|---|---|\n| P1 | 0 | 5 | 15 |\n| P2 | 0 "
     "| 30 | 60 |\n",
     "P1: 0 primary, 5 secondary, 15 manager,;P2: 0 primary, 30 secondary, 60 manager,;"},
	{"## Escalation\n\n| Severity | 0-15 min | 15-30 min | 30-60 min |\n|---|---|---|---|\n| P1 | Primary | Secondary "
     "| Manager |\n",
     "P1: 0 Primary, 15 Secondary, 30 Manager,;"},
	{"## Escalation\n\n| Stage | After | Who gets paged |\n|---|---|---|\n| 1 | 0:00 | Primary |\n| 2 | 0:10 | "
     "Secondary |\n",
     ": 0 Primary, 10 Secondary,;"},
	{"## Escalation\n\n- 0:00 Primary\n- 0:15 Secondary\n- 1:00 Manager\n", ": 0 Primary, 15 Secondary, 60 Manager,;"},
	{"## Escalation\n\n- 22:00 Night engineer\n- 06:00 Day engineer\n", ""},
	{"## Escalation\n\nBetween 22:00 and 06:00 page the night engineer after 10 minutes.\n", ""},
	{"## Escalation\n\nThe on-call engineer has 15 minutes. If they miss it, the lead has 15 more. After that it's the "
     "director.\n",
     ""},
	{"## Escalation\n\nOn-call → (no ack, 5 min) → backup → (no ack, 10 min) → manager\n",
     ": then On-call, 5 backup, 15 manager,;"},
	{"## Escalation\n\n5 min: backup on-call (SMS + call)\n\n20 min: engineering manager (call)\n",
     ": 5 backup on-call, 20 engineering manager,;"},
	{"## Escalation\n\nEscalation to the harbour lead happens automatically after 20 minutes.\n",
     ": 20 harbour lead,;"},
	{"## Escalation\n\nContact the vendor if not fixed within 2 hours.\n", ": 120 vendor,;"},
	{"## Escalation\n\nDo not wait more than 10 minutes before paging the lead.\n", ": 10 lead,;"},
	{"## Escalation\n\nWithin 5 min: primary acks\nWithin 15 min: secondary paged\nWithin 30 min: manager paged\n",
     ": 0 primary, 15 secondary, 30 manager,;"},
	{"## Escalation\n\nNach 15 min Teamleitung, nach 30 min Bereichsleitung, nach 60 min Geschäftsführung\n",
     ": 15 Teamleitung, 30 Bereichsleitung, 60 Geschäftsführung,;"},
	{"## Escalation\n\nBereitschaft → Teamleitung (nach 15 Min.) → Geschäftsführung (nach 1 Std.)\n",
     ": then Bereitschaft, 15 Teamleitung, 60 Geschäftsführung,;"},
	{"## Escalation\n\nAstreinte → chef d'équipe (15 min) → directeur (1 h)\n",
     ": then Astreinte, 15 chef d'équipe, 60 directeur,;"},
	{"## Escalation\n\nSi l'astreinte n'acquitte pas l'alerte en moins de 10 minutes, elle est escaladée au cadre "
     "d'astreinte.\n",
     ": 10 cadre d'astreinte,;"},
	{"## Escalation\n\nSi el ingeniero de guardia no contesta en 10 minutos, la alerta pasa al jefe de guardia.\n",
     ": 10 jefe de guardia,;"},
	{"## Escalade\n\n| Après | Qui |\n|---|---|\n| 0 min | Astreinte |\n| 20 min | Chef de quart |\n",
     ": 0 Astreinte, 20 Chef de quart,;"},
	{"## Escalamiento\n\n| Después | Quién |\n|---|---|\n| 0 min | Guardia |\n| 20 min | Jefa de turno |\n",
     ": 0 Guardia, 20 Jefa de turno,;"},
	{"## Escalation\n\nAlert fires → Primary → (10 min) → Secondary\n", ": then Primary, 10 Secondary,;"},
	{"## Escalation\n\nThe duty engineer acknowledges within 5 minutes or the page moves on to the deputy.\n",
     ": 0 duty engineer,;"},
	{"## Escalation\n\nAfter 15 minutes: duty engineer AND team lead\n", ": 15 duty engineer,;"},
	{"## Escalation\n\nCritical: page immediately. Warning: page after 30 minutes. Info: never page.\n", ""},
	{"## Escalation\n\nEscalate to the vendor only during office hours, after 2 hours.\n", ""},
	{"## Escalation\n\nIf you cannot fix it in 30 minutes, ask for help in #ops.\n", ""},
	{"## Escalation\n\n- Wait time between levels: 10 min\n- Level 1: primary\n- Level 2: secondary\n",
     ": 0 primary, 10 secondary,;"},
	{"## Escalation\n\n1. Page the primary.\n2. If no answer: page the secondary after 5 min.\n3. If still no answer: "
     "page the manager after 15 min.\n",
     ": then primary, 5 secondary, 15 manager,;"},
	{"## Escalation\n\n| Level | Role | Acknowledge within | Escalates to |\n|---|---|---|---|\n| 1 | Primary | 5 min "
     "| Secondary |\n| 2 | Secondary | 10 min | Manager |\n",
     ": 0 Primary, 5 Secondary, 15 Manager,;"},
	{"## Escalation\n\nWe escalate after 15 minutes.\n", ""},
	{"## Escalation\n\nGive the database team 20 minutes before you call the vendor.\n", ": 20 vendor,;"},
	{"## Escalation\n\n- 15 min → Secondary → lead\n", ": 15 Secondary, then lead,;"},
	{"## Escalation\n\n- 15 min → Secondary, then lead\n", ": 15 Secondary, then lead,;"},
	{"## Escalation\n\n| After | Who |\n|---|---|\n| 0 | Primary |\n| 15 min | Secondary → lead |\n| 1 h | CTO |\n",
     ": 0 Primary, 15 Secondary, then lead, 60 CTO,;"},
	{"## Escalation\n\n| Severity | After | Who |\n|---|---|---|\n| P1 | 30 min | Secondary, then lead |\n",
     "P1: 30 Secondary, then lead,;"},
	{"## Escalation\n\n| Severity | 15 min | 30 min |\n|---|---|---|\n| P1 | Lead, then manager | CTO |\n",
     "P1: 15 Lead, then manager, 30 CTO,;"},
	{"## Escalation\n\n1. Primary\n2. Then the secondary after 15 minutes\n3. Then the manager after 30 minutes\n",
     ": then Primary, 15 secondary, 30 manager,;"},
	{"## Escalation\n\n- Primary\n- Then the secondary (15 min)\n- Finally, the manager (30 min)\n",
     ": then Primary, 15 secondary, 30 manager,;"},
	{"## Escalation\n\n- 15 min: Support, who calls the vendor\n", ": 15 Support,;"},
	{"## Escalation\n\n- After 30 minutes: Ida or Ben, whoever is on duty\n", ": 30 Ida or Ben,;"},
	{"## Escalation\n\n- After 30 minutes: the manager before anybody else\n- After 1 hour: each team lead\n- After 2 "
     "hours: the CTO again\n",
     ": 30 manager, 60 team lead, 120 CTO,;"},
	{"## Escalation\n\n- 30 min: Lead (until 18:00)\n", ": 30 Lead,;"},
	{"## Escalation\n\n- Team lead (15 min)\n- Manager after the lead (30 min)\n", ": 15 Team lead, 30 Manager,;"},
	{"## Escalation\n\n- 1 h → the on-call of the team who owns the service\n", ": 60 on-call of the team,;"},
	{"## Escalation\n\nWait 10 minutes, then call the secondary or the backup.\n", ": 10 secondary or backup,;"},
	{"## Escalation\n\n| Response window | Who |\n|---|---|\n| 0-15 min | Ida |\n| 15-30 min | Ben |\n| > 30 min | CTO "
     "|\n",
     ": 0 Ida, 15 Ben, 30 CTO,;"},
	{"## Escalation\n\n| Level | Contact | Response window |\n|---|---|---|\n| L1 | Ida | 0–15 min |\n| L2 | Ben | "
     "15–30 min |\n| L3 | CTO | 30+ min |\n",
     ": 0 Ida, 15 Ben, 30 CTO,;"},
	{"## Escalation\n\n| Who | Acknowledge within | Then |\n|---|---|---|\n| Ida | 5 min | Ben |\n| Ben | 10 min | CTO "
     "|\n",
     ": 0 Ida, 5 Ben, 15 CTO,;"},
	{"## Escalation\n\n| Level | Who | Wait | Then |\n|---|---|---|---|\n| 1 | Ida | 15 min | Level 2 |\n| 2 | Ben | "
     "15 min | Level 3 |\n| 3 | CTO | | |\n",
     ": 0 Ida, 15 Ben, 30 CTO,;"},
	{"## Escalation\n\n| After | Notify |\n|---|---|\n| 0 | Primary |\n| 15 min | Then the secondary |\n| 30 min | "
     "Lead, who knows the site |\n",
     ": 0 Primary, 15 the secondary, 30 Lead,;"},
	{"## Escalation\n\n- 15 min: Secondary, then lead\n- 1 h: CTO\n", ": 15 Secondary, then lead, 60 CTO,;"},
	{"## Escalation\n\nAfter 30 minutes: lead, then manager.\n", ": 30 lead, then manager,;"},
	{"## Escalation\n\n- 30 min: Bel Kaya\n", ": 30 Bel Kaya,;"},
	{"## Escalation\n\n- 10 min: Ida, then Ben\n- 30 min: CTO\n", ": 10 Ida, then Ben, 30 CTO,;"},
	{"## Escalation\n\n- 15 min: No ack → lead\n", ": 15 lead,;"},
	{"## Escalation\n\n- 1 h: every director\n", ": 60 director,;"},
	{"## Escalation\n\n| Who | Ack within | Next |\n|---|---|---|\n| Ida | 5 min | escalate |\n| Ben | 10 min | call "
     "the CTO |\n",
     ": 0 Ida, 5 Ben, 15 CTO,;"},
	{"## Escalation\n\n| Role | Respond within | Then |\n|---|---|---|\n| Primary | 5 min | Start an incident |\n| "
     "Lead | 15 min | Inform customers |\n",
     ": 0 Primary, 5 Lead,;"},
};

static void other_forms_are_read(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof paths / sizeof *paths; i++)
		assert_paths(paths[i].page, paths[i].said);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(other_forms_are_read),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
