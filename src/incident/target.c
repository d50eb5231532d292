/* The names that an escalation's deliveries go by: see incident/target.h. */
#include "incident/target.h"

struct str step_target(struct arena *arena, struct str role, unsigned turn)
{
	return turn < 2 ? role : str_c(arena_printf(arena, "%.*s\n%u", STR_ARG(role), turn));
}

struct str step_target_role(struct str target)
{
	ptrdiff_t end = str_index(target, '\n');
	return end < 0 ? target : str_slice(target, 0, (size_t)end);
}

unsigned step_target_turn(struct str target)
{
	ptrdiff_t end = str_index(target, '\n');
	int64_t turn = 1;
	if (end < 0 || !str_to_i64(str_slice(target, (size_t)end + 1, target.n), &turn) || turn < 1 || turn > UINT16_MAX)
		return 1;
	return (unsigned)turn;
}

/* What one of another turn says of the order of the two: its turn is so much later; 0: it is about something else. */
static int turns_between(const struct incident *inc, const struct delivery *d, const struct delivery *other)
{
	if (other->from > inc->generation || !str_eq(other->receiver, d->receiver) ||
	    !str_eq(step_target_role(other->target), step_target_role(d->target)))
		return 0;
	return (int)step_target_turn(other->target) - (int)step_target_turn(d->target);
}

bool delivery_is_followed(const struct incident *inc, const struct delivery *d)
{
	for (size_t i = 0; i < inc->delivery_count && d->target.n; i++)
		if (turns_between(inc, d, &inc->deliveries[i]) > 0)
			return true;
	return false;
}

bool delivery_is_preceded(const struct incident *inc, const struct delivery *d)
{
	for (size_t i = 0; i < inc->delivery_count && d->target.n; i++)
		if (turns_between(inc, d, &inc->deliveries[i]) < 0)
			return true;
	return false;
}
