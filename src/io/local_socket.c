/* Binds a unix socket over one that was left behind, and asks the kernel who is there. */
#include "io/local_socket.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/str.h"

#define PREFIX "unix:"
#define MODE 0666 /* connecting takes the right to write; a connection is worth what its user may do */

const char *local_socket_path(const char *address)
{
	return str_starts(str_c(address), STR(PREFIX)) ? address + strlen(PREFIX) : NULL;
}

static bool make_address(const char *path, struct sockaddr_un *out)
{
	size_t n = strlen(path);

	*out = (struct sockaddr_un){.sun_family = AF_UNIX};
	if (!n || n >= sizeof out->sun_path)
		return false;
	memcpy(out->sun_path, path, n + 1);
	return true;
}

/* Nobody listens on it any more. */
static bool is_left_behind(const struct sockaddr_un *sa)
{
	struct stat st;

	if (lstat(sa->sun_path, &st) != 0 || !S_ISSOCK(st.st_mode))
		return false;
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	bool refused = fd >= 0 && connect(fd, (const struct sockaddr *)sa, sizeof *sa) != 0 && errno == ECONNREFUSED;
	if (fd >= 0)
		close(fd);
	return refused;
}

static bool bind_to(int fd, const struct sockaddr_un *sa)
{
	if (bind(fd, (const struct sockaddr *)sa, sizeof *sa) == 0)
		return true;
	return errno == EADDRINUSE && is_left_behind(sa) && unlink(sa->sun_path) == 0 &&
	       bind(fd, (const struct sockaddr *)sa, sizeof *sa) == 0;
}

static bool take_place(struct local_socket *s, int fd, const struct sockaddr_un *sa)
{
	struct stat st;

	if (!bind_to(fd, sa) || chmod(sa->sun_path, MODE) != 0 || lstat(sa->sun_path, &st) != 0)
		return false;
	*s = (struct local_socket){mem_strdup(sa->sun_path), st.st_dev, st.st_ino};
	return true;
}

int local_socket_bind(struct local_socket *s, const char *path, struct err *err)
{
	struct sockaddr_un sa;

	if (!make_address(path, &sa)) {
		err_add(err, "cannot listen on " PREFIX "%s: a path of 1 to %zu bytes was expected", path,
		        sizeof sa.sun_path - 1);
		return -1;
	}
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd >= 0 && take_place(s, fd, &sa))
		return fd;
	err_add(err, "cannot listen on " PREFIX "%s: %s", path, strerror(errno == EADDRINUSE ? EEXIST : errno));
	if (fd >= 0)
		close(fd);
	return -1;
}

void local_socket_remove(struct local_socket *s)
{
	struct stat st;

	if (s->path && lstat(s->path, &st) == 0 && st.st_dev == s->device && st.st_ino == s->inode)
		unlink(s->path);
	mem_cleanup(&s->path);
}

bool local_socket_peer(int fd, uid_t *uid)
{
	struct ucred who;
	socklen_t n = sizeof who;

	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &who, &n) != 0 || n != sizeof who || who.uid == (uid_t)-1)
		return false;
	*uid = who.uid;
	return true;
}
