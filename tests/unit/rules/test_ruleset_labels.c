/* Which labels and annotations the rules are known to read. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka wants the four above first */
#include <cmocka.h>

#include "ruleset_world.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))

static void test_what_rules_read_is_known_by_name(void **state)
{
	(void)state;
	static const char *const read[] = {"team", "shop",  "k8s.pod", "grouped",  "page",
	                                   "line", "floor", "desk",    "dashboard"};
	struct world w = world_with("rules: [{name: a, matchers: [shop=\"x\"], annotation_matchers: [dashboard=~\".+\"],"
	                            " runbook: '{{labels.page}}.md', summary: 'On {{labels.k8s.pod}} {{annotations.line}}"
	                            " {{#labels}}{{floor}}{{/labels}}', receivers: ['{{labels.desk}}']},"
	                            " {name: b, group_by: [grouped]}]");
	const struct map *names = ruleset_label_names(w.rules);
	for (size_t i = 0; i < COUNT(read); i++)
		if (!map_get(names, str_c(read[i])))
			fail_msg("%s", read[i]);
	assert_null(map_get(names, STR("unheard_of")));
	world_free(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_rules_read_is_known_by_name),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
