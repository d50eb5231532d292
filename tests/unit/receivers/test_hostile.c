/*
 * Whatever an incident says, at every receiver, for every message and each of its requests: JSON that keeps to the
 * provider's limits, and text that stays text.
 */
#include "built.h"

#include <string.h>

#include "receivers/text.h"

/* ---- limits ---- */

static const json_t *at_path(const json_t *body, const char *path)
{
	while (*path && body) {
		size_t n = strcspn(path, ".");
		bool index = *path >= '0' && *path <= '9';
		body = index ? json_array_get(body, (size_t)(*path - '0')) : json_object_getn(body, path, n);
		path += n + (path[n] == '.');
	}
	return body;
}

/* What the providers' documentation says. */
static const struct limit {
	const char *kind, *path;
	size_t most;
	enum text_unit unit;
} limits[] = {
	{"pagerduty", "payload.summary", 1024, TEXT_CHARACTERS},
	{"pagerduty", "dedup_key", 255, TEXT_CHARACTERS},
	{"opsgenie", "message", 130, TEXT_UTF16},
	{"opsgenie", "alias", 512, TEXT_UTF16},
	{"opsgenie", "description", 15000, TEXT_UTF16},
	{"opsgenie", "entity", 512, TEXT_UTF16},
	{"slack", "attachments.0.blocks.0.text.text", 3000, TEXT_UTF16},
	{"slack", "text", 40000, TEXT_UTF16},
	{"discord", "embeds.0.title", 256, TEXT_UTF16},
	{"discord", "embeds.0.description", 4096, TEXT_UTF16},
	{"telegram", "text", 4096, TEXT_UTF16},
	{"pushover", "title", 250, TEXT_CHARACTERS},
	{"pushover", "message", 1024, TEXT_CHARACTERS},
	{"pushover", "url", 512, TEXT_CHARACTERS},
	{"mattermost", "attachments.0.text", 16383, TEXT_CHARACTERS},
	{"rocketchat", "attachments.0.text", 5000, TEXT_UTF16},
	{"webex", "markdown", 7439, TEXT_BYTES},
	{"wechat", "text.content", 2048, TEXT_BYTES},
	{"wechat", "markdown.content", 2048, TEXT_BYTES},
	{"victorops", "state_message", 20480, TEXT_BYTES},
	{"goalert", "summary", 1024, TEXT_CHARACTERS},
	{"goalert", "details", 6144, TEXT_CHARACTERS},
	{"ntfy", "message", 4096, TEXT_BYTES},
	{"jira", "fields.summary", 255, TEXT_CHARACTERS},
	{"jira", "fields.description", 32767, TEXT_CHARACTERS},
	{"jira", "body", 32767, TEXT_CHARACTERS},
	{"github", "title", 256, TEXT_CHARACTERS},
	{"github", "body", 65536, TEXT_CHARACTERS},
	{"incidentio", "title", 250, TEXT_CHARACTERS},
	{"victorops", "entity_id", 512, TEXT_BYTES},
};

static void within_limits(const char *kind, const json_t *body)
{
	for (size_t i = 0; i < COUNT(limits); i++) {
		const json_t *value = at_path(body, limits[i].path);
		if (strcmp(kind, limits[i].kind) != 0 || !value)
			continue;
		size_t n = text_length((struct str){json_string_value(value), json_string_length(value)}, limits[i].unit);
		if (n > limits[i].most)
			fail_msg("%s: %s has %zu", kind, limits[i].path, n);
	}
}

static void check_body(const char *kind, const struct receiver_request *r)
{
	assert_true(r->body.n <= RECEIVER_BODY_MAX);
	if (r->nothing || r->mail || !r->body.n)
		return;
	if (!strcmp(kind, "msteams"))
		assert_true(r->body.n <= 28 * 1024);
	if (!strcmp(kind, "ntfy"))
		assert_true(r->body.n <= 8192);
	json_t *body = json_loadb(r->body.p, r->body.n, 0, NULL);
	assert_non_null(body);
	within_limits(kind, body);
	json_decref(body);
}

/* ---- nothing in a text is more than text ---- */

/* What is there for programs holds the labels as they are. */
static bool is_data(const char *name)
{
	static const char *const names[] = {"labels",  "annotations",    "incident", "metadata",
	                                    "details", "custom_details", "firing",   "recovered"};
	for (size_t i = 0; i < COUNT(names); i++) {
		if (!strcmp(name, names[i]))
			return true;
	}
	return false;
}

static bool is_one_of(const char *kind, const char *const *kinds)
{
	while (*kinds && strcmp(*kinds, kind) != 0)
		kinds++;
	return *kinds;
}

/* A tag that is ours: <b>, </b>, <a href="…">, </a>. */
static bool is_own_tag(struct str s)
{
	static const char *const tags[] = {"<b>", "</b>", "</a>", "<a href=\""};
	for (size_t i = 0; i < COUNT(tags); i++) {
		if (str_starts(s, str_c(tags[i])))
			return true;
	}
	return false;
}

