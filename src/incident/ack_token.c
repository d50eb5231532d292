/* Signs and reads the token of an acknowledge link. */
#include "incident/ack_token.h"

#include <inttypes.h>

#include "base/hash.h"
#include "base/time.h"

/* What is signed says what it is for: another use of the same secret makes no link. */
#define PURPOSE "runbookd acknowledge 1\n"
#define PARTS 4
#define ROUND "a" /* before the round: "3a1" is the page 3 after one acknowledgement of it was taken back */

static void sign_ack_token(struct str secret, struct str text, char mac[HASH_HEX_MAX])
{
	AUTOBUF struct buf b;
	buf_init(&b, sizeof PURPOSE + ACK_TOKEN_MAX);
	buf_add_c(&b, PURPOSE);
	buf_add(&b, text);
	hash_hmac_sha256(secret, buf_str(&b), mac);
}

/* Whole characters of it, at most ACK_WHO_MAX bytes. */
static struct str who_kept(struct str who)
{
	size_t n = 0, step;
	while (n < who.n && (step = str_utf8_len(str_slice(who, n, who.n))) && n + step <= ACK_WHO_MAX)
		n += step;
	return str_slice(who, 0, n);
}

struct str ack_token_write(struct arena *arena, const struct strs *secrets, const struct ack_token *token)
{
	char mac[HASH_HEX_MAX];
	struct str who = who_kept(token->who);
	AUTOBUF struct buf b;
	buf_init(&b, ACK_TOKEN_MAX);
	if (!secrets->n)
		return (struct str){NULL, 0};
	buf_add(&b, token->key);
	buf_printf(&b, ".%" PRIu64, token->generation);
	if (token->round)
		buf_printf(&b, ROUND "%" PRIu64, token->round);
	buf_printf(&b, ".%" PRId64 ".", token->expires_at / TIME_SECOND);
	for (size_t i = 0; i < who.n; i++)
		buf_printf(&b, "%02x", (unsigned char)who.p[i]);
	sign_ack_token(secrets->v[0], buf_str(&b), mac);
	buf_printf(&b, ".%s", mac);
	return arena_str(arena, buf_str(&b));
}

/* ---- reading ---- */

/* All secrets are tried, whichever fits. */
static bool signed_by_one(const struct strs *secrets, struct str text, struct str mac)
{
	char expected[HASH_HEX_MAX];
	bool found = false;
	for (size_t i = 0; i < secrets->n; i++) {
		sign_ack_token(secrets->v[i], text, expected);
		found |= hash_equal(mac, str_c(expected));
	}
	return found;
}

/* Cuts at the dots; false unless there are exactly PARTS. */
static bool split_ack_token(struct str text, struct str parts[PARTS])
{
	size_t n = 0;
	for (ptrdiff_t dot = 0; dot >= 0 && n < PARTS; n++) {
		dot = str_index(text, '.');
		parts[n] = str_slice(text, 0, dot < 0 ? text.n : (size_t)dot);
		text = dot < 0 ? (struct str){NULL, 0} : str_slice(text, (size_t)dot + 1, text.n);
	}
	return n == PARTS && !text.n;
}

static int digit_of(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool read_who(struct arena *arena, struct str hex, struct str *out)
{
	char *who = arena_alloc(arena, hex.n / 2 + 1);
	if (hex.n % 2 || hex.n / 2 > ACK_WHO_MAX)
		return false;
	for (size_t i = 0; i < hex.n / 2; i++) {
		int high = digit_of(hex.p[2 * i]), low = digit_of(hex.p[2 * i + 1]);
		if (high < 0 || low < 0)
			return false;
		who[i] = (char)(high * 16 + low);
	}
	*out = (struct str){who, hex.n / 2};
	return true;
}

static bool read_page_number(struct str text, struct ack_token *out)
{
	ptrdiff_t mark = str_index(text, *ROUND);
	int64_t generation, round = 0;
	if (!str_to_i64(str_slice(text, 0, mark < 0 ? text.n : (size_t)mark), &generation) || generation < 0)
		return false;
	if (mark >= 0 && (!str_to_i64(str_slice(text, (size_t)mark + 1, text.n), &round) || round < 0))
		return false;
	out->generation = (uint64_t)generation;
	out->round = (uint64_t)round;
	return true;
}

static bool read_parts(struct arena *arena, struct str text, struct ack_token *out)
{
	struct str parts[PARTS];
	int64_t seconds;
	if (!split_ack_token(text, parts) || !parts[0].n || parts[0].n >= INCIDENT_KEY_SIZE)
		return false;
	if (!read_page_number(parts[1], out) || !str_to_i64(parts[2], &seconds) || seconds < 0 ||
	    seconds > INT64_MAX / TIME_SECOND)
		return false;
	out->key = arena_str(arena, parts[0]);
	out->expires_at = seconds * TIME_SECOND;
	return read_who(arena, parts[3], &out->who);
}

enum ack_token_result ack_token_read(struct arena *arena, const struct strs *secrets, struct str text, int64_t now_ms,
                                     struct ack_token *out)
{
	struct ack_token token = {.generation = 0};
	size_t end = text.n;
	while (end && text.p[end - 1] != '.')
		end--;
	if (!end || text.n > ACK_TOKEN_MAX)
		return ACK_TOKEN_FOREIGN;
	struct str before = str_slice(text, 0, end - 1);
	if (!signed_by_one(secrets, before, str_slice(text, end, text.n)) || !read_parts(arena, before, &token))
		return ACK_TOKEN_FOREIGN;
	*out = token;
	return now_ms < token.expires_at ? ACK_TOKEN_GOOD : ACK_TOKEN_EXPIRED;
}
