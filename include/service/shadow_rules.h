/*
 * Shadow rules (shadow_rule_files) beside the live ones: each alert that was answered is planned by them too, once its
 * answer is out, and where they would have decided otherwise that is counted and listed. Nothing follows from it: nobody is
 * told, and no incident knows. What pages they would have made of what arrived is for a backtest to say.
 *
 * The list has a row for each alert name, live rule, shadow rule and set of differences; it begins anew with each
 * configuration, is this router's own, and holds SHADOW_ROWS_MAX: what is different beyond is counted.
 */
#ifndef SERVICE_SHADOW_RULES_H
#define SERVICE_SHADOW_RULES_H

#include <jansson.h>

#include "incident/decide.h"
#include "rules/plan.h"
#include "service/router.h"

#define SHADOW_ROWS_MAX 1000

struct shadow_rules;
struct shadow_rules *shadow_rules_new(struct router *r);
void shadow_rules_free(struct shadow_rules *s); /* NULL is fine */
/* `live` is what `c` made of the alert, `verdict` what became of it. Costs nothing where `c` has no shadow rules. */
void shadow_rules_look(struct shadow_rules *s, const struct config *c, const struct alert *alert,
                       const struct labels *group_labels, const struct plan *live, enum verdict verdict, int64_t now);
/* {"rule_files", "since", "alerts", "different", "left_out", "rows": […]}, the most frequent first. The caller's own. */
json_t *shadow_rules_report(const struct shadow_rules *s);

#endif
