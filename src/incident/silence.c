/* Silences: what Alertmanager's answer means for an incident. The header says when it is asked. */
#include "incident/silence.h"

#include <string.h>

#include "base/map.h"
#include "base/time.h"
#include "incident/escalation.h"

#define CHECK_FIRST_MS TIME_MINUTE    /* or late_grace: by then it is seen whether they know it at all */
#define CHECK_GRACES 3                /* so many late_graces after it was last heard of, an incident is asked about */
#define CHECK_MOST_MS (4 * TIME_HOUR) /* and never later than so long after the last question */

static const char *const names[] = {[SILENCE_CANNOT_TELL] = "cannot_tell",
                                    [SILENCE_FIRES] = "fires",
                                    [SILENCE_SILENCED] = "silenced",
                                    [SILENCE_GONE] = "gone"};

const char *silence_answer_name(enum silence_answer answer)
{
	return names[answer];
}

/* ---- when to ask ---- */

bool silence_may_ask(const struct incident *inc, const struct incident_policy *policy)
{
	for (size_t i = 0; i < policy->asked_sources.n && inc->row_count; i++)
		if (str_eq(policy->asked_sources.v[i], inc->source))
			return true;
	return false;
}

bool silence_is_unasked(const struct incident *inc, const struct incident_policy *policy)
{
	return !policy->said && silence_may_ask(inc, policy);
}

static int64_t heard_at(const struct incident *inc)
{
	int64_t at = 0;
	for (size_t i = 0; i < inc->row_count; i++)
		at = inc->rows[i].heard_at > at ? inc->rows[i].heard_at : at;
	return at;
}

/* The longer nothing was heard, the more rarely: 15m, 30m, 1h, 2h, 4h. Once it is gone: soon, to be sure. */
int64_t silence_check_due(const struct incident *inc, const struct incident_policy *policy)
{
	int64_t heard = heard_at(inc), first = CHECK_GRACES * policy->late_grace;
	if (!silence_may_ask(inc, policy))
		return 0;
	if (inc->silence.gone_at)
		return inc->silence.gone_at + policy->late_grace;
	if (inc->silence.since) /* what waits for its end is said to come again soon after it */
		return (inc->silence.asked_at > inc->silence.since ? inc->silence.asked_at : inc->silence.since) + first;
	if (!inc->silence.asked_at)
		return inc->started_at + (policy->late_grace < CHECK_FIRST_MS ? policy->late_grace : CHECK_FIRST_MS);
	if (inc->silence.asked_at <= heard)
		return heard + first;
	int64_t wait = inc->silence.asked_at - heard;
	wait = wait < first ? first : wait;
	return inc->silence.asked_at + (wait < CHECK_MOST_MS || first > CHECK_MOST_MS ? wait : CHECK_MOST_MS);
}

static bool row_is_due(const struct incident *inc, const struct incident_policy *policy, int64_t now)
{
	for (size_t i = 0; i < inc->row_count; i++)
		if (incident_row_left(&inc->rows[i], policy) <= now)
			return true;
	return false;
}

bool silence_is_asked(const struct incident *inc, const struct incident_policy *policy, int64_t now)
{
	int64_t step, page = incident_deferral_ends(inc, policy), check = silence_check_due(inc, policy);
	if (!silence_may_ask(inc, policy))
		return false;
	if ((page && page <= now) || (check && check <= now) || row_is_due(inc, policy, now))
		return true;
	return policy->roster && escalation_next(inc, &step) && step <= now;
}

/* ---- what they say ---- */

struct judging {
	struct map *known; /* fingerprint of labels -> the first listing_alert that says most of it */
	size_t foreign;    /* listed, and none of ours that we know */
	size_t firing, silenced, missing;
	struct str by;
};

static void take_listed(struct map *known, const struct alert_list *listing)
{
	for (size_t i = 0; i < listing->n; i++) {
		struct alert_listed *alert = &listing->v[i];
		struct alert_listed *before = map_get(known, str_c(alert->fingerprint));
		if (!before || (before->suppressed && !alert->suppressed))
			map_set(known, str_c(alert->fingerprint), alert);
	}
}

