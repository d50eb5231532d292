#include "request.h"

#include <assert.h>

#include "base/buf.h"

void request_header(struct receiver_request *r, const char *name, struct str value)
{
	AUTOBUF struct buf b;
	buf_init(&b, SIZE_MAX);
	buf_printf(&b, "%s: ", name);
	for (size_t i = 0; i < value.n; i++) {
		unsigned char c = (unsigned char)value.p[i];
		buf_add_char(&b, c < 0x20 || c == 0x7f ? ' ' : value.p[i]);
	}
	if (!r->headers.v)
		r->headers.v = arena_alloc(r->arena, REQUEST_HEADERS_MAX * sizeof *r->headers.v);
	assert(r->headers.n < REQUEST_HEADERS_MAX);
	r->headers.v[r->headers.n++] = arena_str(r->arena, buf_str(&b));
}

struct str request_secret(const struct receiver_build *in, const char *option)
{
	for (size_t i = 0; i < in->secret_count; i++) {
		if (str_eq_c(str_c(in->secrets[i].option), option))
			return in->secrets[i].value;
	}
	return (struct str){NULL, 0};
}

/* json_dump_callback() instead of json_dumps(): the bytes land where they are to live. */
static int add_bytes(const char *bytes, size_t n, void *arg)
{
	buf_add(arg, (struct str){bytes, n});
	return 0;
}

static bool dump(struct arena *arena, const json_t *root, struct str *out)
{
	AUTOBUF struct buf b;
	buf_init(&b, RECEIVER_BODY_MAX);
	if (json_dump_callback(root, add_bytes, &b, JSON_COMPACT) != 0 || !buf_ok(&b))
		return false;
	*out = arena_str(arena, buf_str(&b));
	return true;
}

/* At most `most` bytes of a string, cut between characters, with a mark. */
static json_t *shortened(const json_t *value, size_t most)
{
	struct str s = {json_string_value(value), json_string_length(value)};
	size_t n = 0, step;
	while (n < s.n && (step = str_utf8_len(str_slice(s, n, s.n))) && n + step <= most)
		n += step;
	AUTOBUF struct buf b;
	buf_init(&b, SIZE_MAX);
	buf_add(&b, str_slice(s, 0, n));
	buf_add_c(&b, "…");
	return json_stringn(b.p, b.n);
}

static void shorten(json_t *object, size_t most)
{
	const char *name;
	json_t *value;
	void *next;
	json_object_foreach_safe(object, next, name, value)
	{
		if (json_string_length(value) > most)
			json_object_set_new(object, name, shortened(value, most));
	}
	if (!most)
		json_object_clear(object);
}

bool request_json(struct arena *arena, json_t *root, json_t *const *cuts, size_t cut_count, struct str *out)
{
	static const size_t limits[] = {4096, 512, 64, 0};
	for (size_t step = 0; !dump(arena, root, out); step++) {
		if (step == sizeof limits / sizeof *limits)
			return false;
		for (size_t i = 0; i < cut_count; i++)
			shorten(cuts[i], limits[step]);
	}
	return true;
}

struct str request_status_text(struct arena *arena, int status)
{
	static const struct {
		int status;
		const char *words;
	} known[] = {
		{301, " Moved Permanently"},  {302, " Found"},
		{307, " Temporary Redirect"}, {308, " Permanent Redirect"},
		{400, " Bad Request"},        {401, " Unauthorized"},
		{403, " Forbidden"},          {404, " Not Found"},
		{405, " Method Not Allowed"}, {408, " Request Timeout"},
		{413, " Content Too Large"},  {422, " Unprocessable Content"},
		{429, " Too Many Requests"},  {500, " Internal Server Error"},
		{502, " Bad Gateway"},        {503, " Service Unavailable"},
		{504, " Gateway Timeout"},
	};
	const char *words = "";
	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		words = known[i].status == status ? known[i].words : words;
	return str_c(arena_printf(arena, "HTTP %d%s", status, words));
}
