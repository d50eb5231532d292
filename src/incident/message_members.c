/*
 * Which members of an incident fire and which have recovered, by what tells them apart.
 */
#include <string.h>

#include "base/ascii.h"
#include "message_impl.h"

#define NAME_LABELS_MAX 4
#define NAME_BYTES_MAX 160

/* Labels that say where, in this order; the first of them go into a name where many labels differ. */
static const struct str telling[] = {{"instance", 8}, {"node", 4}, {"host", 4},      {"pod", 3},
                                     {"service", 7},  {"job", 3},  {"namespace", 9}, {"cluster", 7}};
#define TELLING (sizeof telling / sizeof *telling)

static uint64_t members_gone(const struct incident *inc)
{
	uint64_t firing = incident_firing(inc);
	return inc->count.total > firing ? inc->count.total - firing : 0;
}

struct str message_place(const struct incident *inc)
{
	for (size_t i = 0; i < TELLING; i++) {
		struct str value = labels_get(&inc->labels, telling[i]);
		if (value.n)
			return value;
	}
	return (struct str){NULL, 0};
}

/* ---- names ---- */

static bool is_in_title(struct str name)
{
	return str_eq_c(name, "alertname") || str_eq_c(name, "severity");
}

/* The labels that differ between members; of an alert that is alone all that say something. */
static struct labels distinguishing(const struct incident *inc, const struct incident_sample *s, struct arena *arena)
{
	struct labels out = {arena_alloc(arena, (s->labels.n + 1) * sizeof *out.v), 0};
	bool alone = labels_equal(&s->labels, &inc->labels);
	for (size_t i = 0; i < s->labels.n && !alone; i++) {
		const struct label *l = &s->labels.v[i];
		if (!labels_has(&inc->labels, l->name) || !str_eq(labels_get(&inc->labels, l->name), l->value))
			out.v[out.n++] = *l;
	}
	if (out.n)
		return out;
	for (size_t i = 0; i < s->labels.n; i++) {
		if (!is_in_title(s->labels.v[i].name))
			out.v[out.n++] = s->labels.v[i];
	}
	return out;
}

static size_t telling_rank(struct str name)
{
	for (size_t i = 0; i < TELLING; i++) {
		if (str_eq(name, telling[i]))
			return i;
	}
	return TELLING;
}

static void add_name_label(struct buf *b, const struct label *l)
{
	if (b->n)
		buf_add_c(b, ", ");
	message_add_line(b, l->name, NAME_BYTES_MAX);
	buf_add_c(b, "=");
	message_add_line(b, l->value, NAME_BYTES_MAX);
}

/* Those that say where come first, the others in the order of their names. */
static struct str labels_name(const struct labels *labels, struct arena *arena)
{
	AUTOBUF struct buf b;
	buf_init(&b, SIZE_MAX);
	size_t shown = 0, *ranks = arena_alloc(arena, (labels->n + 1) * sizeof *ranks);
	for (size_t i = 0; i < labels->n; i++)
		ranks[i] = telling_rank(labels->v[i].name);
	for (size_t rank = 0; rank <= TELLING; rank++) {
		for (size_t i = 0; i < labels->n && shown < NAME_LABELS_MAX; i++) {
			if (ranks[i] != rank)
				continue;
			add_name_label(&b, &labels->v[i]);
			shown++;
		}
	}
	if (labels->n > shown)
		buf_add_c(&b, ", …");
	return arena_str(arena, buf_str(&b));
}

static struct str member_name(const struct incident *inc, const struct incident_sample *s, struct arena *arena)
{
	struct labels labels = distinguishing(inc, s, arena);
	if (!labels.n)
		return s->fingerprint;
	if (labels.n > 1)
		return labels_name(&labels, arena);
	AUTOBUF struct buf b;
	buf_init(&b, SIZE_MAX);
	message_add_line(&b, labels.v[0].value, NAME_BYTES_MAX);
	return b.n ? arena_str(arena, buf_str(&b)) : labels_name(&labels, arena);
}

static void name_members(struct message_members *out, const struct incident *inc, bool firing, struct arena *arena)
{
	uint64_t known = 0;
	for (size_t i = 0; i < inc->sample_count; i++) {
		const struct incident_sample *s = &inc->sample[i];
		if (incident_sample_fires(inc, s) != firing)
			continue;
		known++;
		if (out->shown < MESSAGE_MEMBERS_MAX)
			out->v[out->shown++] = (struct message_member){member_name(inc, s, arena), s};
	}
	out->total = firing ? incident_firing(inc) : members_gone(inc);
	if (out->total < known)
		out->total = known;
}

void message_take_members(struct message *m, struct arena *arena)
{
	name_members(&m->firing, m->incident, true, arena);
	name_members(&m->recovered, m->incident, false, arena);
	m->since = incident_firing_since(m->incident);
}

int64_t incident_firing_since(const struct incident *inc)
{
	int64_t oldest = 0;
	bool some = false;
	for (size_t i = 0; i < inc->sample_count; i++)
		some = some || incident_sample_fires(inc, &inc->sample[i]);
	for (size_t i = 0; i < inc->sample_count; i++) {
		const struct incident_sample *s = &inc->sample[i];
		if ((!some || incident_sample_fires(inc, s)) && s->starts_at && (!oldest || s->starts_at < oldest))
			oldest = s->starts_at;
	}
	return oldest ? oldest : inc->started_at;
}

/* ---- the summary ---- */

/* As a word of its own: "node-1" is not in "node-10 is down". */
static bool text_names(struct str text, struct str word)
{
	for (size_t from = 0; word.n && from + word.n <= text.n; from++) {
		ptrdiff_t found = str_find(str_slice(text, from, text.n), word);
		if (found < 0)
			return false;
		from += (size_t)found;
		size_t end = from + word.n;
		bool begins = !from || !ascii_is_word_byte(text.p[from - 1]);
		if (begins && (end == text.n || !ascii_is_word_byte(text.p[end])))
			return true;
	}
	return false;
}

/* "node-1:9100", or what stands before the port. */
static bool text_names_value(struct str text, struct str value)
{
	ptrdiff_t colon = str_index(value, ':');
	return text_names(text, value) || (colon > 0 && text_names(text, str_slice(value, 0, (size_t)colon)));
}

static bool summary_names(const struct incident *inc, const struct incident_sample *s)
{
	for (size_t i = 0; i < s->labels.n; i++) {
		const struct label *l = &s->labels.v[i];
		if (!labels_has(&inc->labels, l->name) && text_names_value(inc->summary, l->value))
			return true;
	}
	return false;
}

static bool summary_names_any(const struct incident *inc, bool firing)
{
	for (size_t i = 0; i < inc->sample_count; i++) {
		if (incident_sample_fires(inc, &inc->sample[i]) == firing && summary_names(inc, &inc->sample[i]))
			return true;
	}
	return false;
}

/* "node-0 is down" is no longer so when node-0 has recovered and others of its group have not. */
struct str incident_summary(const struct incident *inc)
{
	if (inc->alertname.n && incident_speaker_left(inc))
		return inc->alertname;
	if (incident_speaker(inc))
		return inc->summary;
	if (!members_gone(inc) || !incident_firing(inc) || !inc->alertname.n || summary_names_any(inc, true))
		return inc->summary;
	return summary_names_any(inc, false) ? inc->alertname : inc->summary;
}
