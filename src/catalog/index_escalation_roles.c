/* Whom an escalation tells: roles in cells, steps and sentences. The words are those of table_escalation_words.c. */
#include <string.h>

#include "base/ascii.h"
#include "index_impl.h"

#define ROLE_MAX 40  /* bytes; what is longer is a sentence */
#define WHO_TAIL 200 /* bytes before a verb in which the role stands */

static const struct word_row *word_row(size_t i, enum escalation_word kind)
{
	const struct word_row *row = &escalation_words.rows[i];
	return row->value == (int)kind ? row : NULL;
}

static bool is_escalation_word(struct str word, enum escalation_word kind)
{
	for (size_t i = 0; i < escalation_words.count; i++)
		if (word_row(i, kind) && str_eq_nocase(word, str_c(escalation_words.rows[i].phrase)))
			return true;
	return false;
}

bool escalation_words_have(struct str folded, enum escalation_word kind)
{
	for (size_t i = 0; i < escalation_words.count; i++)
		if (word_row(i, kind) && words_have(folded, escalation_words.rows[i].phrase))
			return true;
	return false;
}

bool escalation_words_are(struct str folded, enum escalation_word kind)
{
	for (size_t i = 0; i < escalation_words.count; i++)
		if (word_row(i, kind) && words_are(folded, escalation_words.rows[i].phrase))
			return true;
	return false;
}

size_t escalation_find(struct str text, const char *needle)
{
	struct str n = str_c(needle);
	for (size_t i = 0; i + n.n <= text.n; i++)
		if (str_eq_nocase(str_slice(text, i, i + n.n), n))
			return i;
	return text.n;
}

size_t escalation_word_at(struct str text, enum escalation_word kind)
{
	size_t best = text.n;
	for (size_t i = 0; i < escalation_words.count; i++) {
		size_t at = word_row(i, kind) ? escalation_find(text, escalation_words.rows[i].phrase) : text.n;
		best = at < best ? at : best;
	}
	return best;
}

/* The bytes of the word that a text opens with, a blank behind it; 0 where it is none of these. */
static size_t opens_with(struct str text, enum escalation_word kind)
{
	for (size_t i = 0; i < escalation_words.count; i++) {
		size_t n = word_row(i, kind) ? strlen(escalation_words.rows[i].phrase) : text.n;
		if (text.n > n && text.p[n] == ' ' &&
		    str_eq_nocase(str_slice(text, 0, n), str_c(escalation_words.rows[i].phrase)))
			return n;
	}
	return 0;
}

/* "l'astreinte" is astreinte. */
static struct str without_elision(struct str text)
{
	static const char *const elisions[] = {"l'", "L'", "l’", "L’"};
	for (size_t i = 0; i < sizeof elisions / sizeof *elisions; i++)
		if (str_starts(text, str_c(elisions[i])))
			return str_slice(text, strlen(elisions[i]), text.n);
	return text;
}

struct str escalation_behind_later(struct index *ix, struct str text)
{
	for (size_t i = 0; i < escalation_words.count; i++) {
		const struct word_row *later = word_row(i, WORD_LATER);
		size_t at = later ? escalation_find(text, later->phrase) : text.n;
		if (at == text.n || !words_span(ix->arena, str_slice(text, 0, at)).found)
			continue;
		struct str rest = str_trim(str_slice(text, at + strlen(later->phrase), text.n));
		return words_trim(str_starts(rest, STR(",")) ? str_slice(rest, 1, rest.n) : rest);
	}
	return text;
}

/* "Alerts are escalated to the lead" ends in a role and is none. */
bool escalation_is_sentence(struct str text)
{
	for (size_t i = 0; i < text.n;) {
		size_t end = words_until(text, i, " ,.");
		if (is_escalation_word(str_slice(text, i, end), WORD_NO_NAME))
			return true;
		i = end + 1;
	}
	return false;
}

/* ---- in a step ---- */

/* "Immediately page the on-call engineer": the role at its end; empty when it names none. */
struct str escalation_role_in(struct str text)
{
	text = words_trim(text);
	for (;;) {
		size_t end = words_until(text, 0, " ,");
		if (!end || !is_escalation_word(str_slice(text, 0, end), WORD_VERB))
			break;
		text = words_trim(str_slice(text, end, text.n));
	}
	text = without_elision(text);
	size_t last = text.n;
	while (last && text.p[last - 1] != ' ' && text.p[last - 1] != '\'')
		last--;
	bool handle = text.n > 2 && text.p[0] == '@' && !last; /* "@ana" is somebody */
	bool role = handle || is_escalation_word(str_slice(text, last, text.n), WORD_ROLE) ||
	            is_escalation_word(str_slice(text, 0, words_until(text, 0, " ")), WORD_ROLE_FIRST);
	return role && text.n < ROLE_MAX && !escalation_is_sentence(text) && words_until(text, 0, ",;.:") == text.n
	           ? text
	           : (struct str){NULL, 0};
}

