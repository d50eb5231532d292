/* What a runbook says of itself, in the forms that people write it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "catalog/facts.h"
#include "texts.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))

/* "a|b" */
static void assert_list(struct strs list, const char *expected)
{
	AUTOBUF struct buf joined;
	buf_init(&joined, 4096);
	for (size_t i = 0; i < list.n; i++) {
		buf_add_c(&joined, i ? "|" : "");
		buf_add(&joined, list.v[i]);
	}
	assert_text(buf_str(&joined), expected);
}

static struct runbook_facts read_runbook_page(struct arena *arena, const char *text)
{
	struct runbook_facts facts;
	const char *why = NULL;
	facts_read_runbook(arena, "page.md", STR("page.md"), str_c(text), &facts, &why);
	assert_null(why);
	return facts;
}

static void metadata_in_every_form(void **state)
{
	static const struct {
		const char *text, *severities, *owner, *time, *approval, *updated;
	} cases[] = {
		{"---\nseverity: P1\nteam: shop\nestimated_time: 5 min\nlast_updated: 2026-01-02\n---\n# A\n", "P1", "shop",
	     "5 min", "", "2026-01-02"},
		{"# A\n\n**Severity**: P2\n**Owner:** shop\n**Approval Required**: duty manager\n", "P2", "shop", "",
	     "duty manager", ""},
		{"# A\n\n| Field | Value |\n|---|---|\n| Owner | shop |\n| Severity | P0 |\n| Estimated Time | 1 hour |\n",
	     "P0", "shop", "1 hour", "", ""},
		{"# A\n\n| Owner | Severity |\n|---|---|\n| shop | P3 |\n", "P3", "shop", "", "", ""},
		{"# A\n\n## Severity\n\nP1\n\n## Symptoms\n\nIt is slow.\n", "P1", "", "", "", ""},
		{"# A\n\n## Impact\n\n- **Severity**: P1\n- **Owner**: whoever reads this\n", "P1", "", "", "", ""},
		{"# A\n\ntext\n\n---\n\n**Last Updated**: 2026-03-04  \n**Owner**: shop\n", "", "shop", "", "", "2026-03-04"},
		{"# A\n\ntext\n\n**Maintained by**: shop\n", "", "shop", "", "", ""},
		{"# A\n\n**Owner**: [Team]\n**Severity**: TBD\n", "", "", "", "", ""},
		{"# A\n\n**Owner**: shop | **Severity**: P2\n", "P2", "shop", "", "", ""},
		{"# A\n\n*Last reviewed: 5 Jan 2026. Owner: shop*\n", "", "shop", "", "", "2026-01-05"},
		{"# A\n\ntext\n\n_Last updated 2026-01-05 by Ana_\n", "", "", "", "", "2026-01-05"},
		{"# A\n\n## Severity: P2\n\nIt is slow.\n\n## Owner: shop\n\nx\n", "P2", "shop", "", "", ""},
		{"# [P1] A\n", "P1", "", "", "", ""},
		{"# The queue is long (critical)\n", "critical", "", "", "", ""},
		{"# The queue is long (a critical part of it)\n", "", "", "", "", ""},
		{"---\nlabels: {severity: warning, team: shop}\n---\n# A\n", "warning", "shop", "", "", ""},
		{"---\nlastReviewed: 5 January 2026\nownedBy: shop\n---\n# A\n", "", "shop", "", "", "2026-01-05"},
		{"# A\n\ntext\n\n---\n\nLast reviewed: 2026-01-05 · Owner: shop\n", "", "shop", "", "", "2026-01-05"},
		{"---\nreview: {last: 2026-01-05, every: P6M}\nowner: {name: shop}\n---\n# A\n", "", "", "", "", "2026-01-05"},
		{"---\nreviewed: {on: 2026-01-05, by: Ana}\n---\n# A\n", "", "", "", "", "2026-01-05"},
		{"# A\n\n## Document control\n\n- Last Reviewed On: 05.01.2026\n", "", "", "", "", "2026-01-05"},
		{"# A\n\n_Owner: shop \xe2\x80\x94 last reviewed: January 5th, 2026 \xe2\x80\x94 next review due: "
	     "2027-01-05_\n",
	     "", "shop", "", "", "2026-01-05"},
		{"# A\n\nSeverity\n: warning\n\nOwner\n: shop\n", "warning", "shop", "", "", ""},
		{"# A\n\n> Severity — warning\n> Owner - shop\n", "warning", "shop", "", "", ""},
		{"# A\n\n> [!WARNING]\n> Severity: P1\n", "P1", "", "", "", ""},
		{"# A\n\n> ⚠️ **Severity** — critical · **Owner** — shop\n", "critical", "shop", "", "", ""},
		{"# A\n\n## Steps\n\nSeverity - how grave it is - is on the page.\n\ntext\n", "", "", "", "", ""},
		{"# A\n\n## Steps\n\nThe last backup was updated 2026-01-05 by Ana. Owner: nobody\n\ntext\n", "", "", "", "",
	     ""},
	};
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		AUTOARENA struct arena *arena = arena_new();
		struct runbook_facts f = read_runbook_page(arena, cases[i].text);
		assert_list(f.self.severities, cases[i].severities);
		assert_text(f.self.owner, cases[i].owner);
		assert_text(f.self.estimated_time.text, cases[i].time);
		assert_text(f.self.approval, cases[i].approval);
		assert_text(f.self.last_updated, cases[i].updated);
		runbook_facts_release(&f);
	}
}

