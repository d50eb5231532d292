/* See regular_file.h: passwords, certificates and keys. */
#include "io/regular_file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "io/confinement.h"

int regular_file_open(const char *path, const char **why)
{
	struct stat st;
	int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
	*why = fd < 0 ? confinement_error(errno) : "";
	confinement_note(path);
	if (fd < 0)
		return -1;
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode))
		return fd;
	*why = "not a regular file";
	close(fd);
	return -1;
}
