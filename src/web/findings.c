/* Looks at the runbook folder as lint does, once for each configuration and day. */
#include "web/findings.h"

#include <string.h>

#include "base/time.h"
#include "lint/runbook_lint.h"

#define HASH_SIZE sizeof((struct config *)0)->hash

struct findings {
	struct background *background;
	struct lint lint;
	char hash[HASH_SIZE]; /* of the configuration that was looked at; empty: none yet */
	int64_t day;
	bool looking;
};

/* One look: the configuration stays as long. */
struct look {
	struct findings *f;
	struct config *config;
	int64_t now;
	struct lint lint;
};

struct findings *findings_new(struct background *b)
{
	struct findings *f = mem_zero(sizeof *f);
	f->background = b;
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
	                                   .on_disk = config_page_on_disk,
	                                   .receiver_known = config_tells,
	                                   .arg = (void *)(uintptr_t)config /* both only read it */};
	const struct catalog_text *text;

	lint_runbooks(&folder, out);
	for (size_t i = 0; (text = catalog_next_text(config->catalog, &i));) {
		AUTOFREE char *file = mem_str(text->path);
		lint_ignore(out, file, text->text);
	}
	lint_sort(out);
}

/* ---- on the thread, and back ---- */

static void look_run(void *arg)
{
	struct look *l = arg;
	look_at_folder(&l->lint, l->config, l->now);
}

static void look_done(void *arg, bool ran)
{
	struct look *l = arg;
	struct findings *f = l->f;

	f->looking = false;
	if (ran) {
		lint_release(&f->lint);
		f->lint = l->lint;
		memcpy(f->hash, l->config->hash, sizeof f->hash);
		f->day = l->now / TIME_DAY;
	} else {
		lint_release(&l->lint);
	}
	config_unref(l->config);
	mem_cleanup(&l);
}

/* Where too much waits for the thread, the next page asks again. */
static void look_anew(struct findings *f, const struct config *config, int64_t now)
{
	struct look *l = mem_zero(sizeof *l);

	*l = (struct look){.f = f, .config = config_ref((struct config *)(uintptr_t)config), .now = now};
	lint_init(&l->lint);
	f->looking = true;
	if (!background_do(f->background, look_run, look_done, l))
		look_done(l, false);
}

const struct lint *findings_of(struct findings *f, const struct config *config, int64_t now)
{
	bool known = strcmp(f->hash, config->hash) == 0;

	if ((!known || f->day != now / TIME_DAY) && !f->looking && folder_bytes(config->catalog) <= FINDINGS_FOLDER_MAX)
		look_anew(f, config, now);
	return known ? &f->lint : NULL;
}
