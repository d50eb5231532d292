/* What questions about incidents say in their query: matchers, a limit, a state. */
#include "api_impl.h"
#include "base/mem.h"

#define LIMIT_MAX 1000
#define MATCHERS_MOST 50 /* each is tried on each incident */

void api_matchers_release(struct api_matchers *m)
{
	for (size_t i = 0; i < m->n; i++)
		matcher_release(&m->v[i]);
	mem_cleanup(&m->v);
	m->n = 0;
}

bool api_read_limit(struct http_exchange *x, size_t *limit, struct err *err)
{
	struct str text;
	int64_t n;

	if (!http_query(x, "limit", 0, &text))
		return true;
	if (!str_to_i64(text, &n) || n < 1 || n > LIMIT_MAX) {
		err_add(err, "limit: '%.*s' is no number from 1 to %d", STR_ARG(text), LIMIT_MAX);
		return false;
	}
	*limit = (size_t)n;
	return true;
}

/* The empty view where the query does not say it. */
struct str api_query(struct http_exchange *x, const char *name)
{
	struct str value = {NULL, 0};
	return http_query(x, name, 0, &value) ? value : (struct str){NULL, 0};
}

bool api_read_matchers(struct http_exchange *x, struct api_matchers *a, struct err *err)
{
	const struct pos at = {"matcher", 0, 0};
	struct str text;
	bool ok = true;

	for (size_t nth = 0; http_query(x, "matcher", nth, &text); nth++) {
		if (nth == MATCHERS_MOST) {
			err_add(err, "matcher: more than %d of them", MATCHERS_MOST);
			return false;
		}
		if (str_trim(text).n) /* a form says what is empty, too */
			ok &= matchers_parse(a->arena, text, at, &a->v, &a->n, err);
	}
	if (a->n > MATCHERS_MOST)
		err_add(err, "matcher: more than %d of them", MATCHERS_MOST);
	return ok && a->n <= MATCHERS_MOST;
}

bool api_known_state(struct str state, struct err *err)
{
	static const char *const states[] = {"", "firing", "acknowledged", "resolved", "dead"};

	for (size_t i = 0; i < sizeof states / sizeof *states; i++)
		if (str_eq_c(state, states[i]))
			return true;
	err_add(err, "state: '%.*s' is none of firing, acknowledged, resolved, dead", STR_ARG(state));
	return false;
}
