/* What is known of an incident for its post-mortem, and what the words of a template ask for. */
#include "base/ascii.h"
#include "base/time.h"
#include "incident/message.h"
#include "postmortem_impl.h"

/* ---- what is known ---- */

static struct str clock_text(const struct drafting *d, int64_t at)
{
	char text[ZONE_TIME_MAX];
	return arena_str(d->arena, str_c(zone_format(d->context->zone, at, text)));
}

static struct str lasted_between(const struct drafting *d, int64_t from, int64_t until)
{
	char text[TIME_DURATION_MAX];
	int64_t seconds = until > from ? (until - from) / TIME_SECOND : 0;
	return arena_str(d->arena, str_c(time_duration_format(seconds * TIME_SECOND, text)));
}

static struct str known_time(const struct drafting *d, enum known what)
{
	const struct incident *inc = d->inc;
	bool over = !incident_is_open(inc);
	int64_t answered = inc->deadlines.responded_at;
	switch ((int)what) {
	case KNOWN_FIRING: return clock_text(d, incident_firing_since(inc));
	case KNOWN_START: return clock_text(d, inc->started_at);
	case KNOWN_DATE: return str_slice(clock_text(d, inc->started_at), 0, sizeof "2026-11-21" - 1);
	case KNOWN_ANSWERED: return clock_text(d, over ? answered : 0);
	case KNOWN_OVER: return clock_text(d, over ? inc->resolved_at : 0);
	case KNOWN_TIME_TO_ANSWER: return answered ? lasted_between(d, inc->started_at, answered) : STR("");
	default: return lasted_between(d, inc->started_at, over ? inc->resolved_at : d->context->now);
	}
}

static struct str one_or_other(struct str a, struct str b)
{
	return a.n ? a : b;
}

static struct str words_of_record(const struct incident *inc, enum known what)
{
	const struct incident_person *who = incident_acknowledgement(inc);
	switch ((int)what) {
	case KNOWN_TITLE: return incident_summary(inc);
	case KNOWN_SEVERITY: return inc->severity.name;
	case KNOWN_OWNER: return inc->owner;
	case KNOWN_RUNBOOK: return one_or_other(inc->runbook.title, inc->runbook.path);
	case KNOWN_KEY: return str_c(inc->key);
	case KNOWN_COMMANDER: return who && who->by.n ? who->by : inc->owner;
	case KNOWN_SERVICE:
		return one_or_other(labels_get(&inc->labels, STR("service")), labels_get(&inc->labels, STR("job")));
	case KNOWN_ALERT: return inc->alertname;
	default: return str_c(incident_state(inc));
	}
}

struct str postmortem_known(const struct drafting *d, enum known what)
{
	const struct incident *inc = d->inc;
	switch (what) {
	case KNOWN_FIRING:
	case KNOWN_START:
	case KNOWN_DATE:
	case KNOWN_ANSWERED:
	case KNOWN_OVER:
	case KNOWN_TIME_TO_ANSWER:
	case KNOWN_DURATION: return known_time(d, what);
	case KNOWN_IMPACT: return one_or_other(inc->update.impact, labels_get(incident_annotations(inc), STR("impact")));
	case KNOWN_CAUSE: return inc->update.cause;
	case KNOWN_DONE: return one_or_other(inc->update.done, incident_is_open(inc) ? STR("") : inc->closed_by_hand.note);
	case KNOWN_TITLE:
	case KNOWN_SEVERITY:
	case KNOWN_OWNER:
	case KNOWN_RUNBOOK:
	case KNOWN_KEY:
	case KNOWN_COMMANDER:
	case KNOWN_SERVICE:
	case KNOWN_ALERT:
	case KNOWN_STATUS: return words_of_record(inc, what);
	case KNOWN_COUNT:
	case KNOWN_NOT_MEANT: break;
	}
	return STR("");
}

/* ---- what is asked for ---- */

static bool has_word(struct str text, struct str stem)
{
	bool whole = str_ends(stem, STR("."));
	stem.n -= whole;
	for (size_t i = 0; i < text.n;) {
		size_t end = i;
		while (end < text.n && ascii_is_word_byte(text.p[end]))
			end++;
		bool fits = whole ? end - i == stem.n : end - i >= stem.n;
		if (end > i && fits && str_eq_nocase(str_slice(text, i, i + stem.n), stem))
			return true;
		i = end + (end == i);
	}
	return false;
}

