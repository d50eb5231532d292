/* Values out of forms and cookies, unescaped. */
#include "base/form.h"

#include "base/ascii.h"

static struct str unescape_form(struct arena *arena, struct str s, bool plus)
{
	char *out = arena_alloc(arena, s.n + 1);
	size_t n = 0;
	for (size_t i = 0; i < s.n; i++) {
		int high = s.p[i] == '%' && i + 2 < s.n ? ascii_hex_value(s.p[i + 1]) : -1;
		int low = high >= 0 ? ascii_hex_value(s.p[i + 2]) : -1;
		out[n++] = low >= 0 ? (char)(high * 16 + low) : plus && s.p[i] == '+' ? ' ' : s.p[i];
		i += low >= 0 ? 2 : 0;
	}
	return (struct str){out, n};
}

struct str form_unescape(struct arena *arena, struct str s)
{
	return unescape_form(arena, s, false);
}

/* Cuts the pair up to `separator` off the front of `*rest`: true when it is of this name. */
static bool next_pair(struct str *rest, char separator, const char *name, struct str *value)
{
	ptrdiff_t end = str_index(*rest, separator);
	struct str pair = str_trim(str_slice(*rest, 0, end < 0 ? rest->n : (size_t)end));
	ptrdiff_t equals = str_index(pair, '=');
	*rest = end < 0 ? (struct str){NULL, 0} : str_slice(*rest, (size_t)end + 1, rest->n);
	*value = equals < 0 ? (struct str){NULL, 0} : str_slice(pair, (size_t)equals + 1, pair.n);
	return equals >= 0 && str_eq_c(str_slice(pair, 0, (size_t)equals), name);
}

bool form_value(struct arena *arena, struct str body, const char *name, size_t most, struct str *out)
{
	struct str value;
	while (body.n) {
		if (!next_pair(&body, '&', name, &value))
			continue;
		if (value.n > most)
			return false;
		*out = unescape_form(arena, value, true);
		return true;
	}
	return false;
}

struct str form_cookie(struct str header, const char *name)
{
	struct str value;
	while (header.n) {
		if (next_pair(&header, ';', name, &value))
			return value;
	}
	return (struct str){NULL, 0};
}
