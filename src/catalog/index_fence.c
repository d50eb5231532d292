/* Fences: templates, messages, YAML and `Key: value` lines, boxes drawn with characters; commands state nothing. */
#include <string.h>

#include "base/yaml.h"
#include "index_impl.h"

/* ---- boxes ---- */

static size_t bar_at(struct str s)
{
	static const char *const bars[] = {"│", "║", "┃", "|"};
	for (size_t i = 0; i < sizeof bars / sizeof *bars; i++) {
		if (str_starts(s, str_c(bars[i])))
			return str_c(bars[i]).n;
	}
	return 0;
}

/* The cells between bars; a text without bars is one cell. */
static size_t split_bars(struct str line, struct str cells[CELLS_MAX])
{
	size_t n = 0, start = 0;
	for (size_t i = 0; i <= line.n; i++) {
		size_t bar = i < line.n ? bar_at(str_slice(line, i, line.n)) : 1;
		if (!bar)
			continue;
		struct str cell = str_trim(str_slice(line, start, i));
		if (cell.n && n < CELLS_MAX)
			cells[n++] = cell;
		start = i + bar;
		i = start - 1;
	}
	return n;
}

/* A rule of a box: nothing in it that can be read. */
static bool is_rule(struct arena *arena, struct str line)
{
	return !words_fold(arena, line).n;
}

struct box {
	struct str severity, name;
	int at; /* of the title; 0 where there is none */
	bool any;
};

static void box_row(struct index *ix, struct box *box, struct str when, struct str who, int line)
{
	int64_t after = escalation_after(ix, when);
	if (after < 0)
		return;
	struct fact_escalation *e = escalation_for(ix, box->severity, box->name, box->at ? box->at : line);
	escalation_step(e, after, escalation_roles(ix, who));
	box->any = true;
}

static void box_title(struct index *ix, struct box *box, struct str cell, int line)
{
	struct strs named = fact_severities_read(ix->arena, cell);
	if (!named.n)
		return;
	box->severity = named.v[0];
	box->name = arena_str(ix->arena, words_trim(cell));
	box->at = line;
}

/* A title with a severity, then rows of a time and who; without bars "0-15 min: who" and "0-15 min -> who". */
bool index_box(struct index *ix, struct str text, int at)
{
	struct str line, cells[CELLS_MAX];
	struct box box = {.any = false};
	box.severity = escalation_above(ix, &box.name);
	for (size_t from = 0; text_next_line(text, &from, &line); at++) {
		if (is_rule(ix->arena, line))
			continue;
		size_t n = split_bars(line, cells);
		struct line keyed = line_of_text(n == 1 ? cells[0] : (struct str){NULL, 0}, at);
		struct line whole = {.text = cells[0], .at = at};
		if (n >= 2)
			box_row(ix, &box, cells[0], cells[1], at);
		else if (n == 1 && escalation_has_arrow(cells[0]) && escalation_line(ix, &whole))
			box.any = true;
		else if (keyed.keyed && keyed.rest.n && escalation_after(ix, keyed.lead) >= 0)
			box_row(ix, &box, keyed.lead, keyed.rest, at);
		else if (n == 1 && escalation_role_in(escalation_behind_start(cells[0])).n &&
		         escalation_behind_start(cells[0]).n < cells[0].n)
			box_row(ix, &box, cells[0], arena_str(ix->arena, escalation_behind_start(cells[0])), at); /* "T+15  lead" */
		else if (n == 1)
			box_title(ix, &box, cells[0], at);
	}
	return box.any;
}

/* ---- chains drawn downwards ---- */

/* The bytes of the arrow that a line opens with; 0 where it opens with none. */
static size_t down_arrow_at(struct str line)
{
	static const char *const arrows[] = {"↓", "⬇", "▼", "⇓", "⇩", "🔽"};
	for (size_t i = 0; i < sizeof arrows / sizeof *arrows; i++)
		if (str_starts(line, str_c(arrows[i])))
			return strlen(arrows[i]);
	return 0;
}

#define WHO_MAX 60 /* bytes of a line that names somebody */

/* Roles with arrows between them, and none of the boxes and questions of a flow chart. */
static bool is_chain_down(struct index *ix, struct str text)
{
	struct str line;
	bool arrows = false, role = false;
	for (size_t from = 0; text_next_line(text, &from, &line);) {
		struct str words = words_trim(line);
		int64_t after;
		if (down_arrow_at(words))
			arrows = true;
		else if (words.n > WHO_MAX || str_index(words, '?') >= 0)
			return false;
		else
			role = role || escalation_role_in(escalation_without_time(ix, words, &after)).n;
	}
	return arrows && role;
}

