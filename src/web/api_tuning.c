/*
 * What whoever tunes rules asks a daemon for: differences of the shadow rules, open incidents as they are kept, the journal.
 */
#include "api_impl.h"
#include "base/mem.h"
#include "service/shadow_rules.h"

void api_shadow(struct api *api, struct http_exchange *x, struct str segment)
{
	(void)segment;
	json_t *report = shadow_rules_report(api->router->shadow);
	api_reply_data(x, report);
	json_decref(report);
}

static void records_asked(void *arg, const struct operate_reply *reply)
{
	api_reply_operated(arg, reply);
}

void api_records(struct api *api, struct http_exchange *x, struct str segment)
{
	struct str cursor = {NULL, 0};

	(void)segment;
	http_query(x, "cursor", 0, &cursor);
	operate_records(api->router, cursor, records_asked, x);
}
