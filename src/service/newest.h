/*
 * Records as this router's last commits left them: what a change that commits in any case may begin with, instead of loading.
 * Where another router was faster since, the commit conflicts, and the record is loaded after all. The least lately used are
 * forgotten beyond a ceiling.
 */
#ifndef SERVICE_NEWEST_H
#define SERVICE_NEWEST_H

#include "store/store.h"

#define NEWEST_RECORDS_MAX 4096
#define NEWEST_BYTES_MAX ((size_t)4 << 20)

struct newest;
struct newest *newest_new(void);
void newest_free(struct newest *n);
/* A copy is kept. */
void newest_keep(struct newest *n, const struct store_record *record);
void newest_forget(struct newest *n, struct str key);
/* NULL: not known. Valid until the next call. */
const struct store_record *newest_find(struct newest *n, struct str key);

#endif
