/*
 * What a page must say, at every kind: each row below is looked for in what the kind sends, read as a person would. Where a
 * provider has no place for something the test says so by name.
 */
#include "built.h"

#include <string.h>

#include "base/base64.h"
#include "base/zone.h"
#include "incident/row.h"

#define STARTED INT64_C(1763712000000) /* 2025-11-21 08:00 UTC, 17:00 in Tokyo */
#define MINUTE 60000

/* ---- a page in which nothing is missing ---- */

static struct labels tank_labels(struct arena *arena, int number)
{
	struct labels out = {arena_alloc(arena, 3 * sizeof *out.v), 0};
	out.v[out.n++] = (struct label){STR("alertname"), STR("TankLow")};
	out.v[out.n++] = (struct label){STR("site"), STR("north-quay")};
	if (number >= 0)
		out.v[out.n++] = (struct label){STR("tank"), str_c(arena_printf(arena, "tank-%d", number))};
	return out;
}

static void add_tanks(struct incident *inc, struct arena *arena, int firing, int total)
{
	for (int i = 0; i < total; i++) {
		struct incident_sample *s =
			INCIDENT_ADD(inc, inc->sample, inc->sample_count, inc->sample_capacity, INCIDENT_SAMPLE_MAX);
		*s = (struct incident_sample){.fingerprint = str_c(arena_printf(arena, "%016d", i)),
		                              .labels = tank_labels(arena, i),
		                              .group = BUILT_GROUP,
		                              .mark = i < firing ? inc->rows[0].mark : 0,
		                              .counted = true,
		                              .starts_at = STARTED};
	}
	inc->rows[0].n0 = (uint64_t)firing;
	inc->count.total = (uint64_t)total;
}

static struct incident *tanks(struct arena *arena)
{
	struct incident *inc = built_incident(arena);
	inc->alertname = STR("TankLow");
	inc->summary = STR("fuel runs out");
	inc->labels = tank_labels(arena, -1);
	inc->annotations = (struct labels){arena_alloc(arena, sizeof *inc->annotations.v), 1};
	inc->annotations.v[0] = (struct label){STR("dashboard"), STR("https://graphs.example.com/d/t")};
	inc->severity.response_ms = 15 * MINUTE;
	inc->severity.resolution_ms = 240 * MINUTE;
	inc->owner = STR("bunker crew");
	inc->rule = STR("tanks");
	inc->runbook.url = STR("https://r.example.com/runbooks/tank.md");
	inc->generator_url = STR("https://prom.example.com/graph?g0.expr=x");
	inc->previous[inc->previous_count++] = (struct incident_episode){
		STARTED - 3000 * MINUTE, STARTED - 2990 * MINUTE, {STARTED - 2995 * MINUTE, STR("ines"), STR("a new valve")}};
	add_tanks(inc, arena, 12, 15);
	return inc;
}

static struct message_context known_in_tokyo(struct arena *arena)
{
	return (struct message_context){.contact = STR("#bunker"),
	                                .on_call = STR("olu (@olu)"),
	                                .rule_at = STR("rules/tanks.yml:12"),
	                                .zone = zone_of_changes(arena, 9 * 3600, NULL, 0)};
}

/* ---- what a person reads of a request ---- */

static void read_values(struct buf *out, const json_t *value)
{
	const char *name;
	json_t *one;
	size_t i;
	if (json_is_string(value)) {
		buf_add_c(out, json_string_value(value));
		buf_add_c(out, "\n");
	}
	if (json_is_integer(value))
		buf_printf(out, "%" JSON_INTEGER_FORMAT "\n", json_integer_value(value));
	json_array_foreach(value, i, one) read_values(out, one);
	json_object_foreach((json_t *)(uintptr_t)value, name, one)
	{
		buf_printf(out, "%s: ", name);
		read_values(out, one);
	}
}

static struct str without_line_ends(struct str s, struct arena *arena)
{
	AUTOBUF struct buf b;
	buf_init(&b, SIZE_MAX);
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] != '\r' && s.p[i] != '\n')
			buf_add_char(&b, s.p[i]);
	}
	return arena_str(arena, buf_str(&b));
}

/* The headers, and the text of each part. */
static void read_mail(struct buf *out, struct str mail, struct arena *arena)
{
	static const char before[] = "Content-Disposition: inline\r\n\r\n";
	ptrdiff_t at = str_find(mail, STR("\r\n\r\n"));
	buf_add(out, str_slice(mail, 0, (size_t)at));
	while ((at = str_find(mail, str_c(before))) >= 0) {
		mail = str_slice(mail, (size_t)at + strlen(before), mail.n);
		ptrdiff_t end = str_find(mail, STR("\r\n--=_"));
		assert_true(end > 0);
		assert_true(base64_decode(out, without_line_ends(str_slice(mail, 0, (size_t)end), arena)));
	}
}

