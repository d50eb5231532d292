/* What the readers of catalog.yml's sections share. */
#ifndef CATALOG_CATALOG_YAML_H
#define CATALOG_CATALOG_YAML_H

#include "catalog/collect.h"

/* One section of one file. */
struct yaml_reading {
	struct catalog *c;
	struct map *seen; /* folded name -> its yaml_node, in this file */
	const char *what; /* "severity", for messages */
	struct err *err;
};

/* Files `entry` under its name, replacing that of an earlier file. False with a line where this file has the name already. */
bool yaml_claim(struct yaml_reading *r, struct map *into, struct yaml_node *node, struct str name, void *entry);

/* catalog_yaml_schedules.c */
extern const struct option_table schedule_table, person_table;
bool yaml_read_schedule(struct yaml_reading *r, struct yaml_node *node);
bool yaml_read_person(struct yaml_reading *r, struct yaml_node *node);

#endif
