/*
 * Any bytes as the record of an incident, as a damaged store hands it out: it is refused, or everything that may be done with
 * an incident can be done with this one, without an assert, and what becomes of it can be written and read again.
 */
#include <stdint.h>
#include <string.h>

#include "base/time.h"
#include "incident/command.h"
#include "incident/decide.h"
#include "incident/delivery.h"
#include "incident/invariants.h"
#include "incident/merge.h"
#include "incident/row.h"
#include "incident/tick.h"
#include "parts.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define NOW INT64_C(1767603600000)

static struct incident *read_back(struct arena *arena, const struct incident *inc)
{
	AUTOERR struct err err = ERR_INIT;
	struct incident *back = incident_read(arena, incident_write(arena, inc), &err);
	must(back != NULL);
	return back;
}

/* Somebody whom the record knows, if it knows anybody; as the store may have him. */
static struct member whom(const struct incident *inc)
{
	if (inc->sample_count)
		return incident_sampled_member(inc, &inc->sample[0]);
	return (struct member){.source = STR("eu1"), .fingerprint = STR("0123456789abcdef")};
}

static void arrive_once(struct incident *inc, bool resolved, int64_t now, struct counts *counts)
{
	static struct str receivers[] = {STR_INIT("pager"), STR_INIT("chat")};
	struct label name = {STR("alertname"), STR("A")};
	struct alert alert = {.labels = {&name, 1}, .resolved = resolved, .starts_at = now - TIME_MINUTE};
	struct plan plan = {.page = true, .alertname = STR("A"), .receivers.names = {receivers, 2}};
	struct arrival arrival = {&alert, &plan, whom(inc)};
	struct body body = {.whole = true, .none_fires = resolved};
	struct decision decision;

	if (resolved)
		alert.ends_at = now;
	memcpy(plan.key, inc->key, sizeof plan.key);
	if (inc->row_count)
		memcpy(body.group, inc->rows[0].group, sizeof body.group);
	else
		row_group(STR("eu1"), STR("r"), STR("g"), body.group);
	incident_decide(inc, &body, &arrival, 1, &fuzz_policy, now, &decision, counts);
}

static void settle_all(struct incident *inc, enum outcome outcome, int64_t now)
{
	for (size_t i = 0; i < inc->delivery_count; i++) {
		struct settlement s = {.receiver = inc->deliveries[i].receiver, .outcome = outcome, .error = STR("no")};
		s.attempt = delivery_begin(inc, &inc->deliveries[i], now, now + TIME_MINUTE);
		incident_settle(inc, &s, &fuzz_policy, now);
	}
}

/* What may happen to one, each from the record as it was read. */
static void happen(struct incident *inc, int what, int64_t now, struct counts *counts)
{
	enum tick_reason reasons[TICK_REASONS];
	struct command_args args = {.by = STR("me"), .note = STR("")};
	struct incident *twin;

	switch (what) {
	case 0: arrive_once(inc, false, now, counts); break;
	case 1: arrive_once(inc, true, now, counts); break;
	case 2: incident_tick(inc, &fuzz_policy, now, reasons, counts); break;
	case 3: settle_all(inc, OUTCOME_DELIVERED, now); break;
	case 4: settle_all(inc, OUTCOME_UNKNOWN, now); break;
	case 5: settle_all(inc, OUTCOME_REJECTED, now); break;
	case 6:
		for (enum command c = COMMAND_ACK; c <= COMMAND_NOTE; c++)
			incident_command(inc, c, &args, &fuzz_policy, now, counts);
		break;
	case 7:
		twin = read_back(inc->arena, inc);
		arrive_once(twin, false, now, counts);
		incident_merge(inc, twin, NULL, NULL, 0, now);
		break;
	}
}
#define THINGS 8

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str bytes = {(const char *)data, size};

	for (int first = 0; first < THINGS; first++) {
		AUTOERR struct err err = ERR_INIT;
		AUTOARENA struct arena *arena = arena_new();
		struct counts counts = {.arena = arena};
		struct incident *inc = incident_read(arena, bytes, &err);
		must((inc != NULL) != (err.count != 0));
		for (int i = 0; inc && i < THINGS; i++) {
			happen(inc, (first + i) % THINGS, NOW + i * TIME_HOUR, &counts);
			inc = read_back(arena, inc);
		}
		counts_release(&counts);
	}
	return 0;
}