static void alert_names(void **state)
{
	static const struct {
		const char *text, *alerts, *hints;
	} cases[] = {
		{"---\nalerts: [One, two three]\n---\n# A\n", "One|two three", ""},
		{"---\nalert: One\n---\n# A\n", "One", ""},
		{"# A\n\n- **Alert**: `DiskSlow` or `DiskStuck`\n", "DiskSlow|DiskStuck", ""},
		{"# A\n\n- **Alerts**: DiskSlow, DiskStuck\n", "DiskSlow|DiskStuck", ""},
		{"# A\n\n- **Alert**: DiskSlow alert fires\n", "DiskSlow", ""},
		{"# A\n\n- **Alert**: [Alert name]\n", "", ""},
		{"# A\n\n- Cloud alerts: \"Disk Is Slow\"\n", "Disk Is Slow", ""},
		{"# A\n\n| Alert | Threshold |\n|---|---|\n| DiskSlow | 5 |\n| `disk_stuck` | 6 |\n", "DiskSlow|disk_stuck",
	     ""},
		{"# A\n\n| Alert | Runbook |\n|---|---|\n| DiskSlow | [b](b.md) |\n", "", ""},
		{"# A\n\n```yaml\n- alert: DiskSlow # why\n  expr: 1\n- alert: \"DiskStuck\"\n```\n", "DiskSlow|DiskStuck", ""},
		{"# DiskSlow\n", "DiskSlow", ""},
		{"# Runbook: DiskSlow\n", "DiskSlow", ""},
		{"# Alert: Watchdog\n", "Watchdog", ""},
		{"# Disk slow\n\nWhen the DiskSlow alert fires, look at OtherThing first.\n", "", "DiskSlow"},
		{"# Alerting with GitHub\n", "", ""},
		{"# GraphQL\n", "", ""},
		{"# EdgeDB\n", "", ""},
		{"# EdgeVirt\n", "", ""},
		{"# CoreDNS\n", "", ""},
		{"# CoreDNSDown\n", "CoreDNSDown", ""},
		{"# HAProxy\n", "", ""},
		{"# pgBackRest\n", "", ""},
		{"# SlowDNS\n", "SlowDNS", ""},
		{"# OAuth\n", "", ""},
		{"# URLs and APIs\n", "", ""},
		{"# APIDown\n", "APIDown", ""},
		{"# A\n\nFor example:\n\n```yaml\n- alert: DiskSlow\n```\n", "", "DiskSlow"},
		{"# Runbook: RabbitMQ\n", "", ""},
		{"# Alert: DiskSlow (critical)\n", "DiskSlow", ""},
		{"# 3. DiskSlow: the queue is long\n", "DiskSlow", ""},
		{"# [P1] `DiskSlow` runbook\n", "DiskSlow", ""},
		{"# Alert Name: \"disk_slow\"\n", "disk_slow", ""},
		{"# Alert Description\n", "", ""},
		{"# Alert: Summary\n", "", ""},
		{"# A\n\n## Alert Description\n\nIt fires.\n\n## Alert Routing\n\nx\n", "", ""},
		{"# A\n\n**Alerts**: Slack, PagerDuty\n", "", ""},
		{"# A\n\n**Alert(s)**: DiskSlow and Watchdog\n", "DiskSlow|Watchdog", ""},
		{"# A\n\n- *Alert*: `DiskSlow`\n- `alert`: `DiskStuck`\n", "DiskSlow|DiskStuck", ""},
		{"# A\n\n## Alerts\n\n- `DiskSlow` of the jobs `node-exporter`, `disk-exporter`\n- `DiskStuck`\n",
	     "DiskSlow|DiskStuck", ""},
		{"# A\n\n## Alerts\n\nThe jobs are `node-exporter` and `disk-exporter`.\n", "", ""},
		{"# A\n\n## Alerts\n\n`DiskSlow`, `disk-stuck`\n", "DiskSlow|disk-stuck", ""},
		{"# A\n\n## Alerts\n\n- `node_disk_io_time_seconds_total`\n", "", ""},
		{"# A\n\n## Alerts\n\n- `DiskStuck`, see [there](b.md)\n", "", ""},
		{"# A\n\n## Alerts\n\n- DiskStuck => b.md\n- `DiskSlow`: `c.md`\n", "", ""},
		{"# Alert: the disk is slow (DiskSlow)\n", "DiskSlow", ""},
		{"# A\n\n| Alert | Do |\n|---|---|\n| DiskSlow<br>DiskStuck | wait |\n", "DiskSlow|DiskStuck", ""},
		{"# The disk is slow (DiskSlow)\n", "", ""},
		{"# The disk is slow (`DiskSlow`)\n", "DiskSlow", ""},
		{"# Alert `DiskSlow` fires\n", "DiskSlow", ""},
		{"---\nprometheus_alerts: DiskSlow, DiskStuck\n---\n# A\n", "DiskSlow|DiskStuck", ""},
		{"---\nalert: Disk, slow\n---\n# A\n", "Disk, slow", ""},
		{"# A\n\n| Alert name(s) | Severity |\n|---|---|\n| DiskSlow, DiskStuck | P1 |\n", "DiskSlow|DiskStuck", ""},
		{"# A\n\n| Alertname | DiskSlow |\n|---|---|\n| Severity | P1 |\n", "DiskSlow", ""},
		{"# GameDay\n", "", ""},
		{"# :fire: DiskSlow (critical)\n", "DiskSlow", ""},
		{"# DiskSlow alert is firing\n", "DiskSlow", ""},
		{"# Alarm „DiskSlow“\n", "DiskSlow", ""},
		{"# Alerte : DiskSlow\n", "DiskSlow", ""},
		{"# When “DiskSlow” fires\n", "DiskSlow", ""},
		{"# What to do if DiskSlow fires\n", "DiskSlow", ""},
		{"# Responding to DiskSlow\n", "DiskSlow", ""},
		{"# 3 - DiskSlow\n", "DiskSlow", ""},
		{"# When disks are slow\n", "", ""},
		{"# Alert Impact\n", "", ""},
		{"# A\n\n## Triggered by\n\n- DiskSlow\n- DiskStuck, at night\n", "DiskStuck|DiskSlow", ""},
		{"# A\n\n## Alerts\n\n| Name | Level |\n|---|---|\n| DiskSlow | P1 |\n", "DiskSlow", ""},
		{"# A\n\nThis runbook is triggered by the `DiskSlow` or `DiskStuck` alerts. `DiskFull` is another matter.\n",
	     "DiskSlow|DiskStuck", "DiskFull"},
		{"# A\n\n## See also\n\nThis page covers what `DiskSlow` does not.\n", "", ""},
		{"# A\n\nAlert\n: `DiskSlow`\n\nOwner\n: shop\n", "DiskSlow", ""},
	};
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		AUTOARENA struct arena *arena = arena_new();
		struct runbook_facts f = read_runbook_page(arena, cases[i].text);
		assert_list(f.self.alerts, cases[i].alerts);
		assert_list(f.self.hints, cases[i].hints);
		runbook_facts_release(&f);
	}
}

