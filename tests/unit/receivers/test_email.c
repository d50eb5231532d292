/* A mail as RFC 5322 and RFC 2047 want it, whatever the incident says. */
#include <string.h>

#include "built.h"

#define YAML "{to: ['Ole Ås <ole@example.com>', docks@example.com], from: 'Pager <r@example.com>', smarthost: 'm:587'}"

static struct str built_mail(struct incident *inc, enum message_event event, struct arena *arena,
                             struct receiver_request *r)
{
	AUTOERR struct err err = ERR_INIT;
	if (!built_request("email", YAML, inc, event, NULL, arena, r, &err))
		fail_msg("%s", err_first(&err));
	return r->body;
}

static struct str mail_header(struct str mail, const char *name, struct arena *arena)
{
	struct str needle = str_c(arena_printf(arena, "\r\n%s: ", name));
	ptrdiff_t at = str_find(mail, needle), end;
	if (at < 0)
		return (struct str){NULL, 0};
	struct str rest = str_slice(mail, (size_t)at + needle.n, mail.n);
	size_t n = 0;
	while ((end = str_find(str_slice(rest, n, rest.n), STR("\r\n"))) >= 0) {
		n += (size_t)end;
		if (rest.p[n + 2] != ' ')
			break;
		n += 2;
	}
	return str_slice(rest, 0, n);
}

static void check_lines(struct str mail)
{
	size_t length = 0;
	assert_true(str_ends(mail, STR("--\r\n")));
	for (size_t i = 0; i < mail.n; i++) {
		unsigned char c = (unsigned char)mail.p[i];
		assert_true(c < 0x7f && (c >= 0x20 || c == '\r' || c == '\n'));
		if (c == '\r')
			assert_int_equal(mail.p[i + 1], '\n');
		if (c == '\n') {
			assert_int_equal(mail.p[i - 1], '\r');
			length = 0;
			continue;
		}
		assert_true(++length <= 79); /* with its CR */
	}
}

static void is_clean_whatever_it_says(void **state)
{
	(void)state;
	static const char *const texts[] = {
		"x\r\nBcc: evil@example.com\r\n\r\nbody",
		"=?UTF-8?Q?=0D=0ABcc:_x?=",
		"😀😀😀 ü",
		"\r\n.\r\nQUIT\r\n",
		"\xff\xfe\x01",
		"",
		"long long long long long long long long long long long long long long long long long long long long long",
	};
	for (size_t i = 0; i < COUNT(texts); i++) {
		AUTOARENA struct arena *arena = arena_new();
		struct receiver_request r;
		struct incident *inc = built_incident(arena);
		inc->summary = inc->alertname = inc->owner = inc->acknowledged.by = str_c(texts[i]);
		struct str mail = built_mail(inc, EVENT_TRIGGER, arena, &r);
		check_lines(mail);
		assert_true(str_find(mail, STR("\r\nBcc:")) < 0);
		assert_int_equal(r.mail->to.n, 2);
		assert_true(str_eq_c(r.mail->to.v[0], "ole@example.com"));
		assert_true(str_eq_c(r.mail->from, "r@example.com"));
	}
}

static void writes_its_headers(void **state)
{
	(void)state;
	AUTOARENA struct arena *arena = arena_new();
	struct receiver_request r;
	struct incident *inc = built_incident(arena);
	inc->summary = STR("ü is busy");
	struct str mail = built_mail(inc, EVENT_TRIGGER, arena, &r);
	assert_true(str_starts(mail, STR("Date: Fri, 21 Nov 2025 08:01:00 +0000\r\n")));
	assert_true(str_eq_c(mail_header(mail, "From", arena), "\"Pager\"\r\n <r@example.com>"));
	assert_true(str_eq_c(mail_header(mail, "To", arena),
	                     "=?UTF-8?B?T2xlIMOFcw==?=\r\n <ole@example.com>,\r\n docks@example.com"));
	assert_true(str_eq_c(mail_header(mail, "Subject", arena), "=?UTF-8?B?W1AxXSBBOiDDvCBpcyBidXN5?="));
	assert_true(str_eq_c(r.url, "smtp://m:587/localhost"));
	assert_true(r.mail->require_tls);
}

