/*
 * A provider's words without what is the receiver's secret. Private to the receivers.
 */
#ifndef RECEIVERS_HIDDEN_H
#define RECEIVERS_HIDDEN_H

#include "base/buf.h"
#include "base/options.h"

/*
 * Appends `s` as clean text in one line, up to about `most` bytes in all: "<redacted>" stands for each of `hidden`, as it is
 * or escaped for a URL, JSON or HTML, in whatever case, and for what looks like a key. One of a few characters only counts
 * as a word of its own.
 */
void hidden_add_redacted(struct buf *b, struct str s, const struct strs *hidden, size_t most);

#endif
