/*
 * The incident record: a small value with everything that dedup, paging and reading need, kept as bytes under a version
 * (src/incident/record.c).
 * Its bytes live in the arena it was read into; incident_decide(), incident_tick(), incident_settle() and the commands
 * change it in place, the caller writes it back with compare-and-set or throws it away.
 *
 * Three kinds of facts are written down, each by one hand: what senders say (rows, incident/row.h, and the page that waits
 * for them), what people say (acknowledged, closed_by_hand), and what receivers were told (deliveries). Whether the incident
 * is open, whether somebody is to be paged, how many fire: that is derived from them, by the functions below.
 *
 * Life: an *episode* is from opening to closing; a *generation* is one page, and one incident at a provider: new, reopened
 * and severity_raised start one when they page. Delivery is level-triggered: nothing here is a queue of messages,
 * deliveries hold what each receiver was told, and delivery_want() derives what it should be told next.
 */
#ifndef INCIDENT_INCIDENT_H
#define INCIDENT_INCIDENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "alert/alert.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/options.h"
#include "base/str.h"
#include "catalog/hours_said.h"
#include "incident/counts.h"
#include "incident/member.h"

#define INCIDENT_RECORD_MAX (64 * 1024)
#define INCIDENT_RECEIVERS_MAX 32 /* more receivers of one incident than this are not added, and the timeline says so */
#define INCIDENT_SAMPLE_MAX 100   /* of more members, those that fire are kept before those that have recovered */
#define INCIDENT_TIMELINE_MAX 200
#define INCIDENT_TIMELINE_BEGINNING 40 /* a full one keeps how it started, and what happened last */
#define INCIDENT_PREVIOUS_MAX 5
#define INCIDENT_AFTERMATHS_MAX 16  /* earlier episodes after which something may be owed */
#define INCIDENT_GENERATIONS_MAX 16 /* of one delivery that still matter; see delivery_want() */
#define INCIDENT_ROWS_MAX 256       /* groups with a row of their own; further ones share one (ROW_SHARED) */
#define INCIDENT_CHANGES_MAX 32     /* times remembered for flap detection */
#define INCIDENT_KEY_SIZE 33

struct catalog;

enum told { TOLD_NOTHING, TOLD_FIRING, TOLD_ACKNOWLEDGED, TOLD_RESOLVED };

/* What one receiver knows of one generation. */
struct told_generation {
	uint64_t generation;
	enum told told;  /* what it certainly was told last */
	bool maybe;      /* a trigger is on record whose outcome is not: it may have been told firing */
	bool echo;       /* some attempt's outcome was unknown for good: the resolve is sent twice */
	int64_t echo_at; /* when the second one may go (0: the first has not gone yet) */
	bool in_digest;  /* it stood in a digest, not in a message of its own, which nobody has to take back */
	bool gave_up;    /* its resolve was refused or expired; `retry` tries again */
	struct str
		reference; /* the provider's own name of what it was told: a message's ts, an issue's key; empty: it gave none */
	struct str key; /* what its messages go under there, as the first that may have arrived did; empty: none has */
};

enum want_verb {
	WANT_NOTHING,
	WANT_TRIGGER,
	WANT_ACKNOWLEDGE,
	WANT_RESOLVE,
	WANT_ECHO,   /* the repeated resolve */
	WANT_UPDATE, /* who fires is no longer who it was told of: nobody is woken */
};

struct want {
	enum want_verb verb;
	uint64_t generation;
	int64_t not_before; /* WANT_ECHO: 0 or a time */
};

/* delivery.from of a role whose step is yet to come: no generation is so late. */
#define DELIVERY_NOT_YET ((UINT64_C(1) << 53) - 1)

