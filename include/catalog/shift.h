/*
 * Spans of time in which somebody is on call, from a calendar or a rotation, and which of those that overlap counts.
 *
 * The most specific one does: a moved or single event before one that repeats, an override before the rotation; among
 * equals the shorter one. Two that are equal in both are both in force, and that is an overlap.
 */
#ifndef CATALOG_SHIFT_H
#define CATALOG_SHIFT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/mem.h"
#include "base/options.h"
#include "base/str.h"

#define SHIFTS_MAX 4000 /* in the time that is asked about; more are no shifts that people work */

enum shift_source { SHIFT_ICAL, SHIFT_ROTATION, SHIFT_OVERRIDE };
const char *shift_source_name(enum shift_source s); /* "ical", "rotation", "override" */

struct shift {
	int64_t from, until;   /* ms; until is no part of it */
	struct str who;        /* an event's summary, a rotation's person */
	struct strs addresses; /* mail addresses of an event's attendees */
	enum shift_source source;
	bool single; /* it does not repeat, or stands for one occurrence of what does */
};

struct shifts {
	struct shift *v;
	size_t count, capacity; /* grown in the arena */
};

/* False once SHIFTS_MAX are there. */
bool shifts_add(struct arena *arena, struct shifts *s, struct shift shift);

/* A stretch of time in which nothing changes: those who are in force; none: a gap; several: an overlap. */
struct span {
	int64_t from, until;
	const struct shift **v;
	size_t count;
};

struct spans {
	struct span *v;
	size_t count, capacity;
};

/* All of [from, until), in order and without holes; neighbours with the same shifts are one. */
struct spans shifts_sweep(struct arena *arena, const struct shifts *s, int64_t from, int64_t until);

#endif
