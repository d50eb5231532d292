/* The first line as headers and token, the rest as the body of each kind's callback: nothing but its secret proves it, and
 * what is read stays within what was sent. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "receivers/receiver.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define NOW INT64_C(1763712000000)

static struct str given_header(void *arg, const char *name)
{
	(void)name;
	return *(const struct str *)arg;
}

/* A note has a row's words before what was sent. */
static void check_callback_text(struct str text, size_t sent)
{
	if (text.n > sent + 64 || (text.n && !text.p))
		abort();
}

static void check_read(const struct receiver_callback *callback, const struct callback_request *r)
{
	struct callback_event e = {.what = CALLBACK_NOTHING};
	enum callback_reading reading = callback->read(r, &e);
	size_t sent = r->body.n + r->header(r->arg, "").n;
	if (reading != CALLBACK_READ && (e.what || e.key.n || e.by.n))
		abort();
	if ((int)e.what < CALLBACK_NOTHING || e.what > CALLBACK_REFER)
		abort();
	check_callback_text(e.key, sent);
	check_callback_text(e.reference, sent);
	check_callback_text(e.by, sent);
	check_callback_text(e.note, sent);
	check_callback_text(e.id, sent);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *text = (const char *)data, *newline = size ? memchr(text, '\n', size) : NULL;
	size_t line = newline ? (size_t)(newline - text) : 0;
	struct str header = {text, line}, body = {text + (newline ? line + 1 : 0), size - (newline ? line + 1 : 0)};
	const struct receiver_kind *const *kinds;
	size_t count = receiver_kinds(&kinds);
	for (size_t i = 0; i < count; i++) {
		AUTOARENA struct arena *arena = arena_new();
		const struct callback_request r = {
			.arena = arena, .body = body, .token = header, .header = given_header, .arg = &header, .now_ms = NOW};
		if (!kinds[i]->callback)
			continue;
		if (kinds[i]->callback->authentic(&r, STR("a secret that no input has, by any chance of a fuzzer's")))
			abort();
		check_read(kinds[i]->callback, &r);
	}
	return 0;
}
