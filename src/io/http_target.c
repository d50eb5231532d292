/* The target of a request and the host it names. On the way in: http_head.c calls it for the first line and for Host. */
#include "io/http_target.h"

#include <arpa/inet.h>
#include <string.h>

#include "base/ascii.h"
#include "io/http_head.h"

/* ---- host ---- */

static bool is_host_char(char c)
{
	return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') || (c && strchr("-._~", c));
}

static bool is_target_host(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!is_host_char(s.p[i]))
			return false;
	return s.n > 0 && s.n <= 255;
}

static bool is_ipv6(struct str s)
{
	char text[INET6_ADDRSTRLEN];
	struct in6_addr out;

	if (s.n >= sizeof text)
		return false;
	memcpy(text, s.p, s.n);
	text[s.n] = '\0';
	return strlen(text) == s.n && inet_pton(AF_INET6, text, &out) == 1;
}

/* Nothing, or ":" and a number. */
static bool is_port(struct str s)
{
	int64_t number = 0;

	if (s.n && s.p[0] != ':')
		return false;
	return s.n <= 1 || (s.p[1] != '-' && str_to_i64(str_slice(s, 1, s.n), &number) && number <= 65535);
}

bool http_authority_valid(struct str s)
{
	if (str_starts(s, STR("["))) {
		ptrdiff_t end = str_index(s, ']');
		return end > 0 && is_ipv6(str_slice(s, 1, (size_t)end)) && is_port(str_slice(s, (size_t)end + 1, s.n));
	}
	ptrdiff_t colon = str_index(s, ':');
	size_t end = colon < 0 ? s.n : (size_t)colon;
	return is_target_host(str_slice(s, 0, end)) && is_port(str_slice(s, end, s.n));
}

/* ---- target ---- */

static bool escapes_are_whole(struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] != '%')
			continue;
		if (i + 2 >= s.n || ascii_hex_value(s.p[i + 1]) < 0 || ascii_hex_value(s.p[i + 2]) < 0)
			return false;
		i += 2;
	}
	return true;
}

/* Whether an escape stands for '/' or '%': decoded, they could not be told from those that divide and escape. */
static bool keeps_its_escape(struct str s, size_t at)
{
	struct str escape = str_slice(s, at, at + 3);
	return str_eq_nocase(escape, STR("%2F")) || str_eq_c(escape, "%25");
}

static struct str decode_path(struct arena *arena, struct str s)
{
	char *out = arena_alloc(arena, s.n + 1);
	size_t n = 0;

	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] != '%' || keeps_its_escape(s, i)) {
			out[n++] = s.p[i];
			continue;
		}
		out[n++] = (char)(ascii_hex_value(s.p[i + 1]) * 16 + ascii_hex_value(s.p[i + 2]));
		i += 2;
	}
	return (struct str){out, n};
}

/* Takes "http://host" off the front (RFC 9112 3.2.2); false where another scheme or no host stands there. */
static bool take_origin(struct str *target, struct str *authority)
{
	static const struct str schemes[] = {STR_INIT("http://"), STR_INIT("https://")};

	for (size_t i = 0; i < 2; i++) {
		size_t n = schemes[i].n;
		if (target->n < n || !str_eq_nocase(str_slice(*target, 0, n), schemes[i]))
			continue;
		size_t end = n;
		while (end < target->n && target->p[end] != '/' && target->p[end] != '?')
			end++;
		*authority = str_slice(*target, n, end);
		*target = str_slice(*target, end, target->n);
		return http_authority_valid(*authority);
	}
	return false;
}

bool http_target_parse(struct http_target *t, struct arena *arena, struct str text)
{
	*t = (struct http_target){.authority = {"", 0}, .path = {"", 0}, .query = {"", 0}};
	bool path_alone = str_starts(text, STR("/")) || str_eq_c(text, "*");
	if (str_index(text, '#') >= 0 || (!path_alone && !take_origin(&text, &t->authority)))
		return false;
	ptrdiff_t mark = str_index(text, '?');
	size_t end = mark < 0 ? text.n : (size_t)mark;
	struct str path = str_slice(text, 0, end);
	if (!escapes_are_whole(path))
		return false;
	t->path = path.n ? decode_path(arena, path) : STR("/");
	t->query = mark < 0 ? t->query : str_slice(text, end + 1, text.n);
	return true;
}
