/* relabel_configs: what steps make of labels, what is refused, what stays unsure where not all labels are known. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "rules/relabel.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))

/* "a=1 b=2" */
static struct labels labels_from(struct arena *arena, const char *text)
{
	struct labels out = {arena_alloc(arena, 64 * sizeof *out.v), 0};
	struct str rest = str_c(text);
	while (rest.n) {
		ptrdiff_t blank = str_index(rest, ' '), equal = str_index(rest, '=');
		size_t end = blank < 0 ? rest.n : (size_t)blank;
		out.v[out.n++] = (struct label){str_slice(rest, 0, (size_t)equal), str_slice(rest, (size_t)equal + 1, end)};
		rest = str_slice(rest, end + 1, rest.n);
	}
	labels_sort(&out);
	return out;
}

static struct relabel *steps_from(struct arena *arena, const char *yaml, enum relabel_place place, struct err *err)
{
	const struct yaml_node *root = yaml_parse(arena, "x.yml", str_c(yaml), err);
	return root ? relabel_read(root, place, err) : NULL;
}

static const struct {
	const char *steps, *in, *out;
} cases[] = {
	{"- {source_labels: [instance], regex: '([^:]+)(:\\d+)?', target_label: host}", "alertname=A instance=db-1:9100",
     "{alertname=\"A\", host=\"db-1\", instance=\"db-1:9100\"}"},
	{"- {source_labels: [instance], regex: '([^:]+)(:\\d+)?', target_label: host}", "alertname=A instance=db-1",
     "{alertname=\"A\", host=\"db-1\", instance=\"db-1\"}"},
	{"- {source_labels: [a, b], separator: /, regex: '(?P<x>.*)/(.*)', target_label: c, replacement: '${2}_${x}$$1'}",
     "a=1 b=2", "{a=\"1\", b=\"2\", c=\"2_1$1\"}"},
	{"- {source_labels: [a], target_label: c, replacement: '$1x-$9-${1'}", "a=1", "{a=\"1\", c=\"--${1\"}"},
	{"- {target_label: cluster, replacement: eu1}", "a=1", "{a=\"1\", cluster=\"eu1\"}"},
	{"- {source_labels: [gone], target_label: a}", "a=1", "{}"},
	{"- {source_labels: [gone], regex: (.+), target_label: a}", "a=1", "{a=\"1\"}"},
	{"- {source_labels: [a], regex: '2|(1.*)', target_label: 'is_$1', replacement: 'yes'}", "a=1b",
     "{a=\"1b\", is_1b=\"yes\"}"},
	{"- {action: Lowercase, source_labels: [a], target_label: a}", "a=PROD-Ä", "{a=\"prod-ä\"}"},
	{"- {action: uppercase, source_labels: [a, a], target_label: b}", "a=ö1", "{a=\"ö1\", b=\"Ö1;Ö1\"}"},
	{"- {action: hashmod, source_labels: [c], target_label: d, modulus: 1000}", "c=baz", "{c=\"baz\", d=\"976\"}"},
	{"- {action: labelmap, regex: 'k8s_(.+)'}", "a=1 k8s_pod=p k8s_a=2",
     "{a=\"2\", k8s_a=\"2\", k8s_pod=\"p\", pod=\"p\"}"},
	{"- {action: labeldrop, regex: 'prometheus_.*|replica'}", "a=1 prometheus_x=2 replica=3 replicas=4",
     "{a=\"1\", replicas=\"4\"}"},
	{"- {action: labelkeep, regex: 'a|alertname'}", "a=1 alertname=A b=2", "{a=\"1\", alertname=\"A\"}"},
	{"- {target_label: alertname, replacement: ''}\n- {target_label: b, replacement: x}", "alertname=A",
     "{alertname=\"A\", b=\"x\"}"},
	{"- {action: labeldrop, regex: b, separator: ;, replacement: $1}", "a=1 b=2", "{a=\"1\"}"},
};

