/*
 * The languages that providers write in: how each escapes text, makes it bold, lists and links. Private to the receivers.
 */
#ifndef RECEIVERS_MARKUP_H
#define RECEIVERS_MARKUP_H

#include "rules/template.h"
#include "text.h"

struct markup {
	/* Appends clean text so that nothing in it is markup, a mention or a link of its own. */
	void (*escape)(struct buf *b, struct str text);
	enum template_escape values; /* the same for what a user's template fills in */
	const char *bold, *bold_end;
	const char *item; /* before a row of a list */
	const char *line_end;
	/* `url` is a message_link's: without blanks, quotes and angle brackets. */
	void (*link)(struct buf *b, struct str url, const char *text);
	/* Where it is HTML of which the provider takes these elements alone, each closed, NULL-terminated; else NULL. */
	const char *const *elements;
};

/* Whether the provider takes what a user's template made: each tag is one of its elements, and is closed in order. */
bool markup_takes(const struct markup *k, struct str text);

extern const struct markup markup_plain;
extern const struct markup markup_mrkdwn;     /* Slack */
extern const struct markup markup_markdown;   /* Discord, Mattermost, Rocket.Chat */
extern const struct markup markup_commonmark; /* GitHub, Teams, Webex: where HTML would count */
extern const struct markup markup_html;       /* Pushover */
extern const struct markup markup_telegram;   /* the same, and @name mentions nobody */
extern const struct markup markup_telegram_plain;
extern const struct markup markup_mail; /* HTML with <br> */
extern const struct markup markup_jira;

#endif
