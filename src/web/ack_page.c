/* Writes the page behind an acknowledge link. */
#include "ack_page.h"

#include "base/base64.h"
#include "base/hash.h"
#include "catalog/html.h"
#include "incident/ack_token.h"
#include "incident/message.h"

static const struct {
	const char *name;
	int code;
	const char *heading, *text;
} states[ACK_PAGE_STATES] = {
	[ACK_PAGE_ASKS] = {"asked", 200, "Acknowledge?", NULL},
	[ACK_PAGE_DONE] = {"acknowledged", 200, "Acknowledged", "Everybody who was paged is told."},
	[ACK_PAGE_ALREADY] = {"already", 200, "Acknowledged already", NULL},
	[ACK_PAGE_OLD] = {"older_page", 410, "A later page is in force",
                      "This link belongs to an earlier page of this incident, so it did nothing. Use the link of the "
                      "latest page."},
	[ACK_PAGE_USED] = {"used", 410, "This link has been used",
                       "Somebody had the incident since it was made, and has it no more. The link did nothing: use "
                       "the one of the latest message."},
	[ACK_PAGE_OVER] = {"resolved", 410, "Resolved", "The incident is over, so there is nothing left to acknowledge."},
	[ACK_PAGE_EXPIRED] = {"expired", 403, "This link has expired",
                          "It did nothing. Use the link of a later page, or acknowledge where you were paged."},
	[ACK_PAGE_FOREIGN] = {"refused", 403, "This link is not valid",
                          "It did nothing. Perhaps a part of it is missing: open it from the page once more."},
	[ACK_PAGE_ABSENT] = {"forgotten", 410, "The incident is not known any more", "So this link did nothing."},
	[ACK_PAGE_UNAVAILABLE] = {"unavailable", 503, "Not now",
                              "It could not be kept, so nothing was done. Try again in a moment."},
};

const char *ack_page_name(enum ack_page_state state)
{
	return states[state].name;
}

int ack_page_code(enum ack_page_state state)
{
	return states[state].code;
}

static const char style[] = ":root{color-scheme:light dark}\n"
							"body{margin:0 auto;padding:1rem;max-width:36rem;overflow-wrap:anywhere}\n"
							"body{font:1.1rem/1.45 system-ui,sans-serif;background:#fff;color:#1b1f24}\n"
							"h1{font-size:1.3rem;line-height:1.3;margin:.5rem 0 1rem}\n"
							"dl{display:grid;grid-template-columns:auto 1fr;gap:.3rem .8rem;margin:1rem 0}\n"
							"dt{color:#57606a}\n"
							"dd{margin:0}\n"
							"button{width:100%;min-height:4rem;margin:1rem 0;border:0;border-radius:.6rem}\n"
							"button{background:#0a6c2f;color:#fff;font:inherit;font-size:1.3rem;font-weight:600}\n"
							"input{box-sizing:border-box;width:100%;min-height:3rem;padding:.4rem .7rem}\n"
							"input{border:1px solid #8c959f;border-radius:.6rem}\n"
							"input{background:transparent;color:inherit;font:inherit}\n"
							"label{display:block}\n"
							"summary{padding:.7rem 0}\n"
							"a{display:inline-block;padding:.6rem 0;margin-right:1.2rem;color:#0550ae}\n"
							".say{font-weight:600}\n"
							"@media(prefers-color-scheme:dark){\n"
							"body{background:#101418;color:#e3e8ed}\n"
							"dt{color:#9aa5b1}\n"
							"a{color:#7cb7ff}\n"
							"button{background:#2ea55a;color:#06120a}\n"
							"}\n";

const char *ack_page_policy(void)
{
	static char *policy;
	unsigned char sum[HASH_BYTES];
	AUTOBUF struct buf b;
	buf_init(&b, 1024);
	if (policy)
		return policy;
	hash_sha256_bytes(STR(style), sum);
	buf_add_c(&b, "default-src 'none'; style-src 'sha256-");
	base64_add(&b, (struct str){(const char *)sum, sizeof sum}, 0);
	buf_add_c(&b, "'; img-src data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'");
	policy = buf_take(&b);
	return policy;
}

