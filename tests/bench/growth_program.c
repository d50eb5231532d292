#include <arpa/inet.h>
#include <dirent.h>
#include <fcntl.h>
#include <ftw.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "growth.h"

#define ANSWER_MAX ((size_t)64 << 20)

void growth_die(const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	fputs("bench_growth: ", stderr);
	vfprintf(stderr, fmt, ap);
	fputc('\n', stderr);
	va_end(ap);
	exit(1);
}

double growth_clock(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void stop_idling(void *arg)
{
	loop_stop(arg);
}

void growth_idle(int64_t ms)
{
	struct loop *l = loop_new();
	struct loop_timer *t = loop_timer_new(l, stop_idling, l);
	loop_timer_set(t, ms);
	loop_run(l);
	loop_timer_free(t);
	loop_free(l);
}

static int remove_growth_file(const char *path, const struct stat *st, int type, struct FTW *where)
{
	(void)st;
	(void)type;
	(void)where;
	return remove(path);
}

void growth_remove(const char *folder)
{
	if (nftw(folder, remove_growth_file, 16, FTW_DEPTH | FTW_PHYS) != 0)
		growth_die("%s: cannot be removed", folder);
}

static struct sockaddr_in loopback(int port)
{
	return (struct sockaddr_in){
		.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK), .sin_port = htons((uint16_t)port)};
}

static int free_growth_port(void)
{
	struct sockaddr_in a = loopback(0);
	socklen_t n = sizeof a;
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	if (fd < 0 || bind(fd, (struct sockaddr *)&a, n) != 0 || getsockname(fd, (struct sockaddr *)&a, &n) != 0)
		growth_die("no port");
	close(fd);
	return ntohs(a.sin_port);
}

/* Its output; it ends with us. */
static FILE *start_program(const char *const *args, pid_t *pid)
{
	int ends[2];
	if (pipe2(ends, O_CLOEXEC) != 0 || (*pid = fork()) < 0)
		growth_die("%s: cannot be started", args[0]);
	if (*pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		dup2(ends[1], STDOUT_FILENO);
		dup2(ends[1], STDERR_FILENO);
		execvp(args[0], (char *const *)(uintptr_t)args);
		_exit(127);
	}
	close(ends[1]);
	return fdopen(ends[0], "r");
}

/* The rest of a line behind `what`, as soon as the program says it. Its output is read no further: it must be short. */
static void await(FILE *output, const char *what, char line[1024])
{
	char *found = NULL;
	while (!found && fgets(line, 1024, output))
		found = strstr(line, what);
	if (!found)
		growth_die("it has ended without saying \"%s\"", what);
	memmove(line, found + strlen(what), strlen(found + strlen(what)) + 1);
}

struct growth_program growth_redis(const char *folder)
{
	struct growth_program p = {.port = free_growth_port()};
	char port[16], line[1024];
	snprintf(port, sizeof port, "%d", p.port);
	const char *const args[] = {"redis-server", "--port", port,           "--bind", "127.0.0.1",     "--dir",    folder,
	                            "--save",       "",       "--appendonly", "yes",    "--appendfsync", "everysec", NULL};
	await(start_program(args, &p.pid), "eady to accept connections", line);
	return p;
}

struct growth_program growth_runbookd(const char *folder)
{
	struct growth_program p = {0};
	const char *bin = getenv("RUNBOOKD_BIN_DIR");
	AUTOFREE char *program = mem_printf("%s/runbookd", bin ? bin : "build/release/bin");
	AUTOFREE char *config = mem_printf("--config.file=%s/runbookd.yml", folder);
	const char *const args[] = {program, config, "--web.listen-address=127.0.0.1:0", "--log.level=info", NULL};
	char line[1024];
	await(start_program(args, &p.pid), "msg=\"Listening on\" address=127.0.0.1:", line);
	p.port = (int)strtol(line, NULL, 10);
	return p;
}

