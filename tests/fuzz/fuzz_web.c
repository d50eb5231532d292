/* Any bytes as a --web.config.file: it is refused with lines that say where, or every part of it can be used. */
#include <stdint.h>
#include <string.h>

#include "config/web.h"

#include "parts.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTOERR struct err err = ERR_INIT, warnings = ERR_INIT;
	struct fuzz_file f;

	fuzz_file_open(&f, data, size);
	struct web_config *w = web_config_load(f.path, &err, &warnings);
	must((w != NULL) != err_any(&err));
	for (size_t i = 0; w && i < w->user_count; i++)
		must(w->users[i].hash[0] == '$' && memchr(w->users[i].name.p, ':', w->users[i].name.n) == NULL);
	for (size_t i = 0; w && i < w->header_count; i++)
		must(!strpbrk(w->headers[i].name, "\r\n:") && !strpbrk(w->headers[i].value, "\r\n"));
	web_config_free(w);
	fuzz_file_close(&f);
	return 0;
}
