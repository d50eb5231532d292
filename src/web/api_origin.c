/*
 * Whether a request comes from this machine, and from no page of somebody else: what stands between a browser and the
 * operating verbs (DNS rebinding, forged requests), and between a browser and a webhook that asks for no token.
 */
#include <arpa/inet.h>

#include "api_impl.h"
#include "io/address.h"

/* "http://localhost:9195" -> "localhost:9195" */
static struct str origin_authority(struct str origin)
{
	ptrdiff_t at = str_find(origin, STR("://"));
	return at < 0 ? origin : str_slice(origin, (size_t)at + 3, origin.n);
}

/* The host without its port, and an IPv6 address without its brackets; `host` is HOST or HOST:PORT. */
static struct str host_name(struct str host)
{
	struct str name, port;

	if (address_split(host, &name, &port))
		return name;
	bool brackets = host.n >= 2 && host.p[0] == '[' && host.p[host.n - 1] == ']';
	return brackets ? str_slice(host, 1, host.n - 1) : host;
}

/* A name such as 127.evil.example is no address, and resolves to whatever its owner wants. */
static bool is_host_address(struct str name, int family, void *address)
{
	char text[INET6_ADDRSTRLEN] = "";

	if (!name.n || name.n >= sizeof text)
		return false;
	for (size_t i = 0; i < name.n; i++)
		text[i] = name.p[i];
	return inet_pton(family, text, address) == 1;
}

static bool is_loopback_name(struct str host)
{
	struct str name = host_name(host);
	struct in_addr v4;
	struct in6_addr v6;

	if (is_host_address(name, AF_INET, &v4))
		return ntohl(v4.s_addr) >> 24 == 127;
	if (is_host_address(name, AF_INET6, &v6))
		return IN6_IS_ADDR_LOOPBACK(&v6);
	return str_eq_nocase(name, STR("localhost"));
}

/* No page can have a name of its own resolve to an address that is written out, or to localhost. */
static bool cannot_be_rebound(struct str host)
{
	struct in6_addr any;
	struct str name = host_name(host);
	return is_loopback_name(host) || is_host_address(name, AF_INET, &any) || is_host_address(name, AF_INET6, &any);
}

/* Browsers say whose page asks: nothing, "none" (typed by the user), or "same-origin" is nobody else's. */
static bool fetched_by_own_page(struct str site)
{
	return !site.n || str_eq_c(site, "same-origin") || str_eq_c(site, "none");
}

bool api_is_local(const struct api_peer *peer)
{
	if (!peer->from_loopback || peer->forwarded || !fetched_by_own_page(peer->fetch_site))
		return false;
	if (peer->host.n && !is_loopback_name(peer->host))
		return false;
	return !peer->origin.n || str_eq_nocase(origin_authority(peer->origin), peer->host);
}

/* "https://pages.test:8443/r" -> "pages.test:8443" */
static struct str authority_of_url(struct str url)
{
	struct str authority = origin_authority(url);
	ptrdiff_t slash = str_index(authority, '/');

	return str_slice(authority, 0, slash < 0 ? authority.n : (size_t)slash);
}

static bool is_of_external_url(struct str from, struct str external_url)
{
	struct str ours = authority_of_url(external_url);

	return ours.n && str_eq_nocase(from, ours);
}

bool api_is_foreign_to_user(const struct api_peer *peer, struct str external_url)
{
	struct str from = origin_authority(peer->origin);

	if (!fetched_by_own_page(peer->fetch_site))
		return true;
	return peer->origin.n && !str_eq_nocase(from, peer->host) && !is_of_external_url(from, external_url);
}

bool api_is_foreign_page(const struct api_peer *peer, struct str external_url)
{
	if (api_is_foreign_to_user(peer, external_url))
		return true;
	return peer->origin.n && !is_of_external_url(origin_authority(peer->origin), external_url) &&
	       !cannot_be_rebound(peer->host);
}

/* "runbookd": nobody outside can have a name without a dot. */
static bool is_single_label(struct str name)
{
	return name.n && str_index(name, '.') < 0;
}

static bool is_listed(const struct strs *hosts, struct str name)
{
	for (size_t i = 0; i < hosts->n; i++)
		if (str_eq_nocase(hosts->v[i], name))
			return true;
	return false;
}

bool api_is_asked_by_foreign_name(const struct api_peer *peer, struct str external_url, const struct strs *hosts)
{
	struct str name = host_name(peer->host), own = host_name(authority_of_url(external_url));

	if (!peer->from_loopback || !name.n || cannot_be_rebound(peer->host) || is_single_label(name))
		return false;
	return !str_eq_nocase(name, own) && !is_listed(hosts, name);
}

/* What proxies say of whom they ask for. One that says nothing cannot be told from a program on this machine. */
static bool is_forwarded(const struct http_exchange *x)
{
	static const char *const names[] = {"Forwarded",         "X-Forwarded-For", "X-Forwarded-Host",
	                                    "X-Forwarded-Proto", "X-Real-IP",       "X-Client-IP",
	                                    "CF-Connecting-IP",  "True-Client-IP",  "Via"};

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (http_header(x, names[i]).n)
			return true;
	return false;
}

struct api_peer api_peer_of(const struct http_exchange *x)
{
	return (struct api_peer){
		.from_loopback = http_from_loopback(x),
		.forwarded = is_forwarded(x),
		.origin = http_header(x, "Origin"),
		.host = http_host(x),
		.fetch_site = http_header(x, "Sec-Fetch-Site"),
	};
}

bool api_is_from_here(const struct http_exchange *x)
{
	const struct api_peer peer = api_peer_of(x);
	return api_is_local(&peer);
}
