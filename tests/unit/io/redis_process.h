/* A real redis-server of the test's own: a free port, a temporary folder, gone with redis_process_stop(). */
#ifndef TESTS_IO_REDIS_PROCESS_H
#define TESTS_IO_REDIS_PROCESS_H

#include <stdbool.h>
#include <sys/types.h>

struct redis_process {
	pid_t pid; /* 0: not running */
	int port;
	char folder[256], address[64], socket[300];
};

/* `config` is appended to its configuration; may be NULL. It answers when this returns. */
void redis_process_start(struct redis_process *p, const char *config);
void redis_process_restart(struct redis_process *p, const char *config); /* same port and folder */
void redis_process_kill(struct redis_process *p);
void redis_process_stop(struct redis_process *p); /* also removes the folder */
void redis_process_freeze(struct redis_process *p);
void redis_process_thaw(struct redis_process *p);
int free_port(void);

#endif