struct delivery {
	struct str receiver;
	struct str
		target;    /* the role of the escalation's step that told it (incident/target.h); empty: the page itself did */
	uint64_t from; /* it is told of this generation and later ones: who joins a page that waits is not told before it */
	struct told_generation *gens; /* ascending; only those that still matter; grown in the record's arena */
	size_t gen_count, gen_capacity;
	uint64_t notice;      /* the last notice (page or reminder) that was delivered */
	uint64_t roster;      /* incident_roster() of what it was told last; 0: not known */
	bool update_due;      /* since then others have come or gone, and the update_interval has passed */
	struct want want;     /* what due_at and attempts are about */
	int64_t first_due_at; /* of this want: whatever has been tried since, it is waited for since then */
	int64_t want_since;   /* since when it is tried */
	unsigned attempts;    /* for this want */
	int64_t due_at;       /* 0: nothing due */
	struct str
		tried_by; /* whose attempt runs until due_at, the end of its lease (router.node); empty: none is known to */
	int64_t failing_since; /* first failure of this want; 0: none */
	int64_t told_at;       /* last success */
	struct str last_error; /* "" after a success */
	/*
	 * A dead letter: this want was rejected or has expired, and is not tried again until somebody retries it. A later one is:
	 * a refused acknowledgement does not silence the next reminder (dead_notice: the notice that it was about).
	 */
	struct want dead;
	uint64_t dead_notice;
	struct str dead_error; /* the provider's last words about it, also where something else got through since */
	bool fell_back;        /* the fallback receivers were added for this generation */
};

/* One step of the escalation, as the plan that paged says it. */
struct incident_step {
	int64_t after_ms;        /* since escalation.from; -1: nobody says when */
	struct str notify;       /* roles or receivers, one a line */
	int64_t ran_at;          /* 0: it has not run */
	struct str told;         /* whom it reached, for people */
	int when;                /* enum step_when: a deadline makes it due */
	struct str active, mute; /* its hours, one name a line */
	int64_t not_before;      /* when its hours open, seen from when it is due; 0: nothing holds it */
};

enum due_why { DUE_PAGE_AFTER, DUE_LATE_GRACE };

/*
 * What one group of one sender says of this incident: who was listed as firing, counted. Members name their row and its
 * mark; whoever has neither of the row's marks has ended. See row.h.
 */
struct incident_row {
	char group[MEMBER_GROUP_SIZE];
	int64_t mark;       /* of who was listed since the last body that counted (n0) */
	int64_t former;     /* of who was listed since the one before: doubtful (n1) */
	int64_t counted_at; /* when the last body counted: the next one does so late_grace after it */
	int64_t heard_at;   /* when a member was last listed as firing */
	int64_t left_at;    /* when the row is dropped, if nothing more is heard */
	uint64_t n0, n1;    /* members whose plan pages */
	uint64_t w0, w1;    /* of these, who waits for the page that is due at due_at */
	bool truncated;     /* its last body was cut by max_alerts: members may fire that were never listed */
};

/* Some members with their labels, for people and for the merge: a copy of what the store knows of each. */
struct incident_sample {
	struct str source, fingerprint;
	struct labels labels;
	char group[MEMBER_GROUP_SIZE];
	int64_t mark;
	bool counted;
	uint64_t waits;
	int64_t starts_at;
	int64_t ends_at; /* of its resolve; 0: none was heard of, it may have been closed by hand or have expired */
};

struct incident_event {
	int64_t at;
	struct str what; /* opened, reopened, severity_raised, reminded, resolved, told, failed, acknowledged, … */
	struct str detail;
};

struct incident_person { /* who did what by hand */
	int64_t at;          /* 0: nobody */
	struct str by, note;
};

/* What a person said last to whoever waits for the end; see incident/communication.h. */
struct incident_update {
	uint64_t number; /* of this incident's updates; 0: there was none in this episode */
	int64_t at;
	struct str by, status, impact, eta, done, next, cause;
	struct labels set; /* further placeholders by name */
};

/* Something that was owed after it and was done: see incident/followup.h. */
struct incident_done {
	int64_t at;
	struct str name, by, note;
};

