#include "await.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "service/operate.h"

bool await_sent(struct stage *s, const void *n)
{
	return s->provider.count >= *(const size_t *)n;
}

void await_requests(struct stage *s, size_t n)
{
	stage_until(s, await_sent, &n);
	assert_int_equal(s->provider.count, n);
}

static const json_t *delivery_of(const json_t *incident, const char *receiver)
{
	const json_t *list = json_object_get(incident, "deliveries");

	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *d = json_array_get(list, i);
		if (strcmp(json_string_value(json_object_get(d, "receiver")), receiver) == 0)
			return d;
	}
	return NULL;
}

bool await_settled(struct stage *s, const void *arg)
{
	const size_t *n = arg;
	static const char *const outcomes[] = {"delivered", "retry", "unknown", "rejected", "not_sent"};
	double sum = 0;

	for (size_t i = 0; i < 5; i++)
		sum += stage_metric(s, METRIC_DELIVERIES, "pager", outcomes[i]) +
		       stage_metric(s, METRIC_DELIVERIES, "mail", outcomes[i]);
	return sum >= (double)*n;
}

/* So many attempts were made and judged, and their outcome is on record. */
void await_outcomes(struct stage *s, size_t n)
{
	stage_until(s, await_settled, &n);
}

struct looking {
	const char *key, *receiver, *field, *value;
	bool asked, holds;
};

static void looked(void *arg, const struct operate_reply *reply)
{
	struct looking *l = arg;
	const json_t *v = json_object_get(delivery_of(reply->data, l->receiver), l->field);
	AUTOFREE char *text = json_dumps(v, JSON_ENCODE_ANY);

	l->asked = false;
	l->holds = text && strcmp(text, l->value) == 0;
}

static bool delivery_is(struct stage *s, const void *arg)
{
	struct looking *l;

	memcpy(&l, &arg, sizeof l);
	if (!l->holds && !l->asked) {
		l->asked = true;
		operate_show(&s->r, str_c(l->key), looked, l);
	}
	return l->holds;
}

void await_delivery(struct stage *s, const char *key, const char *receiver, const char *field, const char *value)
{
	struct looking l = {key, receiver, field, value, false, false};

	stage_until(s, delivery_is, &l);
}
