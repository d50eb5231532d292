#include "redis_process.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <ftw.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

int free_port(void)
{
	struct sockaddr_in sa = {.sin_family = AF_INET};
	socklen_t n = sizeof sa;
	sa.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	if (fd < 0 || bind(fd, (struct sockaddr *)&sa, n) != 0 || getsockname(fd, (struct sockaddr *)&sa, &n) != 0)
		abort();
	close(fd);
	return ntohs(sa.sin_port);
}

static void write_config(const struct redis_process *p, const char *config)
{
	char path[300];
	snprintf(path, sizeof path, "%s/redis.conf", p->folder);
	FILE *f = fopen(path, "w");
	if (!f)
		abort();
	fprintf(f, "bind 127.0.0.1\nport %d\nunixsocket %s\ndir %s\nsave \"\"\nlogfile redis.log\n%s\n", p->port, p->socket,
	        p->folder, config ? config : "");
	fclose(f);
}

static void run(const struct redis_process *p)
{
	char path[300];
	snprintf(path, sizeof path, "%s/redis.conf", p->folder);
	prctl(PR_SET_PDEATHSIG, SIGKILL); /* it must not survive a test that crashes */
	execlp("redis-server", "redis-server", path, (char *)NULL);
	_exit(127);
}

void redis_process_restart(struct redis_process *p, const char *config)
{
	write_config(p, config);
	p->pid = fork();
	if (p->pid < 0)
		abort();
	if (p->pid == 0)
		run(p);
}

void redis_process_start(struct redis_process *p, const char *config)
{
	const char *tmp = getenv("TMPDIR");
	snprintf(p->folder, sizeof p->folder, "%s/runbookd-redis-XXXXXX", tmp ? tmp : P_tmpdir);
	if (!mkdtemp(p->folder))
		abort();
	p->port = free_port();
	snprintf(p->address, sizeof p->address, "127.0.0.1:%d", p->port);
	snprintf(p->socket, sizeof p->socket, "%s/socket", p->folder);
	redis_process_restart(p, config);
}

void redis_process_kill(struct redis_process *p)
{
	if (!p->pid)
		return;
	kill(p->pid, SIGKILL);
	waitpid(p->pid, NULL, 0);
	p->pid = 0;
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st, (void)type, (void)ftw;
	return remove(path);
}

void redis_process_stop(struct redis_process *p)
{
	redis_process_kill(p);
	if (p->folder[0])
		nftw(p->folder, remove_one, 8, FTW_DEPTH | FTW_PHYS);
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
