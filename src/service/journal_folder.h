/* The files in the journal's folder: YYYY-MM-DD.jsonl (UTC), with .gz behind it once it is packed. Of the journal's thread. */
#ifndef SERVICE_JOURNAL_FOLDER_H
#define SERVICE_JOURNAL_FOLDER_H

#include <stdint.h>

#define JOURNAL_DAY_MAX 11 /* YYYY-MM-DD and NUL */
#define JOURNAL_SUFFIX ".jsonl"

/* `day`: since 1970. Returns `out`. */
char *journal_day_name(int64_t day, char out[JOURNAL_DAY_MAX]);
/* Packed or not, what is of days before `today` less `retention_ms`. */
void journal_delete_old(const char *folder, int64_t today, int64_t retention_ms);
/* A file of a day before `today` that is not packed yet; the caller's. NULL: none. */
char *journal_find_closed(const char *folder, int64_t today);

#endif
