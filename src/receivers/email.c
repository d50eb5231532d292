/*
 * Mail, by SMTP to a smarthost. All mails of an incident are one thread. A refused recipient refuses the mail for all:
 * libcurl would not say which of them got none.
 */
#include "email.h"

#include <string.h>

#include "answer.h"
#include "base/ascii.h"

#define AT(member) offsetof(struct email_settings, member)
static const struct option options[] = {
	{.name = "to",
     .type = OPTION_STRS,
     .offset = AT(to),
     .doc = "Who gets it: addresses, or Name <address>; a list, or one text with commas."},
	REQUEST_TEXT(struct email_settings, from, NULL, "Who it is from."),
	REQUEST_TEXT(struct email_settings, smarthost, NULL,
                 "HOST:PORT of the server; 465 speaks TLS from the first byte."),
	REQUEST_TEXT(struct email_settings, hello, "localhost", "Name to greet the server with."),
	REQUEST_SECRET(struct email_settings, auth_username, "User of the server."),
	REQUEST_SECRET(struct email_settings, auth_password, "Its password."),
	{.name = "require_tls",
     .type = OPTION_BOOL,
     .offset = AT(require_tls),
     .fallback = "true",
     .doc = "Send nothing where the server offers no STARTTLS."},
	{.name = "force_implicit_tls",
     .type = OPTION_BOOL,
     .offset = AT(implicit_tls),
     .fallback = "false",
     .doc = "TLS from the first byte, on other ports than 465 too."},
	{.name = "tls_config",
     .type = OPTION_NODE,
     .offset = AT(tls_config),
     .form = "mapping",
     .doc = "As the receiver's tls_config."},
	REQUEST_FOREIGN("send_resolved", "is the receiver's, beside its kind"),
	REQUEST_FOREIGN_TITLE("title"),
	REQUEST_FOREIGN_TEXT("text"),
	REQUEST_FOREIGN_TEXT("html"),
	REQUEST_FOREIGN("headers", "is not there: the subject is the receiver's title"),
	REQUEST_FOREIGN("auth_secret", "is not there: give auth_password"),
	REQUEST_FOREIGN("auth_secret_file", "is not there: give auth_password_file"),
	REQUEST_FOREIGN("auth_identity", "is not there: it is auth_username"),
	REQUEST_FOREIGN("threading", "is always so: the mails of an incident are one thread"),
};
static const char *const secrets[] = {"auth_username", "auth_password", NULL};

#define RECIPIENTS_MAX 100
#define ADDRESS_MAX 254

/* ---- settings ---- */

static bool is_address_byte(char c)
{
	return c > 0x20 && c < 0x7f && !strchr("<>()[],;:\\\"", c);
}

struct str email_address(struct str mailbox)
{
	ptrdiff_t open = str_index(mailbox, '<');
	struct str a = str_trim(mailbox);
	if (open >= 0) {
		ptrdiff_t close = str_index(mailbox, '>');
		a = str_trim(str_slice(mailbox, (size_t)open + 1, close > open ? (size_t)close : (size_t)open + 1));
	}
	ptrdiff_t at = str_index(a, '@');
	bool ok =
		at > 0 && (size_t)at + 1 < a.n && a.n <= ADDRESS_MAX && str_index(str_slice(a, (size_t)at + 1, a.n), '@') < 0;
	for (size_t i = 0; i < a.n; i++)
		ok = ok && is_address_byte(a.p[i]);
	return ok ? a : (struct str){NULL, 0};
}

static bool email_take_address(struct str mailbox, const char *option, struct pos at, struct str *out, struct err *err)
{
	*out = email_address(mailbox);
	if (!out->n || !str_is_utf8(mailbox))
		err_at(err, at, "email: \"%s\": \"%.*s\" is no address (name@host in ASCII, or Name <name@host>)", option,
		       STR_ARG(mailbox));
	return out->n > 0;
}

/* "a@x, Ben <b@x>", as Alertmanager takes it; "Ås, Ole <o@x>" is one. */
static void take_lists(struct email_settings *s, struct arena *arena)
{
	struct strs split = request_split(arena, &s->to);
	for (size_t i = 0; i < split.n; i++)
		if (str_index(split.v[i], '@') < 0)
			return;
	s->to = split;
}

static bool take_recipients(struct email_settings *s, struct pos at, struct arena *arena, struct err *err)
{
	take_lists(s, arena);
	bool ok = s->to.n > 0 && s->to.n <= RECIPIENTS_MAX;
	if (!ok)
		err_at(err, at, "email: \"to\" must be 1 to %d addresses", RECIPIENTS_MAX);
	s->addresses.v = arena_alloc(arena, (s->to.n + 1) * sizeof *s->addresses.v);
	for (size_t i = 0; i < s->to.n; i++) {
		if (email_take_address(s->to.v[i], "to", at, &s->addresses.v[s->addresses.n], err))
			s->addresses.n++;
		else
			ok = false;
	}
	return ok;
}

static bool host_valid(struct str host)
{
	for (size_t i = 0; i < host.n; i++) {
		char c = host.p[i];
		if (!ascii_is_alnum(c) && (!c || !strchr("-._", c)))
			return false;
	}
	return host.n > 0;
}