static void check_hostile_html(const char *kind, struct str s)
{
	static const char *const kinds[] = {"telegram", "pushover", NULL};
	size_t bold = 0, links = 0;
	if (!is_one_of(kind, kinds))
		return;
	for (size_t i = 0; i < s.n; i++) {
		struct str rest = str_slice(s, i, s.n);
		if (s.p[i] == '<' && !is_own_tag(rest))
			fail_msg("%s: a tag that is not ours: %.40s", kind, rest.p);
		bold += str_starts(rest, STR("<b>")) ? 1 : str_starts(rest, STR("</b>")) ? -1UL : 0;
		links += str_starts(rest, STR("<a ")) ? 1 : str_starts(rest, STR("</a>")) ? -1UL : 0;
	}
	if (bold || links)
		fail_msg("%s: a tag that stays open", kind);
}

static void check_mentions(const char *kind, struct str s)
{
	static const char *const kinds[] = {"mattermost", "rocketchat", "msteams", "telegram", "webex", "github", NULL};
	if (is_one_of(kind, kinds) && str_find(s, STR("@channel")) >= 0)
		fail_msg("%s mentions everybody", kind);
	if (!strcmp(kind, "slack") && (str_find(s, STR("<!")) >= 0 || str_find(s, STR("<@")) >= 0))
		fail_msg("slack mentions somebody");
	if (!strcmp(kind, "jira") && str_find(s, STR("[~")) >= 0 && str_find(s, STR("\\[")) < 0)
		fail_msg("jira mentions somebody");
}

static void check_hostile_text(const char *kind, const char *name, struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];
		if ((c < 0x20 && c != '\n') || c == 0x7f)
			fail_msg("%s: the character %d", kind, c);
	}
	if (!str_is_utf8(s) || str_find(s, STR("\xe2\x80\xae")) >= 0)
		fail_msg("%s turns the direction of what follows", kind);
	if (!strcmp(name, "text") || !strcmp(name, "message")) /* a title is no HTML */
		check_hostile_html(kind, s);
}

/* The title of an attachment mentions nobody at Mattermost and Rocket.Chat, nor does what a mere notification shows. */
static bool can_mention(const char *name)
{
	return strcmp(name, "title") != 0 && strcmp(name, "fallback") != 0 && strcmp(name, "url") != 0;
}

static void check_texts(const char *kind, const char *name, const json_t *value)
{
	const char *below;
	json_t *one;
	size_t i;
	if (is_data(name))
		return;
	if (json_is_string(value)) {
		struct str s = {json_string_value(value), json_string_length(value)};
		check_hostile_text(kind, name, s);
		if (can_mention(name))
			check_mentions(kind, s);
	}
	json_array_foreach(value, i, one) check_texts(kind, name, one);
	json_object_foreach((json_t *)(uintptr_t)value, below, one) check_texts(kind, below, one);
}

static void check_hostile_headers(const struct receiver_request *r)
{
	for (size_t i = 0; i < r->headers.n; i++) {
		for (size_t k = 0; k < r->headers.v[i].n; k++)
			assert_true((unsigned char)r->headers.v[i].p[k] >= 0x20);
	}
}

/* test_email.c looks at mails. */
static void check_request(const char *kind, const struct receiver_request *r)
{
	check_hostile_headers(r);
	check_body(kind, r);
	if (r->nothing || r->mail || !r->body.n)
		return;
	json_t *body = json_loadb(r->body.p, r->body.n, 0, NULL);
	check_texts(kind, "", body);
	json_decref(body);
}

/* ---- every message, each of its requests ---- */

static const struct {
	const char *name;
	enum message_event event;
	bool quiet, digest, said;
} messages[] = {
	{"trigger", EVENT_TRIGGER, false, false, false},     {"reminder", EVENT_UPDATE, false, false, false},
	{"update", EVENT_UPDATE, true, false, false},        {"acknowledge", EVENT_ACKNOWLEDGE, false, false, false},
	{"resolve", EVENT_RESOLVE, false, false, false},     {"digest", EVENT_TRIGGER, false, true, false},
	{"communication", EVENT_UPDATE, false, false, true},
};

/* What the provider may call what it was told: a first message is told without it, a later one with it. */
static const char *ref_of(const char *kind)
{
	static const char *const refs[][2] = {{"slack", "C1 17.5"}, {"telegram", "41"}, {"rocketchat", "m1"},
	                                      {"webex", "w1"},      {"jira", "P-1"},    {"github", "7"}};
	for (size_t i = 0; i < COUNT(refs); i++) {
		if (!strcmp(kind, refs[i][0]))
			return refs[i][1];
	}
	return "";
}

