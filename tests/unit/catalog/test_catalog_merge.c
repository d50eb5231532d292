/* The index page, the runbooks and catalog.yml as one catalog: who goes before whom, and what binds to what. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/time.h"
#include "catalog/catalog.h"
#include "texts.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))

static void fine(bool ok, struct err *err)
{
	for (size_t i = 0; i < err->count; i++)
		print_message("%s\n", err->lines[i]);
	assert_true(ok);
	err_release(err);
}

static const char index_page[] = "# Runbooks of the shop\n\n**Owner**: Shop Team\n**Last Updated**: 2026-02-03\n\n"
								 "## Severity Levels\n\n"
								 "| Severity | Description | Response Time | Resolution Target |\n|---|---|---|---|\n"
								 "| P3 (Low) | can wait | Next business day | - |\n"
								 "| P1 (High) | hurts | 30 minutes | 4 hours |\n\n"
								 "## Runbook Index\n\n### Disks\n\n"
								 "| Runbook | Severity | Description |\n|---|---|---|\n"
								 "| [Disk full](disks.md#full) | P1 | no space |\n"
								 "| [Disk slow](disks.md#slow) | P3/P1 | long queues |\n\n"
								 "### Network\n\n"
								 "| Runbook | Severity | Description |\n|---|---|---|\n"
								 "| [Packet loss](net/loss.md) | P1 | from the index |\n"
								 "| [Nowhere](net/nowhere.md) | P3 | not written yet |\n\n"
								 "## Emergency Contacts\n\n| Role | Primary | Backup | Method |\n|---|---|---|---|\n"
								 "| On-call Engineer | Ana | Ben | phone |\n";

static const char disks[] =
	"# Disks\n\n**Owner**: Storage\n\n## Full\n\n- **Alert**: `DiskFull`\n- **Severity**: P1\n\n"
	"## Slow\n\n- **Alert**: `DiskSlow`\n- **Severity**: P3\n";
static const char loss[] =
	"# Loss of packets\n\n**Severity**: P3\n**Estimated Time**: 10 minutes\n\n- **Alert**: `PacketLoss`\n";
static const char orphan[] = "# TwiceClaimed\n\n- **Alert**: `PacketLoss`\n";

static struct catalog *shop_of_yaml(const char *yaml)
{
	AUTOERR struct err err = ERR_INIT;
	struct catalog *c = catalog_new();
	if (yaml)
		fine(catalog_add_yaml(c, "catalog.yml", str_c(yaml), &err), &err);
	fine(catalog_add_index(c, "README.md", str_c(index_page), &err), &err);
	fine(catalog_add_runbook(c, "disks.md", str_c(disks), &err), &err);
	fine(catalog_add_runbook(c, "net/loss.md", str_c(loss), &err), &err);
	fine(catalog_finish(c, &err), &err);
	return c;
}

static void severities_of_the_page(void **state)
{
	(void)state;
	struct catalog *c = shop_of_yaml(NULL);
	const struct severity *const *list;
	assert_int_equal(catalog_severities(c, &list), 3); /* and none */
	assert_text(list[0]->name, "P1");
	assert_int_equal(list[0]->rank, 0);
	assert_int_equal(list[0]->response_ms, 30 * TIME_MINUTE);
	assert_int_equal(list[0]->resolution_ms, 4 * TIME_HOUR);
	assert_text(list[1]->description, "can wait");
	assert_true(list[1]->response.next_business_day);
	assert_int_equal(list[1]->response_ms, 0);
	assert_ptr_equal(catalog_severity(c, STR("high")), list[0]);
	assert_ptr_equal(catalog_severity(c, STR("low")), list[1]);
	catalog_free(c);
}

