/*
 * Where a page leads: acknowledge, runbook, incident, Prometheus, dashboard, silence.
 */
#include <string.h>

#include "message_impl.h"
#include "rules/template.h"

static bool breaks_link(unsigned char c)
{
	return c <= 0x20 || c == 0x7f || c == '"' || c == '<' || c == '>' || c == '\\';
}

/* What a reader's browser may be sent to. It is laxer than a request line: other scripts and braces are fine. */
static bool is_browser_link(struct str url)
{
	struct str rest = {NULL, 0};
	for (size_t i = 0; i < url.n; i++)
		if (breaks_link((unsigned char)url.p[i]))
			return false;
	if (str_starts(url, STR("https://")))
		rest = str_slice(url, 8, url.n);
	else if (str_starts(url, STR("http://")))
		rest = str_slice(url, 7, url.n);
	return rest.n && !strchr("/?#:@", *rest.p) && str_is_utf8(url);
}

#define LINK_BYTES_MAX 4096

static void message_add_link(struct message *m, const char *name, struct str url, struct str title)
{
	if (m->link_count < MESSAGE_LINKS_MAX && url.n <= LINK_BYTES_MAX && is_browser_link(url))
		m->links[m->link_count++] = (struct message_link){name, title, url};
}

static struct str incident_url(struct arena *arena, const struct incident *inc, struct str external_url)
{
	if (!external_url.n)
		return (struct str){NULL, 0};
	return str_c(arena_printf(arena, "%.*s/incidents/%s", STR_ARG(external_url), inc->key));
}

/* A runbook that we show ourselves is shown with the incident beside it. */
static struct str linked_runbook_url(struct arena *arena, const struct incident *inc, struct str external_url)
{
	struct str url = inc->runbook.url;
	struct str own = str_c(arena_printf(arena, "%.*s/runbooks/", STR_ARG(external_url)));
	ptrdiff_t hash = str_index(url, '#');
	size_t end = hash < 0 ? url.n : (size_t)hash;
	if (!external_url.n || !str_starts(url, own) || str_index(url, '?') >= 0)
		return url;
	return str_c(
		arena_printf(arena, "%.*s?incident=%s%.*s", (int)end, url.p, inc->key, STR_ARG(str_slice(url, end, url.n))));
}

/* As Grafana, kube-prometheus and others name it. */
static struct str dashboard_url(const struct incident *inc)
{
	static const char *const names[] = {"dashboard_url", "dashboard", "dashboardURL", "grafana_url",
	                                    "__dashboardURL__"};
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		struct str url = str_trim(labels_get(incident_annotations(inc), str_c(names[i])));
		if (is_browser_link(url))
			return url;
	}
	return (struct str){NULL, 0};
}

/* Alertmanager's form for a new silence, with the labels that the members share. */
static struct str silence_url(struct arena *arena, const struct incident *inc, const struct message_context *c)
{
	AUTOBUF struct buf filter, url;
	buf_init(&filter, LINK_BYTES_MAX);
	buf_init(&url, 2 * LINK_BYTES_MAX);
	if (!c->alertmanager_url.n || !inc->labels.n)
		return (struct str){NULL, 0};
	buf_add_c(&filter, "{");
	for (size_t i = 0; i < inc->labels.n; i++) {
		const struct label *l = &inc->labels.v[i];
		if (c->source_labels && str_eq(labels_get(c->source_labels, l->name), l->value))
			continue;
		buf_add_c(&filter, filter.n > 1 ? "," : "");
		label_add_matcher(&filter, l);
	}
	buf_add_c(&filter, "}");
	size_t end = c->alertmanager_url.n;
	while (end && c->alertmanager_url.p[end - 1] == '/')
		end--;
	buf_add(&url, str_slice(c->alertmanager_url, 0, end));
	buf_add_c(&url, "/#/silences/new?filter=");
	template_escape_add(&url, buf_str(&filter), ESCAPE_URL);
	return filter.n > 2 && buf_ok(&filter) && buf_ok(&url) ? arena_str(arena, buf_str(&url)) : (struct str){NULL, 0};
}

void message_take_links(struct message *m, struct arena *arena, const struct message_context *c)
{
	const struct incident *inc = m->incident;
	struct str none = {NULL, 0};
	m->incident_url = c->incident_url.n ? c->incident_url : incident_url(arena, inc, c->external_url);
	m->runbook_url = linked_runbook_url(arena, inc, c->external_url);
	m->runbook_title = inc->runbook.title;
	m->acknowledge_url = arena_str(arena, c->acknowledge_url);
	m->generator_url = inc->generator_url;
	if (m->event != EVENT_RESOLVE && !incident_acknowledgement(inc))
		message_add_link(m, "Acknowledge", m->acknowledge_url, none);
	message_add_link(m, "Runbook", m->runbook_url, m->runbook_title);
	message_add_link(m, "Incident", m->incident_url, none);
	message_add_link(m, "Prometheus", m->generator_url, none);
	message_add_link(m, "Dashboard", dashboard_url(inc), none);
	if (m->event != EVENT_RESOLVE)
		message_add_link(m, "Silence", silence_url(arena, inc, c), none);
}

const struct message_link *message_link(const struct message *m, const char *name)
{
	for (size_t i = 0; i < m->link_count; i++) {
		if (!strcmp(m->links[i].name, name))
			return &m->links[i];
	}
	return NULL;
}
