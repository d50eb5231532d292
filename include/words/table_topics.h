/* What is an index page about below this heading? */
#ifndef WORDS_TABLE_TOPICS_H
#define WORDS_TABLE_TOPICS_H

#include <stddef.h>

enum topic {
	TOPIC_NONE, /* not said: what stands there speaks for itself */
	TOPIC_OTHER,
	TOPIC_RUNBOOKS,
	TOPIC_SEVERITIES,
	TOPIC_ESCALATION,
	TOPIC_CONTACTS,
	TOPIC_ESCALATION_CONTACTS,
	TOPIC_WAR_ROOM,
	TOPIC_URLS,
	TOPIC_RELATED,
	TOPIC_SECTIONS,
	TOPIC_POSTMORTEM,
	TOPIC_MESSAGES,
	TOPIC_REVIEW,
	TOPIC_UPDATE,
	TOPIC_POST_INCIDENT,
	TOPIC_FORMATTING,
	TOPIC_TRAINING,
	TOPIC_TOOLS,
	TOPIC_ACCESS,
	TOPIC_HISTORY,
};

enum how { HAS, IS, ENDS };

struct topic_row {
	const char *phrase; /* folded */
	enum how how;
	enum topic topic;
	const char *why;
};

extern const struct topic_row topic_rows[];
extern const size_t topic_rows_count;

#endif
