/* The scripts' texts. */
#include "store/redis_scripts.h"

SCRIPT(load, BYTES("redis_member.lua") BYTES("redis_load.lua"));
SCRIPT(commit, BYTES("redis_queue.lua") BYTES("redis_member.lua") BYTES("redis_groups.lua") BYTES("redis_count.lua")
                   BYTES("redis_commit.lua"));
SCRIPT(claim, BYTES("redis_queue.lua") BYTES("redis_claim.lua"));
SCRIPT(release, BYTES("redis_queue.lua") BYTES("redis_release.lua"));
SCRIPT(sweep, BYTES("redis_queue.lua") BYTES("redis_sweep.lua"));
SCRIPT(probe, BYTES("redis_queue.lua") BYTES("redis_upgrade.lua") BYTES("redis_probe.lua"));
SCRIPT(takeover, BYTES("redis_queue.lua") BYTES("redis_takeover.lua"));

struct redis_script redis_probe = {"probe", redis_script_probe, ""};
struct redis_script redis_takeover = {"takeover", redis_script_takeover, ""};
struct redis_script redis_scripts[VERBS] = {
	[VERB_LOAD] = {"load", redis_script_load, ""},    [VERB_COMMIT] = {"commit", redis_script_commit, ""},
	[VERB_CLAIM] = {"claim", redis_script_claim, ""}, [VERB_RELEASE] = {"release", redis_script_release, ""},
	[VERB_SWEEP] = {"sweep", redis_script_sweep, ""},
};
