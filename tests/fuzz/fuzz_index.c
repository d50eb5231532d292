/* Any page may be an index: whatever it holds, what is read from it stands on one of its lines and is text. */
#include <stdint.h>
#include <stdlib.h>

#include "catalog/facts.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define SIZE_MAX_READ (64 * 1024)

static int lines_in(struct str text)
{
	int n = 1;
	for (size_t i = 0; i < text.n; i++)
		n += text.p[i] == '\n' || text.p[i] == '\r';
	return n;
}

static void check_pos(struct pos at, int lines)
{
	if (!at.file || at.line < 1 || at.line > lines)
		abort();
}

static void check_books(const struct fact_runbook *books, size_t count, bool linked, int lines)
{
	for (size_t i = 0; i < count; i++) {
		check_pos(books[i].at, lines);
		if (!books[i].title.n || (books[i].path.n > 0) != linked || str_starts(books[i].path, STR("../")) ||
		    str_starts(books[i].path, STR("/")))
			abort();
	}
}

static void check_steps(const struct fact_escalation *e, int lines)
{
	check_pos(e->at, lines);
	for (size_t i = 0; i < e->step_count; i++)
		if (e->steps[i].after_ms < -1 || !e->steps[i].notify.n)
			abort();
}

static void check_words(struct arena *arena, struct str text)
{
	struct fact_duration d = fact_duration_read(arena, text);
	struct str date = fact_date_read(arena, text);
	if (d.ms < 0 || d.least_ms < 0 || (date.n && date.n != 7 && date.n != 10))
		abort();
	fact_severities_read(arena, text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str text = {(const char *)data, size < SIZE_MAX_READ ? size : SIZE_MAX_READ};
	AUTOARENA struct arena *arena = arena_new();
	struct facts f;
	const char *why = NULL;
	int lines = lines_in(text);
	check_words(arena, text);
	facts_read_index(arena, "README.md", STR("team/a"), text, &f, &why);
	check_books(f.runbooks, f.runbooks_count, true, lines);
	check_books(f.planned, f.planned_count, false, lines);
	for (size_t i = 0; i < f.escalations_count; i++)
		check_steps(&f.escalations[i], lines);
	for (size_t i = 0; i < f.severities_count; i++)
		check_pos(f.severities[i].at, lines);
	facts_release(&f);
	return 0;
}
