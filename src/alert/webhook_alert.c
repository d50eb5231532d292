/* One alert of a webhook body, made of the values that were read of it. */
#include <inttypes.h>
#include <string.h>

#include "base/time.h"
#include "webhook_impl.h"

/* Longer than any fingerprint a sender computes (Alertmanager: 16); what is longer is not shown. */
#define FINGERPRINT_SENT_MAX 128
#define FOUND_MAX 512 /* bytes of what was found in place of what should be there */

static const struct {
	const char *name, *says;
} flaws[ALERT_FLAWS] = {
	[ALERT_SOUND] = {"", ""},
	[ALERT_NO_OBJECT] = {"no_object", "this alert is no object, so nobody knows its labels"},
	[ALERT_ODD_LABELS] = {"labels", "labels that are no text"},
	[ALERT_LARGE_LABELS] = {"labels_size", "labels too large, cut"},
	[ALERT_ODD_STATUS] = {"status", "neither firing nor resolved, taken as firing"},
	[ALERT_ODD_TIME] = {"time", "a time that is none, left out"},
	[ALERT_ODD_TEXT] = {"text", "bytes that are no text, replaced"},
	[ALERT_ODD_ANNOTATIONS] = {"annotations", "annotations that are no text"},
	[ALERT_ODD_URL] = {"url", "a generatorURL that is none, left out"},
	[ALERT_LARGE_ANNOTATIONS] = {"annotations_size", "annotations too large, cut"},
};

const char *alert_flaw_name(enum alert_flaw flaw)
{
	return flaws[flaw].name;
}

/* ---- flaws ---- */

static void note_odd_labels(struct arena *arena, struct alert *alert, struct str found)
{
	struct json_token raw = {.kind = TOKEN_OBJECT, .raw = found, .replaced = found.n}; /* of them it may be all */
	found = json_token_text(arena, &raw, FOUND_MAX);
	struct label one = {STR(ALERT_FLAW_NOTE), str_c(flaws[alert->flaw].says)};
	if (found.n)
		one.value = str_c(arena_printf(arena, "%s: %.*s", flaws[alert->flaw].says, STR_ARG(found)));
	struct labels notes = {&one, 1};
	alert->annotations = labels_merge(arena, &notes, &alert->annotations);
}

void alert_add_flaw(struct arena *arena, struct alert *alert, enum alert_flaw flaw, struct str found)
{
	if (alert->flaw != ALERT_SOUND && alert->flaw <= flaw)
		return;
	alert->flaw = flaw;
	if (flaw != ALERT_LARGE_ANNOTATIONS)
		note_odd_labels(arena, alert, found);
}

/* ---- values ---- */

static bool is_absent(const struct json_token *t)
{
	return t->kind == TOKEN_MORE || t->kind == TOKEN_NULL || (t->kind == TOKEN_STRING && !t->raw.n);
}

static bool says(const struct json_token *t, const char *word)
{
	return t->kind == TOKEN_STRING && str_eq_c(t->raw, word);
}

void alert_set_status(struct arena *arena, struct alert *alert, const struct json_token *status)
{
	alert->resolved = says(status, "resolved");
	if (!is_absent(status) && !alert->resolved && !says(status, "firing"))
		alert_add_flaw(arena, alert, ALERT_ODD_STATUS, status->raw);
	if (!alert->resolved)
		alert->ends_at = 0; /* Prometheus announces a future end while firing */
}

static int64_t read_alert_time(struct arena *arena, struct alert *alert, const struct json_token *t)
{
	int64_t at = 0;
	if (is_absent(t))
		return 0;
	if (t->kind == TOKEN_STRING && time_parse(json_token_text(arena, t, 128), &at))
		return at;
	alert_add_flaw(arena, alert, ALERT_ODD_TIME, t->raw);
	return 0;
}

static struct str read_url(struct arena *arena, struct alert *alert, const struct json_token *t)
{
	size_t used;
	if (is_absent(t))
		return (struct str){"", 0};
	struct str url = json_token_text(arena, t, WEBHOOK_URL_MAX + 1);
	if (t->kind == TOKEN_STRING && json_fitting(url, WEBHOOK_URL_MAX, &used).n == url.n)
		return url;
	alert_add_flaw(arena, alert, ALERT_ODD_URL, t->raw);
	return (struct str){"", 0};
}

/* ---- who it is ---- */

static struct str sent_fingerprint(struct arena *arena, const struct json_token *t)
{
	if (is_absent(t) || (t->kind != TOKEN_STRING && t->kind != TOKEN_NUMBER) || t->raw.n > FINGERPRINT_SENT_MAX)
		return (struct str){0};
	return json_token_text(arena, t, FINGERPRINT_SENT_MAX);
}