/* An index page, the words looked up, and the severities and ranks that they mean. */
static void what_a_page_leaves_undefined(void **state)
{
	static const struct {
		const char *defined; /* by the page, gravest first */
		const char *word, *means;
		int rank;
	} rows[] = {
		{"P0", "critical", "P0", 0},
		{"P0", "error", "P1", 1},
		{"P0", "warning", "P2", 2},
		{"P0", "info", "P3", 3},
		{"P0", "P4", "P4", 4},
		{"SEV1|SEV2", "critical", "SEV1", 0}, /* it begins at 1 */
		{"SEV1|SEV2", "sev0", "SEV1", 0},
		{"SEV1|SEV2", "high", "SEV2", 1},
		{"SEV1|SEV2", "info", "SEV4", 3},
		{"P1 - High|P2 - Medium", "critical", "P1", 0}, /* nothing is invented above the gravest */
		{"P1 - High|P2 - Medium", "warning", "P2", 1},
		{"P1 - High|P2 - Medium", "low", "P3", 2},
		{"critical|warning", "error", "P1", 1}, /* nor is a gap closed */
		{"critical|warning", "warning", "warning", 2},
		{"critical|warning", "info", "P3", 3},
		{"Critical|High|Medium|Low", "P4", "Low", 3}, /* a whole scale stays as it is */
		{"Critical|High|Medium|Low", "notice", "Low", 3},
		{"S0|S1", "s1", "S1", 1},
		{"P0|P1|P2|P3", "s1", "P0", 0}, /* who writes S begins at 1 */
		{"P0|P1|P2|P3", "yellow", "P2", 2},
		{"P0|P1|P2|P3", "pager", "P0", 0},
		{"Critical|Warning|Info", "P0", "Critical", 0}, /* what fills a gap between words is no number of the page */
		{"Critical|Warning|Info", "P1", "P1", 1},
		{"Critical|Warning|Info", "P2", "Warning", 2},
		{"Critical|Warning|Info", "sev3", "Info", 3},
		{"Critical|Warning|Info", "P4", "Info", 3},
		{"Critical|Warning|Info", "s1", "Critical", 0},
		{"critical|warning", "sev0", "critical", 0},
		{"critical|warning", "P2", "warning", 2},
		{"critical|warning", "P3", "P3", 3},
		{"Critical|Major|Minor", "P1", "Major", 1},
		{"Critical|Major|Minor", "severity2", "Minor", 2},
		{"High|Low", "P0", "High", 0},
		{"High|Low", "P2", "P2", 1},
		{"High|Low", "P3", "Low", 2},
		{"P0|Warning", "sev2", "Warning", 2},
		{"Critical (P1)|Medium (P3)", "sev1", "Critical", 0}, /* its number is its word */
		{"Critical (P1)|Medium (P3)", "P2", "P2", 1},
		{"Critical (P1)|Medium (P3)", "sev3", "Medium", 2},
		{"Sev 1|Sev 2", "sev1", "Sev 1", 0}, /* prefix and number are joined as everybody likes */
		{"Sev 1|Sev 2", "SEV-2", "Sev 2", 1},
		{"Sev 1|Sev 2", "P1", "Sev 1", 0},
		{"Sev 1|Sev 2", "warning", "Sev 3", 2},
		{"Severity 1|Severity 2", "severity1", "Severity 1", 0},
		{"Severity 1|Severity 2", "sev_2", "Severity 2", 1},
		{"Priority 1|Priority 2", "prio1", "Priority 1", 0},
		{"Priority 1|Priority 2", "P2", "Priority 2", 1},
		{"SEV-0|SEV-1", "Sev 1", "SEV-1", 1},
		{"SEV\xe2\x80\x91"
	     "1|SEV\xe2\x80\x91"
	     "2",
	     "sev 2",
	     "SEV\xe2\x80\x91"
	     "2",
	     1},
	};
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		AUTOARENA struct arena *arena = arena_new();
		AUTOERR struct err err = ERR_INIT;
		AUTOBUF struct buf page;
		buf_init(&page, 4096);
		buf_add_c(&page, "# Shop\n\n## Severity levels\n\n");
		struct str rest = str_c(rows[i].defined);
		size_t defined = 0;
		for (; rest.n; defined++) {
			ptrdiff_t bar = str_index(rest, '|');
			size_t end = bar < 0 ? rest.n : (size_t)bar;
			buf_printf(&page, "### %.*s\n\nx\n\n", (int)end, rest.p);
			rest = str_slice(rest, end + 1, rest.n);
		}
		struct catalog *c = catalog_new();
		const struct severity *const *list;
		fine(catalog_add_index(c, "README.md", buf_str(&page), &err), &err);
		fine(catalog_finish(c, &err), &err);
		const struct severity *s = catalog_severity(c, str_c(rows[i].word));
		assert_non_null(s);
		assert_text(s->name, rows[i].means);
		assert_int_equal(s->rank, rows[i].rank);
		assert_int_equal(catalog_severities(c, &list), defined + 1); /* and none: what no page defines is in no list */
		catalog_free(c);
	}
}

