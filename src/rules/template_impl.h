/*
 * A compiled template: a flat list of tokens, sections know where they end.
 */
#ifndef RULES_TEMPLATE_IMPL_H
#define RULES_TEMPLATE_IMPL_H

#include "base/mem.h"
#include "rules/template.h"

enum pipe_kind {
	PIPE_LOWER,
	PIPE_UPPER,
	PIPE_KEBAB,
	PIPE_SNAKE,
	PIPE_URLENCODE,
	PIPE_JSON,
	PIPE_DEFAULT,
	PIPE_TRUNCATE
};

#define PIPES_MAX 8

struct template_pipe {
	enum pipe_kind kind;
	struct str text; /* default:"…" */
	size_t length;   /* truncate:N, in characters */
};

enum token_kind { TOKEN_TEXT, TOKEN_VALUE, TOKEN_SECTION, TOKEN_INVERTED, TOKEN_END, TOKEN_PARTIAL };

struct token {
	enum token_kind kind;
	struct str text;   /* literal text, or the tag's name */
	bool raw;          /* {{{x}}}, {{&x}} */
	bool standalone;   /* a partial alone on its line */
	struct str indent; /* of a standalone partial */
	struct template_pipe *pipes;
	size_t pipe_count;
	size_t end; /* section: index of its TOKEN_END */
};

struct template
{
	struct arena *arena; /* for pipes; NULL where there are no tags */
	char *bytes;         /* what `text` is a view of */
	struct str text;
	struct token *tokens;
	size_t count, capacity;
	bool literal;
};

/* Reads "name | pipe | pipe:arg". False with a line in `err`. */
bool template_pipes_parse(struct arena *arena, struct str tag, struct pos at, struct token *out, struct err *err);
/* Applies the pipes of `t` to `value`, which `json` is where it came from (NULL: nowhere). Result in `arena`. */
struct str template_pipes_apply(struct arena *arena, const struct token *t, struct str value, const json_t *json);
/* A JSON value as text in `arena`: text as it is, numbers shortest, objects and lists as JSON, null and NULL as "". */
struct str template_value_text(struct arena *arena, const json_t *value);

/* What a name may mean where it stands. */
struct template_view {
	const char *const *names;   /* NULL: anything */
	const struct str *sections; /* paths of the open sections that bring names into view, outermost first */
	size_t section_count;
	bool free; /* within a section of unknown content names are not checked */
};
/* False with a line in `err` when the name is Go's; an unknown one is a line, too, and then `*unknown`. */
bool template_name_check(struct str name, const struct template_view *view, struct pos at, struct err *err,
                         bool *unknown);
/* What a known name is there: its path from the top, empty where anything may be below it. */
struct str template_name_path(struct arena *arena, struct str name, const struct template_view *view);

#endif
