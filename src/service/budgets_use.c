/* What follows from a budget that is used up: the chat instead, or words on the page; and the report of what was used. */
#include <string.h>

#include "service/budgets_impl.h"

#define SAID_MAX ((size_t)1024)

/* ---- what follows from it ---- */

static bool is_used_up(const struct budget *b, bool night)
{
	const struct page_budget *said = b->said;
	bool pages = said->pages != BUDGET_UNBOUNDED && b->pages >= (uint64_t)said->pages;
	bool nights = said->nights != BUDGET_UNBOUNDED && b->nights >= (uint64_t)said->nights;

	return pages || (night && nights);
}

static bool is_night_for(const struct config *c, const struct plan *plan, int64_t now)
{
	for (size_t i = 0; i < plan->receivers.names.n; i++) {
		const struct config_receiver *r = config_receiver(c, plan->receivers.names.v[i]);
		if (budget_counts(r) && config_is_night(c, r, now))
			return true;
	}
	return false;
}

static void add_text_once(struct strs *list, struct str name)
{
	for (size_t i = 0; i < list->n; i++)
		if (str_eq(list->v[i], name))
			return;
	list->v[list->n++] = name;
}

static size_t receivers_of_owner(const struct owner *owner)
{
	size_t n = 0;

	for (size_t i = 0; owner && i < owner->receivers_count; i++)
		n += owner->receivers[i].receivers.n;
	return n;
}

/* The plan's receivers that wake nobody, and the owner's chat. False where that has none. */
static bool chat_instead(const struct config *c, const struct plan *plan, struct arena *arena, struct strs *out)
{
	const struct owner *owner = plan->owner.entry;
	bool found = false;

	out->v = arena_alloc(arena, (plan->receivers.names.n + receivers_of_owner(owner) + 1) * sizeof *out->v);
	for (size_t i = 0; i < plan->receivers.names.n; i++)
		if (!budget_counts(config_receiver(c, plan->receivers.names.v[i])))
			add_text_once(out, plan->receivers.names.v[i]);
	for (size_t i = 0; owner && i < owner->receivers_count; i++) {
		const struct strs *names = &owner->receivers[i].receivers;
		for (size_t k = 0; k < names->n; k++) {
			const struct config_receiver *r = config_receiver(c, names->v[k]);
			if (!r || r->use != RECEIVER_CHAT)
				continue;
			add_text_once(out, names->v[k]);
			found = true;
		}
	}
	return found;
}

static bool sends_to_chat(const struct budget *b, bool night)
{
	return b && b->said->when_exceeded == BUDGET_CHAT && is_used_up(b, night);
}

bool budgets_apply(struct budgets *b, const struct config *c, struct plan *plan, struct arena *arena)
{
	struct strs chat = {NULL, 0};
	int64_t now = budgets_now(b);

	if (!b->list || !b->list->n || !plan->page || plan->severity.rank == 0 || plan_watches(plan))
		return false;
	bool night = is_night_for(c, plan, now);
	struct budget *owner = budget_of(b, NOISE_OWNER, plan->owner.name),
				  *rule = budget_of(b, NOISE_RULE, plan->rule ? plan->rule->name : (struct str){NULL, 0});
	budget_bring_up_to_date(owner, now);
	budget_bring_up_to_date(rule, now);
	if ((!sends_to_chat(owner, night) && !sends_to_chat(rule, night)) || !chat_instead(c, plan, arena, &chat))
		return false;
	plan->receivers.names = chat;
	plan->escalation.name = (struct str){NULL, 0};
	plan->escalation.entry = NULL;
	return true;
}

static void add_used(struct buf *out, const struct budget *b, const char *what, uint64_t used, int64_t allowed)
{
	char per[TIME_DURATION_MAX];

	if (allowed != BUDGET_UNBOUNDED && used >= (uint64_t)allowed)
		buf_printf(out, "%s%.*s: %llu %s in %s, %lld allowed", out->n ? "; " : "", STR_ARG(b->name),
		           (unsigned long long)used, what, time_duration_format(b->said->per, per), (long long)allowed);
}

static void add_used_words(struct buf *out, const struct budget *b, bool night)
{
	if (!b || b->said->when_exceeded == BUDGET_COUNT || !is_used_up(b, night))
		return;
	add_used(out, b, "pages", b->pages, b->said->pages);
	add_used(out, b, "pages at night", b->nights, b->said->nights);
}

struct str budgets_words(const struct budgets *b, struct str rule, struct str owner, bool night, struct arena *arena)
{
	AUTOBUF struct buf out;
	struct budget *both[] = {budget_of(b, NOISE_OWNER, owner), budget_of(b, NOISE_RULE, rule)};

	buf_init(&out, SAID_MAX);
	for (size_t i = 0; i < sizeof both / sizeof *both; i++) {
		budget_bring_up_to_date(both[i], budgets_now(b));
		add_used_words(&out, both[i], night);
	}
	return arena_str(arena, buf_str(&out));
}

/* ---- the report ---- */

static json_t *allowed_view(int64_t n)
{
	return n == BUDGET_UNBOUNDED ? json_null() : json_integer((json_int_t)n);
}

static json_t *budget_view(const struct budget *b)
{
	char per[TIME_DURATION_MAX];

	if (!b)
		return json_null();
	return json_pack("{s:s, s:o, s:o, s:I, s:I, s:s, s:b}", "per", time_duration_format(b->said->per, per), "pages",
	                 allowed_view(b->said->pages), "nights", allowed_view(b->said->nights), "used_pages",
	                 (json_int_t)b->pages, "used_nights", (json_int_t)b->nights, "when_exceeded",
	                 page_budget_action((enum budget_action)b->said->when_exceeded), "used_up", is_used_up(b, true));
}

void budgets_add_to_noise(const struct budgets *b, enum noise_by by, json_t *report)
{
	json_t *row;
	size_t i;

	if (by != NOISE_OWNER && by != NOISE_RULE)
		return;
	json_array_foreach(json_object_get(report, "rows"), i, row)
	{
		const char *name = json_string_value(json_object_get(row, "name"));
		struct budget *of = budget_of(b, by, str_c(name));
		budget_bring_up_to_date(of, budgets_now(b));
		json_object_set_new(row, "budget", budget_view(of));
	}
}
