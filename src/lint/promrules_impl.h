/*
 * What the readers of alert definitions share: where reading stands.
 */
#ifndef LINT_PROMRULES_IMPL_H
#define LINT_PROMRULES_IMPL_H

#include "base/yaml.h"
#include "lint/promrules.h"

struct promrules_reading {
	struct arena *arena;
	const char *file;
	int lines_before; /* of the document at hand, within the file */
	int depth;        /* texts within texts */
	int *refused;     /* documents of the file */
	struct promrules *out;
	struct err *err;
};

/* Documents one after the other, of the file or of a text within it. */
void promrules_read_text(struct promrules_reading *r, struct str text);
/* Everything that a document defines. */
void promrules_read_document(struct promrules_reading *r, const struct yaml_node *root);
/*
 * What Sloth or Pyrra make of an objective; false where the document is none of theirs. OpenSLO's alert policies are told as
 * a mistake: which alerts they become is the converter's choice.
 */
bool promrules_read_slo(struct promrules_reading *r, const struct yaml_node *document);
/* `labels:` or `annotations:` of a mapping; absent and null are none. */
struct labels promrules_label_map(struct promrules_reading *r, const struct yaml_node *owner, const char *key);
/* Of a mapping's key; empty where there is none. */
struct str promrules_scalar(const struct yaml_node *map, const char *key);
/* A place in the document as one in the file. */
struct pos promrules_position(const struct promrules_reading *r, struct pos at);
/* Whether `key:` stands in the text, as YAML or JSON has it. */
bool promrules_text_has_key(struct str text, const char *key);

#endif
