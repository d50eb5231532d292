/*
 * The line of passwords that wait for the thread of io/passwords.h. Whoever asks holds a place as two holders: his
 * address, and the name that he says from there. Whether somebody has that name is nowhere asked, so that neither who is
 * served first nor who gives way tells it.
 *
 * Next is whose address was wrong least often: a flood waits for whoever comes for the first time. Of these an address
 * from which somebody was right goes first, then the name that was wrong least often there. In a full line the newest
 * place of the address with most places gives way, of the name with most places there. No lock, no thread: the caller has
 * them.
 */
#ifndef IO_PASSWORD_LINE_H
#define IO_PASSWORD_LINE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/queue.h>

#include "base/str.h"

#define PASSWORD_LINE_MOST 256
/* Holders are numbers: two may share one by chance, which costs them a place now and then. Wrongs are halved after so many. */
#define PASSWORD_HOLDERS 4096
#define PASSWORD_WRONGS_MOST 1000

struct password_place {
	TAILQ_ENTRY(password_place) next;
	unsigned block, name; /* holders: the address, and the name from there */
	bool proven;          /* somebody was right from this address */
	bool waits;
};

/* Of each holder: the places that wait, and how often it was wrong. */
struct password_tally {
	uint16_t holds[PASSWORD_HOLDERS], wrongs[PASSWORD_HOLDERS];
};

struct password_line {
	TAILQ_HEAD(password_places, password_place) places;
	int count;
	struct password_tally blocks, names;
	int wrongs_in_all;
};

void password_line_init(struct password_line *l);
/* `secret` makes it unforeseeable who shares a number. */
unsigned password_line_holder(struct str secret, struct str block, struct str name);
/* NULL, or whose place is lost for this one: it waits no more. May be `p` itself. */
struct password_place *password_line_join(struct password_line *l, struct password_place *p);
void password_line_leave(struct password_line *l, struct password_place *p); /* nothing where it does not wait */
/* Takes who is next out of the line; NULL where nobody waits. He counts as wrong until password_line_right(). */
struct password_place *password_line_next(struct password_line *l);
void password_line_right(struct password_line *l, const struct password_place *p);

#endif
