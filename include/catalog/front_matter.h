/*
 * What stands before a page: YAML between `---` lines, or TOML between `+++` lines (Hugo, Zola). Either becomes a tree of
 * YAML nodes with line and column. Of TOML what pages use is read: tables, dotted keys, strings, lists, inline tables; every
 * other value is its text as written.
 */
#ifndef CATALOG_FRONT_MATTER_H
#define CATALOG_FRONT_MATTER_H

#include "base/yaml.h"
#include "catalog/headings.h"

/* `text` is what front_matter_take() returned. NULL where it is empty, or with a line in `err` where it is broken. */
const struct yaml_node *front_matter_read(struct arena *arena, const char *file, struct str text, struct err *err);

#endif
