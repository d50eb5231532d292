/*
 * One question of the command line about some alerts, and its answer: the document of replay/why.h, from wherever it came.
 */
#ifndef CTL_CMD_WHY_IMPL_H
#define CTL_CMD_WHY_IMPL_H

#include <jansson.h>

#include "config/config.h"
#include "ctl/cmd.h"
#include "rules/matcher.h"

struct asking_why {
	struct ctl *ctl;
	struct config *config; /* NULL: there is none that can be read */
	struct matcher *matchers;
	size_t matcher_count;
	int64_t since; /* ms */
	json_t *answer;
};

/* cmd_why_remote.c. The answer has "incidents" as well; false after an error, which has been printed. */
bool why_ask_daemons(struct asking_why *w);
/* cmd_why_alertmanager.c. "alertmanagers" of the answer: [{"url", "error", "alerts": […]}] */
void why_ask_alertmanagers(struct asking_why *w);
void why_print_alertmanagers(const json_t *list);

#endif
