/* A mail as bytes: headers, the thread it belongs to, text and HTML. */
#include <string.h>

#include "base/base64.h"
#include "base/hash.h"
#include "base/time.h"
#include "email.h"

#define SUBJECT_MAX 200 /* characters */
#define TEXT_MAX 65536  /* bytes of each part */
#define BASE64_LINE 76

/* ---- headers ---- */

static bool is_printable_ascii(struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] < 0x20 || s.p[i] > 0x7e)
			return false;
	}
	return str_find(s, STR("=?")) < 0;
}

#define WORD_BYTES 42 /* of text in one encoded word: with its frame it stays below 75 characters */

/* RFC 2047: words of base64, each of whole characters, a line each. */
static void email_add_encoded(struct buf *b, struct str s)
{
	for (size_t i = 0; i < s.n;) {
		size_t n = 0, step;
		while (i + n < s.n && (step = str_utf8_len(str_slice(s, i + n, s.n))) && n + step <= WORD_BYTES)
			n += step;
		if (!n)
			return; /* clean text has no such byte */
		buf_add_c(b, i ? "\r\n =?UTF-8?B?" : "=?UTF-8?B?");
		base64_add(b, str_slice(s, i, i + n), 0);
		buf_add_c(b, "?=");
		i += n;
	}
}

static void add_header_text(struct buf *b, const char *name, struct str clean)
{
	buf_printf(b, "%s: ", name);
	if (is_printable_ascii(clean) && clean.n <= 66)
		buf_add(b, clean);
	else
		email_add_encoded(b, clean);
	buf_add_c(b, "\r\n");
}

static void email_add_quoted(struct buf *b, struct str s)
{
	buf_add_c(b, "\"");
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '"' || s.p[i] == '\\')
			buf_add_char(b, '\\');
		buf_add_char(b, s.p[i]);
	}
	buf_add_c(b, "\"");
}

/* "Ana <ana@example.com>": the name is encoded, or quoted; the address stands as it is. */
static void add_mailbox(struct buf *b, struct str mailbox, struct arena *arena)
{
	struct str address = email_address(mailbox);
	ptrdiff_t open = str_index(mailbox, '<');
	struct str name = open < 0 ? (struct str){NULL, 0} : str_trim(str_slice(mailbox, 0, (size_t)open));
	name = text_line(arena, name, 100, TEXT_CHARACTERS);
	if (name.n >= 2 && name.p[0] == '"' && name.p[name.n - 1] == '"')
		name = str_slice(name, 1, name.n - 1);
	if (!name.n) {
		buf_add(b, address);
		return;
	}
	if (is_printable_ascii(name))
		email_add_quoted(b, name);
	else
		email_add_encoded(b, name);
	buf_printf(b, "\r\n <%.*s>", STR_ARG(address));
}

static void add_mailboxes(struct buf *b, const char *name, const struct strs *list, struct arena *arena)
{
	buf_printf(b, "%s: ", name);
	for (size_t i = 0; i < list->n; i++) {
		buf_add_c(b, i ? ",\r\n " : "");
		add_mailbox(b, list->v[i], arena);
	}
	buf_add_c(b, "\r\n");
}

/* "Fri, 21 Nov 2025 08:01:00 +0000" (RFC 5322), with names that no locale changes. */
static void email_add_date(struct buf *b, int64_t now_ms)
{
	static const char *const days[] = {"Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"};
	static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
	                                     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
	char iso[TIME_FORMAT_MAX];
	time_format(now_ms, iso);
	int64_t day = now_ms / TIME_DAY % 7;
	int month = (iso[5] - '0') * 10 + iso[6] - '0';
	buf_printf(b, "Date: %s, %.2s %s %.4s %.8s +0000\r\n", days[day], iso + 8, months[month - 1], iso, iso + 11);
}

/* ---- the thread ---- */

static struct str domain_of(struct str address)
{
	return str_slice(address, (size_t)(str_index(address, '@') + 1), address.n);
}

/* The same for every attempt at the same mail, so that a server can tell a repeat; the digests of an hour are several. */
static struct str message_id(const struct receiver_build *in, struct arena *arena)
{
	const struct message *m = in->message;
	const struct email_settings *s = in->settings;
	struct str domain = domain_of(s->sender);
	char hex[HASH_HEX_MAX];
	if (m->event == EVENT_TRIGGER && !m->digest)
		return str_c(arena_printf(arena, "<%s@%.*s>", m->dedup_key, STR_ARG(domain)));
	hash_sha256(str_c(request_identity(m, arena)), hex);
	return str_c(arena_printf(arena, "<%s.%.16s@%.*s>", m->dedup_key, hex, STR_ARG(domain)));
}

