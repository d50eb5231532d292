/* The alert names that a runbook says it is for, and those that its prose mentions. */
#include <string.h>

#include "catalog/pages.h"
#include "runbook_impl.h"
#include "words/table_alert_columns.h"
#include "words/table_alert_intros.h"

#define ALERTS_MAX 500 /* of one page */
#define NAME_MAX_BYTES 160

static void claim_alert(struct reading *r, const struct runbook_alert *a)
{
	struct runbook_alert own = *a;
	own.name = str_trim(a->name);
	if (!own.name.n || own.name.n > NAME_MAX_BYTES || r->alerts_count == ALERTS_MAX || str_is_placeholder(own.name))
		return;
	for (size_t i = 0; i < r->alerts_count; i++)
		if (r->alerts[i].part == own.part && r->alerts[i].claim == own.claim && str_eq(r->alerts[i].name, own.name) &&
		    str_eq(r->alerts[i].anchor, own.anchor))
			return;
	own.name = arena_str(r->arena, own.name);
	MEM_ROOM(r->alerts, r->alerts_count, r->alerts_capacity);
	r->alerts[r->alerts_count++] = own;
}

static void claim_here(struct reading *r, struct str name, enum alert_claim claim)
{
	bool related = claim < CLAIM_RELATED && r->related_section;
	claim_alert(r, &(struct runbook_alert){.name = name, .part = r->part, .claim = related ? CLAIM_RELATED : claim});
}

void runbook_add_alert(struct reading *r, struct str name)
{
	claim_here(r, name, CLAIM_OWN);
}

/* ---- values ---- */

static bool next_quoted(struct str *s, struct str *quoted)
{
	ptrdiff_t from = str_index(*s, '"');
	ptrdiff_t end = from < 0 ? -1 : str_index(str_slice(*s, (size_t)from + 1, s->n), '"');
	if (end < 0)
		return false;
	*quoted = str_slice(*s, (size_t)from + 1, (size_t)(from + 1 + end));
	*s = str_slice(*s, (size_t)(from + end) + 2, s->n);
	return true;
}

struct str runbook_take_item(struct str *rest)
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

static bool may_claim(const struct runbook_field *f, struct str word)
{
	return f->weak ? alert_name_is_likely(word) : alert_name_is_stated(word);
}

static bool claim_codes(struct reading *r, const struct runbook_field *f, enum alert_claim claim)
{
	bool any = false;
	for (size_t i = 0; i < f->value.codes.n; i++) {
		struct str code = f->value.codes.v[i];
		bool name = f->weak ? alert_name_is_likely(code) : alert_name_is_token(code) && !alert_name_is_thing(code);
		if (name)
			claim_here(r, code, claim);
		any = any || name;
	}
	return any;
}

void runbook_alerts_of_value(struct reading *r, const struct runbook_field *f)
{
	enum alert_claim claim = f->related ? CLAIM_RELATED : f->weak && !f->plain ? CLAIM_LIKELY : CLAIM_OWN;
	struct str rest = f->value.text, quoted;
	bool any = claim_codes(r, f, claim);
	while (!any && next_quoted(&rest, &quoted))
		claim_here(r, quoted, claim);
	if (any || rest.n != f->value.text.n)
		return;
	while (rest.n) {
		struct str item = without_verb(runbook_take_item(&rest));
		if (may_claim(f, item))
			claim_here(r, item, claim);
	}
}

/* ---- blocks ---- */

/* A column that sends each alert to a runbook of its own. */
static bool is_runbook_column(struct str folded)
{
	return str_find(folded, STR("runbook")) >= 0 || str_find(folded, STR("playbook")) >= 0;
}

/* The first link below a node: "" where there is none. */
static struct str first_link(cmark_node *node)
{
	struct str url = {NULL, 0};
	cmark_iter *it = cmark_iter_new(node);
	for (cmark_event_type event; !url.n && (event = cmark_iter_next(it)) != CMARK_EVENT_DONE;)
		if (event == CMARK_EVENT_ENTER && cmark_node_get_type(cmark_iter_get_node(it)) == CMARK_NODE_LINK)
			url = str_c(cmark_node_get_url(cmark_iter_get_node(it)));
	cmark_iter_free(it);
	return url;
}

static bool is_own_anchor(struct str url)
{
	return url.n > 1 && url.p[0] == '#';
}

/* Another page of the folder: what stands beside its link is that page's. */
static bool is_other_page(struct str url)
{
	return url.n && !is_own_anchor(url) && str_find(url, STR("://")) < 0 && !str_starts(url, STR("mailto:"));
}

static cmark_node *cell_at(cmark_node *row, int column)
{
	cmark_node *c = cmark_node_first_child(row);
	while (c && column-- > 0)
		c = cmark_node_next(c);
	return c;
}

