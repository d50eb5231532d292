/*
 * Who asks: a user with a password, a token, a client certificate, an account of this machine by a unix socket, whom a trusted
 * proxy names, this machine, or nobody in particular; and what he may. Until users are configured nobody in particular may read, and hand in alerts where
 * webhook.auth asks for nothing; this machine may respond and operate.
 */
#include <netinet/in.h>

#include "api_impl.h"
#include "base/base64.h"
#include "base/hash.h"
#include "web/web.h"
#include "web/webhook_auth.h"

#define CREDENTIALS_MAX 8192

bool api_asks_for_users(struct api *api)
{
	const struct config_access *a = &api->router->config->access;
	return web_current(api->web)->user_count || a->user_count || a->accounts_given || a->user_header.n ||
	       a->certificate_count;
}

bool api_is_named_foreign(struct api *api, const struct http_exchange *x)
{
	const struct config *c = api->router->config;
	const struct api_peer peer = api_peer_of(x);
	return api_is_asked_by_foreign_name(&peer, c->external_url, &c->access.hosts);
}

static unsigned rights_of_nobody(struct api *api, const struct http_exchange *x)
{
	const struct config *c = api->router->config;
	unsigned rights = 0;

	if (!api_asks_for_users(api))
		rights = (api_is_named_foreign(api, x) ? 0 : RIGHT_READ) | (webhook_auth_asks(c) ? 0 : RIGHT_WEBHOOK);
	if (!api_is_from_here(x))
		return rights;
	if (c->access.loopback_given)
		return rights | c->access.loopback;
	return api_asks_for_users(api) ? rights : rights | RIGHT_RESPOND | RIGHT_OPERATE;
}

/* ---- passwords ---- */

/* Takes "Basic dXNlcjpwYXNz" apart; false where it is something else. */
static bool take_basic(const struct http_exchange *x, struct buf *text, struct str *user, struct str *password)
{
	const struct str scheme = STR("Basic ");
	struct str header = http_header(x, "Authorization");

	if (header.n < scheme.n || !str_eq_nocase(str_slice(header, 0, scheme.n), scheme) ||
	    !base64_decode(text, str_trim(str_slice(header, scheme.n, header.n))))
		return false;
	ptrdiff_t colon = str_index(buf_str(text), ':');
	if (colon < 0)
		return false;
	*user = str_slice(buf_str(text), 0, (size_t)colon);
	*password = str_slice(buf_str(text), (size_t)colon + 1, text->n);
	return true;
}

/* Nobody's name costs what a user's costs, and all of them the same: the first one's hash is tried, in vain. All are looked at. */
static void choose_hash(const struct web_config *w, struct password_question *q)
{
	q->hash = w->users[0].hash;
	q->never = true;
	q->most = 0;
	for (size_t i = 0; i < w->user_count; i++) {
		int cost = password_cost(w->users[i].hash);
		q->most = cost > q->most ? cost : q->most;
		if (!hash_equal(w->users[i].name, q->user))
			continue;
		q->hash = w->users[i].hash;
		q->never = false;
	}
}

static enum api_identity by_password(struct api *api, struct http_exchange *x, struct api_caller *out,
                                     struct password_question *q)
{
	const struct web_config *w = web_current(api->web);
	AUTOBUF struct buf text;

	buf_init(&text, CREDENTIALS_MAX);
	if (!w->user_count || !take_basic(x, &text, &q->user, &q->password))
		return API_WRONG;
	http_set_user(x, buf_str(&text)); /* the exchange keeps the bytes; the name alone is set once it is proved */
	struct str kept = http_user(x);
	q->password = str_slice(kept, q->user.n + 1, kept.n);
	q->user = str_slice(kept, 0, q->user.n);
	http_set_user(x, STR(""));
	q->block = http_block(x);
	choose_hash(w, q);
	switch (passwords_known(api->passwords, q)) {
	case PASSWORD_CROWDED:
	case PASSWORD_UNKNOWN: return API_TO_ASK;
	case PASSWORD_WRONG: return API_WRONG;
	case PASSWORD_RIGHT: break;
	}
	out->user = q->user;
	out->rights |= access_of_user(&api->router->config->access, q->user);
	return API_IDENTIFIED;
}

/* ---- tokens ---- */

static bool accept_token(struct str file, struct str name, unsigned rights, const struct http_exchange *x,
                         struct api_caller *out, struct err *err)
{
	if (!file.n || webhook_auth_token(file, x, err) != WEBHOOK_AUTH_OK)
		return false;
	out->user = name;
	out->rights |= rights;
	return true;
}

static enum api_identity by_token(struct api *api, const struct http_exchange *x, struct api_caller *out,
                                  struct err *err)
{
	const struct config *c = api->router->config;
	bool found = accept_token(c->webhook.bearer_tokens_file, STR("webhook token"), RIGHT_WEBHOOK, x, out, err);

	for (size_t i = 0; i < c->access.token_count; i++) {
		const struct access_token *t = &c->access.tokens[i];
		found |= accept_token(t->file, t->name, t->rights, x, out, err);
	}
	out->by_header = found;
	if (found)
		return API_IDENTIFIED;
	return err_any(err) ? API_UNREADABLE : API_WRONG;
}

static bool has_tokens(const struct config *c)
{
	return c->webhook.bearer_tokens_file.n || c->access.token_count;
}

/* ---- certificates, proxies ---- */

static void by_certificate(struct api *api, const struct http_exchange *x, struct api_caller *out)
{
	struct str names = http_certificate_names(x);
	unsigned rights = access_of_certificate(&api->router->config->access, names);
	ptrdiff_t end = str_index(names, '\n');

	if (!rights)
		return;
	out->user = str_slice(names, 0, end < 0 ? names.n : (size_t)end);
	out->rights |= rights;
}

static void by_proxy(struct api *api, const struct http_exchange *x, struct api_caller *out)
{
	const struct config_access *a = &api->router->config->access;
	AUTOFREE char *header = mem_str(a->user_header);
	struct in6_addr from;

	if (!a->user_header.n || !http_peer_address(x, &from) || !access_is_proxy(a, &from))
		return;
	struct str user = http_header(x, header);
	if (!user.n)
		return;
	out->user = user;
	out->rights |= access_of_user(a, user);
}

/*
 * By a unix socket the kernel says whose process asks. A proxy asks for somebody else: what root and we may by default is
 * not his.
 */
static void by_account(struct api *api, const struct http_exchange *x, struct api_caller *out)
{
	const struct config_access *access = &api->router->config->access;
	uid_t uid;
	const struct access_account *a = http_peer_account(x, &uid) ? access_account_of(access, uid) : NULL;

	if (!a || (!access->accounts_given && api_peer_of(x).forwarded))
		return;
	out->user = a->name;
	out->rights |= a->rights;
}

enum api_identity api_identify(struct api *api, struct http_exchange *x, struct api_caller *out,
                               struct password_question *question, struct err *err)
{
	struct str header = http_header(x, "Authorization");
	bool bearer = header.n >= 7 && str_eq_nocase(str_slice(header, 0, 7), STR("Bearer "));

	*out = (struct api_caller){.user = {"", 0}, .rights = rights_of_nobody(api, x)};
	by_account(api, x, out);
	by_certificate(api, x, out);
	by_proxy(api, x, out);
	if (bearer && has_tokens(api->router->config))
		return by_token(api, x, out, err);
	if (header.n && !bearer && web_current(api->web)->user_count)
		return by_password(api, x, out, question);
	return API_IDENTIFIED;
}
