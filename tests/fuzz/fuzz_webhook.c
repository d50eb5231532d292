/* Any bytes as a webhook body: refused with a line, or alerts that keep their promises. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "alert/webhook.h"
#include "base/json_reader.h"
#include "parts.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_labels(const struct labels *l)
{
	for (size_t i = 1; i < l->n; i++)
		must(str_cmp(l->v[i - 1].name, l->v[i].name) < 0);
}

static size_t bytes_as_written(const struct labels *l)
{
	size_t sum = 0, used;
	for (size_t i = 0; i < l->n; i++) {
		must(str_is_utf8(l->v[i].name) && str_is_utf8(l->v[i].value));
		json_fitting(l->v[i].name, SIZE_MAX, &used);
		sum += used;
		json_fitting(l->v[i].value, SIZE_MAX, &used);
		sum += used;
	}
	return sum;
}

static void check_alert(const struct alert *a)
{
	check_labels(&a->labels);
	check_labels(&a->annotations);
	must(a->fingerprint.n > 0 && a->identity[0]);
	must(a->resolved || a->ends_at == 0);
	must(labels_has(&a->labels, STR("cluster")));
	must(bytes_as_written(&a->labels) <= WEBHOOK_LABELS_MAX + sizeof "clustereu1");
	must(bytes_as_written(&a->annotations) <= WEBHOOK_ANNOTATIONS_MAX + 8 * WEBHOOK_NOTE_MAX);
	bool silent = a->flaw == ALERT_SOUND || a->flaw == ALERT_LARGE_ANNOTATIONS;
	must(silent || labels_has(&a->annotations, STR(ALERT_FLAW_NOTE)));
}

/* In slices of whatever the input says: the same as in one go. */
static bool parse_in_pieces(struct arena *arena, struct str body, const struct source_labels *source, struct webhook *w,
                            struct err *err)
{
	struct webhook_parser *p = webhook_parser_new(arena, body, source, NULL);
	size_t bytes = body.n ? (unsigned char)body.p[body.n / 2] + (size_t)1 : 1;
	enum webhook_step step = WEBHOOK_MORE;
	while (step == WEBHOOK_MORE)
		step = webhook_parser_step(p, bytes, w, err);
	webhook_parser_free(p);
	return step == WEBHOOK_TAKEN;
}

static void check_same(const struct webhook *w, const struct webhook *whole)
{
	must(w->count == whole->count && w->truncated == whole->truncated && str_eq(w->group_key, whole->group_key));
	for (size_t i = 0; i < w->count; i++) {
		must(labels_equal(&w->alerts[i].labels, &whole->alerts[i].labels));
		must(memcmp(w->alerts[i].identity, whole->alerts[i].identity, sizeof w->alerts[i].identity) == 0);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTOARENA struct arena *arena = arena_new();
	AUTOERR struct err err = ERR_INIT;
	AUTOERR struct err again = ERR_INIT;
	struct label cluster = {STR("cluster"), STR("eu1")};
	const struct source_labels source = {.add = {&cluster, 1}};
	struct str body = {(const char *)data, size};
	struct webhook w, whole;
	bool taken = parse_in_pieces(arena, body, &source, &w, &err);
	must(webhook_parse(arena, body, &source, &whole, &again) == taken);
	if (!taken) {
		must(err.count == 1 && strcmp(err_first(&err), err_first(&again)) == 0);
		return 0;
	}
	must(!err_any(&err) && w.truncated >= 0);
	check_same(&w, &whole);
	check_labels(&w.group_labels);
	for (size_t i = 0; i < w.count; i++)
		check_alert(&w.alerts[i]);
	return 0;
}
