/* YAML 1.1's words for true and false. */
#include "base/yaml_truth.h"

bool yaml_truth(const struct yaml_node *n, bool *out)
{
	static const struct {
		const char *word;
		bool value;
	} words[] = {
		{"true", true},   {"yes", true}, {"on", true},   {"y", true},
		{"false", false}, {"no", false}, {"off", false}, {"n", false},
	};
	for (size_t i = 0; n && n->kind == YAML_SCALAR && !n->quoted && i < sizeof words / sizeof *words; i++) {
		if (!str_eq_nocase(n->text, str_c(words[i].word)))
			continue;
		*out = words[i].value;
		return true;
	}
	return false;
}
