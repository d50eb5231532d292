/*
 * access: who may do what (INTERFACE section 5). Rights are given to users (basic_auth_users of the web configuration, or
 * named by a trusted proxy), to names in client certificates, to bearer tokens, to accounts of this machine (by a
 * unix socket), and to this machine.
 */
#ifndef CONFIG_ACCESS_H
#define CONFIG_ACCESS_H

#include <netinet/in.h>
#include <stdbool.h>
#include <sys/types.h>

#include "base/options.h"
#include "base/str.h"

enum { RIGHT_WEBHOOK = 1, RIGHT_READ = 2, RIGHT_RESPOND = 4, RIGHT_OPERATE = 8 };
#define RIGHTS_ALL 15u

struct access_name { /* of a user, or in a certificate */
	struct str name;
	unsigned rights;
};
struct access_token {
	struct str name, file; /* one token a line, read when used */
	unsigned rights;
};
struct access_account { /* of this machine, known by a unix socket */
	struct str name;
	uid_t uid;
	unsigned rights;
};
struct access_network { /* IPv4 as mapped into IPv6 */
	struct in6_addr address;
	int bits;
};

struct config_access {
	struct access_name *users, *certificates;
	size_t user_count, certificate_count;
	struct access_token *tokens;
	size_t token_count;
	struct access_account *accounts; /* where none are given: root's and this program's own, with all rights */
	size_t account_count;
	bool accounts_given;
	bool loopback_given;
	unsigned loopback; /* where it is given; else all but the webhook's, until users are configured */
	struct access_network *proxies;
	size_t proxy_count;
	struct str user_header;
	struct strs hosts; /* names by which this machine may be asked from a loopback address */
};

/* What a named user may: as it is written; everything where `users` names nobody. */
unsigned access_of_user(const struct config_access *a, struct str name);
unsigned access_of_certificate(const struct config_access *a, struct str names);          /* a line each: together */
const struct access_account *access_account_of(const struct config_access *a, uid_t uid); /* NULL: not named */
bool access_is_proxy(const struct config_access *a, const struct in6_addr *address);

#endif
