/* Time zones from the system's database, each read once and kept for as long as the configuration. */
#include "disk.h"
#include "load.h"

#define ZONES "/usr/share/zoneinfo"
#define ZONE_FILE_MAX (64 * 1024)

static struct zone *read_zone(const struct config *c, struct str name)
{
	AUTOARENA struct arena *scratch = arena_new();
	const char *why;
	struct str bytes;
	bool below = name.n && *name.p != '/' && str_find(name, STR("..")) < 0 && str_index(name, '\0') < 0;
	const char *path = arena_printf(scratch, ZONES "/%.*s", STR_ARG(name));
	return below && disk_read(scratch, path, ZONE_FILE_MAX, &bytes, &why) ? zone_parse(c->arena, bytes) : NULL;
}

/* UTC needs no file: it is there also where no zones are installed. */
bool config_zone(const struct config *c, struct str name, const struct zone **out)
{
	*out = NULL;
	if (str_eq_c(name, "UTC"))
		return true;
	struct zone *zone = map_get(c->zones, name);
	if (!zone && (zone = read_zone(c, name)))
		map_set(c->zones, name, zone);
	*out = zone;
	return zone != NULL;
}

static bool find_calendar_zone(void *arg, struct str name, const struct zone **out)
{
	return config_zone(arg, name, out);
}

struct calendar_zones config_zones(struct config *c)
{
	return (struct calendar_zones){find_calendar_zone, c};
}

bool load_zone(struct loading *l, struct str name, struct pos at, const struct zone **out)
{
	if (config_zone(l->c, name, out))
		return true;
	err_at(l->err, at, "time_zone \"%.*s\" does not exist below " ZONES, STR_ARG(name));
	return false;
}
