/* Rule files that the configuration does not name, with its catalog and defaults: for whoever asks what they would do. */
#include <glob.h>

#include "cmd_backtest_impl.h"
#include "setup/file.h"

#define RULE_FILE_MAX ((size_t)16 * 1024 * 1024)

static bool receiver_is_known(void *arg, struct str name)
{
	return config_receiver(arg, name) != NULL;
}

static void add_rules(struct ruleset *rs, const char *path, struct err *err)
{
	AUTOBUF struct buf text;

	buf_init(&text, RULE_FILE_MAX);
	if (file_read(path, &text, err))
		ruleset_add_file(rs, path, buf_str(&text), err);
}

/* Files of tests are not rules, as in the configuration. */
static void add_rule_files_of(struct ruleset *rs, const char *pattern, struct err *err)
{
	glob_t found;
	int problem = glob(pattern, GLOB_BRACE | GLOB_TILDE, NULL, &found);

	if (problem) {
		err_add(err, "%s: %s", pattern, problem == GLOB_NOMATCH ? "there is no such file" : "cannot be searched");
		return;
	}
	for (size_t i = 0; i < found.gl_pathc; i++)
		if (!str_ends(str_c(found.gl_pathv[i]), STR("_test.yml")) &&
		    !str_ends(str_c(found.gl_pathv[i]), STR("_test.yaml")))
			add_rules(rs, found.gl_pathv[i], err);
	globfree(&found);
}

struct ruleset *rules_load(const struct config *c, const char *const *patterns, size_t n, struct err *err)
{
	AUTOERR struct err warnings = ERR_INIT;
	struct ruleset *rs = ruleset_new(c->catalog, &c->defaults);

	for (size_t i = 0; i < n; i++)
		add_rule_files_of(rs, patterns[i], err);
	if (!err_any(err) && ruleset_finish(rs, receiver_is_known, (void *)(uintptr_t)c, err, &warnings))
		return rs;
	ruleset_free(rs);
	return NULL;
}
