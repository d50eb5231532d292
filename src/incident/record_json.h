/*
 * Reading and writing the parts of a record as JSON objects, one row per member: the table is the format.
 */
#ifndef SRC_INCIDENT_RECORD_JSON_H
#define SRC_INCIDENT_RECORD_JSON_H

#include <jansson.h>

#include "alert/alert.h"
#include "base/mem.h"
#include "incident/member.h"

enum record_type {
	RECORD_STR,
	RECORD_I64,
	RECORD_U64,
	RECORD_INT,
	RECORD_BOOL,
	RECORD_GROUP /* char[MEMBER_GROUP_SIZE] */
};

struct record_field {
	const char *name;
	enum record_type type;
	size_t offset;
};

/* Members that are zero or empty are left out; what is missing or of another type reads as zero. */
json_t *record_write(const struct record_field *rows, size_t count, const void *from);
void record_read(const struct record_field *rows, size_t count, const json_t *object, struct arena *arena, void *to);
/* Its strings become copies in `arena`. */
void record_own(const struct record_field *rows, size_t count, struct arena *arena, void *item);
struct incident;
/* What a record of format 1 said with fields that are results now: it becomes rows, a page that waits, generations. */
void record_migrate(struct incident *inc, const json_t *j);
/* A record of its own: no byte is shared with `inc`. */
struct incident *incident_copy(struct arena *arena, const struct incident *inc);

/*
 * The raw value of one member of an object, found without reading the others; false when it is not there. For text that
 * json_dumps() wrote: anything else may be taken for something that it is not, but nothing is read beyond its end.
 */
bool record_member(struct str object, struct str name, struct str *value);

json_t *record_string(struct str s); /* invalid UTF-8 is replaced */
json_t *record_labels(const struct labels *l);
struct labels record_labels_read(const json_t *object, struct arena *arena);
struct labels record_labels_copy(const struct labels *l, struct arena *arena);

#endif
