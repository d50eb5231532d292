/* Writes an event for PagerDuty, piece by piece and without a tree. */
#include "pagerduty_event.h"

#include <inttypes.h>
#include <string.h>

#include "base/json_writer.h"
#include "base/time.h"
#include "incident/escalation.h"
#include "page.h"

/* PagerDuty wants one whatever is known. */
static struct str event_source(const struct incident *inc)
{
	struct str place = message_place(inc);
	if (place.n)
		return place;
	if (inc->source.n)
		return inc->source;
	return inc->alertname.n ? inc->alertname : STR("runbookd");
}

static struct str component(const struct incident *inc)
{
	struct str job = labels_get(&inc->labels, STR("job"));
	return job.n ? job : labels_get(&inc->labels, STR("service"));
}

#define WORDS_MAX 16384 /* bytes of the user's own text */

/* What a value of the labels and annotations may have; where the event is too large, less. */
#define WHOLE SIZE_MAX

static void put_event_text(struct buf *out, struct str name, struct str value)
{
	json_put_known_name(out, name);
	json_put_known(out, value);
}

static bool is_clean_ascii(struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];
		if (c < 0x20 || c >= 0x7f)
			return false;
	}
	return true;
}

/* What people are shown, in one line. Most values are plain: these are not copied. */
static void put_shown(struct buf *out, struct str name, struct str value)
{
	AUTOBUF struct buf clean;
	buf_init(&clean, SIZE_MAX);
	if (!value.n)
		return;
	if (!is_clean_ascii(value))
		text_add_clean(&clean, value, false);
	put_event_text(out, name, clean.n ? buf_str(&clean) : value);
}

/* PagerDuty has no use for null: what is absent is left out. */
static void put_text_if_any(struct buf *out, struct str name, struct str value)
{
	if (value.n)
		put_event_text(out, name, value);
}

static void put_event_time(struct buf *out, struct str name, int64_t ms)
{
	json_put_known_name(out, name);
	json_put_time(out, ms);
}

static void put_event_duration(struct buf *out, struct str name, int64_t ms)
{
	char text[TIME_DURATION_MAX];
	put_event_text(out, name, ms ? str_c(time_duration_format(ms, text)) : STR(""));
}

static void put_event_number(struct buf *out, struct str name, uint64_t n)
{
	json_put_known_name(out, name);
	json_put_integer(out, (int64_t)n);
}

static void open_object(struct buf *out, struct str name)
{
	json_put_known_name(out, name);
	json_put_open(out, '{');
}

static void put_null(struct buf *out, struct str name)
{
	put_event_text(out, name, STR(""));
}

static void put_person(struct buf *out, struct str name, const struct incident_person *person)
{
	if (!person->at) {
		put_null(out, name);
		return;
	}
	open_object(out, name);
	put_event_text(out, JSON_NAME("by"), person->by);
	put_event_time(out, JSON_NAME("at"), person->at);
	put_event_text(out, JSON_NAME("note"), person->note);
	json_put_close(out, '}');
}

static void put_last_time(struct buf *out, const struct incident *inc)
{
	if (!inc->previous_count) {
		put_null(out, JSON_NAME("last_time"));
		return;
	}
	const struct incident_episode *e = &inc->previous[0];
	open_object(out, JSON_NAME("last_time"));
	put_event_time(out, JSON_NAME("started_at"), e->started_at);
	put_event_time(out, JSON_NAME("resolved_at"), e->resolved_at);
	put_event_duration(out, JSON_NAME("lasted"), e->resolved_at > e->started_at ? e->resolved_at - e->started_at : 0);
	put_person(out, JSON_NAME("acknowledged"), &e->acknowledged);
	json_put_close(out, '}');
}

static void put_event_names(struct buf *out, struct str name, struct str names)
{
	json_put_known_name(out, name);
	json_put_open(out, '[');
	for (struct str one; escalation_take_name(&names, &one);)
		json_put_known(out, one);
	json_put_close(out, ']');
}

/* A step at once is "0s", not absent. */
static void put_after(struct buf *out, int64_t ms)
{
	char after[TIME_DURATION_MAX];
	put_event_text(out, JSON_NAME("after"), ms < 0 ? STR("") : str_c(time_duration_format(ms, after)));
}

