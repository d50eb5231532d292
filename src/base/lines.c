/* Lines of plain and gzip files through zlib, and the packing of a file in pieces. */
#include "base/lines.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

#include "base/mem.h"

#define READ_BYTES (128 * 1024)
#define PIECE_BYTES ((size_t)256 * 1024)

/* ---- reading ---- */

struct lines {
	gzFile in; /* takes plain files as they are */
	char *path;
	char *bytes;
	size_t from, filled, room; /* what is read and not yet handed out */
	size_t number;
	bool ended, skipping; /* skipping: the rest of a line that was too long */
};

/* What zlib says begins with the path, which stands before it already. */
static const char *gz_error(gzFile in, const char *path)
{
	int code;
	const char *text = gzerror(in, &code);
	size_t n = strlen(path);

	if (code == Z_ERRNO)
		return strerror(errno);
	return !strncmp(text, path, n) && !strncmp(text + n, ": ", 2) ? text + n + 2 : text;
}

struct lines *lines_open(const char *path, struct err *err)
{
	gzFile in = gzopen(path, "rb");

	if (!in) {
		err_add(err, "%s: %s", path, strerror(errno));
		return NULL;
	}
	gzbuffer(in, READ_BYTES);
	struct lines *l = mem_zero(sizeof *l);
	l->in = in;
	l->path = mem_strdup(path);
	return l;
}

void lines_close(struct lines *l)
{
	if (!l)
		return;
	gzclose(l->in);
	free(l->path);
	free(l->bytes);
	free(l);
}

size_t lines_number(const struct lines *l)
{
	return l->number;
}

/* More bytes behind those that are there. False: there are none. */
static bool fill_lines(struct lines *l, struct err *err)
{
	if (l->from) {
		memmove(l->bytes, l->bytes + l->from, l->filled - l->from);
		l->filled -= l->from;
		l->from = 0;
	}
	if (l->room - l->filled < READ_BYTES) {
		l->room = l->room ? 2 * l->room : 2 * READ_BYTES;
		l->bytes = mem_grow(l->bytes, l->room);
	}
	int n = gzread(l->in, l->bytes + l->filled, READ_BYTES);
	int code = Z_OK;
	gzerror(l->in, &code);
	if (n < 0 || (n == 0 && code != Z_OK)) {
		err_add(err, "%s: %s", l->path, gz_error(l->in, l->path));
		n = 0;
	}
	l->filled += (size_t)n;
	l->ended = n == 0;
	return n > 0;
}

/* The next line as it stands there; too long: what there is of it, and its rest is passed over. */
static bool take_text_line(struct lines *l, struct str *out, struct err *err)
{
	size_t seen = 0;

	for (;;) {
		size_t there = l->filled - l->from;
		const char *begin =
			there ? l->bytes + l->from : NULL; /* before the first read there are no bytes to point at */
		const char *end = there > seen ? memchr(begin + seen, '\n', there - seen) : NULL;
		if (end || there >= LINES_MAX_BYTES || (l->ended && there)) {
			size_t n = end ? (size_t)(end - begin) : there;
			*out = (struct str){begin, n};
			l->from += end ? n + 1 : n;
			l->skipping = !end && !l->ended;
			return true;
		}
		seen = there;
		if (l->ended || !fill_lines(l, err)) {
			if (l->filled == l->from)
				return false;
		}
	}
}

bool lines_next(struct lines *l, struct str *out, struct err *err)
{
	bool rest = l->skipping;

	if (!take_text_line(l, out, err))
		return false;
	while (rest) {
		rest = l->skipping;
		if (!take_text_line(l, out, err))
			return false;
	}
	l->number++;
	return true;
}

/* ---- packing ---- */

struct packing {
	char *path, *packed, *unfinished;
	int in;
	gzFile out;
	char piece[PIECE_BYTES];
};

static bool open_packing_files(struct packing *p, struct err *err)
{
	p->in = open(p->path, O_RDONLY | O_CLOEXEC);
	int fd = p->in < 0 ? -1 : open(p->unfinished, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0640);
	if (fd < 0) {
		err_add(err, "%s: %s", p->in < 0 ? p->path : p->unfinished, strerror(errno));
		return false;
	}
	p->out = gzdopen(fd, "wb6");
	if (!p->out) {
		close(fd);
		err_add(err, "%s: no memory to pack it", p->path);
	}
	return p->out != NULL;
}

struct packing *packing_begin(const char *path, struct err *err)
{
	struct packing *p = mem_zero(sizeof *p);

	p->in = -1;
	p->path = mem_strdup(path);
	p->packed = mem_printf("%s.gz", path);
	p->unfinished = mem_printf("%s.gz.part", path);
	if (access(p->packed, F_OK) == 0)
		err_add(err, "%s: is there already", p->packed);
	else if (open_packing_files(p, err))
		return p;
	packing_end(p);
	return NULL;
}

void packing_end(struct packing *p)
{
	if (!p)
		return;
	if (p->out)
		gzclose(p->out);
	if (p->in >= 0)
		close(p->in);
	if (p->out)
		unlink(p->unfinished);
	free(p->path);
	free(p->packed);
	free(p->unfinished);
	free(p);
}

static bool synced(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	bool good = fd >= 0 && fsync(fd) == 0;

	if (fd >= 0)
		close(fd);
	return good;
}

static bool finish_packing(struct packing *p)
{
	bool good = gzclose(p->out) == Z_OK;

	p->out = NULL;
	good = good && synced(p->unfinished) && rename(p->unfinished, p->packed) == 0;
	if (!good)
		unlink(p->unfinished);
	return good && unlink(p->path) == 0;
}

enum packing_step packing_go_on(struct packing *p, struct err *err)
{
	ssize_t n = read(p->in, p->piece, sizeof p->piece);

	if (n > 0 && gzwrite(p->out, p->piece, (unsigned)n) == n)
		return PACKING_MORE;
	if (n == 0 && finish_packing(p))
		return PACKING_DONE;
	err_add(err, "%s: %s", p->path, strerror(errno));
	return PACKING_FAILED;
}
