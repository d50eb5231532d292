/*
 * What all stores have in common: the verbs copy what they are asked into a request, a store's submit() works on it,
 * and front_answer() calls back on the loop, in the order answered. A store's own struct begins with a front.
 */
#ifndef STORE_FRONT_H
#define STORE_FRONT_H

#include "io/loop.h"
#include "store/request.h"

struct outbox;
#define FRONT_MAGIC 0x53746f72u

struct front {
	struct store store; /* first: what users hold */
	unsigned magic;
	struct outbox *outbox;
	void (*submit)(struct front *, struct request *);
	struct store_health (*health)(struct front *);
	int64_t (*now)(struct front *);
	size_t (*parts)(struct front *, struct store_health *out); /* NULL: it is one store */
	void (*close)(
		struct front *); /* ends what is under way (front_answer), frees the store's own; then front_release() */
	void (*changed)(void *);
	void *changed_arg;
	bool planned; /* whoever uses it does without it for now: when it goes down that is no warning */
};

/* `l` may be NULL: then front_answer() calls back at once. */
void front_init(struct front *f, struct loop *l);
/* Calls back what is still waiting. */
void front_release(struct front *f);
struct front *front_of(struct store *s);
/* From any thread; the request is not the store's any more. */
void front_answer(struct front *f, struct request *r);
/* From any thread: runs on the loop, in order with the answers, before front_release() returns at the latest. */
void front_post(struct front *f, void (*run)(void *arg), void *arg);
/* On the loop: health is different from what it was. */
void front_changed(struct front *f);

#endif
