/* The alerts that a line of an index says its runbook is for: before the link, behind it, around it. */
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

/* "A → link", "A, B → link": a word alone is a name however it looks, for the line says nothing else. */
static struct strs names_before(struct index *ix, const struct line *line)
{
	struct strs names = {NULL, 0};
	struct str lead = words_fold(ix->arena, line->lead), label = words_fold(ix->arena, line->label);
	if (line->strong || !line->keyed || words_have(lead, arena_cstr(ix->arena, label)) ||
	    !str_eq(line->rest, line->label))
		return names;
	if (str_index(line->lead, ' ') >= 0)
		return names_alone(ix, line->lead);
	strs_add(ix->arena, &names, line->lead);
	return names;
}

/* "alert", "for alerts", "fires on": what says that names stand behind it. */
static bool take_intro(struct index *ix, struct str *text)
{
	static const char *const words[] = {"for",    "on",    "handles", "covers", "fires", "from",     "alert",
	                                    "alerts", "alarm", "alarms",  "rule",   "rules", "alertname"};
	bool any = false;
	for (;;) {
		ptrdiff_t blank = str_index(*text, ' ');
		struct str word = words_fold(ix->arena, str_slice(*text, 0, blank < 0 ? 0 : (size_t)blank));
		size_t i = 0;
		while (i < sizeof words / sizeof *words && !str_eq_c(word, words[i]))
			i++;
		if (!word.n || i == sizeof words / sizeof *words)
			return any;
		any = true;
		*text = str_trim(str_slice(*text, (size_t)blank, text->n));
	}
}

/* "[Disk](disk.md) — alert `DiskFull`"; without such a word the names stand in code. */
static struct strs names_behind(struct index *ix, const struct line *line)
{
	struct str rest = line->rest;
	bool said = take_intro(ix, &rest);
	struct strs names = names_alone(ix, rest);
	bool code = names.n && str_eq(names.v[0], line->code);
	return said || code ? names : (struct strs){NULL, 0};
}

/* "DiskFull ([runbook](disk.md))" */
static struct strs names_around(struct index *ix, const struct line *line)
{
	ptrdiff_t at = line->label.n ? str_find(line->text, line->label) : -1;
	struct str before = str_slice(line->text, 0, at < 0 ? 0 : (size_t)at);
	struct str behind = str_slice(line->text, at < 0 ? line->text.n : (size_t)at + line->label.n, line->text.n);
	if (!str_ends(before, STR("(")) || !str_eq_c(str_trim(behind), ")"))
		return (struct strs){NULL, 0};
	return names_alone(ix, str_trim(str_slice(before, 0, before.n - 1)));
}

struct strs line_alerts(struct index *ix, const struct line *line)
{
	struct strs names = line->url.n ? names_before(ix, line) : (struct strs){NULL, 0};
	if (!names.n && line->url.n && !line->strong)
		names = names_around(ix, line);
	return names.n ? names : names_behind(ix, line);
}