static void judge_member(struct judging *j, const struct incident_sample *s)
{
	char fingerprint[ALERT_FINGERPRINT_MAX];
	const struct alert_listed *listed = map_get(j->known, str_c(labels_fingerprint(&s->labels, fingerprint)));
	j->firing += listed && !listed->suppressed;
	j->silenced += listed && listed->suppressed;
	j->missing += !listed;
	if (listed && listed->suppressed && !j->by.n)
		j->by = listed->by;
}

/* Of more members than are sampled, whoever is listed beside them counts as one. */
static bool others_fire(const struct judging *j, const struct incident *inc)
{
	size_t i = 0, active = 0;
	struct str key;
	void *alert;
	while (map_next(j->known, &i, &key, &alert))
		active += !((const struct alert_listed *)alert)->suppressed;
	return incident_firing(inc) > j->firing + j->silenced + j->missing && active > j->firing;
}

static enum silence_answer answer_of(const struct judging *j, const struct incident *inc, bool exact)
{
	bool others = incident_firing(inc) > j->firing + j->silenced + j->missing;
	if (j->firing || others_fire(j, inc))
		return SILENCE_FIRES;
	if (j->silenced)
		return SILENCE_SILENCED;
	return exact && j->missing && !others && !map_count(j->known) ? SILENCE_GONE : SILENCE_CANNOT_TELL;
}

struct silence_said silence_judge(const struct incident *inc, const struct alert_list *listings, size_t count,
                                  bool exact)
{
	struct judging j = {.known = map_new()};
	for (size_t i = 0; i < count; i++)
		take_listed(j.known, &listings[i]);
	for (size_t i = 0; i < inc->sample_count && count; i++)
		if (incident_sample_fires(inc, &inc->sample[i]))
			judge_member(&j, &inc->sample[i]);
	struct silence_said said = {answer_of(&j, inc, exact), j.by, incident_roster(inc)};
	map_free(j.known);
	return said;
}

/* ---- what a silence says ---- */

static bool has_all(const struct labels *of, const struct labels *wanted)
{
	for (size_t i = 0; i < wanted->n; i++)
		if (!labels_has(of, wanted->v[i].name) || !str_eq(labels_get(of, wanted->v[i].name), wanted->v[i].value))
			return false;
	return true;
}

static bool is_sampled(const struct incident *inc, const struct alert_listed *alert)
{
	char fingerprint[ALERT_FINGERPRINT_MAX];
	for (size_t i = 0; i < inc->sample_count; i++)
		if (incident_sample_fires(inc, &inc->sample[i]) &&
		    !strcmp(labels_fingerprint(&inc->sample[i].labels, fingerprint), alert->fingerprint))
			return true;
	return false;
}

static bool is_of_incident(const struct incident *inc, const struct alert_listed *alert)
{
	return has_all(&alert->here, &inc->labels) && str_eq(labels_get(&alert->here, STR("alertname")), inc->alertname);
}

/* Its alerts as they are there, of all lists; how many of them are known here to fire. */
static size_t take_originals(const struct incident *inc, const struct alert_list *lists, size_t count,
                             const struct labels **sent, size_t *n)
{
	size_t known = 0;
	*n = 0;
	for (size_t l = 0; l < count; l++)
		for (size_t i = 0; i < lists[l].n; i++) {
			const struct alert_listed *alert = &lists[l].v[i];
			if (!is_of_incident(inc, alert))
				continue;
			sent[(*n)++] = &alert->sent;
			known += is_sampled(inc, alert);
		}
	return known;
}

static bool others_have_them(const struct incident *inc, const struct alert_list *lists, size_t count,
                             const struct labels *matchers)
{
	for (size_t l = 0; l < count; l++)
		for (size_t i = 0; i < lists[l].n; i++)
			if (!is_of_incident(inc, &lists[l].v[i]) && has_all(&lists[l].v[i].sent, matchers))
				return true;
	return false;
}

