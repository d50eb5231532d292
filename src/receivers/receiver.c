#include "request.h"

static const struct receiver_kind *const kinds[] = {
	&receiver_pagerduty,
	&receiver_webhook,
};
#define KINDS (sizeof kinds / sizeof *kinds)

const struct receiver_kind *receiver_kind_find(const char *name)
{
	for (size_t i = 0; i < KINDS; i++) {
		if (str_eq_c(str_c(name), kinds[i]->name))
			return kinds[i];
	}
	return NULL;
}

size_t receiver_kinds(const struct receiver_kind *const **out)
{
	*out = kinds;
	return KINDS;
}

enum outcome receiver_judge_status(int status)
{
	static const int later[] = {408, 425, 429, 503};
	for (size_t i = 0; i < sizeof later / sizeof *later; i++) {
		if (status == later[i])
			return OUTCOME_RETRY;
	}
	if (status >= 200 && status < 300)
		return OUTCOME_DELIVERED;
	return status >= 300 && status < 500 ? OUTCOME_REJECTED : OUTCOME_UNKNOWN;
}
