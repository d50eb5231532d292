/* What each kind makes of what its provider sends, event by event. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/time.h"
#include "receivers/receiver.h"

#define NOW (INT64_C(1763712000) * TIME_SECOND) /* 2025-11-21T08:00:00Z */

static struct str no_header(void *arg, const char *name)
{
	(void)arg;
	(void)name;
	return (struct str){NULL, 0};
}

#define PAGERDUTY(type, agent, more)                                                                                   \
	"{\"event\":{\"id\":\"e1\",\"event_type\":\"" type "\",\"occurred_at\":\"2025-11-21T07:59:00Z\",\"agent\":" agent  \
	",\"data\":{\"id\":\"Q1\",\"incident_key\":\"k-2\"" more "}}}"
#define ANA "{\"type\":\"user_reference\",\"summary\":\"Ana\"}"
#define OURS "{\"type\":\"events_api_v2_inbound_integration_reference\",\"summary\":\"x\"}"
#define OPSGENIE(action, more)                                                                                         \
	"{\"action\":\"" action "\",\"source\":{\"name\":\"\",\"type\":\"web\"},\"alert\":{\"alias\":\"k\",\"username\":"  \
	"\"ana\"" more "}}"
#define GOALERT(sentence) "{\"Type\":\"AlertStatus\",\"AlertID\":7,\"LogEntry\":\"" sentence "\"}"
#define SLACK(action)                                                                                                  \
	"payload=%7B%22type%22:%22block_actions%22,%22user%22:%7B%22id%22:%22U1%22%7D,%22actions%22:%5B" action "%5D%7D"

