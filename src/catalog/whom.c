/* What words mean that are no name as it is written: "Platform on-call schedule", "Ana Lopez (PagerDuty)", "@ana". */
#include "catalog/whom.h"

#include <string.h>

#include "base/buf.h"
#include "catalog/collect.h"
#include "words/words.h"

#define WORDS_MAX 12 /* of a name; a sentence is none */

static const char *const providers[] = {"pagerduty", "opsgenie", "grafana"};
static const char *const rotations[] = {"schedule", "schedules", "rotation", "rota",
                                        "roster",   "oncall",    "calendar", "shift"};
static const char *const others[] = {"on", "call", "the", "current", "engineer", "person", "user", "users"};
#define IS_ONE_OF(list, word) is_word_of(list, sizeof(list) / sizeof *(list), word)

static bool is_word_of(const char *const *list, size_t n, struct str word)
{
	for (size_t i = 0; i < n; i++)
		if (str_eq_c(word, list[i]))
			return true;
	return false;
}

/* It says that it is a rotation, or whose product keeps it, not which one. */
static bool is_generic(struct str word)
{
	return IS_ONE_OF(providers, word) || IS_ONE_OF(rotations, word) || IS_ONE_OF(others, word);
}

static bool is_in_word(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (unsigned char)c >= 0x80;
}

/* Folded words of a text. */
struct name_words {
	char room[CATALOG_NAME_MAX];
	struct str v[WORDS_MAX];
	size_t n;
	bool more; /* than there is room for */
};

static void words_of_name(struct str text, struct name_words *out)
{
	struct str folded = catalog_fold(str_trim(text), out->room);
	out->n = 0;
	out->more = false;
	for (size_t i = 0, end; i < folded.n; i = end + 1) {
		for (end = i; end < folded.n && is_in_word(folded.p[end]);)
			end++;
		if (end == i)
			continue;
		if (out->n == WORDS_MAX) {
			out->more = true;
			return;
		}
		out->v[out->n++] = str_slice(folded, i, end);
	}
}

/* ---- schedules ---- */

/* "Platform on-call schedule" is "platform"; empty where nothing is left. */
static struct str bare_name(struct str name, char room[CATALOG_NAME_MAX])
{
	struct name_words w;
	size_t n = 0;
	words_of_name(name, &w);
	for (size_t i = 0; i < w.n && !w.more; i++) {
		if (is_generic(w.v[i]))
			continue;
		memcpy(room + n, w.v[i].p, w.v[i].n);
		n += w.v[i].n;
	}
	return (struct str){room, n};
}

const struct schedule *catalog_schedule_meant(const struct catalog *c, struct str role)
{
	const struct schedule *exact = catalog_schedule(c, role), *found = NULL;
	char room[CATALOG_NAME_MAX], other[CATALOG_NAME_MAX];
	struct str wanted = exact ? (struct str){NULL, 0} : bare_name(role, room);
	for (size_t i = 0; wanted.n && i < map_count(c->schedules); i++) {
		if (!str_eq(bare_name(c->schedule_list[i]->name, other), wanted))
			continue;
		if (found)
			return NULL;
		found = c->schedule_list[i];
	}
	return exact ? exact : found;
}

/* "PagerDuty rotation", "On-call Engineer": a rotation, and nothing that says which. */
static bool says_a_rotation(struct str text)
{
	struct name_words w;
	bool rotation = false;
	words_of_name(text, &w);
	for (size_t i = 0; i < w.n; i++) {
		rotation =
			rotation || IS_ONE_OF(rotations, w.v[i]) || (i && str_eq_c(w.v[i], "call") && str_eq_c(w.v[i - 1], "on"));
		if (!is_generic(w.v[i]) || w.more)
			return false;
	}
	return rotation;
}

static bool mentions(const struct schedule *s, const char *provider)
{
	char room[CATALOG_NAME_MAX];
	bool found = str_find(catalog_fold(s->name, room), str_c(provider)) >= 0;
	for (size_t i = 0; !found && i < s->names.n; i++)
		found = str_find(catalog_fold(s->names.v[i], room), str_c(provider)) >= 0;
	return found;
}

/* A schedule that is said to be PagerDuty's is no "Opsgenie rotation". */
static bool may_be_of(const struct schedule *s, struct str text)
{
	char room[CATALOG_NAME_MAX];
	bool asked = false, other = false, same = false;
	for (size_t i = 0; i < sizeof providers / sizeof *providers; i++) {
		bool said = str_find(catalog_fold(text, room), str_c(providers[i])) >= 0, has = mentions(s, providers[i]);
		asked = asked || said;
		same = same || (said && has);
		other = other || (!said && has);
	}
	return !asked || same || !other;
}

