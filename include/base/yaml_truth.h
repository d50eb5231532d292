/*
 * Truth values in other programs' YAML: plain true, yes, on, y and their opposites, in any case. Our own files say true or
 * false.
 */
#ifndef BASE_YAML_TRUTH_H
#define BASE_YAML_TRUTH_H

#include "base/yaml.h"

/* False: it is none of these words, or in quotes. */
bool yaml_truth(const struct yaml_node *n, bool *out);

#endif
