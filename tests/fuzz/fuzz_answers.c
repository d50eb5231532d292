/*
 * What providers and mail servers answer, to every kind of receiver: the first byte says the status, the second the event, the
 * rest is the body. Whatever it holds, the judgement is one of those there are, and what it leaves is short and text.
 */
#include <stdint.h>

#include "receivers/receiver.h"

#include "parts.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const int statuses[] = {200, 201, 202, 204, 250, 301, 400, 401, 404, 408, 413,
                               421, 422, 425, 429, 450, 500, 502, 503, 550, 554, 599};
#define STATUSES (sizeof statuses / sizeof *statuses)

static void judge(const struct receiver_kind *kind, struct receiver_reply reply)
{
	AUTOARENA struct arena *arena = arena_new();
	void *settings = arena_alloc(arena, kind->settings_size + 1);

	options_defaults(kind->options, kind->option_count, arena, settings);
	for (unsigned step = 0; step < RECEIVER_STEPS_MAX; step++) {
		struct receiver_judgement out = {0};
		reply.step = step;
		kind->judge(settings, &reply, arena, &out);
		must(out.outcome == OUTCOME_DELIVERED || out.error.n > 0);
		must(!out.more || kind->steps);
		if (!out.more)
			return;
		reply.carry = out.carry;
		reply.ref = out.ref.n ? out.ref : reply.ref;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const enum message_event events[] = {EVENT_TRIGGER, EVENT_UPDATE, EVENT_ACKNOWLEDGE, EVENT_RESOLVE};
	const struct receiver_kind *const *kinds;
	size_t count = receiver_kinds(&kinds);

	if (size < 2)
		return 0;
	struct receiver_reply reply = {.status = statuses[data[0] % STATUSES],
	                               .event = events[data[1] % 4],
	                               .dedup_key = "0123456789abcdef",
	                               .ref = data[1] & 4 ? STR("1700000000.000100") : STR(""),
	                               .carry = {"", 0},
	                               .body = {(const char *)data + 2, size - 2}};
	for (size_t i = 0; i < count; i++)
		judge(kinds[i], reply);
	return 0;
}