struct incident_episode {
	int64_t started_at, resolved_at;
	struct incident_person acknowledged;
};

/* An earlier episode that paged: what is owed after it, and what was done of that. See incident/followup.h. */
struct incident_aftermath {
	int64_t started_at, resolved_at;
	struct str severity;
	int rank;
	struct incident_done *done;
	size_t done_count, done_capacity;
};

struct incident {
	struct arena *arena;
	char key[INCIDENT_KEY_SIZE];
	struct str alertname, owner, rule, source;
	struct str rules_beside; /* others that matched (whose it is, who is told): one a line */
	struct {
		struct str path, url, title, estimated_time, approval;
	} runbook;
	struct {
		struct str name;
		struct str notify; /* of its first step: roles or receivers, one a line */
		int64_t after_ms;  /* -1: nobody says when */
		int64_t from;      /* when its path began: see incident/escalation.h */
		uint64_t raised;   /* the generation that began as the severity was raised; 0: none did */
	} escalation;
	struct {
		struct str name, pagerduty;
		int rank;
		int64_t response_ms, resolution_ms;
	} severity; /* the gravest its firing members had in this episode */
	struct str summary, generator_url;
	struct str alertmanager_url; /* of the last sender that said so: where it is silenced */
	struct labels labels;        /* common to the members of this episode */
	struct labels annotations;   /* of the speaker */
	struct {
		struct str source, fingerprint;
	} speaker; /* the member whose summary, annotations and generator_url stand here; empty: not known */

	/* ---- what senders say ---- */
	struct incident_row *rows; /* room for INCIDENT_ROWS_MAX + 1, grown in the arena */
	size_t row_count, row_capacity;
	int64_t last_mark; /* marks are never used twice, also not after a row was dropped */
	uint64_t page;     /* the number of the page that waits, or that will wait next; who waits for it names it */
	int64_t due_at;    /* when the page that waits is told; 0: none does */
	int64_t held_from; /* when it would be told if no hours held it (incident/held.h); 0: none do */
	/* What holds those who wait, by the names of their intervals: for whoever is not sampled (held_note()). Empty: none does. */
	struct str held_by;
	enum due_why due_why;
	int64_t quiet_at; /* when the last member left and the resolve began to be held back (resolve_hold); 0: it is not */
	uint64_t episode;
	/* ---- what was paged: a generation is in force when it is later than the one that has ended ---- */
	uint64_t generation, ended_generation;
	uint64_t earlier_generation; /* the last one of earlier episodes: a later one is a page of this episode */
	int64_t started_at, last_seen_at, resolved_at;
	struct str resolved_why; /* last_member_resolved, no_longer_reported, expired, page_false, closed_by_hand */
	/* ---- what people say ---- */
	struct incident_person acknowledged; /* see incident_acknowledgement() for whether it still holds */
	uint64_t ack_generation;             /* the page that it means */
	int64_t ack_until;                   /* 0: for good */
	uint64_t taken_generation; /* the page that somebody had when it was due: nobody is told of it, while he has it */
	uint64_t ack_round; /* how often one was taken back or ran out: a link that was made before acknowledges no more */
	struct incident_person approved;       /* what its runbook asks an approval for */
	struct incident_person closed_by_hand; /* of the last closing; at = 0 otherwise */
	struct {
		int64_t responded_at;                             /* the first acknowledgement of this episode */
		int64_t response_missed_at, resolution_missed_at; /* when the deadline was; 0: not missed */
		int64_t from;     /* its page was held: they are counted from when that was due; 0: from started_at */
	} deadlines;          /* see incident/deadline.h */
	struct {              /* what Alertmanager said when it was asked: see incident/silence.h */
		int64_t since;    /* when it was first known to be silenced; 0: it is not */
		int64_t until;    /* nothing is done before; it is asked again then */
		int64_t asked_at; /* the last answer */
		int64_t known_at; /* when one of its alerts was last recognised in an answer; 0: never */
		int64_t gone_at;  /* when its alerts were first not listed any more; 0: they are, or nobody can tell */
		struct str by;    /* for people */
	} silence;
	struct incident_update update;
	int64_t longest_gap;
	int64_t repeat_interval, resolve_hold;
	/*
	 * The dead man's switch: it must be heard of again within `every` (0: it is no heartbeat). While it beats it is
	 * closed; a missed beat opens it, the next one closes it. A page then says what the last beat's plan said.
	 */
	struct {
		int64_t every;
		int64_t beat_at; /* the last beat; 0: none is waited for (it was missed, or closed by hand since) */
		int64_t
			missed_at; /* when a beat was missed, and none has come since, nor did a person close it; 0: it was not */
	} heartbeat;
	uint64_t notice; /* counts pages and reminders */
	int64_t last_notice_at;
	struct {
		struct str verdict, reason;
		int64_t at;
	} last;
	struct {
		uint64_t total;                                                       /* members of this episode */
		uint64_t received, pages, reminders, deduplicated, suppressed, flaps; /* over all episodes kept */
	} count;
	int64_t changes[INCIDENT_CHANGES_MAX]; /* latest transitions between firing and quiet, oldest first */
	size_t change_count;

