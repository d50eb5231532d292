/* Asks Alertmanagers about silences; the header says what is asked and what is believed. */
#include "service/alertmanagers.h"

#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/time.h"
#include "rules/template.h"
#include "service/limiter.h"

#define QUERY_BYTES_MAX 4096
#define TROUBLE_LOG_MS TIME_MINUTE

/* Who waits for an answer: what it means (`done`), or the lists themselves (`listed`). */
struct question {
	const struct incident *inc;
	void (*done)(void *arg, const struct silence_said *said);
	alertmanagers_listed *listed;
	void *arg;
	struct question *next;
};

struct inquiry;

struct peer_call {
	struct inquiry *of;
	struct http_call *call; /* NULL: none under way */
	struct str url;
};

/* One question to all peers of a source; afterwards their answers, for a while. */
struct inquiry {
	struct alertmanagers *a;
	struct arena *arena;
	struct config *config;
	const struct config_source *source;
	struct str key; /* source and query */
	struct str query;
	struct peer_call *peers;
	size_t asked, pending, heard;
	struct alert_list *listings;
	bool flying, finished;
	int64_t kept_until; /* monotonic, once it is finished */
	struct question *waiting;
	struct loop_timer *timer; /* its patience, later how long it is kept */
	struct inquiry *next;     /* in line */
};

struct alertmanagers {
	struct router *r;
	struct map *inquiries; /* by key */
	struct inquiry *line, **line_end;
	size_t flying;
	struct limiter trouble;
	bool closing;
};

/* ---- the question ---- */

static const struct label_rename *renamed_to(const struct source_labels *s, struct str name)
{
	for (size_t i = 0; i < s->rename_count; i++)
		if (str_eq(s->rename[i].to, name))
			return &s->rename[i];
	return NULL;
}

struct labels alertmanagers_labels(const struct config_source *source, const struct incident *inc, struct arena *arena)
{
	const struct source_labels *s = &source->labels;
	struct labels out = {arena_alloc(arena, (inc->labels.n + 2) * sizeof *out.v), 0};
	if (!labels_has(&inc->labels, STR("alertname")) && inc->alertname.n)
		out.v[out.n++] = (struct label){STR("alertname"), inc->alertname};
	for (size_t i = 0; i < inc->labels.n; i++) {
		struct label l = inc->labels.v[i];
		const struct label_rename *from = renamed_to(s, l.name);
		bool added = labels_has(&s->add, l.name);
		if (from)
			out.v[out.n++] = (struct label){from->from, l.value};
		else if (!added)
			out.v[out.n++] = l;
	}
	labels_sort(&out);
	return out;
}

static bool is_plain_name(struct str name)
{
	for (size_t i = 0; i < name.n; i++) {
		char c = name.p[i];
		bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
		if (!letter && !(i && c >= '0' && c <= '9'))
			return false;
	}
	return name.n > 0;
}

/* As many labels as fit: fewer only mean a longer list. Of labels that are rewritten nobody knows what they were. */
static struct str listing_query(const struct config_source *source, const struct incident *inc, struct arena *arena)
{
	struct labels labels = alertmanagers_labels(source, inc, arena);
	AUTOBUF struct buf out;
	buf_init(&out, SIZE_MAX);
	for (size_t i = 0; i < labels.n; i++) {
		AUTOBUF struct buf matcher, escaped;
		bool name = str_eq_c(labels.v[i].name, "alertname");
		if (!is_plain_name(labels.v[i].name) || (source->labels.rewrite && !name))
			continue;
		buf_init(&matcher, SIZE_MAX);
		buf_init(&escaped, SIZE_MAX);
		label_add_matcher(&matcher, &labels.v[i]);
		template_escape_add(&escaped, buf_str(&matcher), ESCAPE_URL);
		if (out.n + escaped.n < QUERY_BYTES_MAX)
			buf_printf(&out, "%cfilter=%.*s", out.n ? '&' : '?', STR_ARG(buf_str(&escaped)));
	}
	return arena_str(arena, buf_str(&out));
}

/* ---- the answer ---- */

static void count_silence_answer(const struct inquiry *q, enum silence_answer answer)
{
	struct str labels[] = {q->source->name, str_c(silence_answer_name(answer))};
	metrics_add(q->a->r->metrics, METRIC_SILENCE_QUESTIONS, labels, 1);
}

static struct silence_said judge_silence(struct inquiry *q, const struct incident *inc)
{
	bool exact = q->heard == q->asked && !q->source->labels.rewrite;
	struct silence_said said = silence_judge(inc, q->listings, q->heard, exact);
	count_silence_answer(q, said.answer);
	return said;
}

