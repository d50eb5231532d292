/* HOST:PORT as people write it. Pure. */
#ifndef IO_ADDRESS_H
#define IO_ADDRESS_H

#include <stdbool.h>

#include "base/str.h"

struct sockaddr;
struct in6_addr;

#define ADDRESS_MAX 64

/* "host:1", "[::1]:1", ":1" (empty host). False without a port, or when it is not 0 to 65535. */
bool address_split(struct str address, struct str *host, struct str *port);
/* "127.0.0.1:80", "[::1]:80"; an IPv4 address inside IPv6 reads as IPv4; "" for other families. */
char *address_format(const struct sockaddr *sa, char out[ADDRESS_MAX]);
/* 127.0.0.0/8, ::1, or the former inside the latter's family. */
bool address_is_loopback(const struct sockaddr *sa);

#define ADDRESS_BLOCK_MAX 32
/* Who is counted as one: an IPv4 address, an IPv6 /64 (one site's); empty for other families. Bytes, as a key. */
struct str address_block(const struct sockaddr *sa, char out[ADDRESS_BLOCK_MAX]);
/* The address as IPv6, an IPv4 one mapped; false for other families. */
bool address_ipv6(const struct sockaddr *sa, struct in6_addr *out);

#endif