/* Without what markup puts before and into words. */
static struct str plain_words(struct str s, struct arena *arena)
{
	static const char *const marks[] = {"\\", "\xe2\x80\x8b", "**", "<b>", "</b>", "\r"};
	AUTOBUF struct buf b;
	buf_init(&b, SIZE_MAX);
	for (size_t i = 0; i < s.n;) {
		size_t n = 0;
		for (size_t k = 0; k < COUNT(marks) && !n; k++)
			n = str_starts(str_slice(s, i, s.n), str_c(marks[k])) ? strlen(marks[k]) : 0;
		if (!n)
			buf_add_char(&b, s.p[i]);
		i += n ? n : 1;
	}
	return arena_str(arena, buf_str(&b));
}

static struct str read_as_person(const struct receiver_request *r, struct arena *arena)
{
	AUTOBUF struct buf b;
	buf_init(&b, SIZE_MAX);
	if (r->mail) {
		read_mail(&b, r->body, arena);
	} else {
		json_t *body = json_loadb(r->body.p, r->body.n, 0, NULL);
		assert_non_null(body);
		read_values(&b, body);
		json_decref(body);
	}
	return plain_words(buf_str(&b), arena);
}

/* ---- the table ---- */

static const char *const facts[] = {
	"[P1] TankLow: fuel runs out (",                   /* severity, alert, summary */
	"north-quay",                                      /* where */
	"respond by 2025-11-21 17:15 +09",                 /* deadlines at the receiver's clock */
	"resolve by 2025-11-21 21:00 +09",                 /* … */
	"2025-11-21 17:00 +09",                            /* since when */
	"tank-0",                                          /* members by name */
	"tank-9",                                          /* …ten of them */
	"and 2 more",                                      /* … */
	"tank-14",                                         /* recovered, apart */
	"12 firing, 3 recovered",                          /* counts */
	"bunker crew (#bunker)",                           /* owner and contact */
	"olu (@olu)",                                      /* who is on call */
	"acknowledged by ines: a new valve",               /* last time */
	"2025-11-19 15:00 +09",                            /* … at the receiver's clock */
	"tanks (rules/tanks.yml:12)",                      /* the rule and where it stands */
	"https://r.example.com/runbooks/tank.md?incident", /* the runbook beside the incident */
	"https://r.example.com/incidents/0123456789abcdef0123456789abcdef",
	"https://prom.example.com/graph?g0.expr",
	"https://graphs.example.com/d/t",
	"https://am.example.com/#/silences/new?filter",
	"https://r.example.com/ack/t",
};

/* A ticket is looked for before it is written. */
static unsigned writing_step(const char *kind)
{
	return !strcmp(kind, "jira") || !strcmp(kind, "github") ? 1 : 0;
}

static struct str built_page(const struct built_definition *d, struct incident *inc, enum message_event event,
                             struct arena *arena)
{
	AUTOERR struct err err = ERR_INIT;
	struct receiver_request r;
	const struct message_context known = known_in_tokyo(arena);
	struct built b = built_of(d, inc, event);
	b.known = &known;
	b.step = writing_step(d->kind);
	if (!built_step(&b, arena, &r, &err))
		fail_msg("%s", err_first(&err));
	return read_as_person(&r, arena);
}

/* How many of these are not in the page; each is named. */
static size_t count_missing(const char *kind, struct str page, const char *const *wanted, size_t count)
{
	size_t missing = 0;
	for (size_t i = 0; i < count; i++) {
		if (str_find(page, str_c(wanted[i])) >= 0)
			continue;
		print_message("%s lacks \"%s\"\n", kind, wanted[i]);
		missing++;
	}
	if (missing)
		print_message("%.*s\n", STR_ARG(page));
	return missing;
}

static void every_kind_says_every_fact(void **state)
{
	(void)state;
	size_t missing = 0;
	for (size_t k = 0; k < BUILT_DEFINITIONS; k++) {
		AUTOARENA struct arena *arena = arena_new();
		const struct built_definition *d = &built_definitions[k];
		struct str page = built_page(d, tanks(arena), EVENT_TRIGGER, arena);
		missing += count_missing(d->kind, page, facts, COUNT(facts));
	}
	assert_int_equal(missing, 0);
}

/* ---- who has it ---- */