const char *silence_original(const struct incident *inc, const struct alert_list *lists, size_t count,
                             struct arena *arena, struct labels *out)
{
	size_t most = 0, n;
	for (size_t l = 0; l < count; l++)
		most += lists[l].n;
	const struct labels **sent = arena_alloc(arena, (most + 1) * sizeof *sent);
	if (!take_originals(inc, lists, count, sent, &n))
		return "its source rewrites labels (relabel_configs), and Alertmanager does not list its alerts now, so nobody "
			   "knows what they are called there: silence it in Alertmanager";
	*out = labels_common(arena, sent, n);
	if (!out->n || others_have_them(inc, lists, count, out))
		return "its source rewrites labels (relabel_configs): what its alerts share in Alertmanager others have too, "
			   "so a silence would hide those: silence it in Alertmanager";
	return NULL;
}

/* ---- what follows ---- */

static int64_t again(const struct incident_policy *policy)
{
	return policy->late_grace < SILENCE_AGAIN_MS ? policy->late_grace : SILENCE_AGAIN_MS;
}

/* Of alerts that they never knew (somebody else's, a wrong address) they cannot say that they have ended. */
static bool gone(struct incident *inc, const struct incident_policy *policy, int64_t now)
{
	if (!inc->silence.known_at) {
		silence_lift(inc, now);
		return false;
	}
	if (inc->silence.gone_at && now - inc->silence.gone_at >= policy->late_grace)
		return true;
	inc->silence.gone_at = inc->silence.gone_at ? inc->silence.gone_at : now;
	inc->silence.until = now + again(policy);
	return false;
}

static void hold_silenced(struct incident *inc, const struct incident_policy *policy, struct str by, int64_t now)
{
	inc->silence.since = inc->silence.since ? inc->silence.since : now;
	inc->silence.by = arena_str(inc->arena, by);
	inc->silence.until = now + again(policy);
	inc->silence.gone_at = 0;
}

static void silenced(struct incident *inc, const struct incident_policy *policy, int64_t now)
{
	const struct str by = policy->said->by;
	if (!inc->silence.since)
		incident_note(inc, now, "silenced", "in Alertmanager%s%.*s%s", by.n ? " (" : "", STR_ARG(by), by.n ? ")" : "");
	hold_silenced(inc, policy, by, now);
}

/* Nobody would say that it has ended, where nobody can be asked. */
void silence_made(struct incident *inc, const struct incident_policy *policy, struct str by, int64_t now)
{
	if (silence_may_ask(inc, policy))
		hold_silenced(inc, policy, str_slice(by, 0, by.n < LISTING_BY_MAX ? by.n : LISTING_BY_MAX), now);
}

void silence_lift(struct incident *inc, int64_t now)
{
	if (inc->silence.since)
		incident_note(inc, now, "silence_ended", "what waited for it goes on");
	inc->silence.since = inc->silence.until = inc->silence.gone_at = 0;
	inc->silence.by = STR("");
}

bool silence_holds(const struct incident *inc, int64_t now)
{
	return inc->silence.until > now;
}

/* A row that was to be left is one of whom Alertmanager still knows: it waits as long again. */
static void keep_rows(struct incident *inc, const struct incident_policy *policy, int64_t now)
{
	for (size_t i = 0; i < inc->row_count; i++) {
		struct incident_row *row = &inc->rows[i];
		int64_t left = incident_row_left(row, policy);
		bool silent = !row->left_at || row->left_at - row->heard_at >= policy->expire_after;
		if (left <= now)
			row->left_at = now + (silent ? incident_patience(inc, policy) : policy->late_grace);
	}
}

bool silence_hear(struct incident *inc, const struct incident_policy *policy, int64_t now)
{
	const struct silence_said *said = policy->said;
	if (!said || !inc->row_count || said->roster != incident_roster(inc))
		return false;
	inc->silence.asked_at = now;
	if (said->answer == SILENCE_FIRES || said->answer == SILENCE_SILENCED)
		inc->silence.known_at = now;
	switch (said->answer) {
	case SILENCE_CANNOT_TELL: silence_lift(inc, now); break;
	case SILENCE_FIRES:
		silence_lift(inc, now);
		keep_rows(inc, policy, now);
		break;
	case SILENCE_SILENCED:
		silenced(inc, policy, now);
		keep_rows(inc, policy, now);
		break;
	case SILENCE_GONE: return gone(inc, policy, now);
	}
	return false;
}