/* Reading, what is to be done, the key or reference, who, and the note. */
static const struct {
	const char *kind, *body;
	enum callback_reading reading;
	enum callback_what what;
	const char *name, *by, *note;
} rows[] = {
	{"pagerduty", PAGERDUTY("incident.acknowledged", ANA, ""), CALLBACK_READ, CALLBACK_ACKNOWLEDGE, "k-2", "Ana", ""},
	{"pagerduty", PAGERDUTY("incident.unacknowledged", "null", ""), CALLBACK_READ, CALLBACK_UNACKNOWLEDGE, "k-2", "",
     ""},
	{"pagerduty", PAGERDUTY("incident.resolved", ANA, ""), CALLBACK_READ, CALLBACK_RESOLVE, "k-2", "Ana",
     "resolved in PagerDuty"},
	{"pagerduty", PAGERDUTY("incident.resolved", OURS, ""), CALLBACK_OWN, CALLBACK_NOTHING, "", "", ""},
	{"pagerduty", PAGERDUTY("incident.triggered", OURS, ""), CALLBACK_READ, CALLBACK_REFER, "k-2", "x", ""},
	{"pagerduty", PAGERDUTY("incident.reassigned", ANA, ",\"assignees\":[{\"summary\":\"Ben\"},{\"summary\":\"C\"}]"),
     CALLBACK_READ, CALLBACK_NOTE, "k-2", "Ana", "reassigned to Ben"},
	{"pagerduty", PAGERDUTY("incident.escalated", ANA, ",\"assignees\":[]"), CALLBACK_READ, CALLBACK_NOTE, "k-2", "Ana",
     "escalated to"},
	{"pagerduty", PAGERDUTY("incident.delegated", ANA, ",\"escalation_policy\":{\"summary\":\"Crew\"}"), CALLBACK_READ,
     CALLBACK_NOTE, "k-2", "Ana", "delegated to Crew"},
	{"pagerduty",
     "{\"event\":{\"event_type\":\"incident.annotated\",\"occurred_at\":\"2025-11-21T08:00:00Z\",\"agent\":" ANA
     ",\"data\":{\"id\":\"N1\",\"incident\":{\"id\":\"Q1\"},\"content\":\"hm\"}}}",
     CALLBACK_READ, CALLBACK_NOTE, "Q1", "Ana", "hm"},
	{"pagerduty", PAGERDUTY("incident.incident_type.changed", ANA, ""), CALLBACK_UNKNOWN, CALLBACK_NOTHING, "", "", ""},
	{"pagerduty",
     "{\"event\":{\"event_type\":\"incident.acknowledged\",\"occurred_at\":\"2025-11-21T06:59:00Z\",\"agent\":" ANA
     ",\"data\":{}}}",
     CALLBACK_TOO_OLD, CALLBACK_NOTHING, "", "", ""},
	{"pagerduty", "{\"event\":{\"event_type\":\"incident.acknowledged\",\"data\":{}}}", CALLBACK_MALFORMED,
     CALLBACK_NOTHING, "", "", ""},
	{"pagerduty",
     "{\"event\":{\"event_type\":\"incident.acknowledged\",\"occurred_at\":\"2025-11-21T08:00:00Z\",\"data\":[]}}",
     CALLBACK_MALFORMED, CALLBACK_NOTHING, "", "", ""},
	{"pagerduty", "[]", CALLBACK_MALFORMED, CALLBACK_NOTHING, "", "", ""},
	{"opsgenie", OPSGENIE("Acknowledge", ",\"note\":\"on it\""), CALLBACK_READ, CALLBACK_ACKNOWLEDGE, "k", "ana",
     "on it"},
	{"opsgenie", OPSGENIE("UnAcknowledge", ""), CALLBACK_READ, CALLBACK_UNACKNOWLEDGE, "k", "ana", ""},
	{"opsgenie", OPSGENIE("Close", ",\"note\":\"done\""), CALLBACK_READ, CALLBACK_RESOLVE, "k", "ana",
     "closed in Opsgenie done"},
	{"opsgenie", OPSGENIE("Delete", ""), CALLBACK_READ, CALLBACK_RESOLVE, "k", "ana", "deleted in Opsgenie"},
	{"opsgenie", OPSGENIE("AssignOwnership", ",\"owner\":\"ben\""), CALLBACK_READ, CALLBACK_NOTE, "k", "ana",
     "assigned to ben"},
	{"opsgenie", OPSGENIE("Create", ""), CALLBACK_READ, CALLBACK_NOTHING, "k", "ana", ""},
	{"opsgenie", OPSGENIE("Restart the pump", ""), CALLBACK_UNKNOWN, CALLBACK_NOTHING, "", "", ""},
	{"opsgenie", "{\"action\":\"Acknowledge\",\"source\":{\"name\":\"runbookd\"},\"alert\":{\"alias\":\"k\"}}",
     CALLBACK_OWN, CALLBACK_NOTHING, "", "", ""},
	{"opsgenie", "{\"action\":\"Acknowledge\"}", CALLBACK_MALFORMED, CALLBACK_NOTHING, "", "", ""},
	{"goalert", GOALERT("Acknowledged by Ana Mori via Web"), CALLBACK_READ, CALLBACK_ACKNOWLEDGE, "7", "Ana Mori", ""},
	{"goalert", GOALERT("Closed by Ana Mori"), CALLBACK_READ, CALLBACK_RESOLVE, "7", "Ana Mori", "closed in GoAlert"},
	{"goalert", GOALERT("Closed"), CALLBACK_READ, CALLBACK_RESOLVE, "7", "", "closed in GoAlert"},
	{"goalert", GOALERT("Closed via crew integration (Generic API)"), CALLBACK_OWN, CALLBACK_NOTHING, "", "", ""},
	{"goalert", GOALERT("Escalated to step #2"), CALLBACK_READ, CALLBACK_NOTE, "7", "", "Escalated to step #2"},
	{"goalert", GOALERT("Melted"), CALLBACK_UNKNOWN, CALLBACK_NOTHING, "", "", ""},
	{"goalert", "{\"Type\":\"Verification\",\"Code\":\"1\"}", CALLBACK_READ, CALLBACK_NOTHING, "", "", ""},
	{"goalert", "{\"Type\":\"AlertStatus\",\"LogEntry\":\"Closed\"}", CALLBACK_MALFORMED, CALLBACK_NOTHING, "", "", ""},
	{"slack", SLACK("%7B%22action_id%22:%22runbookd_acknowledge%22,%22value%22:%22k%22%7D"), CALLBACK_READ,
     CALLBACK_ACKNOWLEDGE, "k", "U1", "in Slack"},
	{"slack", SLACK("%7B%22action_id%22:%22runbookd_unacknowledge%22,%22value%22:%22k%22%7D"), CALLBACK_READ,
     CALLBACK_UNACKNOWLEDGE, "k", "U1", "in Slack"},
	{"slack", SLACK("%7B%22action_id%22:%22more%22%7D"), CALLBACK_UNKNOWN, CALLBACK_NOTHING, "", "", ""},
	{"slack", SLACK("7"), CALLBACK_MALFORMED, CALLBACK_NOTHING, "", "", ""},
	{"slack", "payload=%7B%22type%22:%22view_closed%22%7D", CALLBACK_UNKNOWN, CALLBACK_NOTHING, "", "", ""},
	{"slack", "ssl_check=1", CALLBACK_MALFORMED, CALLBACK_NOTHING, "", "", ""},
};

