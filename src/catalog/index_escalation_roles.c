/* Whom an escalation tells: roles in cells, steps and sentences. The words are those of table_escalation_words.c. */
#include <string.h>

#include "base/ascii.h"
#include "index_impl.h"

#define ROLE_MAX 40  /* bytes; what is longer is a sentence */
#define WHO_TAIL 200 /* bytes before a verb in which the role stands */

/* The first row of this kind or a later one: the table is sorted by kind. */
static const struct word_row *first_row(const struct word_table *table, int kind)
{
	size_t from = 0, to = table->count;
	while (from < to) {
		size_t middle = (from + to) / 2;
		if (table->rows[middle].value < kind)
			from = middle + 1;
		else
			to = middle;
	}
	return table->rows + from;
}

const struct word_row *escalation_rows(enum escalation_word kind, const struct word_row **end)
{
	const struct word_table *table = kind < WORD_FIRST_OF_PHRASES ? &escalation_words : &escalation_phrases;
	*end = first_row(table, (int)kind + 1);
	return first_row(table, (int)kind);
}

static bool is_escalation_word(struct str word, enum escalation_word kind)
{
	const struct word_row *end;
	for (const struct word_row *row = escalation_rows(kind, &end); row < end; row++)
		if (str_eq_nocase(word, str_c(row->phrase)))
			return true;
	return false;
}

bool escalation_words_have(struct str folded, enum escalation_word kind)
{
	const struct word_row *end;
	for (const struct word_row *row = escalation_rows(kind, &end); row < end; row++)
		if (words_have(folded, row->phrase))
			return true;
	return false;
}

bool escalation_words_are(struct str folded, enum escalation_word kind)
{
	const struct word_row *end;
	for (const struct word_row *row = escalation_rows(kind, &end); row < end; row++)
		if (words_are(folded, row->phrase))
			return true;
	return false;
}

size_t escalation_find(struct str text, const char *needle)
{
	struct str n = str_c(needle);
	for (size_t i = 0; i + n.n <= text.n; i++)
		if (ascii_lower(text.p[i]) == ascii_lower(*needle) && str_eq_nocase(str_slice(text, i, i + n.n), n))
			return i;
	return text.n;
}

size_t escalation_word_at(struct str text, enum escalation_word kind)
{
	size_t best = text.n;
	const struct word_row *end;
	for (const struct word_row *row = escalation_rows(kind, &end); row < end; row++) {
		size_t at = escalation_find(text, row->phrase);
		best = at < best ? at : best;
	}
	return best;
}