/* Its own only where it names no other plainly, and where no other page does: the catalog knows that. */
static void related_alerts(void **state)
{
	static const struct {
		const char *text, *alerts, *related;
	} cases[] = {
		{"# A\n\n## Related Alerts\n- `disk-slow-alert`\n- and some prose\n", "", "disk-slow-alert"},
		{"# A\n\n**Related alerts**: `DiskSlow`\n", "", "DiskSlow"},
		{"# A\n\n- **Alert**: `DiskFull`\n\n## Related alerts\n\n- `DiskSlow`\n", "DiskFull", ""},
		{"# DiskFull\n\n## Associated alerts\n\n- `DiskSlow`\n", "DiskFull", ""},
		{"# A\n\n## Associated alerts\n\n- `DiskSlow`\n", "", "DiskSlow"},
		{"# DiskFull\n\n## Related alerts\n\n- `DiskSlow`\n", "DiskFull", ""},
		{"# A\n\n- Cloud alerts: `DiskFull`\n\n## Related alerts\n\n- `DiskSlow`\n", "DiskFull", "DiskSlow"},
		{"# A\n\n**Triggered by:** `DiskFull`\n\n## Similar alerts\n\n- `DiskSlow`\n", "DiskFull", ""},
		{"# A\n\n## See also\n\n- `DiskSlow`\n\n```yaml\n- alert: DiskStuck\n```\n", "", "DiskStuck"},
	};
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		AUTOARENA struct arena *arena = arena_new();
		struct runbook_facts f = read_runbook_page(arena, cases[i].text);
		assert_list(f.self.alerts, cases[i].alerts);
		assert_list(f.self.related, cases[i].related);
		runbook_facts_release(&f);
	}
}

