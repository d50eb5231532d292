#include "stage.h"

#include "base/mem.h"
#include "base/time.h"
#include "service/budgets.h"

#define RULES                                                                                                          \
	"\n  - {name: disks, matchers: ['alertname=\"Disk\"'], severity: P1, page_budget: {per: 2h, pages: 2, "            \
	"when_exceeded: say}}"

static struct stage stage;
static struct store_ops spying;
static const struct store_ops *honest;
static int pages_while_read;

static int teardown(void **state)
{
	(void)state;
	budgets_free(stage.r.budgets);
	stage_close(&stage);
	return 0;
}

static void tell_of(const char *receiver)
{
	budgets_told(stage.r.budgets, &(struct page_told){STR(""), STR("disks"), str_c(receiver)}, stage.now);
}

/* A page is sent between the question and the answer, which knows nothing of it. */
static void answer_and_tell(struct store *s, struct request *r)
{
	for (; pages_while_read; pages_while_read--)
		tell_of("pager");
	honest->query(s, r);
}

static struct stage *budgets_begin(int while_read)
{
	stage_open(&stage, &(struct stage_settings){.rules = RULES});
	pages_while_read = while_read;
	honest = stage.r.store->ops;
	spying = *honest;
	spying.query = answer_and_tell;
	stage.r.store->ops = &spying;
	stage.r.budgets = budgets_new(&stage.r);
	return &stage;
}

static double budget_metric(const struct stage *s, enum router_metric m)
{
	const struct str names[] = {STR("rule"), STR("disks"), STR("pages")};
	return metrics_value(s->r.metrics, m, names);
}

static bool is_read(struct stage *s, const void *arg)
{
	(void)arg;
	return budget_metric(s, METRIC_BUDGET_LIMIT) == 2;
}

static bool says_used_up(const struct stage *s)
{
	AUTOARENA struct arena *arena = arena_new();
	return budgets_words(s->r.budgets, STR("disks"), STR(""), false, arena).n > 0;
}

/* Nothing of it needs to be in the store's counters yet; hours leave the period as time passes. */
static void test_a_page_counts_as_soon_as_it_is_sent(void **state)
{
	struct stage *s = budgets_begin(0);

	(void)state;
	tell_of("pager");
	stage_until(s, is_read, NULL);
	assert_true(budget_metric(s, METRIC_BUDGET_USED) == 0);
	tell_of("pager");
	assert_true(budget_metric(s, METRIC_BUDGET_USED) == 1);
	assert_false(says_used_up(s));
	tell_of("nobody");
	assert_true(budget_metric(s, METRIC_BUDGET_USED) == 1);
	tell_of("pager");
	assert_true(says_used_up(s));
	stage_pass(s, 4 * TIME_HOUR);
	assert_false(says_used_up(s));
}

static void test_a_page_that_is_sent_while_counters_are_read_is_not_lost(void **state)
{
	struct stage *s = budgets_begin(2);

	(void)state;
	stage_until(s, is_read, NULL);
	assert_true(budget_metric(s, METRIC_BUDGET_USED) == 2);
	assert_true(says_used_up(s));
}

static void test_without_budgets_nobody_counts(void **state)
{
	(void)state;
	budgets_told(NULL, &(struct page_told){STR("crew"), STR("disks"), STR("pager")}, 1);
	stage_open(&stage, &(struct stage_settings){.rules = "\n  - {name: disks, severity: P1}"});
	assert_null(budgets_new_told(&stage.r));
	stage.r.budgets = NULL;
}

#define TEST(f) cmocka_unit_test_teardown(f, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_a_page_counts_as_soon_as_it_is_sent),
		TEST(test_a_page_that_is_sent_while_counters_are_read_is_not_lost),
		TEST(test_without_budgets_nobody_counts),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
