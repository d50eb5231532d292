/* Any bytes as a token are none of ours; any bytes as a name come back from one that is. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "incident/ack_token.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define NOW INT64_C(1763712000000)
#define KEY "0123456789abcdef0123456789abcdef"

static struct str secret[] = {STR_INIT("a secret that no input has, by any chance")};

static void check_name(struct arena *arena, struct str name, uint64_t generation)
{
	const struct strs secrets = {secret, 1};
	const struct ack_token in = {
		.key = STR(KEY), .generation = generation, .round = generation / 2, .expires_at = NOW + 1000, .who = name};
	struct ack_token out;
	struct str text = ack_token_write(arena, &secrets, &in);
	if (text.n > ACK_TOKEN_MAX || ack_token_read(arena, &secrets, text, NOW, &out) != ACK_TOKEN_GOOD)
		abort();
	if (!str_eq(out.key, in.key) || out.generation != generation || out.round != in.round || !str_starts(name, out.who))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTOARENA struct arena *arena = arena_new();
	const struct strs secrets = {secret, 1};
	struct str text = {(const char *)data, size};
	struct ack_token out;
	struct provider_key key;
	if (ack_token_read(arena, &secrets, text, NOW, &out) != ACK_TOKEN_FOREIGN)
		abort();
	if (incident_provider_key_read(text, &key) && (key.key.n != INCIDENT_KEY_SIZE - 1 || !key.generation))
		abort();
	check_name(arena, text, size);
	return 0;
}
