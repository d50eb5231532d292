/*
 * What runbookctl help prints and the manual pages hold: topics, each a text beside the sources (src/help/NAME.md) and the rows
 * of the table that parses what it explains.
 */
#ifndef HELP_HELP_H
#define HELP_HELP_H

#include <stdbool.h>
#include <stddef.h>

#include "help/manual.h"

struct topic {
	const char *name;
	const char *title;
	const char *from, *to;                    /* the text, Markdown; both NULL: none */
	void (*print)(const struct manual *page); /* what follows it; NULL: nothing */
	const char *settings; /* a key of runbookd.yml whose settings are listed behind that; NULL: none */
};

size_t help_topics(const struct topic **out);
const struct topic *help_topic_find(const char *name); /* NULL where there is none */
void help_print_topic(const struct manual *page, const struct topic *topic);

void help_print_daemon(const struct manual *page); /* daemon_flags.c: the command line of runbookd */

/* help_rows.c: the parts that are tables. */
void help_print_settings(const struct manual *page);
/* Those at or below `path` ("dedup", "store.redis.tls"); how many there were. */
size_t help_print_settings_of(const struct manual *page, const char *path);
struct arena;
/* "; did you mean "dedup.repeat_interval"?", or "" where no setting is near. */
const char *help_meant_setting(struct arena *arena, const char *path);
void help_print_rules(const struct manual *page);
void help_print_catalog(const struct manual *page);
void help_print_web(const struct manual *page);
void help_print_lint(const struct manual *page);
void help_print_metrics(const struct manual *page);
void help_print_journal(const struct manual *page);
void help_print_templates(const struct manual *page);
void help_print_receivers(const struct manual *page);
struct receiver_kind;
void help_print_kind(const struct manual *page, const struct receiver_kind *kind);

#endif
