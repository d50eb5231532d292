/* Counts failures in a row, and opens. */
#include "service/breaker.h"

const char *breaker_state_name(enum breaker_state s)
{
	static const char *const names[] = {"closed", "open", "half-open"};
	return names[s];
}

int breaker_room(struct breaker *b, int want, int under_way, int64_t now)
{
	if (b->state == BREAKER_OPEN && now >= b->open_until)
		b->state = BREAKER_HALF_OPEN;
	switch (b->state) {
	case BREAKER_CLOSED: return want;
	case BREAKER_OPEN: return 0;
	case BREAKER_HALF_OPEN: return want && !under_way ? 1 : 0;
	}
	return 0;
}

static void open_for_longer(struct breaker *b, int64_t now)
{
	b->pause_ms = b->pause_ms ? b->pause_ms * 2 : BREAKER_PAUSE_LEAST_MS;
	if (b->pause_ms > BREAKER_PAUSE_MOST_MS)
		b->pause_ms = BREAKER_PAUSE_MOST_MS;
	b->open_until = now + b->pause_ms;
	b->state = BREAKER_OPEN;
}

void breaker_result(struct breaker *b, bool failed, int64_t now)
{
	if (!failed) {
		*b = (struct breaker){.state = BREAKER_CLOSED};
		return;
	}
	b->failures++;
	/* What was under way when it opened says nothing new. */
	if (b->state == BREAKER_HALF_OPEN || (b->state == BREAKER_CLOSED && b->failures >= BREAKER_FAILURES))
		open_for_longer(b, now);
}

int64_t breaker_wait(const struct breaker *b, int64_t now)
{
	return b->state == BREAKER_OPEN && b->open_until > now ? b->open_until - now : 0;
}