	/* Lists that grow in the arena: a pointer into one is good until the next element is added. */
	struct delivery *deliveries; /* at most INCIDENT_RECEIVERS_MAX */
	size_t delivery_count, delivery_capacity;
	struct incident_step *steps; /* of the escalation */
	size_t step_count, step_capacity;
	struct incident_done *done; /* of what is owed after this episode */
	size_t done_count, done_capacity;
	struct incident_aftermath *aftermaths; /* at most INCIDENT_AFTERMATHS_MAX: the gravest first, the newest of these */
	size_t aftermath_count, aftermath_capacity;
	struct incident_sample *sample; /* at most INCIDENT_SAMPLE_MAX */
	size_t sample_count, sample_capacity;
	struct incident_event *timeline; /* at most INCIDENT_TIMELINE_MAX */
	size_t timeline_count, timeline_capacity;
	size_t timeline_dropped;
	struct incident_episode previous[INCIDENT_PREVIOUS_MAX]; /* newest first */
	size_t previous_count;
};

/* What the configuration says of one receiver, as far as incidents decide by it. */
struct incident_terms {
	struct str receiver;
	struct strs fallback;    /* who takes over from it; n = 0: nobody does */
	bool updates;            /* it hears of it when members join or leave */
	int64_t update_interval; /* but not sooner after it was told something */
	struct hours_said hours; /* outside them it waits for them: incident/delivery_hours.h */
	const struct catalog *catalog;
};

/* What the configuration says for all incidents (dedup: and delivery:), in ms. */
struct incident_policy {
	int64_t late_grace, expire_after, ack_timeout;
	int64_t fresh;      /* so long after a row was last heard of its members fold newcomers of another group */
	int64_t start_skew; /* a startsAt newer by more than this is another episode of the alert */
	int64_t flap_window;
	int flap_changes;         /* 0: no flap detection */
	int64_t delivery_timeout; /* of one request */
	int64_t delivery_expire, fallback_after;
	bool nothing_is_sent; /* delivery.mode: observe. So no page is late, and no fallback due */
	bool no_timeline;     /* nobody will read what happened (replay): records are written without */
	int64_t retention;
	const struct ruleset *rules; /* what they say now of who waits; NULL: what they said then (incident/held.h) */
	const struct escalation_roster *roster; /* whom a role reaches; NULL: no step runs (incident/escalation.h) */
	struct strs asked_sources;              /* whose Alertmanagers are asked about silences (incident/silence.h) */
	const struct silence_said *said;        /* what they answered, for this change; NULL: they were not asked */
	struct strs stakeholders;               /* receivers of incident/communication.h */
	const struct incident_terms *terms;     /* by the receiver's name, ascending */
	size_t term_count;
	struct incident_terms unknown_terms; /* of a receiver that is not among them */
	/*
	 * Since when the store stands in for another one that it knows in part only; 0: it does not. Then a resolve of what it
	 * does not know is told to the plan's receivers all the same, and a heartbeat is missed only where none came since.
	 */
	int64_t partial_since;
	/* Since when this daemon and its store listen without a break (store clock). Until late_grace has passed since, no row is
	 * dropped and no body counts as the next one: what was not heard while nobody listened is not absent. */
	int64_t attentive_since;
};
/* start_skew: two Prometheus replicas evaluate the same rule up to one interval apart (commonly 30 s). */
#define INCIDENT_START_SKEW (30 * TIME_SECOND)
/* An echo waits until nothing can be on its way any more: delivery_timeout and this. */
#define INCIDENT_ECHO_SLACK (60 * TIME_SECOND)

