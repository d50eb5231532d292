/*
 * Incidents and the bytes that a receiver sends: one test for each receivers/NAME.json. JSON bodies are compared as JSON
 * with sorted keys, everything else byte for byte. A file is one case, or has several in "cases", each of which overrides
 * what the file says. With GOLDEN_WRITE=1 in the environment the files are written anew: read the difference.
 */
#include <glob.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/buf.h"
#include "base/time.h"
#include "incident/digest.h"
#include "receivers/receiver.h"

#define FOLDER "tests/golden/receivers"
#define CASES_MAX 64

static json_t *load_golden_json(const char *path)
{
	json_error_t why;
	json_t *j = json_load_file(path, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, &why);
	if (!j)
		fail_msg("%s:%d: %s", path, why.line, why.text);
	return j;
}

static const char *golden_text(const json_t *j, const char *name)
{
	const char *s = json_string_value(json_object_get(j, name));
	return s ? s : "";
}

/* The named record of incidents/ with what the case changes in it. */
static struct incident *golden_incident(const json_t *test, struct arena *arena)
{
	AUTOERR struct err err = ERR_INIT;
	AUTOFREE char *path = mem_printf(FOLDER "/incidents/%s.json", golden_text(test, "incident"));
	json_t *record = load_golden_json(path);
	json_object_update(record, json_object_get(test, "change"));
	AUTOFREE char *bytes = json_dumps(record, 0);
	json_decref(record);
	struct incident *inc = incident_read(arena, str_c(bytes), &err);
	if (!inc)
		fail_msg("%s: %s", path, err_first(&err));
	return inc;
}

/* [[severity, rank, rule, owner, how many], …]: what a digest tells. */
static struct incident *golden_digest(const json_t *rows, struct arena *arena)
{
	struct digest digest;
	json_t *row;
	size_t i;
	digest_init(&digest, arena);
	json_array_foreach(rows, i, row)
	{
		struct incident *inc = incident_new(arena, STR("0123456789abcdef0123456789abcdef"));
		inc->severity.name = str_c(json_string_value(json_array_get(row, 0)));
		inc->severity.rank = (int)json_integer_value(json_array_get(row, 1));
		inc->rule = str_c(json_string_value(json_array_get(row, 2)));
		inc->owner = str_c(json_string_value(json_array_get(row, 3)));
		for (json_int_t n = json_integer_value(json_array_get(row, 4)); n > 0; n--)
			digest_fold(&digest, inc, &(struct delivery){.first_due_at = 1763712000000});
	}
	return digest_incident(&digest, STR("oncall"), 1763712000000);
}

static enum message_event event_of(const json_t *test)
{
	for (enum message_event e = EVENT_TRIGGER; e <= EVENT_RESOLVE; e++) {
		if (!strcmp(message_event_name(e), golden_text(test, "event")))
			return e;
	}
	fail_msg("no such event: %s", golden_text(test, "event"));
	return EVENT_TRIGGER;
}

/* JSON is YAML too, so settings are read as the configuration reads them. */
static void *settings_of(const struct receiver_kind *kind, const json_t *test, struct arena *arena)
{
	AUTOERR struct err err = ERR_INIT;
	AUTOFREE char *text = json_dumps(json_object_get(test, "settings"), 0);
	void *settings = arena_alloc(arena, kind->settings_size);
	options_defaults(kind->options, kind->option_count, arena, settings);
	const struct yaml_node *node = yaml_parse(arena, "settings", str_c(text), &err);
	bool ok = node && options_read(kind->options, kind->option_count, node, kind->name, arena, settings, NULL, &err);
	if (!ok || !receiver_check(kind, settings, node->at, arena, &err))
		fail_msg("%s", err_first(&err));
	return settings;
}

static struct receiver_secret *secrets_of(const json_t *test, struct arena *arena, size_t *count)
{
	json_t *map = json_object_get(test, "secrets"), *value;
	const char *name;
	struct receiver_secret *out = arena_alloc(arena, (json_object_size(map) + 1) * sizeof *out);
	*count = 0;
	json_object_foreach(map, name, value) out[(*count)++] =
		(struct receiver_secret){name, str_c(json_string_value(value))};
	return out;
}

static json_t *headers_json(const struct receiver_request *r)
{
	json_t *list = json_array();
	for (size_t i = 0; i < r->headers.n; i++)
		json_array_append_new(list, json_stringn(r->headers.v[i].p, r->headers.v[i].n));
	return list;
}

static json_t *mail_json(const struct receiver_mail *mail)
{
	json_t *to = json_array();
	for (size_t i = 0; i < mail->to.n; i++)
		json_array_append_new(to, json_stringn(mail->to.v[i].p, mail->to.v[i].n));
	return json_pack("{ss# so sb sb}", "from", mail->from.p, (int)mail->from.n, "to", to, "auth", mail->username.n > 0,
	                 "require_tls", (int)mail->require_tls);
}

