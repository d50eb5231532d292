/*
 * JSON into a buffer, value by value and without a tree, compact as jansson writes it. A comma is put where what stands
 * there already asks for one. What is no UTF-8, and NUL, becomes U+FFFD, so what was written can be read by anybody.
 * That brackets match and that each value of an object has its name is the caller's to see to.
 *
 *     json_put_open(out, '{');
 *     json_put_name(out, STR("key"));
 *     json_put_text(out, key);
 *     json_put_close(out, '}');
 */
#ifndef BASE_JSON_WRITER_H
#define BASE_JSON_WRITER_H

#include <stdint.h>

#include "base/buf.h"

void json_put_next(
	struct buf *out); /* before a value that the caller writes himself: the comma, if there must be one */
void json_put_open(struct buf *out, char bracket); /* '{' or '[' */
void json_put_close(struct buf *out, char bracket);
void json_put_name(struct buf *out, struct str name);
/* A name of the program's own, quoted as it is to stand there: JSON_NAME("key"). */
#define JSON_NAME(literal) STR("\"" literal "\":")
void json_put_known_name(struct buf *out, struct str quoted);
void json_put_text(struct buf *out, struct str s);
void json_put_known(struct buf *out, struct str s); /* null where it is empty */
void json_put_time(struct buf *out, int64_t ms);    /* RFC 3339; null for 0 */
void json_put_integer(struct buf *out, int64_t n);

#endif
