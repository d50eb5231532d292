#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "world.h"

/* The sanitizers make a seed about six times as dear. */
#ifdef __SANITIZE_ADDRESS__
#define SEEDS 400
#else
#define SEEDS 2500
#endif
#define STEPS_MAX 160

/* splitmix64: repeatable on every machine. */
static uint64_t roll_tape(uint64_t *state)
{
	uint64_t z = (*state += UINT64_C(0x9E3779B97F4A7C15));
	z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
	return z ^ (z >> 31);
}

static size_t make_tape(uint64_t seed, struct step *tape)
{
	uint64_t state = seed;
	size_t n = 10 + roll_tape(&state) % (STEPS_MAX - 10);
	for (size_t i = 0; i < n; i++) {
		uint64_t r = roll_tape(&state);
		tape[i] = (struct step){(uint8_t)r, (uint8_t)(r >> 8), (uint8_t)(r >> 16)};
	}
	return n;
}

/* Leaves out ever smaller pieces for as long as the same promise still breaks. */
static size_t shorten_tape(struct step *tape, size_t n, const char *why)
{
	struct step shorter[STEPS_MAX];
	for (size_t piece = n / 2; piece > 0; piece = piece > 1 ? piece / 2 : 0)
		for (size_t at = 0; at + piece <= n;) {
			memcpy(shorter, tape, at * sizeof *tape);
			memcpy(shorter + at, tape + at + piece, (n - at - piece) * sizeof *tape);
			const char *broken = world_run(shorter, n - piece, false);
			if (broken && !strcmp(broken, why)) {
				n -= piece;
				memcpy(tape, shorter, n * sizeof *tape);
			} else {
				at += piece;
			}
		}
	return n;
}

static void run_seed(uint64_t seed)
{
	struct step tape[STEPS_MAX];
	size_t n = make_tape(seed, tape);
	const char *why = world_run(tape, n, false);
	if (!why)
		return;
	n = shorten_tape(tape, n, why);
	printf("seed %llu: %s\nshortest history (%zu steps, then everything comes to rest):\n", (unsigned long long)seed,
	       why, n);
	world_run(tape, n, true);
	fail_msg("seed %llu: %s", (unsigned long long)seed, why);
}

static void no_interleaving_breaks_a_promise(void **state)
{
	(void)state;
	const char *one = getenv("SEED"), *count = getenv("SEEDS");
	if (one) {
		run_seed(strtoull(one, NULL, 10));
		return;
	}
	uint64_t seeds = count ? strtoull(count, NULL, 10) : SEEDS;
	for (uint64_t seed = 1; seed <= seeds; seed++)
		run_seed(seed);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(no_interleaving_breaks_a_promise)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