/* "On-call engineer investigates": what stands before a verb, which is lower case and ends in s. */
struct str escalation_role_acting(struct str text)
{
	text = words_trim(text);
	if (opens_with(text, WORD_CONDITION))
		return (struct str){NULL, 0};
	for (size_t i = 0, word = 0; i < text.n; i++) {
		if (text.p[i] != ' ')
			continue;
		struct str rest = str_slice(text, i + 1, text.n);
		size_t end = words_until(rest, 0, " ,.;");
		bool verb = end > 2 && ascii_is_lower(rest.p[0]) && rest.p[end - 1] == 's' && rest.p[end - 2] != 's';
		if (verb && is_escalation_word(str_slice(text, word, i), WORD_ROLE))
			return escalation_role_in(str_slice(text, 0, i));
		word = i + 1;
	}
	return (struct str){NULL, 0};
}

struct str escalation_role_opening(struct str text)
{
	text = words_trim(text);
	size_t end = escalation_word_at(text, WORD_IF);
	return end == text.n ? (struct str){NULL, 0} : escalation_role_in(str_slice(text, 0, end));
}

/* ---- in a sentence ---- */

static struct str cut_role_at_end(struct str text)
{
	text = str_slice(text, 0, escalation_word_at(text, WORD_ROLE_END));
	return str_ends(text, STR(".")) ? str_slice(text, 0, text.n - 1) : text;
}

/* What follows the verb in a sentence that says when: a role, also where it ends in no word that is always one. */
static struct str plain_role(struct str text)
{
	text = words_trim(text);
	for (size_t n; (n = opens_with(text, WORD_ARTICLE));)
		text = words_trim(str_slice(text, n, text.n));
	text = without_elision(text);
	size_t blanks = 0;
	for (size_t i = 0; i < text.n; i++)
		blanks += text.p[i] == ' ';
	bool told =
		blanks < 4 && text.n < ROLE_MAX && !is_escalation_word(text, WORD_BYSTANDER) && !escalation_is_sentence(text);
	return told ? text : (struct str){NULL, 0};
}

static struct str without_modal(struct str sentence)
{
	for (size_t i = 0; i < escalation_words.count; i++) {
		const struct word_row *modal = word_row(i, WORD_MODAL);
		if (!modal || !str_ends(sentence, str_c(modal->phrase)))
			continue;
		sentence.n -= strlen(modal->phrase);
		i = 0; /* "wird sofort": the one before it, too */
	}
	return sentence;
}

/* "After 10 minutes our lead" is the lead. */
static struct str behind_articles(struct str who)
{
	who = str_slice(who, who.n > WHO_TAIL ? who.n - WHO_TAIL : 0, who.n);
	for (size_t i = 0; i < who.n;) {
		size_t n = who.p[i] == ' ' ? opens_with(str_slice(who, i + 1, who.n), WORD_ARTICLE) : 0;
		if (n)
			who = str_slice(who, i + 1 + n, who.n);
		i = n ? 0 : i + 1;
	}
	return who;
}

/* "the secondary is paged": who stands before the verb, behind the last comma. */
static struct str role_before(struct str sentence)
{
	size_t at = escalation_word_at(sentence, WORD_TOLD);
	if (at == sentence.n)
		return (struct str){NULL, 0};
	struct str who = without_modal(str_slice(sentence, 0, at));
	size_t from = who.n;
	while (from && !strchr(",;:.", who.p[from - 1]))
		from--;
	who = str_slice(who, from, who.n);
	return escalation_role_in(behind_articles(who));
}

/* Where the phrase begins as a word of its own: "call", which "on-call" is not. */
static size_t telling_at(struct str sentence, const char *phrase)
{
	for (size_t from = 0; from < sentence.n;) {
		size_t at = from + escalation_find(str_slice(sentence, from, sentence.n), phrase);
		if (at == sentence.n || !at || sentence.p[at - 1] == ' ')
			return at;
		from = at + 1;
	}
	return sentence.n;
}

/* The last of several: "if the primary on call does not answer, page the lead". */
struct str escalation_role_told(struct index *ix, struct str sentence)
{
	bool timed = escalation_after(ix, sentence) >= 0;
	struct str role = {NULL, 0};
	size_t last = 0;
	for (size_t i = 0; i < escalation_words.count; i++) {
		const struct word_row *telling = word_row(i, WORD_TELLING);
		size_t at = telling ? telling_at(sentence, telling->phrase) : sentence.n;
		bool word = at < sentence.n;
		size_t behind = word ? at + strlen(telling->phrase) : 0;
		struct str after = word ? cut_role_at_end(str_slice(sentence, behind, sentence.n)) : (struct str){NULL, 0};
		struct str found = escalation_role_in(after);
		if (!found.n && timed)
			found = plain_role(after);
		if (!word || !found.n || behind < last)
			continue;
		role = found;
		last = behind;
	}
	return role.n ? role : role_before(sentence);
}

/* ---- who acts ---- */

bool escalation_tells_who_acts(struct index *ix, const struct record *r, const struct cell *who)
{
	if (escalation_words_have(who->column, WORD_INFORMS))
		return false;
	bool acts = false, tells = false;
	for (size_t i = 0; i < r->count; i++) {
		struct str text = words_fold(ix->arena, r->cells[i].line.text);
		if (&r->cells[i] == who || !escalation_words_have(r->cells[i].column, WORD_DOING))
			continue;
		acts = true;
		tells |= escalation_words_have(text, WORD_INFORMS);
	}
	return acts && !tells;
}
