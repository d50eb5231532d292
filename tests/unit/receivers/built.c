#include "built.h"

#include "incident/row.h"

#include <string.h>

void *built_settings(const struct receiver_kind *kind, const char *yaml, struct arena *arena, struct err *err)
{
	void *settings = arena_alloc(arena, kind->settings_size);
	options_defaults(kind->options, kind->option_count, arena, settings);
	const struct yaml_node *node = yaml_parse(arena, "t.yml", str_c(yaml), err);
	assert_non_null(node);
	assert_true(options_read(kind->options, kind->option_count, node, kind->name, arena, settings, NULL, err));
	if (receiver_check(kind, settings, node->at, arena, err))
		return settings;
	if (kind->release)
		kind->release(settings);
	return NULL;
}

struct incident *built_incident(struct arena *arena)
{
	struct incident *inc = incident_new(arena, STR("0123456789abcdef0123456789abcdef"));
	inc->generation = inc->notice = inc->count.total = 1;
	row_make(inc, BUILT_GROUP, 1763712000000)->n0 = 1;
	inc->alertname = STR("A");
	inc->severity.name = STR("P1");
	inc->started_at = 1763712000000;
	return inc;
}

struct labels built_labels(struct arena *arena, size_t count, size_t bytes)
{
	struct labels out = {arena_alloc(arena, count * sizeof *out.v), count};
	char *value = arena_alloc(arena, bytes + 1);
	memset(value, 1, bytes);
	for (size_t i = 0; i < count; i++)
		out.v[i] = (struct label){str_c(arena_printf(arena, "l%zu", i)), {value, bytes}};
	labels_sort(&out);
	return out;
}

struct str built_repeated(struct arena *arena, const char *piece, size_t bytes)
{
	AUTOBUF struct buf b;
	buf_init(&b, SIZE_MAX);
	while (b.n < bytes)
		buf_add_c(&b, piece);
	return arena_str(arena, buf_str(&b));
}

struct incident *built_monster(struct arena *arena, const char *piece)
{
	struct incident *inc = built_incident(arena);
	struct str text = built_repeated(arena, piece, 1000);
	inc->labels = built_labels(arena, 2000, 50);
	inc->annotations = built_labels(arena, 1, 10);
	inc->annotations.v[0] = (struct label){STR("description"), built_repeated(arena, piece, 1024 * 1024)};
	inc->alertname = inc->summary = inc->owner = inc->rule = inc->source = inc->severity.name = text;
	inc->runbook.title = inc->runbook.approval = inc->escalation.name = inc->escalation.notify = text;
	inc->acknowledged = (struct incident_person){1763712000000, text, text};
	inc->runbook.url = built_repeated(arena, "https://wiki.example.com/aaaaaaaaaaaaaaaaaaaaaaaa/", 3000);
	inc->generator_url = STR("http://prometheus.example.com/graph?g0.expr=%7Bx%3D%22(1)%22%7D");
	inc->ack_generation = inc->generation;
	for (size_t i = 0; i < 42; i++) {
		struct incident_sample *s =
			INCIDENT_ADD(inc, inc->sample, inc->sample_count, inc->sample_capacity, INCIDENT_SAMPLE_MAX);
		*s = (struct incident_sample){.fingerprint = STR("0"),
		                              .labels = built_labels(arena, 9, 300),
		                              .group = BUILT_GROUP,
		                              .mark = i > 3 ? inc->rows[0].mark : 0,
		                              .counted = true,
		                              .starts_at = 1763712000000};
	}
	inc->rows[0].n0 = 38;
	inc->count.total = 42;
	return inc;
}

static struct template *compiled_for_receiver(const char *text, struct err *err)
{
	struct pos at = {"t.yml", 1, 1};
	struct template *t = text ? template_compile(str_c(text), receiver_template_names(), at, err) : NULL;
	assert_true(!text || t);
	return t;
}

