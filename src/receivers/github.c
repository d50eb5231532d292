/*
 * GitHub: an issue per incident, commented as things change and closed at the end. An issue carries the label "runbookd"
 * and, in a comment that nobody sees, the provider key. Each message first looks for it (unless `ref`, its number, is
 * known) among the newest open issues with that label:
 *
 *     find -> create, or comment -> close
 */
#include <string.h>

#include "answer.h"
#include "base/ascii.h"
#include "page.h"

struct github_settings {
	struct str api_url, repo, token, token_file;
	struct strs labels;
};

static const struct option options[] = {
	REQUEST_TEXT(struct github_settings, api_url, "https://api.github.com", "Where the API is; of a server: …/api/v3."),
	REQUEST_TEXT(struct github_settings, repo, NULL, "OWNER/NAME."),
	REQUEST_SECRET(struct github_settings, token, "Token that may write issues."),
	{.name = "labels",
     .type = OPTION_STRS,
     .offset = offsetof(struct github_settings, labels),
     .doc = "Further labels of each issue."},
	REQUEST_FOREIGN_COMMON,
	REQUEST_FOREIGN_TITLE("title"),
	REQUEST_FOREIGN_TEXT("text"),
};
static const char *const secrets[] = {"token", NULL};
static const char *const urls[] = {"api_url", NULL};

#define LABEL "runbookd"
#define LABELS_MAX 20
#define TITLE_MAX 256  /* characters */
#define BODY_MAX 60000 /* of 65,536 characters */
#define LOOKED_AT "50" /* open issues; older ones are found by `ref` */
#define FOUND_MAX (4 * 1024 * 1024)

enum phase { PHASE_FIND, PHASE_WRITE, PHASE_CLOSE };

static enum phase github_phase(struct str ref, unsigned step)
{
	return (enum phase)(step + (ref.n ? 1 : 0));
}

static bool repo_valid(struct str repo)
{
	ptrdiff_t slash = str_index(repo, '/');
	for (size_t i = 0; i < repo.n; i++) {
		char c = repo.p[i];
		if (!ascii_is_alnum(c) && (!c || !strchr("-._/", c)))
			return false;
	}
	struct str name = str_slice(repo, slash < 0 ? 0 : (size_t)slash + 1, repo.n);
	return slash > 0 && name.n && str_index(name, '/') < 0 && str_find(repo, STR("..")) < 0;
}

static bool github_check(void *settings, struct pos at, struct arena *arena, struct err *err)
{
	const struct github_settings *s = settings;
	(void)arena;
	if (!repo_valid(s->repo)) {
		err_at(err, at, "github: \"repo\" must be OWNER/NAME");
		return false;
	}
	if (s->labels.n > LABELS_MAX) {
		err_at(err, at, "github: \"labels\" must be at most %d", LABELS_MAX);
		return false;
	}
	return true;
}

static struct str issues_url(const struct receiver_build *in, const char *rest, struct arena *arena)
{
	const struct github_settings *s = in->settings;
	char *path = arena_printf(arena, "/repos/%.*s/issues%s", STR_ARG(s->repo), rest);
	return request_url(arena, s->api_url, path);
}

static void github_set_headers(const struct receiver_build *in, struct receiver_request *out)
{
	request_authorize(in, out, "Bearer", "token");
	request_header(out, "Accept", STR("application/vnd.github+json"));
	request_header(out, "X-GitHub-Api-Version", STR("2022-11-28"));
}

static struct str marker(const char *dedup_key, struct arena *arena)
{
	return str_c(arena_printf(arena, "<!-- runbookd: %s -->", dedup_key));
}

static struct str page_body(const struct receiver_build *in, struct receiver_request *out, bool titled)
{
	const struct page_style style = {.markup = &markup_commonmark,
	                                 .most = BODY_MAX,
	                                 .unit = TEXT_CHARACTERS,
	                                 .titled = titled,
	                                 .headed = titled,
	                                 .links = true};
	return page_full_text(in, out, &style);
}

static json_t *issue_labels(const struct github_settings *s)
{
	json_t *list = json_pack("[s]", LABEL);
	for (size_t i = 0; i < s->labels.n; i++)
		json_array_append_new(list, request_text(s->labels.v[i]));
	return list;
}

static bool github_build_create(const struct receiver_build *in, struct receiver_request *out, struct err *err)
{
	struct str text = page_body(in, out, false), mark = marker(in->message->dedup_key, out->arena);
	struct str body = str_c(arena_printf(out->arena, "%.*s\n\n%.*s", STR_ARG(text), STR_ARG(mark)));
	json_t *o = json_pack("{so so so}", "title", request_text(page_title(in, out, TITLE_MAX, TEXT_CHARACTERS)), "body",
	                      request_text(body), "labels", issue_labels(in->settings));
	return request_take_json(out, "POST", issues_url(in, "", out->arena), o, "github", err);
}

