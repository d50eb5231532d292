/*
 * Any bytes as recorded history: a decision journal, saved webhooks, Alertmanager's event recorder. Every line is an event, part
 * of one, or counted as what it is not; events come in the order of time.
 */
#include <stdint.h>

#include "replay/history.h"

#include "parts.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void read_all(struct history *h, struct err *err)
{
	size_t events = 0;
	int64_t last = INT64_MIN;

	for (struct history_event *e; (e = history_next(h, err));) {
		must(e->at >= last);
		must(e->kind != HISTORY_BODY || e->hook.count <= WEBHOOK_ALERTS_MAX);
		last = e->at;
		events++;
		history_event_free(e);
	}
	must(history_figures(h)->unreadable <= history_figures(h)->lines + 1);
	must(events <= history_figures(h)->lines * 2 + 2);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTOERR struct err err = ERR_INIT;
	struct history *h = history_new(NULL);
	struct fuzz_file f;

	fuzz_file_open(&f, data, size);
	if (history_add(h, f.path, &err))
		read_all(h, &err);
	history_free(h);
	fuzz_file_close(&f);
	return 0;
}
