/*
 * Preloaded into runbookd: a disk that fails under files that are open already, which no remount does (the kernel refuses
 * to make a file system read-only as long as somebody writes to it). The file DISK_FAULT_FILE says what happens now, by its
 * first byte: 'f' full (ENOSPC), 'r' read-only (EROFS), anything else: nothing. Only calls that SQLite changes files with
 * are touched; sockets and the log use others.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static const volatile char *fault;

__attribute__((constructor)) static void map_fault(void)
{
	const char *path = getenv("DISK_FAULT_FILE");
	int fd = path ? open(path, O_RDONLY) : -1;
	void *p = fd >= 0 ? mmap(NULL, 1, PROT_READ, MAP_SHARED, fd, 0) : MAP_FAILED;
	fault = p == MAP_FAILED ? NULL : p;
	if (fd >= 0)
		close(fd);
}

static int is_faulty(int also_when_full)
{
	char now = fault ? *fault : '0';
	errno = now == 'r' ? EROFS : ENOSPC;
	return now == 'r' || (now == 'f' && also_when_full);
}

static void *real(const char *name)
{
	void *f = dlsym(RTLD_NEXT, name);
	if (!f)
		abort();
	return f;
}

ssize_t pwrite64(int fd, const void *bytes, size_t n, off64_t at)
{
	ssize_t (*f)(int, const void *, size_t, off64_t) = real("pwrite64");
	return is_faulty(1) ? -1 : f(fd, bytes, n, at);
}

ssize_t pwrite(int fd, const void *bytes, size_t n, off_t at)
{
	return pwrite64(fd, bytes, n, at);
}

int ftruncate64(int fd, off64_t size)
{
	int (*f)(int, off64_t) = real("ftruncate64");
	return is_faulty(0) ? -1 : f(fd, size);
}

int ftruncate(int fd, off_t size)
{
	return ftruncate64(fd, size);
}

int unlink(const char *path)
{
	int (*f)(const char *) = real("unlink");
	return is_faulty(0) ? -1 : f(path);
}

int open64(const char *path, int flags, ...)
{
	int (*f)(const char *, int, ...) = real("open64");
	va_list more;
	va_start(more, flags);
	int mode = flags & O_CREAT ? va_arg(more, int) : 0;
	va_end(more);
	int device = !strncmp(path, "/dev/", 5);
	return !device && (flags & (O_WRONLY | O_RDWR | O_CREAT)) && is_faulty(0) ? -1 : f(path, flags, mode);
}

int open(const char *path, int flags, ...)
{
	va_list more;
	va_start(more, flags);
	int mode = flags & O_CREAT ? va_arg(more, int) : 0;
	va_end(more);
	return open64(path, flags, mode);
}
