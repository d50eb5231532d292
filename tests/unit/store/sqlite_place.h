/* An embedded store in a folder of its own, and what may happen to its file: for the tests of what lies on the disk. */
#ifndef TESTS_STORE_SQLITE_PLACE_H
#define TESTS_STORE_SQLITE_PLACE_H

#include "conformance.h"

struct place {
	char *folder, *path; /* data/runbookd.db in it */
};

/* A fixture: a struct conformance whose `own` is the place. */
int place_set_up(void **state);
int place_tear_down(void **state);
struct place *place_of(struct conformance *t);
struct store *place_open(struct conformance *t, bool anyway); /* sqlite_store_open_anyway(), or without */
void place_reopen(struct conformance *t);
/* Until its health is so, and its why has these words. Nobody asks it anything meanwhile. */
void place_wait_health(struct conformance *t, bool up, const char *words);

/* A page under way (the claim that has it), one that is due later, an incident that is over. */
struct store_claim place_fill(struct conformance *t);
void place_assert_all_there(struct conformance *t);

char *place_beside(const struct place *p, const char *suffix); /* the caller's to free */
void place_without(const struct place *p, const char *suffix);
void place_delete_all(const struct place *p);
/* Files of its folder whose name has the word. */
size_t place_count_files(const struct place *p, const char *word);
/* Bytes that make no sense. */
void place_write_over(const struct place *p, size_t from, size_t n);

#define PLACE_TEST(test) cmocka_unit_test_setup_teardown(test, place_set_up, place_tear_down)

#endif
