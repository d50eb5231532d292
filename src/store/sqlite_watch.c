/* What may become of an open database behind our back: its name, its log, its size. */
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/sqlite_db.h"

/* https://sqlite.org/walformat.html: the index begins with a header in the machine's own byte order. */
#define INDEX_REGION 32768
#define INDEX_FRAMES_AT 16 /* how many frames of the log are valid */
#define INDEX_PAGES_AT 20  /* how many pages the database has */
#define LOG_HEADER 32
#define FRAME_HEADER 24

struct log_index {
	uint32_t frames, pages;
};

/* SQLite has it mapped already. It is read without a lock: what is half-written now is whole at the next look. */
static bool read_index(struct sqlite_db *db, struct log_index *out)
{
	sqlite3_file *f = NULL;
	void volatile *map = NULL;
	if (sqlite3_file_control(db->handle, "main", SQLITE_FCNTL_FILE_POINTER, &f) != SQLITE_OK || !f->pMethods ||
	    f->pMethods->iVersion < 2 || f->pMethods->xShmMap(f, 0, INDEX_REGION, 0, &map) != SQLITE_OK || !map)
		return false;
	out->frames = *(const volatile uint32_t *)((const volatile char *)map + INDEX_FRAMES_AT);
	out->pages = *(const volatile uint32_t *)((const volatile char *)map + INDEX_PAGES_AT);
	return true;
}

/* Shorter than the index says; or so short once that what was written since begins with a hole. */
static bool log_is_short(struct sqlite_db *db, const struct log_index *index)
{
	AUTOFREE char *name = mem_printf("%s-wal", db->file.real);
	static const unsigned char magic[] = {0x37, 0x7f, 0x06};
	unsigned char head[sizeof magic] = {0};
	struct stat st = {.st_size = 0};
	int fd = index->frames ? open(name, O_RDONLY | O_CLOEXEC | O_NONBLOCK) : -1; /* SQLite has no locks on it */
	if (fd < 0)
		return false;
	bool read = fstat(fd, &st) == 0 && pread(fd, head, sizeof head, 0) >= 0;
	close(fd);
	return read && (st.st_size < LOG_HEADER + index->frames * (FRAME_HEADER + db->page_size) ||
	                memcmp(head, magic, sizeof magic) != 0);
}

/* A foreign shell that copies the log into the database may empty it: then the index says so, if not yet, then now. */
static bool log_was_cut(struct sqlite_db *db)
{
	struct log_index first, second;
	return read_index(db, &first) && log_is_short(db, &first) && read_index(db, &second) &&
	       second.frames == first.frames && log_is_short(db, &second);
}

/* Nothing of ours makes a database smaller; a foreign VACUUM makes it just as large as the index says. */
static bool database_was_cut(struct sqlite_db *db)
{
	struct log_index index;
	return sqlite_file_shrunk(&db->file) && read_index(db, &index) &&
	       (int64_t)db->file.size < index.pages * db->page_size;
}

const char *sqlite_db_lost(struct sqlite_db *db)
{
	const char *lost = sqlite_file_lost(&db->file);
	if (!lost && log_was_cut(db))
		lost = "has a write-ahead log (-wal) that was cut off";
	if (!lost && database_was_cut(db))
		lost = "was cut off";
	if (!lost && db->damaged)
		lost = "is damaged";
	return lost;
}
