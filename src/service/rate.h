/*
 * A token bucket on monotonic time. Tokens are taken before something is claimed and given back when it was not used.
 */
#ifndef SERVICE_RATE_H
#define SERVICE_RATE_H

#include <stdint.h>

struct rate {
	double per_second; /* 0: unlimited */
	double burst, tokens;
	int64_t at; /* when `tokens` was right */
};

void rate_init(struct rate *r, double per_second, int burst, int64_t now); /* full */
/* New settings; what was used stays used. */
void rate_configure(struct rate *r, double per_second, int burst, int64_t now);
int rate_take(struct rate *r, int want, int64_t now); /* how many were taken, at most `want` */
void rate_give(struct rate *r, int n);
int64_t rate_wait(const struct rate *r, int64_t now); /* ms until there is one; 0: now */

#endif
