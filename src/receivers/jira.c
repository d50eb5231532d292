/*
 * Jira: an issue per incident, commented as things change, moved to its end where a transition is named. Each message
 * first looks for the open issue with the incident's label (unless `ref`, its key, is known):
 *
 *     find -> create, or comment -> which transitions are there -> transition
 */
#include <string.h>

#include "answer.h"
#include "base/base64.h"
#include "page.h"

struct jira_settings {
	struct str api_url, user, password, password_file, project, issue_type, priority, resolve_transition;
	struct strs labels;
	int api_type;
};
enum api_type { API_AUTO, API_CLOUD, API_DATACENTER };
static const char *const api_types[] = {"auto", "cloud", "datacenter", NULL};

static const struct option options[] = {
	REQUEST_TEXT(struct jira_settings, api_url, NULL, "https://SITE.atlassian.net/rest/api/2, or a server's."),
	REQUEST_TEXT(struct jira_settings, user, NULL, "Mail address or user; without one the password is a bearer token."),
	REQUEST_SECRET(struct jira_settings, password, "API token or password."),
	REQUEST_TEXT(struct jira_settings, project, NULL, "Key of the project."),
	REQUEST_TEXT(struct jira_settings, issue_type, "Bug", "Type of the issue."),
	REQUEST_TEXT(struct jira_settings, priority, NULL, "Priority of the issue; default: the project's."),
	REQUEST_TEXT(struct jira_settings, resolve_transition, NULL, "Name of the transition at the end; default: none."),
	{.name = "labels",
     .type = OPTION_STRS,
     .offset = offsetof(struct jira_settings, labels),
     .doc = "Further labels of each issue, without blanks."},
	{.name = "api_type",
     .type = OPTION_CHOICE,
     .offset = offsetof(struct jira_settings, api_type),
     .fallback = "auto",
     .choices = api_types,
     .doc = "How issues are searched; auto: cloud below atlassian.net."},
	REQUEST_FOREIGN_COMMON,
	REQUEST_FOREIGN_TITLE("title"),
	REQUEST_FOREIGN_TITLE("summary"),
	REQUEST_FOREIGN_TEXT("text"),
	REQUEST_FOREIGN_TEXT("description"),
	REQUEST_FOREIGN_LOOK("fields"),
	REQUEST_FOREIGN("reopen_transition", "is not there: what fires again later is a new issue"),
	REQUEST_FOREIGN("reopen_duration", "is not there: what fires again later is a new issue"),
	REQUEST_FOREIGN("wont_fix_resolution", "is not there: what fires again later is a new issue"),
};
static const char *const secrets[] = {"password", NULL};
static const char *const urls[] = {"api_url", NULL};

/* In characters. */
#define SUMMARY_MAX 255
#define DESCRIPTION_MAX 32000 /* of 32,767 */
#define LABEL_MAX 255
#define LABELS_MAX 20

enum phase { PHASE_FIND, PHASE_WRITE, PHASE_TRANSITIONS, PHASE_MOVE };

/* Where the issue is known there is nothing to find. */
static enum phase jira_phase(struct str ref, unsigned step)
{
	return (enum phase)(step + (ref.n ? 1 : 0));
}

static bool jira_labels_fit(const struct jira_settings *s, struct pos at, struct err *err)
{
	bool ok = s->labels.n <= LABELS_MAX;
	if (!ok)
		err_at(err, at, "jira: \"labels\" must be at most %d", LABELS_MAX);
	for (size_t i = 0; i < s->labels.n; i++) {
		if (str_index(s->labels.v[i], ' ') < 0 && s->labels.v[i].n && s->labels.v[i].n <= LABEL_MAX)
			continue;
		err_at(err, at, "jira: \"labels\": \"%.*s\" must be 1 to %d bytes without blanks", STR_ARG(s->labels.v[i]),
		       LABEL_MAX);
		ok = false;
	}
	return ok;
}

static bool jira_check(void *settings, struct pos at, struct arena *arena, struct err *err)
{
	const struct jira_settings *s = settings;
	bool ok = s->api_url.n && s->project.n && s->issue_type.n;
	(void)arena;
	if (!ok)
		err_at(err, at, "jira: \"api_url\", \"project\" and \"issue_type\" are required");
	return jira_labels_fit(s, at, err) && ok;
}

/* ---- authorization ---- */

static void authorize(const struct receiver_build *in, struct receiver_request *out)
{
	const struct jira_settings *s = in->settings;
	struct str password = request_secret(in, "password");
	if (!s->user.n) {
		request_authorize(in, out, "Bearer", "password");
		return;
	}
	char *pair = arena_printf(out->arena, "%.*s:%.*s", STR_ARG(s->user), STR_ARG(password));
	AUTOBUF struct buf b;
	buf_init(&b, SIZE_MAX);
	buf_add_c(&b, "Basic ");
	base64_add(&b, str_c(pair), 0);
	request_header(out, "Authorization", buf_str(&b));
}

