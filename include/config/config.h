/*
 * The configuration: runbookd.yml and everything it names (rule files, catalog files, runbook folder, templates), read
 * completely or not at all. Immutable once loaded and shared by reference count: a request that began under one keeps it.
 *
 * Files are read through a config_files, which is the disk or a snapshot: every good load can be written as a snapshot
 * (one file, mode 0600), and a start with a bad configuration falls back to the last good set.
 */
#ifndef CONFIG_CONFIG_H
#define CONFIG_CONFIG_H

#include "alert/source_labels.h"
#include "base/err.h"
#include "base/hash.h"
#include "base/map.h"
#include "base/options.h"
#include "catalog/reach.h"
#include "catalog/schedule.h"
#include "config/access.h"
#include "incident/incident.h"
#include "io/http_client.h"
#include "receivers/receiver.h"
#include "rules/ruleset.h"

struct config_source { /* sources: */
	struct str name;
	struct source_labels labels;
	struct strs alertmanagers;
	bool parts; /* its webhooks do not state whole groups */
	struct pos at;
};

struct config_secret { /* one secret of one receiver: inline, or a file that is read when used */
	const char *option;
	struct str value; /* inline; empty when it is in a file */
	struct str file;  /* absolute or relative to the working directory; empty when inline */
};

struct config_receiver {
	struct str name;
	const struct receiver_kind *kind;
	enum receiver_use use;
	void *settings;
	struct config_secret *secrets;
	size_t secret_count;
	double rate_per_second; /* 0: unlimited */
	int rate_burst;
	struct str fallback; /* empty: the default receivers */
	bool send_resolved, retired, allow_http;
	struct hours_said hours; /* when it may be told: incident/delivery_hours.h */
	bool stakeholders;       /* audience: see incident/communication.h */
	size_t digest_above;     /* 0: never */
	bool updates;            /* update_on, see incident_terms */
	int64_t update_interval;
	const struct zone *zone; /* of the times in its pages, and of its nights; NULL: UTC */
	bool own_zone;           /* itself says so, or whose it is */
	struct night night;      /* of whose it is, where he says so (own_night) */
	bool own_night;
	struct template *title, *text;     /* NULL: what the message says */
	const struct http_client_tls *tls; /* NULL: as the system has it */
	enum http_client_proxy proxy;
	const char *proxy_url;
	struct pos at;
	char fingerprint[HASH_HEX_MAX]; /* of its definition: a reload compares */
};

struct config_sentinel {
	struct str master; /* empty: none */
	struct strs addresses;
	struct str username, password, password_file;
};

struct config_redis_tls {
	bool given;
	struct str ca_file, cert_file, key_file, server_name;
	bool insecure_skip_verify;
};

struct config_redis {
	bool given;
	struct str address; /* host:port or /path/to/socket; empty with Sentinels */
	struct str username, password, password_file, prefix;
	int64_t db, timeout_ms;
	struct config_sentinel sentinel;
	struct config_redis_tls tls;
	struct pos at;
};

struct config_heartbeat { /* heartbeat: */
	bool given;
	struct config_secret url;
	int64_t every, timeout;
	const char *method;
	bool allow_http;
};

struct config_ack { /* ack: */
	struct config_secret secret;
	int64_t valid; /* of a link, ms */
};

enum delivery_mode { DELIVERY_SEND, DELIVERY_OBSERVE };

struct config_rule_file { /* one that is in force, as it was read */
	struct str path, text;
};

struct config {
	struct arena *arena;
	int references;
	struct str file;    /* runbookd.yml as named on the command line */
	char hash[17];      /* of every byte read, 16 hex digits: metric config_hash, status */
	double hash_number; /* the same as a number that a double holds exactly (48 bits) */

	const struct zone *zone;            /* of time_zone; NULL: UTC */
	struct map *zones;                  /* those that were asked for, by name */
	struct str time_zone, external_url; /* external_url without a trailing '/' */
	struct config_source *sources;
	size_t source_count;
	struct strs asked_sources; /* those with Alertmanagers that are asked about silences */
	struct {
		struct str sqlite_path;
		struct config_redis redis;
		bool reject_on_redis_failure;
		int64_t retention;
	} store;
	struct incident_policy policy;
	struct {
		enum delivery_mode mode;
		int64_t lease;
	} delivery;
	struct plan_defaults defaults;
	struct {
		int64_t max_body;
		int64_t max_connections;
		int64_t max_connections_per_address; /* 0: three quarters of them */
		struct str bearer_tokens_file, hmac_secret_file;
	} webhook;
	struct {
		struct str path; /* empty: no journal */
		int64_t retention;
	} journal;
	struct config_access access;
	struct config_heartbeat heartbeat;
	struct config_ack ack;
	struct config_receiver *receivers;
	size_t receiver_count;
	struct catalog *catalog;
	struct str runbook_folder; /* as it was read; empty: none. The catalog's paths are relative to it */
	struct ruleset *ruleset;
	struct strs rule_files; /* as found, in order */
	struct ruleset *shadow; /* of shadow_rule_files: evaluated beside the live one, nothing is sent; NULL: none */
	struct strs shadow_files;
	struct config_rule_file *rules_in_force;
	size_t rules_in_force_count;
	/* rule_files_isolation: what is wrong with files that are in force in an older version or not at all; else empty */
	struct err isolated;
	bool names_doubtful; /* read tolerantly: what rules name cannot be looked up, receivers or catalog have errors */
};

