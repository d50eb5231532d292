/*
 * Who it is that answers like Redis, from INFO's section Server. Redis' successors call themselves in a field of their own
 * (valkey_version, redict_version, …), and say in redis_version which Redis they stand for.
 */
#ifndef STORE_REDIS_IDENTITY_H
#define STORE_REDIS_IDENTITY_H

#include <stdbool.h>

#include "base/str.h"

struct redis_identity {
	char name[24], version[32]; /* its own; "" when not known */
	char redis_version[32];     /* the Redis that it stands for */
};

void redis_identify(struct str info, struct redis_identity *out);
/* Scripts need the commands of Redis 6.2. False when nobody can say. */
bool redis_is_too_old(const struct redis_identity *who);
/* The value of NAME in INFO's lines; `out` stays as it is where there is none. */
void redis_info_value(struct str info, const char *name, char *out, size_t size);

#endif
