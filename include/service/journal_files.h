/*
 * The journal's files as they lie in its folder, for who fetches them: whoever asks must not mind waiting for a disk.
 */
#ifndef SERVICE_JOURNAL_FILES_H
#define SERVICE_JOURNAL_FILES_H

#include "base/buf.h"
#include "base/err.h"

#define JOURNAL_PIECE ((size_t)4 * 1024 * 1024)

/* 2026-11-30.jsonl or 2026-11-30.jsonl.gz. */
bool journal_file_valid(struct str name);
/* [{"name", "bytes"}], by name. False with a line in `err`. */
bool journal_files_list(const char *folder, struct buf *out, struct err *err);
/* At most JOURNAL_PIECE bytes of a file from `offset` on; none: its end. False with a line in `err`: it cannot be read, or is gone. */
bool journal_file_read(const char *folder, struct str name, int64_t offset, struct buf *out, struct err *err);

#endif