/* A page that says "Sev 1" twice, in two ways, and beside a catalog.yml that has it in a third: one severity. */
static void one_severity_joined_in_three_ways(void **state)
{
	(void)state;
	AUTOERR struct err err = ERR_INIT;
	struct catalog *c = catalog_new();
	const struct severity *const *list;
	fine(catalog_add_yaml(c, "catalog.yml", STR("severities: [{name: sev-1}, {name: sev-2, aliases: [prio-3]}]"), &err),
	     &err);
	fine(catalog_add_index(c, "README.md",
	                       STR("# Shop\n\n## Severity levels\n\n- Sev 1: down, 15 min\n- Sev 2: slow\n\n### SEV1\n\n"
	                           "Resolution: 4 hours\n"),
	                       &err),
	     &err);
	fine(catalog_finish(c, &err), &err);
	assert_int_equal(catalog_severities(c, &list), 3); /* and none */
	assert_text(list[0]->name, "sev-1");
	assert_int_equal(list[0]->response_ms, 15 * TIME_MINUTE);
	assert_int_equal(list[0]->resolution_ms, 4 * TIME_HOUR);
	assert_text(catalog_severity(c, STR("Prio 3"))->name, "sev-2");
	catalog_free(c);
}

static void words_that_nobody_defines(void **state)
{
	(void)state;
	AUTOERR struct err err = ERR_INIT;
	struct catalog *c = catalog_new();
	assert_true(catalog_finish(c, &err));
	assert_null(catalog_severity(c, STR("pageteam")));
	assert_text(catalog_severity_near(c, STR("pageteam"))->name, "P0");
	assert_text(catalog_severity_near(c, STR("sev2_db"))->name, "P2");
	assert_text(catalog_severity_near(c, STR("warning-at-night"))->name, "P2");
	assert_text(catalog_severity(c, STR("Severity 1"))->name, "P1");
	assert_text(catalog_severity(c, STR("PRIO-3"))->name, "P3");
	assert_null(catalog_severity(c, STR("P 1"))); /* a page, or a paragraph */
	assert_text(catalog_severity_near(c, STR("severity 2 at night"))->name, "P2");
	assert_null(catalog_severity(c, STR("P5")));
	assert_text(catalog_severity_near(c, STR("P5"))->name, "P4"); /* less grave than P4, not graver */
	assert_null(catalog_severity_near(c, STR("banana")));
	assert_null(catalog_severity_near(c, STR("")));
	catalog_free(c);
}

static void related_is_own_where_nobody_else_claims(void **state)
{
	(void)state;
	AUTOERR struct err err = ERR_INIT;
	struct catalog *c = catalog_new();
	fine(catalog_add_runbook(c, "a.md", STR("# A\n\n## Related alerts\n\n- `DiskSlow`\n- `DiskHot`\n- `DiskLoud`\n"),
	                         &err),
	     &err);
	fine(catalog_add_runbook(c, "b.md", STR("# B\n\n**Alert**: `DiskSlow`\n"), &err), &err);
	fine(catalog_add_runbook(c, "c.md", STR("# C\n\n## Related alerts\n\n- `DiskLoud`\n"), &err), &err);
	fine(catalog_finish(c, &err), &err);
	assert_text(catalog_runbook_by_alert(c, STR("DiskSlow"))->path, "b.md");
	assert_text(catalog_runbook_by_alert(c, STR("DiskHot"))->path, "a.md");
	assert_null(catalog_runbook_by_alert(c, STR("DiskLoud"))); /* two call it related */
	catalog_free(c);
}

static void runbooks_of_the_page(void **state)
{
	(void)state;
	struct catalog *c = shop_of_yaml(NULL);
	const struct runbook *const *list;
	assert_int_equal(catalog_runbooks(c, &list), 4);
	assert_text(list[0]->anchor, "full");
	assert_true(list[0]->anchor_exists);
	assert_text(list[0]->title, "Disk full");
	assert_text(list[0]->category, "Disks");
	assert_text(list[0]->owner, "Storage");
	assert_text(list[0]->alerts.v[0], "DiskFull");
	assert_text(list[1]->severity, "P1");
	assert_int_equal(list[1]->severities.n, 2);
	assert_text(list[2]->title, "Packet loss");
	assert_text(list[2]->severity, "P1"); /* the index goes before the page */
	assert_text(list[2]->estimated_time, "10 minutes");
	assert_false(list[3]->exists);
	assert_true(list[3]->indexed);
	assert_ptr_equal(catalog_runbook_by_alert(c, STR("DiskSlow")), list[1]);
	assert_ptr_equal(catalog_runbook_by_alert(c, STR("PacketLoss")), list[2]);
	assert_ptr_equal(catalog_runbook_at(c, STR("disks.md"), STR("slow")), list[1]);
	assert_text(catalog_runbook(c, STR("disks.md"))->title, "Disks");
	catalog_free(c);
}