struct alert_table {
	int column;    /* that holds the names */
	bool runbooks; /* another column says where each one's runbook is */
};

/* "DiskFull, DiskSlow | [what to do](disk.md)": names as they are written, and nothing else in the cell. */
static void send_alerts(struct reading *r, struct str names, struct str url)
{
	struct runbook_facts *out = r->out;
	while (names.n && out->sent_count < ALERTS_MAX) {
		struct str name = without_verb(runbook_take_item(&names));
		if (!alert_name_is_likely(name))
			continue;
		MEM_ROOM(out->sent, out->sent_count, out->sent_capacity);
		out->sent[out->sent_count++] = (struct fact_sent){arena_str(r->arena, name), arena_str(r->arena, url)};
	}
}

/* A row's names: the page's; of the section that the row links to; or another page's, and none of ours. */
static void claim_row(struct reading *r, const struct alert_table *t, cmark_node *row)
{
	cmark_node *c = cell_at(row, t->column);
	struct str url = first_link(row);
	size_t before = r->alerts_count;
	struct runbook_field f = {.value = c ? node_value(r->arena, c) : (struct runbook_value){{NULL, 0}, {NULL, 0}}};
	if (is_other_page(url))
		send_alerts(r, f.value.text, url);
	if (!c || is_other_page(url) || (t->runbooks && !is_own_anchor(url)))
		return;
	runbook_alerts_of_value(r, &f);
	struct str anchor = is_own_anchor(url) ? arena_str(r->arena, str_slice(url, 1, url.n)) : (struct str){NULL, 0};
	for (size_t i = before; i < r->alerts_count; i++)
		r->alerts[i].anchor = anchor;
}

/* "Alertname | DiskFull" over "Severity | P2": a list of keys and values whose first row is the header. */
static bool holds_keys(struct reading *r, cmark_node *header, int column)
{
	for (cmark_node *row = cmark_node_next(header); row; row = cmark_node_next(row)) {
		cmark_node *c = cell_at(row, column);
		if (c && runbook_key_of(runbook_fold(r->arena, node_value(r->arena, c).text)) != KEY_NONE)
			return true;
	}
	return false;
}

static void take_alert_table(struct reading *r, cmark_node *table)
{
	cmark_node *header = cmark_node_first_child(table);
	struct alert_table t = {.column = -1};
	int at = 0;
	for (cmark_node *c = header ? cmark_node_first_child(header) : NULL; c; c = cmark_node_next(c), at++) {
		struct str name = runbook_fold(r->arena, node_value(r->arena, c).text);
		t.runbooks = t.runbooks || is_runbook_column(name);
		bool named = r->alert_section && str_eq_c(name, "name"); /* "Name" below "Alerts" */
		if (t.column < 0 && (named || words_table_is(&alert_columns, 0, name)))
			t.column = at;
	}
	if (t.column >= 0 && holds_keys(r, header, t.column))
		return;
	for (cmark_node *row = t.column < 0 ? NULL : cmark_node_next(header); row; row = cmark_node_next(row))
		claim_row(r, &t, row);
}

static struct str take_trimmed_line(struct str *rest)
{
	ptrdiff_t end = str_index(*rest, '\n');
	struct str line = str_trim(str_slice(*rest, 0, end < 0 ? rest->n : (size_t)end));
	*rest = end < 0 ? (struct str){NULL, 0} : str_slice(*rest, (size_t)end + 1, rest->n);
	return line;
}

/* `- alert: NAME` of a Prometheus rule. */
static void take_rule_line(struct reading *r, struct str line, enum alert_claim claim)
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
		claim_here(r, name, claim);
}

/* "How to write an alert"; "For example:", "an alert such as this one:" over the block. */
static bool is_sample_rule(struct reading *r, cmark_node *fence)
{
	struct str title = r->heading_count ? runbook_fold(r->arena, r->headings[0].text) : (struct str){NULL, 0};
	cmark_node *above = cmark_node_previous(fence);
	struct str said = above && node_is(above, "paragraph") ? node_value(r->arena, above).text : (struct str){NULL, 0};
	return words_table_has(&alert_intros, INTRO_WORD_GUIDE, title) ||
	       words_table_has(&alert_intros, INTRO_WORD_SAMPLE, runbook_fold(r->arena, said));
}

static void take_fence(struct reading *r, cmark_node *fence)
{
	enum alert_claim claim = is_sample_rule(r, fence) ? CLAIM_HINT : CLAIM_OWN;
	for (struct str rest = str_c(cmark_node_get_literal(fence)); rest.n;)
		take_rule_line(r, take_trimmed_line(&rest), claim);
}

/* ---- mentions ---- */

static struct str without_quoting(struct str word)
{
	while (word.n && strchr("\"'`(*[,.;:", word.p[0]))
		word = str_slice(word, 1, word.n);
	while (word.n && strchr("\"'`)*],.;:!?", word.p[word.n - 1]))
		word.n--;
	return word;
}

