#include "served.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "drive.h"

struct served served;

const struct http_server_limits served_small = {.max_body = 1000,
                                                .max_head = 2000,
                                                .max_connections = 3,
                                                .head_timeout_ms = 10000,
                                                .body_timeout_ms = 10000,
                                                .idle_timeout_ms = 10000};

/* /hold waits for the test; /echo answers with the body; /large with a large one; else with the path. */
static void handle_request(void *arg, struct http_exchange *x)
{
	(void)arg;
	struct str path = http_path(x);
	served.handled++;
	buf_printf(&served.seen, "%d %.*s\n", (int)http_method(x), STR_ARG(path));
	if (str_eq_c(path, "/hold")) {
		served.held[served.held_count++] = x;
	} else if (str_eq_c(path, "/echo")) {
		http_reply(x, 200, "application/json", http_body(x), NULL, 0);
	} else if (str_eq_c(path, "/large")) {
		AUTOFREE char *large = mem_zero(8 << 20);
		memset(large, 'x', 8 << 20);
		http_reply(x, 200, "text/plain", (struct str){large, 8 << 20}, NULL, 0);
	} else {
		http_reply(x, 200, "text/plain", path, NULL, 0);
	}
}

/* Whoever says "Known: no" has wrong credentials, and "Known: perhaps" none so far. */
static int admit(void *arg, struct http_exchange *x)
{
	(void)arg;
	struct str known = http_header(x, "Known");
	if (!str_eq_c(known, "perhaps"))
		http_admit(x);
	return str_eq_c(known, "no") ? 401 : 0;
}

static void words_of_test(void *arg, int code, struct http_words *out)
{
	(void)arg;
	*out = (struct http_words){.json = {NULL, 0}, .challenge = code == 401 ? "Bearer realm=\"test\"" : NULL};
}

static void count_refused(void *arg, int code, struct http_exchange *x)
{
	(void)arg;
	(void)x;
	served.refusals++;
	served.last_refusal = code;
}

int served_setup(void **state)
{
	(void)state;
	served.loop = loop_new();
	const struct http_server_hooks hooks = {
		.handle = handle_request, .admit = admit, .words = words_of_test, .refused = count_refused};
	served.server = http_server_new(served.loop, &served_small, &hooks);
	served.handled = served.refusals = served.last_refusal = served.held_count = 0;
	buf_init(&served.seen, 1 << 20);
	return http_server_listen(served.server, "127.0.0.1:0", served.address, &served.err) ? 0 : -1;
}

int served_teardown(void **state)
{
	(void)state;
	buf_release(&served.seen);
	http_server_free(served.server);
	loop_free(served.loop);
	err_release(&served.err);
	return 0;
}

bool served_saw(const char *text)
{
	return str_eq_c(buf_str(&served.seen), text);
}

bool served_none_connected(void *arg)
{
	(void)arg;
	return http_server_connections(served.server) == 0;
}

/* Says it, and waits until the server has closed. */
void served_exchange(struct wire *w, struct str bytes)
{
	wire_open(w, served.address);
	wire_say(w, bytes);
	assert_true(wire_await_end(w, served.loop));
}
