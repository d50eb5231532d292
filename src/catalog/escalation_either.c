/*
 * "Ben or Ana", "Ben/Ana": a step that leaves open which of them is told tells all of them, for one who is asked to choose at
 * night may be asleep. `check` says so.
 */
#include <string.h>

#include "catalog/reach.h"
#include "collect.h"
#include "index_impl.h"
#include "words/words.h"

static struct str without_either(struct str who)
{
	struct str role = escalation_role_in(who);
	if (role.n)
		return role;
	for (size_t n; (n = escalation_opens_with(who, WORD_ARTICLE)) > 0;)
		who = words_trim(str_slice(who, n, who.n));
	return who;
}

static size_t next_either(struct str text, size_t *length)
{
	const struct word_row *end;
	size_t best = text.n;
	for (const struct word_row *row = escalation_rows(WORD_EITHER, &end); row < end; row++) {
		size_t at = escalation_find(text, row->phrase);
		*length = at < best ? strlen(row->phrase) : *length;
		best = at < best ? at : best;
	}
	return best;
}

static struct strs either_parts(struct catalog *c, struct str text)
{
	struct strs out = {NULL, 0};
	while (text.n) {
		size_t length = 0, end = next_either(text, &length);
		struct str one = without_either(words_trim(str_slice(text, 0, end)));
		if (one.n)
			strs_add(c->arena, &out, one);
		text = str_slice(text, end + length, text.n);
	}
	return out;
}

/* "24/7 desk" and "QA/Release team" are one: a stroke parts those alone who are somebody, or roles, each by themselves. */
static bool are_several(const struct catalog *c, struct str text, struct strs parts)
{
	bool stroke = str_index(text, '/') >= 0, each = parts.n > 1;
	for (size_t i = 0; stroke && each && i < parts.n; i++)
		each = catalog_is_somebody(c, parts.v[i]) || escalation_role_in(parts.v[i]).n;
	return each;
}

static void add_name_once(struct arena *arena, struct strs *list, struct str name)
{
	if (!strs_have(list, name))
		strs_add(arena, list, name);
}

static void spread_step(struct catalog *c, struct escalation_step *step)
{
	struct strs notify = {NULL, 0};
	for (size_t i = 0; i < step->notify.n; i++) {
		struct str who = step->notify.v[i];
		struct strs parts = catalog_is_somebody(c, who) ? (struct strs){NULL, 0} : either_parts(c, who);
		if (!are_several(c, who, parts)) {
			add_name_once(c->arena, &notify, who);
			continue;
		}
		strs_add(c->arena, &step->either, who);
		for (size_t k = 0; k < parts.n; k++)
			add_name_once(c->arena, &notify, parts.v[k]);
	}
	step->notify = notify;
}

void escalations_spread(struct catalog *c)
{
	struct str key;
	void *value;
	for (size_t i = 0; map_next(c->escalations, &i, &key, &value);) {
		struct escalation *e = value;
		for (size_t k = 0; k < e->count; k++)
			spread_step(c, &e->steps[k]);
	}
}
