/* Sentences and arrows that say when before they say whom: "No ack in 15 minutes → lead", "Wait 15 minutes, then page her". */
#include <string.h>

#include "base/ascii.h"
#include "index_impl.h"

bool escalation_is_only_time(struct index *ix, struct str text)
{
	struct str behind = escalation_behind_start(text);
	bool digits = text.n && text.p[0] >= '0' && text.p[0] <= '9';
	return digits && str_index(text, ',') < 0 && escalation_after(ix, text) >= 0 &&
	       (!behind.n || (behind.n == text.n && !escalation_role_in(text).n));
}

bool escalation_opens_with_condition(struct str text)
{
	return escalation_opens_with(words_trim(text), WORD_CONDITION) > 0;
}

static bool has_any_letter(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (ascii_is_alpha(s.p[i]) || (unsigned char)s.p[i] >= 0x80)
			return true;
	return false;
}

bool escalation_is_name(struct index *ix, struct str text)
{
	text = words_trim(text);
	bool when = escalation_opens_with(text, WORD_CONDITION) || escalation_opens_with(text, WORD_WHEN) ||
	            escalation_opens_with(text, WORD_WAIT);
	return has_any_letter(text) && !when && escalation_after(ix, text) < 0 && !escalation_is_sentence(text);
}

bool escalation_opens_with_when(struct index *ix, struct str text)
{
	static const char *const subjects[] = {"page ", "alert ", "alarm ", "incident "};
	text = words_trim(text);
	if (escalation_after(ix, text) < 0)
		return false;
	for (size_t i = 0; i < sizeof subjects / sizeof *subjects; i++) { /* "Page unanswered for 15 min" */
		struct str rest = str_slice(text, strlen(subjects[i]), text.n);
		if (str_eq_nocase(str_slice(text, 0, strlen(subjects[i])), str_c(subjects[i])) &&
		    escalation_opens_with(rest, WORD_WHEN))
			return true;
	}
	struct str behind = escalation_behind_start(text); /* "15 min without ack" */
	bool start = str_starts(text, STR("T+")) || str_starts(text, STR("t+"));
	bool behind_time = behind.n < text.n && escalation_opens_with(behind, WORD_WHEN);
	return start || behind_time || escalation_opens_with(text, WORD_WHEN) ||
	       escalation_opens_with(text, WORD_CONDITION) || escalation_opens_with(text, WORD_WAIT) ||
	       escalation_is_only_time(ix, text);
}

bool escalation_waits(struct str text)
{
	return escalation_opens_with(words_trim(text), WORD_WAIT) > 0;
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
	size_t n = escalation_opens_with(sentence, WORD_FORBIDS);
	struct str verb = words_trim(str_slice(sentence, n, sentence.n));
	return n && escalation_opens_with(verb, WORD_VERB);
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
	size_t condition = escalation_opens_with(words_trim(text), WORD_CONDITION);
	bool several = words_have(folded, "neither") || words_have(folded, "nor") || words_have(folded, "or");
	ptrdiff_t comma = str_index(text, ',');
	bool whole = comma < 0 && escalation_word_at(text, WORD_TELLING) == text.n; /* a note behind whom it tells */
	struct str when = str_slice(text, 0, comma > 0 ? (size_t)comma : whole ? text.n : 0);
	struct str first = str_slice(last, 0, words_until(last, 0, " "));
	last = escalation_words_are(first, WORD_LINK) ? arena_str(ix->arena, first) : last;
	return last.n && condition && !several && words_have(words_fold(ix->arena, when), last.p);
}
