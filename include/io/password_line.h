/*
 * The line of passwords that wait for the thread of io/passwords.h. Whoever asks holds places: those who say a known name
 * from one address are one holder, all who say unknown names from that address are another one. The holder that was
 * served least is next, so a flood waits for whoever comes for the first time; a known name goes before an unknown one.
 * In a full line the newest place of the holder with most places gives way. No lock, no thread: the caller has them.
 */
#ifndef IO_PASSWORD_LINE_H
#define IO_PASSWORD_LINE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/queue.h>

#include "base/str.h"

#define PASSWORD_LINE_MOST 256
/* Holders are numbers: two may share one by chance, which costs them a place now and then. Served is halved after so many. */
#define PASSWORD_HOLDERS 4096
#define PASSWORD_SERVED_MOST 1000

struct password_place {
	TAILQ_ENTRY(password_place) next;
	unsigned holder;
	bool known, waits;
};

struct password_line {
	TAILQ_HEAD(password_places, password_place) places;
	int count;
	uint16_t holds[PASSWORD_HOLDERS], served[PASSWORD_HOLDERS];
	int served_in_all;
};

void password_line_init(struct password_line *l);
/* `secret` makes it unforeseeable who shares a number; `name` counts where it is known. */
unsigned password_line_holder(struct str secret, struct str block, struct str name, bool known);
/* NULL, or whose place is lost for this one: it waits no more. May be `p` itself. */
struct password_place *password_line_join(struct password_line *l, struct password_place *p);
void password_line_leave(struct password_line *l, struct password_place *p); /* nothing where it does not wait */
/* Takes who is next out of the line; NULL where nobody waits. */
struct password_place *password_line_next(struct password_line *l);

#endif