/* "On-call", "↓ 15 min", "Lead": who stands between the arrows, and beside each arrow after how long. */
static bool read_chain_down(struct index *ix, struct str text, int at)
{
	struct str line, name, severity = escalation_above(ix, &name);
	struct fact_escalation *e = escalation_for(ix, severity, name, at);
	int64_t after = -1;
	for (size_t from = 0; text_next_line(text, &from, &line);) {
		struct str words = words_trim(line);
		size_t arrow = down_arrow_at(words);
		if (arrow) {
			after = escalation_after(ix, str_slice(words, arrow, words.n));
		} else if (words_fold(ix->arena, words).n) {
			struct str who = escalation_without_time(ix, words, &after);
			escalation_step(e, after, escalation_roles(ix, arena_str(ix->arena, who)));
			after = -1;
		}
	}
	return e->step_count > 0;
}

static bool read_drawing(struct index *ix, struct str text, int at)
{
	return is_chain_down(ix, text) ? read_chain_down(ix, text, at) : index_box(ix, text, at);
}

/* ---- keys and values ---- */

static bool read_pair(struct index *ix, const struct line *line, struct str group)
{
	switch (topic_now(ix)) {
	case TOPIC_CONTACTS:
	case TOPIC_ESCALATION_CONTACTS: return contact_line(ix, line);
	case TOPIC_WAR_ROOM:
	case TOPIC_URLS:
	case TOPIC_RELATED: {
		size_t before = ix->out->links_count;
		if (link_line(ix, line) && ix->out->links_count > before)
			ix->out->links[before].group = group;
		return true;
	}
	case TOPIC_ESCALATION: return escalation_item(ix, &(struct item){.line = *line});
	case TOPIC_SEVERITIES: return severity_item(ix, &(struct item){.line = *line});
	case TOPIC_NONE:
	case TOPIC_OTHER:
	case TOPIC_RUNBOOKS:
	case TOPIC_SECTIONS:
	case TOPIC_POSTMORTEM:
	case TOPIC_MESSAGES:
	case TOPIC_REVIEW:
	case TOPIC_UPDATE:
	case TOPIC_POST_INCIDENT:
	case TOPIC_FORMATTING:
	case TOPIC_TRAINING:
	case TOPIC_TOOLS:
	case TOPIC_ACCESS:
	case TOPIC_HISTORY: break;
	}
	return false;
}

static struct str unquote_scalar(struct str s)
{
	bool quoted = s.n > 1 && (s.p[0] == '"' || s.p[0] == '\'') && s.p[s.n - 1] == s.p[0];
	return quoted ? str_slice(s, 1, s.n - 1) : s;
}

/* `Key: value` lines; a comment, or a key without a value, names the group of those below it. */
static void read_pairs(struct index *ix, struct str text, int at)
{
	struct str raw, group = {NULL, 0};
	for (size_t from = 0; !ix->full && text_next_line(text, &from, &raw); at++) {
		struct line line = line_of_text(raw, at);
		if (str_starts(line.text, STR("#")))
			continue;
		line.rest = unquote_scalar(line.rest);
		if (line.keyed && !line.rest.n)
			group = line.lead;
		else if (line.keyed)
			read_pair(ix, &line, group);
	}
}

/* ---- YAML ---- */

static struct str scalar_text(struct index *ix, const struct yaml_node *node)
{
	struct strs parts = {NULL, 0};
	if (node->kind == YAML_SCALAR)
		return node->text;
	for (size_t i = 0; i < node->count; i++) {
		if (node->items[i]->kind == YAML_SCALAR)
			strs_add(ix->arena, &parts, node->items[i]->text);
	}
	return join(ix->arena, parts, ", ");
}

static void read_entry(struct index *ix, const struct yaml_node *map, const struct yaml_node *name, int base)
{
	struct record r = {.at = map->at.line + base};
	if (name)
		r.cells[r.count++] = (struct cell){STR("name"), {.text = name->text, .rest = name->text}};
	for (size_t i = 0; i < map->count && r.count < CELLS_MAX; i++) {
		struct str value = scalar_text(ix, map->items[i]);
		struct line line = {.text = value, .rest = value, .at = map->keys[i]->at.line + base};
		r.cells[r.count++] = (struct cell){words_fold(ix->arena, map->keys[i]->text), line};
	}
	index_record(ix, &r);
}

static void read_map(struct index *ix, const struct yaml_node *map, struct str group, int base, int depth);

