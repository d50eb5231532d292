/* Contacts: rows of a table, bullets, `Role: value` lines. */
#include "index_impl.h"
#include "words/table_contact_columns.h"

#define COLUMNS contact_columns.rows, contact_columns.count

static void fill_contact(struct str *field, struct str value)
{
	if (!field->n && !words_nothing(value) && !str_eq_nocase(value, STR("none")))
		*field = value;
}

/* ---- values ---- */

/* Mail, telephone (also with a few letters: 1-800-…), URL, channel: what can be reached as it stands. */
static bool is_address(struct str s)
{
	size_t digits = 0, others = 0;
	ptrdiff_t at = str_index(s, '@');
	if ((at > 0 && str_index(str_slice(s, (size_t)at, s.n), '.') > 0 && str_index(s, ' ') < 0) ||
	    str_find(s, STR("://")) >= 0 || str_starts(s, STR("#")) || str_starts(s, STR("mailto:")))
		return true;
	for (size_t i = 0; i < s.n; i++) {
		bool digit = s.p[i] >= '0' && s.p[i] <= '9';
		digits += digit;
		others += !digit && (s.p[i] < 'A' || s.p[i] > 'Z') && str_index(STR(" +-.()/"), s.p[i]) < 0;
	}
	return digits >= 3 && !others;
}

/* "name (mail)", "@handle (Slack)", "1-800-… (hours)": what it is, and how it is reached. */
static void set_value(struct fact_contact *c, struct str value)
{
	value = str_trim(value);
	struct str note = words_take_note(&value);
	if (is_address(value))
		fill_contact(&c->address, value);
	else
		fill_contact(&c->primary, value);
	if (is_address(note))
		fill_contact(&c->address, note);
	else
		fill_contact(&c->method, note);
}

static void set_values(struct fact_contact *c, struct str text)
{
	for (size_t i = 0; i < text.n;) {
		size_t end = words_until(text, i, ",;|");
		if (end < text.n && !is_address(str_trim(str_slice(text, i, end))))
			end = text.n;
		set_value(c, str_slice(text, i, end));
		i = end + 1;
	}
}

/* ---- the list ---- */

static void add_contact_fact(struct index *ix, const struct fact_contact *c)
{
	struct facts *f = ix->out;
	for (size_t i = 0; i < f->contacts_count; i++) {
		struct fact_contact *known = &f->contacts[i];
		if (!str_eq_nocase(known->role, c->role))
			continue;
		fill_contact(&known->primary, c->primary);
		fill_contact(&known->backup, c->backup);
		fill_contact(&known->method, c->method);
		fill_contact(&known->address, c->address);
		return;
	}
	FACT_ADD(ix, contacts, *c);
}

bool contact_record(struct index *ix, const struct record *r)
{
	enum topic topic = topic_now(ix);
	bool about = topic == TOPIC_CONTACTS || topic == TOPIC_ESCALATION_CONTACTS || topic == TOPIC_ESCALATION;
	const struct cell *role = record_cell(r, COLUMNS, ROLE);
	bool reached = record_has(r, COLUMNS, PRIMARY) || record_has(r, COLUMNS, ADDRESS) || record_has(r, COLUMNS, METHOD);
	if ((!about && !(role && words_have(role->column, "role"))) || !reached)
		return false;
	if (!role && topic == TOPIC_ESCALATION)
		return false;
	role = role ? role : &r->cells[0];
	struct fact_contact c = {.role = role->line.text, .at = index_pos(ix, r->at)};
	for (size_t i = 0; i < r->count; i++) {
		struct str value = r->cells[i].line.text;
		int field = &r->cells[i] == role ? ROLE : words_find(COLUMNS, r->cells[i].column, ROLE);
		if (field == PRIMARY)
			fill_contact(&c.primary, value);
		else if (field == BACKUP)
			fill_contact(&c.backup, value);
		else if (field == METHOD)
			fill_contact(&c.method, value);
		else if (field == ADDRESS)
			set_values(&c, value);
	}
	if (words_nothing(c.role))
		return false;
	add_contact_fact(ix, &c);
	escalation_chain(ix, c.role, topic == TOPIC_ESCALATION_CONTACTS, r->at);
	return true;
}

static bool is_link(struct index *ix, const struct line *line)
{
	struct str folded = words_fold(ix->arena, line->lead);
	return words_have(folded, "status page") || words_have(folded, "war room");
}

/* "@ana (after 10 min)": when somebody is told is no way to reach them. */
static int64_t take_contact_time(struct index *ix, struct fact_contact *c)
{
	struct str when = c->method;
	when = str_starts(when, STR("after ")) ? str_trim(str_slice(when, 6, when.n)) : when;
	if (!when.n || !escalation_is_only_time(ix, when))
		return -1;
	c->method = (struct str){NULL, 0};
	return escalation_after(ix, when);
}

/* "Role: value"; a line that only points elsewhere on the page states no contact. */
bool contact_line(struct index *ix, const struct line *line)
{
	if (!line->keyed || !line->lead.n || str_starts(line->url, STR("#")))
		return false;
	if (is_link(ix, line))
		return link_line(ix, line);
	struct fact_contact c = {.role = line->lead, .at = index_pos(ix, line->at)};
	set_values(&c, line->rest);
	if (line->url.n && str_eq(line->rest, line->label) && !c.address.n)
		c.address = line->url;
	if (!c.primary.n && !c.address.n)
		return false;
	int64_t after = take_contact_time(ix, &c);
	add_contact_fact(ix, &c);
	escalation_chain(ix, c.role, topic_now(ix) == TOPIC_ESCALATION_CONTACTS, line->at);
	escalation_chain_after(ix, c.role, after);
	return true;
}
