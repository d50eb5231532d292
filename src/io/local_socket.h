/*
 * A unix socket that is listened on, and who is at the other end of one of its connections: the kernel says so, nobody can
 * pretend. Everybody may connect (the folder's permissions apply); what each may do there stands in the configuration.
 */
#ifndef IO_LOCAL_SOCKET_H
#define IO_LOCAL_SOCKET_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/err.h"

struct local_socket {
	char *path; /* NULL: none */
	dev_t device;
	ino_t inode;
};

/* "unix:/run/runbookd.sock" -> "/run/runbookd.sock"; NULL: another kind of address. */
const char *local_socket_path(const char *address);
/*
 * A bound descriptor, or -1 with a line in `err`. A socket that nobody listens on any more makes way (a program that was
 * killed leaves its own behind); any other file stays.
 */
int local_socket_bind(struct local_socket *s, const char *path, struct err *err);
/* Takes the file away again, if it is still the one that was made. */
void local_socket_remove(struct local_socket *s);
/* The user of the process that has connected; false: the kernel does not say. */
bool local_socket_peer(int fd, uid_t *uid);

#endif