/* ---- finding ---- */

static bool is_cloud(const struct jira_settings *s)
{
	if (s->api_type != API_AUTO)
		return s->api_type == API_CLOUD;
	return str_ends(request_url_host(s->api_url), STR(".atlassian.net"));
}

static struct str label_of(const struct message *m, struct arena *arena)
{
	return str_c(arena_printf(arena, "runbookd-%s", m->dedup_key));
}

static void add_jql_text(struct buf *b, struct str s)
{
	buf_add_c(b, "\"");
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '"' || s.p[i] == '\\')
			buf_add_c(b, "\\");
		buf_add_char(b, s.p[i]);
	}
	buf_add_c(b, "\"");
}

static bool build_find(const struct receiver_build *in, struct receiver_request *out, struct err *err)
{
	const struct jira_settings *s = in->settings;
	AUTOBUF struct buf jql;
	buf_init(&jql, SIZE_MAX);
	buf_add_c(&jql, "statusCategory != Done and project=");
	add_jql_text(&jql, s->project);
	buf_add_c(&jql, " and labels=");
	add_jql_text(&jql, label_of(in->message, out->arena));
	buf_add_c(&jql, " order by created DESC");
	json_t *o = json_pack("{so s[s] si}", "jql", request_text(buf_str(&jql)), "fields", "status", "maxResults", 1);
	return request_take_json(out, "POST", request_url(out->arena, s->api_url, is_cloud(s) ? "/search/jql" : "/search"),
	                         o, "jira", err);
}

/* ---- writing ---- */

/* Version 3 of the API wants a document instead of text. */
static json_t *document(const struct jira_settings *s, struct str text)
{
	if (str_find(s->api_url, STR("/rest/api/3")) < 0)
		return request_text(text);
	json_t *leaf = json_pack("{ss so}", "type", "text", "text", request_text(text.n ? text : STR(" ")));
	return json_pack("{ss si s[{ss s[o]}]}", "type", "doc", "version", 1, "content", "type", "paragraph", "content",
	                 leaf);
}

static json_t *jira_text(const struct receiver_build *in, struct receiver_request *out, bool titled)
{
	const struct jira_settings *s = in->settings;
	bool plain = str_find(s->api_url, STR("/rest/api/3")) >= 0;
	const struct page_style style = {.markup = plain ? &markup_plain : &markup_jira,
	                                 .most = DESCRIPTION_MAX,
	                                 .unit = TEXT_CHARACTERS,
	                                 .titled = titled,
	                                 .headed = titled,
	                                 .links = true};
	return document(s, page_full_text(in, out, &style));
}

static bool jira_build_create(const struct receiver_build *in, struct receiver_request *out, struct err *err)
{
	const struct jira_settings *s = in->settings;
	json_t *fields = json_pack("{s{so} s{so} so so s[o]}", "project", "key", request_text(s->project), "issuetype",
	                           "name", request_text(s->issue_type), "summary",
	                           request_text(page_title(in, out, SUMMARY_MAX, TEXT_CHARACTERS)), "description",
	                           jira_text(in, out, false), "labels", request_text(label_of(in->message, out->arena)));
	for (size_t i = 0; i < s->labels.n; i++)
		json_array_append_new(json_object_get(fields, "labels"), request_text(s->labels.v[i]));
	if (s->priority.n)
		json_object_set_new(fields, "priority", json_pack("{so}", "name", request_text(s->priority)));
	return request_take_json(out, "POST", request_url(out->arena, s->api_url, "/issue"),
	                         json_pack("{so}", "fields", fields), "jira", err);
}

/* Issue keys and transition ids come from the provider: only what looks like one becomes part of a URL. */
static struct str issue_url(const struct jira_settings *s, struct str key, const char *what, struct arena *arena)
{
	AUTOBUF struct buf b;
	buf_init(&b, SIZE_MAX);
	buf_add(&b, request_url(arena, s->api_url, "/issue/"));
	template_escape_add(&b, key, ESCAPE_PATH);
	buf_add_c(&b, what);
	return arena_str(arena, buf_str(&b));
}

static bool jira_build_write(const struct receiver_build *in, struct receiver_request *out, struct str key,
                             struct err *err)
{
	if (!key.n)
		return jira_build_create(in, out, err);
	json_t *o = json_pack("{so}", "body", jira_text(in, out, true));
	return request_take_json(out, "POST", issue_url(in->settings, key, "/comment", out->arena), o, "jira", err);
}

/* ---- moving ---- */

static bool build_move(const struct receiver_build *in, struct receiver_request *out, struct err *err)
{
	ptrdiff_t blank = str_index(in->carry, ' ');
	struct str key = str_slice(in->carry, 0, blank < 0 ? 0 : (size_t)blank);
	struct str id = str_slice(in->carry, blank < 0 ? 0 : (size_t)blank + 1, in->carry.n);
	json_t *o = json_pack("{s{so}}", "transition", "id", request_text(id));
	return request_take_json(out, "POST", issue_url(in->settings, key, "/transitions", out->arena), o, "jira", err);
}