void growth_stop(struct growth_program *p)
{
	kill(p->pid, SIGTERM);
	if (waitpid(p->pid, NULL, 0) != p->pid)
		growth_die("waitpid");
	p->pid = 0;
}

double growth_cpu(pid_t pid)
{
	AUTOFREE char *path = mem_printf("/proc/%d/task", (int)pid);
	double all = 0, ns;
	DIR *tasks = opendir(path);
	if (!tasks)
		growth_die("%s", path);
	for (struct dirent *e; (e = readdir(tasks));) {
		AUTOFREE char *name = mem_printf("%s/%s/schedstat", path, e->d_name);
		FILE *f = e->d_name[0] == '.' ? NULL : fopen(name, "r");
		if (f && fscanf(f, "%lf", &ns) == 1)
			all += ns / 1e9;
		if (f)
			fclose(f);
	}
	closedir(tasks);
	return all;
}

long growth_memory(pid_t pid, const char *field)
{
	AUTOFREE char *path = mem_printf("/proc/%d/status", (int)pid);
	char line[256];
	long kib = -1;
	FILE *f = fopen(path, "r");
	while (f && fgets(line, sizeof line, f))
		if (!strncmp(line, field, strlen(field)))
			kib = strtol(line + strlen(field), NULL, 10);
	if (kib < 0)
		growth_die("%s: no %s", path, field);
	fclose(f);
	return kib;
}

/* ---- HTTP ---- */

int growth_connect(int port)
{
	struct sockaddr_in a = loopback(port);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), on = 1;
	if (fd < 0 || connect(fd, (struct sockaddr *)&a, sizeof a) != 0)
		growth_die("port %d: cannot connect", port);
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
	return fd;
}

static void write_all(int fd, struct str bytes)
{
	while (bytes.n) {
		ssize_t n = write(fd, bytes.p, bytes.n);
		if (n <= 0)
			growth_die("the daemon has closed the connection");
		bytes = str_slice(bytes, (size_t)n, bytes.n);
	}
}

/* True when `in` holds the head and as much body as it says. */
static bool complete(const struct buf *in, size_t *body)
{
	ptrdiff_t end = str_find(buf_str(in), STR("\r\n\r\n")), length = str_find(buf_str(in), STR("Content-Length: "));
	if (end < 0)
		return false;
	if (length < 0 || length > end)
		growth_die("an answer without Content-Length");
	*body = (size_t)end + 4;
	return in->n >= *body + strtoul(in->p + length + 16, NULL, 10);
}

static int read_http_answer(int fd, struct buf *out)
{
	AUTOBUF struct buf in;
	char some[65536];
	size_t body = 0;
	buf_init(&in, ANSWER_MAX);
	while (!complete(&in, &body)) {
		ssize_t n = read(fd, some, sizeof some);
		if (n <= 0)
			growth_die("the daemon has closed the connection");
		buf_add(&in, (struct str){some, (size_t)n});
	}
	if (out)
		buf_add(out, str_slice(buf_str(&in), body, in.n));
	return (int)strtol(in.p + sizeof "HTTP/1.1", NULL, 10);
}

void growth_post(int fd, const struct buf *body)
{
	AUTOBUF struct buf request;
	buf_init(&request, ANSWER_MAX);
	buf_printf(&request,
	           "POST /api/v1/webhook HTTP/1.1\r\nHost: bench\r\nContent-Type: application/json\r\n"
	           "Content-Length: %zu\r\n\r\n",
	           body->n);
	buf_add(&request, buf_str(body));
	write_all(fd, buf_str(&request));
}

int growth_posted(int fd)
{
	return read_http_answer(fd, NULL);
}

int growth_get(int fd, const char *path, struct buf *out)
{
	AUTOFREE char *request = mem_printf("GET %s HTTP/1.1\r\nHost: bench\r\n\r\n", path);
	write_all(fd, str_c(request));
	return read_http_answer(fd, out);
}
