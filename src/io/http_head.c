/* Parses the head of a request; whatever two readers could read differently is refused. */
#include "io/http_head.h"

#include <string.h>

#include "base/ascii.h"
#include "io/http_target.h"

/* ---- where it ends ---- */

size_t http_head_end(struct str in, size_t *scanned)
{
	/* A line feed and then an empty line, which is "\n" or "\r\n". */
	for (size_t i = *scanned; i < in.n;) {
		const char *lf = memchr(in.p + i, '\n', in.n - i);
		if (!lf)
			break;
		i = (size_t)(lf - in.p);
		*scanned = i;
		size_t next = i + 1;
		if (next < in.n && in.p[next] == '\r')
			next++;
		if (next >= in.n)
			return 0; /* look at this line feed once more */
		if (in.p[next] == '\n')
			return next + 1;
		i++;
	}
	*scanned = in.n;
	return 0;
}

/* ---- characters ---- */

bool http_is_token(struct str s)
{
	static const char marks[] = "!#$%&'*+-.^_`|~";
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];
		bool alnum = (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z');
		if (!alnum && c != '-' && !(c && strchr(marks, c)))
			return false;
	}
	return s.n > 0;
}

bool http_is_text(struct str s, bool blanks)
{
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];
		if (c == 0x7f || (c < 0x20 && !(blanks && c == '\t')) || (c == ' ' && !blanks))
			return false;
	}
	return true;
}

struct str http_decode(struct arena *arena, struct str s, bool form)
{
	char *out = arena_alloc(arena, s.n + 1);
	size_t n = 0;
	for (size_t i = 0; i < s.n; i++) {
		int high = -1, low = -1;
		if (s.p[i] == '%' && i + 2 < s.n) {
			high = ascii_hex_value(s.p[i + 1]);
			low = ascii_hex_value(s.p[i + 2]);
		}
		if (high >= 0 && low >= 0) {
			out[n++] = (char)(high * 16 + low);
			i += 2;
		} else {
			out[n++] = form && s.p[i] == '+' ? ' ' : s.p[i];
		}
	}
	return (struct str){out, n};
}

/* ---- lines ---- */

/* Takes one line, without its CRLF, off `in`; false when it does not end in CRLF. */
static bool take_head_line(struct str *in, struct str *line)
{
	ptrdiff_t lf = str_index(*in, '\n');
	if (lf < 1 || in->p[lf - 1] != '\r')
		return false;
	*line = str_slice(*in, 0, (size_t)lf - 1);
	*in = str_slice(*in, (size_t)lf + 1, in->n);
	return true;
}

static struct str take_head_word(struct str *line)
{
	ptrdiff_t blank = str_index(*line, ' ');
	size_t end = blank < 0 ? line->n : (size_t)blank;
	struct str word = str_slice(*line, 0, end);
	*line = str_slice(*line, blank < 0 ? end : end + 1, line->n);
	return word;
}

static enum http_method method_of(struct str word)
{
	static const struct {
		const char *name;
		enum http_method method;
	} known[] = {
		{"GET", HTTP_GET}, {"HEAD", HTTP_HEAD},     {"POST", HTTP_POST},
		{"PUT", HTTP_PUT}, {"DELETE", HTTP_DELETE}, {"OPTIONS", HTTP_OPTIONS},
	};
	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		if (str_eq_c(word, known[i].name))
			return known[i].method;
	return HTTP_OTHER;
}

static int parse_request_line(struct http_head *h, struct arena *arena, struct str line)
{
	struct str method = take_head_word(&line), target = take_head_word(&line);
	if (!http_is_token(method) || !target.n || !http_is_text(target, false) || !str_starts(line, STR("HTTP/")))
		return 400;
	h->http_1_1 = str_eq_c(line, "HTTP/1.1");
	if (!h->http_1_1 && !str_eq_c(line, "HTTP/1.0"))
		return http_is_text(line, false) ? 505 : 400;
	h->method = method_of(method);
	struct http_target t;
	if (!http_target_parse(&t, arena, target))
		return 400;
	h->authority = t.authority;
	h->path = t.path;
	h->query = t.query;
	return 0;
}

/* Blanks and tabs only: a CR at the edge of a value belongs to it, and is refused with it. */
static struct str trim_field_blanks(struct str s)
{
	while (s.n && (s.p[0] == ' ' || s.p[0] == '\t'))
		s = str_slice(s, 1, s.n);
	while (s.n && (s.p[s.n - 1] == ' ' || s.p[s.n - 1] == '\t'))
		s = str_slice(s, 0, s.n - 1);
	return s;
}

