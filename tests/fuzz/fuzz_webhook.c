/* Any bytes as a webhook body: refused with a line, or alerts that keep their promises. */
#include <stdint.h>
#include <stdlib.h>

#include "alert/webhook.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds)
{
	if (!holds)
		abort();
}

static void check_labels(const struct labels *l)
{
	for (size_t i = 1; i < l->n; i++)
		must(str_cmp(l->v[i - 1].name, l->v[i].name) < 0);
}

static void check_alert(const struct alert *a)
{
	check_labels(&a->labels);
	check_labels(&a->annotations);
	must(a->fingerprint.n > 0);
	must(a->resolved || a->ends_at == 0);
	must(labels_has(&a->labels, STR("cluster")));
	size_t sum = 0;
	for (size_t i = 0; i < a->annotations.n; i++)
		sum += a->annotations.v[i].name.n + a->annotations.v[i].value.n;
	must(sum <= WEBHOOK_ANNOTATIONS_MAX);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTOARENA struct arena *arena = arena_new();
	AUTOERR struct err err = ERR_INIT;
	struct label cluster = {STR("cluster"), STR("eu1")};
	const struct labels source = {&cluster, 1};
	struct webhook w;
	if (!webhook_parse(arena, (struct str){(const char *)data, size}, &source, &w, &err)) {
		must(err.count == 1);
		return 0;
	}
	must(!err_any(&err) && w.truncated >= 0);
	check_labels(&w.group_labels);
	for (size_t i = 0; i < w.count; i++)
		check_alert(&w.alerts[i]);
	return 0;
}
