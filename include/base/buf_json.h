/*
 * JSON into a buffer: the bytes land where they are to live.
 */
#ifndef BASE_BUF_JSON_H
#define BASE_BUF_JSON_H

#include <jansson.h>

#include "base/buf.h"

/*
 * As jansson writes it (JSON_COMPACT), as the next value of what stands in the buffer (json_writer.h). False when it cannot
 * be written, or the buffer has no room.
 */
bool buf_add_json(struct buf *out, const json_t *value);

#endif
