/* A calendar as a stranger's server sends it: within the ceilings, and every shift is within what was asked for. */
#include <assert.h>
#include <stdint.h>

#include "base/time.h"
#include "catalog/calendar.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Two zones, so that names that exist and names that do not are both met. */
static bool find_fuzzed_zone(void *arg, struct str name, const struct zone **out)
{
	static const struct zone_change changes[] = {{INT64_C(1774746000000), 7200}, {INT64_C(1792890000000), 3600}};
	*out = str_eq_c(name, "Europe/Berlin") ? zone_of_changes(arg, 3600, changes, 2) : NULL;
	return *out || str_eq_c(name, "UTC");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTOARENA struct arena *arena = arena_new();
	AUTOERR struct err doubts = ERR_INIT, err = ERR_INIT;
	const struct calendar_zones zones = {find_fuzzed_zone, arena};
	const int64_t from = INT64_C(1772323200000), until = from + 60 * TIME_DAY;
	struct shifts shifts = {0};
	struct calendar *c = calendar_read("input", (struct str){(const char *)data, size}, NULL, &zones, &doubts, &err);
	assert(c || err_any(&err));
	if (c && calendar_shifts(c, from, until, arena, &shifts))
		for (size_t i = 0; i < shifts.count; i++)
			assert(shifts.v[i].from < shifts.v[i].until && shifts.v[i].from < until && shifts.v[i].until > from);
	assert(shifts.count <= SHIFTS_MAX);
	(void)shifts_sweep(arena, &shifts, from, from + 7 * TIME_DAY);
	calendar_free(c);
	return 0;
}