/* The bytes of the word that a text opens with, a blank behind it; 0 where it is none of these. */
size_t escalation_opens_with(struct str text, enum escalation_word kind)
{
	const struct word_row *end;
	for (const struct word_row *row = escalation_rows(kind, &end); row < end; row++) {
		size_t n = strlen(row->phrase);
		if (text.n > n && text.p[n] == ' ' && str_eq_nocase(str_slice(text, 0, n), str_c(row->phrase)))
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
	const struct word_row *end;
	for (const struct word_row *later = escalation_rows(WORD_LATER, &end); later < end; later++) {
		size_t at = escalation_find(text, later->phrase);
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

/* "Zweitbereitschaft", "Schichtleitung": German puts the words of a role together. */
static bool ends_as_role(struct str word)
{
	const struct word_row *end;
	for (const struct word_row *row = escalation_rows(WORD_ROLE_ENDING, &end); row < end; row++) {
		size_t n = strlen(row->phrase);
		if (word.n >= n && str_eq_nocase(str_slice(word, word.n - n, word.n), str_c(row->phrase)))
			return true;
	}
	return false;
}

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
	struct str end_word = str_slice(text, last, text.n);
	bool role = handle || is_escalation_word(end_word, WORD_ROLE) || ends_as_role(end_word) ||
	            is_escalation_word(str_slice(text, 0, words_until(text, 0, " ")), WORD_ROLE_FIRST);
	return role && text.n < ROLE_MAX && !escalation_is_sentence(text) && words_until(text, 0, ",;.:") == text.n
	           ? text
	           : (struct str){NULL, 0};
}

/* "On-call engineer investigates": what stands before a verb, which is lower case and ends in s. */
struct str escalation_role_acting(struct str text)
{
	text = words_trim(text);
	if (escalation_opens_with(text, WORD_CONDITION))
		return (struct str){NULL, 0};
	for (size_t i = 0, word = 0; i < text.n; i++) {
		if (text.p[i] != ' ')
			continue;
		struct str rest = str_slice(text, i + 1, text.n);
		size_t end = words_until(rest, 0, " ,.;");
		struct str word_behind = str_slice(rest, 0, end);
		bool has = str_eq_c(word_behind, "has") || str_eq_c(word_behind, "gets"); /* time to answer in */
		bool verb = !has && end > 2 && ascii_is_lower(rest.p[0]) && rest.p[end - 1] == 's' && rest.p[end - 2] != 's';
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
	end = end < text.n ? end : escalation_word_at(text, WORD_BESIDE);
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
	for (size_t n; (n = escalation_opens_with(text, WORD_ARTICLE));)
		text = words_trim(str_slice(text, n, text.n));
	text = without_elision(text);
	size_t blanks = 0;
	for (size_t i = 0; i < text.n; i++)
		blanks += text.p[i] == ' ';
	bool told = blanks < 4 && text.n < ROLE_MAX && !is_escalation_word(text, WORD_BYSTANDER) &&
	            !is_escalation_word(text, WORD_NOW) && !escalation_is_sentence(text);
	return told ? text : (struct str){NULL, 0};
}

static struct str without_modal(struct str sentence)
{
	const struct word_row *end, *first = escalation_rows(WORD_MODAL, &end);
	for (bool cut = true; cut;) { /* "wird sofort": both */
		cut = false;
		for (const struct word_row *modal = first; modal < end && !cut; modal++) {
			cut = str_ends(sentence, str_c(modal->phrase));
			sentence.n -= cut ? strlen(modal->phrase) : 0;
		}
	}
	return sentence;
}

/* "After 10 minutes our lead" is the lead. */
static struct str behind_articles(struct str who)
{
	who = str_slice(who, who.n > WHO_TAIL ? who.n - WHO_TAIL : 0, who.n);
	for (size_t i = 0; i < who.n;) {
		size_t n = who.p[i] == ' ' ? escalation_opens_with(str_slice(who, i + 1, who.n), WORD_ARTICLE) : 0;
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

/* "nach 15 Minuten an die Zweitbereitschaft eskalieren", "geht an die Zweitbereitschaft": who has it then. */
static struct str role_handed_to(struct str sentence, bool timed)
{
	bool opens = sentence.n > 3 && str_eq_nocase(str_slice(sentence, 0, 3), STR("an "));
	size_t at = opens ? 3 : escalation_find(sentence, " an ") + 4;
	if (at >= sentence.n || escalation_word_at(sentence, WORD_HANDED) == sentence.n)
		return (struct str){NULL, 0};
	struct str who = cut_role_at_end(str_slice(sentence, at, sentence.n)), role = escalation_role_in(who);
	return role.n || !timed ? role : plain_role(who);
}

/* The last of several: "if the primary on call does not answer, page the lead". */
struct str escalation_role_told(struct index *ix, struct str sentence)
{
	bool timed = escalation_after(ix, sentence) >= 0;
	struct str role = {NULL, 0};
	size_t last = 0;
	const struct word_row *end;
	for (const struct word_row *telling = escalation_rows(WORD_TELLING, &end); telling < end; telling++) {
		size_t at = telling_at(sentence, telling->phrase);
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
	role = role.n ? role : role_handed_to(sentence, timed);
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
