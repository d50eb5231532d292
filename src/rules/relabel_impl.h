/* A step of relabel_configs, between its reader (relabel_read.c) and what it does (relabel.c). */
#ifndef RULES_RELABEL_IMPL_H
#define RULES_RELABEL_IMPL_H

#include "base/options.h"
#include "rules/pattern.h"
#include "rules/relabel.h"

enum relabel_action {
	RELABEL_REPLACE,
	RELABEL_LOWERCASE,
	RELABEL_UPPERCASE,
	RELABEL_HASHMOD,
	RELABEL_LABELMAP,
	RELABEL_LABELDROP,
	RELABEL_LABELKEEP,
	RELABEL_KEEP,
	RELABEL_DROP,
	RELABEL_KEEPEQUAL,
	RELABEL_DROPEQUAL,
	RELABEL_ACTIONS
};

struct relabel_step {
	struct strs sources;
	struct str separator, regex, target, replacement, action_text;
	int64_t modulus;
	enum relabel_action action;
	struct pattern *pattern;
	struct pos at;
};

struct relabel {
	struct arena *arena;
	struct relabel_step *v;
	size_t n;
	bool keeps_name; /* RELABEL_ARRIVING */
};

/* As people write it. */
const char *relabel_action_name(enum relabel_action action);

#endif