static void steps_rewrite_as_in_prometheus(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		AUTOARENA struct arena *arena = arena_new();
		AUTOERR struct err err = ERR_INIT;
		struct relabel *r = steps_from(arena, cases[i].steps, RELABEL_ARRIVING, &err);
		if (!r)
			fail_msg("%s: %s", cases[i].steps, err_first(&err));
		struct labels in = labels_from(arena, cases[i].in), out = relabel_arriving(r, arena, &in, true);
		assert_string_equal(labels_format(arena, &out).p, cases[i].out);
		relabel_free(r);
	}
}

static const struct {
	const char *steps, *said;
} refused[] = {
	{"- {action: drop, source_labels: [a]}", "x.yml:1:3: error: relabel_configs: \"drop\" would lose alerts"},
	{"- {action: keep, source_labels: [a], regex: b}", "\"keep\" would lose alerts"},
	{"- {action: labeldrop, regex: 'a.*'}", "\"labeldrop\" would take alertname away: \"a.*\""},
	{"- {action: labelkeep, regex: 'job'}", "\"labelkeep\" would take alertname away"},
	{"- {action: labeldrop, regex: b, target_label: c}", "\"labeldrop\" takes \"regex\" and nothing else"},
	{"- {source_labels: [a]}", "\"replace\" needs \"target_label\""},
	{"- {action: hashmod, source_labels: [a], target_label: b}", "\"hashmod\" needs a \"modulus\""},
	{"- {action: rename, regex: a}", "no action is called \"rename\" (replace,"},
	{"- {target_label: a,\n   regex: '(a'}", "x.yml:2:11: error"},
	{"- {target: a}", "unknown key \"target\""},
	{"{target_label: a}", "must be a list of at most 100 steps"},
};

static void what_cannot_be_meant_is_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(refused); i++) {
		AUTOARENA struct arena *arena = arena_new();
		AUTOERR struct err err = ERR_INIT;
		assert_null(steps_from(arena, refused[i].steps, RELABEL_ARRIVING, &err));
		if (!strstr(err_first(&err), refused[i].said))
			fail_msg("%s: %s", refused[i].steps, err_first(&err));
	}
}

/* Two steps that double a value, thirty times over, would be 16 GiB. */
static void a_set_does_not_grow_without_end(void **state)
{
	(void)state;
	AUTOARENA struct arena *arena = arena_new();
	AUTOERR struct err err = ERR_INIT;
	AUTOBUF struct buf yaml;
	buf_init(&yaml, 64 * 1024);
	for (int i = 0; i < 30; i++)
		buf_add_c(&yaml, "- {source_labels: [a], target_label: a, replacement: $1$1}\n"
		                 "- {action: labelmap, regex: (.*), replacement: 'x$1'}\n");
	struct relabel *r = steps_from(arena, buf_str(&yaml).p, RELABEL_ARRIVING, &err);
	assert_non_null(r);
	struct labels in = labels_from(arena, "a=12345678"), out = relabel_arriving(r, arena, &in, true);
	size_t bytes = 0;
	for (size_t i = 0; i < out.n; i++)
		bytes += out.v[i].name.n + out.v[i].value.n;
	assert_in_range(bytes, RELABEL_BYTES_MAX / 4, RELABEL_BYTES_MAX);
	relabel_free(r);
}

static const char to_host[] = "- {source_labels: [instance], regex: '(.*):.*', target_label: instance}\n"
							  "- {source_labels: [pod], target_label: service}\n";

/* The group has no pod because it is not grouped by pods; its alerts have one. */
static void a_group_keeps_what_its_labels_do_not_tell(void **state)
{
	(void)state;
	AUTOARENA struct arena *arena = arena_new();
	AUTOERR struct err err = ERR_INIT;
	struct relabel *r = steps_from(arena, to_host, RELABEL_ARRIVING, &err);
	struct labels in = labels_from(arena, "instance=a:1 service=s");
	struct labels group = relabel_arriving(r, arena, &in, false), alert = relabel_arriving(r, arena, &in, true);
	assert_string_equal(labels_format(arena, &group).p, "{instance=\"a\", service=\"s\"}");
	assert_string_equal(labels_format(arena, &alert).p, "{instance=\"a\"}");
	relabel_free(r);
}

