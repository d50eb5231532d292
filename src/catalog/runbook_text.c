/* What the nodes of a runbook show, and the words that people use for the same thing. */
#include <string.h>

#include "runbook_impl.h"

#define VALUE_MAX (64 * 1024)
#define CODES_MAX 64

bool node_is(cmark_node *node, const char *type)
{
	return !strcmp(cmark_node_get_type_string(node), type);
}

struct pos node_at(const struct reading *r, cmark_node *node)
{
	return (struct pos){r->file, cmark_node_get_start_line(node) + r->m->line, cmark_node_get_start_column(node)};
}

/* ---- text ---- */

static void show(cmark_node *node, struct buf *text, struct arena *arena, struct strs *codes)
{
	cmark_node_type type = cmark_node_get_type(node);
	if (type == CMARK_NODE_SOFTBREAK || type == CMARK_NODE_LINEBREAK)
		buf_add_char(text, ' ');
	if (type != CMARK_NODE_TEXT && type != CMARK_NODE_CODE)
		return;
	const char *literal = cmark_node_get_literal(node);
	buf_add_c(text, literal);
	if (type == CMARK_NODE_CODE && codes->n < CODES_MAX)
		codes->v[codes->n++] = arena_str(arena, str_trim(str_c(literal)));
}

static void walk(cmark_node *node, struct buf *text, struct arena *arena, struct strs *codes)
{
	cmark_iter *it = cmark_iter_new(node);
	for (cmark_event_type event; (event = cmark_iter_next(it)) != CMARK_EVENT_DONE;)
		if (event == CMARK_EVENT_ENTER)
			show(cmark_iter_get_node(it), text, arena, codes);
	cmark_iter_free(it);
}

struct runbook_value inlines_value(struct arena *arena, cmark_node *first, const cmark_node *end)
{
	struct str room[CODES_MAX];
	struct strs codes = {room, 0};
	AUTOBUF struct buf text;
	buf_init(&text, VALUE_MAX);
	for (cmark_node *n = first; n && n != end; n = cmark_node_next(n))
		walk(n, &text, arena, &codes);
	struct runbook_value value = {arena_str(arena, str_trim(buf_str(&text))), {NULL, 0}};
	if (codes.n) {
		value.codes.v = arena_alloc(arena, codes.n * sizeof *codes.v);
		memcpy(value.codes.v, codes.v, codes.n * sizeof *codes.v);
		value.codes.n = codes.n;
	}
	return value;
}

struct runbook_value node_value(struct arena *arena, cmark_node *node)
{
	return inlines_value(arena, cmark_node_first_child(node), NULL);
}

/* ---- words ---- */

static bool is_word(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (unsigned char)c >= 0x80;
}

struct str runbook_fold(struct arena *arena, struct str s)
{
	char *out = arena_alloc(arena, s.n + 1);
	size_t n = 0;
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i] >= 'A' && s.p[i] <= 'Z' ? (char)(s.p[i] - 'A' + 'a') : s.p[i];
		if (is_word(c))
			out[n++] = c;
		else if (n && out[n - 1] != ' ')
			out[n++] = ' ';
	}
	return str_trim((struct str){out, n});
}

