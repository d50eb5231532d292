/* What several targets share: what must hold, the policy of an incident, and bytes as a file. */
#ifndef TESTS_FUZZ_PARTS_H
#define TESTS_FUZZ_PARTS_H

#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/time.h"
#include "incident/decide.h"

static inline void must(bool holds)
{
	if (!holds)
		abort();
}

static const struct incident_policy fuzz_policy __attribute__((unused)) = {.late_grace = 5 * TIME_MINUTE,
                                                                           .expire_after = TIME_DAY,
                                                                           .fresh = TIME_HOUR,
                                                                           .ack_timeout = TIME_HOUR,
                                                                           .start_skew = INCIDENT_START_SKEW,
                                                                           .flap_window = TIME_HOUR,
                                                                           .flap_changes = 4,
                                                                           .delivery_timeout = 10 * TIME_SECOND,
                                                                           .delivery_expire = TIME_HOUR,
                                                                           .fallback_after = 5 * TIME_MINUTE,
                                                                           .retention = 30 * TIME_DAY};

struct fuzz_file { /* in memory, with a path that any reader can open */
	int fd;
	char path[64];
};

static inline void fuzz_file_open(struct fuzz_file *f, const void *data, size_t size)
{
	f->fd = memfd_create("input", MFD_CLOEXEC);
	must(f->fd >= 0 && (size == 0 || write(f->fd, data, size) == (ssize_t)size));
	snprintf(f->path, sizeof f->path, "/proc/self/fd/%d", f->fd);
}

static inline void fuzz_file_close(struct fuzz_file *f)
{
	close(f->fd);
}

#endif