static struct str next_bare_word(struct str *rest)
{
	*rest = str_trim(*rest);
	ptrdiff_t end = str_index(*rest, ' ');
	struct str word = str_slice(*rest, 0, end < 0 ? rest->n : (size_t)end);
	*rest = str_slice(*rest, word.n, rest->n);
	return without_quoting(word);
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
		struct str word = next_bare_word(&rest);
		if (says_alert(word) && alert_name_is_camel(before))
			claim_here(r, before, CLAIM_HINT);
		else if (says_alert(before) && alert_name_is_camel(word))
			claim_here(r, word, CLAIM_HINT);
		before = word;
	}
}

/* ---- sections about alerts ---- */

/* What a list's entry opens with: its first code span or word, where the entry begins with it. */
static struct str opening_name(struct reading *r, cmark_node *paragraph)
{
	struct runbook_value value = node_value(r->arena, paragraph);
	struct str text = without_quoting(value.text);
	if (value.codes.n && str_starts(text, value.codes.v[0]))
		return value.codes.v[0];
	struct str rest = text;
	return without_quoting(next_bare_word(&rest));
}

static bool is_list_item(cmark_node *paragraph)
{
	cmark_node *parent = cmark_node_parent(paragraph);
	return parent && (cmark_node_get_type(parent) == CMARK_NODE_ITEM || node_is(parent, "tasklist"));
}

/* All of a paragraph is names: "`A`, `B` and C". */
static bool is_only_names(const struct runbook_value *value)
{
	struct str rest = value->text;
	bool all = rest.n > 0;
	while (all && rest.n)
		all = alert_name_is_likely(without_quoting(runbook_take_item(&rest)));
	return all;
}

/* "DiskFull => disk.md": a page's path in plain text or in code. */
static bool names_page(struct str text)
{
	while (text.n) {
		struct str word = next_bare_word(&text);
		if (page_kind_of(word) == PAGE_MARKDOWN)
			return true;
	}
	return false;
}

/* An entry says more behind the name: jobs, labels and metrics there are none of its names. */
static void take_alert_section(struct reading *r, cmark_node *paragraph)
{
	struct runbook_field f = {.weak = true, .value = node_value(r->arena, paragraph)};
	if (is_other_page(first_link(paragraph)) || names_page(f.value.text))
		return;
	if (is_only_names(&f.value)) {
		runbook_alerts_of_value(r, &f);
	} else if (is_list_item(paragraph)) {
		struct str name = opening_name(r, paragraph);
		if (alert_name_is_likely(name))
			claim_here(r, name, CLAIM_OWN);
	}
}

/* "This runbook is triggered by the `A` or `B` alerts.": names in code, as far as the sentence goes. */
static void take_opening_sentence(struct reading *r, const struct runbook_value *value)
{
	struct str text = str_trim(value->text);
	ptrdiff_t stop = str_find(text, STR(". "));
	struct str sentence = str_slice(text, 0, stop < 0 ? text.n : (size_t)stop);
	if (!value->codes.n || !words_table_opens(&alert_intros, INTRO_WORD_OPENS, runbook_fold(r->arena, sentence)))
		return;
	for (size_t i = 0; i < value->codes.n; i++)
		if (alert_name_is_camel(value->codes.v[i]) && str_find(sentence, value->codes.v[i]) >= 0)
			claim_here(r, value->codes.v[i], CLAIM_OWN);
}

static void take_alert_blocks(struct reading *r, cmark_node *block)
{
	for (cmark_node *n = cmark_node_first_child(block); n; n = cmark_node_next(n))
		if (!node_is(n, "text"))
			runbook_take_alerts(r, n);
}

/* A list behind "Alerts:" is read as if that were its heading. */
static void take_introduced(struct reading *r, cmark_node *list, enum intro intro)
{
	bool section = r->alert_section, related = r->related_section;
	r->alert_section = true;
	r->related_section = related || intro == INTRO_RELATED;
	take_alert_blocks(r, list);
	r->alert_section = section;
	r->related_section = related;
}

void runbook_take_alerts(struct reading *r, cmark_node *block)
{
	if (node_is(block, "table")) {
		take_alert_table(r, block);
	} else if (node_is(block, "code_block")) {
		take_fence(r, block);
	} else if (node_is(block, "paragraph")) {
		struct runbook_value value = node_value(r->arena, block);
		if (r->alert_section)
			take_alert_section(r, block);
		if (!r->related_section)
			take_opening_sentence(r, &value);
		take_mentions(r, value.text);
	} else {
		enum intro intro = runbook_intro_above(r, block);
		if (intro != INTRO_NONE)
			take_introduced(r, block, intro);
		else
			take_alert_blocks(r, block);
	}
}