bool http_field_parse(struct str line, struct http_field *f)
{
	ptrdiff_t colon = str_index(line, ':');
	if (colon < 1)
		return false;
	*f = (struct http_field){str_slice(line, 0, (size_t)colon),
	                         trim_field_blanks(str_slice(line, (size_t)colon + 1, line.n))};
	/* A folded line begins with a blank, so its name is no token either. */
	return http_is_token(f->name) && http_is_text(f->value, true);
}

static int parse_field(struct http_head *h, struct arena *arena, struct str line)
{
	struct http_field f;
	if (!http_field_parse(line, &f))
		return 400;
	if (h->count == HTTP_HEADERS_MAX)
		return 431;
	h->fields = arena_room(arena, h->fields, h->count, &h->capacity, sizeof f);
	h->fields[h->count++] = f;
	return 0;
}

/* ---- what the headers say together ---- */

/* Most names differ in length already. */
static inline bool is_named(const struct http_field *field, struct str name)
{
	return field->name.n == name.n && str_eq_nocase(field->name, name);
}

struct str http_head_get(const struct http_head *h, struct str name)
{
	for (size_t i = 0; i < h->count; i++)
		if (is_named(&h->fields[i], name))
			return h->fields[i].value;
	return (struct str){"", 0};
}

static size_t count_of(const struct http_head *h, struct str name)
{
	size_t n = 0;
	for (size_t i = 0; i < h->count; i++)
		n += is_named(&h->fields[i], name);
	return n;
}

static bool parse_length(struct str s, int64_t *length)
{
	/* 18 digits cannot overflow, and no sign, blank or list passes for a digit. */
	if (!s.n || s.n > 18)
		return false;
	*length = 0;
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
		*length = *length * 10 + (s.p[i] - '0');
	}
	return true;
}

static int set_framing(struct http_head *h)
{
	size_t lengths = count_of(h, STR("Content-Length")), encodings = count_of(h, STR("Transfer-Encoding"));
	if (lengths + encodings > 1)
		return 400;
	if (encodings) {
		h->framing = HTTP_CHUNKED;
		return h->http_1_1 && str_eq_nocase(http_head_get(h, STR("Transfer-Encoding")), STR("chunked")) ? 0 : 400;
	}
	if (lengths) {
		h->framing = HTTP_LENGTH;
		return parse_length(http_head_get(h, STR("Content-Length")), &h->length) ? 0 : 400;
	}
	return 0;
}

/* Of http://host/path the host counts, and Host is as good as not there (RFC 9112 3.2.2). */
static void prefer_authority(struct http_head *h)
{
	for (size_t i = 0; i < h->count && h->authority.n; i++)
		if (str_eq_nocase(h->fields[i].name, STR("Host")))
			h->fields[i].value = h->authority;
	if (!h->authority.n)
		h->authority = http_head_get(h, STR("Host"));
}

static int check_host(struct http_head *h)
{
	size_t hosts = count_of(h, STR("Host"));
	struct str host = http_head_get(h, STR("Host"));
	if (hosts > 1 || (h->http_1_1 && hosts == 0) || (host.n && !http_authority_valid(host)))
		return 400;
	prefer_authority(h);
	return 0;
}

/* Whether one of the comma-separated words of any field of this name is `word`. */
static bool has_field_word(const struct http_head *h, struct str name, struct str word)
{
	for (size_t i = 0; i < h->count; i++) {
		struct str rest = is_named(&h->fields[i], name) ? h->fields[i].value : STR("");
		while (rest.n) {
			ptrdiff_t comma = str_index(rest, ',');
			size_t end = comma < 0 ? rest.n : (size_t)comma;
			if (str_eq_nocase(str_trim(str_slice(rest, 0, end)), word))
				return true;
			rest = str_slice(rest, comma < 0 ? end : end + 1, rest.n);
		}
	}
	return false;
}

static int set_wishes(struct http_head *h)
{
	bool close = has_field_word(h, STR("Connection"), STR("close"));
	h->keep_alive = !close && (h->http_1_1 || has_field_word(h, STR("Connection"), STR("keep-alive")));
	struct str expect = http_head_get(h, STR("Expect"));
	if (expect.n && !str_eq_nocase(expect, STR("100-continue")))
		return 417;
	h->expect_continue = expect.n && h->http_1_1;
	return 0;
}

int http_head_parse(struct http_head *h, struct arena *arena, struct str bytes)
{
	*h = (struct http_head){.query = {"", 0}, .path = {"", 0}, .authority = {"", 0}};
	struct str line;
	if (!take_head_line(&bytes, &line))
		return 400;
	int refused = parse_request_line(h, arena, line);
	while (!refused) {
		if (!take_head_line(&bytes, &line))
			return 400;
		if (!line.n)
			break;
		refused = parse_field(h, arena, line);
	}
	refused = refused ? refused : check_host(h);
	refused = refused ? refused : set_framing(h);
	return refused ? refused : set_wishes(h);
}
