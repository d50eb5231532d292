/* Somebody's alertmanager.yml, or Grafana's policies: refused with lines, or rules that our own reader takes. */
#include <stdint.h>

#include "rules/ruleset.h"
#include "setup/import.h"

#include "parts.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct import_options plain = {.file = "alertmanager.yml"},
									   waits = {.file = "alertmanager.yml", .page_after = true};
	struct str text = {(const char *)data, size};

	for (int i = 0; i < 2; i++) {
		AUTOERR struct err err = ERR_INIT;
		struct import out;
		bool ok = import_read(&out, i ? &waits : &plain, text, &err);
		must(ok != err_any(&err));
		must(!ok || json_array_size(out.rules) <= IMPORT_RULES_MAX);
		import_release(&out);
	}
	return 0;
}
