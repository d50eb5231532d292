/* What a connection needs to know of its owner: options, copied; the password, read anew each time. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "io/redis_impl.h"
#include "io/regular_file.h"

#define PASSWORD_MAX 4096

static void copy(struct arena *arena, struct str *s)
{
	*s = arena_str(arena, *s);
}

static void copy_sentinels(struct arena *arena, struct redis_sentinels *s)
{
	struct str *addresses = arena_alloc(arena, (s->count + 1) * sizeof *addresses);
	for (size_t i = 0; i < s->count; i++)
		addresses[i] = arena_str(arena, s->addresses[i]);
	s->addresses = addresses;
	copy(arena, &s->master);
	copy(arena, &s->username);
	copy(arena, &s->password);
	copy(arena, &s->password_file);
}

const struct redis_options *redis_options_copy(struct arena *arena, const struct redis_options *options)
{
	struct redis_options *o = arena_alloc(arena, sizeof *o);
	*o = *options;
	copy(arena, &o->address);
	copy(arena, &o->username);
	copy(arena, &o->password);
	copy(arena, &o->password_file);
	copy(arena, &o->tls.ca_file);
	copy(arena, &o->tls.cert_file);
	copy(arena, &o->tls.key_file);
	copy(arena, &o->tls.server_name);
	copy_sentinels(arena, &o->sentinel);
	return o;
}

static const char *read_secret_bytes(const char *path, char *out, size_t size, size_t *n)
{
	const char *why;
	int fd = regular_file_open(path, &why);
	if (fd < 0)
		return why;
	ssize_t got = read(fd, out, size);
	int number = errno;
	close(fd);
	if (got < 0)
		return strerror(number);
	*n = (size_t)got;
	while (*n && (out[*n - 1] == '\n' || out[*n - 1] == '\r'))
		--*n;
	return *n ? "" : "empty";
}

bool redis_read_password(struct str password, struct str password_file, struct buf *out, char why[REDIS_WHY_MAX])
{
	char text[PASSWORD_MAX];
	size_t n = 0;
	if (!password_file.n) {
		buf_add(out, password);
		return true;
	}
	AUTOFREE char *path = mem_str(password_file);
	const char *wrong = read_secret_bytes(path, text, sizeof text, &n);
	if (wrong[0])
		snprintf(why, REDIS_WHY_MAX, "password_file: %s: %s", path, wrong);
	else
		buf_add(out, (struct str){text, n});
	return !wrong[0];
}