static bool jira_build(const struct receiver_build *in, struct receiver_request *out, struct err *err)
{
	struct str key = in->carry.n ? in->carry : in->ref;
	authorize(in, out);
	switch (jira_phase(in->ref, in->step)) {
	case PHASE_FIND: return build_find(in, out, err);
	case PHASE_WRITE: return jira_build_write(in, out, key, err);
	case PHASE_TRANSITIONS:
		out->method = "GET";
		out->url = issue_url(in->settings, key, "/transitions", out->arena);
		return true;
	case PHASE_MOVE: return build_move(in, out, err);
	}
	return false;
}

/* ---- judging ---- */

static const struct answer answers[] = {
	{200, 204, NULL, NULL, OUTCOME_DELIVERED, NULL},
	{400, 400, NULL, NULL, OUTCOME_REJECTED, NULL},
	{401, 401, NULL, NULL, OUTCOME_REJECTED, "user or password is wrong"},
	{403, 403, NULL, NULL, OUTCOME_REJECTED, "the user may not do this"},
	{404, 404, NULL, NULL, OUTCOME_REJECTED, "the project or the issue is not there, or not for this user"},
	{410, 410, NULL, NULL, OUTCOME_REJECTED, "this search is gone: set api_type: cloud"},
	{429, 429, NULL, NULL, OUTCOME_RETRY, NULL},
};
static const char *const reasons[] = {
	"errorMessages", "errors.summary", "errors.issuetype", "errors.project", "errors.labels", "errors.priority", NULL};

static struct str jira_found_issue(const struct receiver_reply *reply, struct arena *arena)
{
	json_t *body = answer_json(reply);
	struct str key = answer_text(json_array_get(json_object_get(body, "issues"), 0), "key", arena);
	json_decref(body);
	return key.n <= RECEIVER_REF_MAX ? key : (struct str){NULL, 0};
}

static struct str transition_id(const struct jira_settings *s, const struct receiver_reply *reply, struct arena *arena)
{
	json_t *body = answer_json(reply), *one;
	struct str id = {NULL, 0};
	size_t i;
	json_array_foreach(json_object_get(body, "transitions"), i, one)
	{
		if (str_eq_nocase(answer_text(one, "name", arena), s->resolve_transition))
			id = answer_text(one, "id", arena);
	}
	json_decref(body);
	return id;
}

/* Nobody opens an issue to say that something is over. */
static void after_find(const struct receiver_reply *reply, struct arena *arena, struct receiver_judgement *out)
{
	out->carry = jira_found_issue(reply, arena);
	out->ref = out->carry;
	out->more = out->carry.n || reply->event == EVENT_TRIGGER || reply->event == EVENT_UPDATE;
}

static void jira_after_write(const struct jira_settings *s, const struct receiver_reply *reply, struct arena *arena,
                             struct receiver_judgement *out)
{
	struct str key = reply->carry.n ? reply->carry : reply->ref;
	if (!key.n)
		out->ref = answer_ref(reply, "key", arena);
	out->carry = key;
	out->more = key.n && reply->event == EVENT_RESOLVE && s->resolve_transition.n;
}

/* An issue that is closed already has no such transition: there is nothing left to do. */
static void after_transitions(const struct jira_settings *s, const struct receiver_reply *reply, struct arena *arena,
                              struct receiver_judgement *out)
{
	struct str key = reply->carry.n ? reply->carry : reply->ref, id = transition_id(s, reply, arena);
	out->more = id.n > 0;
	out->carry = str_c(arena_printf(arena, "%.*s %.*s", STR_ARG(key), STR_ARG(id)));
}

static void jira_judge(const void *settings, const struct receiver_reply *reply, struct arena *arena,
                       struct receiver_judgement *out)
{
	answer_judge(answers, sizeof answers / sizeof *answers, reasons, reply, arena, out);
	if (out->outcome != OUTCOME_DELIVERED)
		return;
	switch (jira_phase(reply->ref, reply->step)) {
	case PHASE_FIND: after_find(reply, arena, out); break;
	case PHASE_WRITE: jira_after_write(settings, reply, arena, out); break;
	case PHASE_TRANSITIONS: after_transitions(settings, reply, arena, out); break;
	case PHASE_MOVE: break;
	}
}

const struct receiver_kind receiver_jira = {
	.name = "jira",
	.doc = "Jira: an issue per incident",
	.use = RECEIVER_TICKET,
	.update = "A comment.",
	.options = options,
	.option_count = sizeof options / sizeof *options,
	.settings_size = sizeof(struct jira_settings),
	.steps = true,
	.secrets = secrets,
	.required = secrets,
	.check = jira_check,
	.urls = urls,
	.build = jira_build,
	.judge = jira_judge,
};
