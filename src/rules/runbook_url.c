/* A runbook's path as a URL, and what is a URL or an odd path. */
#include <string.h>

#include "rules/ruleset_impl.h"

#include "base/ascii.h"

#define URL_MAX 8192

struct str runbook_split(struct str value, struct str *anchor)
{
	ptrdiff_t hash = str_index(value, '#');
	*anchor = hash < 0 ? (struct str){0} : str_slice(value, (size_t)hash + 1, value.n);
	return hash < 0 ? value : str_slice(value, 0, (size_t)hash);
}

static void add_path(struct buf *b, struct str path)
{
	while (path.n > 0) {
		ptrdiff_t slash = str_index(path, '/');
		size_t n = slash < 0 ? path.n : (size_t)slash;
		template_escape_add(b, str_slice(path, 0, n), ESCAPE_PATH);
		if (slash >= 0)
			buf_add_char(b, '/');
		path = str_slice(path, slash < 0 ? n : n + 1, path.n);
	}
}

struct str runbook_url(struct arena *arena, const struct runbook_address *to)
{
	struct str path = to->path;
	if (to->base.n == 0)
		return (struct str){0};
	AUTOBUF struct buf b;
	buf_init(&b, URL_MAX);
	buf_add(&b, to->base);
	if (!str_ends(to->base, STR("/")))
		buf_add_char(&b, '/');
	while (str_starts(path, STR("/")))
		path = str_slice(path, 1, path.n);
	add_path(&b, path);
	buf_add(&b, to->query);
	if (to->anchor.n > 0) {
		buf_add_char(&b, '#');
		template_escape_add(&b, to->anchor, ESCAPE_URL);
	}
	return buf_ok(&b) ? arena_str(arena, buf_str(&b)) : (struct str){0};
}

struct str runbook_unescape(struct arena *arena, struct str s)
{
	char *to = arena_alloc(arena, s.n + 1);
	size_t n = 0;
	for (size_t i = 0; i < s.n; i++) {
		int high = s.p[i] == '%' && i + 2 < s.n ? ascii_hex_value(s.p[i + 1]) : -1;
		int low = high >= 0 ? ascii_hex_value(s.p[i + 2]) : -1;
		int c = low >= 0 ? high * 16 + low : -1;
		if (c >= ' ' && c != '/' && c != 0x7f) {
			to[n++] = (char)c;
			i += 2;
		} else {
			to[n++] = s.p[i];
		}
	}
	return (struct str){to, n};
}

bool runbook_is_url(struct str value)
{
	size_t scheme = str_starts(value, STR("https://")) ? 8 : str_starts(value, STR("http://")) ? 7 : 0;
	if (scheme == 0 || value.n == scheme || value.n > URL_MAX || strchr("/?#", value.p[scheme]))
		return false;
	for (size_t i = 0; i < value.n; i++)
		if ((unsigned char)value.p[i] <= ' ' || value.p[i] == 0x7f || strchr("\"<>\\^`{|}", value.p[i]))
			return false;
	return true;
}

bool runbook_path_is_odd(struct str path)
{
	if (path.n == 0)
		return true;
	while (path.n > 0) {
		ptrdiff_t slash = str_index(path, '/');
		struct str segment = str_slice(path, 0, slash < 0 ? path.n : (size_t)slash);
		if (str_eq_c(segment, ".") || str_eq_c(segment, ".."))
			return true;
		path = str_slice(path, slash < 0 ? path.n : (size_t)slash + 1, path.n);
	}
	return false;
}