static void answer_question(struct inquiry *q, const struct question *one)
{
	if (one->listed) {
		one->listed(one->arg, q->listings, q->heard, q->heard == q->asked);
		return;
	}
	struct silence_said said = judge_silence(q, one->inc);
	one->done(one->arg, &said);
}

static void answer_questions(struct inquiry *q)
{
	while (q->waiting) {
		struct question *one = q->waiting;
		q->waiting = one->next;
		answer_question(q, one);
		free(one);
	}
}

static void inquiry_free(struct inquiry *q)
{
	for (size_t i = 0; i < q->asked; i++)
		if (q->peers[i].call)
			http_call_cancel(q->peers[i].call);
	loop_timer_free(q->timer);
	map_remove(q->a->inquiries, q->key);
	config_unref(q->config);
	arena_free(q->arena);
}

static void send_next_inquiries(struct alertmanagers *a);

static void leave_line(struct inquiry *q)
{
	struct alertmanagers *a = q->a;
	struct inquiry **at = &a->line;
	while (*at && *at != q)
		at = &(*at)->next;
	if (!*at)
		return;
	*at = q->next;
	if (a->line_end == &q->next)
		a->line_end = at;
}

/* All have answered, or it has lasted long enough: what is known then is the answer. */
static void finish_inquiry(struct inquiry *q)
{
	struct alertmanagers *a = q->a;
	for (size_t i = 0; i < q->asked; i++) {
		if (q->peers[i].call)
			http_call_cancel(q->peers[i].call);
		q->peers[i].call = NULL;
	}
	a->flying -= q->flying;
	if (!q->flying)
		leave_line(q);
	q->flying = false;
	q->finished = true;
	q->kept_until = loop_mono_ms() + ALERTMANAGERS_KEPT_MS;
	loop_timer_set(q->timer, ALERTMANAGERS_KEPT_MS);
	answer_questions(q);
	send_next_inquiries(a);
}

static void trouble(const struct peer_call *p, const char *why)
{
	uint64_t kept_back;
	if (limiter_pass(&p->of->a->trouble, loop_mono_ms(), TROUBLE_LOG_MS, &kept_back))
		LOG(LOG_WARN, "An Alertmanager cannot be asked about silences: what is due is done without",
		    LOG_STR("source", p->of->source->name), LOG_S("error", why), LOG_I("kept_back", (int64_t)kept_back));
}

static void take_listing(struct peer_call *p, const struct http_result *result)
{
	struct inquiry *q = p->of;
	AUTOERR struct err err = ERR_INIT;
	if (result->body.n >= ALERTMANAGERS_BYTES_MAX)
		trouble(p, "the answer is larger than 2 MiB");
	else if (listing_read(q->arena, result->body, &q->source->labels, &q->listings[q->heard], &err))
		q->heard++;
	else
		trouble(p, err_first(&err));
}

static void peer_answered(void *arg, const struct http_result *result)
{
	struct peer_call *p = arg;
	struct inquiry *q = p->of;
	AUTOFREE char *status = mem_printf("HTTP %d", result->status);
	p->call = NULL;
	q->pending--;
	if (result->outcome == HTTP_ANSWERED && result->status == 200)
		take_listing(p, result);
	else
		trouble(p, result->outcome == HTTP_ANSWERED ? status : result->error);
	if (!q->pending)
		finish_inquiry(q);
}

/* ---- asking ---- */

static void send_inquiry(struct inquiry *q)
{
	static const char *const headers[] = {"Accept: application/json", NULL};
	q->flying = true;
	q->a->flying++;
	q->pending = q->asked;
	for (size_t i = 0; i < q->asked; i++) {
		struct peer_call *p = &q->peers[i];
		const struct http_client_request request = {.method = "GET",
		                                            .url = p->url.p,
		                                            .headers = headers,
		                                            .timeout_ms = ALERTMANAGERS_TIMEOUT_MS,
		                                            .response_max = ALERTMANAGERS_BYTES_MAX};
		p->call = http_client_send(q->a->r->client, &request, peer_answered, p);
	}
}

static void send_next_inquiries(struct alertmanagers *a)
{
	while (a->line && a->flying < ALERTMANAGERS_FLYING_MAX && !a->closing) {
		struct inquiry *q = a->line;
		leave_line(q);
		send_inquiry(q);
	}
}

