#include "folder.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>

#include "conformance.h"

char *folder_new(void)
{
	const char *top = getenv("TMPDIR");
	char *path = mem_printf("%s/runbookd-store-XXXXXX", top && *top ? top : P_tmpdir);
	assert_non_null(mkdtemp(path));
	return path;
}

static int remove_store_file(const char *path, const struct stat *st, int type, struct FTW *where)
{
	(void)st;
	(void)type;
	(void)where;
	return remove(path);
}

void folder_remove(const char *path)
{
	assert_int_equal(nftw(path, remove_store_file, 16, FTW_DEPTH | FTW_PHYS), 0);
}