static void people_see_each_step(void **state)
{
	(void)state;
	AUTOARENA struct arena *arena = arena_new();
	AUTOERR struct err err = ERR_INIT;
	struct relabel *r = steps_from(arena, to_host, RELABEL_ARRIVING, &err);
	struct labels in = labels_from(arena, "instance=a:1 pod=p");
	struct relabel_step_said one = relabel_step(r, 0, arena, &in), two = relabel_step(r, 1, arena, &one.after);
	assert_int_equal(relabel_steps(r), 2);
	assert_string_equal(one.action, "replace");
	assert_int_equal(two.at.line, 2);
	assert_string_equal(labels_format(arena, &two.after).p, "{instance=\"a\", pod=\"p\", service=\"p\"}");
	relabel_free(r);
}

static const struct {
	const char *steps, *in;
	bool sent;
	const char *out, *unsure;
} sending[] = {
	{"- {action: drop, source_labels: [severity], regex: none}", "severity=none", false, "{severity=\"none\"}", ""},
	{"- {action: drop, source_labels: [severity], regex: none}", "severity=P1", true, "{severity=\"P1\"}", ""},
	{"- {action: keep, source_labels: [env], regex: prod}", "a=1", true, "{a=\"1\"}", ""},
	{"- {action: keepequal, source_labels: [a], target_label: b}", "a=1 b=2", false, "{a=\"1\", b=\"2\"}", ""},
	{"- {action: dropequal, source_labels: [a], target_label: b}", "a=1 b=2", true, "{a=\"1\", b=\"2\"}", ""},
	{"- {source_labels: [ns], target_label: team}\n- {source_labels: [team], target_label: owner}", "team=x", true,
     "{team=\"x\"}", "team owner "},
	{"- {source_labels: [ns], target_label: team}\n- {target_label: team, replacement: y}", "a=1", true,
     "{a=\"1\", team=\"y\"}", ""},
	{"- {source_labels: [ns], target_label: team}\n- {action: labeldrop, regex: team}", "a=1", true, "{a=\"1\"}", ""},
};

static void what_is_not_known_stays_unsure(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(sending); i++) {
		AUTOARENA struct arena *arena = arena_new();
		AUTOERR struct err err = ERR_INIT;
		AUTOBUF struct buf names;
		struct strs unsure;
		struct labels in = labels_from(arena, sending[i].in), out;
		buf_init(&names, 1024);
		struct relabel *r = steps_from(arena, sending[i].steps, RELABEL_SENDING, &err);
		if (!r)
			fail_msg("%s", err_first(&err));
		bool sent = relabel_sending(r, arena, &in, &out, &unsure);
		for (size_t j = 0; j < unsure.n; j++)
			buf_printf(&names, "%.*s ", STR_ARG(unsure.v[j]));
		if (sent != sending[i].sent || strcmp(names.n ? names.p : "", sending[i].unsure) != 0)
			fail_msg("%s: sent %d, unsure %s", sending[i].steps, sent, names.n ? names.p : "nothing");
		assert_string_equal(labels_format(arena, &out).p, sending[i].out);
		relabel_free(r);
	}
}

static void names_that_never_arrive_are_told(void **state)
{
	(void)state;
	AUTOARENA struct arena *arena = arena_new();
	AUTOERR struct err err = ERR_INIT;
	struct relabel *r = steps_from(arena, "- {action: labeldrop, regex: a|b}\n- {target_label: b, replacement: x}\n",
	                               RELABEL_SENDING, &err);
	assert_true(relabel_drops(r, STR("a")));
	assert_false(relabel_drops(r, STR("b")));
	assert_false(relabel_drops(r, STR("c")));
	relabel_free(r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(steps_rewrite_as_in_prometheus),
		cmocka_unit_test(what_cannot_be_meant_is_refused),
		cmocka_unit_test(a_set_does_not_grow_without_end),
		cmocka_unit_test(a_group_keeps_what_its_labels_do_not_tell),
		cmocka_unit_test(people_see_each_step),
		cmocka_unit_test(what_is_not_known_stays_unsure),
		cmocka_unit_test(names_that_never_arrive_are_told),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
