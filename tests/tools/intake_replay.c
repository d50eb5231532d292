/*
 * Feeds bodies and ticks to the router's own pure functions, line by line, and answers each with what follows from them: so
 * that a model of the intake can be run against the code (tests/integration/test_intake_model.py). Two incidents, X and Y.
 *
 *     policy TICK_MS PAGE_AFTER_MS EXPIRE_MS FRESH_MS
 *     body NOW GROUP whole|cut none|some ALERT…     ALERT: incident, fingerprint, "!" where its rule does not page, and
 *                                                   @starts, or @starts-ends where it is resolved: 0a@10 0b!@20-25
 *     tick NOW
 *  -> per incident "told due n0,n1,w0,w1;…" (due: ms from NOW, - for none; rows sorted by group, empty ones left out)
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "incident/decide.h"
#include "incident/row.h"
#include "incident/tick.h"

#define INCIDENTS 2
#define ALERTS 32

struct replay {
	struct arena *arena;
	struct incident *inc[INCIDENTS];
	struct member members[INCIDENTS][26];
	struct incident_policy policy;
	int64_t page_after, now;
};

struct spec {
	size_t incident, member;
	bool pages;
	struct alert alert;
	struct plan plan;
};

static int64_t next_number(const char **p)
{
	char *end;
	int64_t n = strtoll(*p, &end, 10);
	*p = end;
	return n;
}

static void read_spec(struct replay *r, const char *p, struct spec *out)
{
	*out = (struct spec){.incident = (size_t)(*p - '0') % INCIDENTS, .member = (size_t)(p[1] - 'a') % 26};
	p += 2;
	out->pages = *p != '!';
	p += *p == '!';
	p++; /* @ */
	out->alert.starts_at = next_number(&p);
	out->alert.resolved = *p == '-';
	if (out->alert.resolved) {
		p++;
		out->alert.ends_at = next_number(&p);
	}
	struct member *m = &r->members[out->incident][out->member];
	out->alert.fingerprint = m->fingerprint;
	out->plan.page = out->pages;
	out->plan.page_after.ms = r->page_after;
}

static void decide_specs(struct replay *r, const struct body *body, struct spec *specs, size_t n, size_t incident)
{
	struct arrival arrivals[ALERTS];
	struct decision out[ALERTS];
	struct member *of[ALERTS];
	size_t count = 0;
	struct counts counts = {.arena = r->arena};
	for (size_t i = 0; i < n; i++) {
		if (specs[i].incident != incident)
			continue;
		of[count] = &r->members[incident][specs[i].member];
		arrivals[count] = (struct arrival){&specs[i].alert, &specs[i].plan, *of[count]};
		count++;
	}
	r->inc[incident]->last_seen_at = r->now;
	if (!count && !incident_has_row(r->inc[incident], body->group))
		return;
	incident_decide(r->inc[incident], body, arrivals, count, &r->policy, r->now, out, &counts);
	r->inc[incident]->longest_gap = 0; /* the model's expiry does not adapt to how rarely a sender repeats itself */
	for (size_t i = 0; i < count; i++)
		if (out[i].member_changed)
			*of[i] = out[i].member;
	counts_release(&counts);
}

static void take_body(struct replay *r, char *words)
{
	struct spec specs[ALERTS];
	struct body body = {.truncated = false};
	size_t n = 0;
	char *save = NULL;
	r->now = strtoll(strtok_r(words, " \n", &save), NULL, 10);
	row_group(STR("am"), STR("page"), str_c(strtok_r(NULL, " \n", &save)), body.group);
	body.whole = !strcmp(strtok_r(NULL, " \n", &save), "whole");
	body.none_fires = !strcmp(strtok_r(NULL, " \n", &save), "none");
	for (char *w = strtok_r(NULL, " \n", &save); w && n < ALERTS; w = strtok_r(NULL, " \n", &save))
		read_spec(r, w, &specs[n++]);
	for (size_t i = 0; i < INCIDENTS; i++)
		decide_specs(r, &body, specs, n, i);
}

static void tick_incidents(struct replay *r, int64_t now)
{
	enum tick_reason out[TICK_REASONS];
	struct counts counts = {.arena = r->arena};
	r->now = now;
	for (size_t i = 0; i < INCIDENTS; i++)
		incident_tick(r->inc[i], &r->policy, now, out, &counts);
	counts_release(&counts);
}

static int compare_groups(const void *a, const void *b)
{
	const struct incident_row *x = a, *y = b;
	return strcmp(x->group, y->group);
}

static void print_replayed_incident(const struct replay *r, const struct incident *inc)
{
	struct incident_row rows[INCIDENT_ROWS_MAX + 1];
	if (inc->row_count)
		memcpy(rows, inc->rows, inc->row_count * sizeof *rows);
	qsort(rows, inc->row_count, sizeof *rows, compare_groups);
	printf("%d ", incident_is_paged(inc));
	if (incident_is_waiting(inc))
		printf("%" PRId64 " ", inc->due_at - r->now);
	else
		printf("- ");
	for (size_t i = 0; i < inc->row_count; i++)
		printf("%" PRIu64 ",%" PRIu64 ",%" PRIu64 ",%" PRIu64 ";", rows[i].n0, rows[i].n1, rows[i].w0, rows[i].w1);
	printf("%s", inc == r->inc[INCIDENTS - 1] ? "\n" : " | ");
}

static void begin_replay(struct replay *r, char *words)
{
	char *save = NULL;
	arena_free(r->arena);
	memset(r, 0, sizeof *r);
	r->arena = arena_new();
	int64_t ms = strtoll(strtok_r(words, " \n", &save), NULL, 10);
	r->page_after = strtoll(strtok_r(NULL, " \n", &save), NULL, 10);
	r->policy.expire_after = strtoll(strtok_r(NULL, " \n", &save), NULL, 10);
	r->policy.fresh = strtoll(strtok_r(NULL, " \n", &save), NULL, 10);
	r->policy.late_grace = ms;
	for (size_t i = 0; i < INCIDENTS; i++) {
		r->inc[i] = incident_new(r->arena, str_c(i ? "y" : "x"));
		for (int m = 0; m < 26; m++) {
			r->members[i][m].source = STR("am");
			r->members[i][m].fingerprint = str_c(arena_printf(r->arena, "%c", 'a' + m));
		}
	}
}

int main(void)
{
	static struct replay r;
	char *line = NULL;
	size_t size = 0;
	while (getline(&line, &size, stdin) > 0) {
		char *rest = strchr(line, ' ');
		if (!rest)
			return 2;
		*rest++ = '\0';
		if (!strcmp(line, "policy"))
			begin_replay(&r, rest);
		else if (!strcmp(line, "body"))
			take_body(&r, rest);
		else
			tick_incidents(&r, strtoll(rest, NULL, 10));
		for (size_t i = 0; i < INCIDENTS; i++)
			print_replayed_incident(&r, r.inc[i]);
		fflush(stdout);
	}
	free(line);
	arena_free(r.arena);
	return 0;
}
