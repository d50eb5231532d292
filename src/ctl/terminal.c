/* Standard output and standard error behind a filter, so that no command can forget it. */
#include "ctl/terminal.h"

#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/str.h"

struct screen {
	int fd;
	bool json;
	size_t held; /* bytes of a character whose end has not been written yet */
	char hold[4];
};

static struct screen screens[] = {{.fd = STDOUT_FILENO}, {.fd = STDERR_FILENO}};

size_t terminal_columns(void)
{
	struct winsize size;

	if (!isatty(STDOUT_FILENO))
		return 0;
	return ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col ? size.ws_col : 80;
}

size_t terminal_width(struct str c)
{
	/* the blocks of East Asian Width W and F, and of marks, by first and last code point (Unicode 15) */
	static const struct {
		uint32_t from, to;
		size_t width;
	} blocks[] = {
		{0x0300, 0x036f, 0},   {0x1100, 0x115f, 2},   {0x200b, 0x200d, 0},   {0x20d0, 0x20ff, 0}, {0x231a, 0x231b, 2},
		{0x23e9, 0x23ec, 2},   {0x2705, 0x2705, 2},   {0x274c, 0x274c, 2},   {0x2e80, 0x303e, 2}, {0x3041, 0x33ff, 2},
		{0x3400, 0x4dbf, 2},   {0x4e00, 0xa4cf, 2},   {0xa960, 0xa97f, 2},   {0xac00, 0xd7a3, 2}, {0xf900, 0xfaff, 2},
		{0xfe00, 0xfe0f, 0},   {0xfe30, 0xfe6f, 2},   {0xff01, 0xff60, 2},   {0xffe0, 0xffe6, 2}, {0x1f300, 0x1f64f, 2},
		{0x1f680, 0x1f6ff, 2}, {0x1f900, 0x1f9ff, 2}, {0x20000, 0x3fffd, 2},
	};
	uint32_t code = str_code(c);

	for (size_t i = 0; i < sizeof blocks / sizeof *blocks && blocks[i].from <= code; i++)
		if (code <= blocks[i].to)
			return blocks[i].width;
	return 1;
}

static void add_escape(uint32_t code, struct buf *out)
{
	if (code < 0x10000) {
		buf_printf(out, "\\u%04x", (unsigned)code);
		return;
	}
	code -= 0x10000;
	buf_printf(out, "\\u%04x\\u%04x", (unsigned)(0xd800 + (code >> 10)), (unsigned)(0xdc00 + (code & 0x3ff)));
}

/* Whether `s` may be the beginning of a character of more bytes. */
static bool is_unfinished(struct str s)
{
	unsigned char lead = (unsigned char)s.p[0];
	size_t whole = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc2 ? 2 : 1;
	for (size_t i = 1; i < s.n && i < whole; i++)
		if (((unsigned char)s.p[i] & 0xc0) != 0x80)
			return false;
	return s.n < whole;
}

size_t terminal_clean(struct str in, bool json, bool last, struct buf *out)
{
	while (in.n) {
		size_t n = str_utf8_len(in);
		struct str c = str_slice(in, 0, n ? n : 1);
		if (!n && !last && is_unfinished(in))
			return in.n;
		if (n && (!str_steers_terminal(c) || *c.p == '\n' || *c.p == '\t'))
			buf_add(out, c);
		else if (n && json)
			add_escape(str_code(c), out);
		else
			buf_add_char(out, '?');
		in = str_slice(in, c.n, in.n);
	}
	return 0;
}

static bool write_descriptor(int fd, struct str text)
{
	while (text.n) {
		ssize_t n = write(fd, text.p, text.n);
		if (n <= 0)
			return false;
		text = str_slice(text, (size_t)n, text.n);
	}
	return true;
}

static bool show_cleaned(struct screen *s, struct str text, bool last)
{
	AUTOBUF struct buf in, out;

	buf_init(&in, text.n + sizeof s->hold);
	buf_init(&out, 12 * (text.n + sizeof s->hold) + 1);
	buf_add(&in, (struct str){s->hold, s->held});
	buf_add(&in, text);
	s->held = terminal_clean(buf_str(&in), s->json, last, &out);
	if (s->held)
		memcpy(s->hold, in.p + in.n - s->held, s->held);
	return write_descriptor(s->fd, buf_str(&out));
}

static ssize_t on_write(void *cookie, const char *bytes, size_t n)
{
	return show_cleaned(cookie, (struct str){bytes, n}, false) ? (ssize_t)n : 0;
}

static int on_close(void *cookie)
{
	return show_cleaned(cookie, (struct str){"", 0}, true) ? 0 : -1;
}

static FILE *guarded(struct screen *s, FILE *plain, int mode)
{
	const cookie_io_functions_t io = {.write = on_write, .close = on_close};
	FILE *f = fopencookie(s, "w", io);

	if (!f)
		return plain;
	setvbuf(f, NULL, mode, BUFSIZ);
	return f;
}

void terminal_guard(void)
{
	stdout = guarded(&screens[0], stdout, isatty(STDOUT_FILENO) ? _IOLBF : _IOFBF);
	stderr = guarded(&screens[1], stderr, _IOLBF);
}

void terminal_json(void)
{
	fflush(stdout);
	screens[0].json = true;
}