static void sections_that_name_alerts(void **state)
{
	(void)state;
	AUTOARENA struct arena *arena = arena_new();
	struct runbook_facts f = read_runbook_page(
		arena,
		"# Disks\n\n| Alert | Do |\n|---|---|\n| DiskHot | [cool](#cooling) |\n\n## Group\n\n"
		"#### Alert Name: \"DiskSlow\"\n\n*Severity*: critical\n\n#### DiskFull - no room\n\n- `severity`: P2\n\n"
		"## Cooling\n\nFan.\n");
	assert_int_equal(f.self.alerts.n, 0);
	assert_int_equal(f.parts_count, 3);
	assert_text(f.parts[0].anchor, "alert-name-diskslow");
	assert_list(f.parts[0].alerts, "DiskSlow");
	assert_list(f.parts[0].severities, "critical");
	assert_list(f.parts[1].alerts, "DiskFull");
	assert_list(f.parts[1].severities, "P2");
	assert_text(f.parts[2].anchor, "cooling");
	assert_list(f.parts[2].alerts, "DiskHot");
	runbook_facts_release(&f);

	f = read_runbook_page(arena, "# What fires\n\n## DiskSlow\n\nWait.\n\n## Why\n\nx\n");
	assert_int_equal(f.parts_count, 1);
	assert_list(f.parts[0].alerts, "DiskSlow");
	runbook_facts_release(&f);
}

/* Lists below a line that says what they are; "|" between names. */
static void lists_that_are_introduced(void **state)
{
	static const struct {
		const char *text, *alerts, *related;
	} cases[] = {
		{"# A\n\n**Alerts**:\n- `PumpDown`\n- PumpSlow (when it creaks)\n", "PumpSlow|PumpDown", ""},
		{"# A\n\nAlert names:\n\n1. PumpDown\n2. PumpSlow\n", "PumpDown|PumpSlow", ""},
		{"# A\n\nIt is old. This runbook covers the following alerts:\n\n* PumpDown\n", "PumpDown", ""},
		{"# A\n\n- Severity: P1\n- Alerts\n  - PumpDown\n  - PumpSlow\n- Jobs\n  - NightShift\n", "PumpDown|PumpSlow",
	     ""},
		{"# A\n\n## Which alerts does this runbook cover?\n\n- PumpDown\n", "PumpDown", ""},
		{"# A\n\n**Triggered by:** `PumpDown`, `PumpSlow`\n", "PumpDown|PumpSlow", ""},
		{"# A\n\n## Alert: \xe2\x80\x98PumpDown\xe2\x80\x99\n\nx\n\n## Undo\n\nx\n", "", ""}, /* the section's own */
		{"# A\n\nRelated alerts:\n\n- PumpDown\n", "", "PumpDown"},
		{"# A\n\nIf any of the following alerts also fires:\n\n- PumpDown\n", "", ""},
		{"# A\n\nUse it for the following alerts, unless another one fires:\n\n- PumpDown\n", "", ""},
		{"# A\n\nDashboards:\n\n- PumpRoom\n", "", ""},
	};
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		AUTOARENA struct arena *arena = arena_new();
		struct runbook_facts f = read_runbook_page(arena, cases[i].text);
		assert_list(f.self.alerts, cases[i].alerts);
		assert_list(f.self.related, cases[i].related);
		if (strstr(cases[i].text, "Undo"))
			assert_list(f.parts[0].alerts, "PumpDown");
		runbook_facts_release(&f);
	}
}

