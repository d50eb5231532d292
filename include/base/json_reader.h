/*
 * JSON text to tokens, one at a time and without a tree, so that a body of many megabytes is read in slices and what is
 * wrong with one value is known where that value stands (jansson reads a text in one go, or not at all). The grammar is
 * RFC 8259's, but for two things that are no reason to refuse a whole text: bytes that are no UTF-8 and halves of
 * surrogate pairs are taken, json_token_text() makes U+FFFD of them. Nesting has no limit of its own.
 */
#ifndef BASE_JSON_READER_H
#define BASE_JSON_READER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/mem.h"
#include "base/str.h"

enum token_kind {
	TOKEN_MORE,   /* nothing yet: the reader came to where it was to stop */
	TOKEN_BROKEN, /* this is no JSON: `error` of the reader says why, `at` where. Nothing comes after it */
	TOKEN_FINISHED,
	TOKEN_OBJECT, /* begins */
	TOKEN_LIST,   /* begins */
	TOKEN_END,    /* of the innermost object or list */
	TOKEN_NAME,   /* of an object's next member */
	TOKEN_STRING,
	TOKEN_NUMBER,
	TOKEN_TRUE,
	TOKEN_FALSE,
	TOKEN_NULL,
};

struct json_token {
	enum token_kind kind;
	struct str raw;  /* as written; names and strings without their quotes. A view of the text */
	bool plain;      /* `raw` is what it says */
	size_t replaced; /* bytes of it that are no UTF-8 */
};

struct json_reader {
	struct arena *arena;
	struct str text;
	size_t at;
	const char *error;
	/* The rest is the reader's own. */
	int expects;
	size_t depth, room;
	unsigned char *lists; /* a bit for each level: 1 is a list */
	bool quoted, plain;   /* inside a string or name that began at `begin` */
	size_t begin, replaced;
};

/* `text` is borrowed for as long as the reader and its tokens are used. */
void json_reader_init(struct json_reader *r, struct arena *arena, struct str text);
/* Goes no further than about `stop` bytes into the text: TOKEN_MORE then, and the next call goes on. */
enum token_kind json_next(struct json_reader *r, size_t stop, struct json_token *out);
/*
 * Behind a member's name: an object or a list is passed over as a whole, at the cost of looking for its end. What is in it is
 * not judged: who needs to know reads `raw`. False: the value is none of these (or does not end), and is still to be read.
 */
bool json_pass_over(struct json_reader *r, struct str *raw);
/* Where r->at is: 1-based line, and column in bytes. */
void json_reader_where(const struct json_reader *r, size_t *line, size_t *column);

/*
 * What a name or string says, or how another value is written: at most about `most` bytes of it, whole characters. A view
 * of the text where it is plain.
 */
struct str json_token_text(struct arena *arena, const struct json_token *token, size_t most);
/* The longest beginning of `s` that, written in JSON, takes at most `room` bytes (quotes not counted); `used`: how many. */
struct str json_fitting(struct str s, size_t room, size_t *used);

#endif
