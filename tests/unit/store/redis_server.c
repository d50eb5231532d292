#include "redis_server.h"

#include <arpa/inet.h>
#include <hiredis/hiredis.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "conformance.h"
#include "folder.h"

static int free_redis_port(void)
{
	struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t n = sizeof a;
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	assert_true(fd >= 0);
	assert_int_equal(bind(fd, (struct sockaddr *)&a, n), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&a, &n), 0);
	close(fd);
	return ntohs(a.sin_port);
}

#define ARGS_MAX 40

static void run_server(const struct redis_server *s, const char *const *extra)
{
	char port[16];
	snprintf(port, sizeof port, "%d", s->port);
	const char *args[ARGS_MAX] = {
		"redis-server", "--port", port,           "--bind", "127.0.0.1",     "--dir",  s->folder,
		"--save",       "",       "--appendonly", "yes",    "--appendfsync", "always", "--maxmemory-policy",
		"noeviction"};
	size_t n = 15;
	for (; extra && *extra && n < ARGS_MAX - 1; extra++)
		args[n++] = *extra;
	prctl(PR_SET_PDEATHSIG, SIGKILL); /* a test that fails leaves nothing behind */
	execvp(args[0], (char *const *)(uintptr_t)args);
	_exit(127);
}

/* False when it has died, for example because somebody else has taken the port. */
static bool wait_ready(const struct redis_server *s)
{
	FILE *log = fdopen(dup(s->log), "r");
	assert_non_null(log);
	char line[1024];
	bool ready = false;
	while (!ready && fgets(line, sizeof line, log))
		ready = strstr(line, "eady to accept connections");
	fclose(log);
	return ready;
}

static bool try_start(struct redis_server *s, const char *const *extra)
{
	int ends[2];
	assert_int_equal(pipe(ends), 0);
	s->pid = fork();
	assert_true(s->pid >= 0);
	if (s->pid == 0) {
		dup2(ends[1], STDOUT_FILENO);
		close(ends[0]);
		close(ends[1]);
		run_server(s, extra);
	}
	close(ends[1]);
	s->log = ends[0];
	if (wait_ready(s))
		return true;
	redis_server_kill(s);
	return false;
}

void redis_server_start(struct redis_server *s, const char *const *extra)
{
	s->folder = folder_new();
	for (int tries = 0; tries < 10; tries++) {
		s->port = free_redis_port();
		snprintf(s->address, sizeof s->address, "127.0.0.1:%d", s->port);
		if (try_start(s, extra))
			return;
	}
	fail_msg("redis-server does not start");
}

void redis_server_restart(struct redis_server *s, const char *const *extra)
{
	assert_true(try_start(s, extra));
}

void redis_server_kill(struct redis_server *s)
{
	kill(s->pid, SIGKILL);
	assert_int_equal(waitpid(s->pid, NULL, 0), s->pid);
	close(s->log);
}

void redis_server_stop(struct redis_server *s)
{
	redis_server_kill(s);
	folder_remove(s->folder);
	mem_cleanup(&s->folder);
}

long long redis_server_say(const struct redis_server *s, const char *command, ...)
{
	redisContext *c = redisConnect("127.0.0.1", s->port);
	assert_non_null(c);
	assert_int_equal(c->err, 0);
	va_list ap;
	va_start(ap, command);
	redisReply *reply = redisvCommand(c, command, ap);
	va_end(ap);
	assert_non_null(reply);
	if (reply->type == REDIS_REPLY_ERROR)
		fail_msg("%s: %s", command, reply->str);
	long long n = reply->type == REDIS_REPLY_INTEGER ? reply->integer : 0;
	freeReplyObject(reply);
	redisFree(c);
	return n;
}

void redis_server_shout(const struct redis_server *s, const char *command, ...)
{
	int done = 0;
	redisContext *c = redisConnect("127.0.0.1", s->port);
	assert_non_null(c);
	va_list ap;
	va_start(ap, command);
	assert_int_equal(redisvAppendCommand(c, command, ap), REDIS_OK);
	va_end(ap);
	while (!done)
		assert_int_equal(redisBufferWrite(c, &done), REDIS_OK);
	redisFree(c);
}

void redis_server_await(const struct redis_server *s, const char *text, const char *command)
{
	redisContext *c = redisConnect("127.0.0.1", s->port);
	assert_non_null(c);
	int64_t end = loop_mono_ms() + 20000;
	for (bool found = false; !found;) {
		redisReply *reply = redisCommand(c, command);
		assert_non_null(reply);
		found = reply->str && strstr(reply->str, text);
		freeReplyObject(reply);
		if (!found && loop_mono_ms() > end)
			fail_msg("%s does not say %s", command, text);
	}
	redisFree(c);
}
