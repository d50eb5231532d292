/* A reply's bytes. */
#include <event2/bufferevent.h>
#include <stdio.h>
#include <time.h>

#include "io/http_impl.h"

/* Ours are far smaller; more would be a mistake of the program, and is cut off. */
#define RESPONSE_HEAD_MAX (64 * 1024)
#define RESPONSE_HEAD_USUAL 500

static const struct {
	int code;
	const char *words;
} reasons[] = {
	{200, "OK"},
	{202, "Accepted"},
	{204, "No Content"},
	{301, "Moved Permanently"},
	{302, "Found"},
	{303, "See Other"},
	{304, "Not Modified"},
	{307, "Temporary Redirect"},
	{308, "Permanent Redirect"},
	{400, "Bad Request"},
	{401, "Unauthorized"},
	{403, "Forbidden"},
	{404, "Not Found"},
	{405, "Method Not Allowed"},
	{409, "Conflict"},
	{413, "Content Too Large"},
	{415, "Unsupported Media Type"},
	{417, "Expectation Failed"},
	{422, "Unprocessable Content"},
	{429, "Too Many Requests"},
	{431, "Request Header Fields Too Large"},
	{500, "Internal Server Error"},
	{501, "Not Implemented"},
	{502, "Bad Gateway"},
	{503, "Service Unavailable"},
	{504, "Gateway Timeout"},
	{505, "HTTP Version Not Supported"},
};

static const char *reason(int code)
{
	for (size_t i = 0; i < sizeof reasons / sizeof *reasons; i++)
		if (reasons[i].code == code)
			return reasons[i].words;
	return "Unknown";
}

/* A line break in a value would begin a header, or a reply, of somebody else's making. */
static void add_header_value(struct buf *out, const char *value)
{
	size_t from = out->n;
	buf_add_c(out, value);
	for (size_t i = from; i < out->n; i++)
		if ((unsigned char)out->p[i] < 0x20 || out->p[i] == 0x7f)
			out->p[i] = ' ';
}

static void add_response_header(struct buf *out, const char *name, const char *value)
{
	add_header_value(out, name);
	buf_add_c(out, ": ");
	add_header_value(out, value);
	buf_add_c(out, "\r\n");
}

#define DATE_MAX 64

/* IMF-fixdate, in English whatever the locale. */
static void format_date(time_t now, char out[DATE_MAX])
{
	static const char days[] = "SunMonTueWedThuFriSat", months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	struct tm t;
	gmtime_r(&now, &t);
	snprintf(out, DATE_MAX, "Date: %.3s, %02d %.3s %d %02d:%02d:%02d GMT\r\n", days + 3 * t.tm_wday, t.tm_mday,
	         months + 3 * t.tm_mon, t.tm_year + 1900, t.tm_hour, t.tm_min, t.tm_sec);
}

/* Many replies go out in one second. */
static void add_date(struct buf *out)
{
	static _Thread_local time_t said_at;
	static _Thread_local char said[DATE_MAX];
	time_t now = (time_t)(loop_wall_ms() / 1000);
	if (now != said_at)
		format_date(now, said);
	said_at = now;
	buf_add_c(out, said);
}

static bool says_itself(const struct http_response *r, const char *name)
{
	for (size_t i = 0; i < r->header_count; i++)
		if (str_eq_nocase(str_c(r->headers[i].name), str_c(name)))
			return true;
	return false;
}

static void add_response_head(struct buf *out, const struct http_server *s, const struct http_response *r,
                              bool bodiless, bool close)
{
	buf_add_c(out, "HTTP/1.1 ");
	buf_add_integer(out, r->code);
	buf_add_char(out, ' ');
	buf_add_c(out, reason(r->code));
	buf_add_c(out, "\r\n");
	add_date(out);
	if (r->content_type)
		add_response_header(out, "Content-Type", r->content_type);
	if (!bodiless && !r->endless)
		buf_printf(out, "Content-Length: %zu\r\n", r->before.n + r->body.n + r->after.n);
	if (close)
		add_response_header(out, "Connection", "close");
	else if (!r->http_1_1)
		add_response_header(out, "Connection", "keep-alive");
	for (size_t i = 0; i < r->header_count; i++)
		add_response_header(out, r->headers[i].name, r->headers[i].value);
	for (size_t i = 0; i < s->header_count; i++)
		if (!says_itself(r, s->headers[i].name))
			add_response_header(out, s->headers[i].name, s->headers[i].value);
	buf_add_c(out, "\r\n");
}

void http_response_write(struct http_connection *c, const struct http_response *r)
{
	bool bodiless = r->code < 200 || r->code == 204 || r->code == 304;
	struct buf head AUTOBUF;
	buf_init(&head, RESPONSE_HEAD_MAX);
	buf_expect(&head, RESPONSE_HEAD_USUAL);
	add_response_head(&head, c->server, r, bodiless, c->close);
	bufferevent_write(c->bev, head.p, head.n);
	const struct str *parts[] = {&r->before, &r->body, &r->after};
	for (size_t i = 0; i < sizeof parts / sizeof *parts && !bodiless && !r->head_only; i++)
		if (parts[i]->n)
			bufferevent_write(c->bev, parts[i]->p, parts[i]->n);
}
