/* Whether a word may be the name of an alert, and lists of such words. */
#ifndef CATALOG_ALERT_NAMES_H
#define CATALOG_ALERT_NAMES_H

#include "base/str.h"

bool alert_name_is_token(struct str s);  /* letters, digits and joiners */
bool alert_name_is_camel(struct str s);  /* HighCPUUsage: no word of any language, and no product's name */
bool alert_name_is_likely(struct str s); /* that, or joined by _ or - and no metric */
bool alert_name_is_stated(struct str s); /* what may stand behind "Alert:": a name, and not how one is told */
bool alert_name_is_thing(struct str s);  /* a product, a protocol, a kind of document */

/* Takes the first of several items: "A, B or C". */
struct str runbook_take_item(struct str *rest);

#endif
