/* Requests about one incident. */
#include "ctl/incident_call.h"

#include <pwd.h>
#include <stdlib.h>
#include <unistd.h>

char *incident_path(const char *key, const char *verb)
{
	AUTOBUF struct buf path;

	buf_init(&path, INCIDENT_PATH_MAX);
	buf_add_c(&path, "/api/v1/incidents/");
	remote_segment_add(&path, str_c(key));
	if (verb)
		buf_printf(&path, "/%s", verb);
	return buf_take(&path);
}

static int add_bytes(const char *p, size_t n, void *out)
{
	buf_add(out, (struct str){p, n});
	return 0;
}

const char *ctl_actor(const struct ctl *c)
{
	const char *by = flags_get(c->flags, "by"), *user = getenv("USER");
	const struct passwd *entry = getpwuid(getuid());

	if (by)
		return by;
	return user && *user ? user : entry ? entry->pw_name : NULL;
}

bool ctl_say(json_t *object, struct buf *body)
{
	buf_init(body, INCIDENT_PATH_MAX);
	if (object)
		json_dump_callback(object, add_bytes, body, JSON_COMPACT);
	json_decref(object);
	return object && buf_ok(body);
}

json_t *incident_post(struct ctl *c, const char *key, const char *verb, json_t *object)
{
	AUTOBUF struct buf body;
	AUTOFREE char *path = incident_path(key, verb);
	if (ctl_say(object, &body))
		return remote_call(c, path, buf_str(&body));
	ctl_error("what is said is to be UTF-8 text of less than %d bytes", INCIDENT_PATH_MAX);
	return NULL;
}
