/* Sentences and arrows that say when before they say whom: "No ack in 15 minutes → lead", "Wait 15 minutes, then page her". */
#include <string.h>

#include "index_impl.h"

/* The bytes of the word that a text opens with; 0 where it is none of these. */
static size_t first_word_of(struct str text, enum escalation_word kind)
{
	for (size_t i = 0; i < escalation_words.count; i++) {
		const struct word_row *row = &escalation_words.rows[i];
		size_t n = strlen(row->phrase);
		if (row->value == (int)kind && text.n > n && text.p[n] == ' ' &&
		    str_eq_nocase(str_slice(text, 0, n), str_c(row->phrase)))
			return n;
	}
	return 0;
}

bool escalation_is_only_time(struct index *ix, struct str text)
{
	struct str behind = escalation_behind_start(text);
	bool digits = text.n && text.p[0] >= '0' && text.p[0] <= '9';
	return digits && str_index(text, ',') < 0 && escalation_after(ix, text) >= 0 &&
	       (!behind.n || (behind.n == text.n && !escalation_role_in(text).n));
}

bool escalation_opens_with_condition(struct str text)
{
	return first_word_of(words_trim(text), WORD_CONDITION) > 0;
}

bool escalation_is_name(struct index *ix, struct str text)
{
	text = words_trim(text);
	bool when = first_word_of(text, WORD_CONDITION) || first_word_of(text, WORD_WHEN) || first_word_of(text, WORD_WAIT);
	return text.n && !when && escalation_after(ix, text) < 0 && !escalation_is_sentence(text);
}

bool escalation_opens_with_when(struct index *ix, struct str text)
{
	text = words_trim(text);
	if (escalation_after(ix, text) < 0)
		return false;
	struct str behind = escalation_behind_start(text); /* "15 min without ack" */
	bool start = str_starts(text, STR("T+")) || str_starts(text, STR("t+"));
	bool behind_time = behind.n < text.n && first_word_of(behind, WORD_WHEN);
	return start || behind_time || first_word_of(text, WORD_WHEN) || first_word_of(text, WORD_CONDITION) ||
	       first_word_of(text, WORD_WAIT) || escalation_is_only_time(ix, text);
}

bool escalation_waits(struct str text)
{
	return first_word_of(words_trim(text), WORD_WAIT) > 0;
}

struct str escalation_take_wait(struct index *ix, struct str part, int64_t *ms)
{
	struct str text = words_trim(part);
	bool note = str_starts(text, STR("(")) && str_index(text, ')') == (ptrdiff_t)text.n - 1;
	text = note ? words_trim(str_slice(text, 1, text.n - 1)) : text;
	bool only = escalation_is_only_time(ix, text) || (note && escalation_opens_with_when(ix, text));
	*ms = only ? escalation_after(ix, text) : -1;
	return only ? str_slice(part, part.n, part.n) : part;
}

/* "Do not page the director at night": nobody is told. */
static bool forbids(struct str sentence)
{
	sentence = words_trim(sentence);
	size_t n = first_word_of(sentence, WORD_FORBIDS);
	struct str verb = words_trim(str_slice(sentence, n, sentence.n));
	return n && first_word_of(verb, WORD_VERB);
}

struct str escalation_without_forbidden(struct index *ix, struct str text)
{
	AUTOBUF struct buf kept;
	bool any = false;
	buf_init(&kept, MARKDOWN_MAX);
	for (struct str rest = text; rest.n;) {
		size_t end = escalation_sentence_end(rest);
		struct str one = str_slice(rest, 0, end + 1 < rest.n ? end + 1 : rest.n);
		bool forbidden = forbids(one);
		any |= forbidden;
		if (!forbidden)
			buf_add(&kept, one);
		rest = str_slice(rest, end + 1, rest.n);
	}
	return any ? arena_str(ix->arena, str_trim(buf_str(&kept))) : text;
}

/* "if the secondary does not answer within 15 minutes": told is who was told last, so the time counts from then. */
bool escalation_waits_for(struct index *ix, struct str text, struct str told)
{
	struct str folded = words_fold(ix->arena, text), last = words_fold(ix->arena, told);
	size_t condition = first_word_of(words_trim(text), WORD_CONDITION);
	bool several = words_have(folded, "neither") || words_have(folded, "nor") || words_have(folded, "or");
	ptrdiff_t comma = str_index(text, ',');
	bool whole = comma < 0 && escalation_word_at(text, WORD_TELLING) == text.n; /* a note behind whom it tells */
	struct str when = str_slice(text, 0, comma > 0 ? (size_t)comma : whole ? text.n : 0);
	struct str first = str_slice(last, 0, words_until(last, 0, " "));
	last = escalation_words_are(first, WORD_LINK) ? arena_str(ix->arena, first) : last;
	return last.n && condition && !several && words_have(words_fold(ix->arena, when), last.p);
}
