/*
 * The steps of an import: a tree of routes is read, made a list of rules, and beside it receivers are made of integrations.
 */
#ifndef SETUP_IMPORT_IMPL_H
#define SETUP_IMPORT_IMPL_H

#include "base/yaml.h"
#include "setup/import.h"
#include "setup/new_folder.h"

/* One route, with what it inherits filled in. */
struct import_route {
	struct pos at;
	struct strs matchers;            /* in Alertmanager's syntax, all must hold; none: everything matches */
	struct strs annotation_matchers; /* likewise */
	struct str receiver;
	struct strs group_by; /* n = 0: one group for everything; ['...'] as it is written */
	struct str group_wait, group_interval, repeat_interval; /* as written; empty: nobody says */
	bool goes_on;                                           /* continue: true */
	struct strs mute, active;                               /* time intervals of this route alone: no child has them */
	struct str severity, summary, page_after;               /* of its rule; empty: nobody says */
	struct import_route *children;
	size_t count;
};

void import_note(struct import *i, struct pos at, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
/* A scalar's text; empty where there is none. */
struct str import_text(const struct yaml_node *map, const char *key);
/* As it is written: scalars stay text but for true and false. */
json_t *import_value(const struct yaml_node *n);
/* A list of scalars, or one scalar. */
struct strs import_list(struct import *i, const struct yaml_node *node);

/* NULL with lines in `err`. `parent` is NULL for the root. */
bool import_read_route(struct import *i, const struct yaml_node *node, const struct import_route *parent,
                       struct import_route *out, struct err *err);
/* NAME OP "VALUE", quoted as both of Alertmanager's parsers read it; in the import's arena. */
struct str import_matcher(struct import *i, struct str name, const char *op, struct str value);
/* `match:` and `match_re:` of old, `matchers:`, and Grafana's `object_matchers:`. */
bool import_read_matchers(struct import *i, const struct yaml_node *route, struct strs *out, struct err *err);

/* PagerDuty's orchestrations, as a tree of routes with receivers of their services. */
bool import_is_orchestration(const struct yaml_node *document);
bool import_read_orchestration(struct import *i, const struct import_options *o, const struct yaml_node *document,
                               struct import_route *root, json_t *receivers, struct err *err);

/* Fills i->rules; i->names must be there. */
bool import_make_rules(struct import *i, const struct import_route *root, bool page_after, struct err *err);
/* Those of ours that one of theirs became; an empty list where it tells nobody. */
const json_t *import_receivers_of(const struct import *i, struct str name);

/* The list `receivers:` of the configuration. */
bool import_alertmanager_receivers(struct import *i, const char *file, const struct yaml_node *document, json_t *out,
                                   struct err *err);
bool import_grafana_receivers(struct import *i, const char *file, const struct yaml_node *document, json_t *out,
                              struct err *err);
/* The secret becomes a file; returns the path that the configuration names, in the import's arena. */
const char *import_secret(struct import *i, struct str receiver, struct str option, struct str value);
/* Go's template as our Mustache, where it only puts values into text; false where it does more. */
bool import_template(struct str go, struct buf *out);

#endif
