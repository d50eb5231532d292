/*
 * What a provider's answers mean, as a table. Private to the receivers.
 */
#ifndef RECEIVERS_ANSWER_H
#define RECEIVERS_ANSWER_H

#include <jansson.h>

#include "receivers/receiver.h"

struct answer {
	int from, to;      /* statuses */
	const char *field; /* a member of the JSON body, "a.b" for one within another; NULL: whatever the body is */
	const char *value; /* that it has, as text; NULL: that it is there and neither null nor false */
	enum outcome outcome;
	const char *why; /* for people, behind the status; NULL: nothing more is known */
};

/*
 * The first row that fits, else receiver_judge_status(). What is no success also says the first of `reasons` (members of
 * the JSON body, NULL-terminated, may be NULL) that is text or a list of texts; what may be a key in it is left out.
 */
void answer_judge(const struct answer *rows, size_t count, const char *const *reasons,
                  const struct receiver_reply *reply, struct arena *arena, struct receiver_judgement *out);

/* The JSON body, NULL when it is none; the caller owns the reference. */
json_t *answer_json(const struct receiver_reply *reply);
/* A member ("a.b") as text in `arena`: strings and whole numbers; else empty. */
struct str answer_text(const json_t *body, const char *path, struct arena *arena);
/* The same of a reply's body, at most RECEIVER_REF_MAX bytes: else empty. */
struct str answer_ref(const struct receiver_reply *reply, const char *path, struct arena *arena);

#endif