static const struct {
	enum runbook_key key;
	const char *words;
} names[] = {
	{KEY_TITLE, "title"},
	{KEY_SEVERITY, "severity"},
	{KEY_SEVERITY, "severity level"},
	{KEY_SEVERITY, "alert severity"},
	{KEY_SEVERITY, "incident severity"},
	{KEY_SEVERITY, "default severity"},
	{KEY_SEVERITY, "priority"},
	{KEY_OWNER, "owner"},
	{KEY_OWNER, "owners"},
	{KEY_OWNER, "owned by"},
	{KEY_OWNER, "team"},
	{KEY_OWNER, "owning team"},
	{KEY_OWNER, "owner team"},
	{KEY_OWNER, "service owner"},
	{KEY_OWNER, "runbook owner"},
	{KEY_OWNER, "document owner"},
	{KEY_OWNER, "maintained by"},
	{KEY_OWNER, "maintainer"},
	{KEY_OWNER, "maintainers"},
	{KEY_OWNER, "responsible team"},
	{KEY_APPROVAL, "approval"},
	{KEY_APPROVAL, "approval required"},
	{KEY_APPROVAL, "approvals required"},
	{KEY_APPROVAL, "required approval"},
	{KEY_APPROVAL, "required approvals"},
	{KEY_APPROVAL, "requires approval"},
	{KEY_APPROVAL, "approver"},
	{KEY_APPROVAL, "approvers"},
	{KEY_TIME, "estimated time"},
	{KEY_TIME, "estimated duration"},
	{KEY_TIME, "time estimate"},
	{KEY_TIME, "time required"},
	{KEY_TIME, "time to complete"},
	{KEY_TIME, "estimated time to complete"},
	{KEY_TIME, "estimated completion time"},
	{KEY_TIME, "expected duration"},
	{KEY_UPDATED, "last updated"},
	{KEY_UPDATED, "last update"},
	{KEY_UPDATED, "updated"},
	{KEY_UPDATED, "last reviewed"},
	{KEY_UPDATED, "last review"},
	{KEY_UPDATED, "last modified"},
	{KEY_UPDATED, "last revised"},
	{KEY_UPDATED, "lastmod"},
	{KEY_UPDATED, "last reviewed on"},
	{KEY_UPDATED, "last reviewed at"},
	{KEY_UPDATED, "last review date"},
	{KEY_UPDATED, "reviewed"},
	{KEY_UPDATED, "reviewed on"},
	{KEY_UPDATED, "reviewed at"},
	{KEY_UPDATED, "last verified"},
	{KEY_UPDATED, "last validated"},
	{KEY_UPDATED, "last checked"},
	{KEY_UPDATED, "last edited"},
	{KEY_UPDATED, "last modified at"},
	{KEY_UPDATED, "last modified on"},
	{KEY_UPDATED, "last updated on"},
	{KEY_UPDATED, "last updated at"},
	{KEY_UPDATED, "updated at"},
	{KEY_UPDATED, "updated on"},
	{KEY_UPDATED, "date modified"},
	{KEY_UPDATED, "date reviewed"},
	{KEY_REVIEW, "review"},
	{KEY_REVIEW, "review in"},
	{KEY_REVIEW, "review every"},
	{KEY_REVIEW, "reviewed every"},
	{KEY_REVIEW, "review after"},
	{KEY_NEXT_REVIEW, "next review"},
	{KEY_NEXT_REVIEW, "next review date"},
	{KEY_NEXT_REVIEW, "next review due"},
	{KEY_NEXT_REVIEW, "next review on"},
	{KEY_NEXT_REVIEW, "review due"},
	{KEY_NEXT_REVIEW, "review due date"},
	{KEY_NEXT_REVIEW, "review by"},
	{KEY_NEXT_REVIEW, "due for review"},
	{KEY_NEXT_REVIEW, "valid until"},
	{KEY_NEXT_REVIEW, "expires"},
	{KEY_NEXT_REVIEW, "expires on"},
	{KEY_OWNER_CHANNEL, "owner slack"},
	{KEY_OWNER_CHANNEL, "owner slack channel"},
	{KEY_OWNER_CHANNEL, "owner email"},
	{KEY_OWNER_CHANNEL, "owner contact"},
	{KEY_OWNER_CHANNEL, "team slack"},
	{KEY_OWNER_CHANNEL, "team channel"},
	{KEY_REVIEW, "review cycle"},
	{KEY_REVIEW, "review frequency"},
	{KEY_REVIEW, "review schedule"},
	{KEY_REVIEW, "review cadence"},
	{KEY_REVIEW, "review interval"},
	{KEY_REVIEW, "review period"},
	{KEY_ALERTS, "alert"},
	{KEY_ALERTS, "alerts"},
	{KEY_ALERTS, "alertname"},
	{KEY_ALERTS, "alertnames"},
	{KEY_ALERTS, "alert name"},
	{KEY_ALERTS, "alert names"},
	{KEY_ALERTS, "alert id"},
	{KEY_ALERTS, "alert s"},
	{KEY_ALERTS, "alert rule"},
	{KEY_ALERTS, "alert rules"},
	{KEY_ALERTS, "alerting rule"},
	{KEY_ALERTS, "alerting rules"},
	{KEY_ALERTS, "alertmanager rule"},
	{KEY_ALERTS, "alertmanager rules"},
	{KEY_ALERTS, "alertmanager alert"},
	{KEY_ALERTS, "alertmanager alerts"},
	{KEY_ALERTS, "prometheus rule"},
	{KEY_ALERTS, "prometheus rules"},
	{KEY_ALERTS, "prometheus alert"},
	{KEY_ALERTS, "prometheus alerts"},
	{KEY_ALERTS, "grafana alert"},
	{KEY_ALERTS, "grafana alerts"},
	{KEY_TYPE, "type"},
	{KEY_TYPE, "runbook type"},
	{KEY_CATEGORY, "category"},
	{KEY_DESCRIPTION, "description"},
};

enum runbook_key runbook_key_of(struct str folded)
{
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (str_eq_c(folded, names[i].words))
			return names[i].key;
	return KEY_NONE;
}

/* ---- placeholders ---- */

/* [Title], [X minutes]: brackets around words, no checkbox. */
static bool is_bracketed(struct str s)
{
	if (s.n < 5 || s.p[0] != '[' || s.p[s.n - 1] != ']' || str_index(str_slice(s, 1, s.n - 1), ']') >= 0)
		return false;
	return (s.p[1] >= 'A' && s.p[1] <= 'Z') || (s.p[1] >= 'a' && s.p[1] <= 'z');
}

bool str_is_placeholder(struct str s)
{
	static const char *const words[] = {"TODO",
	                                    "TBD",
	                                    "TBA",
	                                    "FIXME",
	                                    "XXX",
	                                    "WIP",
	                                    "N/A yet",
	                                    "YYYY-MM-DD",
	                                    "HH:MM",
	                                    "Lorem ipsum",
	                                    "Coming soon",
	                                    "To be written",
	                                    "To be determined",
	                                    "To be defined",
	                                    "To be done"};
	s = str_trim(s);
	while (s.n && strchr(".!:*_", s.p[s.n - 1]))
		s.n--;
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (str_eq_nocase(s, str_c(words[i])))
			return true;
	return is_bracketed(s);
}
