/*
 * Commands of runbookctl: each is a file with one struct cmd and one line in the table of commands.c.
 */
#ifndef CTL_CMD_H
#define CTL_CMD_H

#include <jansson.h>

#include "base/mem.h"
#include "base/str.h"
#include "ctl/http_config.h"
#include "help/flags.h"

enum ctl_status { CTL_OK, CTL_FAILED, CTL_USAGE };

/* What every command is handed. */
struct ctl {
	struct arena *arena;
	const struct flags *flags; /* the global flags and the command's own */
	const char *const *words;  /* what stands behind the command's name */
	size_t word_count;
	bool json;          /* -o json */
	bool sarif;         /* -o sarif, where the command has it */
	const char *folder; /* --output=DIR, where the command writes one; NULL: not given */
	const char *config_file;
	struct http_config http; /* --http.config.file */
	const char *url;         /* of the daemon, without a trailing '/' */
};

struct cmd {
	const char *name;
	const char *arguments; /* for the usage line */
	const char *doc;
	const struct flag *flags;
	size_t flag_count;
	const char *words;  /* what may stand first behind the name, blanks between, for completion; NULL: anything */
	bool sarif;         /* can print SARIF */
	bool writes_folder; /* --output may name a folder */
	const char *topic;  /* of help, printed below --help, too; NULL: none */
	enum ctl_status (*run)(struct ctl *c);
};

extern const struct cmd cmd_backtest, cmd_catalog, cmd_check, cmd_coverage, cmd_explain, cmd_test, cmd_lint, cmd_send,
	cmd_incidents, cmd_noise, cmd_oncall, cmd_status, cmd_store, cmd_receivers, cmd_import, cmd_init, cmd_help, cmd_why,
	cmd_diff, cmd_shadow, cmd_completion, cmd_silence, cmd_postmortem, cmd_postmortems;

/* commands.c: in the order in which help lists them; find: NULL where there is none. */
size_t ctl_commands(const struct cmd *const **out);
const struct cmd *ctl_command_find(const char *name);
size_t ctl_flags(const struct flag **out); /* those that every command has */

/* "runbookctl: error: …" on stderr. */
void ctl_error(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void ctl_errors(const struct err *err);
/* A first word that `cmd` does not take, or too few or many behind it: says how it is used, and which word was meant. */
enum ctl_status ctl_bad_words(const struct cmd *cmd, const char *word);
/* Adds "name=value" pairs to an object of texts; false where one is none, which has been said. */
bool ctl_add_pairs(json_t *object, const char *const *pairs, size_t count);
/* One JSON document on stdout. */
void ctl_print_json(const json_t *document);

#endif
