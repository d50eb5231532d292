/* A token bucket. */
#include "service/rate.h"

#include <math.h>

/* Sums of thousandths come out a little below the whole number. */
#define ROUNDING 1e-6

static double tokens_at(const struct rate *r, int64_t now)
{
	double tokens = r->tokens + (double)(now - r->at) * r->per_second / 1000.0;
	return tokens < r->burst ? tokens : r->burst;
}

void rate_init(struct rate *r, double per_second, int burst, int64_t now)
{
	r->per_second = per_second;
	r->burst = burst > 0 ? burst : 1;
	r->tokens = r->burst;
	r->at = now;
}

void rate_configure(struct rate *r, double per_second, int burst, int64_t now)
{
	double used = r->per_second > 0 ? r->burst - tokens_at(r, now) : 0;

	rate_init(r, per_second, burst, now);
	r->tokens = used < r->burst ? r->burst - used : 0;
}

int rate_take(struct rate *r, int want, int64_t now)
{
	if (r->per_second <= 0)
		return want;
	r->tokens = tokens_at(r, now);
	r->at = now;
	int have = (int)(r->tokens + ROUNDING);
	int taken = want < have ? want : have;
	r->tokens -= taken;
	return taken;
}

void rate_give(struct rate *r, int n)
{
	r->tokens += n;
	if (r->tokens > r->burst)
		r->tokens = r->burst;
}

int64_t rate_wait(const struct rate *r, int64_t now)
{
	if (r->per_second <= 0)
		return 0;
	double missing = 1.0 - tokens_at(r, now);
	return missing <= ROUNDING ? 0 : (int64_t)ceil(missing * 1000.0 / r->per_second - ROUNDING);
}
