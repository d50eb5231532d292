/* Writes log lines to stderr; what a full pipe does not take is counted. */
#include "base/log.h"

#include <errno.h>
#include <inttypes.h>
#include <stdatomic.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/time.h"

/* A longer value is cut, with a mark: it came off the wire, and a line is to be read by a person. */
#define VALUE_MOST 8192
#define LINE_MOST (1024 * 1024)

static int64_t no_clock(void)
{
	return 0;
}

static struct {
	enum log_level least;
	enum log_format format;
	int64_t (*now_ms)(void);
} settings = {LOG_INFO, LOG_LOGFMT, no_clock};

static atomic_uint_fast64_t lost;
/* The last line went out only in part: the next begins with a newline, so that it stands alone. */
static atomic_bool torn;

static const char *const level_names[] = {
	[LOG_DEBUG] = "debug", [LOG_INFO] = "info", [LOG_WARN] = "warn", [LOG_ERROR] = "error"};
static const char *const format_names[] = {[LOG_LOGFMT] = "logfmt", [LOG_JSON] = "json"};

void log_setup(enum log_level least, enum log_format format, int64_t (*now_ms)(void))
{
	settings.least = least;
	settings.format = format;
	settings.now_ms = now_ms ? now_ms : no_clock;
}

static bool name_index(struct str s, const char *const *names, size_t count, size_t *out)
{
	for (size_t i = 0; i < count; i++) {
		if (!str_eq_c(s, names[i]))
			continue;
		*out = i;
		return true;
	}
	return false;
}

bool log_level_parse(struct str s, enum log_level *out)
{
	size_t i;
	if (!name_index(s, level_names, sizeof level_names / sizeof *level_names, &i))
		return false;
	*out = (enum log_level)i;
	return true;
}

bool log_format_parse(struct str s, enum log_format *out)
{
	size_t i;
	if (!name_index(s, format_names, sizeof format_names / sizeof *format_names, &i))
		return false;
	*out = (enum log_format)i;
	return true;
}

static _Thread_local bool hushed;

bool log_enabled(enum log_level level)
{
	return !hushed && level >= settings.least;
}

void log_hush(bool hush)
{
	hushed = hush;
}

uint64_t log_lost(void)
{
	return atomic_load(&lost);
}

/* As JSON escapes it: what is beyond four digits in two halves. */
static void add_code(struct buf *b, uint32_t code)
{
	if (code < 0x10000)
		buf_printf(b, "\\u%04x", (unsigned)code);
	else
		buf_printf(b, "\\u%04x\\u%04x", (unsigned)(0xd800 + ((code - 0x10000) >> 10)),
		           (unsigned)(0xdc00 + ((code - 0x10000) & 0x3ff)));
}

/* `c` is one character, or one byte that is none (valid is false). */
static void add_char(struct buf *b, struct str c, bool valid)
{
	static const struct {
		char c;
		const char *escape;
	} shorts[] = {{'"', "\\\""}, {'\\', "\\\\"}, {'\n', "\\n"}, {'\r', "\\r"}, {'\t', "\\t"}};
	for (size_t i = 0; i < sizeof shorts / sizeof *shorts; i++) {
		if (*c.p == shorts[i].c) {
			buf_add_c(b, shorts[i].escape);
			return;
		}
	}
	if (!valid)
		buf_add_c(b, "\\ufffd");
	else if (str_steers_terminal(c))
		add_code(b, str_code(c));
	else
		buf_add(b, c);
}

/* A JSON string; logfmt quotes the same way. */
static void add_quoted(struct buf *b, struct str s)
{
	size_t i = 0;
	buf_add_char(b, '"');
	while (i < s.n && i < VALUE_MOST) {
		size_t n = str_utf8_len(str_slice(s, i, s.n));
		size_t width = n ? n : 1;
		add_char(b, str_slice(s, i, i + width), n > 0);
		i += width;
	}
	buf_add_c(b, i < s.n ? "…\"" : "\"");
}

static bool stands_bare(struct str s)
{
	if (s.n == 0 || s.n > VALUE_MOST)
		return false;
	for (size_t i = 0, n; i < s.n; i += n) {
		n = str_utf8_len(str_slice(s, i, s.n));
		if (n == 0 || str_steers_terminal(str_slice(s, i, i + n)) || strchr(" =\"\\", s.p[i]))
			return false;
	}
	return true;
}

static void add_log_value(struct buf *b, const struct log_field *f)
{
	if (f->type == LOG_FIELD_INT)
		buf_printf(b, "%" PRId64, f->i);
	else if (settings.format == LOG_LOGFMT && stands_bare(f->s))
		buf_add(b, f->s);
	else
		add_quoted(b, f->s);
}

/* Always with milliseconds, so that lines align and sort as text. */
static void add_log_time(struct buf *b)
{
	char text[TIME_FORMAT_MAX];
	int64_t now = settings.now_ms();
	struct str s = str_c(time_format(now, text));
	buf_add(b, str_slice(s, 0, s.n - 1));
	buf_add_c(b, now % 1000 ? "Z" : ".000Z");
}

static void add_log_line(struct buf *b, enum log_level level, const char *msg, const struct log_field *fields, size_t n)
{
	bool json = settings.format == LOG_JSON;
	buf_add_c(b, json ? "{\"ts\":\"" : "ts=");
	add_log_time(b);
	buf_printf(b, json ? "\",\"level\":\"%s\",\"msg\":" : " level=%s msg=", level_names[level]);
	add_quoted(b, str_c(msg));
	for (size_t i = 0; i < n; i++) {
		if (!fields[i].key)
			continue;
		buf_printf(b, json ? ",\"%s\":" : " %s=", fields[i].key);
		add_log_value(b, &fields[i]);
	}
	buf_add_c(b, json ? "}\n" : "\n");
}

static void send_line(struct str line)
{
	ssize_t sent;
	do
		sent = write(STDERR_FILENO, line.p, line.n);
	while (sent < 0 && errno == EINTR);
	if (sent == (ssize_t)line.n)
		return;
	atomic_fetch_add(&lost, 1);
	if (sent > 0)
		atomic_store(&torn, true);
}

void log_write(enum log_level level, const char *msg, const struct log_field *fields, size_t n)
{
	if (!log_enabled(level))
		return;
	AUTOBUF struct buf line;
	buf_init(&line, LINE_MOST);
	if (atomic_exchange(&torn, false))
		buf_add_char(&line, '\n');
	add_log_line(&line, level, msg, fields, n);
	if (buf_ok(&line))
		send_line(buf_str(&line));
	else
		atomic_fetch_add(&lost, 1);
}
