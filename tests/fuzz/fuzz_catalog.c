/*
 * A runbook folder, file by file: "path\ncontent", a NUL between them; what is called .yml is a catalog.yml, README.md the index.
 * All of it comes together to a catalog in which everything can be looked up by its own name, or mistakes have their lines.
 */
#include <stdint.h>

#include "catalog/catalog.h"
#include "catalog/pages.h"

#include "parts.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define FILES_MAX 16

static void add_fuzzed_page(struct catalog *c, struct str file, bool *indexed, struct err *err)
{
	ptrdiff_t line = str_index(file, '\n');
	struct str name = str_slice(file, 0, line < 0 ? file.n : (size_t)line);
	struct str text = str_slice(file, name.n + 1, file.n);
	AUTOFREE char *path = mem_str(name);

	if (!*path || name.n > CATALOG_NAME_MAX)
		return;
	if (str_ends(str_c(path), STR(".yml")))
		catalog_add_yaml(c, path, text, err);
	else if (!str_eq_c(str_c(path), "README.md"))
		catalog_add_runbook(c, path, text, err);
	else if (!*indexed) { /* a folder has one */
		*indexed = true;
		catalog_add_index(c, path, text, err);
	}
}

/* Whatever is named can be asked for, and so can what nobody named. */
static void look_up(const struct catalog *c)
{
	const struct severity *const *severities;
	const struct owner *const *owners;
	const struct runbook *const *books;
	struct str anchor;
	size_t n = catalog_severities(c, &severities), m = catalog_owners(c, &owners), k = catalog_runbooks(c, &books);

	for (size_t i = 0; i < n; i++)
		must(catalog_severity(c, severities[i]->name) != NULL);
	for (size_t i = 0; i < m; i++) {
		must(catalog_owner(c, owners[i]->name) == owners[i]);
		(void)owner_receivers_for(owners[i], STR("P0"));
	}
	for (size_t i = 0; i < k; i++) {
		must(catalog_runbook_at(c, books[i]->path, books[i]->anchor) != NULL);
		(void)catalog_runbook_by_heading(c, books[i]->title, &anchor);
		(void)catalog_page_by_tail(c, books[i]->path, 1);
		for (size_t a = 0; a < books[i]->alerts.n; a++)
			(void)catalog_runbook_by_alert(c, books[i]->alerts.v[a]);
	}
	(void)catalog_severity_near(c, STR("page-oncall"));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str rest = {(const char *)data, size};
	struct catalog *c = catalog_new();
	AUTOERR struct err err = ERR_INIT;
	bool indexed = false;

	catalog_set_folder_name(c, STR("runbooks"));
	for (int i = 0; i < FILES_MAX && rest.n; i++) {
		ptrdiff_t end = str_index(rest, '\0');
		struct str file = str_slice(rest, 0, end < 0 ? rest.n : (size_t)end);
		rest = str_slice(rest, file.n + 1, rest.n);
		add_fuzzed_page(c, file, &indexed, &err);
	}
	if (catalog_finish(c, &err))
		look_up(c);
	catalog_free(c);
	return 0;
}