static void put_step(struct buf *out, const struct incident *inc, const struct incident_step *step)
{
	int64_t at;
	enum step_outlook outlook = escalation_outlook(inc, step, &at);
	if (outlook == STEP_OVER)
		return;
	json_put_open(out, '{');
	put_after(out, step->after_ms);
	put_event_text(out, JSON_NAME("when"), escalation_when(step));
	put_event_names(out, JSON_NAME("notify"), step->notify);
	put_event_time(out, JSON_NAME("at"), step->ran_at);
	put_event_text(out, JSON_NAME("told"), step->told);
	put_event_text(out, JSON_NAME("state"), str_c(step_outlook_name(outlook)));
	put_event_time(out, JSON_NAME("due"), outlook == STEP_COMES ? at : 0);
	json_put_close(out, '}');
}

/* Null where no step will come. */
static void put_next_step(struct buf *out, const struct incident *inc)
{
	int64_t at;
	const struct incident_step *next = escalation_announced(inc, &at);
	if (!next) {
		put_null(out, JSON_NAME("next"));
		return;
	}
	open_object(out, JSON_NAME("next"));
	put_event_time(out, JSON_NAME("at"), at);
	put_after(out, next->after_ms);
	put_event_text(out, JSON_NAME("when"), escalation_when(next));
	put_event_names(out, JSON_NAME("notify"), next->notify);
	json_put_close(out, '}');
}

/* As the incident's JSON has it: who is, or was, told before anybody else, the steps, and who is next. */
static void put_escalation(struct buf *out, const struct incident *inc)
{
	open_object(out, JSON_NAME("escalation"));
	put_event_text(out, JSON_NAME("name"), inc->escalation.name);
	open_object(out, JSON_NAME("first"));
	put_after(out, inc->escalation.after_ms);
	put_event_names(out, JSON_NAME("notify"), inc->escalation.notify);
	json_put_close(out, '}');
	json_put_known_name(out, JSON_NAME("steps"));
	json_put_open(out, '[');
	for (size_t i = 0; i < inc->step_count; i++)
		put_step(out, inc, &inc->steps[i]);
	json_put_close(out, ']');
	put_next_step(out, inc);
	json_put_close(out, '}');
}

/* ["node-1:9100", …, "and 30 more"] */
static void put_member_names(struct buf *out, struct str name, const struct message_members *members)
{
	char more[sizeof "and 18446744073709551615 more"];
	json_put_known_name(out, name);
	json_put_open(out, '[');
	for (size_t i = 0; i < members->shown; i++)
		json_put_known(out, members->v[i].name);
	if (members->shown && members->total > members->shown) {
		snprintf(more, sizeof more, "and %" PRIu64 " more", members->total - members->shown);
		json_put_text(out, str_c(more));
	}
	json_put_close(out, ']');
}

static void put_counts(struct buf *out, const struct incident *inc)
{
	open_object(out, JSON_NAME("members"));
	put_event_number(out, JSON_NAME("firing"), incident_firing(inc));
	put_event_number(out, JSON_NAME("total"), inc->count.total);
	json_put_close(out, '}');
	put_event_number(out, JSON_NAME("received"), inc->count.received);
	put_event_number(out, JSON_NAME("pages"), inc->count.pages);
	put_event_number(out, JSON_NAME("reminders"), inc->count.reminders);
	put_event_number(out, JSON_NAME("deduplicated"), inc->count.deduplicated);
	put_event_number(out, JSON_NAME("suppressed"), inc->count.suppressed);
	put_event_number(out, JSON_NAME("flaps"), inc->count.flaps);
}

/* Cut between characters, with a mark. */
static void put_cut(struct buf *out, struct str value, size_t most)
{
	AUTOBUF struct buf b;
	size_t n = 0, step;
	while (n < value.n && (step = str_utf8_len(str_slice(value, n, value.n))) && n + step <= most)
		n += step;
	buf_init(&b, SIZE_MAX);
	buf_add(&b, str_slice(value, 0, n));
	buf_add_c(&b, "…");
	json_put_text(out, buf_str(&b));
}

