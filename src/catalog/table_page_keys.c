/* What does the index page say of itself under this key? Rows are tried in order where a text holds a phrase: the special before the general. */
#include "table_page_keys.h"

static const struct word_row rows[] = {
	{"owner", META_OWNER, "who keeps the page"},
	{"maintained by", META_OWNER, "who keeps the page"},
	{"maintainer", META_OWNER, "who keeps the page"},
	{"owned by", META_OWNER, "who keeps the page"},
	{"owning team", META_OWNER, "who keeps the page"},
	{"document owner", META_OWNER, "who keeps the page"},
	{"last updated", META_UPDATED, "when somebody last touched it"},
	{"last update", META_UPDATED, "when somebody last touched it"},
	{"last reviewed", META_UPDATED, "when somebody last touched it"},
	{"last modified", META_UPDATED, "when somebody last touched it"},
	{"last reviewed on", META_UPDATED, "when somebody last touched it"},
	{"last review", META_UPDATED, "when somebody last touched it"},
	{"reviewed on", META_UPDATED, "when somebody last touched it"},
	{"review in", META_REVIEW, "how often it is read again"},
	{"next review", META_NEXT_REVIEW, "the day that it is read again"},
	{"next review date", META_NEXT_REVIEW, "the day that it is read again"},
	{"review due", META_NEXT_REVIEW, "the day that it is read again"},
	{"review by", META_NEXT_REVIEW, "the day that it is read again"},
	{"updated", META_UPDATED, "when somebody last touched it"},
	{"review cycle", META_REVIEW, "how often it is read again"},
	{"review frequency", META_REVIEW, "how often it is read again"},
	{"review schedule", META_REVIEW, "how often it is read again"},
	{"review cadence", META_REVIEW, "how often it is read again"},
	{"review interval", META_REVIEW, "how often it is read again"},
	{"reviewed every", META_REVIEW, "how often it is read again"},
	{"emergency contact", META_CONTACT, "how to reach somebody"},
	{"contact", META_CONTACT, "how to reach somebody"},
	{"on call contact", META_CONTACT, "how to reach somebody"},
};

const struct word_table page_keys = {rows, sizeof rows / sizeof *rows};
