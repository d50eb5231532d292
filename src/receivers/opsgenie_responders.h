/*
 * Who Opsgenie tells of an alert, with Alertmanager's field names. Private to the receivers.
 */
#ifndef RECEIVERS_OPSGENIE_RESPONDERS_H
#define RECEIVERS_OPSGENIE_RESPONDERS_H

#include "request.h"

struct opsgenie_responder {
	struct str id, name, username; /* one of the three */
	int type;
};

struct opsgenie_responders {
	struct opsgenie_responder *v;
	size_t n;
};

extern const struct option_table opsgenie_responders_table;

/* `node` may be NULL: nobody. False with lines in `err`. */
bool opsgenie_responders_read(const struct yaml_node *node, struct arena *arena, struct opsgenie_responders *out,
                              struct err *err);
/* The list as the API takes it. */
json_t *opsgenie_responders_json(const struct opsgenie_responders *list);

#endif