/* An incident that has not happened yet: closed, episode 0. */
struct incident *incident_new(struct arena *arena, struct str key);
/* NULL with a line in `err` when the bytes are no record (cut, damaged, of a newer version). They are copied. */
struct incident *incident_read(struct arena *arena, struct str bytes, struct err *err);
/* At most INCIDENT_RECORD_MAX bytes: the sample, then the timeline, then annotations are cut where it would be more. */
struct str incident_write(struct arena *arena, const struct incident *inc);
/* Of two records of one incident: the later one only counts alerts more, and says when they came. Then it tells nobody
 * anything, and losing it hides nothing: a repeat. */
bool incident_only_counted(struct str before, struct str after);

/* ---- derived ---- */

/* Members that count: listed lately, or doubtful. */
uint64_t incident_firing(const struct incident *inc);
/* …of these, those that the last whole body of their group did not list any more. */
uint64_t incident_doubtful(const struct incident *inc);
/* A number for who fires, and how many: another one when a member joins or leaves. Never 0. */
uint64_t incident_roster(const struct incident *inc);
/* Somebody fires, or may fire unseen (a truncated row), or the resolve is held back, or a heartbeat is missed. */
bool incident_is_open(const struct incident *inc);
/* A page is in force: whoever it names is to be told, and to be told the end later. */
bool incident_is_paged(const struct incident *inc);
/* This episode has paged, whether that is in force or not. */
bool incident_has_paged(const struct incident *inc);
/* A page waits for its time. */
bool incident_is_waiting(const struct incident *inc);
/* Nobody has been paged yet, and it is paged then if it still fires; 0: it is not held, or somebody has it for good. */
int64_t incident_held_until(const struct incident *inc);
/* Its last resolve is held back until then; 0: it is not. */
int64_t incident_hold_until(const struct incident *inc, const struct incident_policy *policy);
/* Who has it, of the page in force (or the one that waits, where none is); NULL: nobody. */
const struct incident_person *incident_acknowledgement(const struct incident *inc);
/* Somebody said that he has it before its page was due, which woke nobody then, and he has it still. */
bool incident_is_taken(const struct incident *inc);
/* An exercise: every message says so, and nothing is owed afterwards. */
bool incident_is_drill(const struct incident *inc);
/* The member as it is sampled; views into the record. */
struct member incident_sampled_member(const struct incident *inc, const struct incident_sample *s);
/* The sampled member counts at the moment. */
bool incident_sample_fires(const struct incident *inc, const struct incident_sample *s);
/* The speaker as it is sampled; NULL where nothing is known of it. */
const struct incident_sample *incident_speaker(const struct incident *inc);
/* What the speaker said is of one that has recovered, while others fire: it is not to be shown. */
bool incident_speaker_left(const struct incident *inc);
/* Those of the speaker; none where it has recovered and others fire. */
const struct labels *incident_annotations(const struct incident *inc);
/* firing, acknowledged or resolved */
const char *incident_state(const struct incident *inc);
/* The provider's key of a generation: KEY, KEY-2, KEY-3, … at most 64 bytes. */
#define INCIDENT_PROVIDER_KEY_MAX 64
char *incident_provider_key(const struct incident *inc, uint64_t generation, char out[INCIDENT_PROVIDER_KEY_MAX]);
/* The same for a step's role: KEY-2.5f3a91c0, an incident of its own there, so that it wakes whoever it is for. */
char *incident_target_key(const struct incident *inc, uint64_t generation, struct str target,
                          char out[INCIDENT_PROVIDER_KEY_MAX]);
