/* Words of names and sentences, folded so that "CrashLooping" and "crash-loops" meet. */
#ifndef LINT_SUGGEST_WORDS_H
#define LINT_SUGGEST_WORDS_H

#include "base/mem.h"
#include "base/options.h"

struct word {
	struct str text;   /* lower case, as written */
	struct str stem;   /* without ending, abbreviations written out */
	struct str joined; /* the stem of this word and the next one written together; empty for the last */
	bool generic;      /* "high", "errors": what half of all alerts are about */
};

struct words {
	struct word *v;
	size_t n;
};

#define WORDS_MAX 200 /* of one text; what follows has no say */

/* In order, each stem once; words that only hold a sentence together are left out. Template marks {{ … }} are no words. */
struct words words_of(struct arena *arena, struct str text);
struct str word_stem(struct arena *arena, struct str lower);

#endif
