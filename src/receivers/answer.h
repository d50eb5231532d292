/*
 * What a provider's answers mean, as a table. Private to the receivers.
 */
#ifndef RECEIVERS_ANSWER_H
#define RECEIVERS_ANSWER_H

#include <jansson.h>

#include "receivers/receiver.h"

#define ANSWER_LINE "" /* `value` is given then */

struct answer {
	int from, to; /* statuses */
	/* A member of the JSON body, "a.b" for one within another; ANSWER_LINE: its plain text; NULL: whatever it is. */
	const char *field;
	const char *value; /* that it has, as text; NULL: that it is there and neither null nor false */
	enum outcome outcome;
	const char *why; /* for people, behind the status; NULL: nothing more is known */
};

/*
 * The first row that fits, else receiver_judge_status(). What is no success also says the first of `reasons` (members of
 * the JSON body, NULL-terminated, may be NULL) that are text or lists of texts, or the first line of plain text: without
 * what is hidden, and without what may be a key.
 */
void answer_judge(const struct answer *rows, size_t count, const char *const *reasons,
                  const struct receiver_reply *reply, struct arena *arena, struct receiver_judgement *out);

/* The first line of a body that is plain text, in `arena`, clean and without secrets; empty where it is none. */
struct str answer_line(const struct receiver_reply *reply, struct arena *arena);

/* The JSON body, NULL when it is none; the caller owns the reference. */
json_t *answer_json(const struct receiver_reply *reply);
/* A member ("a.b") as text in `arena`: strings and whole numbers; else empty. */
struct str answer_text(const json_t *body, const char *path, struct arena *arena);
/* The same of a reply's body, at most RECEIVER_REF_MAX bytes: else empty. */
struct str answer_ref(const struct receiver_reply *reply, const char *path, struct arena *arena);

#endif