static void what_only_looks_like_a_link(void **state)
{
	(void)state;
	AUTOARENA struct arena *arena = arena_new();
	struct runbook_facts f = read_runbook_page(arena, "# A\n\nTrue.[^1] See [b](b.md).\n\n[^1]: Measured.\n");
	assert_int_equal(f.link_count, 1);
	assert_text(f.links[0].url, "b.md");
	runbook_facts_release(&f);
	f = read_runbook_page(arena, "Wash the\nwheel\n=======\n\nx\n");
	assert_text(f.headings[0].text, "Wash the wheel");
	assert_text(f.headings[0].anchor, "wash-thewheel");
	runbook_facts_release(&f);
}

static void several_runbooks_in_one_file(void **state)
{
	(void)state;
	AUTOARENA struct arena *arena = arena_new();
	struct runbook_facts f = read_runbook_page(
		arena, "# Disks\n\n**Owner**: storage\n\n## Disk is slow\n\n- **Severity**: P2\n- **Alert**: `DiskSlow`\n\n"
			   "### Steps\n\nLook.\n\n## Disk is full\n\n- **Severity**: P1\n- **Alert**: `DiskFull`\n");
	assert_text(f.self.owner, "storage");
	assert_int_equal(f.self.alerts.n, 0);
	assert_int_equal(f.self.severities.n, 0);
	assert_int_equal(f.parts_count, 2);
	assert_text(f.parts[1].anchor, "disk-is-full");
	assert_text(f.parts[1].title, "Disk is full");
	assert_list(f.parts[1].severities, "P1");
	assert_list(f.parts[1].alerts, "DiskFull");
	assert_int_equal(f.parts[1].at.line, 14);
	runbook_facts_release(&f);

	f = read_runbook_page(arena,
	                      "# One\n\n## Impact\n\n- **Severity**: P2\n\n## Detection\n\n- **Alert**: `DiskSlow`\n");
	assert_int_equal(f.parts_count, 0);
	assert_list(f.self.alerts, "DiskSlow");
	runbook_facts_release(&f);
}

