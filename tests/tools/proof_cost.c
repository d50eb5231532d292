/*
 * Looks TIMES times at a proof that does not hold, for tests that count instructions: proof_cost link|pagerduty|slack|opsgenie
 * PROOF TIMES. PROOF is a link's token, or what the provider's header holds. Prints nothing; fails where it holds.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "incident/ack_token.h"
#include "receivers/receiver.h"

#define SECRET "an invented secret, long enough"
#define NOW INT64_C(1763712000000)
#define BODY                                                                                                           \
	"{\"event\":{\"event_type\":\"incident.acknowledged\",\"occurred_at\":\"2025-11-21T08:00:00Z\",\"data\":{\"id\":"  \
	"\"Q1\"}}}"

static struct str header(void *arg, const char *name)
{
	if (strstr(name, "Timestamp"))
		return STR("1763712000");
	return str_c(arg);
}

static bool link_holds(char *proof)
{
	AUTOARENA struct arena *arena = arena_new();
	struct str secret = STR(SECRET);
	const struct strs secrets = {&secret, 1};
	struct ack_token out;
	return ack_token_read(arena, &secrets, str_c(proof), NOW, &out) != ACK_TOKEN_FOREIGN;
}

static bool callback_holds(const struct receiver_callback *callback, char *proof)
{
	AUTOARENA struct arena *arena = arena_new();
	const struct callback_request r = {
		.arena = arena, .body = STR(BODY), .header = header, .arg = proof, .now_ms = NOW};
	return callback->authentic(&r, STR(SECRET));
}

int main(int argc, char **argv)
{
	const struct receiver_kind *kind = argc == 4 ? receiver_kind_find(argv[1]) : NULL;
	bool is_link = argc == 4 && !strcmp(argv[1], "link");
	if (!is_link && (!kind || !kind->callback)) {
		fputs("usage: proof_cost link|KIND PROOF TIMES\n", stderr);
		return 2;
	}
	for (long n = strtol(argv[3], NULL, 10); n > 0; n--) {
		if (is_link ? link_holds(argv[2]) : callback_holds(kind->callback, argv[2]))
			return 1;
	}
	return 0;
}
