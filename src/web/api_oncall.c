/* GET /api/v1/oncall: who is on call, by what runbookd knows of the calendars at the moment. */
#include "api_impl.h"
#include "service/oncall.h"

void api_oncall(struct api *api, struct http_exchange *x, struct str segment)
{
	AUTOERR struct err err = ERR_INIT;
	const struct config *c = api->router->config;
	struct oncall_question q = {.at = loop_wall_ms()};
	struct str at = {NULL, 0}, until = {NULL, 0};

	(void)segment;
	http_query(x, "schedule", 0, &q.schedule);
	http_query(x, "at", 0, &at);
	http_query(x, "until", 0, &until);
	bool fine = oncall_time(c, "at", at, &q.at, &err) && oncall_time(c, "until", until, &q.until, &err);
	json_t *data = fine ? oncall_json(c, &q, &err) : NULL;
	if (data)
		api_reply_data(x, data);
	else
		api_reply_errors(x, 400, &err);
	json_decref(data);
}
