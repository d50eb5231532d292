/* Each field of a plan as text, so that two plans are compared by what people read. */
#include "rules/plan_changes.h"

#include "base/buf.h"
#include "base/time.h"

#define LIST_MAX ((size_t)64 * 1024)

static struct str comma_list(struct arena *arena, const struct strs *list)
{
	AUTOBUF struct buf out;

	buf_init(&out, LIST_MAX);
	for (size_t i = 0; i < list->n; i++)
		buf_printf(&out, "%s%.*s", i ? ", " : "", STR_ARG(list->v[i]));
	return arena_str(arena, buf_str(&out));
}

static struct str duration_text(struct arena *arena, int64_t ms)
{
	char text[TIME_DURATION_MAX];

	return arena_str(arena, str_c(time_duration_format(ms, text)));
}

static struct str page_field_text(struct arena *arena, const struct plan *p)
{
	(void)arena;
	return p->page ? STR("true") : STR("false");
}

static struct str runbook_text(struct arena *arena, const struct plan *p)
{
	(void)arena;
	return p->runbook.value;
}

static struct str severity_text(struct arena *arena, const struct plan *p)
{
	(void)arena;
	return p->severity.name;
}

static struct str owner_text(struct arena *arena, const struct plan *p)
{
	(void)arena;
	return p->owner.name;
}

static struct str receivers_text(struct arena *arena, const struct plan *p)
{
	return comma_list(arena, &p->receivers.names);
}

static struct str escalation_text(struct arena *arena, const struct plan *p)
{
	(void)arena;
	return p->escalation.name;
}

/* The labels that group_by resolves to: two ways of writing it that make the same incidents give the same text. */
static struct str group_text(struct arena *arena, const struct plan *p)
{
	return labels_format(arena, &p->group.labels);
}

static struct str repeat_text(struct arena *arena, const struct plan *p)
{
	return duration_text(arena, p->repeat_interval.ms);
}

static struct str page_after_text(struct arena *arena, const struct plan *p)
{
	return duration_text(arena, p->page_after.ms);
}

static struct str resolve_hold_text(struct arena *arena, const struct plan *p)
{
	return duration_text(arena, p->resolve_hold.ms);
}

static struct str heartbeat_text(struct arena *arena, const struct plan *p)
{
	return p->heartbeat.ms ? duration_text(arena, p->heartbeat.ms) : (struct str){NULL, 0};
}

static struct str hours_text(struct arena *arena, const struct plan *p)
{
	const struct hours_said *said = &p->hours.said;
	struct str active = comma_list(arena, &said->active), mute = comma_list(arena, &said->mute);

	if (p->hours.ignored || (!active.n && !mute.n))
		return (struct str){NULL, 0};
	return str_c(arena_printf(arena, "%s%.*s%s%s%.*s", active.n ? "active " : "", STR_ARG(active),
	                          active.n && mute.n ? ", " : "", mute.n ? "mute " : "", STR_ARG(mute)));
}

static struct str summary_text(struct arena *arena, const struct plan *p)
{
	(void)arena;
	return p->summary.text;
}

static const struct {
	const char *name;
	struct str (*text)(struct arena *arena, const struct plan *p);
} fields[] = {
	{"page", page_field_text},        {"severity", severity_text},
	{"receivers", receivers_text},    {"owner", owner_text},
	{"runbook", runbook_text},        {"escalation", escalation_text},
	{"group_by", group_text},         {"page_after", page_after_text},
	{"repeat_interval", repeat_text}, {"resolve_hold", resolve_hold_text},
	{"heartbeat", heartbeat_text},    {"hours", hours_text},
	{"summary", summary_text},
};
#define FIELDS (sizeof fields / sizeof *fields)
_Static_assert(FIELDS <= PLAN_CHANGES_MAX, "each field may differ");

size_t plan_changes(const struct plan *before, const struct plan *after, struct arena *arena,
                    struct plan_change out[PLAN_CHANGES_MAX])
{
	size_t n = 0;

	for (size_t i = 0; i < FIELDS; i++) {
		struct str x = fields[i].text(arena, before), y = fields[i].text(arena, after);
		if (!str_eq(x, y))
			out[n++] = (struct plan_change){fields[i].name, x, y};
	}
	return n;
}
