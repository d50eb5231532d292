/*
 * The stored form of a record: compact bytes without a tree, written and read in one pass. A shape is a table of fields;
 * a field's number on the wire is its place in the table, so rows are only ever appended, and one that is not needed any more
 * becomes RECORD_GONE. Private to incident/.
 *
 *     message  = field…                      what is zero or empty is left out
 *     field    = varint(number × 2 + bytes?) value
 *     value    = varint                      (signed ones zigzag)
 *              | varint(length) byte…        text, a nested message, labels; a list is one such field an element
 */
#ifndef SRC_INCIDENT_RECORD_CODEC_H
#define SRC_INCIDENT_RECORD_CODEC_H

#include <stdbool.h>
#include <stddef.h>

#include "alert/alert.h"
#include "base/buf.h"
#include "base/mem.h"

enum record_type {
	RECORD_GONE,
	RECORD_STR,
	RECORD_I64,
	RECORD_U64,
	RECORD_INT,
	RECORD_BOOL,
	RECORD_CHARS,  /* a NUL-terminated text in an array of `size` */
	RECORD_LABELS, /* struct labels */
	RECORD_LIST,   /* a list that grows in the arena: see struct record_list */
	RECORD_ARRAY,  /* an array inside the struct */
};

struct record_shape;

struct record_list {
	const struct record_shape *shape; /* of an element; NULL: int64_t */
	size_t count;                     /* offset of the size_t that says how many there are */
	size_t capacity;                  /* offset of the size_t that says how many have room (RECORD_LIST) */
	size_t most;                      /* more of them are not read */
};

struct record_field {
	enum record_type type;
	size_t offset;
	const struct record_list *list; /* RECORD_LIST, RECORD_ARRAY */
	size_t size;                    /* RECORD_CHARS */
};

struct record_shape {
	const struct record_field *fields;
	size_t field_count;
	size_t size; /* of the struct */
};

/* `out` has no ceiling. */
void record_encode(struct buf *out, const struct record_shape *shape, const void *item);
/*
 * Into a zeroed struct. Text and labels become views of `bytes`, which must live as long as `arena`. Fields with numbers
 * beyond the table are skipped. False where the bytes are no message.
 */
bool record_decode(struct str bytes, const struct record_shape *shape, struct arena *arena, void *item);

/* Fields that may differ, by their offsets; and in the elements of one list, further ones. */
struct record_apart {
	const size_t *fields;
	size_t count;
	const struct record_list *list; /* NULL: of no list */
	const struct record_apart *in_list;
};
/* Two messages of this shape say the same but for those. False where either is no message of known fields. */
bool record_same_but(struct str a, struct str b, const struct record_shape *shape, const struct record_apart *apart);

#endif
