/*
 * Points in time and durations as int64_t milliseconds; points count from 1970-01-01T00:00:00Z, 0 means "absent".
 * Nothing here reads a clock (io/loop does).
 */
#ifndef BASE_TIME_H
#define BASE_TIME_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

#define TIME_SECOND INT64_C(1000)
#define TIME_MINUTE (60 * TIME_SECOND)
#define TIME_HOUR (60 * TIME_MINUTE)
#define TIME_DAY (24 * TIME_HOUR)

/*
 * Prometheus durations: y, w, d, h, m, s, ms in this order, each at most once ("1d12h", "5m30s", "500ms"), or "0".
 * https://prometheus.io/docs/prometheus/latest/configuration/configuration/ At most 100y.
 */
bool time_duration_parse(struct str s, int64_t *ms);
#define TIME_DURATION_MAX 64
/* The shortest Prometheus form without weeks or years: 90000 -> "1m30s", 0 -> "0s". */
char *time_duration_format(int64_t ms, char out[TIME_DURATION_MAX]);

/*
 * RFC 3339 with any fraction and offset (cut to milliseconds), also with a blank for the T, and Go's own
 * "2006-01-02 15:04:05.999999999 -0700 MST" form with or without a monotonic part. Years before 1970 give 0.
 */
bool time_parse(struct str s, int64_t *ms);
/* A clock on a wall: "2026-01-05T09:00", also with seconds, with a blank for the T, or the date alone; ms as if it were UTC. */
bool time_parse_wall(struct str s, int64_t *wall);
#define TIME_FORMAT_MAX 32
/* "2026-11-21T06:54:06.121Z"; without a fraction when it is zero. */
char *time_format(int64_t ms, char out[TIME_FORMAT_MAX]);

#endif