static void read_fence_value(struct index *ix, const struct yaml_node *key, const struct yaml_node *value,
                             struct str group, int base, int depth)
{
	struct place here = *place_now(ix), *place = place_now(ix);
	place->topic = topic_of_heading(words_fold(ix->arena, key->text), here.topic);
	if (value->kind == YAML_SCALAR) {
		struct line line = {.text = value->text, .lead = key->text, .rest = value->text, .keyed = true};
		line.at = key->at.line + base;
		*place = here; /* a scalar's key is its name, not its topic */
		if (!words_nothing(value->text))
			read_pair(ix, &line, group);
	} else if (value->kind == YAML_MAP && place->topic == TOPIC_SEVERITIES && here.topic == TOPIC_SEVERITIES) {
		read_entry(ix, value, key, base);
	} else if (value->kind == YAML_MAP && depth < NESTING_MAX) {
		read_map(ix, value, key->text, base, depth + 1);
	} else if (value->kind == YAML_LIST) {
		for (size_t i = 0; i < value->count; i++) {
			if (value->items[i]->kind == YAML_MAP)
				read_entry(ix, value->items[i], NULL, base);
		}
	}
	*place = here;
}

static void read_map(struct index *ix, const struct yaml_node *map, struct str group, int base, int depth)
{
	for (size_t i = 0; i < map->count && !ix->full; i++)
		read_fence_value(ix, map->keys[i], map->items[i], group, base, depth);
}

/* Where the headings do not say what it is about, its own first key must: manifests and rules stand in fences too. */
static bool is_catalog_fence(struct index *ix, const struct yaml_node *root)
{
	enum topic above = topic_now(ix);
	if (above != TOPIC_NONE && above != TOPIC_OTHER && above != TOPIC_RUNBOOKS)
		return true;
	for (size_t i = 0; i < root->count; i++) {
		enum topic own = topic_of_heading(words_fold(ix->arena, root->keys[i]->text), TOPIC_NONE);
		bool named =
			own == TOPIC_CONTACTS || own == TOPIC_SEVERITIES || own == TOPIC_ESCALATION || own == TOPIC_RUNBOOKS;
		if (!named || root->items[i]->kind == YAML_SCALAR)
			return false;
	}
	return root->count > 0;
}

static void read_yaml(struct index *ix, struct str text, int at)
{
	AUTOERR struct err err = ERR_INIT;
	const struct yaml_node *root = yaml_parse(ix->arena, ix->file, text, &err);
	if (!root)
		read_pairs(ix, text, at);
	else if (root->kind == YAML_MAP && is_catalog_fence(ix, root))
		read_map(ix, root, (struct str){NULL, 0}, at - 1, 0);
}

/* ---- the whole ---- */

enum language { PLAIN, YAML, MARKDOWN, CHART, CODE };

static enum language language_of(struct str info)
{
	static const struct {
		const char *phrase;
		enum language value;
	} languages[] = {
		{"yaml", YAML},  {"yml", YAML},         {"markdown", MARKDOWN}, {"md", MARKDOWN},
		{"text", PLAIN}, {"txt", PLAIN},        {"plaintext", PLAIN},   {"plain", PLAIN},
		{"ini", PLAIN},  {"properties", PLAIN}, {"conf", PLAIN},        {"mermaid", CHART},
	};
	struct str word = str_slice(info, 0, words_until(info, 0, " {,"));
	for (size_t i = 0; i < sizeof languages / sizeof *languages; i++) {
		if (str_eq_nocase(word, str_c(languages[i].phrase)))
			return languages[i].value;
	}
	return word.n ? CODE : PLAIN;
}

void index_fence(struct index *ix, cmark_node *fence)
{
	struct str text = arena_str(ix->arena, str_c(cmark_node_get_literal(fence)));
	int length, offset, line = cmark_node_get_start_line(fence) + ix->line;
	char mark;
	line += cmark_node_get_fenced(fence, &length, &offset, &mark) != 0;
	enum language language = language_of(str_c(cmark_node_get_fence_info(fence)));
	enum topic topic = topic_now(ix);
	if (language == CODE)
		return;
	bool report = topic == TOPIC_POST_INCIDENT && is_report_form(text);
	if (topic == TOPIC_SECTIONS || topic == TOPIC_POSTMORTEM || report)
		section_fence(ix, text, line, topic != TOPIC_SECTIONS);
	else if (topic == TOPIC_MESSAGES)
		message_fence(ix, text, line);
	else if (language == YAML)
		read_yaml(ix, text, line);
	else if (language == CHART && topic == TOPIC_ESCALATION)
		index_flowchart(ix, text, line);
	else if (language == PLAIN && (topic != TOPIC_ESCALATION || !read_drawing(ix, text, line)))
		read_pairs(ix, text, line);
}