bool postmortem_has_words(struct str text, const char *stems)
{
	for (struct str rest = str_c(stems); rest.n;) {
		ptrdiff_t blank = str_index(rest, ' ');
		size_t end = blank < 0 ? rest.n : (size_t)blank;
		if (!has_word(text, str_slice(rest, 0, end)))
			return false;
		rest = str_slice(rest, end + 1, rest.n);
	}
	return true;
}

static const struct asked {
	const char *stems[14]; /* each: words that all must be there; NULL ends them */
	enum known what;
	bool time; /* only where a time of the clock is asked for */
} asked[] = {
	{{"severity", "sev", "priority", "schweregrad", "gravit", "severidad", NULL}, KNOWN_SEVERITY, false},
	{{"time detect", "mttd.", "ttd.", NULL}, KNOWN_NEVER, false},
	{{"time ack", "time respon", "mtta.", "tta.", NULL}, KNOWN_TIME_TO_ANSWER, false},
	{{"time resol", "time recover", "time restor", "time mitigat", "total time", "mttr.", "ttr.", NULL},
     KNOWN_DURATION,
     false},
	{{"duration", "lasted", "downtime", "length", "dauer", "durée", "duración", "duração", NULL},
     KNOWN_DURATION,
     false},
	{{"title", "titel", "titre", "título", "headline", "incident name", "name incident", "subject", NULL},
     KNOWN_TITLE,
     false},
	{{"postmortem", "mortem", "meeting", "review", "author", "prepared", "written", "publish", "facilitator",
      "participant", "attend", "due.", "deadline", NULL},
     KNOWN_NEVER,
     false},
	{{"id.", "number", "ticket", "jira", "url", "link", "channel", "slack", "dashboard", "recording", "document",
      "version", NULL},
     KNOWN_NEVER,
     false},
	{{"runbook", "playbook", NULL}, KNOWN_RUNBOOK, false},
	{{"ack", "respon", "answered", NULL}, KNOWN_ANSWERED, true},
	{{"end", "resol", "recover", "restor", "closed", "mitigated", "fixed", "over.", "ende", "fin.", NULL},
     KNOWN_OVER,
     true},
	{{"detect", "alert", "page", "triggered", "reported", "opened", NULL}, KNOWN_START, true},
	{{"start", "began", "begin", "onset", "beginn", "début", "inicio", "since", NULL}, KNOWN_FIRING, true},
	{{"date", "day.", "datum", "fecha", "data.", NULL}, KNOWN_DATE, false},
	{{"start", "began", "onset", "since", NULL}, KNOWN_FIRING, false},
	{{"service", "component", "system", NULL}, KNOWN_SERVICE, false},
	{{"impact", "affected", "auswirkung", "impacto", NULL}, KNOWN_IMPACT, false},
	{{"cause", "ursache", "causa", NULL}, KNOWN_CAUSE, false},
	{{"commander", "ic.", "lead.", "charge", "responsible", "responder", "owner", "verantwortlich", NULL},
     KNOWN_COMMANDER,
     false},
	{{"team", NULL}, KNOWN_OWNER, false},
	{{"alert.", "alerts.", "alertname", "monitor.", NULL}, KNOWN_ALERT, false},
	{{"resolution", "resolved", "fix", "mitigation", "remediation", "lösung", NULL}, KNOWN_DONE, false},
	{{"status", "state", NULL}, KNOWN_STATUS, false},
	{{"summary", "description", "brief", "overview", "zusammenfassung", NULL}, KNOWN_TITLE, false},
};

/* "What fixed it", "Why so late?": nothing short answers that. */
static bool is_question(struct str words)
{
	static const char *const opening[] = {"what", "how", "why", "who", "whom", "which", "where", "did", "was", "were"};
	size_t end = 0;
	while (end < words.n && ascii_is_word_byte(words.p[end]))
		end++;
	for (size_t i = 0; i < sizeof opening / sizeof *opening; i++)
		if (str_eq_nocase(str_slice(words, 0, end), str_c(opening[i])))
			return true;
	return str_ends(words, STR("?"));
}

enum known postmortem_meaning(struct str words, bool as_time)
{
	words = str_trim(words);
	if (is_question(words))
		return KNOWN_NEVER;
	if (str_eq_nocase(words, STR("incident")))
		return KNOWN_TITLE;
	for (size_t i = 0; i < sizeof asked / sizeof *asked; i++)
		for (size_t k = 0; (as_time || !asked[i].time) && asked[i].stems[k]; k++)
			if (postmortem_has_words(words, asked[i].stems[k]))
				return asked[i].what;
	return KNOWN_NOT_MEANT;
}