static void put_event_labels(struct buf *out, struct str name, const struct labels *labels, size_t most)
{
	open_object(out, name);
	for (size_t i = 0; most && i < labels->n; i++) {
		json_put_name(out, labels->v[i].name);
		if (labels->v[i].value.n > most)
			put_cut(out, labels->v[i].value, most);
		else
			json_put_text(out, labels->v[i].value);
	}
	json_put_close(out, '}');
}

/* All that is said; only a trigger has more than the key: the other two are about what PagerDuty already knows. */
struct event {
	const struct message *m;
	struct str routing_key, action, dedup_key;
	bool trigger;
	struct str title, text, severity, client, client_url;
};

/* What the labels and the other details below say is not said twice. */
static bool is_detail_of_its_own(const char *fact)
{
	static const char *const names[] = {"Labels", "Source", "Page budget"};
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (!strcmp(fact, names[i]))
			return true;
	return false;
}

/* The rows of a page as people read them: local times, who is on call, where the rule stands. */
static void put_event_facts(struct buf *out, const struct message *m)
{
	open_object(out, JSON_NAME("page"));
	for (size_t i = 0; i < m->fact_count; i++) {
		if (is_detail_of_its_own(m->facts[i].name))
			continue;
		json_put_name(out, str_c(m->facts[i].name));
		json_put_text(out, m->facts[i].value);
	}
	json_put_close(out, '}');
}

/* Words of the user's own, or of who speaks to the stakeholders, stand in place of the page. */
static void put_words(struct buf *out, const struct event *e)
{
	const struct message *m = e->m;
	put_text_if_any(out, m->event == EVENT_TRIGGER ? JSON_NAME("escalated") : JSON_NAME("update"), m->headline);
	if (e->text.n)
		put_event_text(out, JSON_NAME("text"), e->text);
	else if (m->fact_count)
		put_event_facts(out, m);
}

static void put_details(struct buf *out, const struct event *e, size_t most)
{
	const struct message *m = e->m;
	const struct incident *inc = m->incident;
	open_object(out, JSON_NAME("custom_details"));
	put_words(out, e);
	put_event_text(out, JSON_NAME("runbook"), inc->runbook.url.n ? inc->runbook.url : inc->runbook.path);
	put_text_if_any(out, JSON_NAME("estimated_time"), inc->runbook.estimated_time);
	put_text_if_any(out, JSON_NAME("approval"), inc->runbook.approval);
	if (inc->escalation.name.n)
		put_escalation(out, inc);
	put_event_duration(out, JSON_NAME("response"), inc->severity.response_ms);
	put_event_duration(out, JSON_NAME("resolution"), inc->severity.resolution_ms);
	put_event_text(out, JSON_NAME("owner"), inc->owner);
	put_event_text(out, JSON_NAME("severity"), inc->severity.name);
	put_event_time(out, JSON_NAME("response_due"), incident_response_due(inc));
	put_event_time(out, JSON_NAME("resolution_due"), incident_resolution_due(inc));
	put_event_text(out, JSON_NAME("rule"), inc->rule);
	put_event_text(out, JSON_NAME("source"), inc->source);
	put_event_text(out, JSON_NAME("key"), str_c(inc->key));
	put_counts(out, inc);
	put_member_names(out, JSON_NAME("firing"), &m->firing);
	put_member_names(out, JSON_NAME("recovered"), &m->recovered);
	put_event_time(out, JSON_NAME("firing_since"), m->since);
	put_event_labels(out, JSON_NAME("labels"), &inc->labels, most);
	put_event_labels(out, JSON_NAME("annotations"), &inc->annotations, most);
	put_last_time(out, inc);
	put_text_if_any(out, JSON_NAME("page_budget"), message_fact(m, "Page budget"));
	json_put_close(out, '}');
}

static void put_links(struct buf *out, const struct message *m)
{
	json_put_known_name(out, JSON_NAME("links"));
	json_put_open(out, '[');
	for (size_t i = 0; i < m->link_count; i++) {
		const struct message_link *l = &m->links[i];
		AUTOBUF struct buf text;
		buf_init(&text, SIZE_MAX);
		buf_add_c(&text, l->name);
		if (l->title.n)
			buf_add_c(&text, ": ");
		buf_add(&text, l->title);
		json_put_open(out, '{');
		put_event_text(out, JSON_NAME("href"), l->url);
		put_shown(out, JSON_NAME("text"), buf_str(&text));
		json_put_close(out, '}');
	}
	json_put_close(out, ']');
}

