/*
 * Rows: what each group of each sender last said of an incident (INTAKE.md). Alertmanager states a whole group in every
 * body, and never says that an alert ended while it was silenced: so who is not listed any more is doubtful after one whole
 * body, and has ended after two that are late_grace apart.
 *
 * A member stands in a row as long as it carries one of the row's two marks. Example: a and b are listed with mark 7; a
 * whole body lists b alone: the row's mark becomes 8, b's too, and a with 7 (`former`) is doubtful; the next one that counts
 * makes 8 the former mark: a has ended, and nothing was written of it.
 */
#ifndef INCIDENT_ROW_H
#define INCIDENT_ROW_H

#include "incident/incident.h"
#include "incident/member.h"

#define ROW_SHARED "+"  /* the row of groups beyond INCIDENT_ROWS_MAX: nobody there ends by absence */
#define ROW_OLD ""      /* of a record that knew only how many fire (format 1): no group says anything of it */
#define ROW_OLD_MARK 1  /* that its members carry, in the episode that they joined */
#define ROW_BEAT_MARK 1 /* that a heartbeat's members carry, which stand in no row */

/* The id of a group: a hash of who sends and what it is about. */
char *row_group(struct str source, struct str receiver, struct str group_key, char out[MEMBER_GROUP_SIZE]);

struct incident_row *row_find(const struct incident *inc, const char *group);
/* Finds, or adds one in which nobody stands yet. */
struct incident_row *row_make(struct incident *inc, const char *group, int64_t now);
void row_drop(struct incident *inc, struct incident_row *row);

enum place { PLACE_NONE, PLACE_LISTED, PLACE_DOUBTFUL };
/* Where a member stands in this incident, whether it is counted or not. */
enum place row_place(const struct incident *inc, const struct member *m);
bool row_waits(const struct incident *inc, const struct member *m);

/* Takes a member out of the row in which it stands, and out of its counts. Its mark is left: the caller says what it becomes. */
void row_take_out(struct incident *inc, const struct member *m);
/* Puts it into `row`, among those listed: sets group and mark. It must stand nowhere. */
void row_put_in(struct incident *inc, struct incident_row *row, struct member *m);
/* A member that stands begins to wait for the page that is due. */
void row_wait(struct incident *inc, struct member *m);
/* No more wait than are counted, also where counts have stopped at 0. */
void row_clip(struct incident_row *row);
/* Nobody waits any more: the page was told, or dropped. */
void rows_wait_no_more(struct incident *inc);
uint64_t rows_waiting(const struct incident *inc);

/* The next whole body: who was not listed since the last one that counted is doubtful. Returns how many have ended. */
uint64_t row_shift(struct incident *inc, struct incident_row *row, int64_t now);
int64_t row_next_mark(struct incident *inc, int64_t now);

#endif