static void is_had_by_olu(struct incident *inc)
{
	inc->acknowledged = (struct incident_person){STARTED + 5 * MINUTE, STR("olu"), STR("on my way")};
	inc->ack_generation = inc->generation;
}

/* Members that join later must not take away what the message said before: who has it. */
static void an_update_still_says_who_has_it(void **state)
{
	(void)state;
	static const char *const wanted[] = {"2025-11-21 17:05 +0900 by olu: on my way", "3 recovered, acknowledged)"};
	size_t missing = 0;
	for (size_t k = 0; k < BUILT_DEFINITIONS; k++) {
		AUTOARENA struct arena *arena = arena_new();
		const struct built_definition *d = &built_definitions[k];
		struct incident *inc = tanks(arena);
		is_had_by_olu(inc);
		missing += count_missing(d->kind, built_page(d, inc, EVENT_UPDATE, arena), wanted, COUNT(wanted));
	}
	assert_int_equal(missing, 0);
}

/* The button of Slack's message takes back what holds, whatever was told last. */
static void an_update_keeps_the_button_to_take_it_back(void **state)
{
	(void)state;
	static const struct built_definition bot = {
		"slack", "{app_token: x, channel: '#c', signing_secret: s}", {{"app_token", STR_INIT("x")}}};
	AUTOARENA struct arena *arena = arena_new();
	struct incident *inc = tanks(arena);
	assert_true(str_find(built_page(&bot, inc, EVENT_UPDATE, arena), STR("Take back")) < 0);
	is_had_by_olu(inc);
	struct str page = built_page(&bot, inc, EVENT_UPDATE, arena);
	assert_true(str_find(page, STR("Take back")) >= 0);
	assert_true(str_find(page, STR("color: #868e96")) >= 0);
}

/* A chat that shows no title beside the text gets both in one. */
static void a_title_stands_before_a_text_where_nothing_else_shows_it(void **state)
{
	(void)state;
	static const char *const kinds[] = {"telegram", "webex", "wechat"};
	for (size_t i = 0; i < COUNT(kinds); i++) {
		AUTOARENA struct arena *arena = arena_new();
		AUTOERR struct err err = ERR_INIT;
		struct receiver_request r;
		struct built b = built_of(built_definition(kinds[i]), tanks(arena), EVENT_TRIGGER);
		b.title = "FIRST {{severity.name}}";
		b.text = "THEN {{firing.count}}";
		assert_true(built_step(&b, arena, &r, &err));
		struct str page = read_as_person(&r, arena);
		ptrdiff_t first = str_find(page, STR("FIRST P1")), then = str_find(page, STR("THEN 12"));
		assert_true(first >= 0 && then > first);
		b.title = NULL;
		assert_true(built_step(&b, arena, &r, &err));
		assert_true(str_find(read_as_person(&r, arena), STR("fuel runs out")) < 0);
	}
}

static size_t times_in(struct str text, struct str what)
{
	size_t n = 0;
	for (ptrdiff_t at; (at = str_find(text, what)) >= 0; n++)
		text = str_slice(text, (size_t)at + what.n, text.n);
	return n;
}

static struct str page_by_template(const char *kind, struct incident *inc, enum message_event event, const char *title,
                                   const char *text, struct arena *arena)
{
	AUTOERR struct err err = ERR_INIT;
	struct receiver_request r;
	struct built b = built_of(built_definition(kind), inc, event);
	b.title = title;
	b.text = text;
	if (!built_step(&b, arena, &r, &err) || r.template_failed)
		fail_msg("%s: %s", kind, err_first(&err));
	return r.nothing ? STR("") : read_as_person(&r, arena);
}

/* A text of the user's own that names its alert alone still says that this is the end, or an acknowledgement, and whose. */
static void a_text_that_forgets_what_it_is_says_it(void **state)
{
	(void)state;
	/* an acknowledgement or the end is a request of its own at the others, without any text */
	static const char *const kinds[] = {"slack",      "msteams",    "email", "webhook",   "discord", "telegram",
	                                    "mattermost", "rocketchat", "webex", "victorops", "ntfy",    "wechat"};
	for (size_t i = 0; i < COUNT(kinds); i++) {
		AUTOARENA struct arena *arena = arena_new();
		struct incident *inc = tanks(arena);
		is_had_by_olu(inc);
		struct str page = page_by_template(kinds[i], inc, EVENT_ACKNOWLEDGE, NULL, "OWN {{labels.alertname}}", arena);
		if (str_find(page, STR("Acknowledged by olu: on my way")) < 0 || str_find(page, STR("OWN")) < 0)
			fail_msg("%s: %.*s", kinds[i], STR_ARG(page));
		page = page_by_template(kinds[i], inc, EVENT_UPDATE, NULL, "OWN {{headline | upper}}", arena);
		if (str_find(page, STR("OWN STILL FIRING")) < 0)
			fail_msg("%s: %.*s", kinds[i], STR_ARG(page));
	}
	AUTOARENA struct arena *arena = arena_new();
	struct incident *inc = tanks(arena);
	is_had_by_olu(inc);
	struct str page = page_by_template("webex", inc, EVENT_ACKNOWLEDGE, "{{headline}}", "OWN", arena);
	assert_int_equal(times_in(page, STR("on my way")), 1);
	page = page_by_template("webex", inc, EVENT_TRIGGER, NULL, "OWN", arena);
	assert_true(str_eq(str_trim(page), STR("markdown: OWN")) || times_in(page, STR("**")) == 0);
}

