/* The embedded store's clock: even first, right in the end. The header says how. */
#include "store/sqlite_clock.h"

#include "base/time.h"

#define SLEW 20               /* one millisecond of so many is given to the wall clock */
#define STEADY_MS TIME_MINUTE /* a wall clock that has just been set may be set once more */
#define LEAP_MOST_MS (31 * TIME_DAY)
#define NEVER_SO_EARLY INT64_C(1704067200000) /* 2024: a machine whose clock has no battery begins in 1970, or 2000 */
#define JUMP_MS (TIME_SECOND / 2) /* the two clocks are not read at the same moment: less than this is no jump */

void sqlite_clock_start(struct sqlite_clock *c, int64_t newest, int64_t wall, int64_t mono)
{
	*c =
		(struct sqlite_clock){.at = newest > wall ? newest : wall, .mono = mono, .offset = wall - mono, .steady = mono};
}

static void watch_wall(struct sqlite_clock *c, int64_t wall, int64_t mono)
{
	int64_t moved = wall - mono - c->offset;
	if (moved >= JUMP_MS || moved <= -JUMP_MS) {
		c->offset = wall - mono;
		c->steady = mono;
	}
}

/* How far it may go towards the wall clock. */
static int64_t step_of(struct sqlite_clock *c, int64_t passed)
{
	int64_t all = passed + c->rest;
	c->rest = all % SLEW;
	return all / SLEW;
}

int64_t sqlite_clock_read(struct sqlite_clock *c, int64_t wall, int64_t mono)
{
	int64_t passed = mono > c->mono ? mono - c->mono : 0, step = step_of(c, passed);
	watch_wall(c, wall, mono);
	c->mono += passed;
	c->at += passed;
	int64_t wrong = wall - c->at;
	c->at += wrong > step ? step : wrong < -step ? -step : wrong;
	return c->at;
}

bool sqlite_clock_may_leap(const struct sqlite_clock *c, int64_t wall, int64_t mono)
{
	int64_t ahead = wall - c->at;
	bool believable = ahead <= LEAP_MOST_MS || c->at < NEVER_SO_EARLY;
	return ahead >= JUMP_MS && believable && mono - c->steady >= STEADY_MS;
}

void sqlite_clock_leap(struct sqlite_clock *c, int64_t wall)
{
	if (wall > c->at)
		c->at = wall;
}
