/* Splits HOST:PORT, and tells loopback from elsewhere. */
#include "io/address.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

bool address_split(struct str address, struct str *host, struct str *port)
{
	size_t colon = address.n;
	while (colon > 0 && address.p[colon - 1] != ':')
		colon--;
	if (colon == 0)
		return false;
	struct str h = str_slice(address, 0, colon - 1), p = str_slice(address, colon, address.n);
	bool brackets = h.n >= 2 && h.p[0] == '[' && h.p[h.n - 1] == ']';
	if (brackets)
		h = str_slice(h, 1, h.n - 1);
	int64_t number;
	if ((!brackets && str_index(h, ':') >= 0) || !str_to_i64(p, &number) || number < 0 || number > 65535)
		return false;
	*host = h;
	*port = p;
	return true;
}

/* The address as IPv4, also when it is mapped into IPv6. */
static bool as_ipv4(const struct sockaddr *sa, struct in_addr *out)
{
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;
	if (sa->sa_family == AF_INET) {
		memcpy(&v4, sa, sizeof v4);
		*out = v4.sin_addr;
		return true;
	}
	if (sa->sa_family != AF_INET6)
		return false;
	memcpy(&v6, sa, sizeof v6);
	if (!IN6_IS_ADDR_V4MAPPED(&v6.sin6_addr))
		return false;
	memcpy(out, &v6.sin6_addr.s6_addr[12], sizeof *out);
	return true;
}

static unsigned port_of(const struct sockaddr *sa)
{
	/* The port is at the same place in both. */
	struct sockaddr_in v4;
	memcpy(&v4, sa, sizeof v4);
	return ntohs(v4.sin_port);
}

char *address_format(const struct sockaddr *sa, char out[ADDRESS_MAX])
{
	char text[INET6_ADDRSTRLEN] = "";
	struct in_addr v4;
	struct sockaddr_in6 v6;
	out[0] = '\0';
	if (as_ipv4(sa, &v4)) {
		inet_ntop(AF_INET, &v4, text, sizeof text);
		snprintf(out, ADDRESS_MAX, "%s:%u", text, port_of(sa));
	} else if (sa->sa_family == AF_INET6) {
		memcpy(&v6, sa, sizeof v6);
		inet_ntop(AF_INET6, &v6.sin6_addr, text, sizeof text);
		snprintf(out, ADDRESS_MAX, "[%s]:%u", text, port_of(sa));
	}
	return out;
}

bool address_is_loopback(const struct sockaddr *sa)
{
	struct in_addr v4;
	struct sockaddr_in6 v6;
	if (as_ipv4(sa, &v4))
		return ntohl(v4.s_addr) >> 24 == 127;
	if (sa->sa_family != AF_INET6)
		return false;
	memcpy(&v6, sa, sizeof v6);
	return IN6_IS_ADDR_LOOPBACK(&v6.sin6_addr);
}

struct str address_block(const struct sockaddr *sa, char out[ADDRESS_BLOCK_MAX])
{
	struct in_addr v4;
	struct sockaddr_in6 v6;

	if (as_ipv4(sa, &v4)) {
		memcpy(out, &v4, sizeof v4);
		return (struct str){out, sizeof v4};
	}
	if (sa->sa_family != AF_INET6)
		return (struct str){out, 0};
	memcpy(&v6, sa, sizeof v6);
	memcpy(out, v6.sin6_addr.s6_addr, 8);
	return (struct str){out, 8};
}

bool address_ipv6(const struct sockaddr *sa, struct in6_addr *out)
{
	struct in_addr v4;
	struct sockaddr_in6 v6;

	if (as_ipv4(sa, &v4)) {
		memset(out->s6_addr, 0, 10);
		memset(out->s6_addr + 10, 0xff, 2);
		memcpy(out->s6_addr + 12, &v4, sizeof v4);
		return true;
	}
	if (sa->sa_family != AF_INET6)
		return false;
	memcpy(&v6, sa, sizeof v6);
	*out = v6.sin6_addr;
	return true;
}
