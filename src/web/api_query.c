/* What questions about incidents say in their query: matchers, a limit, a state. */
#include "api_impl.h"
#include "base/mem.h"
#include "base/time.h"

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

/* ---- noise ---- */

static bool read_ago(struct http_exchange *x, const char *name, int64_t *ago, struct err *err)
{
	struct str text;

	if (!http_query(x, name, 0, &text) || (time_duration_parse(text, ago) && *ago > 0))
		return true;
	err_add(err, "%s: '%.*s' is no duration such as 7d or 12h", name, STR_ARG(text));
	return false;
}

/* A matcher over anything else would never match, and say nothing of it. */
static bool counters_know(const struct api_matchers *a, struct err *err)
{
	static const char *const known[] = {"alertname", "owner", "rule", "severity"};

	for (size_t i = 0; i < a->n; i++) {
		size_t k = 0;
		while (k < sizeof known / sizeof *known && !str_eq_c(a->v[i].name, known[k]))
			k++;
		if (k == sizeof known / sizeof *known)
			err_add(err, "matcher: the counters know alertname, owner, rule and severity, not '%.*s'",
			        STR_ARG(a->v[i].name));
	}
	return !err_any(err);
}

static bool read_by(struct http_exchange *x, enum noise_by *by, struct err *err)
{
	struct str text;

	if (!http_query(x, "by", 0, &text))
		return true;
	for (int i = 0; i < NOISE_BYS; i++)
		if (str_eq_c(text, noise_by_names[i])) {
			*by = (enum noise_by)i;
			return true;
		}
	err_add(err, "by: '%.*s' is none of alertname, rule, owner, severity, receiver, person, runbook", STR_ARG(text));
	return false;
}

bool api_read_noise(struct http_exchange *x, struct api_matchers *m, struct noise_query *q, struct err *err)
{
	*q = (struct noise_query){.since_ms = 7 * TIME_DAY,
	                          .by = NOISE_ALERTNAME,
	                          .sort = api_query(x, "sort"),
	                          .owner = api_query(x, "owner"),
	                          .limit = 20};
	bool fine = read_ago(x, "since", &q->since_ms, err) && read_ago(x, "until", &q->until_ms, err) &&
	            read_by(x, &q->by, err) && api_read_limit(x, &q->limit, err) && api_read_matchers(x, m, err) &&
	            counters_know(m, err);

	q->matchers = m->v;
	q->matcher_count = m->n;
	return fine;
}
