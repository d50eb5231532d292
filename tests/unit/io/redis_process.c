#include "redis_process.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <ftw.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "io/loop.h"

#define READY_MS 60000
#define ATTEMPTS 20

static bool is_port_free(int port)
{
	struct sockaddr_in sa = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
	sa.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	if (fd < 0)
		abort();
	bool is = bind(fd, (struct sockaddr *)&sa, sizeof sa) == 0;
	close(fd);
	return is;
}

/* Below those that the kernel gives to whoever connects somewhere: it must still be free after a restart. */
int free_port(void)
{
	int port;
	do
		port = 20000 + (int)(loop_dice() % 12000);
	while (!is_port_free(port));
	return port;
}

static void write_redis_conf(const struct redis_process *p, const char *config)
{
	char path[300];
	snprintf(path, sizeof path, "%s/redis.conf", p->folder);
	FILE *f = fopen(path, "w");
	if (!f)
		abort();
	fprintf(f, "bind 127.0.0.1\nport %d\nunixsocket %s\ndir %s\nsave \"\"\nlogfile \"\"\n%s\n", p->port, p->socket,
	        p->folder, config ? config : "");
	fclose(f);
}

static void exec_redis(const struct redis_process *p, int log)
{
	char path[300];
	snprintf(path, sizeof path, "%s/redis.conf", p->folder);
	prctl(PR_SET_PDEATHSIG, SIGKILL); /* it must not survive a test that crashes */
	dup2(log, STDOUT_FILENO);
	execlp("redis-server", "redis-server", path, (char *)NULL);
	_exit(127);
}

/* The socket comes last; since 7.2 it is said in other words. */
static bool says_ready(const char *text)
{
	return strstr(text, "eady to accept connections at") || strstr(text, "eady to accept connections unix");
}

/* Reads its log until it says that it is ready, or ends: somebody else may have the port by now, and would answer too. */
static bool becomes_ready(int log)
{
	char text[16384];
	size_t n = 0;
	struct pollfd wait = {.fd = log, .events = POLLIN};
	while (n + 1 < sizeof text && poll(&wait, 1, READY_MS) == 1) {
		ssize_t more = read(log, text + n, sizeof text - 1 - n);
		if (more <= 0)
			return false;
		n += (size_t)more;
		text[n] = '\0';
		if (says_ready(text))
			return true;
	}
	return false;
}

static bool spawn(struct redis_process *p, const char *config)
{
	int log[2];
	write_redis_conf(p, config);
	if (pipe2(log, O_CLOEXEC) != 0 || (p->pid = fork()) < 0)
		abort();
	if (p->pid == 0)
		exec_redis(p, log[1]);
	close(log[1]);
	bool ready = becomes_ready(log[0]);
	close(log[0]);
	if (!ready)
		redis_process_kill(p);
	return ready;
}

void redis_process_restart(struct redis_process *p, const char *config)
{
	for (int i = 0; i < ATTEMPTS; i++)
		if (spawn(p, config))
			return;
	abort();
}

void redis_process_start(struct redis_process *p, const char *config)
{
	const char *tmp = getenv("TMPDIR");
	snprintf(p->folder, sizeof p->folder, "%s/runbookd-redis-XXXXXX", tmp ? tmp : P_tmpdir);
	if (!mkdtemp(p->folder))
		abort();
	snprintf(p->socket, sizeof p->socket, "%s/socket", p->folder);
	for (int i = 0; i < ATTEMPTS; i++) {
		p->port = free_port();
		snprintf(p->address, sizeof p->address, "127.0.0.1:%d", p->port);
		if (spawn(p, config))
			return;
	}
	abort();
}

void redis_process_kill(struct redis_process *p)
{
	if (!p->pid)
		return;
	kill(p->pid, SIGKILL);
	waitpid(p->pid, NULL, 0);
	p->pid = 0;
}

static int remove_redis_file(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st, (void)type, (void)ftw;
	return remove(path);
}

void redis_process_stop(struct redis_process *p)
{
	redis_process_kill(p);
	if (p->folder[0])
		nftw(p->folder, remove_redis_file, 8, FTW_DEPTH | FTW_PHYS);
	p->folder[0] = '\0';
}

void redis_process_freeze(struct redis_process *p)
{
	kill(p->pid, SIGSTOP);
}

void redis_process_thaw(struct redis_process *p)
{
	kill(p->pid, SIGCONT);
}
