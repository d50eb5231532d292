/* How runbooks were used since they were last edited. */
#include "lint/runbook_use.h"

#include <stdlib.h>

#include "lint/runbook_lint.h"

#define USES_MAX 20000 /* different pages */

bool runbook_used_find(struct str verdict, enum runbook_used *out)
{
	static const struct {
		const char *word;
		enum runbook_used what;
	} rows[] = {{"helped", USED_HELPED}, {"outdated", USED_OUTDATED}, {"missing", USED_MISSING}};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		if (str_eq_c(verdict, rows[i].word)) {
			*out = rows[i].what;
			return true;
		}
	return false;
}

static struct runbook_use *use_of_runbook(struct runbook_uses *u, struct str path)
{
	ptrdiff_t hash = str_index(path, '#');
	const struct runbook *r = catalog_runbook(u->catalog, str_slice(path, 0, hash < 0 ? path.n : (size_t)hash));
	for (size_t i = 0; r && i < u->n; i++)
		if (u->v[i].runbook == r)
			return &u->v[i];
	if (!r || u->n == USES_MAX)
		return NULL;
	MEM_ROOM(u->v, u->n, u->capacity);
	u->v[u->n] = (struct runbook_use){.runbook = r, .edited_at = r->last_updated.n ? lint_date(r->last_updated) : 0};
	return &u->v[u->n++];
}

void runbook_uses_add(struct runbook_uses *u, struct str path, enum runbook_used what, int64_t at)
{
	struct runbook_use *use = path.n ? use_of_runbook(u, path) : NULL;
	if (!use || at < use->edited_at)
		return;
	size_t *const counts[USED_KINDS] = {
		[USED_PAGE] = &use->pages,    [USED_ACKNOWLEDGED] = &use->acknowledged, [USED_RESOLVED] = &use->resolved,
		[USED_HELPED] = &use->helped, [USED_OUTDATED] = &use->outdated,         [USED_MISSING] = &use->missing};
	++*counts[what];
}

void runbook_uses_release(struct runbook_uses *u)
{
	free(u->v);
	*u = (struct runbook_uses){.catalog = u->catalog};
}

static const char *plural_s(size_t n)
{
	return n == 1 ? "" : "s";
}

static void add_finding(const struct runbook_use *use, struct lint *out)
{
	const struct runbook *r = use->runbook;
	AUTOBUF struct buf said;
	buf_init(&said, 256);
	if (use->acknowledged)
		buf_printf(&said, ", %zu acknowledged", use->acknowledged);
	if (use->resolved)
		buf_printf(&said, ", %zu resolved", use->resolved);
	if (use->outdated)
		buf_printf(&said, ", %zu found it outdated", use->outdated);
	if (use->missing)
		buf_printf(&said, ", %zu missed something in it", use->missing);
	if (use->helped)
		buf_printf(&said, ", %zu were helped", use->helped);
	struct str since = use->edited_at ? r->last_updated : (struct str){NULL, 0};
	struct pos at = {arena_cstr(out->arena, r->path), 1, 1};
	struct lint_finding *f =
		lint_add(out, LINT_FOUND_OUTDATED, NULL, at, (struct pos){0}, "%zu page%s since %s%.*s%.*s", use->pages,
	             plural_s(use->pages), use->edited_at ? "last edited " : "the journal begins", STR_ARG(since),
	             STR_ARG(buf_str(&said)));
	f->owner = arena_str(out->arena, r->owner);
}

void lint_runbook_uses(const struct runbook_uses *u, struct lint *out)
{
	for (size_t i = 0; i < u->n; i++)
		if (u->v[i].outdated || u->v[i].missing)
			add_finding(&u->v[i], out);
}