static void what_an_event_means(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		AUTOARENA struct arena *arena = arena_new();
		const struct callback_request r = {
			.arena = arena, .body = str_c(rows[i].body), .header = no_header, .now_ms = NOW};
		const struct receiver_callback *callback = receiver_kind_find(rows[i].kind)->callback;
		struct callback_event e = {.what = CALLBACK_NOTHING};
		if (callback->read(&r, &e) != rows[i].reading || e.what != rows[i].what)
			fail_msg("%s: %s", rows[i].kind, rows[i].body);
		struct str name = e.key.n ? e.key : e.reference;
		if (!str_eq_c(name, rows[i].name) || !str_eq_c(e.by, rows[i].by) || !str_eq_c(e.note, rows[i].note))
			fail_msg("%s: %s: %.*s, %.*s, %.*s", rows[i].kind, rows[i].body, STR_ARG(name), STR_ARG(e.by),
			         STR_ARG(e.note));
	}
}

/* A kind that takes callbacks has an option for its secret, and no page needs that. */
static void its_secret_is_an_option_of_the_kind(void **state)
{
	(void)state;
	const struct receiver_kind *const *kinds;
	size_t found = 0, count = receiver_kinds(&kinds);
	for (size_t i = 0; i < count; i++) {
		bool has = false, needs = false;
		for (const char *const *s = kinds[i]->secrets; kinds[i]->callback && s && *s; s++)
			has |= !strcmp(*s, kinds[i]->callback->secret);
		for (const char *const *s = kinds[i]->required; kinds[i]->callback && s && *s; s++)
			needs |= !strcmp(*s, kinds[i]->callback->secret);
		assert_true(!kinds[i]->callback || (has && !needs));
		found += kinds[i]->callback != NULL;
	}
	assert_int_equal(found, 4);
}

static struct str dotted(void *arg, const char *name)
{
	(void)name;
	return str_c(arg);
}

/* An empty secret, or none in the request, proves nothing. */
static void nothing_proves_nothing(void **state)
{
	(void)state;
	static char given[][16] = {"", "v1=", "v0=", "Bearer ", " ", ",,,v1=,"};
	static const char *const kinds[] = {"pagerduty", "slack", "opsgenie", "goalert"};
	for (size_t k = 0; k < 4; k++) {
		for (size_t i = 0; i < sizeof given / sizeof *given; i++) {
			AUTOARENA struct arena *arena = arena_new();
			const struct callback_request r = {
				.arena = arena, .body = STR("{}"), .header = dotted, .arg = given[i], .now_ms = NOW};
			assert_false(receiver_kind_find(kinds[k])->callback->authentic(&r, STR("a secret")));
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_an_event_means),
		cmocka_unit_test(its_secret_is_an_option_of_the_kind),
		cmocka_unit_test(nothing_proves_nothing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