static void all_mails_of_an_incident_are_one_thread(void **state)
{
	(void)state;
	AUTOARENA struct arena *arena = arena_new();
	struct receiver_request r;
	struct incident *inc = built_incident(arena);
	struct str first = built_mail(inc, EVENT_TRIGGER, arena, &r), again = built_mail(inc, EVENT_TRIGGER, arena, &r);
	struct str ack = built_mail(inc, EVENT_ACKNOWLEDGE, arena, &r);
	inc->notice++;
	struct str reminder = built_mail(inc, EVENT_UPDATE, arena, &r);
	inc->generation = 2;
	struct str second = built_mail(inc, EVENT_TRIGGER, arena, &r), end = built_mail(inc, EVENT_RESOLVE, arena, &r);
	struct str root = mail_header(first, "Message-ID", arena), page = mail_header(second, "Message-ID", arena);
	assert_true(str_eq_c(root, "<0123456789abcdef0123456789abcdef@example.com>"));
	assert_int_equal(mail_header(first, "References", arena).n, 0);
	assert_true(str_eq(mail_header(again, "Message-ID", arena), root));
	assert_true(str_eq(mail_header(ack, "References", arena), root));
	assert_true(str_eq(mail_header(reminder, "In-Reply-To", arena), root));
	assert_false(str_eq(mail_header(ack, "Message-ID", arena), mail_header(reminder, "Message-ID", arena)));
	assert_true(str_eq_c(page, "<0123456789abcdef0123456789abcdef-2@example.com>"));
	assert_true(str_eq(mail_header(second, "In-Reply-To", arena), root));
	assert_true(str_eq(mail_header(end, "In-Reply-To", arena), page));
	assert_true(str_starts(mail_header(end, "References", arena), root));
	assert_true(str_ends(mail_header(end, "References", arena), page));
}

static struct str digest_mail(int64_t at, struct arena *arena)
{
	AUTOERR struct err err = ERR_INIT;
	struct receiver_request r;
	struct incident *inc = built_incident(arena);
	inc->notice = (uint64_t)at;
	struct built b = {.kind = "email", .yaml = YAML, .incident = inc, .event = EVENT_TRIGGER, .digest = true};
	assert_true(built_step(&b, arena, &r, &err));
	return r.body;
}

/* They have one key; with one name, too, a server or a reader's program would show only the first. */
static void the_digests_of_an_hour_are_several_mails_of_one_thread(void **state)
{
	(void)state;
	AUTOARENA struct arena *arena = arena_new();
	struct str one = digest_mail(1, arena), two = digest_mail(2, arena), again = digest_mail(2, arena);
	assert_false(str_eq(mail_header(one, "Message-ID", arena), mail_header(two, "Message-ID", arena)));
	assert_true(str_eq(mail_header(two, "Message-ID", arena), mail_header(again, "Message-ID", arena)));
	assert_true(str_eq_c(mail_header(one, "References", arena), "<0123456789abcdef0123456789abcdef@example.com>"));
	assert_true(str_eq(mail_header(two, "References", arena), mail_header(one, "References", arena)));
}

static void tls_is_from_the_first_byte_at_port_465(void **state)
{
	(void)state;
	static const struct {
		const char *yaml, *url;
		bool require_tls;
	} rows[] = {
		{"{to: a@b, from: a@b, smarthost: 'm:465'}", "smtps://m:465/localhost", false},
		{"{to: a@b, from: a@b, smarthost: 'm:25', hello: h.example.com}", "smtp://m:25/h.example.com", true},
		{"{to: a@b, from: a@b, smarthost: 'm:25', require_tls: false}", "smtp://m:25/localhost", false},
		{"{to: a@b, from: a@b, smarthost: '[::1]:25', force_implicit_tls: true}", "smtps://[::1]:25/localhost", false},
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		AUTOARENA struct arena *arena = arena_new();
		AUTOERR struct err err = ERR_INIT;
		struct receiver_request r;
		assert_true(built_request("email", rows[i].yaml, built_incident(arena), EVENT_TRIGGER, NULL, arena, &r, &err));
		assert_true(str_eq_c(r.url, rows[i].url));
		assert_int_equal(r.mail->require_tls, rows[i].require_tls);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(is_clean_whatever_it_says),
		cmocka_unit_test(writes_its_headers),
		cmocka_unit_test(all_mails_of_an_incident_are_one_thread),
		cmocka_unit_test(the_digests_of_an_hour_are_several_mails_of_one_thread),
		cmocka_unit_test(tls_is_from_the_first_byte_at_port_465),
	};
	return cmocka_run_group_tests_name("email", tests, NULL, NULL);
}
