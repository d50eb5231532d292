/* Gathers what a provider may repeat of a receiver's secrets, and takes it out of its words. */
#include "hidden.h"

#include "base/ascii.h"
#include "base/form.h"
#include "request.h"
#include "text.h"

#define VALUES_MAX 256
#define PIECE_MIN 3 /* shorter parts of a URL say nothing */
#define ANYWHERE 6  /* so long a value is no part of another word by chance */
#define KEY_LIKE 20 /* so many letters and digits in a row may be a key of somebody else */
#define REDACTED "<redacted>"

/* ---- what is hidden ---- */

static void hide_value(struct strs *list, struct str value)
{
	value = str_trim(value);
	if (value.n && list->n < VALUES_MAX && !strs_contain(list, value))
		list->v[list->n++] = value;
}

/* What stands in the URLs of everybody. */
static bool is_public_piece(struct str s)
{
	static const char *const words[] = {
		"alert",    "alerts",   "alert_events", "api",          "generic",       "hook",     "hooks",
		"http",     "https",    "incoming",     "integrations", "invoke",        "json",     "manual",
		"message",  "messages", "paths",        "post",         "powerautomate", "services", "send",
		"triggers", "v1",       "v2",           "v3",           "webhook",       "webhooks", "workflows",
	};
	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		if (str_eq_nocase(s, str_c(words[i])))
			return true;
	}
	return s.n < PIECE_MIN;
}

/* As it is written and as a server reads it. */
static void hide_piece(struct strs *list, struct str piece, struct arena *arena)
{
	if (is_public_piece(piece))
		return;
	hide_value(list, piece);
	hide_value(list, form_unescape(arena, piece));
}

static size_t url_piece_end(struct str s, const char *ends)
{
	size_t n = 0;
	while (n < s.n && !strchr(ends, s.p[n]))
		n++;
	return n;
}

/* "/hooks/TOKEN?sig=TOKEN": the whole, its path, the path's segments, the values of its query. */
static void hide_path(struct strs *list, struct str path, struct arena *arena)
{
	bool query = false;
	hide_piece(list, path, arena);
	hide_piece(list, str_slice(path, 0, url_piece_end(path, "?#")), arena);
	while (path.n) {
		size_t n = url_piece_end(path, query ? "&#" : "/?#");
		struct str piece = str_slice(path, 0, n);
		ptrdiff_t equals = query ? str_index(piece, '=') : -1;
		hide_piece(list, str_slice(piece, (size_t)(equals + 1), n), arena);
		query |= n < path.n && path.p[n] == '?';
		path = str_slice(path, n + 1, path.n);
	}
}

/* "ana:TOKEN" of "ana:TOKEN@host". */
static void hide_user(struct strs *list, struct str authority, struct arena *arena)
{
	struct str host = str_behind_last(authority, '@');
	if (host.n == authority.n)
		return;
	struct str user = str_slice(authority, 0, authority.n - host.n - 1);
	ptrdiff_t colon = str_index(user, ':');
	hide_piece(list, user, arena);
	hide_piece(list, str_slice(user, (size_t)(colon + 1), user.n), arena);
}

/* `secret`: the path is one, too. */
static void hide_url(struct strs *list, struct str url, bool secret, struct arena *arena)
{
	ptrdiff_t scheme = str_find(url, STR("://"));
	struct str rest = str_slice(url, (size_t)(scheme + 3), url.n);
	size_t n = url_piece_end(rest, "/?#");
	hide_user(list, str_slice(rest, 0, n), arena);
	if (secret)
		hide_path(list, str_slice(rest, n, rest.n), arena);
}

/* A token may begin with whose it is: "7:TOKEN". */
static void hide_secret(struct strs *list, struct str value, struct arena *arena)
{
	struct str own = str_behind_last(value, ':');
	if (str_find(value, STR("://")) >= 0) {
		hide_url(list, value, true, arena);
		return;
	}
	hide_value(list, value);
	if (own.n >= ANYWHERE)
		hide_value(list, own);
}

static bool is_plain_header(struct str name)
{
	static const char *const names[] = {"Accept", "Content-Type", "Idempotency-Key", "X-GitHub-Api-Version",
	                                    "X-Runbookd-Timestamp"};
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		if (str_eq_nocase(name, str_c(names[i])))
			return true;
	}
	return false;
}

