/* What every page loads: one style sheet and one script, as they stand beside this file. */
#include "base/embed.h"
#include "page.h"

EMBED(page_css, "src/web/page.css");
EMBED(page_js, "src/web/page.js");

static void reply_asset(struct http_exchange *x, const char *type, const char *from, const char *to)
{
	static const struct http_reply_header headers[] = {{"X-Content-Type-Options", "nosniff"},
	                                                   {"Cache-Control", "public, max-age=300"}};
	http_reply(x, 200, type, (struct str){from, (size_t)(to - from)}, headers, 2);
}

void api_asset_css(struct api *api, struct http_exchange *x, struct str segment)
{
	(void)api, (void)segment;
	reply_asset(x, "text/css; charset=utf-8", page_css, page_css_end);
}

void api_asset_js(struct api *api, struct http_exchange *x, struct str segment)
{
	(void)api, (void)segment;
	reply_asset(x, "text/javascript; charset=utf-8", page_js, page_js_end);
}
