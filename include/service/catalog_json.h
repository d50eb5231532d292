/*
 * The catalog as JSON (INTERFACE section 7) and as a catalog.yml made of it. The caller owns the results.
 */
#ifndef SERVICE_CATALOG_JSON_H
#define SERVICE_CATALOG_JSON_H

#include <jansson.h>

#include "base/buf.h"
#include "catalog/catalog.h"

json_t *catalog_json(const struct catalog *c);
json_t *catalog_json_runbook(const struct runbook *r);
/*
 * Its entries as a catalog.yml: loaded instead of the folder's pages, or beside them, it says the same. What only a
 * folder can say (positions, whether a file exists) is left out.
 */
void catalog_export(const struct catalog *c, struct buf *out);

/* Block-style YAML of JSON; strings that YAML could take for anything else are quoted. */
void yaml_write(const json_t *value, struct buf *out);

#endif
