/*
 * The steps of an import: a tree of routes is read, made a list of rules, and beside it receivers are made of integrations.
 */
#ifndef SETUP_IMPORT_IMPL_H
#define SETUP_IMPORT_IMPL_H

#include "base/yaml.h"
#include "receivers/receiver.h"
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
	size_t number; /* among all routes of the tree; import_proofs_new() gives it */
};

void import_note(struct import *i, struct pos at, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
/* An integration of this receiver of theirs did not carry over: routes to it may tell nobody. */
void import_lose(struct import *i, struct str receiver);
/* A scalar's text; empty where there is none. */
struct str import_text(const struct yaml_node *map, const char *key);
/* A truth value in any of YAML's words; `otherwise` where nothing is said, and with a note where it is none. */
bool import_truth(struct import *i, const struct yaml_node *map, const char *key, bool otherwise);
bool import_truth_of(struct import *i, const struct yaml_node *node, const char *key, bool otherwise);
/* As it is written: scalars stay text but for true and false. */
json_t *import_value(const struct yaml_node *n);
/* A file that theirs names is relative to their file, and ours is elsewhere: from the root; in the import's arena. */
struct str import_file_path(struct import *i, const char *file, struct str path);
/* A list of scalars, or one scalar. */
struct strs import_list(struct import *i, const struct yaml_node *node);

/* NULL with lines in `err`. `parent` is NULL for the root. */
bool import_read_route(struct import *i, const struct yaml_node *node, const struct import_route *parent,
                       struct import_route *out, struct err *err);
/* NAME OP "VALUE", quoted as both of Alertmanager's parsers read it; in the import's arena. */
struct str import_matcher(struct import *i, struct str name, const char *op, struct str value);
/* `match:` and `match_re:` of old, `matchers:`, and Grafana's `object_matchers:`. */
bool import_read_matchers(struct import *i, const struct yaml_node *route, struct strs *out, struct err *err);
/* The same under "target_match:" or "source_match:" and so on: `before` is "target_" or "source_". */
bool import_read_matchers_of(struct import *i, const struct yaml_node *node, const char *before, struct strs *out,
                             struct err *err);

/* PagerDuty's orchestrations, as a tree of routes with receivers of their services. */
bool import_is_orchestration(const struct yaml_node *document);
bool import_read_orchestration(struct import *i, const struct import_options *o, const struct yaml_node *document,
                               struct import_route *root, json_t *receivers, struct err *err);

/*
 * What the matchers of two routes say of each other, by the proofs that lint makes about rules (lint/shadow.h). `p` may be
 * NULL, where there are too many routes: then nothing is proved.
 */
struct import_proofs;
/* Numbers the routes. The matchers are such as rules here take: import_check_matchers(). NULL: nothing will be proved. */
struct import_proofs *import_proofs_new(struct import_route *root);
void import_proofs_free(struct import_proofs *p);
bool import_never_both(struct import_proofs *p, const struct import_route *a, const struct import_route *b);
/* What `narrow` matches, `wide` matches. */
bool import_implies(struct import_proofs *p, const struct import_route *narrow, const struct import_route *wide);
/* Takes rules out that no alert reaches: their matchers never hold, or one before takes all of it. */
void import_drop_unreached(json_t *rules);

bool import_check_matchers(struct import *i, const struct import_route *root, struct err *err);

/* Fills i->rules; i->names must be there. */
bool import_make_rules(struct import *i, struct import_route *root, bool page_after, struct err *err);
/* Those of ours that one of theirs became; an empty list where it tells nobody. */
const json_t *import_receivers_of(const struct import *i, struct str name);

/*
 * A webhook's URL that is meant for runbookd: /api/v1/webhook, or one source's; `source` is what stands behind that, with
 * a slash that does not belong there. False: it is somebody else's.
 */
bool import_posts_here(struct str url, struct str *source);

/* import_hours.c: `mute` and `active` of a rule or a receiver, as the route has them. */
void import_set_hours(struct import *i, json_t *object, const struct import_route *r);
/* Those that the route's receiver became, as receivers of their own that wait for the route's hours. */
const json_t *import_receivers_in_hours(struct import *i, const struct import_route *r);

/* A name that no receiver of the list has: `name`, or that with the other word and a number. */
struct str import_free_name(struct import *i, const json_t *list, struct str name, const char *other);
/* The list `receivers:` of the configuration. */
bool import_alertmanager_receivers(struct import *i, const char *file, const struct yaml_node *document, json_t *out,
                                   struct err *err);
bool import_grafana_receivers(struct import *i, const char *file, const struct yaml_node *document, json_t *out,
                              struct err *err);
/*
 * One receiver of ours, on its way. begin() finds a free name near theirs; what is set goes into `receiver` (what stands
 * beside the kind) and `settings`. end() adds it to the list and to what theirs became; one that no configuration would
 * load with is left out instead, with a note that says why.
 */
struct import_making {
	struct import *import;
	const char *file; /* of theirs */
	const struct receiver_kind *kind;
	struct str theirs, name;
	struct pos at;
	json_t *receiver, *settings;
	size_t secrets; /* of the import, before it */
};
void import_making_begin(struct import_making *m, struct str name, const json_t *receivers);
bool import_making_end(struct import_making *m, json_t *receivers);
bool import_making_knows(const struct import_making *m, struct str option);
/* A value that is a secret, as a file. */
void import_making_secret(struct import_making *m, struct str option, struct str value);
/* Alertmanager's `http_config:`, which is partly settings of ours and partly stands beside the kind. */
void import_making_network(struct import_making *m, const struct yaml_node *http);
/* `tls_config:`, with the files that it names; certificates written in it become files. */
json_t *import_making_tls(struct import_making *m, const struct yaml_node *tls);

/* True where `api_url` is where Slack's bots post: then it is the bot's app_url. */
bool import_slack_address(struct import_making *m, struct str option, const struct yaml_node *value);
/* When all else is set: a bot, or a webhook; never both. */
void import_slack_settle(struct import_making *m, const struct yaml_node *config, const struct yaml_node *global);

/* The secret becomes a file; returns the path that the configuration names, in the import's arena. */
const char *import_secret(struct import *i, struct str receiver, struct str option, struct str value);
/* Go's template as our Mustache, where it only puts values into text; false where it does more. */
bool import_template(struct str go, struct buf *out);

#endif
