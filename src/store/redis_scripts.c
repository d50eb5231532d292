#include "store/redis_scripts.h"

#define BYTES(file) ".incbin \"src/store/" file "\"\n"
/* The assembler puts the files one behind the other, with a NUL at the end. */
#define SCRIPT(verb, files)                                                                                            \
	extern const char redis_script_##verb[];                                                                           \
	__asm__(".section .rodata\n"                                                                                       \
	        ".global redis_script_" #verb "\n"                                                                         \
	        ".hidden redis_script_" #verb "\n"                                                                         \
	        "redis_script_" #verb ":\n" BYTES("redis_prelude.lua") files ".byte 0\n"                                   \
	                                                                     ".previous\n")

SCRIPT(load, BYTES("redis_member.lua") BYTES("redis_load.lua"));
SCRIPT(commit, BYTES("redis_queue.lua") BYTES("redis_member.lua") BYTES("redis_groups.lua") BYTES("redis_commit.lua"));
SCRIPT(claim, BYTES("redis_queue.lua") BYTES("redis_claim.lua"));
SCRIPT(release, BYTES("redis_queue.lua") BYTES("redis_release.lua"));
SCRIPT(list, BYTES("redis_list.lua"));
SCRIPT(members, BYTES("redis_member.lua") BYTES("redis_members.lua"));
SCRIPT(counters, BYTES("redis_counters.lua"));
SCRIPT(stats, BYTES("redis_stats.lua"));
SCRIPT(sweep, BYTES("redis_queue.lua") BYTES("redis_sweep.lua"));
SCRIPT(probe, BYTES("redis_probe.lua"));

struct redis_script redis_probe = {"probe", redis_script_probe, ""};
struct redis_script redis_scripts[VERBS] = {
	[VERB_LOAD] = {"load", redis_script_load, ""},
	[VERB_COMMIT] = {"commit", redis_script_commit, ""},
	[VERB_CLAIM] = {"claim", redis_script_claim, ""},
	[VERB_RELEASE] = {"release", redis_script_release, ""},
	[VERB_MEMBERS] = {"members", redis_script_members, ""},
	[VERB_LIST] = {"list", redis_script_list, ""},
	[VERB_COUNTERS] = {"counters", redis_script_counters, ""},
	[VERB_STATS] = {"stats", redis_script_stats, ""},
	[VERB_SWEEP] = {"sweep", redis_script_sweep, ""},
};