/* Those that could be meant by words that say no name: how many, and the last of them. */
static size_t schedules_implied(const struct catalog *c, struct str text, const struct schedule **out)
{
	size_t n = 0;
	bool rotation = says_a_rotation(text);
	for (size_t i = 0; rotation && i < map_count(c->schedules); i++) {
		if (!may_be_of(c->schedule_list[i], text))
			continue;
		*out = c->schedule_list[i];
		n++;
	}
	return n;
}

/* Where he is reached (#platform) names a schedule only by its whole name. */
const struct schedule *contact_schedule(const struct catalog *c, const struct contact *contact)
{
	const struct str names[] = {contact->schedule, contact->role, contact->primary};
	const struct str ways[] = {contact->say, contact->method, contact->address};
	const struct schedule *found = NULL;
	for (size_t i = 0; !found && i < sizeof names / sizeof *names; i++)
		found = catalog_schedule_meant(c, names[i]);
	for (size_t i = 0; !found && i < sizeof ways / sizeof *ways; i++)
		found = catalog_schedule(c, ways[i]);
	return found;
}

static bool names_nothing(struct str s)
{
	return words_nothing(str_trim(s));
}

/* What says who it is; how he is reached counts where nothing does. */
static size_t telling_texts(const struct contact *contact, struct str out[5])
{
	size_t n = 0;
	out[n++] = contact->primary;
	if (!names_nothing(contact->primary))
		return n;
	out[n++] = contact->say;
	out[n++] = contact->method;
	out[n++] = contact->address;
	out[n++] = contact->role;
	return n;
}

const struct schedule *contact_schedule_implied(const struct catalog *c, const struct contact *contact)
{
	struct str texts[5];
	const struct schedule *found = NULL;
	size_t n = telling_texts(contact, texts), could = 0;
	for (size_t i = 0; !could && i < n; i++)
		could = schedules_implied(c, texts[i], &found);
	return could == 1 ? found : NULL;
}

/* ---- people ---- */

static bool all_words_in(const struct name_words *few, struct str name)
{
	struct name_words many;
	words_of_name(name, &many);
	size_t wanted = 0, found = 0;
	for (size_t i = 0; i < few->n; i++) {
		bool in = false;
		for (size_t k = 0; k < many.n; k++)
			in = in || str_eq(many.v[k], few->v[i]);
		wanted += !is_generic(few->v[i]);
		found += in && !is_generic(few->v[i]);
	}
	return wanted && found == wanted;
}

/* "Ana" is of Ana Lopez, "@ana" of whoever has that as contact. A mail address is meant whole. */
static bool may_be_called(const struct person *p, struct str text, const struct name_words *w)
{
	bool may = str_eq_nocase(text, p->contact) || all_words_in(w, p->name);
	for (size_t i = 0; !may && i < p->calendar_names.n; i++)
		may = str_index(p->calendar_names.v[i], '@') < 0 && all_words_in(w, p->calendar_names.v[i]);
	return may;
}

static struct str without_handle_mark(struct str s)
{
	return s.n && *s.p == '@' ? str_slice(s, 1, s.n) : s;
}

static const struct person *person_by_words(const struct catalog *c, struct str text, const struct person **other)
{
	struct name_words w;
	const struct person *found = NULL;
	words_of_name(text, &w);
	for (size_t i = 0; !w.more && i < map_count(c->people) && !*other; i++) {
		if (!may_be_called(c->person_list[i], text, &w))
			continue;
		if (found)
			*other = c->person_list[i];
		else
			found = c->person_list[i];
	}
	return *other ? NULL : found;
}

/* What stands between blanks and the like: "<ana@example.org>" without its brackets, "mailto:…" without that. */
static bool next_address_token(struct str *rest, struct str *token)
{
	static const struct str around = STR_INIT(" \t,;<>()[]{}\"'"), scheme = STR_INIT("mailto:");
	size_t from = 0, end;
	while (from < rest->n && str_index(around, rest->p[from]) >= 0)
		from++;
	for (end = from; end < rest->n && str_index(around, rest->p[end]) < 0;)
		end++;
	*token = str_slice(*rest, from, end);
	*rest = str_slice(*rest, end, rest->n);
	if (token->n > scheme.n && str_eq_nocase(str_slice(*token, 0, scheme.n), scheme))
		*token = str_slice(*token, scheme.n, token->n);
	return token->n > 0;
}

static const struct person *person_at(const struct catalog *c, struct str address)
{
	const struct person *found = catalog_person(c, address);
	for (size_t i = 0; !found && i < map_count(c->people); i++)
		if (str_eq_nocase(address, c->person_list[i]->contact))
			found = c->person_list[i];
	return found ? found : catalog_person(c, without_handle_mark(address));
}

