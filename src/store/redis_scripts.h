/*
 * The scripts, one for each verb: redis_*.lua beside this file, put into the program as they are. Each begins with
 * redis_prelude.lua; those that change due times or leases go on with redis_queue.lua.
 */
#ifndef STORE_REDIS_SCRIPTS_H
#define STORE_REDIS_SCRIPTS_H

#include "io/redis.h"
#include "store/request.h"

/* By verb; io/redis keeps each script's SHA-1 in it. */
extern struct redis_script redis_scripts[VERBS];
/* Not a verb: whether all that they do may be done. */
extern struct redis_script redis_probe;

#endif
