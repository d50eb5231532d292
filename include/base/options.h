/*
 * Tables of options: one row says an option's name, type, default, range and documentation; reading a YAML mapping into
 * a struct, --help and the reference in the README come from the same row.
 */
#ifndef BASE_OPTIONS_H
#define BASE_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/yaml.h"

enum option_type {
	OPTION_STR,      /* struct str */
	OPTION_BOOL,     /* bool: true, false (yes, no, on, off are errors with a hint) */
	OPTION_INT,      /* int64_t, within least..most */
	OPTION_FLOAT,    /* double, within least..most */
	OPTION_DURATION, /* int64_t ms, within least..most */
	OPTION_SIZE,     /* int64_t bytes: 512, 64KiB, 16MiB, 1GiB */
	OPTION_CHOICE,   /* int (an enum): index into `choices` */
	OPTION_STRS,     /* struct strs: a list of strings; a single scalar is a list of one */
	OPTION_NODE,     /* const struct yaml_node *: left for the caller; NULL when absent */
	OPTION_FOREIGN,  /* none of ours, but a key that people bring from elsewhere: an error that `doc` explains */
};

struct strs {
	struct str *v;
	size_t n;
};
bool strs_contain(const struct strs *list, struct str s); /* to the letter */

struct option_table;

struct option {
	const char *name;
	enum option_type type;
	size_t offset;              /* offsetof(struct target, member) */
	const char *fallback;       /* default in the option's own notation; NULL: zero */
	int64_t least, most;        /* both 0: no range */
	const char *const *choices; /* NULL-terminated */
	bool required;
	const char *doc;                  /* one sentence */
	const struct option_table *inner; /* OPTION_NODE: the rows of the mapping that stands there */
	bool list;                        /* … or of each mapping in the list that stands there */
	const char *form;                 /* OPTION_NODE without rows: what stands there, in a few words */
};

/*
 * The rows of one mapping of a file. Through `inner` a file is a tree of tables, which help and man pages print.
 * Rows that are put together when the program runs come from make(), into the arena.
 */
struct option_table {
	const struct option *rows;
	size_t count;
	const struct option *(*make)(struct arena *arena, size_t *count); /* instead of rows */
};
#define OPTION_TABLE(its_rows)                                                                                         \
	{                                                                                                                  \
		.rows = (its_rows), .count = sizeof(its_rows) / sizeof *(its_rows)                                             \
	}

/* Sets every member to its default. */
void options_defaults(const struct option *rows, size_t count, struct arena *arena, void *target);
/*
 * Reads a mapping into `target` (which holds the defaults). Unknown keys (with the nearest known name as a hint), wrong
 * types and values out of range are errors at their line and column; all of them are reported. A null value leaves the
 * default. `what` names the mapping in messages ("receiver", "store.redis").
 * `given`, when not NULL, has room for `count` flags: true where the file said something.
 */
bool options_read(const struct option *rows, size_t count, const struct yaml_node *map, const char *what,
                  struct arena *arena, void *target, bool *given, struct err *err);

/*
 * Calls `visit` for every row of a tree, a mapping's own row before those in it, OPTION_FOREIGN left out. `path` is how
 * people name it: "store.redis.timeout", "receivers[].name". It lives until visit() returns.
 */
typedef void option_visit(void *arg, struct str path, const struct option *row);
void options_walk(const struct option_table *table, option_visit *visit, void *arg);
/* "duration", "send or observe", "list of texts": what a row's value is, for people. */
void option_print_type(const struct option *row, struct buf *out);
/* "required", the default, or "" where nothing is the default. */
const char *option_default_text(const struct option *row);

/* The nearest of `names` within edit distance 2 (3 for long words), or NULL: "did you mean …". */
const char *options_nearest(struct str word, const char *const *names, size_t count);
/*
 * The nearest of `names` of which `word` is a slip of the keyboard, for words that may as well be right: one letter wrong,
 * missing or too many, or two neighbours swapped, for every four of it. Empty: none, and none for fewer than four letters.
 */
struct str options_slip_of(struct str word, const struct strs *names);
/* The end of a message: "; did you mean "x"?", or "" where none of `names` is near. */
const char *options_meant(struct arena *arena, struct str word, const struct strs *names);

#endif
