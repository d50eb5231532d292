/* Requests about one incident. */
#include "ctl/incident_call.h"

#include <pwd.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/buf_json.h"

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
		buf_add_json(body, object);
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
