/*
 * One question to a Prometheus' HTTP API.
 */
#ifndef CTL_PROMETHEUS_H
#define CTL_PROMETHEUS_H

#include "base/buf.h"
#include "base/err.h"

#define PROMETHEUS_ANSWER_MAX ((size_t)64 * 1024 * 1024)

/* https, or http to loopback; a '/' at the end is taken off `base`. False with a line in `err`. */
bool prometheus_base(const char *url, struct str *base, struct err *err);
/* `path` begins with '/'. False with a line in `err`. */
bool prometheus_ask(struct str base, const char *path, struct buf *answer, struct err *err);

#endif