/* Two sections that each say right behind their heading what they are for. */
static void sections_that_open_with_their_alert(void **state)
{
	static const struct {
		const char *first, *second, *severity, *owner; /* of the first */
	} cases[] = {
		{"## Belt is stuck\n\n**Alert name**: BeltStuck\n**Severity**: critical\n\nPull.\n",
	     "## Fan is loud\n\n**Alert name**: FanLoud\n**Severity**: warning\n\nOil.\n", "critical", ""},
		{"## Belt is stuck\n\n**Alerts:** `BeltStuck`\n\nPull.\n", "## Fan is loud\n\n**Alerts:** `FanLoud`\n", "", ""},
		{"## Belt is stuck\n\nAlert: `BeltStuck`\n\nPull.\n", "## Fan is loud\n\nAlert: `FanLoud`\n\nOil.\n", "", ""},
		{"## Belt is stuck\n\nAlert: BeltStuck\nSeverity: P1\n\nOwner: mill\n\nPull.\n", "## FanLoud\n\nOil.\n", "P1",
	     "mill"},
		{"## Belt is stuck\n\n- Alert: `BeltStuck`\n- Severity: P1\n- Owner: mill\n\nPull.\n",
	     "## Fan is loud\n\n- Alert: `FanLoud`\n- Owner: yard\n", "P1", "mill"},
		{"## Belt is stuck\n\n| Alert | BeltStuck |\n|---|---|\n| Severity | P1 |\n",
	     "## Fan is loud\n\n| Alert | `FanLoud` |\n|---|---|\n| Severity | P2 |\n", "P1", ""},
		{"## Belt is stuck\n\n**Triggered by:** `BeltStuck`\n\n**Severity:** P1\n\nPull.\n",
	     "## Fan is loud\n\n**Triggered by:** `FanLoud`\n\n**Severity:** P2\n\nOil.\n", "P1", ""},
		{"## Belt is stuck\n\n**Seen:** smoke\n\n**Alert:** `BeltStuck`\n\n**Undo:** pull\n",
	     "## Fan is loud\n\n**Seen:** din\n\n**Alert:** `FanLoud`\n\n**Undo:** oil\n", "", ""},
		{"## Belt is stuck\n\n| Alert | Severity | Owner |\n|---|---|---|\n| BeltStuck | P1 | mill |\n\nPull.\n",
	     "## Fan is loud\n\n| Alert | Severity |\n|---|---|\n| FanLoud | P2 |\n", "P1", "mill"},
		{"## Engines\n\n### Belt is stuck\n\n**Alert**: `BeltStuck`\n**Severity**: P1\n\nPull.\n",
	     "### Fan is loud\n\n**Alert**: `FanLoud`\n**Severity**: P2\n\nOil.\n\n## Others\n\nx\n", "P1", ""},
		{"# Belt is stuck\n\n**Alert**: BeltStuck\n**Severity**: P1\n\nPull.\n",
	     "# Fan is loud\n\n**Alert**: FanLoud\n**Severity**: P2\n\nOil.\n", "P1", ""},
		{"## Belt does not turn - `BeltStuck`\n\nPull.\n", "## Fan is loud: FanLoud\n\nOil.\n", "", ""},
		{"## Belt does not turn (`BeltStuck`)\n\nPull.\n", "## Fan is loud (FanLoud)\n\nOil.\n", "", ""},
		{"## Belt does not turn (`BeltStuck`)\n\nSeverity: P1\nOwner: mill\n\nPull.\n",
	     "## FanLoud\n\n- Severity: P2\n\nOil.\n", "P1", "mill"},
		{"## BeltStuck\n\n- Severity: P1\n- Owner: mill\n\nPull.\n", "## Fan is loud (`FanLoud`)\n\nOil.\n", "P1",
	     "mill"},
	};
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		AUTOARENA struct arena *arena = arena_new();
		const char *title = cases[i].first[1] == '#' ? "# Mill\n\n" : "";
		AUTOFREE char *page = mem_printf("%s%s\n%s", title, cases[i].first, cases[i].second);
		struct runbook_facts f = read_runbook_page(arena, page);
		assert_int_equal(f.parts_count, 2);
		assert_list(f.parts[0].alerts, "BeltStuck");
		assert_list(f.parts[0].severities, cases[i].severity);
		assert_text(f.parts[0].owner, cases[i].owner);
		assert_list(f.parts[1].alerts, "FanLoud");
		assert_int_equal(f.self.alerts.n + f.self.severities.n, 0);
		runbook_facts_release(&f);
	}
}

/* What looks like such an opening and is none; "|" between the page's own alerts. */
static void openings_that_name_no_alert(void **state)
{
	static const struct {
		const char *text, *alerts, *owner;
	} cases[] = {
		{"# A\n\n## Backup (`fan_speed`)\n\nx\n\n## Undo (MillWorks)\n\nx\n", "", ""},
		{"# A\n\n## Impact\n\nAlert: the mill stands still\nOwner: whoever reads this\n", "", ""},
		{"# A\n\n## Turn\n\nText.\n\nOwner: whoever reads this\n\nAlert: BeltStuck\n\nx\n", "", ""},
		{"# A\n\n## Turn\n\nx\n\n## Filed under\n\n**Owner**: mill\n**Severity**: P2\n", "", "mill"},
		{"# A\n\n## Example\n\nAlert: BeltStuck\nOwner: mill\n\nx\n\n## Test\n\n**Alert:** `FanLoud`\n", "", ""},
		{"# A\n\n## Silence\n\nAlert: BeltStuck\n\n## Do not confuse with\n\n- Alert: `FanLoud`\n", "", ""},
		{"# A\n\n## Example (`BeltStuck`)\n\nx\n\n## Script (`FanRestart`)\n\nx\n\n## Class (MillOrder)\n", "", ""},
		{"# A\n\n## Related alerts\n\nAlert: `BeltStuck`\n\nx\n\n## Turn\n\nx\n", "", ""},
	};
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		AUTOARENA struct arena *arena = arena_new();
		struct runbook_facts f = read_runbook_page(arena, cases[i].text);
		assert_int_equal(f.parts_count, 0);
		assert_list(f.self.alerts, cases[i].alerts);
		assert_text(f.self.owner, cases[i].owner);
		runbook_facts_release(&f);
	}
}

