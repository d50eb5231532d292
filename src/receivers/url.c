/* Which URLs may be configured, and which host they lead to. */
#include <string.h>

#include "request.h"

static struct str after_scheme(struct str url)
{
	static const char *const schemes[] = {"https://", "http://"};
	for (size_t i = 0; i < sizeof schemes / sizeof *schemes; i++) {
		struct str scheme = str_c(schemes[i]);
		if (url.n > scheme.n && str_eq_nocase(str_slice(url, 0, scheme.n), scheme))
			return str_slice(url, scheme.n, url.n);
	}
	return (struct str){NULL, 0};
}

static struct str url_authority(struct str url)
{
	struct str rest = after_scheme(url);
	size_t n = 0;
	while (n < rest.n && !strchr("/?#\\", rest.p[n]))
		n++;
	return str_slice(rest, 0, n);
}

struct str request_url_host(struct str url)
{
	struct str host = url_authority(url);
	for (ptrdiff_t at; (at = str_index(host, '@')) >= 0;)
		host = str_slice(host, (size_t)at + 1, host.n);
	if (host.n && *host.p == '[') {
		ptrdiff_t end = str_index(host, ']');
		return end < 0 ? (struct str){NULL, 0} : str_slice(host, 1, (size_t)end);
	}
	ptrdiff_t colon = str_index(host, ':');
	return colon < 0 ? host : str_slice(host, 0, (size_t)colon);
}

/* What follows the host is nothing, or a port between 1 and 65535. */
static bool port_valid(struct str url, struct str host)
{
	struct str whole = url_authority(url);
	const char *end = host.p + host.n;
	struct str rest = {end, (size_t)(whole.p + whole.n - end)};
	if (rest.n && *rest.p == ']')
		rest = str_slice(rest, 1, rest.n);
	int64_t port;
	if (!rest.n)
		return true;
	return *rest.p == ':' && str_to_i64(str_slice(rest, 1, rest.n), &port) && port >= 1 && port <= 65535;
}

static bool is_url_byte(unsigned char c)
{
	switch (c) {
	case '\\':
	case '"':
	case '<':
	case '>':
	case '^':
	case '`':
	case '{':
	case '|':
	case '}': return false;
	default: return c > 0x20 && c < 0x7f;
	}
}

bool receiver_url_valid(struct str url)
{
	for (size_t i = 0; i < url.n; i++)
		if (!is_url_byte((unsigned char)url.p[i]))
			return false;
	struct str host = request_url_host(url);
	return host.n > 0 && port_valid(url, host);
}

/* 127.a.b.c, each of them a number up to 255: not "127.0.0.1.example.com". */
static bool is_loopback_ipv4(struct str host)
{
	int parts = 0;
	for (;; parts++) {
		ptrdiff_t dot = str_index(host, '.');
		int64_t number;
		struct str part = dot < 0 ? host : str_slice(host, 0, (size_t)dot);
		if (part.n > 3 || !str_to_i64(part, &number) || number < 0 || number > 255 || (parts == 0 && number != 127))
			return false;
		if (dot < 0)
			return parts == 3;
		host = str_slice(host, (size_t)dot + 1, host.n);
	}
}

bool receiver_url_safe(struct str url)
{
	if (url.n >= 8 && str_eq_nocase(str_slice(url, 0, 8), STR("https://")))
		return true;
	struct str host = request_url_host(url);
	return str_eq_nocase(host, STR("localhost")) || str_eq_c(host, "::1") || is_loopback_ipv4(host);
}
