/* The walk over all open incidents gives way to a store that is behind. */
#include "stage.h"

#include <stdlib.h>

#include "service/census.h"

static struct stage stage;

static int teardown(void **state)
{
	(void)state;
	stage_close(&stage);
	return 0;
}

struct walked {
	struct census *census;
	int count;
	size_t open;
};

static void walked(void *arg, const struct census_figures *f)
{
	struct walked *w = arg;
	w->count++;
	w->open = f->open;
}

static struct walked begin(int behind)
{
	char key[64];
	stage_open(&stage, &(struct stage_settings){
						   .rules = "\n  - {name: all, matchers: ['alertname=\"HighCPU\"'], group_by: ['...']}"});
	for (int i = 0; i < 3; i++) {
		snprintf(key, sizeof key, "\"alertname\": \"HighCPU\", \"instance\": \"%d\"", i);
		stage_alert_is(&stage, key, "firing", 0, "page/new");
	}
	stage.store->behind = behind;
	stage.store->lists = 0;
	return (struct walked){.count = 0};
}

static bool listed(struct stage *s, const void *arg)
{
	(void)arg;
	return s->store->lists > 0;
}

static bool done(struct stage *s, const void *arg)
{
	const struct walked *w = arg;
	(void)s;
	return w->count > 0;
}

static void it_waits_for_a_store_that_is_behind(void **state)
{
	(void)state;
	struct walked w = begin(5);
	w.census = census_new(&stage.r, walked, &w);
	stage_until(&stage, listed, NULL);
	assert_int_equal(stage.store->behind, 0);
	stage_until(&stage, done, &w);
	assert_int_equal(w.open, 3);
	census_free(w.census);
}

/* Its disk may hang, and what is open is still to be known. */
static void it_does_not_wait_for_ever(void **state)
{
	(void)state;
	struct walked w = begin(-1);
	w.census = census_new(&stage.r, walked, &w);
	stage_until(&stage, done, &w);
	assert_int_equal(stage.store->behind, -1);
	assert_int_equal(w.open, 3);
	census_free(w.census);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(it_waits_for_a_store_that_is_behind, teardown),
		cmocka_unit_test_teardown(it_does_not_wait_for_ever, teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