/* The request in the shape of a case's "expect": "body" where it is JSON, else "text". */
static json_t *request_json_of(const struct receiver_request *r)
{
	if (r->nothing)
		return json_pack("{sb}", "nothing", 1);
	json_t *o = json_pack("{ss ss# so}", "method", r->method ? r->method : "", "url", r->url.p, (int)r->url.n,
	                      "headers", headers_json(r));
	json_t *body = json_loadb(r->body.p, r->body.n, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, NULL);
	if (body)
		json_object_set_new(o, "body", body);
	else
		json_object_set_new(o, "text", json_stringn(r->body.p, r->body.n));
	if (r->mail)
		json_object_set_new(o, "mail", mail_json(r->mail));
	if (r->template_failed)
		json_object_set_new(o, "template_failed", json_true());
	return o;
}

static const char *golden_name(const json_t *test)
{
	const char *name = golden_text(test, "name");
	return *name ? name : "expect";
}

/* Sets "expect" in `target` where the files are written anew. */
static void compare_request(const json_t *test, json_t *target, const struct receiver_request *r)
{
	json_t *got = request_json_of(r);
	AUTOFREE char *actual = json_dumps(got, JSON_SORT_KEYS | JSON_INDENT(2));
	AUTOFREE char *expected = json_dumps(json_object_get(test, "expect"), JSON_SORT_KEYS | JSON_INDENT(2));
	json_decref(got);
	if (getenv("GOLDEN_WRITE")) {
		json_object_set_new(target, "expect", json_loads(actual, JSON_ALLOW_NUL, NULL)); /* with its keys sorted */
		return;
	}
	if (!expected || strcmp(actual, expected) != 0)
		fail_msg("%s: got\n%s\nexpected\n%s", golden_name(test), actual, expected ? expected : "nothing");
}

static void run_receiver_case(const json_t *test, json_t *target)
{
	AUTOARENA struct arena *arena = arena_new();
	AUTOERR struct err err = ERR_INIT;
	const struct receiver_kind *kind = receiver_kind_find(golden_text(test, "kind"));
	assert_non_null(kind);
	struct message m;
	const struct message_context context = {.external_url = str_c(golden_text(test, "external_url")),
	                                        .acknowledge_url = str_c(golden_text(test, "acknowledge_url")),
	                                        .incident_url = str_c(golden_text(test, "incident_url")),
	                                        .quiet = json_is_true(json_object_get(test, "quiet")),
	                                        .digest = json_is_array(json_object_get(test, "digest"))};
	struct receiver_build in = {.settings = settings_of(kind, test, arena),
	                            .message = &m,
	                            .ref = str_c(golden_text(test, "ref")),
	                            .carry = str_c(golden_text(test, "carry")),
	                            .session = str_c(golden_text(test, "session")),
	                            .step = (unsigned)json_integer_value(json_object_get(test, "step"))};
	struct receiver_request out = {.arena = arena};
	json_int_t generation = json_integer_value(json_object_get(test, "generation"));
	json_t *digest = json_object_get(test, "digest");
	message_init(&m, arena, digest ? golden_digest(digest, arena) : golden_incident(test, arena), event_of(test),
	             (uint64_t)generation, (unsigned)json_integer_value(json_object_get(test, "attempt")), &context);
	m.echo = json_is_true(json_object_get(test, "echo"));
	in.secrets = secrets_of(test, arena, &in.secret_count);
	in.send_resolved = !json_is_false(json_object_get(test, "send_resolved"));
	assert_true(time_parse(str_c(golden_text(test, "now")), &in.now_ms));
	if (!receiver_make_request(kind, &in, &out, &err))
		fail_msg("%s: %s", golden_name(test), err_first(&err));
	compare_request(test, target, &out);
	if (kind->release)
		kind->release((void *)(uintptr_t)in.settings);
}

/* What the file says and the case does not. */
static json_t *whole_case(const json_t *file, const json_t *one)
{
	json_t *whole = json_deep_copy(one);
	json_object_update_missing(whole, (json_t *)(uintptr_t)file);
	json_object_del(whole, "cases");
	return whole;
}

static void write_anew(const json_t *file, const char *path)
{
	AUTOFREE char *text = json_dumps(file, JSON_INDENT(2));
	FILE *f = fopen(path, "w");
	assert_non_null(f);
	assert_true(fprintf(f, "%s\n", text) > 0);
	assert_int_equal(fclose(f), 0);
}

static void sends(void **state)
{
	json_t *file = load_golden_json(*state), *list = json_object_get(file, "cases"), *one;
	size_t i;
	json_array_foreach(list, i, one)
	{
		json_t *whole = whole_case(file, one);
		run_receiver_case(whole, one);
		json_decref(whole);
	}
	if (!list)
		run_receiver_case(file, file);
	if (getenv("GOLDEN_WRITE"))
		write_anew(file, *state);
	json_decref(file);
}

int main(void)
{
	glob_t found;
	struct CMUnitTest tests[CASES_MAX];
	if (glob(FOLDER "/*.json", 0, NULL, &found) != 0 || found.gl_pathc > CASES_MAX) {
		fprintf(stderr, "no cases, or too many: " FOLDER "\n");
		return 1;
	}
	for (size_t i = 0; i < found.gl_pathc; i++)
		tests[i] =
			(struct CMUnitTest){.name = found.gl_pathv[i], .test_func = sends, .initial_state = found.gl_pathv[i]};
	int failed = _cmocka_run_group_tests("receivers", tests, found.gl_pathc, NULL, NULL);
	globfree(&found);
	return failed;
}
