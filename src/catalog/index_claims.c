/* The alerts that a line of an index says its runbook is for: before the link, behind it, around it. */
#include <string.h>

#include "alert_names.h"
#include "index_impl.h"

/* "`A`, `B` and C": names and nothing else; none where one of them is something else. */
static struct strs names_alone(struct index *ix, struct str text)
{
	struct strs names = {NULL, 0};
	for (struct str rest = text; rest.n;) {
		struct str name = words_trim(runbook_take_item(&rest));
		if (!alert_name_is_likely(name))
			return (struct strs){NULL, 0};
		strs_add(ix->arena, &names, name);
	}
	return names;
}

enum intro_said { SAID_NOTHING, SAID_LITTLE, SAID_COVERS, SAID_ALERT };

static enum intro_said intro_said(struct str word)
{
	static const struct {
		const char *word;
		enum intro_said said;
	} words[] = {
		{"for", SAID_LITTLE},    {"on", SAID_LITTLE},     {"from", SAID_LITTLE},  {"handles", SAID_COVERS},
		{"handle", SAID_COVERS}, {"covers", SAID_COVERS}, {"cover", SAID_COVERS}, {"fires", SAID_COVERS},
		{"fire", SAID_COVERS},   {"alert", SAID_ALERT},   {"alerts", SAID_ALERT}, {"alarm", SAID_ALERT},
		{"alarms", SAID_ALERT},  {"rule", SAID_ALERT},    {"rules", SAID_ALERT},  {"alertname", SAID_ALERT},
	};
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (str_eq_c(word, words[i].word))
			return words[i].said;
	return SAID_NOTHING;
}

/* "alert", "for alerts", "fires on": what says that names stand behind it; the plainest of several words. */
static enum intro_said take_intro(struct index *ix, struct str *text)
{
	enum intro_said said = SAID_NOTHING;
	for (;;) {
		ptrdiff_t blank = str_index(*text, ' ');
		struct str word = words_fold(ix->arena, str_slice(*text, 0, blank < 0 ? 0 : (size_t)blank));
		enum intro_said one = intro_said(word);
		if (one == SAID_NOTHING)
			return said;
		said = one > said ? one : said;
		*text = str_trim(str_slice(*text, (size_t)blank, text->n));
	}
}

/* Where no word says that they are alerts: payment-api, on-call and web-01 are joined as alerts are. */
static struct strs camel_names(struct strs names)
{
	for (size_t i = 0; i < names.n; i++)
		if (!alert_name_is_camel(names.v[i]))
			return (struct strs){NULL, 0};
	return names;
}

/* "see [disk](disk.md)", "[disk](disk.md) (critical)": what stands behind the key begins with the link. */
static bool leads_to_label(const struct line *line)
{
	struct str rest = line->rest;
	if (str_starts(rest, STR("see ")))
		rest = str_trim(str_slice(rest, 4, rest.n));
	return line->label.n && str_starts(rest, line->label);
}

/* "A → link", "A, B → link": a word alone is a name however it looks, for the line says nothing else. */
static struct strs names_before(struct index *ix, const struct line *line)
{
	struct strs names = {NULL, 0};
	struct str said = line->lead;
	enum intro_said intro = take_intro(ix, &said);
	if (!line->strong && line->keyed && (leads_to_label(line) || intro >= SAID_COVERS))
		names = names_alone(ix, said);
	if (names.n)
		return names;
	struct str lead = words_fold(ix->arena, line->lead), label = words_fold(ix->arena, line->label);
	if (line->strong || !line->keyed || words_have(lead, arena_cstr(ix->arena, label)) ||
	    !str_eq(line->rest, line->label))
		return names;
	if (str_index(line->lead, ' ') < 0)
		strs_add(ix->arena, &names, line->lead);
	return names;
}

/* "[Disk](disk.md) — alert `DiskFull`"; without such a word the names stand in code. */
static struct strs names_behind(struct index *ix, const struct line *line)
{
	struct str rest = line->rest;
	bool boxed = rest.n > 2 && strchr("([", rest.p[0]) && strchr(")]", rest.p[rest.n - 1]);
	rest = boxed ? str_trim(str_slice(rest, 1, rest.n - 1)) : rest;
	enum intro_said said = take_intro(ix, &rest);
	struct strs names = names_alone(ix, rest);
	bool code = names.n && str_eq(names.v[0], line->code);
	names = said == SAID_ALERT ? names : camel_names(names);
	return said >= SAID_COVERS || code ? names : (struct strs){NULL, 0};
}

/* "DiskFull ([runbook](disk.md))", "DiskFull ([runbook](disk.md), P1)" */
static struct strs names_around(struct index *ix, const struct line *line)
{
	struct str opened = str_c(arena_printf(ix->arena, "(%.*s", STR_ARG(line->label)));
	ptrdiff_t at = line->label.n ? str_find(line->text, opened) : -1;
	struct str behind = str_slice(line->text, at < 0 ? line->text.n : (size_t)at + opened.n, line->text.n);
	bool closed = str_eq_c(behind, ")") || (str_starts(behind, STR(",")) && str_ends(behind, STR(")")));
	struct str before = str_trim(str_slice(line->text, 0, closed ? (size_t)at : 0));
	enum intro_said said = take_intro(ix, &before);
	struct strs names = names_alone(ix, before);
	return said == SAID_ALERT ? names : camel_names(names);
}

struct strs line_alerts(struct index *ix, const struct line *line)
{
	struct strs names = line->url.n ? names_before(ix, line) : (struct strs){NULL, 0};
	if (!names.n && line->url.n && !line->strong)
		names = names_around(ix, line);
	return names.n ? names : names_behind(ix, line);
}
