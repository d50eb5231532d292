/*
 * Base64 (RFC 4648), for authorization headers and mails.
 */
#ifndef BASE_BASE64_H
#define BASE_BASE64_H

#include "base/buf.h"

/* Appends `bytes` encoded; `line` > 0 puts a CRLF after every so many characters (a multiple of 4) and at the end. */
void base64_add(struct buf *b, struct str bytes, size_t line);

/* Appends what `text` says: the standard alphabet, padded. False (and nothing appended) where it is anything else. */
bool base64_decode(struct buf *b, struct str text);

#endif
