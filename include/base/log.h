/*
 * One structured line per event, to stderr: logfmt (ts=… level=… msg="…" key=value) or JSON, as Prometheus writes it.
 * Keys are stable; values are escaped; a secret is never passed in. Pure layers never log, they return.
 * A line that stderr does not take (full disk, closed pipe) is lost and counted in log_lost().
 *
 *     LOG(LOG_INFO, "Listening on", LOG_S("address", address), LOG_I("port", port));
 */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

enum log_level { LOG_DEBUG, LOG_INFO, LOG_WARN, LOG_ERROR };
enum log_format { LOG_LOGFMT, LOG_JSON };

struct log_field {
	const char *key;
	enum { LOG_FIELD_STR, LOG_FIELD_INT } type;
	struct str s;
	int64_t i;
};
#define LOG_S(k, v) ((struct log_field){.key = (k), .type = LOG_FIELD_STR, .s = str_c(v)})
#define LOG_STR(k, v) ((struct log_field){.key = (k), .type = LOG_FIELD_STR, .s = (v)})
#define LOG_I(k, v) ((struct log_field){.key = (k), .type = LOG_FIELD_INT, .i = (v)})

/* ISO C wants an argument for every "...": the fields therefore end in an empty one, which log_write() skips. */
#define LOG(level, ...) log_write((level), LOG_MSG_(__VA_ARGS__, ), LOG_FIELDS_(__VA_ARGS__, {.key = NULL}))
#define LOG_MSG_(msg, ...) (msg)
#define LOG_FIELDS_(msg, ...)                                                                                          \
	(const struct log_field[]){__VA_ARGS__}, sizeof((const struct log_field[]){__VA_ARGS__}) / sizeof(struct log_field)

/* `now_ms` is called for each line's timestamp. Defaults: info, logfmt, a clock that says 0. */
void log_setup(enum log_level least, enum log_format format, int64_t (*now_ms)(void));
bool log_level_parse(struct str s, enum log_level *out);
bool log_format_parse(struct str s, enum log_format *out);
bool log_enabled(enum log_level level);
/* Of this thread nothing is written until it is false again: what it does is a replay, not what happens. */
void log_hush(bool hush);
/* Fields whose key is NULL are skipped. Thread-safe: one write for each line. The program ignores SIGPIPE. */
void log_write(enum log_level level, const char *msg, const struct log_field *fields, size_t n);
uint64_t log_lost(void);

#endif
