/*
 * ack: what signs the links by which a page is acknowledged. Without a secret the store keeps one that was drawn by lot.
 */
#include "base/time.h"
#include "load.h"

#define ROWS (sizeof rows / sizeof *rows)
#define SECRET_LEAST 16 /* bytes: 128 bits, were they drawn by lot */

struct ack_options {
	struct str secret, secret_file;
	int64_t valid;
};

#define AT(member) offsetof(struct ack_options, member)
static const struct option rows[] = {
	{.name = "secret", .type = OPTION_STR, .offset = AT(secret), .doc = "Signs the acknowledge links of pages."},
	{.name = "secret_file",
     .type = OPTION_STR,
     .offset = AT(secret_file),
     .doc = "File that holds it; of several lines the first signs, and all are taken."},
	{.name = "valid",
     .type = OPTION_DURATION,
     .offset = AT(valid),
     .fallback = "24h",
     .least = TIME_MINUTE,
     .most = 30 * TIME_DAY,
     .doc = "How long a link may be used."},
};
const struct option_table ack_table = OPTION_TABLE(rows);

static void check_lengths(struct loading *l, const struct strs *secrets, struct pos at, const char *what)
{
	for (size_t i = 0; i < secrets->n; i++) {
		if (secrets->v[i].n < SECRET_LEAST)
			err_at(l->err, at, "ack: a secret of \"%s\" has %zu bytes and must have at least %d", what, secrets->v[i].n,
			       SECRET_LEAST);
	}
}

static void check_ack_secret(struct loading *l, const struct yaml_node *node)
{
	AUTOARENA struct arena *arena = arena_new();
	const struct config_secret *s = &l->c->ack.secret;
	const char *option = s->file.n ? "secret_file" : "secret", *why;
	struct strs secrets;
	load_check_twins(l, node, "secret", "ack");
	if ((!s->file.n && !s->value.n) || (s->file.n && l->options->no_secrets))
		return;
	if (secret_lines(arena, s, &secrets, &why))
		check_lengths(l, &secrets, load_at(node, option), option);
	else if (s->file.n)
		err_at(l->err, load_at(node, option), "\"%s\": %.*s: %s", option, STR_ARG(s->file), why);
}

void load_ack(struct loading *l)
{
	const struct yaml_node *node = l->say.ack;
	struct ack_options o;
	options_defaults(rows, ROWS, l->c->arena, &o);
	if (node)
		options_read(rows, ROWS, node, "ack", l->c->arena, &o, NULL, l->err);
	l->c->ack.valid = o.valid;
	l->c->ack.secret =
		(struct config_secret){.option = "secret", .value = o.secret, .file = load_path(l, o.secret_file)};
	if (node)
		check_ack_secret(l, node);
}

bool config_ack_secrets(const struct config *c, struct arena *arena, struct strs *out, struct err *err)
{
	const char *why;
	*out = (struct strs){NULL, 0};
	if ((!c->ack.secret.value.n && !c->ack.secret.file.n) || secret_lines(arena, &c->ack.secret, out, &why))
		return true;
	err_add(err, "ack: secret: %.*s: %s", STR_ARG(c->ack.secret.file), why);
	return false;
}
