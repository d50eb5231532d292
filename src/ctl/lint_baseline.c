/*
 * Known findings: {"findings": [{"code", "file", "message"}]}. Lines are left out, so that it stays true when they move.
 */
#include <stdint.h>
#include <stdlib.h>

#include "base/map.h"
#include "ctl/json.h"
#include "incident/message.h"
#include "lint_impl.h"
#include "setup/file.h"

#define BASELINE_MAX (64 * 1024 * 1024)

static char *finding_identity(struct str code, struct str file, struct str message)
{
	return mem_printf("%.*s\n%.*s\n%.*s", STR_ARG(code), STR_ARG(file), STR_ARG(message));
}

/* How often each finding is known; a count is kept in place of a pointer. */
static struct map *count_entries(const json_t *list)
{
	struct map *counts = map_new();
	const json_t *entry;
	size_t i;

	json_array_foreach(list, i, entry)
	{
		AUTOFREE char *key =
			finding_identity(json_text(entry, "code"), json_text(entry, "file"), json_text(entry, "message"));
		map_set(counts, str_c(key), (void *)((uintptr_t)map_get(counts, str_c(key)) + 1));
	}
	return counts;
}

static void mark_known_findings(struct lint *l, struct map *counts)
{
	for (size_t i = 0; i < l->n; i++) {
		struct lint_finding *f = &l->v[i];
		AUTOFREE char *key = finding_identity(str_c(lint_codes[f->code].name), str_c(f->at.file), f->message);
		uintptr_t left = (uintptr_t)map_get(counts, str_c(key));
		f->known = left > 0;
		if (left == 1)
			map_remove(counts, str_c(key));
		else if (left > 1)
			map_set(counts, str_c(key), (void *)(left - 1));
	}
}

bool lint_baseline_apply(struct lint *l, const char *file, struct err *err)
{
	AUTOBUF struct buf text;
	json_error_t where;

	buf_init(&text, BASELINE_MAX);
	if (!file_read(file, &text, err))
		return false;
	json_t *document = json_loadb(text.p ? text.p : "", text.n, 0, &where);
	const json_t *list = json_object_get(document, "findings");
	if (json_is_array(list)) {
		struct map *counts = count_entries(list);
		mark_known_findings(l, counts);
		map_free(counts);
	} else {
		err_add(err, "%s: not a baseline as --write-baseline writes it%s%s", file, document ? "" : ": ",
		        document ? "" : where.text);
	}
	bool good = json_is_array(list);
	json_decref(document);
	return good;
}

static int add_baseline_bytes(const char *p, size_t n, void *out)
{
	buf_add(out, (struct str){p, n});
	return 0;
}

bool lint_baseline_write(const struct lint *l, const char *file, struct err *err)
{
	json_t *list = json_array();
	AUTOBUF struct buf text;

	buf_init(&text, BASELINE_MAX);
	for (size_t i = 0; i < l->n; i++) {
		const struct lint_finding *f = &l->v[i];
		json_array_append_new(list, json_pack("{s:s, s:o, s:o}", "code", lint_codes[f->code].name, "file",
		                                      view_text(str_c(f->at.file)), "message", view_text(f->message)));
	}
	json_t *document = json_pack("{s:o}", "findings", list);
	json_dump_callback(document, add_baseline_bytes, &text, JSON_INDENT(1));
	json_decref(document);
	buf_add_char(&text, '\n');
	return file_write(file, buf_str(&text), err);
}
