/* Guesses http://HOSTNAME:PORT. */
#include "web/external_url.h"

#include <limits.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"

static bool is_host_name(const char *name)
{
	size_t n = strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._");
	return n && !name[n];
}

char *external_url_guess(const char *listen)
{
	char host[HOST_NAME_MAX + 1] = "";
	const char *colon = strrchr(listen, ':');
	int64_t port;
	if (!colon || strncmp(listen, "unix:", 5) == 0 || !str_to_i64(str_c(colon + 1), &port) || port < 1 || port > 65535)
		return NULL;
	if (gethostname(host, sizeof host - 1) != 0 || !is_host_name(host))
		return NULL;
	return mem_printf("http://%s:%d", host, (int)port);
}
