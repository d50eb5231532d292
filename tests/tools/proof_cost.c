/*
 * Looks TIMES times at a proof that does not hold, for tests that count instructions: proof_cost KIND PROOF TIMES. KIND is
 * link, bearer, signature, password or a receiver's; PROOF is a link's token, what the header holds, or whether the name that
 * a wrong password comes with is known. Prints nothing; fails where it holds.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "incident/ack_token.h"
#include "io/passwords.h"
#include "receivers/receiver.h"
#include "web/webhook_auth.h"

#define SECRET "an invented secret, long enough"
#define NOW INT64_C(1763712000000)
#define BODY                                                                                                           \
	"{\"event\":{\"event_type\":\"incident.acknowledged\",\"occurred_at\":\"2025-11-21T08:00:00Z\",\"data\":{\"id\":"  \
	"\"Q1\"}}}"

static struct str proof_header(void *arg, const char *name)
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
		.arena = arena, .body = STR(BODY), .header = proof_header, .arg = proof, .now_ms = NOW};
	return callback->authentic(&r, STR(SECRET));
}

/* ---- passwords, which have a thread of their own ---- */

struct guess {
	struct loop *loop;
	bool right;
};

static void guessed(void *arg, enum password_answer answer)
{
	struct guess *g = arg;
	g->right = answer != PASSWORD_WRONG;
	loop_stop(g->loop);
}

static bool password_holds(struct passwords *p, struct loop *loop, bool known)
{
	struct guess g = {.loop = loop, .right = true};
	const struct password_question q = {.user = known ? STR("ana") : STR("eve"),
	                                    .password = STR("a guess"),
	                                    .hash = "$2b$04$abcdefghijklmnopqrstuuABCDEFGHIJKLMNOPQRSTUVWXYZ01234",
	                                    .never = !known,
	                                    .block = STR("192.0.2.1")};
	if (passwords_ask(p, &q, guessed, &g))
		loop_run(loop);
	return g.right;
}

static bool any_password_holds(const char *who, long times)
{
	struct loop *loop = loop_new();
	struct passwords *p = passwords_new(loop);
	bool right = false;

	for (; times > 0 && !right; times--)
		right = password_holds(p, loop, !strcmp(who, "known"));
	passwords_free(p);
	loop_free(loop);
	return right;
}

/* ---- one proof ---- */

static bool does_proof_hold(const char *name, const struct receiver_kind *kind, char *proof)
{
	if (kind)
		return callback_holds(kind->callback, proof);
	if (!strcmp(name, "bearer"))
		return webhook_auth_bearer(str_c(proof), STR("# in force\n" SECRET "\nanother one that nobody uses\n"));
	if (!strcmp(name, "signature"))
		return webhook_auth_signature(STR(SECRET), STR("1763712000"), str_c(proof), STR(BODY), NOW);
	return link_holds(proof);
}

static bool is_ours(const char *name)
{
	return !strcmp(name, "link") || !strcmp(name, "bearer") || !strcmp(name, "signature") || !strcmp(name, "password");
}

int main(int argc, char **argv)
{
	const struct receiver_kind *kind = argc == 4 ? receiver_kind_find(argv[1]) : NULL;
	if (argc != 4 || !(is_ours(argv[1]) || (kind && kind->callback))) {
		fputs("usage: proof_cost link|bearer|signature|password|KIND PROOF TIMES\n", stderr);
		return 2;
	}
	if (!strcmp(argv[1], "password"))
		return any_password_holds(argv[2], strtol(argv[3], NULL, 10));
	for (long n = strtol(argv[3], NULL, 10); n > 0; n--) {
		if (does_proof_hold(argv[1], kind, argv[2]))
			return 1;
	}
	return 0;
}
