/* access: see config/access.h. */
#include "config/access.h"

#include <arpa/inet.h>
#include <pwd.h>
#include <string.h>
#include <unistd.h>

#include "load.h"

#define NAMES_MAX 10000

struct access_options {
	const struct yaml_node *users, *certificates, *tokens, *accounts, *loopback;
	struct strs trusted_proxies, hosts;
	struct str user_header;
};
struct token_options {
	struct str name, token_file;
	const struct yaml_node *rights;
};

#define TOKEN_AT(member) offsetof(struct token_options, member)
static const struct option token_rows[] = {
	{.name = "name", .type = OPTION_STR, .offset = TOKEN_AT(name), .required = true, .doc = "Who has it."},
	{.name = "token_file", .type = OPTION_STR, .offset = TOKEN_AT(token_file), .required = true, .doc = "One a line."},
	{.name = "rights",
     .type = OPTION_NODE,
     .offset = TOKEN_AT(rights),
     .required = true,
     .form = "list of rights",
     .doc = "What it may: webhook, read, respond, operate."},
};
static const struct option_table token_table = OPTION_TABLE(token_rows);
#define AT(member) offsetof(struct access_options, member)
static const struct option access_rows[] = {
	{.name = "users",
     .type = OPTION_NODE,
     .offset = AT(users),
     .form = "mapping of names to rights",
     .doc = "NAME: rights; without it users may everything."},
	{.name = "certificates",
     .type = OPTION_NODE,
     .offset = AT(certificates),
     .form = "mapping of names to rights",
     .doc = "Name in a client certificate: rights."},
	{.name = "tokens",
     .type = OPTION_NODE,
     .offset = AT(tokens),
     .inner = &token_table,
     .list = true,
     .doc = "Bearer tokens."},
	{.name = "accounts",
     .type = OPTION_NODE,
     .offset = AT(accounts),
     .form = "mapping of names to rights",
     .doc = "Account of this machine, or its number: rights, by a unix socket."},
	{.name = "loopback",
     .type = OPTION_NODE,
     .offset = AT(loopback),
     .form = "list of rights",
     .doc = "Rights of this machine without credentials."},
	{.name = "trusted_proxies",
     .type = OPTION_STRS,
     .offset = AT(trusted_proxies),
     .doc = "Networks of proxies that name the user."},
	{.name = "hosts",
     .type = OPTION_STRS,
     .offset = AT(hosts),
     .doc = "Names by which this machine asks itself, beside localhost and external_url's: a proxy on it, say."},
	{.name = "user_header", .type = OPTION_STR, .offset = AT(user_header), .doc = "The header in which they do."},
};
const struct option_table access_table = OPTION_TABLE(access_rows);
#define COUNT(rows) (sizeof(rows) / sizeof *(rows))

static unsigned right_named(struct str name)
{
	static const struct {
		const char *name;
		unsigned right;
	} rights[] = {
		{"webhook", RIGHT_WEBHOOK}, {"read", RIGHT_READ}, {"respond", RIGHT_RESPOND}, {"operate", RIGHT_OPERATE}};

	for (size_t i = 0; i < sizeof rights / sizeof *rights; i++)
		if (str_eq_c(name, rights[i].name))
			return rights[i].right;
	return 0;
}

static unsigned load_right(struct loading *l, const struct yaml_node *node)
{
	unsigned right = node->kind == YAML_SCALAR ? right_named(node->text) : 0;

	if (!right)
		err_at(l->err, node->at, "access: a right is one of webhook, read, respond, operate");
	return right;
}

static unsigned load_rights(struct loading *l, const struct yaml_node *node)
{
	unsigned rights = 0;

	if (node->kind == YAML_SCALAR)
		return load_right(l, node);
	if (node->kind != YAML_LIST)
		err_at(l->err, node->at, "access: rights are a list of webhook, read, respond, operate");
	for (size_t i = 0; node->kind == YAML_LIST && i < node->count; i++)
		rights |= load_right(l, node->items[i]);
	return rights;
}

static void load_names(struct loading *l, const struct yaml_node *node, const char *what, struct access_name **out,
                       size_t *count)
{
	if (!node || yaml_is_null(node))
		return;
	if (node->kind != YAML_MAP || node->count > NAMES_MAX) {
		err_at(l->err, node->at, "access.%s: must be a mapping of at most %d names to rights", what, NAMES_MAX);
		return;
	}
	*out = arena_alloc(l->c->arena, (node->count + 1) * sizeof **out);
	for (size_t i = 0; i < node->count; i++)
		(*out)[(*count)++] =
			(struct access_name){arena_str(l->c->arena, node->keys[i]->text), load_rights(l, node->items[i])};
}

