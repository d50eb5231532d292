#include "failover_house.h"

#include <string.h>

#include "../store/folder.h"
#include "replica/local_store.h"

#define TIMEOUT_MS 200

static struct store *open_local(struct loop *l, const char *folder)
{
	AUTOERR struct err err = ERR_INIT;
	AUTOFREE char *path = mem_printf("%s/runbookd.db", folder);
	struct store *s = local_store_open(l, path, &small_policy, &err);
	if (!s)
		fail_msg("%s", err_first(&err));
	return s;
}

struct store *house_open_both(struct loop *l, struct store *primary, const char *folder)
{
	return failover_store_open(
		l, &(struct failover_options){
			   .primary = primary, .local = open_local(l, folder), .policy = small_policy, .timeout_ms = TIMEOUT_MS});
}

void house_turn(struct loop *l)
{
	loop_defer(l, (void (*)(void *))loop_stop, l);
	loop_run(l);
}

int house_set_up(void **state)
{
	struct house *h = mem_zero(sizeof *h);
	h->folder = folder_new();
	h->t.loop = h->primary.loop = loop_new();
	h->primary.store = fickle_open(h->t.loop);
	h->t.store = house_open_both(h->t.loop, h->primary.store, h->folder);
	h->t.pass = conformance_poll;
	conformance_begin(&h->t);
	conformance_begin(&h->primary);
	*state = h;
	return 0;
}

int house_tear_down(void **state)
{
	struct house *h = *state;
	conformance_end(&h->t);
	conformance_end(&h->primary);
	h->t.store->ops->close(h->t.store);
	house_turn(h->t.loop);
	loop_free(h->t.loop);
	folder_remove(h->folder);
	mem_cleanup(&h->folder);
	mem_cleanup(&h);
	return 0;
}

/* ---- waiting ---- */

struct waiting {
	struct house *h;
	const char *state;
	uint64_t put_back;
	struct loop_timer *timer;
	bool owes;
};

static void look_at_failover(void *arg)
{
	struct waiting *w = arg;
	struct failover_figures f = failover_store_figures(w->h->t.store);
	bool at_rest = w->owes || strcmp(w->state, "primary") != 0 || f.owned == 0;
	if (strcmp(f.state, w->state) == 0 && at_rest && f.put_back >= w->put_back) {
		w->h->t.waiting = 0;
		loop_stop(w->h->t.loop);
	} else {
		loop_timer_set(w->timer, 5);
	}
}

/* Until the state has this name; "primary" also: until nothing is owed to it. */
static void wait_till(struct house *h, struct waiting w)
{
	w.timer = loop_timer_new(h->t.loop, look_at_failover, &w);
	loop_timer_set(w.timer, 0);
	h->t.waiting = 1;
	conformance_wait(&h->t);
	loop_timer_free(w.timer);
}

void wait_for(struct house *h, const char *state)
{
	wait_till(h, (struct waiting){.h = h, .state = state});
}

void wait_for_put_back(struct house *h, uint64_t count)
{
	wait_till(h, (struct waiting){.h = h, .state = "primary", .put_back = count});
}

void wait_for_served(struct house *h)
{
	wait_till(h, (struct waiting){.h = h, .state = "primary", .owes = true});
}

struct failover_figures figures(const struct house *h)
{
	return failover_store_figures(h->t.store);
}