/*
 * The other way round: the incident's key (a view), the generation, and what stands behind a dot (of which role's page it
 * is; empty: of the incident's own). False where it is no such key, as where a receiver's template makes another one.
 */
struct provider_key {
	struct str key, role;
	uint64_t generation;
};
bool incident_provider_key_read(struct str text, struct provider_key *out);
/* The queue lane of its deliveries: severity rank, 3 and below share one. */
int incident_lane(const struct incident *inc);
bool incident_dead(const struct incident *inc);
/* Open because it was not heard of, and it has not come since. */
bool incident_is_missed(const struct incident *inc);
/* When its next beat will have been missed; 0: none is waited for. */
int64_t incident_beat_due(const struct incident *inc, const struct incident_policy *policy);
/* When the page that waits is due; 0: none does. One that another store may know the end of waits a grace from when that was lost sight of. */
int64_t incident_deferral_ends(const struct incident *inc, const struct incident_policy *policy);
/* When a row is dropped, if nothing more is heard of it: not before this daemon has listened for a late_grace. */
int64_t incident_row_left(const struct incident_row *row, const struct incident_policy *policy);
/* When incident_tick() has something to do; 0: never. */
int64_t incident_clock(const struct incident *inc, const struct incident_policy *policy);
/* Its place in the lists of open and closed incidents. A closed one that never opened (tombstones only) is trimmed within the
 * hour, unless somebody was told: that is kept like any other, for the store that may know more. One whose beat is waited
 * for stands where that is due, so that no retention forgets it before. */
int64_t incident_since(const struct incident *inc, const struct incident_policy *policy);
/* How long a member is remembered after it was written. One that is listed outlives its incident's patience; a resolved one is
 * remembered for a day, a tombstone for an hour, for as long as a listed one where another store may still think that it fires. */
int64_t incident_member_ttl(const struct incident *inc, const struct member *m, const struct incident_policy *policy);
/* What holds for this receiver. */
const struct incident_terms *incident_terms(const struct incident_policy *policy, struct str receiver);
/* How long a silence is taken before what was listed counts as gone: expire_after, more for who repeats itself rarely. */
int64_t incident_patience(const struct incident *inc, const struct incident_policy *policy);

/* For the rooms of incident/. */
void incident_note(struct incident *inc, int64_t now, const char *what, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));
/* Counts a measure of this incident (see counts.h). */
void incident_measure(const struct incident *inc, struct counts *counts, const char *what, struct str detail);
/* …of its runbook (COUNT_RUNBOOK_…); nothing where it has none. */
void incident_use_runbook(const struct incident *inc, struct counts *counts, const char *what);
/* So many members have ended without a word of them: counted apart from alerts, and said in the timeline. */
void incident_absent(struct incident *inc, uint64_t n, int64_t now, struct counts *counts);
/* Ends the episode, and every page with it: remembers it, adds its measures to `counts`. */
void incident_close(struct incident *inc, int64_t now, const char *why, struct counts *counts);
/* Room for one more; NULL where `most` are there. */
#define INCIDENT_ADD(inc, items, count, capacity, most)                                                                \
	((count) < (size_t)(most)                                                                                          \
	     ? ((items) = arena_room((inc)->arena, (items), (count), &(capacity), sizeof *(items)), &(items)[(count)++])   \
	     : NULL)
/* Nobody has it any more: a new generation, a timeout, by hand. */
void incident_unacknowledge(struct incident *inc, int64_t now, const char *why);

#endif
