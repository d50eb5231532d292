/* Bearer tokens and signatures of the webhook, compared in constant time. */
#include "web/webhook_auth.h"

#include "base/hash.h"
#include "base/time.h"

/* Cuts the text up to `separator` off the front of `*rest`. */
static struct str next_part(struct str *rest, char separator)
{
	ptrdiff_t end = str_index(*rest, separator);
	struct str part = str_slice(*rest, 0, end < 0 ? rest->n : (size_t)end);

	*rest = str_slice(*rest, end < 0 ? rest->n : (size_t)end + 1, rest->n);
	return str_trim(part);
}

bool webhook_auth_bearer(struct str header, struct str tokens)
{
	const struct str scheme = STR("Bearer ");
	struct str given = str_trim(str_slice(header, header.n < scheme.n ? header.n : scheme.n, header.n));
	bool found = false;

	if (header.n < scheme.n || !str_eq_nocase(str_slice(header, 0, scheme.n), scheme) || !given.n)
		return false;
	while (tokens.n) {
		struct str token = next_part(&tokens, '\n');
		if (token.n && token.p[0] != '#')
			found |= hash_equal_secret(given, token);
	}
	return found;
}

static bool signature_has(struct str secret, struct str signature, struct str signed_text)
{
	char hex[HASH_HEX_MAX];
	bool found = false;

	hash_hmac_sha256(secret, signed_text, hex);
	while (signature.n) {
		struct str one = next_part(&signature, ',');
		if (str_starts(one, STR("v1=")))
			found |= hash_equal(str_slice(one, 3, one.n), str_c(hex));
	}
	return found;
}

/* Each line is a secret that is in force: while one is rotated, the old one and the new one. */
static bool signature_is(struct str secrets, struct str timestamp, struct str signature, struct str body)
{
	AUTOBUF struct buf signed_text;
	bool found = false;

	buf_init(&signed_text, body.n + timestamp.n + 2);
	buf_add(&signed_text, timestamp);
	buf_add_char(&signed_text, ':');
	buf_add(&signed_text, body);
	while (secrets.n) {
		struct str secret = next_part(&secrets, '\n');
		if (secret.n)
			found |= signature_has(secret, signature, buf_str(&signed_text));
	}
	return found;
}

static bool is_fresh(struct str timestamp, int64_t now_ms)
{
	int64_t seconds;

	if (!str_to_i64(timestamp, &seconds) || seconds < 0 || seconds > INT64_MAX / 2000)
		return false;
	int64_t age = now_ms - seconds * TIME_SECOND;
	return age <= WEBHOOK_SIGNATURE_AGE && age >= -WEBHOOK_SIGNATURE_AGE;
}

bool webhook_auth_signature(struct str secrets, struct str timestamp, struct str signature, struct str body,
                            int64_t now_ms)
{
	if (!secrets.n || !is_fresh(timestamp, now_ms))
		return false;
	return signature_is(secrets, timestamp, signature, body);
}

bool webhook_auth_asks(const struct config *c)
{
	return c->webhook.bearer_tokens_file.n || c->webhook.hmac_secret_file.n;
}

enum webhook_auth_result webhook_auth_token(struct str file, const struct http_exchange *x, struct err *err)
{
	AUTOARENA struct arena *arena = arena_new();
	struct str tokens, header = http_header(x, "Authorization");

	if (!header.n)
		return WEBHOOK_AUTH_REFUSED;
	if (!config_read_secret(arena, file, &tokens, err))
		return WEBHOOK_AUTH_BROKEN;
	return webhook_auth_bearer(header, tokens) ? WEBHOOK_AUTH_OK : WEBHOOK_AUTH_REFUSED;
}

bool webhook_auth_may_be_signed(const struct config *c, const struct http_exchange *x, int64_t now_ms)
{
	return c->webhook.hmac_secret_file.n && http_header(x, "X-Runbookd-Signature").n &&
	       is_fresh(http_header(x, "X-Runbookd-Timestamp"), now_ms);
}

enum webhook_auth_result webhook_auth_signed(const struct config *c, const struct http_exchange *x, int64_t now_ms,
                                             struct err *err)
{
	AUTOARENA struct arena *arena = arena_new();
	struct str secrets;

	if (!webhook_auth_may_be_signed(c, x, now_ms))
		return WEBHOOK_AUTH_REFUSED;
	if (!config_read_secret(arena, c->webhook.hmac_secret_file, &secrets, err))
		return WEBHOOK_AUTH_BROKEN;
	return webhook_auth_signature(secrets, http_header(x, "X-Runbookd-Timestamp"),
	                              http_header(x, "X-Runbookd-Signature"), http_body(x), now_ms)
	           ? WEBHOOK_AUTH_OK
	           : WEBHOOK_AUTH_REFUSED;
}
