/* Findings as lines that editors read, and as JSON. */
#include <stdio.h>

#include "base/buf.h"
#include "incident/message.h"
#include "lint_impl.h"

/* ---- for people: a line each, as a compiler does, so that an editor can jump there ---- */

static void print_position(struct pos at)
{
	printf("%s", at.file ? at.file : "");
	if (at.line > 0)
		printf(":%d", at.line);
	if (at.line > 0 && at.column > 0)
		printf(":%d", at.column);
}

static void print_finding(const struct lint_finding *f)
{
	print_position(f->at);
	printf(": %s: %.*s [%s]\n", lint_level_name(f->level), STR_ARG(f->message), lint_codes[f->code].name);
	if (!f->other.file)
		return;
	printf("    ");
	print_position((struct pos){f->other.file, f->other.line, 0});
	printf(": see here\n");
}

static const char *plural_ending(size_t n)
{
	return n == 1 ? "" : "s";
}

void lint_print(const struct lint *l)
{
	size_t n[LINT_ERROR + 1] = {0}, known = 0;

	for (size_t i = 0; i < l->n; i++) {
		known += l->v[i].known;
		if (l->v[i].known)
			continue;
		print_finding(&l->v[i]);
		n[l->v[i].level]++;
	}
	printf("%zu error%s, %zu warning%s, %zu hint%s", n[LINT_ERROR], plural_ending(n[LINT_ERROR]), n[LINT_WARNING],
	       plural_ending(n[LINT_WARNING]), n[LINT_HINT], plural_ending(n[LINT_HINT]));
	if (known)
		printf(", %zu known", known);
	printf("\n");
}

/* ---- JSON ---- */

static json_t *number_or_null(int n)
{
	return n > 0 ? json_integer(n) : json_null();
}

static json_t *other(struct pos at)
{
	return at.file ? json_pack("{s:o, s:o}", "file", view_text(str_c(at.file)), "line", number_or_null(at.line))
	               : json_null();
}

json_t *lint_json(const struct lint *l)
{
	json_t *list = json_array();

	for (size_t i = 0; i < l->n; i++) {
		const struct lint_finding *f = &l->v[i];
		json_array_append_new(list, json_pack("{s:s, s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:b}", "code",
		                                      lint_codes[f->code].name, "level", lint_level_name(f->level), "file",
		                                      view_text(str_c(f->at.file)), "line", number_or_null(f->at.line),
		                                      "column", number_or_null(f->at.column), "message", view_text(f->message),
		                                      "other", other(f->other), "owner",
		                                      f->owner.n ? view_text(f->owner) : json_null(), "known", f->known));
	}
	return json_pack("{s:o}", "findings", list);
}

json_t *lint_uses_json(const struct runbook_uses *uses)
{
	json_t *list = json_array();

	for (size_t i = 0; i < uses->n; i++) {
		const struct runbook_use *u = &uses->v[i];
		json_array_append_new(
			list, json_pack("{s:o, s:o, s:I, s:I, s:I, s:I, s:I, s:I}", "path", view_text(u->runbook->path),
		                    "last_edited", view_text(u->edited_at ? u->runbook->last_updated : (struct str){NULL, 0}),
		                    "pages", (json_int_t)u->pages, "acknowledged", (json_int_t)u->acknowledged, "resolved",
		                    (json_int_t)u->resolved, "helped", (json_int_t)u->helped, "outdated",
		                    (json_int_t)u->outdated, "missing", (json_int_t)u->missing));
	}
	return list;
}
