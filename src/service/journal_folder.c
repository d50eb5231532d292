/* The names in the journal's folder: which are of it, and which are of an earlier day. */
#include "service/journal_folder.h"

#include <dirent.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/time.h"

#define PACKED ".gz"

char *journal_day_name(int64_t day, char out[JOURNAL_DAY_MAX])
{
	time_t seconds = (time_t)(day * (TIME_DAY / TIME_SECOND));
	struct tm tm;

	gmtime_r(&seconds, &tm);
	strftime(out, JOURNAL_DAY_MAX, "%Y-%m-%d", &tm);
	return out;
}

static bool is_day_file(const char *name)
{
	for (size_t i = 0; i < JOURNAL_DAY_MAX - 1; i++) {
		bool dash = i == 4 || i == 7;
		if (dash ? name[i] != '-' : name[i] < '0' || name[i] > '9')
			return false;
	}
	return true;
}

static bool is_before(const char *name, int64_t day)
{
	char text[JOURNAL_DAY_MAX];
	return strncmp(name, journal_day_name(day, text), JOURNAL_DAY_MAX - 1) < 0;
}

static bool is_plain_file(const char *name)
{
	return is_day_file(name) && !strcmp(name + JOURNAL_DAY_MAX - 1, JOURNAL_SUFFIX);
}

static bool is_old(const char *name, int64_t oldest_day)
{
	return (is_plain_file(name) || (is_day_file(name) && !strcmp(name + JOURNAL_DAY_MAX - 1, JOURNAL_SUFFIX PACKED))) &&
	       is_before(name, oldest_day);
}

void journal_delete_old(const char *folder, int64_t today, int64_t retention_ms)
{
	DIR *dir = opendir(folder);

	if (!dir)
		return; /* writing fails too, and says so */
	for (struct dirent *e; (e = readdir(dir));) {
		if (is_old(e->d_name, today - retention_ms / TIME_DAY))
			unlinkat(dirfd(dir), e->d_name, 0);
	}
	closedir(dir);
}

char *journal_find_closed(const char *folder, int64_t today)
{
	DIR *dir = opendir(folder);
	char *found = NULL;

	for (struct dirent *e; dir && !found && (e = readdir(dir));) {
		if (!is_plain_file(e->d_name) || !is_before(e->d_name, today))
			continue;
		AUTOFREE char *packed = mem_printf("%s/%s" PACKED, folder, e->d_name);
		if (access(packed, F_OK) < 0)
			found = mem_printf("%s/%s", folder, e->d_name);
	}
	if (dir)
		closedir(dir);
	return found;
}
