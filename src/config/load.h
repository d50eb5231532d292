/*
 * One load of the configuration under way. Each part reads its section of runbookd.yml into the configuration and adds
 * what is wrong to `err`; nobody stops at the first mistake. Private to config/.
 */
#ifndef CONFIG_LOAD_H
#define CONFIG_LOAD_H

#include "files.h"

#define CONFIG_FILE_MAX (4 * 1024 * 1024)
#define RULE_FILE_MAX (16 * 1024 * 1024)
#define RULE_FILES_MAX 1000
#define RUNBOOK_MAX (1024 * 1024)
#define RUNBOOKS_BYTES_MAX (256 * 1024 * 1024)
#define SECRET_MAX (64 * 1024)
#define SOURCES_MAX 1000
#define RECEIVERS_MAX 1000

/* runbookd.yml by its keys. */
struct sections {
	struct strs rule_files, shadow_rule_files;
	bool rule_files_isolation;
	struct str time_zone, external_url;
	const struct yaml_node *sources, *catalog, *store, *dedup, *delivery, *defaults, *webhook, *access, *journal,
		*heartbeat, *ack, *receivers, *time_intervals;
};

struct loading {
	struct config *c;
	struct config_files *files;
	const struct config_options *options;
	struct err *err, *warnings;
	struct str dir; /* of runbookd.yml: "" or ending in '/' */
	const struct yaml_node *root;
	struct sections say;
	bool names_doubtful; /* receivers or catalog have mistakes: what others name cannot be looked up */
};

/* settings.c, access.c, heartbeat.c, ack.c, store.c, sources.c, receivers.c, catalog.c, schedules.c, defaults.c, terms.c, rules.c, references.c, hours.c: in this order */
void load_settings(struct loading *l);
void load_access(struct loading *l);
void load_heartbeat(struct loading *l);
void load_ack(struct loading *l);
void load_store(struct loading *l);
void load_sources(struct loading *l);
void load_receivers(struct loading *l);
void load_catalog(struct loading *l);
void load_catalog_names(struct loading *l); /* catalog.c */
void load_schedules(struct loading *l);
void load_defaults(struct loading *l);
void load_terms(struct loading *l);
void load_rules(struct loading *l);
void load_shadow_rules(struct loading *l); /* rules.c */
void load_references(struct loading *l);
void load_hours(struct loading *l); /* hours.c: warns of those that never open */

/* The rows of each section of runbookd.yml, in the file that reads it. */
extern const struct option_table sources_table, catalog_table, store_table, redis_table, dedup_table, delivery_table,
	defaults_table, webhook_table, access_table, journal_table, heartbeat_table, ack_table, receivers_table,
	receiver_tls_table;

/* zones.c: NULL in `out` is UTC. False with a line at `at`. */
bool load_zone(struct loading *l, struct str name, struct pos at, const struct zone **out);

/* receiver_network.c, for load_receivers(): `node` may be NULL. */
void load_receiver_tls(struct loading *l, const struct yaml_node *node, struct config_receiver *r);
void load_receiver_proxy(struct loading *l, struct str url, bool from_environment, struct pos at,
                         struct config_receiver *r);

/* roster.c, for config_load(). */
void load_roster(struct loading *l);

/* redis.c: store.redis, for load_store(). */
void load_redis(struct loading *l, const struct yaml_node *node);

/* isolation.c: every file in the version that is to be in force; for load_rules() where nothing else is wrong. */
void load_isolated_rules(struct loading *l);
/* Puts a rule file's text in force. */
void load_rule_text(struct loading *l, struct str path, struct str text);

/* Where a key's value stands in `map`; the map's own place where it has none. */
struct pos load_at(const struct yaml_node *map, const char *key);
/* `path` as a file next to runbookd.yml, in the configuration's arena; empty stays empty. */
struct str load_path(struct loading *l, struct str path);
/* A secret's file must be readable now, unless secrets need not be there. `what` names it in the message. */
void load_check_secret(struct loading *l, struct str file, struct pos at, const char *what);
/* Both an option and its _file twin: an error at the twin. */
void load_check_twins(struct loading *l, const struct yaml_node *map, const char *option, const char *what);
/* Their names, for "did you mean"; in the configuration's arena. */
struct strs load_receiver_names(const struct loading *l);
/* "does not exist; did you mean …?" or "is retired". */
const char *load_receiver_trouble(const struct loading *l, struct str name);
/* A receiver that may be named: it exists and is not retired. */
bool load_receiver_known(const struct config *c, struct str name);

/* secrets.c: the bytes of a secret's file without the line end at its end. False with a reason. */
bool secret_read(struct arena *arena, struct str file, struct str *out, const char **why);

/*
 * The same as several, one a line; empty lines and those that begin with '#' are none. At most SECRET_LINES_MAX. False
 * with a reason, where there is none too.
 */
#define SECRET_LINES_MAX 16
bool secret_lines(struct arena *arena, const struct config_secret *s, struct strs *out, const char **why);

/* A secret that says where requests go. */
bool secret_is_url(const struct receiver_kind *kind, const char *option);

#endif
