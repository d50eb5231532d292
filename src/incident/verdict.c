/* The names of verdicts and reasons. */
#include "incident/decide.h"

static const char *const verdict_names[VERDICTS] = {
	[VERDICT_PAGE] = "page",       [VERDICT_REMIND] = "remind",     [VERDICT_DEDUPLICATE] = "deduplicate",
	[VERDICT_RESOLVE] = "resolve", [VERDICT_SUPPRESS] = "suppress",
};

static const struct {
	const char *name;
	enum verdict verdict;
} reasons[REASONS] = {
	[REASON_NEW] = {"new", VERDICT_PAGE},
	[REASON_REOPENED] = {"reopened", VERDICT_PAGE},
	[REASON_SEVERITY_RAISED] = {"severity_raised", VERDICT_PAGE},
	[REASON_REPEAT_INTERVAL] = {"repeat_interval", VERDICT_REMIND},
	[REASON_REPEAT] = {"repeat", VERDICT_DEDUPLICATE},
	[REASON_MEMBER_JOINED] = {"member_joined", VERDICT_DEDUPLICATE},
	[REASON_MEMBER_LEFT] = {"member_left", VERDICT_DEDUPLICATE},
	[REASON_ACKNOWLEDGED] = {"acknowledged", VERDICT_DEDUPLICATE},
	[REASON_FLAPPING] = {"flapping", VERDICT_DEDUPLICATE},
	[REASON_LATE_FIRING] = {"late_firing", VERDICT_DEDUPLICATE},
	[REASON_CLOSED_BY_HAND] = {"closed_by_hand", VERDICT_DEDUPLICATE},
	[REASON_DUPLICATE] = {"duplicate", VERDICT_DEDUPLICATE},
	[REASON_LAST_MEMBER_RESOLVED] = {"last_member_resolved", VERDICT_RESOLVE},
	[REASON_PAGE_FALSE] = {"page_false", VERDICT_SUPPRESS},
	[REASON_NEVER_PAGED] = {"never_paged", VERDICT_SUPPRESS},
};

const char *verdict_name(enum verdict v)
{
	return verdict_names[v];
}

const char *reason_name(enum reason r)
{
	return reasons[r].name;
}

enum verdict reason_verdict(enum reason r)
{
	return reasons[r].verdict;
}