static void catalog_yml_goes_before(void **state)
{
	(void)state;
	struct catalog *c = shop_of_yaml(
		"owner: platform\nseverities: [{name: P1, response: 5m}]\n"
		"runbooks: [{path: net/loss.md, severity: P3, alerts: [Other]}, {path: disks.md, anchor: full, owner: x}]\n"
		"contacts: [{role: on-call engineer, primary: Zoe}]\nplanned: [{title: Later}]\n");
	assert_int_equal(catalog_severity(c, STR("P1"))->response_ms, 5 * TIME_MINUTE);
	assert_text(catalog_severity(c, STR("P1"))->description, "hurts");
	assert_text(catalog_runbook(c, STR("net/loss.md"))->severity, "P3");
	assert_text(catalog_runbook(c, STR("net/loss.md"))->title, "Packet loss");
	assert_null(catalog_runbook_by_alert(c, STR("PacketLoss")));
	assert_text(catalog_runbook_by_alert(c, STR("Other"))->path, "net/loss.md");
	assert_text(catalog_runbook_at(c, STR("disks.md"), STR("full"))->owner, "x");
	assert_text(catalog_contact(c, STR("On-call Engineer"))->primary, "Zoe");
	assert_text(catalog_contact(c, STR("On Call Engineer"))->backup, "Ben");
	assert_text(catalog_stated(c)->owner, "platform");
	assert_int_equal(catalog_stated(c)->planned_count, 1);
	assert_non_null(catalog_owner(c, STR("storage")));
	catalog_free(c);
}

/* Only one of the sections says what it is for: no file of several runbooks by itself, but the index says so. */
static void sections_that_an_index_lists(void **state)
{
	(void)state;
	AUTOERR struct err err = ERR_INIT;
	struct catalog *c = catalog_new();
	fine(catalog_add_index(c, "README.md",
	                       STR("# Runbooks\n\n## Available Runbooks\n\n- [Errors](web.md#errors)\n"
	                           "- [Latency](web.md#latency)\n"),
	                       &err),
	     &err);
	fine(catalog_add_runbook(c, "web.md",
	                         STR("# Web\n\n## Errors\n\n- **Alert**: `WebErrors`\n- **Severity**: P1\n\n"
	                             "## Latency\n\nLook at the proxy.\n"),
	                         &err),
	     &err);
	fine(catalog_finish(c, &err), &err);
	const struct runbook *r = catalog_runbook_by_alert(c, STR("WebErrors"));
	assert_non_null(r);
	assert_text(r->anchor, "errors");
	assert_text(r->severity, "P1");
	assert_int_equal(catalog_runbook_at(c, STR("web.md"), STR("latency"))->severities.n, 0);
	catalog_free(c);
}

/* What a page is filed under, or a link that only points at it, is no title where something else says one. */
static void a_title_is_what_says_most(void **state)
{
	(void)state;
	AUTOERR struct err err = ERR_INIT;
	struct catalog *c = catalog_new();
	fine(catalog_add_index(
			 c, "README.md",
			 STR("# R\n\n| Runbook | Link |\n|---|---|\n| Net is slow | [open](net.md) |\n"
	             "| Disk is full | [disk.md](disk.md) |\n| [RB-3](cpu.md) | x |\n| [RB-4](fan.md) | x |\n\n"
	             "| ID | Runbook |\n|---|---|\n| [RB-5](log.md) | The log is full |\n"),
			 &err),
	     &err);
	fine(catalog_add_runbook(c, "net.md", STR("x\n"), &err), &err);
	fine(catalog_add_runbook(c, "disk.md", STR("# Another name\n\nx\n"), &err), &err);
	fine(catalog_add_runbook(c, "cpu.md", STR("# The processor is hot\n\nx\n"), &err), &err);
	fine(catalog_add_runbook(c, "fan.md", STR("x\n"), &err), &err);
	fine(catalog_add_runbook(c, "log.md", STR("# Logs\n\nx\n"), &err), &err);
	fine(catalog_finish(c, &err), &err);
	assert_text(catalog_runbook(c, STR("log.md"))->title, "The log is full");
	assert_text(catalog_runbook(c, STR("net.md"))->title, "Net is slow");
	assert_text(catalog_runbook(c, STR("disk.md"))->title, "Disk is full");
	assert_text(catalog_runbook(c, STR("cpu.md"))->title, "The processor is hot");
	assert_text(catalog_runbook(c, STR("fan.md"))->title, "RB-4");
	catalog_free(c);
}

