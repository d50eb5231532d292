/* Reads TZif and answers wall clock times of a zone, and instants of a wall clock. */
#include "base/zone.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/time.h"

#define HEADER 44
#define TYPE_SIZE 6
#define TRANSITIONS_MAX 4096 /* real zones have fewer than 300 */
#define ABBREVIATION_MAX 10
#define DAY_SECONDS INT64_C(86400)
#define FIRST_WEEKDAY 4 /* 1970-01-01 was a Thursday */

struct zone_type {
	int32_t offset; /* seconds east of Greenwich */
	char name[ABBREVIATION_MAX + 1];
};

struct zone {
	size_t count, type_count;
	int64_t *at; /* seconds since 1970, ascending */
	unsigned char *type;
	struct zone_type *types;
};

/* The six counts of a header, in the file's order. */
enum { UT_COUNT, STD_COUNT, LEAP_COUNT, TIME_COUNT, TYPE_COUNT, CHAR_COUNT, COUNTS };

static uint64_t big_endian(const char *p, size_t n)
{
	uint64_t v = 0;
	for (size_t i = 0; i < n; i++)
		v = v << 8 | (unsigned char)p[i];
	return v;
}

static bool read_header(struct str s, uint32_t counts[COUNTS])
{
	if (s.n < HEADER || memcmp(s.p, "TZif", 4) != 0 || s.p[4] < '2')
		return false;
	for (size_t i = 0; i < COUNTS; i++) {
		counts[i] = (uint32_t)big_endian(s.p + 20 + 4 * i, 4);
		if (counts[i] > TRANSITIONS_MAX)
			return false;
	}
	return true;
}

static size_t block_size(const uint32_t c[COUNTS], size_t time_size)
{
	return c[TIME_COUNT] * (time_size + 1) + c[TYPE_COUNT] * TYPE_SIZE + c[CHAR_COUNT] +
	       c[LEAP_COUNT] * (time_size + 4) + c[STD_COUNT] + c[UT_COUNT];
}

static void read_abbreviation(struct zone_type *type, struct str names, size_t index)
{
	size_t n = 0;
	while (index + n < names.n && names.p[index + n] && n < ABBREVIATION_MAX) {
		type->name[n] = names.p[index + n];
		n++;
	}
}

static struct zone *read_zone_block(struct arena *arena, const char *p, const uint32_t c[COUNTS])
{
	struct zone *z = arena_alloc(arena, sizeof *z);
	const char *types = p + c[TIME_COUNT] * 9;
	struct str names = {types + c[TYPE_COUNT] * TYPE_SIZE, c[CHAR_COUNT]};
	z->count = c[TIME_COUNT];
	z->type_count = c[TYPE_COUNT];
	z->at = arena_alloc(arena, (z->count + 1) * sizeof *z->at);
	z->type = arena_alloc(arena, z->count + 1);
	z->types = arena_alloc(arena, z->type_count * sizeof *z->types);
	for (size_t i = 0; i < z->count; i++) {
		z->at[i] = (int64_t)big_endian(p + i * 8, 8);
		z->type[i] = (unsigned char)p[z->count * 8 + i];
	}
	for (size_t i = 0; i < z->type_count; i++) {
		z->types[i].offset = (int32_t)(uint32_t)big_endian(types + i * TYPE_SIZE, 4);
		read_abbreviation(&z->types[i], names, (unsigned char)types[i * TYPE_SIZE + 5]);
	}
	return z;
}

static bool types_valid(const struct zone *z)
{
	for (size_t i = 0; i < z->count; i++) {
		if (z->type[i] >= z->type_count)
			return false;
	}
	return z->type_count > 0;
}

/* A file holds its block twice: with times of 32 bits, then with times of 64 bits. */
struct zone *zone_parse(struct arena *arena, struct str tzif)
{
	uint32_t counts[COUNTS];
	if (!read_header(tzif, counts) || tzif.n < HEADER + block_size(counts, 4))
		return NULL;
	struct str second = str_slice(tzif, HEADER + block_size(counts, 4), tzif.n);
	if (!read_header(second, counts) || second.n < HEADER + block_size(counts, 8))
		return NULL;
	struct zone *z = read_zone_block(arena, second.p + HEADER, counts);
	return types_valid(z) ? z : NULL;
}

/* Before the first transition the first type holds (RFC 8536, section 3.2). */
static const struct zone_type *type_at(const struct zone *z, int64_t seconds)
{
	size_t low = 0, high = z->count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (z->at[middle] <= seconds)
			low = middle + 1;
		else
			high = middle;
	}
	return &z->types[low ? z->type[low - 1] : 0];
}

