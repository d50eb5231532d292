/*
 * The scripts, one for each verb and each query: redis_*.lua beside this file, put into the program as they are. Each begins with
 * redis_prelude.lua; those that change due times or leases go on with redis_queue.lua.
 */
#ifndef STORE_REDIS_SCRIPTS_H
#define STORE_REDIS_SCRIPTS_H

#include "io/redis.h"
#include "store/request.h"

#define BYTES(file) ".incbin \"src/store/" file "\"\n"
/* The assembler puts the files one behind the other, with a NUL at the end. */
#define SCRIPT(verb, files)                                                                                            \
	extern const char redis_script_##verb[];                                                                           \
	__asm__(".section .rodata\n"                                                                                       \
	        ".global redis_script_" #verb "\n"                                                                         \
	        ".hidden redis_script_" #verb "\n"                                                                         \
	        "redis_script_" #verb ":\n" BYTES("redis_prelude.lua") files ".byte 0\n"                                   \
	                                                                     ".previous\n")

/* By verb; io/redis keeps each script's SHA-1 in it. */
extern struct redis_script redis_scripts[VERBS];
/* Not a verb: whether all that they do may be done. */
extern struct redis_script redis_probe;
/* Nor this: once, before anything is claimed. */
extern struct redis_script redis_takeover;

#endif
