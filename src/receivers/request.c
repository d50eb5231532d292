/* Headers, secrets and JSON bodies of a request, cut where a provider's limit asks for it. */
#include "request.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

#include "base/buf_json.h"
#include "base/hash.h"
#include "page.h"

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

static bool dump(struct arena *arena, const json_t *root, struct str *out)
{
	AUTOBUF struct buf b;
	buf_init(&b, RECEIVER_BODY_MAX);
	if (!buf_add_json(&b, root))
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

bool request_take_json_cut(struct receiver_request *r, const char *method, struct str url, json_t *root, json_t *cut,
                           const char *kind, struct err *err)
{
	r->method = method;
	r->url = url;
	request_header(r, "Content-Type", STR("application/json"));
	bool fits = request_json(r->arena, root, &cut, cut ? 1 : 0, &r->body);
	if (!fits)
		err_add(err, "%s: the request is larger than %d bytes", kind, RECEIVER_BODY_MAX);
	json_decref(root);
	return fits;
}

bool request_take_json(struct receiver_request *r, const char *method, struct str url, json_t *root, const char *kind,
                       struct err *err)
{
	return request_take_json_cut(r, method, url, root, NULL, kind, err);
}

void request_authorize(const struct receiver_build *in, struct receiver_request *r, const char *scheme,
                       const char *option)
{
	struct str secret = request_secret(in, option);
	if (secret.n)
		request_header(r, "Authorization", str_c(arena_printf(r->arena, "%s %.*s", scheme, STR_ARG(secret))));
}

struct str request_url(struct arena *arena, struct str base, const char *path)
{
	while (base.n && base.p[base.n - 1] == '/')
		base.n--;
	return str_c(arena_printf(arena, "%.*s%s", STR_ARG(base), path));
}

struct str request_setting(const struct receiver_build *in, struct str written, const char *option)
{
	return written.n ? written : request_secret(in, option);
}

const char *request_identity(const struct message *m, struct arena *arena)
{
	const char *quietly = m->quiet ? arena_printf(arena, "\n%016" PRIx64, incident_roster(m->incident)) : "";
	return arena_printf(arena, "%s\n%s%s\n%" PRIu64 "\n%" PRId64 "%s", m->dedup_key, message_event_name(m->event),
	                    m->echo ? "-echo" : "", m->incident->notice, m->incident->acknowledged.at, quietly);
}

json_t *request_text(struct str s)
{
	return s.n ? view_text(s) : json_string("");
}

/* What stands behind the incident's key in the provider's key: "-2". */
static const char *generation_suffix(const struct message *m)
{
	return m->dedup_key + strlen(m->incident->key);
}

#define KEY_HASH_DIGITS 16

/* What is too long ends in a hash of the whole: keys that differ only behind the limit stay different. */
static struct str fitted_key(struct arena *arena, struct str whole, size_t most)
{
	char hex[HASH_HEX_MAX];
	struct str line = text_line(arena, whole, SIZE_MAX, TEXT_BYTES);
	if (line.n <= most)
		return line;
	line = text_line(arena, whole, most - KEY_HASH_DIGITS - 1, TEXT_BYTES);
	return str_c(arena_printf(arena, "%.*s-%.*s", STR_ARG(line), KEY_HASH_DIGITS, hash_sha256(whole, hex)));
}

static struct str rendered_key(const struct receiver_build *in, const struct template *t, size_t most,
                               struct receiver_request *r)
{
	const char *suffix = generation_suffix(in->message);
	AUTOBUF struct buf b;
	buf_init(&b, TEMPLATE_OUTPUT_MAX);
	json_t *names = page_context(in->message);
	bool ok = template_render(t, names, ESCAPE_NONE, &b) && str_trim(buf_str(&b)).n;
	json_decref(names);
	r->template_failed |= !ok;
	if (!ok)
		return arena_str(r->arena, str_c(in->message->dedup_key));
	struct str key = fitted_key(r->arena, str_trim(buf_str(&b)), most - strlen(suffix));
	return str_c(arena_printf(r->arena, "%.*s%s", STR_ARG(key), suffix));
}

struct str request_dedup_key(const struct receiver_build *in, const struct request_key *own, size_t most,
                             struct receiver_request *r)
{
	if (in->key.n)
		r->key = in->key;
	else if (own->compiled)
		r->key = rendered_key(in, own->compiled, most, r);
	else
		r->key = arena_str(r->arena, str_c(in->message->dedup_key)); /* the message may be gone when it is kept */
	return r->key;
}

bool request_key_check(struct request_key *key, struct pos at, struct err *err)
{
	AUTOERR struct err why = ERR_INIT;
	if (!key->written.n)
		return true;
	key->compiled = template_compile(key->written, receiver_template_names(), at, &why);
	if (!key->compiled)
		err_at(err, at, "\"dedup_key\":");
	err_move(err, &why);
	return key->compiled != NULL;
}

void request_key_release(struct request_key *key)
{
	template_free(key->compiled);
	key->compiled = NULL;
}

struct str request_status_text(struct arena *arena, int status)
{
	static const struct {
		int status;
		const char *words;
	} known[] = {
		{200, " OK"},
		{201, " Created"},
		{202, " Accepted"},
		{204, " No Content"},
		{301, " Moved Permanently"},
		{302, " Found"},
		{307, " Temporary Redirect"},
		{308, " Permanent Redirect"},
		{400, " Bad Request"},
		{401, " Unauthorized"},
		{403, " Forbidden"},
		{404, " Not Found"},
		{405, " Method Not Allowed"},
		{408, " Request Timeout"},
		{413, " Content Too Large"},
		{422, " Unprocessable Content"},
		{429, " Too Many Requests"},
		{500, " Internal Server Error"},
		{502, " Bad Gateway"},
		{503, " Service Unavailable"},
		{504, " Gateway Timeout"},
	};
	const char *words = "";
	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		words = known[i].status == status ? known[i].words : words;
	return str_c(arena_printf(arena, "HTTP %d%s", status, words));
}

/* ---- lists in one text ---- */

/* Where the entry that begins at the front of `s` ends. */
static size_t entry_end(struct str s)
{
	bool quoted = false, within = false;
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '"')
			quoted = !quoted;
		else if (s.p[i] == '<' || s.p[i] == '>')
			within = s.p[i] == '<';
		else if (s.p[i] == ',' && !quoted && !within)
			return i;
	}
	return s.n;
}

static size_t count_commas(const struct strs *list)
{
	size_t n = 0;
	for (size_t i = 0; i < list->n; i++)
		for (size_t k = 0; k < list->v[i].n; k++)
			n += list->v[i].p[k] == ',';
	return n;
}

struct strs request_split(struct arena *arena, const struct strs *list)
{
	struct strs out = {arena_alloc(arena, (list->n + count_commas(list) + 1) * sizeof *out.v), 0};
	for (size_t i = 0; i < list->n; i++) {
		for (struct str rest = list->v[i]; rest.n;) {
			size_t end = entry_end(rest);
			struct str one = str_trim(str_slice(rest, 0, end));
			if (one.n)
				out.v[out.n++] = one;
			rest = end < rest.n ? str_slice(rest, end + 1, rest.n) : (struct str){NULL, 0};
		}
	}
	return out;
}

void request_set_text(json_t *o, const char *name, struct str value)
{
	if (value.n)
		json_object_set_new(o, name, request_text(value));
}
