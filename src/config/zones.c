#include "disk.h"
#include "load.h"

#define ZONES "/usr/share/zoneinfo"
#define ZONE_FILE_MAX (64 * 1024)

/* UTC needs no file: it is there also where no zones are installed. */
bool load_zone(struct loading *l, struct str name, struct pos at, const struct zone **out)
{
	AUTOARENA struct arena *scratch = arena_new();
	const char *why;
	struct str bytes;
	*out = NULL;
	if (str_eq_c(name, "UTC"))
		return true;
	bool below = name.n && *name.p != '/' && str_find(name, STR("..")) < 0 && str_index(name, '\0') < 0;
	const char *path = arena_printf(scratch, ZONES "/%.*s", STR_ARG(name));
	if (below && disk_read(scratch, path, ZONE_FILE_MAX, &bytes, &why))
		*out = zone_parse(l->c->arena, bytes);
	if (!*out)
		err_at(l->err, at, "time_zone \"%.*s\" does not exist below " ZONES, STR_ARG(name));
	return *out != NULL;
}