/* Where bytes come from; and what was read, for the hash and the snapshot. */
struct config_files;
struct config_files *config_files_disk(void);
struct config_files *config_files_snapshot(const char *snapshot, struct err *err); /* NULL when unreadable */
void config_files_free(struct config_files *f);
/* Every path read through it so far, in order; valid while it lives. */
struct strs config_files_names(const struct config_files *f);
/* What was read, or is in the snapshot, under this path; nothing is read now. False when there is nothing. */
bool config_files_text(const struct config_files *f, struct str path, struct str *out);
/* Writes what was read through `f` (atomically: temporary file, fsync, rename). */
bool config_files_save(const struct config_files *f, const char *snapshot, struct err *err);

struct config_options {
	const char *file;         /* runbookd.yml */
	const char *external_url; /* overrides the file's; NULL: not given */
	bool no_secrets;          /* secret files need not be readable (CI) */
	bool reads_only;          /* nothing will be sent: receivers need not be there */
	bool tolerant;            /* for lint: what could be read is returned, and the errors as well */
	/*
	 * The daemon honours `rule_files_isolation`; whoever checks wants the errors. A rule file with errors then counts as
	 * `running` has it, else as it is in `last_good` (both may be NULL), else it is left out. See config.isolated.
	 */
	bool isolate;
	const struct config *running;
	const struct config_files *last_good;
	/* Where nothing else says: how this machine itself is reached; NULL: pages that would need one carry no link. */
	const char *external_url_default;
};
/* What runbookd.yml may say. */
extern const struct option_table config_table;

/*
 * NULL with lines in `err`: every error of every file. Lines in `warnings` do not hinder. (`tolerant` returns a
 * configuration with lines in `err`, unless runbookd.yml itself cannot be read.)
 * Lines name their file, so that `check` can say SUCCESS or FAILED for each of config_files_names().
 */
struct config *config_load(const struct config_options *options, struct config_files *files, struct err *err,
                           struct err *warnings);
struct config *config_ref(struct config *c);
void config_unref(struct config *c); /* NULL is fine */

const char *config_mode_name(const struct config *c);                                   /* "send", "observe" */
const struct config_receiver *config_receiver(const struct config *c, struct str name); /* NULL when unknown */
/* For whoever asks by a callback, whose `arg` is the configuration: is it a receiver that is told, and not a retired one? */
bool config_tells(void *arg, struct str receiver);
/* Likewise: does the runbook folder hold this path now? Asks the disk. */
bool config_page_on_disk(void *arg, struct str path);
const struct config_source *config_source(const struct config *c, struct str name);
/* The text of a secret's file, without the line breaks at its end; read now, never longer than SECRET_MAX. False with a line in `err`. */
bool config_read_secret(struct arena *arena, struct str file, struct str *out, struct err *err);

/* A page of this receiver (NULL: of one that is gone) at `ms` costs somebody his night, by the clock where he is. */
bool config_is_night(const struct config *c, const struct config_receiver *r, int64_t ms);
/* A zone of the system's by its name ("Europe/Berlin"); false when there is none. NULL in `out` is UTC. */
bool config_zone(const struct config *c, struct str name, const struct zone **out);
struct calendar_zones config_zones(struct config *c);
/* Whom a role reaches at a moment; false when no receiver does. All bytes are the configuration's, or in `arena`. */
bool config_reach(const struct config *c, struct str role, int64_t now, struct arena *arena, struct reached *out);
/* …and whether any could. */
bool config_reaches(const struct config *c, struct str role);
/* Where a schedule's calendar is polled; a file is read now. False with a line in `err`. */
bool config_calendar_url(const struct config *c, const struct schedule *s, struct arena *arena, struct str *out,
                         struct err *err);

/*
 * The last good copy of a polled calendar, beside the store's file: it is what is in force after a restart until the URL
 * answers, and what runbookctl goes by.
 */
struct calendar_copy {
	struct str etag; /* the server's mark of this version; empty: it gave none */
	struct str text;
	int64_t fetched_at; /* when the URL said it last, or that it is unchanged (wall clock) */
};
/* False where there is none, or it is of another URL, or damaged. */
bool calendar_copy_read(const struct config *c, const struct schedule *s, struct str url, struct arena *arena,
                        struct calendar_copy *out);
bool calendar_copy_write(const struct config *c, const struct schedule *s, struct str url,
                         const struct calendar_copy *copy, struct err *err);
/* The URL said again that the copy is right. */
void calendar_copy_confirm(const struct config *c, const struct schedule *s, int64_t now);

/* The secrets of a receiver as the kind's build wants them, without what its callback is proved by; files are read now. False with a line in `err`. */
bool config_receiver_secrets(const struct config_receiver *r, struct arena *arena, struct receiver_secret **out,
                             size_t *count, struct err *err);
/*
 * One secret of a receiver that may be several at a time, one a line, as they are replaced; none where it is not set. A
 * file is read now. False with a line in `err`.
 */
bool config_receiver_secret(const struct config_receiver *r, const char *option, struct arena *arena, struct strs *out,
                            struct err *err);
/* The same of ack: the first signs, all verify; none where the store keeps it. */
bool config_ack_secrets(const struct config *c, struct arena *arena, struct strs *out, struct err *err);
/* What heartbeat: pings; a file is read now. False with a line in `err`. Only where it is given. */
bool config_heartbeat_url(const struct config *c, struct arena *arena, struct str *out, struct err *err);

#endif
