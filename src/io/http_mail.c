/* A mail through curl: recipients, the message's bytes, and what the codes mean. */
#include "http_mail.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

static size_t give_bytes(char *to, size_t size, size_t n, void *arg)
{
	struct http_mail *m = arg;
	size_t left = m->n - m->sent, most = size * n;
	size_t give = left < most ? left : most;
	memcpy(to, m->bytes + m->sent, give);
	m->sent += give;
	return give;
}

static void add_recipient(struct http_mail *m, const char *address)
{
	struct curl_slist *list = curl_slist_append(m->recipients, address);
	if (!list)
		abort();
	m->recipients = list;
}

void http_mail_begin(struct http_mail *m, CURL *easy, const struct http_client_mail *mail, struct str body)
{
	for (const char *const *to = mail->to; *to; to++)
		add_recipient(m, *to);
	m->bytes = mem_str(body);
	m->n = body.n;
	buf_init(&m->line, HTTP_MAIL_LINE_MAX);
	curl_easy_setopt(easy, CURLOPT_MAIL_FROM, mail->from);
	curl_easy_setopt(easy, CURLOPT_MAIL_RCPT, m->recipients);
	curl_easy_setopt(easy, CURLOPT_UPLOAD, 1L);
	curl_easy_setopt(easy, CURLOPT_READFUNCTION, give_bytes);
	curl_easy_setopt(easy, CURLOPT_READDATA, m);
	curl_easy_setopt(easy, CURLOPT_INFILESIZE_LARGE, (curl_off_t)body.n);
	curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
	curl_easy_setopt(easy, CURLOPT_USE_SSL, (long)(mail->require_tls ? CURLUSESSL_ALL : CURLUSESSL_TRY));
	if (mail->username) {
		curl_easy_setopt(easy, CURLOPT_USERNAME, mail->username);
		curl_easy_setopt(easy, CURLOPT_PASSWORD, mail->password ? mail->password : "");
	}
}

void http_mail_release(struct http_mail *m)
{
	curl_slist_free_all(m->recipients);
	free(m->bytes);
	buf_release(&m->line);
}

void http_mail_take_line(struct http_mail *m, struct str line)
{
	if (!line.n || (*line.p != '4' && *line.p != '5'))
		return;
	buf_reset(&m->line);
	buf_add(&m->line, str_slice(line, 0, line.n < HTTP_MAIL_LINE_MAX ? line.n : HTTP_MAIL_LINE_MAX));
}

/*
 * Measured with curl 7.88 (discovery, F4 and F7): a refusal comes as one of several errors, always with the server's code;
 * a connection that is lost after the final dot leaves 354, and so does a timeout there: the mail may have been taken.
 * Before DATA was accepted (no 354 yet) nothing can have been.
 */
enum http_outcome http_mail_outcome(CURL *easy, CURLcode code, int *status)
{
	long last = 0;
	curl_off_t uploaded = 0;
	curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &last);
	curl_easy_getinfo(easy, CURLINFO_SIZE_UPLOAD_T, &uploaded);
	*status = (int)last;
	if (code == CURLE_OK || (last >= 400 && last < 600))
		return HTTP_ANSWERED;
	if (last == 354)
		return HTTP_UNKNOWN;
	/* a 251 after the final dot is a success that curl takes for a strange reply */
	if (uploaded > 0)
		return last >= 250 && last <= 252 && code == CURLE_WEIRD_SERVER_REPLY ? HTTP_ANSWERED : HTTP_UNKNOWN;
	return HTTP_NOT_SENT;
}
