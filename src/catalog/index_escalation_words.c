/* Escalation in words: when somebody is told, who, and in which order. */
#include <string.h>

#include "base/time.h"
#include "index_impl.h"

/* ---- when ---- */

int64_t escalation_minutes(struct str words)
{
	int64_t minutes;
	words = words_trim(words);
	return str_to_i64(words, &minutes) && minutes >= 0 && minutes < INT32_MAX ? minutes * TIME_MINUTE : -1;
}

/* "T+15": minutes where no unit is said. */
static int64_t after_start(struct str words)
{
	ptrdiff_t at = str_find(words, STR("T+"));
	at = at < 0 ? str_find(words, STR("t+")) : at;
	size_t end = at < 0 ? 0 : (size_t)at + 2;
	while (at >= 0 && end < words.n && words.p[end] >= '0' && words.p[end] <= '9')
		end++;
	return at < 0 ? -1 : escalation_minutes(str_slice(words, (size_t)at + 2, end));
}

struct str escalation_behind_start(struct str text)
{
	static const char *const units[] = {"minutes", "minute", "mins", "min", "m"};
	if (text.n < 3 || (!str_starts(text, STR("T+")) && !str_starts(text, STR("t+"))))
		return text;
	size_t end = 2;
	while (end < text.n && text.p[end] >= '0' && text.p[end] <= '9')
		end++;
	struct str rest = str_trim(str_slice(text, end, text.n));
	for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
		size_t n = strlen(units[i]);
		if (rest.n > n && rest.p[n] == ' ' && str_eq_nocase(str_slice(rest, 0, n), str_c(units[i])))
			return words_trim(str_slice(rest, n, rest.n));
	}
	return words_trim(rest);
}

int64_t escalation_after(struct index *ix, struct str words)
{
	struct span span = words_span(ix->arena, words);
	struct str folded = words_fold(ix->arena, words);
	if (span.found && span.range)
		return span.low_ms;
	if (span.found && words_have(folded, "first"))
		return 0; /* "the first 30 minutes" */
	if (span.found)
		return span.at_most && !words_have(folded, "within") ? 0 : span.high_ms;
	bool now = words_have(folded, "immediate") || words_have(folded, "immediately") || words_are(folded, "0") ||
	           words_have(folded, "at once");
	return now ? 0 : after_start(words);
}

/* ---- in which order ---- */

static const char *const arrows[] = {"→", "->", "=>", "➜", "⇒", "»", " > ", ", then "};

/* The first arrow of a text; text.n where there is none. */
static size_t arrow_at(struct str text, size_t *length)
{
	size_t best = text.n;
	*length = 0;
	for (size_t i = 0; i < sizeof arrows / sizeof *arrows; i++) {
		ptrdiff_t at = str_find(text, str_c(arrows[i]));
		if (at < 0 || (size_t)at >= best)
			continue;
		best = (size_t)at;
		*length = strlen(arrows[i]);
	}
	return best;
}

struct str escalation_before_arrow(struct str text)
{
	size_t length;
	return str_slice(text, 0, arrow_at(text, &length));
}

bool escalation_has_arrow(struct str text)
{
	size_t length;
	return arrow_at(text, &length) < text.n;
}

struct str escalation_without_time(struct index *ix, struct str who, int64_t *after)
{
	struct str rest = who, note = words_take_note(&rest);
	ptrdiff_t at = note.n ? -1 : str_find(who, STR(" after "));
	if (at > 0) {
		rest = str_slice(who, 0, (size_t)at);
		note = str_slice(who, (size_t)at, who.n);
	}
	int64_t said = note.n ? escalation_after(ix, note) : -1;
	if (said < 0)
		return who;
	*after = said;
	return rest;
}

void escalation_path(struct index *ix, struct fact_escalation *e, int64_t after, struct str who)
{
	bool first = true;
	if (!escalation_has_arrow(who)) {
		escalation_step(e, after, escalation_roles(ix, who));
		return;
	}
	while (who.n) {
		size_t length, end = arrow_at(who, &length);
		int64_t then = first ? after : -1;
		struct str part = escalation_without_time(ix, words_trim(str_slice(who, 0, end)), &then);
		struct str role = escalation_role_in(part);
		role = role.n ? role : escalation_role_told(ix, part);
		escalation_step(e, then, escalation_roles(ix, role.n ? role : part));
		first = false;
		who = str_slice(who, end + length, who.n);
	}
}

/* ---- whom ---- */

