/*
 * What a person says to stakeholders about an incident (incident/communication.h): written with the organisation's template,
 * shown, and told to all receivers with `audience: stakeholders`.
 */
#ifndef SERVICE_COMMUNICATING_H
#define SERVICE_COMMUNICATING_H

#include "incident/communication.h"
#include "service/operate.h"

/*
 * Data: {"key", "template", "title", "text", "missing": [], "receivers": [], "sent"}. `print`: nothing is kept or told, and of
 * an incident that is over too. Strings must live until the callback.
 */
void operate_update(struct router *r, struct str key, const struct incident_update *update, bool print,
                    operate_done *done, void *arg);

#endif