bool built_step(const struct built *b, struct arena *arena, struct receiver_request *out, struct err *err)
{
	const struct receiver_kind *kind = receiver_kind_find(b->kind);
	struct template *title = compiled_for_receiver(b->title, err), *text = compiled_for_receiver(b->text, err);
	struct message m;
	void *settings = built_settings(kind, b->yaml, arena, err);
	if (!settings)
		fail_msg("%s: %s", b->kind, err_first(err));
	struct message_context context = b->known ? *b->known : (struct message_context){.quiet = false};
	context.external_url = STR("https://r.example.com");
	context.acknowledge_url = STR("https://r.example.com/ack/t");
	context.alertmanager_url = STR("https://am.example.com");
	context.quiet = b->quiet;
	context.digest = b->digest;
	if (!b->whole)
		receiver_skip_unread(kind, settings, title || text || b->said.n, b->event, &context);
	message_init(&m, arena, b->incident, b->event, b->incident->generation, 1, &context);
	if (b->said.n)
		message_say(&m, b->said, b->said);
	struct receiver_build in = {.settings = settings,
	                            .message = &m,
	                            .secrets = b->secrets,
	                            .secret_count = b->secret_count,
	                            .now_ms = 1763712060000,
	                            .send_resolved = true,
	                            .title = title,
	                            .text = text,
	                            .ref = str_c(b->ref),
	                            .key = str_c(b->key),
	                            .step = b->step,
	                            .carry = str_c(b->carry),
	                            .session = str_c(b->session)};
	*out = (struct receiver_request){.arena = arena};
	bool ok = receiver_make_request(kind, &in, out, err);
	template_free(title);
	template_free(text);
	if (kind->release)
		kind->release(settings);
	return ok;
}

const struct built_definition built_definitions[BUILT_DEFINITIONS] = {
	{"pagerduty", "{routing_key: k}", {{"routing_key", STR_INIT("k")}}},
	{"opsgenie", "{api_key: k}", {{"api_key", STR_INIT("k")}}},
	{"slack", "{api_url: 'https://a/x'}", {{"api_url", STR_INIT("https://a/x")}}},
	{"msteams", "{webhook_url: 'https://a/x'}", {{"webhook_url", STR_INIT("https://a/x")}}},
	{"email", "{to: a@example.com, from: b@example.com, smarthost: 'm:25'}", {{NULL, {NULL, 0}}}},
	{"webhook", "{url: 'https://a/x'}", {{"url", STR_INIT("https://a/x")}}},
	{"discord", "{webhook_url: 'https://a/x'}", {{"webhook_url", STR_INIT("https://a/x")}}},
	{"telegram", "{bot_token: '1:a', chat_id: '7'}", {{"bot_token", STR_INIT("1:a")}, {"chat_id", STR_INIT("7")}}},
	{"pushover", "{token: t, user_key: u}", {{"token", STR_INIT("t")}, {"user_key", STR_INIT("u")}}},
	{"mattermost", "{webhook_url: 'https://a/x'}", {{"webhook_url", STR_INIT("https://a/x")}}},
	{"rocketchat",
     "{api_url: 'https://a', token: t, token_id: u, channel: '#c'}",
     {{"token", STR_INIT("t")}, {"token_id", STR_INIT("u")}}},
	{"webex", "{token: t, room_id: r}", {{"token", STR_INIT("t")}}},
	{"victorops", "{api_key: k, routing_key: r}", {{"api_key", STR_INIT("k")}}},
	{"jira", "{api_url: 'https://a/rest/api/2', project: P, password: p}", {{"password", STR_INIT("p")}}},
	{"github", "{repo: o/r, token: t}", {{"token", STR_INIT("t")}}},
	{"goalert", "{url: 'https://a/x'}", {{"url", STR_INIT("https://a/x")}}},
	{"ntfy", "{topic: t}", {{NULL, {NULL, 0}}}},
	{"incidentio", "{url: 'https://a/x', alert_source_token: t}", {{"alert_source_token", STR_INIT("t")}}},
	{"wechat", "{api_secret: s, corp_id: c, agent_id: 7, to_user: ann}", {{"api_secret", STR_INIT("s")}}},
};

const struct built_definition *built_definition(const char *kind)
{
	for (size_t i = 0; i < BUILT_DEFINITIONS; i++) {
		if (!strcmp(built_definitions[i].kind, kind))
			return &built_definitions[i];
	}
	fail_msg("no definition of %s", kind);
	return NULL;
}

struct built built_of(const struct built_definition *d, const struct incident *inc, enum message_event event)
{
	size_t n = 0;
	while (n < COUNT(d->secrets) && d->secrets[n].option)
		n++;
	return (struct built){.kind = d->kind,
	                      .yaml = d->yaml,
	                      .incident = inc,
	                      .event = event,
	                      .secrets = d->secrets,
	                      .secret_count = n,
	                      .session = "T"};
}

bool built_request(const char *kind, const char *yaml, const struct incident *inc, enum message_event event,
                   const struct receiver_secret *secret, struct arena *arena, struct receiver_request *out,
                   struct err *err)
{
	const struct built b = {
		.kind = kind, .yaml = yaml, .incident = inc, .event = event, .secrets = secret, .secret_count = secret ? 1 : 0};
	return built_step(&b, arena, out, err);
}