/* What is not among the labels as it came, or was sent as a fingerprint of its own, makes another alert of it. */
static void identify(struct reading *r, struct alert *out, const struct labels *labels)
{
	struct str sent = sent_fingerprint(r->arena, &r->fingerprint);
	if (r->labels.known)
		memcpy(out->identity, r->labels.known->identity, sizeof out->identity);
	else
		labels_fingerprint(labels, out->identity);
	bool another = sent.n && !str_eq_c(sent, out->identity);
	if (another || r->labels.beyond != STR_FNV_SEED) {
		uint64_t hash = str_fnv1a(str_c(out->identity), r->labels.beyond);
		str_hex16(another ? str_fnv1a(sent, hash) : hash, out->identity);
	}
	out->fingerprint = sent.n ? sent : arena_str(r->arena, str_c(out->identity));
}

/* Where the source rearranges labels; `beyond` is of what is not among them. */
static void identify_rearranged(struct arena *arena, struct alert *alert, const struct labels *labels, uint64_t beyond)
{
	labels_fingerprint(labels, alert->identity);
	if (beyond != STR_FNV_SEED)
		str_hex16(str_fnv1a(str_c(alert->identity), beyond), alert->identity);
	alert->fingerprint = arena_str(arena, str_c(alert->identity));
}

/* While all of its labels are there. False: this can wait until the source's turn. */
static bool identify_before_cut(struct reading *r, struct alert *out, const struct labels *whole)
{
	const struct source_labels *source = r->labels.ranks->source;
	if (!source_labels_rearrange(source))
		return false;
	struct labels here = source_labels_of(source, r->arena, whole);
	identify_rearranged(r->arena, out, &here, r->labels.beyond);
	return true;
}

void alert_take_source(struct arena *arena, const struct source_labels *source, struct alert *alert, bool identify)
{
	alert->labels = source_labels_of(source, arena, &alert->labels);
	if (identify && source_labels_rearrange(source))
		identify_rearranged(arena, alert, &alert->labels, STR_FNV_SEED);
}

static void check_set(struct reading *r, struct alert *out, const struct label_set *set, enum alert_flaw odd)
{
	if (set->odd.n)
		alert_add_flaw(r->arena, out, odd, set->odd);
	if (set->odd_text)
		alert_add_flaw(r->arena, out, ALERT_ODD_TEXT, (struct str){0});
}

/* What is not all that its text says is read again each time. */
static bool is_sound(const struct label_set *set, bool cut)
{
	return !cut && !set->odd.n && !set->odd_text && set->beyond == STR_FNV_SEED;
}

static struct labels limited(struct reading *r, const struct label_set *set, struct labels sorted, size_t most,
                             bool *cut)
{
	if (set->known)
		return set->known->labels;
	struct labels kept = labels_limited(r->arena, sorted, most, set->ranks, cut);
	if (r->known && set->text.n && is_sound(set, *cut))
		kept = known_sets_keep(r->known, set->text, &kept)->labels;
	return kept;
}

/* False: who it is cannot be told later. */
static bool take_sets(struct reading *r, struct alert *out)
{
	bool cut_labels = r->labels.large, cut_annotations = r->annotations.large;
	struct labels labels = r->labels.known ? r->labels.known->labels : label_set_sorted(&r->labels);
	identify(r, out, &labels);
	out->labels = limited(r, &r->labels, labels, WEBHOOK_LABELS_MAX, &cut_labels);
	out->annotations =
		limited(r, &r->annotations, label_set_sorted(&r->annotations), WEBHOOK_ANNOTATIONS_MAX, &cut_annotations);
	check_set(r, out, &r->labels, ALERT_ODD_LABELS);
	check_set(r, out, &r->annotations, ALERT_ODD_ANNOTATIONS);
	if (cut_labels)
		alert_add_flaw(r->arena, out, ALERT_LARGE_LABELS, (struct str){0});
	if (cut_annotations)
		alert_add_flaw(r->arena, out, ALERT_LARGE_ANNOTATIONS, (struct str){0});
	return !(cut_labels && identify_before_cut(r, out, &labels));
}

void reading_begin(struct reading *r)
{
	label_set_begin(&r->labels);
	label_set_begin(&r->annotations);
	r->status = r->starts_at = r->ends_at = r->fingerprint = r->generator_url = r->whole = (struct json_token){0};
}

struct unfinished reading_end(struct reading *r, struct alert *out)
{
	bool object = r->whole.kind == TOKEN_MORE;
	*out = (struct alert){0};
	if (!object)
		label_set_none(&r->labels, &r->whole);
	struct unfinished lacks = {.status = is_absent(&r->status), .identity = take_sets(r, out)};
	if (!object)
		alert_add_flaw(r->arena, out, ALERT_NO_OBJECT, r->whole.raw);
	out->starts_at = read_alert_time(r->arena, out, &r->starts_at);
	out->ends_at = read_alert_time(r->arena, out, &r->ends_at);
	out->generator_url = read_url(r->arena, out, &r->generator_url);
	if (!lacks.status)
		alert_set_status(r->arena, out, &r->status);
	return lacks;
}