/* A table that sends alerts to other pages says whose they are, where no page claims them and no two tables disagree. */
static void a_table_sends_alerts_to_pages(void **state)
{
	(void)state;
	AUTOERR struct err err = ERR_INIT;
	struct catalog *c = catalog_new();
	fine(catalog_add_index(c, "README.md", STR("# R\n\nx\n"), &err), &err);
	fine(catalog_add_runbook(c, "list/all.md",
	                         STR("# All alerts\n\n| Alert | Runbook |\n|---|---|\n"
	                             "| `PumpDry`, PumpHot | [pump](../pump.md) |\n| ValveStuck | [valve](../valve.md) |\n"
	                             "| PumpLost | [gone](../gone.md) |\n| PumpTorn | [pump](../pump.md) |\n"
	                             "| PumpCold | [there](https://x.test/pump.md) |\n"),
	                         &err),
	     &err);
	fine(catalog_add_runbook(c, "other.md", STR("# O\n\n| Alert | Do |\n|---|---|\n| PumpTorn | [x](valve.md) |\n"),
	                         &err),
	     &err);
	fine(catalog_add_runbook(c, "pump.md", STR("# The pump\n\nAlert: ValveStuck\n"), &err), &err);
	fine(catalog_add_runbook(c, "valve.md", STR("# The valve\n\nx\n"), &err), &err);
	fine(catalog_finish(c, &err), &err);
	assert_text(catalog_runbook_by_alert(c, STR("PumpDry"))->path, "pump.md");
	assert_text(catalog_runbook_by_alert(c, STR("PumpHot"))->path, "pump.md");
	assert_text(catalog_runbook_by_alert(c, STR("ValveStuck"))->path, "pump.md");
	assert_null(catalog_runbook_by_alert(c, STR("PumpLost")));
	assert_null(catalog_runbook_by_alert(c, STR("PumpTorn")));
	assert_null(catalog_runbook_by_alert(c, STR("PumpCold")));
	catalog_free(c);
}

static void one_role_may_be_reached_in_two_ways(void **state)
{
	(void)state;
	AUTOERR struct err err = ERR_INIT;
	struct catalog *c = catalog_new();
	const struct contact *const *list;
	fine(catalog_add_yaml(c, "c.yml", STR("contacts: [{role: a, address: x}, {role: a, address: y}]"), &err), &err);
	assert_false(catalog_add_yaml(c, "d.yml", STR("contacts: [{role: b, address: x}, {role: b, address: x}]"), &err));
	assert_true(str_find(str_c(err_first(&err)), STR("given twice")) > 0);
	err_release(&err);
	fine(catalog_finish(c, &err), &err);
	assert_int_equal(catalog_contacts(c, &list), 3);
	assert_text(catalog_contact(c, STR("a"))->address, "x");
	assert_text(list[1]->address, "y");
	catalog_free(c);
}

static void dates_and_claims(void **state)
{
	(void)state;
	AUTOERR struct err err = ERR_INIT;
	struct catalog *c = catalog_new();
	fine(catalog_add_runbook(c, "net/loss.md", str_c(loss), &err), &err);
	fine(catalog_add_runbook(c, "orphan.md", str_c(orphan), &err), &err);
	fine(catalog_add_runbook(c, "said.md", STR("# Said\n\n**Last Updated**: 2020-01-01\n"), &err), &err);
	catalog_set_commit_date(c, STR("orphan.md"), STR("2026-05-06"));
	catalog_set_commit_date(c, STR("said.md"), STR("2026-05-06"));
	fine(catalog_finish(c, &err), &err);
	assert_null(catalog_runbook_by_alert(c, STR("PacketLoss")));
	assert_text(catalog_runbook_by_alert(c, STR("TwiceClaimed"))->path, "orphan.md");
	assert_text(catalog_runbook(c, STR("orphan.md"))->last_updated, "2026-05-06");
	assert_true(catalog_runbook(c, STR("orphan.md"))->last_updated_by_commit);
	assert_text(catalog_runbook(c, STR("said.md"))->last_updated, "2020-01-01");
	catalog_free(c);
}

