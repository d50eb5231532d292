/* The texts of the statements. */
#include "store/sqlite_db.h"

#define RECORD "i.key, i.number, i.ids, i.bytes"

/* The version that it has grows from itself: the first of its ids. */
#define OWNED_WITH_BASE "owned = 1, base_number = number, base_id = substr(ids, 1, instr(ids || ' ', ' ') - 1)"

#define FACTS_BUT_KEY                                                                                                  \
	"row_group = ?4, mark = ?5, counted = ?6, waits = ?7, starts_at = ?8, ends_at = ?9, episode = ?10,"                \
	" touched_at = ?11"
#define OF_KEY_AND_OWNER " WHERE source = ?1 AND fingerprint = ?2 AND key = ?3 AND owned = ?12"

const char *const sqlite_sql[SQLITE_STATEMENTS] = {
#define STATEMENT(name, text) [name] = text,
#include "store/sqlite_statements.def"
#undef STATEMENT
};
