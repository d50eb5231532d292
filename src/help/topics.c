/*
 * The topics of runbookctl help. What is a table of the program is printed from that table, the rest is in NAME.md.
 */
#include <string.h>

#include "base/embed.h"
#include "base/mem.h"
#include "help/help.h"

EMBED(help_rules_md, "src/help/rules.md");
EMBED(help_lint_md, "src/help/lint.md");
EMBED(help_catalog_md, "src/help/catalog.md");
EMBED(help_sites_md, "src/help/sites.md");
EMBED(help_pages_md, "src/help/pages.md");
EMBED(help_coverage_md, "src/help/coverage.md");
EMBED(help_escalation_md, "src/help/escalation.md");
EMBED(help_silences_md, "src/help/silences.md");
EMBED(help_stakeholders_md, "src/help/stakeholders.md");
EMBED(help_dedup_md, "src/help/dedup.md");
EMBED(help_receivers_md, "src/help/receivers.md");
EMBED(help_acknowledge_md, "src/help/acknowledge.md");
EMBED(help_templates_md, "src/help/templates.md");
EMBED(help_promises_md, "src/help/promises.md");
EMBED(help_store_md, "src/help/store.md");
EMBED(help_heartbeat_md, "src/help/heartbeat.md");
EMBED(help_operating_md, "src/help/operating.md");
EMBED(help_access_md, "src/help/access.md");
EMBED(help_proxies_md, "src/help/proxies.md");
EMBED(help_journal_md, "src/help/journal.md");

#define TEXT(name) .from = help_##name##_md, .to = help_##name##_md_end
static const struct topic topics[] = {
	{"settings", "every setting of runbookd.yml, with type and default", .print = help_print_settings},
	{"rules", "rule files: matching, fields, tests", TEXT(rules), .print = help_print_rules},
	{"lint", "the codes of runbookctl lint, and how to silence one", TEXT(lint), .print = help_print_lint},
	{"dedup", "what one incident is, and what is told of it", TEXT(dedup), .settings = "dedup"},
	{"catalog", "runbooks, severities, owners: the folder and catalog.yml", TEXT(catalog), .print = help_print_catalog},
	{"sites", "where a generator builds a site of the runbooks", TEXT(sites), .settings = "catalog.site"},
	{"pages", "the runbook pages that runbookd serves", TEXT(pages)},
	{"coverage", "which alerts have no runbook", TEXT(coverage)},
	{"escalation", "escalation, hours, and who is on call", TEXT(escalation), .settings = "time_intervals"},
	{"silences", "what Alertmanager is asked, and silences from here", TEXT(silences), .settings = "sources"},
	{"stakeholders", "who waits for the end: updates, post-mortems, drills", TEXT(stakeholders)},
	{"receivers", "who can be told, and every option of every kind", TEXT(receivers), .print = help_print_receivers},
	{"acknowledge", "links that acknowledge, and what providers send back", TEXT(acknowledge), .settings = "ack"},
	{"templates", "what title, text, dedup_key and body may name", TEXT(templates), .print = help_print_templates},
	{"promises", "what is promised, and what is not", TEXT(promises)},
	{"store", "SQLite, Redis, failover, maintenance", TEXT(store), .settings = "store"},
	{"heartbeat", "dead man's switches, and who watches runbookd", TEXT(heartbeat), .settings = "heartbeat"},
	{"operating", "signals, exit status, health, what to watch", TEXT(operating)},
	{"access", "who may what: users, tokens, TLS", TEXT(access), .print = help_print_web, .settings = "access"},
	{"proxies", "nginx, haproxy, caddy and apache in front", TEXT(proxies)},
	{"metrics", "every metric, with its labels", .print = help_print_metrics},
	{"journal", "what a line of the journal says", TEXT(journal), .print = help_print_journal, .settings = "journal"},
};
#define TOPICS (sizeof topics / sizeof *topics)

size_t help_topics(const struct topic **out)
{
	*out = topics;
	return TOPICS;
}

const struct topic *help_topic_find(const char *name)
{
	for (size_t i = 0; i < TOPICS; i++)
		if (strcmp(topics[i].name, name) == 0)
			return &topics[i];
	return NULL;
}

void help_print_topic(const struct manual *page, const struct topic *topic)
{
	AUTOFREE char *title = mem_printf("%s: %s", topic->name, topic->title);

	manual_heading(page, 1, str_c(page->format == MANUAL_TEXT ? title : topic->name));
	if (topic->from)
		manual_markdown(page, (struct str){topic->from, (size_t)(topic->to - topic->from)});
	if (topic->print)
		topic->print(page);
	if (topic->settings) {
		AUTOFREE char *heading = mem_printf("Settings below %s", topic->settings);
		manual_heading(page, 2, str_c(heading));
		help_print_settings_of(page, topic->settings);
	}
}
