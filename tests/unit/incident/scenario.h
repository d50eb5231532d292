/*
 * A story of one incident as text, one step a line, run through the very functions that the router calls:
 *
 *     0s    fire a                          -> new
 *     5m    fire a start=4m sev=0           -> severity_raised
 *     10m   resolve a                       -> last_member_resolved
 *     10m   send oncall                     -> resolve 1
 *
 * fire FP…, resolve FP… (several are one webhook): a whole body of their group, in which all else that fires and is not muted is
 *   listed too. start=T end=T (offsets; default: when it last began, now) sev=RANK every=D (a heartbeat) elsewhere (its plan
 *   means another incident) nopage after=D hold=D repeat=D to=R1+R2 group=G -> one reason per fingerprint, or "leaves"
 * body G FP… -FP… (resolved) [cut] [parts] [allresolved]: a body that lists just these -> their reasons, "ok" where it lists none
 * mute FP, unmute FP: Alertmanager does not list it -> "ok" · doubtful -> how many members are
 * absent -> how many ended without a word "in" how many entries of the timeline
 * send RECEIVER [retry|unknown|rejected|crash] [wait=D] -> verb and generation, or "nothing"
 * tick -> reasons or "nothing" · ack, unack, close, retry -> "ok" or the refusal
 * there RECEIVER|- ack|unack|close|note GENERATION: done at the provider (-: by a link) -> done|unchanged|old|over
 * clock, place (in the list) -> offset or "never" · pages -> how many, and reminders · receivers -> those it has
 * state -> firing|acknowledged|resolved · told RECEIVER -> what it was told last · due RECEIVER -> offset or "never"
 * fire … path=0s:crew,15m:lead+boss: its escalation; each role is told by ROLE-phone, after "handover" by ROLE-pager, "ghost" by nobody
 *   next -> offset and roles, or "never" · ran -> the offset of each step, or - · send says "for ROLE" where it is a step's
 * front: Alertmanager can be asked from here on -> "ok" · asks -> whether the clock would ask it now, yes or no · tick says=ANSWER
 *   [others]: what it says (of others than fire now): cannot_tell, fires, silenced, gone
 * fire … respond=15m over=4h: what its severity promises
 * fire … quiet=22:43: its pages are held until then; a story begins at 22:13:20, so that is 29m40s
 * owed -> TASK:BEGAN:open|done for what is owed, the newest episode first; "nothing"
 * done TASK|- [episode=BEGAN|all]: it is done (-: all that is owed) -> "ok" or the refusal
 * part [blank] -> "ok": a branch goes its own way (knowing nothing); branch STEP…: there; merge [touched] -> "ok": it becomes
 *   one with the trunk, naming all members, or those that differ · numbers -> episode.generation · why -> of the resolve
 */
#ifndef TESTS_SCENARIO_H
#define TESTS_SCENARIO_H

/* Fails the running cmocka test, naming the line, where a step answers otherwise. */
void scenario_run(const char *name, const char *story);

#endif
