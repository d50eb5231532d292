/*
 * A post-mortem's first draft in Markdown: the organisation's own template, filled in where it stands, else the sections that it lists, or ours, with what is
 * known: date, duration, severity, impact, timeline, runbook, alerts, and what is owed, by when. What only people know is
 * left to them, with the template's own questions. Pure.
 */
#ifndef INCIDENT_POSTMORTEM_H
#define INCIDENT_POSTMORTEM_H

#include "base/zone.h"
#include "catalog/facts.h"
#include "incident/incident.h"

struct postmortem_context {
	const struct facts *stated; /* of the catalog; may be NULL */
	struct str external_url;
	const struct zone *zone; /* of times; NULL: UTC */
	int64_t now;
};
/* In `arena`. `missing`: the sections for which nothing is known, and placeholders that stay as they are. What comes from labels, people and providers is escaped: it is text there, not Markdown. */
struct str postmortem_write(struct arena *arena, const struct incident *inc, const struct postmortem_context *context,
                            struct strs *missing);

#endif