#define TYPES_MOST 255 /* a transition names its type in one byte */

/* The type of this offset: one that is there, or a new one. */
static size_t type_for(struct zone *z, int32_t offset)
{
	for (size_t i = 0; i < z->type_count; i++)
		if (z->types[i].offset == offset)
			return i;
	struct zone_type *type = &z->types[z->type_count];
	type->offset = offset;
	snprintf(type->name, sizeof type->name, "%+03d%02d", offset / 3600, offset / 60 % 60 * (offset < 0 ? -1 : 1));
	return z->type_count++;
}

struct zone *zone_of_changes(struct arena *arena, int32_t before, const struct zone_change *changes, size_t count)
{
	if (count > TRANSITIONS_MAX)
		return NULL;
	struct zone *z = arena_alloc(arena, sizeof *z);
	z->at = arena_alloc(arena, (count + 1) * sizeof *z->at);
	z->type = arena_alloc(arena, count + 1);
	z->types = arena_alloc(arena, (TYPES_MOST + 1) * sizeof *z->types);
	type_for(z, before);
	for (size_t i = 0; i < count && z->type_count < TYPES_MOST; i++) {
		z->at[i] = changes[i].at / TIME_SECOND;
		z->type[i] = (unsigned char)type_for(z, changes[i].offset);
		z->count++;
	}
	return z->count == count ? z : NULL;
}

static int64_t offset_at(const struct zone *z, int64_t ms)
{
	int64_t seconds = ms / TIME_SECOND - (ms % TIME_SECOND < 0);
	return z ? type_at(z, seconds)->offset * TIME_SECOND : 0;
}

int64_t zone_wall(const struct zone *z, int64_t ms)
{
	return ms + offset_at(z, ms);
}

/* A change within the day around it is what makes a wall time doubtful; no zone changes twice in two days. */
int64_t zone_instant(const struct zone *z, int64_t wall)
{
	int64_t before = wall - offset_at(z, wall - TIME_DAY);
	int64_t after = wall - offset_at(z, wall + TIME_DAY);
	bool never = zone_wall(z, before) != wall && zone_wall(z, after) != wall;
	return zone_wall(z, before) == wall || never ? before : after;
}

static char *put_two(char *p, int n, char behind)
{
	p[0] = (char)('0' + n / 10);
	p[1] = (char)('0' + n % 10);
	p[2] = behind;
	return p + 3;
}

char *zone_format(const struct zone *z, int64_t ms, char out[ZONE_TIME_MAX])
{
	static const struct zone_type utc = {0, "UTC"};
	int64_t seconds = ms / 1000;
	const struct zone_type *type = z ? type_at(z, seconds) : &utc;
	time_t local = (time_t)(seconds + type->offset);
	struct tm tm;
	out[0] = '\0';
	if (!ms || !gmtime_r(&local, &tm) || tm.tm_year < -1900 || tm.tm_year >= 8100)
		return out;
	int year = tm.tm_year + 1900;
	char *p = put_two(out, year / 100, 0) - 1;
	p = put_two(put_two(put_two(p, year % 100, '-'), tm.tm_mon + 1, '-'), tm.tm_mday, ' ');
	p = put_two(put_two(p, tm.tm_hour, ':'), tm.tm_min, ' ');
	memccpy(p, type->name, '\0', (size_t)(out + ZONE_TIME_MAX - p));
	out[ZONE_TIME_MAX - 1] = '\0';
	return out;
}

struct zone_clock zone_clock(const struct zone *z, int64_t ms)
{
	int64_t seconds = ms / 1000 + (z ? type_at(z, ms / 1000)->offset : 0);
	int64_t day = seconds / DAY_SECONDS - (seconds % DAY_SECONDS < 0);

	return (struct zone_clock){
		.hour = (int)((seconds - day * DAY_SECONDS) / 3600),
		.weekday = (int)(((day + FIRST_WEEKDAY) % 7 + 7) % 7),
		.day = day,
	};
}

bool night_is(const struct night *n, const struct zone *z, int64_t ms)
{
	struct zone_clock c = zone_clock(z, ms);
	bool after = c.hour >= n->from, before = c.hour < n->until;

	if (n->weekends && (c.weekday == 0 || c.weekday == 6))
		return true;
	return n->from <= n->until ? after && before : after || before;
}

bool zone_is_night(const struct zone *z, int64_t ms)
{
	static const struct night usual = NIGHT_USUAL;
	return night_is(&usual, z, ms);
}
