/* Response and resolution times: what is due, and what was missed. The deadlines themselves are in view.c's incident_*_due(). */
#include "incident/deadline.h"

#include "base/time.h"
#include "incident/message.h"

/* While somebody is paged for it: what waits, or was never paged, promises nothing. */
static bool promises(const struct incident *inc)
{
	return incident_is_open(inc) && incident_is_paged(inc) && !inc->quiet_at;
}

static int64_t response_ends(const struct incident *inc)
{
	bool open = promises(inc) && !inc->deadlines.response_missed_at && !incident_responded_at(inc);
	return open ? incident_response_due(inc) : 0;
}

static int64_t resolution_ends(const struct incident *inc)
{
	return promises(inc) && !inc->deadlines.resolution_missed_at ? incident_resolution_due(inc) : 0;
}

int64_t incident_promises_from(const struct incident *inc)
{
	return inc->deadlines.from ? inc->deadlines.from : inc->started_at;
}

int64_t incident_responded_at(const struct incident *inc)
{
	return inc->deadlines.responded_at ? inc->deadlines.responded_at : inc->acknowledged.at;
}

int64_t incident_deadline(const struct incident *inc)
{
	int64_t response = response_ends(inc), resolution = resolution_ends(inc);
	if (!response || !resolution)
		return response ? response : resolution;
	return response < resolution ? response : resolution;
}

static bool miss_deadline(struct incident *inc, int64_t due, int64_t now, int64_t *missed_at, const char *what)
{
	char text[TIME_DURATION_MAX];
	if (!due || due > now)
		return false;
	*missed_at = due;
	incident_note(inc, now, what, "severity %.*s allows %s", STR_ARG(inc->severity.name),
	              time_duration_format(due - incident_promises_from(inc), text));
	return true;
}

bool deadline_response_missed(struct incident *inc, int64_t now)
{
	return miss_deadline(inc, response_ends(inc), now, &inc->deadlines.response_missed_at, "response_missed");
}

bool deadline_resolution_missed(struct incident *inc, int64_t now)
{
	return miss_deadline(inc, resolution_ends(inc), now, &inc->deadlines.resolution_missed_at, "resolution_missed");
}