static void the_index_page_of_a_folder(void **state)
{
	(void)state;
	struct str names[] = {STR("a/README.md"), STR("_index.md"), STR("Readme.md")};
	struct strs all = {names, 3}, first = {names, 2}, none = {names, 1};
	assert_text(catalog_index_among(&all), "Readme.md");
	assert_text(catalog_index_among(&first), "_index.md");
	assert_text(catalog_index_among(&none), "");
}

/* A column of what a page covers that holds nothing but names of alerts. */
static void what_a_page_covers_may_be_alerts(void **state)
{
	(void)state;
	AUTOERR struct err err = ERR_INIT;
	struct catalog *c = catalog_new();
	fine(catalog_add_index(c, "README.md",
	                       str_c("# Mill\n\n| Runbook | Covers |\n|---|---|\n| [race](a.md) | RaceDry, RaceFrozen |\n"
	                             "| [wheel](b.md) | the wheel and its belt |\n"),
	                       &err),
	     &err);
	fine(catalog_add_runbook(c, "a.md", STR("# Race\n\nx\n"), &err), &err);
	fine(catalog_add_runbook(c, "b.md", STR("# Wheel\n\nx\n"), &err), &err);
	fine(catalog_finish(c, &err), &err);
	assert_text(catalog_runbook_by_alert(c, STR("RaceFrozen"))->path, "a.md");
	assert_int_equal(catalog_runbook(c, STR("b.md"))->alerts.n, 0);
	catalog_free(c);
}

/* Whoever is named as one of several is told as all of them are; a stroke in a name parts nobody. */
static void one_or_the_other_is_both(void **state)
{
	(void)state;
	static const struct {
		const char *who, *told;
	} rows[] = {
		{"Udo or Ida", "Udo, Ida"},
		{"Udo/Ida", "Udo, Ida"},
		{"either the secondary or the team lead", "secondary, team lead"},
		{"CTO/VP", "CTO, VP"},
		{"Ida / Udo", "Ida, Udo"},
		{"24/7 desk", "24/7 desk"},
		{"I/O team", "I/O team"},
		{"Gate/Weir team", "Gate/Weir team"},
		{"Schleuse oder Wehr", "Schleuse, Wehr"},
		{"Keeper or mate", "Keeper or mate"},
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		AUTOARENA struct arena *arena = arena_new();
		AUTOERR struct err err = ERR_INIT;
		struct catalog *c = catalog_new();
		fine(catalog_add_yaml(
				 c, "catalog.yml",
				 str_c(arena_printf(arena,
		                            "people:\n- {name: Ida}\n- {name: Udo}\ncontacts: [{role: Keeper or mate}]\n"
		                            "escalations: [{name: x, steps: [{after: 0s, notify: [\"%s\"]}]}]\n",
		                            rows[i].who)),
				 &err),
		     &err);
		fine(catalog_finish(c, &err), &err);
		const struct escalation_step *step = &catalog_escalation(c, STR("x"))->steps[0];
		const char *told = "";
		for (size_t k = 0; k < step->notify.n; k++)
			told = arena_printf(arena, "%s%s%.*s", told, k ? ", " : "", STR_ARG(step->notify.v[k]));
		assert_string_equal(told, rows[i].told);
		assert_int_equal(step->either.n, strcmp(rows[i].who, rows[i].told) != 0);
		catalog_free(c);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_a_page_leaves_undefined),     cmocka_unit_test(one_severity_joined_in_three_ways),
		cmocka_unit_test(words_that_nobody_defines),        cmocka_unit_test(related_is_own_where_nobody_else_claims),
		cmocka_unit_test(severities_of_the_page),           cmocka_unit_test(runbooks_of_the_page),
		cmocka_unit_test(catalog_yml_goes_before),          cmocka_unit_test(dates_and_claims),
		cmocka_unit_test(sections_that_an_index_lists),     cmocka_unit_test(a_title_is_what_says_most),
		cmocka_unit_test(a_table_sends_alerts_to_pages),    cmocka_unit_test(one_role_may_be_reached_in_two_ways),
		cmocka_unit_test(the_index_page_of_a_folder),       cmocka_unit_test(one_or_the_other_is_both),
		cmocka_unit_test(what_a_page_covers_may_be_alerts),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
