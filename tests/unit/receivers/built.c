#include "built.h"

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
	inc->open = true;
	inc->generation = inc->notice = inc->count.firing = inc->count.total = 1;
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

static struct template *compiled(const char *text, struct err *err)
{
	struct pos at = {"t.yml", 1, 1};
	struct template *t = text ? template_compile(str_c(text), receiver_template_names(), at, err) : NULL;
	assert_true(!text || t);
	return t;
}

bool built_step(const struct built *b, struct arena *arena, struct receiver_request *out, struct err *err)
{
	const struct receiver_kind *kind = receiver_kind_find(b->kind);
	struct template *title = compiled(b->title, err), *text = compiled(b->text, err);
	struct message m;
	void *settings = built_settings(kind, b->yaml, arena, err);
	if (!settings)
		fail_msg("%s: %s", b->kind, err_first(err));
	const struct message_context context = {.external_url = STR("https://r.example.com"),
	                                        .acknowledge_url = STR("https://r.example.com/ack/t"),
	                                        .alertmanager_url = STR("https://am.example.com")};
	message_init(&m, arena, b->incident, b->event, b->incident->generation, 1, &context);
	struct receiver_build in = {.settings = settings,
	                            .message = &m,
	                            .secrets = b->secrets,
	                            .secret_count = b->secret_count,
	                            .now_ms = 1763712060000,
	                            .send_resolved = true,
	                            .title = title,
	                            .text = text,
	                            .ref = str_c(b->ref),
	                            .step = b->step,
	                            .carry = str_c(b->carry)};
	*out = (struct receiver_request){.arena = arena};
	bool ok = receiver_make_request(kind, &in, out, err);
	message_release(&m);
	template_free(title);
	template_free(text);
	if (kind->release)
		kind->release(settings);
	return ok;
}

bool built_request(const char *kind, const char *yaml, const struct incident *inc, enum message_event event,
                   const struct receiver_secret *secret, struct arena *arena, struct receiver_request *out,
                   struct err *err)
{
	const struct built b = {
		.kind = kind, .yaml = yaml, .incident = inc, .event = event, .secrets = secret, .secret_count = secret ? 1 : 0};
	return built_step(&b, arena, out, err);
}
