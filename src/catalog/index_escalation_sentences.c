/* Steps of an escalation in sentences: "If nobody answers within 15 minutes, escalate to the lead. After an hour, call the CTO." */
#include <string.h>

#include "base/ascii.h"
#include "index_impl.h"

/* "Between 22:00 and 06:00 page …": not always, and a path has no hours of its words. */
static bool says_an_hour(struct str text)
{
	for (size_t i = 1; i + 2 < text.n; i++)
		if (text.p[i] == ':' && ascii_is_digit(text.p[i - 1]) && ascii_is_digit(text.p[i + 1]) &&
		    ascii_is_digit(text.p[i + 2]))
			return true;
	return false;
}

/* "If nobody acknowledges within 15 minutes, escalate to the lead", "Page the engineer at once for P0". */
static bool one_sentence(struct index *ix, struct str text, int at)
{
	struct str role = escalation_role_told(ix, text);
	if (!role.n || says_an_hour(text) || words_span(ix->arena, escalation_clause_of(ix, text, role)).cadence)
		return false; /* "pages again every 5 minutes, and then the manager" says no time */
	struct strs named = escalation_severities(ix, text);
	if (named.n)
		ix->path_severities = named;
	escalation_tell(ix, escalation_after_in_sentence(ix, escalation_clause_of(ix, text, role)),
	                escalation_also_told(ix, text, role), at);
	return true;
}

/* At ";", and where a sentence ends. */
size_t escalation_sentence_end(struct str text)
{
	size_t end = words_until(text, 0, ";");
	ptrdiff_t stop = str_find(str_slice(text, 0, end), STR(". "));
	return stop > 0 ? (size_t)stop : end;
}

/* "Page the lead; if …", "Call Ana first; if …" */
static struct str told_first(struct index *ix, struct str sentence)
{
	struct str role = escalation_role_in(sentence);
	size_t verb = escalation_opens_with(sentence, WORD_VERB);
	struct str name = words_trim(str_slice(sentence, verb, sentence.n));
	bool first = str_ends(name, STR(" first")), capital = name.n && name.p[0] >= 'A' && name.p[0] <= 'Z';
	if (role.n || !verb || !(first || capital))
		return role;
	name = str_slice(name, 0, name.n - (first ? strlen(" first") : 0));
	return words_until(name, 0, " ,") == name.n && escalation_is_name(ix, name) ? name : role;
}

static bool opens_with_when(struct index *ix, struct str text)
{
	struct str first = str_slice(text, 0, escalation_sentence_end(text));
	return escalation_opens_with_when(ix, first) || escalation_opens_with_condition(first);
}

/* Of several sentences none says whom and when: one that tells somebody does so without a time, unless it has a number. */
static bool told_without_time(struct index *ix, struct str text, int at)
{
	bool any = false;
	for (struct str rest = text; rest.n;) {
		size_t end = escalation_sentence_end(rest);
		struct str one = str_trim(str_slice(rest, 0, end));
		bool number = false;
		for (size_t i = 0; i < one.n; i++)
			number |= one.p[i] >= '0' && one.p[i] <= '9';
		any |= !number && one_sentence(ix, one, at);
		rest = str_slice(rest, end + 1, rest.n);
	}
	return any;
}

/* Several in a row, each of which says whom and when: a step each. */
bool escalation_sentences(struct index *ix, struct str text, int at)
{
	size_t steps = 0;
	for (int round = 0; round < 2; round++) {
		for (struct str rest = text; rest.n;) {
			size_t end = escalation_sentence_end(rest);
			struct str one = str_trim(str_slice(rest, 0, end));
			bool step = escalation_after(ix, one) >= 0 && escalation_role_told(ix, one).n;
			struct str first = round && rest.p == text.p ? told_first(ix, one) : (struct str){NULL, 0};
			if (round && step)
				one_sentence(ix, one, at);
			else if (first.n)
				escalation_tell(ix, escalation_after(ix, one), first, at);
			steps += !round && step;
			rest = str_slice(rest, end + 1, rest.n);
		}
		if (!steps)
			return escalation_sentence_end(text) + 1 >= text.n || opens_with_when(ix, text)
			           ? one_sentence(ix, text, at)
			           : told_without_time(ix, text, at);
	}
	return true;
}
