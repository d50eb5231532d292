/* Fills the placeholders of a message's template: what each means, and what is known of it. */
#include <string.h>

#include "base/ascii.h"
#include "base/time.h"
#include "communication_impl.h"
#include "incident/message.h"

#define MISSING_MAX 200
#define KEY_WORDS_MAX 5 /* before a colon: a longer beginning is a sentence */

struct filling {
	struct arena *arena;
	const struct incident *inc;
	const struct communication_context *context;
	enum communication kind;
	struct buf out;
	struct strs *missing;
	size_t missing_capacity;
};

/* ---- words ---- */

static struct str next_template_word(struct str *rest)
{
	size_t from = 0, end;
	while (from < rest->n && !ascii_is_word_byte(rest->p[from]))
		from++;
	for (end = from; end < rest->n && ascii_is_word_byte(rest->p[end]);)
		end++;
	struct str word = str_slice(*rest, from, end);
	*rest = str_slice(*rest, end, rest->n);
	return word;
}

static bool begins_with_stem(struct str word, const char *stem)
{
	size_t n = strlen(stem);
	return word.n >= n && str_eq_nocase(str_slice(word, 0, n), (struct str){stem, n});
}

bool communication_has(struct str text, const char *const *stems)
{
	for (struct str word; (word = next_template_word(&text)).n;)
		for (size_t i = 0; stems[i]; i++)
			if (begins_with_stem(word, stems[i]))
				return true;
	return false;
}

static bool same_words(struct str a, struct str b)
{
	struct str x, y;
	do {
		x = next_template_word(&a);
		y = next_template_word(&b);
		if (!str_eq_nocase(x, y))
			return false;
	} while (x.n);
	return true;
}

/* ---- what is known ---- */

static struct str known_title(const struct filling *f)
{
	return incident_summary(f->inc);
}

static struct str known_severity(const struct filling *f)
{
	return f->inc->severity.name;
}

static struct str known_impact(const struct filling *f)
{
	struct str stated = labels_get(incident_annotations(f->inc), STR("impact"));
	return f->inc->update.impact.n ? f->inc->update.impact : stated;
}

static struct str known_eta(const struct filling *f)
{
	return f->kind == COMMUNICATION_RESOLUTION && !f->inc->update.eta.n ? STR("over") : f->inc->update.eta;
}

static struct str known_done(const struct filling *f)
{
	return f->inc->update.done;
}

static struct str known_next(const struct filling *f)
{
	return f->inc->update.next;
}

static struct str known_cause(const struct filling *f)
{
	return f->inc->update.cause;
}

/* Whoever has it, else whoever it belongs to. */
static struct str known_commander(const struct filling *f)
{
	const struct incident_person *who = incident_acknowledgement(f->inc);
	return who && who->by.n ? who->by : f->inc->owner;
}

static struct str status_or_default(const struct filling *f)
{
	if (f->kind == COMMUNICATION_RESOLUTION)
		return STR("resolved");
	return f->inc->update.status.n ? f->inc->update.status : STR("investigating");
}

static struct str known_start(const struct filling *f)
{
	char text[ZONE_TIME_MAX];
	return arena_str(f->arena, str_c(zone_format(f->context->zone, f->inc->started_at, text)));
}

/* In minutes and hours: nobody asks for the seconds of an outage, but of one that was shorter than a minute. */
static struct str known_duration(const struct filling *f)
{
	char text[TIME_DURATION_MAX];
	int64_t until = incident_is_open(f->inc) ? f->context->now : f->inc->resolved_at;
	int64_t ms = until > f->inc->started_at ? until - f->inc->started_at : 0;
	int64_t unit = ms >= TIME_MINUTE ? TIME_MINUTE : TIME_SECOND;
	return arena_str(f->arena, str_c(time_duration_format(ms / unit * unit, text)));
}