static bool github_build_write(const struct receiver_build *in, struct receiver_request *out, int64_t number,
                               struct err *err)
{
	if (!number)
		return github_build_create(in, out, err);
	char *rest = arena_printf(out->arena, "/%lld/comments", (long long)number);
	return request_take_json(out, "POST", issues_url(in, rest, out->arena),
	                         json_pack("{so}", "body", request_text(page_body(in, out, true))), "github", err);
}

static bool build_close(const struct receiver_build *in, struct receiver_request *out, int64_t number, struct err *err)
{
	char *rest = arena_printf(out->arena, "/%lld", (long long)number);
	return request_take_json(out, "PATCH", issues_url(in, rest, out->arena),
	                         json_pack("{ss ss}", "state", "closed", "state_reason", "completed"), "github", err);
}

static int64_t issue_number(struct str ref, struct str carry)
{
	int64_t n;
	return str_to_i64(carry.n ? carry : ref, &n) && n > 0 ? n : 0;
}

static bool github_build(const struct receiver_build *in, struct receiver_request *out, struct err *err)
{
	int64_t number = issue_number(in->ref, in->carry);
	github_set_headers(in, out);
	switch (github_phase(in->ref, in->step)) {
	case PHASE_FIND:
		out->method = "GET";
		out->url = issues_url(in, "?labels=" LABEL "&state=open&per_page=" LOOKED_AT, out->arena);
		out->reply_max = FOUND_MAX;
		return true;
	case PHASE_WRITE: return github_build_write(in, out, number, err);
	case PHASE_CLOSE: return build_close(in, out, number, err);
	}
	return false;
}

/* ---- judging ---- */

static const struct answer answers[] = {
	{200, 201, NULL, NULL, OUTCOME_DELIVERED, NULL},
	{401, 401, NULL, NULL, OUTCOME_REJECTED, "the token is wrong or has expired"},
	{403, 403, "documentation_url", "https://docs.github.com/rest/overview/rate-limits-for-the-rest-api", OUTCOME_RETRY,
     NULL},
	{403, 403, NULL, NULL, OUTCOME_REJECTED, "the token may not do this, or the rate limit is used up"},
	{404, 404, NULL, NULL, OUTCOME_REJECTED, "the repository is not there, or not for this token"},
	{410, 410, NULL, NULL, OUTCOME_REJECTED, "issues are switched off"},
	{422, 422, NULL, NULL, OUTCOME_REJECTED, NULL},
	{429, 429, NULL, NULL, OUTCOME_RETRY, NULL},
};
static const char *const reasons[] = {"message", NULL};

/* GitHub's hints that a 403 is about the rate: it says when to come back. */
static bool is_rate_limit(const struct receiver_reply *reply, struct arena *arena)
{
	struct str message = answer_ref(reply, "message", arena);
	return reply->status == 403 && (reply->retry_after_ms > 0 || str_find(message, STR("rate limit")) >= 0);
}

static struct str github_found_issue(const struct receiver_reply *reply, struct arena *arena)
{
	json_t *list = answer_json(reply), *one;
	struct str mark = marker(reply->dedup_key, arena), number = {NULL, 0};
	size_t i;
	json_array_foreach(list, i, one)
	{
		if (!number.n && str_find(answer_text(one, "body", arena), mark) >= 0)
			number = answer_text(one, "number", arena);
	}
	json_decref(list);
	return number;
}

static void github_after_write(const struct receiver_reply *reply, struct arena *arena, struct receiver_judgement *out)
{
	if (!issue_number(reply->ref, reply->carry))
		out->ref = answer_ref(reply, "number", arena);
	out->carry = reply->carry;
	out->more = reply->event == EVENT_RESOLVE && issue_number(reply->ref, reply->carry);
}

static void github_judge(const void *settings, const struct receiver_reply *reply, struct arena *arena,
                         struct receiver_judgement *out)
{
	(void)settings;
	answer_judge(answers, sizeof answers / sizeof *answers, reasons, reply, arena, out);
	if (out->outcome == OUTCOME_REJECTED && is_rate_limit(reply, arena))
		out->outcome = OUTCOME_RETRY;
	if (out->outcome != OUTCOME_DELIVERED)
		return;
	switch (github_phase(reply->ref, reply->step)) {
	case PHASE_FIND:
		out->ref = out->carry = github_found_issue(reply, arena);
		/* nobody opens an issue to say that something is over */
		out->more = out->carry.n || reply->event == EVENT_TRIGGER || reply->event == EVENT_UPDATE;
		break;
	case PHASE_WRITE: github_after_write(reply, arena, out); break;
	case PHASE_CLOSE: break;
	}
}

const struct receiver_kind receiver_github = {
	.name = "github",
	.doc = "GitHub: an issue per incident",
	.use = RECEIVER_TICKET,
	.update = "A comment.",
	.options = options,
	.option_count = sizeof options / sizeof *options,
	.settings_size = sizeof(struct github_settings),
	.steps = true,
	.secrets = secrets,
	.required = secrets,
	.rate_per_second = 1, /* content that is created: 80 a minute */
	.rate_burst = 20,
	.check = github_check,
	.urls = urls,
	.build = github_build,
	.judge = github_judge,
};
