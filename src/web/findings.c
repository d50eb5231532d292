/* Looks at the runbook folder as lint does, once for each configuration and day. */
#include "web/findings.h"

#include <string.h>
#include <unistd.h>

#include "base/time.h"
#include "lint/runbook_lint.h"

struct findings {
	struct lint lint;
	char hash[sizeof((struct config *)0)->hash]; /* of the configuration that was looked at; empty: none yet */
	int64_t day;
	bool too_large;
};

struct findings *findings_new(void)
{
	struct findings *f = mem_zero(sizeof *f);
	lint_init(&f->lint);
	return f;
}

void findings_free(struct findings *f)
{
	if (!f)
		return;
	lint_release(&f->lint);
	mem_cleanup(&f);
}

static bool lies_in_folder(void *arg, struct str path)
{
	const struct config *config = arg;
	AUTOFREE char *full = mem_printf("%.*s/%.*s", STR_ARG(config->runbook_folder), STR_ARG(path));
	return access(full, F_OK) == 0;
}

static bool receiver_is_there(void *arg, struct str name)
{
	const struct config_receiver *r = config_receiver(arg, name);
	return r && !r->retired;
}

static size_t folder_bytes(const struct catalog *catalog)
{
	const struct catalog_text *text;
	size_t n = 0;
	for (size_t i = 0; (text = catalog_next_text(catalog, &i));)
		n += text->text.n;
	return n;
}

static void look_at_folder(struct lint *out, const struct config *config, int64_t now)
{
	const struct lint_folder folder = {.rules = config->ruleset,
	                                   .catalog = config->catalog,
	                                   .as_of_ms = now,
	                                   .on_disk = lies_in_folder,
	                                   .receiver_known = receiver_is_there,
	                                   .arg = (void *)(uintptr_t)config /* both only read it */};
	const struct catalog_text *text;

	lint_runbooks(&folder, out);
	for (size_t i = 0; (text = catalog_next_text(config->catalog, &i));) {
		AUTOFREE char *file = mem_str(text->path);
		lint_ignore(out, file, text->text);
	}
	lint_sort(out);
}

const struct lint *findings_of(struct findings *f, const struct config *config, int64_t now)
{
	if (strcmp(f->hash, config->hash) != 0 || f->day != now / TIME_DAY) {
		lint_release(&f->lint);
		lint_init(&f->lint);
		memcpy(f->hash, config->hash, sizeof f->hash);
		f->day = now / TIME_DAY;
		f->too_large = folder_bytes(config->catalog) > FINDINGS_FOLDER_MAX;
		if (!f->too_large)
			look_at_folder(&f->lint, config, now);
	}
	return f->too_large ? NULL : &f->lint;
}