static struct str known_postmortem(const struct filling *f)
{
	if (!f->context->external_url.n)
		return (struct str){NULL, 0};
	return str_c(arena_printf(f->arena, "%.*s/api/v1/incidents/%s/postmortem?format=markdown",
	                          STR_ARG(f->context->external_url), f->inc->key));
}

/* "every 30 minutes": the number, where the severity says one. */
static struct str known_every(const struct filling *f)
{
	struct str every = f->context->every;
	for (size_t i = 0; i < every.n; i++) {
		size_t end = i;
		while (end < every.n && every.p[end] >= '0' && every.p[end] <= '9')
			end++;
		struct str unit = str_trim(str_slice(every, end, every.n));
		if (end > i && begins_with_stem(unit, "min"))
			return str_slice(every, i, end);
		i = end > i ? end : i;
	}
	return (struct str){NULL, 0};
}

/* ---- what is meant ---- */

struct meaning {
	const char *stems[8]; /* one of them in the placeholder, or before the colon of its line; NULL ends them */
	struct str (*known)(const struct filling *f);
};

/* The first that fits: "estimated resolution time" is no resolution, "brief root cause" no brief description. */
static const struct meaning meanings[] = {
	{{"severity", "sev", "priority", NULL}, known_severity},
	{{"eta", "estimate", "estimated", "expected", NULL}, known_eta},
	{{"impact", "affected", NULL}, known_impact},
	{{"cause", NULL}, known_cause},
	{{"commander", "owner", "charge", "lead", "responsible", NULL}, known_commander},
	{{"postmortem", "mortem", NULL}, known_postmortem},
	{{"duration", "lasted", NULL}, known_duration},
	{{"next", "remaining", NULL}, known_next},
	{{"taken", "done", "completed", "resolved", "resolution", "fix", "mitigation", NULL}, known_done},
	{{"title", "description", "summary", "subject", "incident", "brief", NULL}, known_title},
	{{"status", "state", NULL}, status_or_default},
	{{"start", "began", "timestamp", "detected", "utc", "since", NULL}, known_start},
	{{"actions", "progress", NULL}, known_done},
};

static const struct meaning *meaning_of(struct str words)
{
	for (size_t i = 0; i < sizeof meanings / sizeof *meanings; i++)
		if (communication_has(words, meanings[i].stems))
			return &meanings[i];
	return NULL;
}

/* "ETA" of "ETA: [time]". */
static struct str key_before(struct str body, size_t at)
{
	size_t from = at, words = 0;
	while (from && body.p[from - 1] != '\n')
		from--;
	struct str before = str_trim(str_slice(body, from, at));
	if (!before.n || before.p[before.n - 1] != ':')
		return (struct str){NULL, 0};
	for (struct str rest = before; next_template_word(&rest).n;)
		words++;
	return words <= KEY_WORDS_MAX ? before : (struct str){NULL, 0};
}

/* "Next update: [15 minutes]" */
static bool is_next_update(struct str key)
{
	static const char *const next[] = {"next", NULL}, *const update[] = {"update", NULL};
	return communication_has(key, next) && communication_has(key, update);
}

/* "Updates every [X] minutes" */
static bool is_number_of_minutes(struct str body, size_t at, size_t end)
{
	struct str before = str_trim(str_slice(body, 0, at)), after = str_trim(str_slice(body, end, body.n));
	return before.n >= 5 && str_eq_nocase(str_slice(before, before.n - 5, before.n), STR("every")) &&
	       begins_with_stem(after, "min");
}

static struct str next_update(const struct filling *f)
{
	struct str every = known_every(f);
	if (f->kind == COMMUNICATION_RESOLUTION)
		return STR("none");
	return every.n ? str_c(arena_printf(f->arena, "in %.*s minutes", STR_ARG(every))) : every;
}

const struct str *communication_said(const struct incident *inc, struct str name)
{
	const struct labels *set = &inc->update.set;
	for (size_t i = 0; i < set->n; i++)
		if (same_words(set->v[i].name, name))
			return &set->v[i].value;
	return NULL;
}

/* ---- filling ---- */