static void write_element(struct buf *out, const char *before, struct str text, const char *after)
{
	if (!text.n)
		return;
	buf_add_c(out, before);
	html_text(out, text);
	buf_add_c(out, after);
}

/* ---- the incident ---- */

static void write_incident_facts(struct buf *out, const struct message *m)
{
	buf_add_c(out, "<dl>\n");
	for (size_t i = 0; i < m->fact_count; i++) {
		write_element(out, "<dt>", str_c(m->facts[i].name), "</dt>");
		write_element(out, "<dd>", m->facts[i].value, "</dd>\n");
	}
	buf_add_c(out, "</dl>\n");
}

static void write_link(struct buf *out, const struct message *m, const char *name)
{
	const struct message_link *link = message_link(m, name);
	if (!link)
		return;
	buf_add_c(out, "<a rel=\"noreferrer\" href=\"");
	html_text(out, link->url);
	write_element(out, "\">", str_c(name), "</a>\n");
}

/* ---- the form ---- */

static void write_name_field(struct buf *out, struct str who)
{
	buf_printf(out,
	           "<label>Your name <input name=\"by\" maxlength=\"%d\" autocomplete=\"name\" autocapitalize=\"words\" "
	           "enterkeyhint=\"done\" value=\"",
	           ACK_WHO_MAX);
	html_text(out, who);
	buf_add_c(out, "\"></label>\n");
}

/* Who is known only presses the button. */
static void write_form(const struct ack_page *p, struct buf *out)
{
	buf_add_c(out, "<form method=\"post\">\n");
	if (p->who.n) {
		write_element(out, "<button>Acknowledge as ", p->who, "</button>\n");
		buf_add_c(out, "<details><summary>Somebody else?</summary>\n");
		write_name_field(out, p->who);
		buf_add_c(out, "</details>\n");
	} else {
		write_name_field(out, p->who);
		buf_add_c(out, "<button>Acknowledge</button>\n");
	}
	buf_add_c(out, "</form>\n");
}

/* ---- the page ---- */

static void write_about(const struct ack_page *p, struct buf *out)
{
	AUTOARENA struct arena *arena = arena_new();
	const struct message_context context = {.external_url = p->config->external_url, .zone = p->config->zone};
	bool acknowledged = p->state == ACK_PAGE_DONE || p->state == ACK_PAGE_ALREADY;
	struct message m;
	message_init(&m, arena, p->inc, acknowledged ? EVENT_ACKNOWLEDGE : EVENT_TRIGGER, p->generation, 1, &context);
	write_element(out, "<h1>", m.summary, "</h1>\n");
	write_element(out, "<p class=\"say\">", acknowledged ? m.headline : (struct str){NULL, 0}, "</p>\n");
	if (p->state == ACK_PAGE_ASKS)
		write_form(p, out);
	write_element(out, "<p>", str_c(states[p->state].text), "</p>\n");
	write_link(out, &m, "Runbook");
	write_link(out, &m, "Incident");
	if (p->state == ACK_PAGE_ASKS || acknowledged)
		write_incident_facts(out, &m);
}

bool ack_page_write(const struct ack_page *p, struct buf *out)
{
	buf_add_c(out, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
	               "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
	               "<meta name=\"color-scheme\" content=\"light dark\">\n<meta name=\"robots\" content=\"noindex\">\n");
	write_element(out, "<title>", str_c(states[p->state].heading), "</title>\n");
	buf_printf(out, "<link rel=\"icon\" href=\"data:,\">\n<style>%s</style>\n</head>\n<body>\n<main>\n", style);
	write_element(out, "<p class=\"say\">", str_c(states[p->state].heading), "</p>\n");
	if (p->inc)
		write_about(p, out);
	else
		write_element(out, "<p>", str_c(states[p->state].text), "</p>\n");
	buf_add_c(out, "</main>\n</body>\n</html>\n");
	return buf_ok(out);
}
