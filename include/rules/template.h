/*
 * Mustache templates: {{name}}, {{{name}}}, {{&name}}, comments, sections, inverted sections, partials, delimiters, with
 * pipes: {{labels.alertname | lower}}. Values are escaped for where they land; a template has ceilings on output, depth
 * and loops. Nothing here does I/O: partials come from a look-up.
 */
#ifndef RULES_TEMPLATE_H
#define RULES_TEMPLATE_H

#include <jansson.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"

enum template_escape {
	ESCAPE_NONE, /* plain text */
	ESCAPE_URL, /* per URL component: everything but unreserved characters is %XX; a value can never form host or scheme */
	ESCAPE_PATH, /* as URL. In both a value of dots only becomes underscores: %2E%2E would still be a ".." segment */
	ESCAPE_JSON, /* inside a JSON string */
	ESCAPE_HTML,
	ESCAPE_MRKDWN,     /* Slack: & < > and mentions */
	ESCAPE_MARKDOWN,   /* chat Markdown: a backslash before what means something; @name mentions nobody */
	ESCAPE_COMMONMARK, /* the same where HTML counts too: & < > as entities */
};

#define TEMPLATE_OUTPUT_MAX (256 * 1024)
#define TEMPLATE_DEPTH_MAX 32     /* sections and partials within each other */
#define TEMPLATE_STEPS_MAX 200000 /* tags and texts visited in one rendering: what loops within loops may cost */

struct template;
/*
 * NULL with lines in `err` at `at`. `names` (NULL-terminated, may be NULL for "anything") are what is known: a first
 * segment alone (labels, a capture), below which anything may be; a path (incident.members.firing), of which nothing else
 * is known; a path that ends in ".*" (incident.labels.*), below which anything may be. An unknown name is an error with
 * what is known, as are Go's `{{ .Labels.x }}` and Prometheus' `{{ $labels.x }}`. In a section over something known its
 * members are known too. Where names are given there are no partials.
 */
struct template *template_compile(struct str text, const char *const *names, struct pos at, struct err *err);
void template_free(struct template *t);
/* True when the template has no tags at all: its text is its value. */
bool template_is_literal(const struct template *t);
/*
 * `context` is a JSON object (borrowed; as in the specification other values work too). False when a ceiling is hit:
 * `out` then holds what fitted. Missing names are "". Empty text counts as false for sections.
 * {{{x}}} and {{&x}} are not escaped, except in URLs and paths, where everything is. A value that ends its pipes with
 * `json` in JSON, or with `urlencode` in a URL, is what is wanted there already and is not escaped again.
 */
/*
 * Whether rendering may look at what stands under `name` at the top of the context ("labels" where {{labels.x}} is). A
 * context needs no more than that.
 */
bool template_mentions(const struct template *t, struct str name);
/* Likewise of the member `member` of the object `name`: {{labels.job}} is not about {{labels.env}}. */
bool template_mentions_in(const struct template *t, struct str name, struct str member);
/* for (size_t i = 0; template_next_tag(t, &i, &name);): what its values and sections are named. */
bool template_next_tag(const struct template *t, size_t *cursor, struct str *name);
bool template_render(const struct template *t, const json_t *context, enum template_escape escape, struct buf *out);

/* Finds partials; NULL when there is none of the name (it renders as nothing). */
struct template_partials {
	const struct template *(*find)(void *arg, struct str name);
	void *arg;
};
bool template_render_with(const struct template *t, const json_t *context, enum template_escape escape,
                          const struct template_partials *partials, struct buf *out);

/* Appends `s`, escaped. */
void template_escape_add(struct buf *out, struct str s, enum template_escape escape);

#endif
