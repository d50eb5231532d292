/* The kinds by name, and the checks that go before any of them is called. */
#include <string.h>

#include "request.h"

static const struct receiver_kind *const kinds[] = {
	&receiver_pagerduty,  &receiver_opsgenie, &receiver_slack,      &receiver_msteams,  &receiver_email,
	&receiver_webhook,    &receiver_discord,  &receiver_telegram,   &receiver_pushover, &receiver_mattermost,
	&receiver_rocketchat, &receiver_webex,    &receiver_victorops,  &receiver_jira,     &receiver_github,
	&receiver_goalert,    &receiver_ntfy,     &receiver_incidentio, &receiver_wechat,
};
#define KINDS (sizeof kinds / sizeof *kinds)

static const char *const uses[] = {
	[RECEIVER_PAGE] = "page",
	[RECEIVER_CHAT] = "chat",
	[RECEIVER_TICKET] = "ticket",
	[RECEIVER_ARCHIVE] = "archive",
};

const char *receiver_use_name(enum receiver_use use)
{
	return uses[use];
}

bool receiver_use_find(struct str name, enum receiver_use *out)
{
	for (size_t i = 0; i < sizeof uses / sizeof *uses; i++) {
		if (!str_eq_c(name, uses[i]))
			continue;
		*out = (enum receiver_use)i;
		return true;
	}
	return false;
}

void receiver_skip_unread(const struct receiver_kind *kind, const void *settings, bool own_words,
                          enum message_event event, struct message_context *context)
{
	context->key_only = kind->says_key_only && !own_words && kind->says_key_only(settings, event);
}

const struct receiver_kind *receiver_kind_find(const char *name)
{
	for (size_t i = 0; i < KINDS; i++) {
		if (str_eq_c(str_c(name), kinds[i]->name))
			return kinds[i];
	}
	return NULL;
}

bool receiver_kind_hides(const struct receiver_kind *kind, const char *option)
{
	for (const char *const *s = kind->secrets; s && *s; s++)
		if (strcmp(*s, option) == 0)
			return true;
	return false;
}

size_t receiver_kinds(const struct receiver_kind *const **out)
{
	*out = kinds;
	return KINDS;
}

/* ---- what all kinds have in common ---- */

static struct str text_option(const struct receiver_kind *kind, const void *settings, const char *name)
{
	for (size_t i = 0; i < kind->option_count; i++) {
		const struct option *o = &kind->options[i];
		if (!strcmp(o->name, name) && o->type == OPTION_STR)
			return *(const struct str *)(const void *)((const char *)settings + o->offset);
	}
	return (struct str){NULL, 0};
}

struct str receiver_url_option(const struct receiver_kind *kind, const void *settings, const char *name)
{
	return text_option(kind, settings, name);
}

bool receiver_check(const struct receiver_kind *kind, void *settings, struct pos at, struct arena *arena,
                    struct err *err)
{
	bool ok = true;
	for (const char *const *name = kind->urls; name && *name; name++) {
		struct str url = text_option(kind, settings, *name);
		if (!url.n || receiver_url_valid(url))
			continue;
		err_at(err, at, "%s: \"%s\" must be an http or https URL", kind->name, *name);
		ok = false;
	}
	return (!kind->check || kind->check(settings, at, arena, err)) && ok;
}

static const struct receiver_secret *secret_given(const struct receiver_build *in, const char *option)
{
	for (size_t i = 0; i < in->secret_count; i++) {
		if (!strcmp(in->secrets[i].option, option))
			return &in->secrets[i];
	}
	return NULL;
}

/* What the definition names is there and text, or nothing is sent: without it the provider would refuse for good. */
static bool secrets_usable(const struct receiver_kind *kind, const struct receiver_build *in, struct err *err)
{
	for (const char *const *name = kind->required; name && *name; name++) {
		if (secret_given(in, *name) || text_option(kind, in->settings, *name).n)
			continue;
		err_add(err, "%s: \"%s\" is missing", kind->name, *name);
		return false;
	}
	for (size_t i = 0; i < in->secret_count; i++) {
		struct str value = in->secrets[i].value;
		if (value.n && str_is_utf8(value))
			continue;
		err_add(err, "%s: \"%s\" is %s", kind->name, in->secrets[i].option, value.n ? "not text" : "empty");
		return false;
	}
	return true;
}

bool receiver_make_request(const struct receiver_kind *kind, const struct receiver_build *in,
                           struct receiver_request *out, struct err *err)
{
	if (in->message->event == EVENT_RESOLVE && !in->send_resolved) {
		out->nothing = true;
		return true;
	}
	if (!secrets_usable(kind, in, err) || !kind->build(in, out, err))
		return false;
	if (out->nothing || out->mail || receiver_url_valid(out->url))
		return true;
	err_add(err, "%s: the URL is not an http or https URL", kind->name);
	return false;
}

struct str receiver_status_text(const struct receiver_kind *kind, struct arena *arena, int status)
{
	return kind->mails ? str_c(arena_printf(arena, "SMTP %d", status)) : request_status_text(arena, status);
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