/* A question that took too long ends; what is known is told to whoever asked since, and goes when it was kept long enough. */
static void inquiry_due(void *arg)
{
	struct inquiry *q = arg;
	if (!q->finished) {
		finish_inquiry(q);
		return;
	}
	answer_questions(q);
	int64_t left = q->kept_until - loop_mono_ms();
	if (left > 0)
		loop_timer_set(q->timer, left);
	else
		inquiry_free(q);
}

static struct inquiry *inquiry_new(struct alertmanagers *a, const struct config_source *source, struct str key,
                                   struct str query)
{
	struct arena *arena = arena_new();
	struct inquiry *q = arena_alloc(arena, sizeof *q);
	*q = (struct inquiry){.a = a, .arena = arena, .source = source, .asked = source->alertmanagers.n};
	q->config = config_ref(a->r->config);
	q->key = arena_str(arena, key);
	q->query = arena_str(arena, query);
	q->peers = arena_alloc(arena, (q->asked + 1) * sizeof *q->peers);
	q->listings = arena_alloc(arena, (q->asked + 1) * sizeof *q->listings);
	for (size_t i = 0; i < q->asked; i++)
		q->peers[i] =
			(struct peer_call){.of = q,
		                       .url = str_c(arena_printf(arena, "%.*s/api/v2/alerts%.*s",
		                                                 STR_ARG(source->alertmanagers.v[i]), STR_ARG(query)))};
	q->timer = loop_timer_new(a->r->loop, inquiry_due, q);
	map_set(a->inquiries, q->key, q);
	loop_timer_set(q->timer, ALERTMANAGERS_PATIENCE_MS);
	*a->line_end = q;
	a->line_end = &q->next;
	return q;
}

/* Where there is nobody to ask, or no room to ask: an answer all the same, on the next turn. */
static void nobody_can_tell(void *arg)
{
	struct question *one = arg, now = *one;
	const struct silence_said said = {.answer = SILENCE_CANNOT_TELL};
	free(one);
	if (now.listed)
		now.listed(now.arg, NULL, 0, false);
	else
		now.done(now.arg, &said);
}

static void not_asked(struct alertmanagers *a, const struct question *who)
{
	struct question *one = mem_zero(sizeof *one);
	*one = *who;
	loop_defer(a->r->loop, nobody_can_tell, one);
}

static void wait_for_inquiry(struct inquiry *q, const struct question *who)
{
	struct question *one = mem_zero(sizeof *one);
	*one = *who;
	one->next = q->waiting;
	q->waiting = one;
	if (q->finished)
		loop_timer_set(q->timer, 0);
}

static void ask_peers(struct alertmanagers *a, const struct question *who)
{
	AUTOARENA struct arena *arena = arena_new();
	const struct config_source *source = config_source(a->r->config, who->inc->source);
	if (!source || !source->alertmanagers.n || a->closing) {
		not_asked(a, who);
		return;
	}
	struct str query = listing_query(source, who->inc, arena);
	struct str key =
		str_c(arena_printf(arena, "%s %.*s %.*s", a->r->config->hash, STR_ARG(source->name), STR_ARG(query)));
	struct inquiry *q = map_get(a->inquiries, key);
	if (!q && map_count(a->inquiries) >= ALERTMANAGERS_ASKED_MAX) {
		not_asked(a, who);
		return;
	}
	if (!q)
		q = inquiry_new(a, source, key, query);
	wait_for_inquiry(q, who);
	send_next_inquiries(a);
}

void alertmanagers_ask(struct alertmanagers *a, const struct incident *inc,
                       void (*done)(void *arg, const struct silence_said *said), void *arg)
{
	ask_peers(a, &(struct question){.inc = inc, .done = done, .arg = arg});
}

void alertmanagers_list(struct alertmanagers *a, const struct incident *inc, alertmanagers_listed *listed, void *arg)
{
	ask_peers(a, &(struct question){.inc = inc, .listed = listed, .arg = arg});
}

/* ---- life ---- */

struct alertmanagers *alertmanagers_new(struct router *r)
{
	struct alertmanagers *a = mem_zero(sizeof *a);
	a->r = r;
	a->inquiries = map_new();
	a->line_end = &a->line;
	return a;
}

void alertmanagers_free(struct alertmanagers *a)
{
	if (!a)
		return;
	a->closing = true;
	struct str key;
	void *inquiry;
	for (size_t i = 0; map_next(a->inquiries, &i, &key, &inquiry); i = 0) {
		answer_questions(inquiry);
		inquiry_free(inquiry);
	}
	map_free(a->inquiries);
	free(a);
}
