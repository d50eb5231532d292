/*
 * The ids of groups (row_group()) that came lately: a group comes again and again, and its id is a hash of what it is called,
 * which may be long.
 */
#ifndef SERVICE_GROUP_NAMES_H
#define SERVICE_GROUP_NAMES_H

#include "base/str.h"
#include "incident/member.h"

#define GROUP_NAMES_KEPT 512
#define GROUP_NAME_MAX 1024 /* bytes of source, receiver and group key together: of a longer one none is kept */

struct group_names;
struct group_names *group_names_new(void);
void group_names_free(struct group_names *g); /* NULL is fine */
/* As row_group(). */
char *group_names_id(struct group_names *g, struct str source, struct str receiver, struct str group_key,
                     char out[MEMBER_GROUP_SIZE]);

#endif
