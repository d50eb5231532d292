/*
 * A router with both stores for the failover store's tests: a primary that goes away (fickle_store.h), a local file, and
 * waiting for what comes by itself.
 */
#ifndef TESTS_FAILOVER_HOUSE_H
#define TESTS_FAILOVER_HOUSE_H

#include "fickle_store.h"
#include "replica/failover_store.h"
#include "small_router.h"

#define K "00000000000000000000000000000001"
#define L "00000000000000000000000000000002"

struct house {
	struct conformance t; /* its store is the failover store */
	struct conformance primary;
	char *folder;
};

/* The failover store of a primary, over the file in this folder. */
struct store *house_open_both(struct loop *l, struct store *primary, const char *folder);
/* Turns the loop once: what was closed is gone then. */
void house_turn(struct loop *l);
int house_set_up(void **state);
int house_tear_down(void **state);
#define HOUSE_TEST(name) cmocka_unit_test_setup_teardown(name, house_set_up, house_tear_down)

/* Until the state has this name; "primary" also: until nothing is owed to it. */
void wait_for(struct house *h, const char *state);
/* Until the primary serves and so many keys were put back. */
void wait_for_put_back(struct house *h, uint64_t count);
/* Until the primary serves, whatever is owed to it. */
void wait_for_served(struct house *h);
struct failover_figures figures(const struct house *h);

#endif
