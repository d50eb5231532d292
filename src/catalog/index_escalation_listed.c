/* "Primary; Secondary; CTO" and "1. Primary 2. Secondary 3. CTO" in the cell of a severity: who comes after whom. */
#include "base/ascii.h"
#include "index_impl.h"

#define PARTS_MAX 8

/* At a "2. " or "2) ": its bytes; 0: none begins here. */
static size_t listed_number_at(struct str text, size_t at, int number)
{
	bool begins = at == 0 || text.p[at - 1] == ' ';
	bool mark = at + 2 < text.n && (text.p[at + 1] == '.' || text.p[at + 1] == ')') && text.p[at + 2] == ' ';
	return begins && mark && text.p[at] == '0' + number ? 3 : 0;
}

/* Without the marks of a list at both ends. */
static struct str listed_part(struct str text)
{
	struct str part = words_trim(text);
	return str_ends(part, STR(",")) || str_ends(part, STR(";")) ? str_trim(str_slice(part, 0, part.n - 1)) : part;
}

static size_t numbered_parts(struct str text, struct str parts[PARTS_MAX])
{
	size_t n = 0, from = 0;
	for (size_t i = 0; i < text.n && n < PARTS_MAX; i++) {
		size_t mark = listed_number_at(text, i, (int)n + 1);
		if (!mark)
			continue;
		if (n)
			parts[n - 1] = listed_part(str_slice(text, from, i));
		else if (i)
			return 0;
		n++;
		from = i + mark;
	}
	if (n)
		parts[n - 1] = listed_part(str_slice(text, from, text.n));
	return n;
}

static size_t parts_of_lines(struct str text, struct str parts[PARTS_MAX])
{
	size_t n = 0;
	while (text.n && n < PARTS_MAX) {
		ptrdiff_t end = str_index(text, ';');
		parts[n++] = listed_part(str_slice(text, 0, end < 0 ? text.n : (size_t)end));
		text = str_slice(text, end < 0 ? text.n : (size_t)end + 1, text.n);
	}
	return n;
}

static bool is_contact_of_page(struct index *ix, struct str who)
{
	for (size_t i = 0; i < ix->out->contacts_count; i++)
		if (str_eq_nocase(ix->out->contacts[i].role, who) || str_eq_nocase(ix->out->contacts[i].primary, who))
			return true;
	return false;
}

static bool is_somebody(struct index *ix, struct str part)
{
	return escalation_role_in(part).n || escalation_is_chain_role(words_fold(ix->arena, part)) ||
	       is_contact_of_page(ix, part);
}

struct str escalation_listed(struct index *ix, struct str text)
{
	struct str parts[PARTS_MAX], whole = str_trim(text);
	size_t numbered = numbered_parts(whole, parts), n = numbered ? numbered : parts_of_lines(whole, parts);
	if (n < 2 || n == PARTS_MAX || escalation_has_arrow(whole))
		return text;
	AUTOBUF struct buf out;
	buf_init(&out, MARKDOWN_MAX);
	for (size_t i = 0; i < n; i++) {
		if (!is_somebody(ix, parts[i]))
			return text; /* "Page the lead; restart it" */
		buf_printf(&out, "%s%.*s", i ? " → " : "", STR_ARG(parts[i]));
	}
	return arena_str(ix->arena, buf_str(&out));
}