static void load_token(struct loading *l, const struct yaml_node *node)
{
	struct config_access *a = &l->c->access;
	struct token_options t;

	options_defaults(token_rows, COUNT(token_rows), l->c->arena, &t);
	if (!options_read(token_rows, COUNT(token_rows), node, "access.tokens", l->c->arena, &t, NULL, l->err))
		return;
	struct access_token token = {arena_str(l->c->arena, t.name), load_path(l, t.token_file), load_rights(l, t.rights)};
	load_check_secret(l, token.file, load_at(node, "token_file"), "token_file");
	a->tokens[a->token_count++] = token;
}

static void load_tokens(struct loading *l, const struct yaml_node *node)
{
	if (!node || yaml_is_null(node))
		return;
	if (node->kind != YAML_LIST || node->count > 1000) {
		err_at(l->err, node->at, "access.tokens: must be a list");
		return;
	}
	l->c->access.tokens = arena_alloc(l->c->arena, (node->count + 1) * sizeof *l->c->access.tokens);
	for (size_t i = 0; i < node->count; i++)
		load_token(l, node->items[i]);
}

/* ---- accounts of this machine ---- */

#define ACCOUNT_BYTES_MAX 65536 /* of what the system tells of one */

/* An account's number, or its name. */
static bool find_account(struct str name, uid_t *uid)
{
	AUTOFREE char *text = mem_str(name), *room = mem_alloc(ACCOUNT_BYTES_MAX);
	struct passwd entry, *found = NULL;
	int64_t number;

	if (str_to_i64(name, &number)) {
		*uid = (uid_t)number;
		return number >= 0 && number < UINT32_MAX;
	}
	if (getpwnam_r(text, &entry, room, ACCOUNT_BYTES_MAX, &found) != 0 || !found)
		return false;
	*uid = found->pw_uid;
	return true;
}

static void add_account(struct loading *l, struct str name, uid_t uid, unsigned rights)
{
	struct config_access *a = &l->c->access;
	a->accounts[a->account_count++] = (struct access_account){arena_str(l->c->arena, name), uid, rights};
}

/* Root and who runs this program may read and change its files anyway. */
static void default_accounts(struct loading *l)
{
	AUTOFREE char *room = mem_alloc(ACCOUNT_BYTES_MAX);
	struct passwd entry, *found = NULL;
	uid_t own = geteuid();

	l->c->access.accounts = arena_alloc(l->c->arena, 2 * sizeof *l->c->access.accounts);
	add_account(l, STR("root"), 0, RIGHTS_ALL);
	if (!own)
		return;
	bool named = getpwuid_r(own, &entry, room, ACCOUNT_BYTES_MAX, &found) == 0 && found;
	add_account(l, named ? str_c(entry.pw_name) : str_c(arena_printf(l->c->arena, "uid %u", (unsigned)own)), own,
	            RIGHTS_ALL);
}

/* A configuration may be checked on another machine: an account that is not here has no rights here. */
static void load_accounts(struct loading *l, const struct yaml_node *node)
{
	struct config_access *a = &l->c->access;
	struct access_name *names = NULL;
	size_t count = 0;
	uid_t uid;

	a->accounts_given = node && !yaml_is_null(node);
	load_names(l, node, "accounts", &names, &count);
	a->accounts = arena_alloc(l->c->arena, (count + 1) * sizeof *a->accounts);
	for (size_t i = 0; i < count; i++) {
		if (find_account(names[i].name, &uid))
			add_account(l, names[i].name, uid, names[i].rights);
		else
			err_warn(l->warnings, node->keys[i]->at, "access.accounts: this machine has no account \"%.*s\"",
			         STR_ARG(names[i].name));
	}
	if (!a->accounts_given)
		default_accounts(l);
}

const struct access_account *access_account_of(const struct config_access *a, uid_t uid)
{
	for (size_t i = 0; i < a->account_count; i++)
		if (a->accounts[i].uid == uid)
			return &a->accounts[i];
	return NULL;
}