/* By the one mail address or handle that stands in the text; NULL where two are of different people. */
static const struct person *person_by_address(const struct catalog *c, struct str text)
{
	const struct person *found = NULL;
	for (struct str rest = text, token; next_address_token(&rest, &token);) {
		const struct person *p = str_index(token, '@') >= 0 ? person_at(c, token) : NULL;
		if (p && found && p != found)
			return NULL;
		found = p ? p : found;
	}
	return found;
}

/* NULL where nobody or several could be meant: then `other` is one of these. */
static const struct person *person_named(const struct catalog *c, struct str text, const struct person **other)
{
	struct str name = str_trim(text);
	const struct person *found = catalog_person(c, name);
	struct str note = found ? (struct str){NULL, 0} : words_take_note(&name);
	if (!found)
		found = catalog_person(c, name);
	if (!found && note.n)
		found = catalog_person(c, note);
	bool words = !names_nothing(name) && str_index(name, '@') < 0;
	return found || !words ? found : person_by_words(c, name, other);
}

static const struct person *person_meant(const struct catalog *c, struct str text, const struct person **other)
{
	const struct person *found = person_named(c, text, other);
	return found || *other ? found : person_by_address(c, text);
}

const struct person *catalog_person_meant(const struct catalog *c, struct str text)
{
	const struct person *other = NULL;
	return person_meant(c, text, &other);
}

/* "ana, ben and eve", each in turn; false at the end. */
static bool next_of_several(struct str *rest, struct str *one)
{
	static const struct str marks[] = {STR_INIT(","),   STR_INIT(";"),   STR_INIT("&"),   STR_INIT(" and "),
	                                   STR_INIT(" / "), STR_INIT(" + "), STR_INIT(" or ")};
	size_t end = rest->n, skip = 0;
	if (!rest->n)
		return false;
	for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
		ptrdiff_t at = str_find(*rest, marks[i]);
		if (at >= 0 && (size_t)at < end) {
			end = (size_t)at;
			skip = marks[i].n;
		}
	}
	*one = str_trim(str_slice(*rest, 0, end));
	*rest = str_slice(*rest, end + skip, rest->n);
	return true;
}

static bool is_named_already(const struct person *const *people, size_t n, const struct person *p)
{
	for (size_t i = 0; i < n; i++)
		if (people[i] == p)
			return true;
	return false;
}

static size_t people_in_text(const struct catalog *c, struct str text, const struct person *out[CONTACT_PEOPLE_MAX],
                             struct str *doubt)
{
	size_t n = 0;
	const struct person *other = NULL, *whole = person_named(c, text, &other);
	if (whole)
		out[n++] = whole;
	if (other)
		*doubt = text;
	for (struct str rest = whole || other ? STR("") : text, one;
	     next_of_several(&rest, &one) && n < CONTACT_PEOPLE_MAX;) {
		const struct person *second = NULL, *p = person_meant(c, one, &second);
		if (p && !is_named_already(out, n, p))
			out[n++] = p;
		if (second)
			*doubt = one;
	}
	return n;
}

static size_t people_of_contact(const struct catalog *c, const struct contact *contact,
                                const struct person *out[CONTACT_PEOPLE_MAX], struct str *doubt)
{
	struct str backup = names_nothing(contact->primary) ? contact->backup : STR("");
	const struct str texts[] = {contact->primary, contact->address, contact->say, contact->method, backup};
	size_t n = 0;
	for (size_t i = 0; !n && i < sizeof texts / sizeof *texts; i++)
		n = people_in_text(c, texts[i], out, doubt);
	return n;
}

size_t contact_people(const struct catalog *c, const struct contact *contact,
                      const struct person *out[CONTACT_PEOPLE_MAX])
{
	struct str doubt;
	return people_of_contact(c, contact, out, &doubt);
}

bool contact_is_doubtful(const struct catalog *c, const struct contact *contact, struct str *doubt)
{
	const struct person *people[CONTACT_PEOPLE_MAX];
	const struct schedule *last = NULL;
	struct str texts[5];
	*doubt = STR("");
	if (contact->receivers.n || contact_schedule(c, contact))
		return false;
	if (people_of_contact(c, contact, people, doubt))
		return doubt->n > 0;
	size_t n = telling_texts(contact, texts);
	for (size_t i = 0; !doubt->n && i < n; i++)
		if (schedules_implied(c, texts[i], &last) > 1)
			*doubt = texts[i];
	return doubt->n > 0;
}

bool contact_leaves_open(const struct catalog *c, const struct contact *contact, struct str *said)
{
	const struct person *people[CONTACT_PEOPLE_MAX];
	struct str texts[5], doubt;
	bool named = !contact->receivers.n && !contact_schedule(c, contact);
	size_t n = named && people_of_contact(c, contact, people, &doubt) > 1 ? telling_texts(contact, texts) : 0;
	for (size_t i = 0; i < n; i++) {
		*said = texts[i];
		if (str_find(texts[i], STR(" or ")) >= 0)
			return true;
	}
	return false;
}