static void put_payload(struct buf *out, const struct event *e, size_t most)
{
	const struct incident *inc = e->m->incident;
	open_object(out, JSON_NAME("payload"));
	put_text_if_any(out, JSON_NAME("summary"), e->title);
	put_shown(out, JSON_NAME("source"), event_source(inc));
	put_text_if_any(out, JSON_NAME("severity"), e->severity);
	if (e->m->since)
		put_event_time(out, JSON_NAME("timestamp"), e->m->since);
	put_shown(out, JSON_NAME("component"), component(inc));
	put_shown(out, JSON_NAME("group"), inc->owner);
	put_shown(out, JSON_NAME("class"), inc->alertname);
	put_details(out, e, most);
	json_put_close(out, '}');
}

static void put_event(struct buf *out, const struct event *e, size_t most)
{
	json_put_open(out, '{');
	put_text_if_any(out, JSON_NAME("routing_key"), e->routing_key);
	put_event_text(out, JSON_NAME("event_action"), e->action);
	put_text_if_any(out, JSON_NAME("dedup_key"), e->dedup_key);
	if (e->trigger) {
		put_payload(out, e, most);
		put_links(out, e->m);
		put_text_if_any(out, JSON_NAME("client"), e->client);
		put_text_if_any(out, JSON_NAME("client_url"), e->client_url);
	}
	json_put_close(out, '}');
}

static bool is_http(struct str url)
{
	return url.n && receiver_url_valid(url);
}

/* The receiver's own `text`, or what a person writes to the stakeholders; empty: the page stands in its details. */
static struct str event_words(const struct receiver_build *in, struct receiver_request *out)
{
	static const struct page_style style = {.markup = &markup_plain, .most = WORDS_MAX, .unit = TEXT_BYTES};
	const struct message *m = in->message;
	return in->text || (!m->fact_count && m->description.n) ? page_full_text(in, out, &style) : (struct str){NULL, 0};
}

static void add_trigger(struct event *e, const struct receiver_build *in, const struct pagerduty_settings *s,
                        struct receiver_request *out)
{
	struct str client_url = s->client_url.n ? s->client_url : e->m->incident_url;
	e->trigger = true;
	e->title = page_title(in, out, MESSAGE_SUMMARY_MAX, TEXT_BYTES);
	e->text = event_words(in, out);
	e->severity = s->severity.n ? s->severity : e->m->pagerduty_severity;
	e->client = s->client;
	if (is_http(client_url))
		e->client_url = client_url;
}

static bool write_event(const struct event *e, size_t most, struct receiver_request *out)
{
	AUTOBUF struct buf b;
	buf_init(&b, RECEIVER_BODY_MAX);
	put_event(&b, e, most);
	if (!buf_ok(&b))
		return false;
	out->body = arena_str(out->arena, buf_str(&b));
	return true;
}

bool pagerduty_has_payload(enum message_event event)
{
	return event == EVENT_TRIGGER || event == EVENT_UPDATE;
}

#define DEDUP_KEY_MAX 255 /* bytes */

bool pagerduty_event(const struct receiver_build *in, const struct pagerduty_settings *s, struct receiver_request *out)
{
	static const char *const actions[] = {
		[EVENT_TRIGGER] = "trigger",
		[EVENT_UPDATE] = "trigger",
		[EVENT_ACKNOWLEDGE] = "acknowledge",
		[EVENT_RESOLVE] = "resolve",
	};
	static const size_t limits[] = {WHOLE, 4096, 512, 64, 0};
	struct event e = {
		.m = in->message,
		.routing_key = request_secret(in, "routing_key"),
		.action = str_c(actions[in->message->event]),
		.dedup_key = request_dedup_key(in, &s->dedup_key, DEDUP_KEY_MAX, out),
	};
	if (pagerduty_has_payload(e.m->event))
		add_trigger(&e, in, s, out);
	for (size_t i = 0; i < sizeof limits / sizeof *limits; i++)
		if (write_event(&e, limits[i], out))
			return true;
	return false;
}
