/* One configuration loaded from a temporary folder, with what was said about it. */
#ifndef TESTS_CONFIG_LOADED_H
#define TESTS_CONFIG_LOADED_H

#include "config/config.h"
#include "folder.h"

/* A receiver that every valid case needs. */
#define RECEIVERS "receivers:\n  - name: oncall\n    webhook: {url: http://127.0.0.1:9199/hook}\n"

struct loaded {
	struct config *config; /* NULL when it was refused */
	struct config_files *files;
	struct buf errors, warnings; /* one a line, without the folder's path */
};

/* config/runbookd.yml of the folder; `extra` without its file. */
void load_with(const struct folder *f, const struct config_options *extra, struct loaded *out);
void load_folder(const struct folder *f, struct loaded *out);
/* Writes it first. */
void load_text(const struct folder *f, const char *text, struct loaded *out);
void loaded_release(struct loaded *l);
#define AUTOLOADED __attribute__((cleanup(loaded_release)))

const char *errors(const struct loaded *l);
const char *warnings(const struct loaded *l);

#endif