/* An answer that every kind takes for success and that has what a next request may want. */
static void succeed(const struct receiver_kind *kind, const void *settings, const struct built *b, struct arena *arena,
                    struct receiver_judgement *out)
{
	const struct receiver_reply reply = {
		.status = 200,
		.body = STR(
			"{\"ok\":true,\"status\":1,\"success\":true,\"result\":{\"message_id\":1},\"id\":\"1\",\"key\":\"P-2\","
			"\"number\":8,\"channel\":\"C1\",\"ts\":\"1.5\",\"message\":{\"_id\":\"m\"},\"issues\":[{\"key\":\"P-1\"}],"
			"\"transitions\":[{\"id\":\"31\",\"name\":\"Done\"}],\"errcode\":0,\"access_token\":\"T\"}"),
		.event = b->event,
		.quiet = b->quiet,
		.digest = b->digest,
		.dedup_key = "KEY",
		.step = b->step,
		.ref = str_c(b->ref),
		.carry = str_c(b->carry),
		.session = str_c(b->session)};
	*out = (struct receiver_judgement){0};
	kind->judge(settings, &reply, arena, out);
}

static size_t check_message(struct built *b, struct arena *arena)
{
	AUTOERR struct err err = ERR_INIT;
	const struct receiver_kind *kind = receiver_kind_find(b->kind);
	void *settings = built_settings(kind, b->yaml, arena, &err);
	struct receiver_judgement judged = {.more = true};
	size_t requests = 0;
	b->session = ""; /* so that it is asked for first */
	for (b->step = 0; judged.more && b->step < RECEIVER_STEPS_MAX; b->step++) {
		struct receiver_request r;
		if (!built_step(b, arena, &r, &err))
			fail_msg("%s", err_first(&err));
		check_request(b->kind, &r);
		requests++;
		succeed(kind, settings, b, arena, &judged);
		b->carry = arena_cstr(arena, judged.carry);
		b->session = judged.session.n ? arena_cstr(arena, judged.session) : b->session;
	}
	if (kind->release)
		kind->release(settings);
	return requests;
}

static const char *const pieces[] = {
	"x ",         "<&>\"'",      "😀👩\xe2\x80\x8d🚒", "ש \xe2\x80\xae\xe2\x81\xa6", "@channel\r\n", "*_`[](){}|\\",
	"\xff\x01\n", "<!channel> ", "\" \" ",          "</b></a></pre> [~admin] ",
};

static size_t check_messages(const struct built_definition *d, const struct incident *monster, const char *piece,
                             const char *ref)
{
	size_t requests = 0;
	for (size_t m = 0; m < COUNT(messages); m++) {
		AUTOARENA struct arena *arena = arena_new();
		struct built b = built_of(d, monster, messages[m].event);
		b.quiet = messages[m].quiet;
		b.digest = messages[m].digest;
		b.said = messages[m].said ? built_repeated(arena, piece, 16 * 1024) : (struct str){NULL, 0};
		b.ref = ref;
		requests += check_message(&b, arena);
	}
	return requests;
}

/* Every message of one incident, without and, where there is such a thing, with what the provider had said before. */
static void check_kind(const struct built_definition *d)
{
	size_t requests = 0, told = *ref_of(d->kind) ? 2 : 1;
	for (size_t p = 0; p < COUNT(pieces); p++) {
		AUTOARENA struct arena *arena = arena_new();
		const struct incident *monster = built_monster(arena, pieces[p]);
		for (size_t i = 0; i < told; i++)
			requests += check_messages(d, monster, pieces[p], i ? ref_of(d->kind) : "");
	}
	assert_true(requests >= COUNT(messages) * COUNT(pieces) * told);
}

static void keeps_to_every_limit_and_injects_nothing(void **state)
{
	check_kind(*state);
}

static struct CMUnitTest hostile_test_of(const char *name, const struct built_definition *d)
{
	return (struct CMUnitTest){
		.name = name, .test_func = keeps_to_every_limit_and_injects_nothing, .initial_state = (void *)(uintptr_t)d};
}

/* What a kind sends in another way. */
static const struct {
	const char *name;
	struct built_definition definition;
} others[] = {
	{"slack, a bot with a button",
     {"slack", "{app_token: x, channel: '#c', signing_secret: s}", {{"app_token", STR_INIT("x")}}}},
	{"wechat in markdown",
     {"wechat",
      "{api_secret: s, corp_id: c, agent_id: 7, to_user: ann, message_type: markdown}",
      {{"api_secret", STR_INIT("s")}}}},
};

/* A test for each, so that a failure says where. */
int main(void)
{
	struct CMUnitTest tests[BUILT_DEFINITIONS + COUNT(others)];
	for (size_t i = 0; i < BUILT_DEFINITIONS; i++)
		tests[i] = hostile_test_of(built_definitions[i].kind, &built_definitions[i]);
	for (size_t i = 0; i < COUNT(others); i++)
		tests[BUILT_DEFINITIONS + i] = hostile_test_of(others[i].name, &others[i].definition);
	return cmocka_run_group_tests_name("hostile", tests, NULL, NULL);
}