static void headings_that_name_several_alerts(void **state)
{
	static const struct {
		const char *heading, *alerts;
	} cases[] = {
		{"FanBroken / FanLoud", "FanBroken|FanLoud"},
		{"`FanBroken`, `FanLoud`", "FanBroken|FanLoud"},
		{"Alerts: FanBroken and FanLoud", "FanBroken|FanLoud"},
		{"3. FanBroken (critical)", "FanBroken"},
		{"FanBroken and what to do", ""},
		{"MySQL and MariaDB", ""},
	};
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		AUTOARENA struct arena *arena = arena_new();
		AUTOFREE char *page = mem_printf("# %s\n\ntext\n", cases[i].heading);
		AUTOFREE char *parts = mem_printf("# Cooling\n\n## %s\n\ntext\n\n## PumpStopped\n\ntext\n", cases[i].heading);
		struct runbook_facts f = read_runbook_page(arena, page);
		assert_list(f.self.alerts, cases[i].alerts);
		runbook_facts_release(&f);
		f = read_runbook_page(arena, parts);
		assert_int_equal(f.parts_count, cases[i].alerts[0] ? 2 : 1);
		if (f.parts_count == 2)
			assert_list(f.parts[0].alerts, cases[i].alerts);
		runbook_facts_release(&f);
	}
}

static void sections_that_say_nothing(void **state)
{
	static const struct {
		const char *heading, *placeholder;
		bool empty;
	} expected[] = {
		{"Page", "", false},      {"Empty", "", true},      {"Only sections", "", false},
		{"Inner", "", false},     {"Later", "TODO", false}, {"Filled in", "", false},
		{"Who", "[Name]", false}, {"Code", "", false},      {"TBD", "TBD", true},
	};
	(void)state;
	AUTOARENA struct arena *arena = arena_new();
	struct runbook_facts f = read_runbook_page(
		arena, "# Page\n\n## Empty\n\n## Only sections\n\n### Inner\n\ntext\n\n## Later\n\nTODO: write this\n\n## "
			   "Filled in\n\n"
			   "- [ ] a box, and [a link](x.md), and a log's [Errno 5]\n\n## Who\n\n- **Lead**: [Name]\n\n## Code\n\n"
			   "`[Name]`\n\n```\nTODO\n```\n\n## TBD\n");
	assert_int_equal(f.heading_count, COUNT(expected));
	for (size_t i = 0; i < COUNT(expected); i++) {
		assert_text(f.headings[i].text, expected[i].heading);
		assert_text(f.headings[i].placeholder, expected[i].placeholder);
		assert_int_equal(f.headings[i].empty, expected[i].empty);
	}
	assert_int_equal(f.headings[4].placeholder_at.line, 13);
	assert_int_equal(f.link_count, 1);
	assert_text(f.links[0].url, "x.md");
	assert_int_equal(f.links[0].at.line, 17);
	runbook_facts_release(&f);
}

static void a_page_too_heavy_keeps_its_title(void **state)
{
	(void)state;
	AUTOARENA struct arena *arena = arena_new();
	AUTOBUF struct buf text;
	buf_init(&text, 1 << 22);
	buf_add_c(&text, "---\nowner: shop\n---\n# Heavy\n\n|");
	for (int i = 0; i < 60000; i++)
		buf_add_c(&text, "a|");
	buf_add_c(&text, "\n|");
	for (int i = 0; i < 60000; i++)
		buf_add_c(&text, "-|");
	buf_add_char(&text, '\n');
	struct runbook_facts f;
	const char *why = NULL;
	facts_read_runbook(arena, "page.md", STR("page.md"), buf_str(&text), &f, &why);
	assert_non_null(why);
	assert_text(f.self.title, "Heavy");
	assert_text(f.self.owner, "shop");
	runbook_facts_release(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(metadata_in_every_form),
		cmocka_unit_test(related_alerts),
		cmocka_unit_test(sections_that_name_alerts),
		cmocka_unit_test(lists_that_are_introduced),
		cmocka_unit_test(what_only_looks_like_a_link),
		cmocka_unit_test(alert_names),
		cmocka_unit_test(several_runbooks_in_one_file),
		cmocka_unit_test(headings_that_name_several_alerts),
		cmocka_unit_test(sections_that_open_with_their_alert),
		cmocka_unit_test(openings_that_name_no_alert),
		cmocka_unit_test(sections_that_say_nothing),
		cmocka_unit_test(a_page_too_heavy_keeps_its_title),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