/* Of "Authorization: Basic TOKEN" also the token alone. */
static void hide_header(struct strs *list, struct str header)
{
	size_t n = url_piece_end(header, ":");
	struct str name = str_slice(header, 0, n), value = str_trim(str_slice(header, n + 1, header.n));
	if (is_plain_header(name))
		return;
	hide_value(list, value);
	if (str_eq_nocase(name, STR("Authorization")))
		hide_value(list, str_behind_last(value, ' '));
}

struct strs receiver_hidden(const struct receiver_kind *kind, const struct receiver_build *in,
                            const struct receiver_request *request, const struct strs *others)
{
	struct arena *arena = request->arena;
	struct strs list = {arena_alloc(arena, VALUES_MAX * sizeof *list.v), 0};
	for (size_t i = 0; i < in->secret_count; i++)
		hide_secret(&list, in->secrets[i].value, arena);
	for (const char *const *name = kind->secrets; name && *name; name++)
		hide_secret(&list, receiver_url_option(kind, in->settings, *name), arena);
	for (size_t i = 0; i < others->n; i++)
		hide_secret(&list, others->v[i], arena);
	hide_value(&list, in->session);
	hide_url(&list, request->url, false, arena);
	for (size_t i = 0; i < request->headers.n; i++)
		hide_header(&list, request->headers.v[i]);
	return list;
}

/* ---- words without it ---- */

static void add_form(struct strs *forms, struct str value, enum template_escape escape, struct arena *arena)
{
	AUTOBUF struct buf b;
	buf_init(&b, SIZE_MAX);
	template_escape_add(&b, value, escape);
	if (!strs_contain(forms, buf_str(&b)))
		forms->v[forms->n++] = arena_str(arena, buf_str(&b));
}

static struct strs forms_of(const struct strs *hidden, struct arena *arena)
{
	static const enum template_escape escapes[] = {ESCAPE_NONE, ESCAPE_URL, ESCAPE_JSON, ESCAPE_HTML};
	const size_t count = sizeof escapes / sizeof *escapes;
	struct strs forms = {arena_alloc(arena, (hidden->n * count + 1) * sizeof *forms.v), 0};
	for (size_t i = 0; i < hidden->n * count; i++)
		add_form(&forms, hidden->v[i / count], escapes[i % count], arena);
	return forms;
}

static bool is_own_word(struct str s, size_t from, size_t to)
{
	return (!from || !ascii_is_alnum(s.p[from - 1])) && (to == s.n || !ascii_is_alnum(s.p[to]));
}

/* How long the longest of `forms` is that stands here; 0: none does. */
static size_t form_at(const struct strs *forms, struct str s, size_t at)
{
	size_t most = 0;
	for (size_t i = 0; i < forms->n; i++) {
		struct str form = forms->v[i];
		if (form.n <= most || form.n > s.n - at || ascii_lower(*form.p) != ascii_lower(s.p[at]))
			continue;
		if (str_eq_nocase(str_slice(s, at, at + form.n), form) &&
		    (form.n >= ANYWHERE || is_own_word(s, at, at + form.n)))
			most = form.n;
	}
	return most;
}

static void add_without_forms(struct buf *b, struct str s, const struct strs *forms)
{
	for (size_t i = 0, n; i < s.n; i += n) {
		n = form_at(forms, s, i);
		if (n)
			buf_add_c(b, REDACTED);
		else
			buf_add_char(b, s.p[i]);
		n = n ? n : 1;
	}
}

static void add_without_keys(struct buf *b, struct str s, size_t most)
{
	for (size_t i = 0, n; i < s.n && b->n < most; i += n) {
		for (n = 0; i + n < s.n && ascii_is_alnum(s.p[i + n]);)
			n++;
		if (n >= KEY_LIKE) {
			buf_add_c(b, REDACTED);
			continue;
		}
		n = n ? n : str_utf8_len(str_slice(s, i, s.n));
		n = n ? n : 1;
		buf_add(b, str_slice(s, i, i + n));
	}
}

void hidden_add_redacted(struct buf *b, struct str s, const struct strs *hidden, size_t most)
{
	AUTOARENA struct arena *arena = arena_new();
	AUTOBUF struct buf without, clean;
	struct strs forms = forms_of(hidden, arena);
	buf_init(&without, SIZE_MAX);
	buf_init(&clean, SIZE_MAX);
	add_without_forms(&without, s, &forms);
	text_add_clean(&clean, buf_str(&without), false);
	add_without_keys(b, buf_str(&clean), most);
}
