/* Reads the responders of an opsgenie receiver, and writes them for the API. */
#include "opsgenie_responders.h"

#define RESPONDERS_MAX 50 /* of an alert, as Opsgenie documents it */

enum responder_type { RESPONDER_TEAM, RESPONDER_TEAMS, RESPONDER_USER, RESPONDER_ESCALATION, RESPONDER_SCHEDULE };
static const char *const types[] = {"team", "teams", "user", "escalation", "schedule", NULL};

#define AT(member) offsetof(struct opsgenie_responder, member)
static const struct option rows[] = {
	{.name = "id", .type = OPTION_STR, .offset = AT(id), .doc = "Its id there."},
	{.name = "name", .type = OPTION_STR, .offset = AT(name), .doc = "Its name; of teams several, with commas."},
	{.name = "username", .type = OPTION_STR, .offset = AT(username), .doc = "Of a user: the mail address."},
	{.name = "type",
     .type = OPTION_CHOICE,
     .offset = AT(type),
     .fallback = "team",
     .choices = types,
     .required = true,
     .doc = "What it is."},
};
#define ROWS (sizeof rows / sizeof *rows)
const struct option_table opsgenie_responders_table = OPTION_TABLE(rows);

static bool names_one(const struct opsgenie_responder *r, struct pos at, struct err *err)
{
	int named = (r->id.n > 0) + (r->name.n > 0) + (r->username.n > 0);
	if (named == 1)
		return true;
	err_at(err, at, "opsgenie: a responder has exactly one of \"id\", \"name\" and \"username\"");
	return false;
}

static void add_responder(struct opsgenie_responders *out, const struct opsgenie_responder *r)
{
	if (out->n < RESPONDERS_MAX)
		out->v[out->n] = *r;
	out->n++;
}

/* "teams" is one name after the other, each a team. */
static void take_responder(struct opsgenie_responders *out, const struct opsgenie_responder *r, struct arena *arena)
{
	struct str name = r->name;
	if (r->type != RESPONDER_TEAMS) {
		add_responder(out, r);
		return;
	}
	struct strs names = request_split(arena, &(struct strs){&name, 1});
	for (size_t i = 0; i < names.n; i++)
		add_responder(out, &(struct opsgenie_responder){.name = names.v[i], .type = RESPONDER_TEAM});
}

bool opsgenie_responders_read(const struct yaml_node *node, struct arena *arena, struct opsgenie_responders *out,
                              struct err *err)
{
	bool ok = true;
	*out = (struct opsgenie_responders){arena_alloc(arena, RESPONDERS_MAX * sizeof *out->v), 0};
	if (!node)
		return true;
	if (node->kind != YAML_LIST) {
		err_at(err, node->at, "opsgenie: \"responders\" must be a list of mappings, not a %s", yaml_kind_name(node));
		return false;
	}
	for (size_t i = 0; i < node->count; i++) {
		struct opsgenie_responder r;
		options_defaults(rows, ROWS, arena, &r);
		bool read = options_read(rows, ROWS, node->items[i], "responders", arena, &r, NULL, err);
		if (read && names_one(&r, node->items[i]->at, err))
			take_responder(out, &r, arena);
		else
			ok = false;
	}
	if (out->n <= RESPONDERS_MAX)
		return ok;
	err_at(err, node->at, "opsgenie: \"responders\" must be at most %d", RESPONDERS_MAX);
	return false;
}

json_t *opsgenie_responders_json(const struct opsgenie_responders *list)
{
	json_t *out = json_array();
	for (size_t i = 0; i < list->n; i++) {
		const struct opsgenie_responder *r = &list->v[i];
		json_t *one = json_pack("{ss}", "type", types[r->type]);
		request_set_text(one, "id", r->id);
		request_set_text(one, "name", r->name);
		request_set_text(one, "username", r->username);
		json_array_append_new(out, one);
	}
	return out;
}
