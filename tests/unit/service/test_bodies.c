#include "service/bodies.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "stage.h"

static int setup(void **state)
{
	struct stage *s = malloc(sizeof *s);
	stage_open(s, &(struct stage_settings){.rules = NULL});
	*state = s;
	return 0;
}

static int teardown(void **state)
{
	struct stage *s = *state;
	stage_close(s);
	free(s);
	return 0;
}

static void keep_body(struct bodies *known, struct config *c, const char *source, const char *text)
{
	struct body_read *b = body_read_new(c, str_c(source), str_c(text));
	bodies_keep(known, b);
	body_read_unref(b);
}

static bool does_know_body(struct bodies *known, struct config *c, const char *source, const char *text)
{
	struct body_read *b = bodies_find(known, c, str_c(source), str_c(text));
	bool same = b && str_eq_c(b->text, text) && str_eq_c(b->source, source);
	body_read_unref(b);
	return same;
}

static void test_known_by_source_and_text(void **state)
{
	struct stage *s = *state;
	struct config *c = s->r.config;
	struct bodies *known = bodies_new();

	assert_false(does_know_body(known, c, "eu", "{\"a\":1}"));
	keep_body(known, c, "eu", "{\"a\":1}");
	assert_true(does_know_body(known, c, "eu", "{\"a\":1}"));
	assert_false(does_know_body(known, c, "eu", "{\"a\":2}"));
	assert_false(does_know_body(known, c, "us", "{\"a\":1}"));
	keep_body(known, c, "us", "{\"a\":1}"); /* two sources that send the same bytes: the later one is known */
	assert_true(does_know_body(known, c, "us", "{\"a\":1}"));
	bodies_free(known);
}

/* What another configuration makes of it is not known; nor is what the first one made of it, once another was asked about. */
static void test_forgotten_with_its_configuration(void **state)
{
	struct stage *s = *state;
	struct config *before = config_ref(s->r.config);
	struct bodies *known = bodies_new();

	keep_body(known, before, "", "{}");
	stage_reload(s, &(struct stage_settings){.rules = NULL});
	assert_ptr_not_equal(before, s->r.config);
	assert_false(does_know_body(known, s->r.config, "", "{}"));
	assert_false(does_know_body(known, before, "", "{}"));
	bodies_free(known);
	config_unref(before);
}

static void test_the_least_lately_used_are_forgotten(void **state)
{
	struct stage *s = *state;
	struct config *c = s->r.config;
	struct bodies *known = bodies_new();
	size_t most = BODIES_BYTES_MAX / 4096 + 2; /* none takes less */

	keep_body(known, c, "", "first");
	keep_body(known, c, "", "used");
	for (size_t i = 0; i < most; i++) {
		char text[32];
		snprintf(text, sizeof text, "body %zu", i);
		keep_body(known, c, "", text);
		assert_true(does_know_body(known, c, "", "used"));
	}
	assert_false(does_know_body(known, c, "", "first"));
	bodies_free(known);
}

/* Of one alert a body takes some six KB with what the rules say of it: hundreds are known. */
static void test_hundreds_are_known(void **state)
{
	struct stage *s = *state;
	struct bodies *known = bodies_new();

	for (int i = 0; i < 300; i++) {
		AUTOFREE char *text = mem_printf("body %d", i);
		struct body_read *b = body_read_new(s->r.config, STR(""), str_c(text));
		for (size_t n = 0; n < 6000; n += 100)
			arena_alloc(b->arena, 100);
		bodies_keep(known, b);
		body_read_unref(b);
	}
	assert_true(does_know_body(known, s->r.config, "", "body 0"));
	bodies_free(known);
}

static void test_too_long_to_be_kept(void **state)
{
	struct stage *s = *state;
	struct bodies *known = bodies_new();
	AUTOFREE char *text = mem_alloc(BODIES_TEXT_MAX + 2);

	memset(text, 'x', BODIES_TEXT_MAX + 1);
	text[BODIES_TEXT_MAX + 1] = '\0';
	keep_body(known, s->r.config, "", text);
	assert_false(does_know_body(known, s->r.config, "", text));
	bodies_free(known);
}

/* Somebody is at work with a body when it is forgotten: he has it still. */
static void test_used_after_it_was_forgotten(void **state)
{
	struct stage *s = *state;
	struct bodies *known = bodies_new();
	struct body_read *b = body_read_new(s->r.config, STR("eu"), STR("{}"));

	b->hook.count = 1;
	bodies_keep(known, b);
	bodies_say(known, b, 0, STR("\"status\":\"firing\""));
	bodies_free(known);
	assert_true(str_eq_c(b->said[0], "\"status\":\"firing\""));
	assert_true(str_eq_c(b->text, "{}"));
	body_read_unref(b);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_known_by_source_and_text),
		TEST(test_forgotten_with_its_configuration),
		TEST(test_the_least_lately_used_are_forgotten),
		TEST(test_hundreds_are_known),
		TEST(test_too_long_to_be_kept),
		TEST(test_used_after_it_was_forgotten),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