static size_t next_cut(struct str text, size_t from, size_t *length)
{
	static const char *const marks[] = {" + ", ", ", "; ", " and ", " & then "};
	for (size_t i = from; i < text.n; i++) {
		for (size_t k = 0; k < sizeof marks / sizeof *marks; k++) {
			*length = strlen(marks[k]);
			if (str_starts(str_slice(text, i, text.n), str_c(marks[k])))
				return i;
		}
	}
	*length = 0;
	return text.n;
}

struct strs escalation_roles(struct index *ix, struct str text)
{
	struct strs out = {NULL, 0};
	for (size_t i = 0, length; i < text.n;) {
		size_t end = next_cut(text, i, &length);
		struct str role = words_trim(str_slice(text, i, end));
		if (!words_nothing(role))
			strs_add(ix->arena, &out, arena_str(ix->arena, role));
		i = end + (length ? length : 1);
	}
	return out;
}

static const char *const verbs[] = {"immediate", "immediately", "to",       "page",    "notify", "call",
                                    "contact",   "escalate",    "alert",    "paging",  "inform", "the",
                                    "notifies",  "pages",       "directly", "straight"};
static const char *const nouns[] = {
	"engineer", "lead",      "manager",  "director", "team", "cto",       "ceo",        "cio",       "dba",
	"sre",      "oncall",    "call",     "on-call",  "vp",   "owner",     "architect",  "commander", "officer",
	"primary",  "secondary", "tertiary", "backup",   "head", "president", "coordinator"};

static bool is_one_of(struct str word, const char *const *list, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (str_eq_nocase(word, str_c(list[i])))
			return true;
	}
	return false;
}

static bool is_noun(struct str word)
{
	return is_one_of(word, nouns, sizeof nouns / sizeof *nouns);
}

/* "Immediately page the on-call engineer": the role at its end; empty when it names none. */
struct str escalation_role_in(struct str text)
{
	text = words_trim(text);
	for (;;) {
		size_t end = words_until(text, 0, " ,");
		if (!end || !is_one_of(str_slice(text, 0, end), verbs, sizeof verbs / sizeof *verbs))
			break;
		text = words_trim(str_slice(text, end, text.n));
	}
	size_t last = text.n;
	while (last && text.p[last - 1] != ' ')
		last--;
	bool role = is_noun(str_slice(text, last, text.n));
	return role && text.n < 40 && words_until(text, 0, ",;.") == text.n ? text : (struct str){NULL, 0};
}

/* "If the lead answers …": whoever stands behind such a word is not told, but waited for. */
static bool is_condition(struct str text)
{
	static const char *const words[] = {"if", "when", "unless", "should", "once", "until", "while", "in case"};
	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		size_t n = strlen(words[i]);
		if (text.n > n && text.p[n] == ' ' && str_eq_nocase(str_slice(text, 0, n), str_c(words[i])))
			return true;
	}
	return false;
}

/* "On-call engineer investigates": what stands before a verb, which is lower case and ends in s. */
struct str escalation_role_acting(struct str text)
{
	text = words_trim(text);
	if (is_condition(text))
		return (struct str){NULL, 0};
	for (size_t i = 0, word = 0; i < text.n; i++) {
		if (text.p[i] != ' ')
			continue;
		struct str rest = str_slice(text, i + 1, text.n);
		size_t end = words_until(rest, 0, " ,.;");
		bool verb = end > 2 && rest.p[0] >= 'a' && rest.p[0] <= 'z' && rest.p[end - 1] == 's' && rest.p[end - 2] != 's';
		if (verb && is_noun(str_slice(text, word, i)))
			return escalation_role_in(str_slice(text, 0, i));
		word = i + 1;
	}
	return (struct str){NULL, 0};
}

/* Verbs of telling, as a sentence has them before whom it names. */
static const char *const telling[] = {"escalate to ", "escalates to ", "escalated to ", "notify ",    "notifies ",
                                      "page ",        "pages ",        "call ",         "contact ",   "alert ",
                                      "inform ",      "involve ",      "goes to ",      "passes to ", "handed to "};
/* What follows the role. */
static const char *const role_ends[] = {",",         ";",     ". ",      " at once", " immediately", " within ",
                                        " after ",   " for ", " if ",    " when ",   " by ",         " via ",
                                        " through ", " on ",  " using ", " (",       " in ",         " and "};

static size_t find_nocase(struct str text, const char *needle)
{
	struct str n = str_c(needle);
	for (size_t i = 0; i + n.n <= text.n; i++)
		if (str_eq_nocase(str_slice(text, i, i + n.n), n))
			return i;
	return text.n;
}