/* HOST:PORT, or [IPv6]:PORT. */
static bool smarthost_valid(struct str s, int64_t *port)
{
	size_t colon = s.n;
	while (colon && s.p[colon - 1] != ':')
		colon--;
	if (!colon || !str_to_i64(str_slice(s, colon, s.n), port) || *port < 1 || *port > 65535)
		return false;
	struct str host = str_slice(s, 0, colon - 1);
	if (host.n > 2 && host.p[0] == '[' && host.p[host.n - 1] == ']')
		return strspn(host.p + 1, "0123456789abcdefABCDEF:.") == host.n - 2;
	return host_valid(host);
}

static bool auth_complete(const struct email_settings *s)
{
	bool user = s->auth_username.n || s->auth_username_file.n, password = s->auth_password.n || s->auth_password_file.n;
	return user == password;
}

static bool email_check(void *settings, struct pos at, struct arena *arena, struct err *err)
{
	struct email_settings *s = settings;
	int64_t port = 0;
	bool ok = take_recipients(s, at, arena, err) && email_take_address(s->from, "from", at, &s->sender, err);
	if (!smarthost_valid(s->smarthost, &port)) {
		err_at(err, at, "email: \"smarthost\" must be HOST:PORT");
		ok = false;
	}
	if (!host_valid(s->hello)) {
		err_at(err, at, "email: \"hello\" must be a host name");
		ok = false;
	}
	if (!auth_complete(s)) {
		err_at(err, at, "email: \"auth_username\" and \"auth_password\" belong together");
		ok = false;
	}
	s->implicit_tls = s->implicit_tls || port == 465;
	return ok;
}

/* ---- the request ---- */

static bool email_build(const struct receiver_build *in, struct receiver_request *out, struct err *err)
{
	const struct email_settings *s = in->settings;
	struct receiver_mail *mail = arena_alloc(out->arena, sizeof *mail);
	*mail = (struct receiver_mail){.from = s->sender,
	                               .to = s->addresses,
	                               .username = request_secret(in, "auth_username"),
	                               .password = request_secret(in, "auth_password"),
	                               .require_tls = s->require_tls && !s->implicit_tls};
	out->mail = mail;
	out->url = str_c(arena_printf(out->arena, "%s://%.*s/%.*s", s->implicit_tls ? "smtps" : "smtp",
	                              STR_ARG(s->smarthost), STR_ARG(s->hello)));
	out->body = email_message(in, out);
	if (out->body.n)
		return true;
	err_add(err, "email: the mail is larger than %d bytes", RECEIVER_BODY_MAX);
	return false;
}

/* ---- what a server's last code means; a lost connection is the transport's to judge ---- */

static const struct answer answers[] = {
	{250, 252, NULL, NULL, OUTCOME_DELIVERED, NULL},
	{421, 421, NULL, NULL, OUTCOME_RETRY, "the server is closing"},
	{450, 450, NULL, NULL, OUTCOME_RETRY, "a mailbox is busy, or the server wants us to come again (greylisting)"},
	{451, 452, NULL, NULL, OUTCOME_RETRY, "the server cannot take it now"},
	{454, 454, NULL, NULL, OUTCOME_RETRY, "TLS or authentication is not to be had now"},
	{400, 499, NULL, NULL, OUTCOME_RETRY, NULL},
	{530, 530, NULL, NULL, OUTCOME_REJECTED, "the server wants a user, or STARTTLS"},
	{534, 535, NULL, NULL, OUTCOME_REJECTED, "auth_username or auth_password is wrong"},
	{550, 551, NULL, NULL, OUTCOME_REJECTED, "a recipient is refused, and the mail with it"},
	{552, 552, NULL, NULL, OUTCOME_REJECTED, "too large, or a mailbox is full"},
	{553, 553, NULL, NULL, OUTCOME_REJECTED, "an address is refused"},
	{554, 554, NULL, NULL, OUTCOME_REJECTED, "the server refuses it as it is"},
	{500, 599, NULL, NULL, OUTCOME_REJECTED, NULL},
};

/* The body is the server's last line: "550 5.1.1 <x@example.com>: unknown". */
static void email_judge(const void *settings, const struct receiver_reply *reply, struct arena *arena,
                        struct receiver_judgement *out)
{
	(void)settings;
	const struct receiver_reply code = {.status = reply->status};
	answer_judge(answers, sizeof answers / sizeof *answers, NULL, &code, arena, out);
	if (out->outcome == OUTCOME_DELIVERED)
		return;
	struct str line = answer_line(reply, arena);
	ptrdiff_t open = str_index(out->error, '(');
	const char *why = open < 0 ? "" : arena_cstr(arena, str_slice(out->error, (size_t)open, out->error.n));
	out->error = line.n ? str_c(arena_printf(arena, "SMTP %.*s %s", STR_ARG(line), why))
	                    : str_c(arena_printf(arena, "SMTP %d %s", reply->status, why));
	out->error = str_trim(out->error);
}

const struct receiver_kind receiver_email = {
	.name = "email",
	.doc = "Mail, by SMTP",
	.use = RECEIVER_CHAT,
	.update = "A reply in the thread.",
	.options = options,
	.option_count = sizeof options / sizeof *options,
	.settings_size = sizeof(struct email_settings),
	.mails = true,
	.secrets = secrets,
	.check = email_check,
	.build = email_build,
	.judge = email_judge,
};