/* Whoever acknowledges may write what he likes: it is text, and leaves room for the user's own. */
static void words_of_an_acknowledgement_stay_words_above_a_text(void **state)
{
	(void)state;
	static const char *const kinds[] = {"slack",      "msteams", "email",     "discord", "telegram", "mattermost",
	                                    "rocketchat", "webex",   "victorops", "ntfy",    "wechat"};
	for (size_t i = 0; i < COUNT(kinds); i++) {
		AUTOARENA struct arena *arena = arena_new();
		struct incident *inc = tanks(arena);
		is_had_by_olu(inc);
		inc->acknowledged.by = STR("<b>@channel\r\nBcc: <!here>");
		inc->acknowledged.note = built_repeated(arena, "</b><script>&\xe2\x80\xae@here [x](y) ", 1000);
		struct str page = page_by_template(kinds[i], inc, EVENT_ACKNOWLEDGE, NULL, "OWN {{labels.alertname}}", arena);
		if (str_find(page, STR("OWN")) < 0 || str_find(page, STR("\xe2\x80\xae")) >= 0 ||
		    str_find(page, STR("\nBcc: <")) >= 0 || (!i && str_find(page, STR("<!here>")) >= 0))
			fail_msg("%s: %.*s", kinds[i], STR_ARG(page));
	}
}

static void a_drill_says_so_whatever_the_templates_say(void **state)
{
	(void)state;
	for (size_t k = 0; k < BUILT_DEFINITIONS; k++) {
		AUTOARENA struct arena *arena = arena_new();
		const char *kind = built_definitions[k].kind;
		struct incident *inc = tanks(arena);
		struct label *v = arena_alloc(arena, sizeof *v);
		v[0] = (struct label){STR("drill"), STR("true")};
		inc->labels = (struct labels){v, 1};
		if (!strcmp(kind, "jira") || !strcmp(kind, "github"))
			continue; /* first looks whether there is a ticket */
		struct str page = page_by_template(kind, inc, EVENT_TRIGGER, "ONE", "TWO", arena);
		if (times_in(page, STR("DRILL")) < 1)
			fail_msg("%s: %.*s", kind, STR_ARG(page));
		page = page_by_template(kind, inc, EVENT_TRIGGER, "a DRILL", "the DRILL", arena);
		if (str_find(page, STR("DRILL: a DRILL")) >= 0)
			fail_msg("%s: %.*s", kind, STR_ARG(page));
	}
}

/* What somebody writes to the stakeholders arrives, also where a page is made of details. */
static void words_of_a_person_stand_in_place_of_the_page(void **state)
{
	(void)state;
	AUTOARENA struct arena *arena = arena_new();
	AUTOERR struct err err = ERR_INIT;
	struct receiver_request r;
	struct built b = built_of(built_definition("pagerduty"), tanks(arena), EVENT_UPDATE);
	b.said = STR("The quay is closed");
	assert_true(built_step(&b, arena, &r, &err));
	struct str page = read_as_person(&r, arena);
	assert_true(str_find(page, STR("text: The quay is closed")) >= 0);
	assert_true(str_find(page, STR("page: ")) < 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(every_kind_says_every_fact),
	                                   cmocka_unit_test(words_of_a_person_stand_in_place_of_the_page),
	                                   cmocka_unit_test(a_text_that_forgets_what_it_is_says_it),
	                                   cmocka_unit_test(words_of_an_acknowledgement_stay_words_above_a_text),
	                                   cmocka_unit_test(a_drill_says_so_whatever_the_templates_say),
	                                   cmocka_unit_test(an_update_keeps_the_button_to_take_it_back),
	                                   cmocka_unit_test(a_title_stands_before_a_text_where_nothing_else_shows_it),
	                                   cmocka_unit_test(an_update_still_says_who_has_it)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
