/* Who it is that answers like Redis. */
#include "store/redis_identity.h"

#include <stdio.h>
#include <string.h>

#define OLDEST_MAJOR 6
#define OLDEST_MINOR 2

static bool next_info_line(struct str *rest, struct str *line)
{
	ptrdiff_t end = str_index(*rest, '\n');
	size_t n = end < 0 ? rest->n : (size_t)end;
	if (!rest->n)
		return false;
	*line = str_slice(*rest, 0, n && rest->p[n - 1] == '\r' ? n - 1 : n);
	*rest = str_slice(*rest, end < 0 ? n : n + 1, rest->n);
	return true;
}

void redis_info_value(struct str info, const char *name, char *out, size_t size)
{
	size_t n = strlen(name);
	for (struct str rest = info, line; next_info_line(&rest, &line);)
		if (line.n > n && memcmp(line.p, name, n) == 0 && line.p[n] == ':') {
			snprintf(out, size, "%.*s", (int)(line.n - n - 1), line.p + n + 1);
			return;
		}
}

/* NAME_version:VERSION of a server; not of the compiler that made it. */
static bool take_own_version(struct str line, struct redis_identity *out)
{
	static const char SUFFIX[] = "_version:";
	ptrdiff_t at = str_find(line, STR(SUFFIX));
	if (at <= 0 || str_eq_c(str_slice(line, 0, (size_t)at), "redis") || str_eq_c(str_slice(line, 0, (size_t)at), "gcc"))
		return false;
	struct str version = str_slice(line, (size_t)at + strlen(SUFFIX), line.n);
	snprintf(out->name, sizeof out->name, "%.*s", (int)at, line.p);
	snprintf(out->version, sizeof out->version, "%.*s", STR_ARG(version));
	return true;
}

/* The section ends with an empty line. */
static struct str server_section(struct str info)
{
	ptrdiff_t at = str_find(info, STR("# Server")), end;
	struct str section = str_slice(info, at < 0 ? 0 : (size_t)at, info.n);
	end = str_find(section, STR("\r\n\r\n"));
	return str_slice(section, 0, end < 0 ? section.n : (size_t)end);
}

void redis_identify(struct str info, struct redis_identity *out)
{
	struct str section = server_section(info);
	*out = (struct redis_identity){.name = ""};
	redis_info_value(section, "redis_version", out->redis_version, sizeof out->redis_version);
	if (out->redis_version[0]) {
		snprintf(out->name, sizeof out->name, "redis");
		snprintf(out->version, sizeof out->version, "%s", out->redis_version);
	}
	for (struct str rest = section, line; next_info_line(&rest, &line);)
		if (take_own_version(line, out))
			break;
	redis_info_value(section, "server_name", out->name, sizeof out->name);
}

bool redis_is_too_old(const struct redis_identity *who)
{
	int major, minor;
	return sscanf(who->redis_version, "%d.%d", &major, &minor) == 2 &&
	       (major < OLDEST_MAJOR || (major == OLDEST_MAJOR && minor < OLDEST_MINOR));
}
