/* The alert names that a runbook says it is for, and those that its prose mentions. */
#include <string.h>

#include "runbook_impl.h"

#define ALERTS_MAX 500 /* of one page */
#define NAME_MAX_BYTES 160

static bool is_lower(char c)
{
	return c >= 'a' && c <= 'z';
}

static bool is_upper(char c)
{
	return c >= 'A' && c <= 'Z';
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* A single token of letters, digits and joiners. */
static bool is_token(struct str s)
{
	bool letter = false;
	for (size_t i = 0; i < s.n; i++) {
		letter = letter || is_lower(s.p[i]) || is_upper(s.p[i]);
		if (!is_lower(s.p[i]) && !is_upper(s.p[i]) && !is_digit(s.p[i]) && !strchr("_-.", s.p[i]))
			return false;
	}
	return letter && s.n > 2 && s.n <= NAME_MAX_BYTES && s.p[s.n - 1] != '.';
}

/* HighCPUUsage, etcdNoLeader: no word of any language. */
static bool is_camel(struct str s)
{
	bool hump = false;
	for (size_t i = 0; i < s.n; i++) {
		if (!is_lower(s.p[i]) && !is_upper(s.p[i]) && !is_digit(s.p[i]))
			return false;
		hump = hump || (i && is_upper(s.p[i]) && is_lower(s.p[i - 1]));
	}
	return hump && s.n <= NAME_MAX_BYTES;
}

static bool looks_like_name(struct str s)
{
	return is_camel(s) || (is_token(s) && (str_index(s, '_') > 0 || str_index(s, '-') > 0));
}

static void add(struct reading *r, struct str name, int part, bool hint)
{
	name = str_trim(name);
	if (!name.n || name.n > NAME_MAX_BYTES || r->alerts_count == ALERTS_MAX || str_is_placeholder(name))
		return;
	for (size_t i = 0; i < r->alerts_count; i++)
		if (r->alerts[i].part == part && r->alerts[i].hint == hint && str_eq(r->alerts[i].name, name))
			return;
	MEM_ROOM(r->alerts, r->alerts_count, r->alerts_capacity);
	r->alerts[r->alerts_count++] = (struct runbook_alert){arena_str(r->arena, name), part, hint};
}

/* ---- values ---- */

static bool take_quoted(struct reading *r, struct str s, int part)
{
	bool any = false;
	for (;;) {
		ptrdiff_t from = str_index(s, '"');
		ptrdiff_t end = from < 0 ? -1 : str_index(str_slice(s, (size_t)from + 1, s.n), '"');
		if (end < 0)
			return any;
		add(r, str_slice(s, (size_t)from + 1, (size_t)(from + 1 + end)), part, false);
		any = true;
		s = str_slice(s, (size_t)(from + end) + 2, s.n);
	}
}

/* The next of several items: "A, B or C". */
static struct str take_item(struct str *rest)
{
	static const struct str separators[] = {STR_INIT(","),   STR_INIT(";"), STR_INIT(" or "), STR_INIT(" and "),
	                                        STR_INIT(" / "), STR_INIT("&"), STR_INIT("|")};
	size_t end = rest->n, width = 0;
	for (size_t i = 0; i < sizeof separators / sizeof *separators; i++) {
		ptrdiff_t at = str_find(*rest, separators[i]);
		if (at >= 0 && (size_t)at < end) {
			end = (size_t)at;
			width = separators[i].n;
		}
	}
	struct str item = str_trim(str_slice(*rest, 0, end));
	*rest = str_slice(*rest, end + width, rest->n);
	return item;
}

/* "HighCPU alert fires", "HighCPU (critical)": the first word is the name when the others say no more than that. */
static struct str without_verb(struct str item)
{
	ptrdiff_t blank = str_index(item, ' ');
	if (blank < 0)
		return item;
	struct str rest = str_trim(str_slice(item, (size_t)blank, item.n));
	bool plain = str_starts(rest, STR("alert")) || str_starts(rest, STR("fires")) || str_starts(rest, STR("(")) ||
	             str_starts(rest, STR("firing")) || str_starts(rest, STR("- ")) ||
	             str_starts(rest, STR("\xE2\x80\x94"));
	return plain ? str_slice(item, 0, (size_t)blank) : item;
}

void runbook_alerts_of_value(struct reading *r, const struct runbook_value *value, bool weak, int part)
{
	bool any = false;
	for (size_t i = 0; i < value->codes.n; i++) {
		struct str code = value->codes.v[i];
		if (weak ? looks_like_name(code) : is_token(code)) {
			add(r, code, part, false);
			any = true;
		}
	}
	if (any || take_quoted(r, value->text, part))
		return;
	for (struct str rest = value->text; rest.n;) {
		struct str item = without_verb(take_item(&rest));
		if (weak ? looks_like_name(item) : is_token(item))
			add(r, item, part, false);
	}
}

/* ---- blocks ---- */

static bool is_alert_column(struct str folded)
{
	static const char *const names[] = {"alert", "alerts", "alert name", "alert names", "alertname", "alerting rule"};
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (str_eq_c(folded, names[i]))
			return true;
	return false;
}

/* A column that sends each alert to a runbook of its own: then the page is not theirs. */
static bool is_runbook_column(struct str folded)
{
	return str_find(folded, STR("runbook")) >= 0 || str_find(folded, STR("playbook")) >= 0;
}

static void take_column(struct reading *r, cmark_node *header, int column)
{
	for (cmark_node *row = cmark_node_next(header); row; row = cmark_node_next(row)) {
		cmark_node *c = cmark_node_first_child(row);
		for (int i = 0; c && i < column; i++)
			c = cmark_node_next(c);
		if (!c)
			continue;
		struct runbook_value value = node_value(r->arena, c);
		runbook_alerts_of_value(r, &value, false, r->part);
	}
}

static void take_table(struct reading *r, cmark_node *table)
{
	cmark_node *header = cmark_node_first_child(table);
	int column = -1, at = 0;
	for (cmark_node *c = header ? cmark_node_first_child(header) : NULL; c; c = cmark_node_next(c), at++) {
		struct str name = runbook_fold(r->arena, node_value(r->arena, c).text);
		if (is_runbook_column(name))
			return;
		if (column < 0 && is_alert_column(name))
			column = at;
	}
	if (column >= 0)
		take_column(r, header, column);
}

static struct str take_line(struct str *rest)
{
	ptrdiff_t end = str_index(*rest, '\n');
	struct str line = str_trim(str_slice(*rest, 0, end < 0 ? rest->n : (size_t)end));
	*rest = end < 0 ? (struct str){NULL, 0} : str_slice(*rest, (size_t)end + 1, rest->n);
	return line;
}

/* `- alert: NAME` of a Prometheus rule. */
static void take_rule_line(struct reading *r, struct str line)
{
	if (str_starts(line, STR("- ")))
		line = str_trim(str_slice(line, 2, line.n));
	if (!str_starts(line, STR("alert:")))
		return;
	struct str name = str_trim(str_slice(line, 6, line.n));
	ptrdiff_t comment = str_find(name, STR(" #"));
	if (comment >= 0)
		name = str_trim(str_slice(name, 0, (size_t)comment));
	if (name.n > 2 && strchr("\"'", name.p[0]) && name.p[name.n - 1] == name.p[0])
		name = str_slice(name, 1, name.n - 1);
	if (name.n && !strchr("{[<$", name.p[0]))
		add(r, name, r->part, false);
}

static void take_fence(struct reading *r, cmark_node *fence)
{
	for (struct str rest = str_c(cmark_node_get_literal(fence)); rest.n;)
		take_rule_line(r, take_line(&rest));
}

/* ---- mentions ---- */

static struct str without_marks(struct str word)
{
	while (word.n && strchr("\"'`(*[,.;:", word.p[0]))
		word = str_slice(word, 1, word.n);
	while (word.n && strchr("\"'`)*],.;:!?", word.p[word.n - 1]))
		word.n--;
	return word;
}

static struct str next_word(struct str *rest)
{
	*rest = str_trim(*rest);
	ptrdiff_t end = str_index(*rest, ' ');
	struct str word = str_slice(*rest, 0, end < 0 ? rest->n : (size_t)end);
	*rest = str_slice(*rest, word.n, rest->n);
	return without_marks(word);
}

static bool says_alert(struct str word)
{
	return str_eq_nocase(word, STR("alert")) || str_eq_nocase(word, STR("alerts"));
}

/* Names next to the word: "the HighCPU alert", "alert HighCPU". */
static void take_mentions(struct reading *r, struct str text)
{
	struct str before = {NULL, 0};
	for (struct str rest = text; rest.n;) {
		struct str word = next_word(&rest);
		if (says_alert(word) && is_camel(before))
			add(r, before, r->part, true);
		else if (says_alert(before) && is_camel(word))
			add(r, word, r->part, true);
		before = word;
	}
}

void runbook_take_alerts(struct reading *r, cmark_node *block)
{
	if (node_is(block, "table")) {
		take_table(r, block);
	} else if (node_is(block, "code_block")) {
		take_fence(r, block);
	} else if (node_is(block, "paragraph")) {
		struct runbook_value value = node_value(r->arena, block);
		if (r->alert_section)
			runbook_alerts_of_value(r, &value, true, r->part);
		take_mentions(r, value.text);
	} else {
		for (cmark_node *n = cmark_node_first_child(block); n; n = cmark_node_next(n))
			if (!node_is(n, "text"))
				runbook_take_alerts(r, n);
	}
}

/* ---- titles ---- */

static struct str without_word(struct str title, struct str word)
{
	if (title.n > word.n && str_eq_nocase(str_slice(title, 0, word.n), word) && strchr(" :-", title.p[word.n]))
		title = str_slice(title, word.n, title.n);
	while (title.n && strchr(" :-", title.p[0]))
		title = str_slice(title, 1, title.n);
	return str_trim(title);
}

static struct str without_last(struct str title, struct str word)
{
	if (title.n > word.n && str_eq_nocase(str_slice(title, title.n - word.n, title.n), word))
		return str_trim(str_slice(title, 0, title.n - word.n));
	return title;
}

struct str runbook_alert_in_title(struct arena *arena, struct str title)
{
	struct str name = without_word(str_trim(title), STR("runbook"));
	struct str behind = without_word(name, STR("alert"));
	bool said = behind.n < name.n;
	name = without_last(without_last(behind, STR(" runbook")), STR(" alert"));
	return is_camel(name) || (said && is_token(name)) ? arena_str(arena, name) : (struct str){NULL, 0};
}