/* All refer to the first page of the incident, later pages' mails to their own page as well. */
static void add_thread(struct buf *b, const struct receiver_build *in, struct arena *arena)
{
	const struct message *m = in->message;
	const struct email_settings *s = in->settings;
	struct str domain = domain_of(s->sender), id = message_id(in, arena);
	struct str first = str_c(arena_printf(arena, "<%s@%.*s>", m->incident->key, STR_ARG(domain)));
	struct str page = str_c(arena_printf(arena, "<%s@%.*s>", m->dedup_key, STR_ARG(domain)));
	buf_printf(b, "Message-ID: %.*s\r\n", STR_ARG(id));
	if (str_eq(id, first))
		return;
	struct str parent = m->event == EVENT_TRIGGER ? first : page;
	buf_printf(b, "In-Reply-To: %.*s\r\nReferences: %.*s", STR_ARG(parent), STR_ARG(first));
	if (!str_eq(parent, first))
		buf_printf(b, "\r\n %.*s", STR_ARG(parent));
	buf_add_c(b, "\r\n");
}

/* ---- the parts ---- */

static void email_add_part(struct buf *b, const char *boundary, const char *type, struct str text)
{
	buf_printf(b,
	           "--%s\r\nContent-Type: %s; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n"
	           "Content-Disposition: inline\r\n\r\n",
	           boundary, type);
	base64_add(b, text, BASE64_LINE);
}

/* Text in a mail has CRLF at the ends of its lines. */
static struct str plain_text(const struct receiver_build *in, struct receiver_request *out)
{
	static const struct page_style style = {
		.markup = &markup_plain, .most = TEXT_MAX, .unit = TEXT_BYTES, .titled = true, .links = true};
	struct str text = page_full_text(in, out, &style);
	AUTOBUF struct buf b;
	buf_init(&b, SIZE_MAX);
	for (size_t i = 0; i < text.n; i++) {
		if (text.p[i] == '\n')
			buf_add_char(&b, '\r');
		buf_add_char(&b, text.p[i]);
	}
	buf_add_c(&b, "\r\n");
	return arena_str(out->arena, buf_str(&b));
}

/* The receiver's own text template makes plain text: here it stands as it is. */
static struct str preformatted(const struct receiver_build *in, struct receiver_request *out)
{
	AUTOBUF struct buf b;
	buf_init(&b, SIZE_MAX);
	buf_add_c(&b, "<pre style=\"font-family: inherit; white-space: pre-wrap\">");
	markup_mail.escape(&b, plain_text(in, out));
	buf_add_c(&b, "</pre>");
	return arena_str(out->arena, buf_str(&b));
}

static struct str email_html(const struct receiver_build *in, struct receiver_request *out)
{
	static const struct page_style style = {
		.markup = &markup_mail, .most = TEXT_MAX, .unit = TEXT_BYTES, .titled = true, .links = true};
	struct str text = in->text ? preformatted(in, out) : page_full_text(in, out, &style);
	return str_c(arena_printf(out->arena,
	                          "<!DOCTYPE html>\r\n<html><body style=\"font-family: sans-serif\">\r\n"
	                          "<div style=\"border-left: 4px solid %s; padding-left: 12px\">\r\n%.*s\r\n</div>\r\n"
	                          "</body></html>\r\n",
	                          page_color(in->message), STR_ARG(text)));
}

/* Base64 has no '=' but at an end, so that no line of a part can look like the boundary. */
static const char *boundary_of(struct str id, struct arena *arena)
{
	char hex[HASH_HEX_MAX];
	hash_sha256(id, hex);
	return arena_printf(arena, "=_%.32s", hex);
}

struct str email_message(const struct receiver_build *in, struct receiver_request *out)
{
	const struct email_settings *s = in->settings;
	const char *boundary = boundary_of(message_id(in, out->arena), out->arena);
	struct str from = s->from;
	AUTOBUF struct buf b;
	buf_init(&b, RECEIVER_BODY_MAX);
	email_add_date(&b, in->now_ms);
	add_mailboxes(&b, "From", &(struct strs){&from, 1}, out->arena);
	add_mailboxes(&b, "To", &s->to, out->arena);
	add_header_text(&b, "Subject", page_title(in, out, SUBJECT_MAX, TEXT_CHARACTERS));
	add_thread(&b, in, out->arena);
	buf_printf(&b,
	           "Auto-Submitted: auto-generated\r\nMIME-Version: 1.0\r\n"
	           "Content-Type: multipart/alternative;\r\n boundary=\"%s\"\r\n\r\n",
	           boundary);
	email_add_part(&b, boundary, "text/plain", plain_text(in, out));
	email_add_part(&b, boundary, "text/html", email_html(in, out));
	buf_printf(&b, "--%s--\r\n", boundary);
	return buf_ok(&b) ? arena_str(out->arena, buf_str(&b)) : (struct str){NULL, 0};
}