static void note_missing_name(struct filling *f, struct str name)
{
	for (size_t i = 0; i < f->missing->n; i++)
		if (str_eq(f->missing->v[i], name))
			return;
	if (f->missing->n >= MISSING_MAX)
		return;
	f->missing->v = arena_room(f->arena, f->missing->v, f->missing->n, &f->missing_capacity, sizeof *f->missing->v);
	f->missing->v[f->missing->n++] = arena_str(f->arena, name);
}

/* One of [INVESTIGATING|IDENTIFIED|…], as it is written there; where none is it, ours. */
static void put_choice(struct filling *f, struct str inside)
{
	struct str status = status_or_default(f);
	for (size_t i = 0; i < inside.n;) {
		size_t end = i;
		while (end < inside.n && inside.p[end] != '|')
			end++;
		struct str one = str_trim(str_slice(inside, i, end));
		if (str_eq_nocase(one, status)) {
			buf_add(&f->out, one);
			return;
		}
		i = end + 1;
	}
	buf_add(&f->out, status);
}

static void put_placeholder(struct filling *f, struct str body, size_t at, size_t length, struct str inside)
{
	struct str key = key_before(body, at), name = str_trim(inside), value = {NULL, 0};
	const struct str *by_hand = communication_said(f->inc, name);
	const struct meaning *meaning = meaning_of(name);
	bool number = is_number_of_minutes(body, at, at + length), next = is_next_update(key);
	meaning = meaning ? meaning : meaning_of(key);
	if (by_hand)
		value = *by_hand;
	else if (number || next)
		value = number ? known_every(f) : next_update(f);
	else if (meaning)
		value = meaning->known(f);
	if (!value.n)
		note_missing_name(f, name);
	if (value.n || (!meaning && !number && !next))
		buf_add(&f->out, value.n ? value : str_slice(body, at, at + length));
	else
		buf_add_c(&f->out, COMMUNICATION_TO_FOLLOW);
}

/*
 * "every [X] minutes" where nobody says how many: its bytes; the line promises news, and no time. 0: something else stands there.
 */
static size_t promise_of_nobody(struct filling *f, struct str body, size_t at)
{
	static const char every[] = "every ";
	size_t open = at + sizeof every - 1;
	struct str inside, word = str_slice(body, at, open);
	if (!str_eq_nocase(word, STR("every ")) || (at && ascii_is_word_byte(body.p[at - 1])))
		return 0;
	size_t length = fact_placeholder_at(str_slice(body, open, body.n), &inside);
	struct str name = length ? str_trim(inside) : STR("");
	if (!length || !is_number_of_minutes(body, open, open + length) || known_every(f).n ||
	    communication_said(f->inc, name))
		return 0;
	note_missing_name(f, name);
	struct str rest = str_slice(body, open + length, body.n), unit = rest;
	unit = next_template_word(&rest);
	return (size_t)(unit.p + unit.n - body.p) - at;
}

struct str communication_fill(struct arena *arena, const struct incident *inc, enum communication kind, struct str body,
                              const struct communication_context *context, struct strs *missing)
{
	struct filling f = {.arena = arena, .inc = inc, .context = context, .kind = kind, .missing = missing};
	buf_init(&f.out, COMMUNICATION_TEXT_MAX);
	for (size_t i = 0; i < body.n;) {
		struct str inside;
		size_t unsaid = promise_of_nobody(&f, body, i);
		size_t length = unsaid ? 0 : fact_placeholder_at(str_slice(body, i, body.n), &inside);
		if (unsaid)
			buf_add_c(&f.out, COMMUNICATION_NO_TIME);
		else if (!length)
			buf_add_char(&f.out, body.p[i]);
		else if (str_index(inside, '|') >= 0)
			put_choice(&f, inside);
		else
			put_placeholder(&f, body, i, length, inside);
		length = unsaid ? unsaid : length;
		i += length ? length : 1;
	}
	struct str text = arena_str(arena, buf_str(&f.out));
	buf_release(&f.out);
	return text;
}