static struct str cut_role(struct str text)
{
	size_t end = text.n;
	for (size_t i = 0; i < sizeof role_ends / sizeof *role_ends; i++) {
		size_t at = find_nocase(text, role_ends[i]);
		end = at < end ? at : end;
	}
	text = str_slice(text, 0, end);
	return str_ends(text, STR(".")) ? str_slice(text, 0, text.n - 1) : text;
}

struct str escalation_role_opening(struct str text)
{
	static const char *const conditions[] = {" if ", " when ", " unless ", " in case "};
	text = words_trim(text);
	size_t end = text.n;
	for (size_t i = 0; i < sizeof conditions / sizeof *conditions; i++) {
		size_t at = find_nocase(text, conditions[i]);
		end = at < end ? at : end;
	}
	return end == text.n ? (struct str){NULL, 0} : escalation_role_in(str_slice(text, 0, end));
}

/* Whoever is told there does not answer an alert. */
static const char *const bystanders[] = {"customer", "customers", "user",         "users",   "client", "clients",
                                         "everyone", "everybody", "stakeholders", "channel", "them",   "it"};

/* What follows the verb in a sentence that says when: a role, also where it ends in no word that is always one. */
static struct str plain_role(struct str text)
{
	static const char *const articles[] = {"the ", "your ", "our ", "an ", "a "};
	text = words_trim(text);
	for (size_t i = 0; i < sizeof articles / sizeof *articles; i++)
		if (str_starts(text, str_c(articles[i])))
			text = words_trim(str_slice(text, strlen(articles[i]), text.n));
	size_t blanks = 0;
	for (size_t i = 0; i < text.n; i++)
		blanks += text.p[i] == ' ';
	bool told = blanks < 4 && text.n < 40 && !is_one_of(text, bystanders, sizeof bystanders / sizeof *bystanders);
	return told ? text : (struct str){NULL, 0};
}

/* "the secondary is paged": who stands before the verb, behind the last comma. */
static struct str role_before(struct str sentence)
{
	static const char *const told[] = {" is paged",   " is notified", " is called",    " is contacted",
	                                   " is alerted", " are paged",   " are notified", " gets paged",
	                                   " be paged",   " be notified", " be contacted", " is escalated to",
	                                   " takes over"};
	size_t at = sentence.n;
	for (size_t i = 0; i < sizeof told / sizeof *told; i++) {
		size_t found = find_nocase(sentence, told[i]);
		at = found < at ? found : at;
	}
	if (at == sentence.n)
		return (struct str){NULL, 0};
	static const char *const modals[] = {" should", " must", " will", " shall", " has to"};
	for (size_t i = 0; i < sizeof modals / sizeof *modals; i++)
		if (str_ends(str_slice(sentence, 0, at), str_c(modals[i])))
			at -= strlen(modals[i]);
	size_t from = at;
	while (from && !strchr(",;:.", sentence.p[from - 1]))
		from--;
	struct str who = str_slice(sentence, from, at);
	for (size_t the; (the = find_nocase(who, " the ")) < who.n;)
		who = str_slice(who, the + strlen(" the "), who.n);
	return escalation_role_in(who);
}

/* The last of several: "if the primary on call does not answer, page the lead". */
struct str escalation_role_told(struct index *ix, struct str sentence)
{
	bool timed = escalation_after(ix, sentence) >= 0;
	struct str role = {NULL, 0};
	size_t last = 0;
	for (size_t i = 0; i < sizeof telling / sizeof *telling; i++) {
		size_t at = find_nocase(sentence, telling[i]), behind = at + strlen(telling[i]);
		bool word = at < sentence.n && (!at || sentence.p[at - 1] == ' ');
		struct str after = word ? cut_role(str_slice(sentence, behind, sentence.n)) : (struct str){NULL, 0};
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

static bool has_word_of(struct str folded, const char *const *list, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (words_have(folded, list[i]))
			return true;
	return false;
}

bool escalation_tells_who_acts(struct index *ix, const struct record *r, const struct cell *who)
{
	static const char *const doing[] = {"action", "activity", "task", "responsibility", "duty", "what"};
	static const char *const told[] = {"notify", "escalate", "page", "contact", "inform", "call", "notified"};
	if (has_word_of(who->column, told, sizeof told / sizeof *told))
		return false;
	bool acts = false, tells = false;
	for (size_t i = 0; i < r->count; i++) {
		struct str text = words_fold(ix->arena, r->cells[i].line.text);
		if (&r->cells[i] == who || !has_word_of(r->cells[i].column, doing, sizeof doing / sizeof *doing))
			continue;
		acts = true;
		tells |= has_word_of(text, told, sizeof told / sizeof *told);
	}
	return acts && !tells;
}
