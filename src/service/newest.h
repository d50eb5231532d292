/*
 * Records as this router's last commits left them, and members as those commits wrote them: what a change may begin with,
 * instead of loading. Where another router was faster since, the commit conflicts, and the record is loaded after all. The
 * least lately used are forgotten beyond a ceiling.
 */
#ifndef SERVICE_NEWEST_H
#define SERVICE_NEWEST_H

#include "store/store.h"

#define NEWEST_RECORDS_MAX 4096
#define NEWEST_BYTES_MAX ((size_t)2 << 20)
#define NEWEST_MEMBERS_MAX 256 /* of one record */

struct newest;
struct newest *newest_new(void);
void newest_free(struct newest *n);
/* A copy is kept; the members that are known of it stay. */
void newest_keep(struct newest *n, const struct store_record *record);
/* What a commit at `now` has written of members of a record that is kept. Whoever came from another one is forgotten there. */
void newest_learn(struct newest *n, const struct store_commit *done, int64_t now);
/* Whether it was done is not known: of neither its record nor where its members were anything is known any more. */
void newest_doubt(struct newest *n, const struct store_commit *c);
void newest_forget(struct newest *n, struct str key);
/* NULL: not known. Valid until the next call. */
const struct store_record *newest_find(struct newest *n, struct str key);
/* The member of this record with this source and fingerprint. NULL: not known, or the store may have forgotten it. */
const struct member *newest_member(struct newest *n, struct str key, const struct member *who, int64_t now);

#endif