/* "10.0.0.0/8", "::1", "192.0.2.7": IPv4 is kept as it is mapped into IPv6. */
static bool parse_network(struct str text, struct access_network *out)
{
	char address[INET6_ADDRSTRLEN];
	ptrdiff_t slash = str_index(text, '/');
	struct str host = str_slice(text, 0, slash < 0 ? text.n : (size_t)slash);
	struct in_addr v4;
	int64_t bits = -1;

	if (host.n >= sizeof address ||
	    (slash >= 0 && (!str_to_i64(str_slice(text, (size_t)slash + 1, text.n), &bits) || bits < 0)))
		return false;
	memcpy(address, host.p, host.n);
	address[host.n] = '\0';
	if (inet_pton(AF_INET, address, &v4) == 1) {
		memset(out->address.s6_addr, 0, 10);
		memset(out->address.s6_addr + 10, 0xff, 2);
		memcpy(out->address.s6_addr + 12, &v4, 4);
		out->bits = bits < 0 ? 128 : (int)bits + 96;
		return bits <= 32;
	}
	out->bits = bits < 0 ? 128 : (int)bits;
	return bits <= 128 && inet_pton(AF_INET6, address, &out->address) == 1;
}

static void load_proxies(struct loading *l, const struct strs *list, struct pos at)
{
	struct config_access *a = &l->c->access;

	a->proxies = arena_alloc(l->c->arena, (list->n + 1) * sizeof *a->proxies);
	for (size_t i = 0; i < list->n; i++)
		if (!parse_network(list->v[i], &a->proxies[a->proxy_count++]))
			err_at(l->err, at, "access.trusted_proxies: \"%.*s\" is no address or network such as 10.0.0.0/8",
			       STR_ARG(list->v[i]));
}

/* They are compared with the header Host, without its port. */
static void load_hosts(struct loading *l, const struct strs *list, struct pos at)
{
	struct strs *hosts = &l->c->access.hosts;

	hosts->v = arena_alloc(l->c->arena, (list->n + 1) * sizeof *hosts->v);
	for (size_t i = 0; i < list->n; i++) {
		struct str name = list->v[i];
		if (!name.n || str_index(name, '/') >= 0 || str_index(name, ':') >= 0)
			err_at(l->err, at, "access.hosts: \"%.*s\" is no name such as runbookd.example.com", STR_ARG(name));
		hosts->v[hosts->n++] = arena_str(l->c->arena, name);
	}
}

void load_access(struct loading *l)
{
	const struct yaml_node *node = l->say.access;
	struct config_access *a = &l->c->access;
	struct access_options o;

	options_defaults(access_rows, COUNT(access_rows), l->c->arena, &o);
	if (node && !options_read(access_rows, COUNT(access_rows), node, "access", l->c->arena, &o, NULL, l->err))
		return;
	load_accounts(l, o.accounts);
	if (!node)
		return;
	load_names(l, o.users, "users", &a->users, &a->user_count);
	load_names(l, o.certificates, "certificates", &a->certificates, &a->certificate_count);
	load_tokens(l, o.tokens);
	load_proxies(l, &o.trusted_proxies, load_at(node, "trusted_proxies"));
	load_hosts(l, &o.hosts, load_at(node, "hosts"));
	a->user_header = arena_str(l->c->arena, o.user_header);
	a->loopback_given = o.loopback != NULL;
	a->loopback = o.loopback ? load_rights(l, o.loopback) : 0;
	if (a->user_header.n && !a->proxy_count)
		err_at(l->err, load_at(node, "user_header"), "access.user_header: trusted_proxies must say whose word counts");
	if (a->proxy_count && !a->user_header.n)
		err_at(l->err, load_at(node, "trusted_proxies"),
		       "access.trusted_proxies: user_header must say where the name stands");
}

unsigned access_of_user(const struct config_access *a, struct str name)
{
	for (size_t i = 0; i < a->user_count; i++)
		if (str_eq(a->users[i].name, name))
			return a->users[i].rights;
	return a->user_count ? 0 : RIGHTS_ALL;
}

unsigned access_of_certificate(const struct config_access *a, struct str names)
{
	unsigned rights = 0;

	while (names.n) {
		ptrdiff_t end = str_index(names, '\n');
		struct str name = str_slice(names, 0, end < 0 ? names.n : (size_t)end);
		names = str_slice(names, end < 0 ? names.n : (size_t)end + 1, names.n);
		for (size_t i = 0; i < a->certificate_count; i++)
			rights |= str_eq(a->certificates[i].name, name) ? a->certificates[i].rights : 0;
	}
	return rights;
}

static bool is_within(const struct access_network *n, const struct in6_addr *address)
{
	for (int bit = 0; bit < n->bits; bit++)
		if ((n->address.s6_addr[bit / 8] ^ address->s6_addr[bit / 8]) & (0x80 >> bit % 8))
			return false;
	return true;
}

bool access_is_proxy(const struct config_access *a, const struct in6_addr *address)
{
	for (size_t i = 0; i < a->proxy_count; i++)
		if (is_within(&a->proxies[i], address))
			return true;
	return false;
}
