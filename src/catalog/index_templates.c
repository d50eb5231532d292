/* What a runbook or a post-mortem must hold, from lists and templates; and the messages to fill in. */
#include <string.h>

#include "index_impl.h"
#include "words/table_template_fillers.h"

#define SECTION_WORDS_MAX 6
#define SECTION_LINES_MAX 50 /* below a heading of a template */
#define PLACEHOLDER_MAX 80   /* bytes of one */
#define PLACEHOLDERS_MAX 200 /* of a message: it is to be filled in by hand */

/* ---- sections ---- */

static bool is_filler(struct str word)
{
	struct str w = word.n && word.p[word.n - 1] == 's' ? str_slice(word, 0, word.n - 1) : word;
	return words_table_is(&template_fillers, 0, w);
}

/* "Alert Runbook Template" is for Alert runbooks. */
static struct str without_fillers(struct arena *arena, struct str heading)
{
	struct strs kept = {NULL, 0};
	for (size_t i = 0; i < heading.n;) {
		size_t end = words_until(heading, i, " ");
		struct str word = words_trim(str_slice(heading, i, end));
		if (word.n && !is_filler(word))
			strs_add(arena, &kept, word);
		i = end + 1;
	}
	return join(arena, kept, " ");
}

static struct str type_now(struct index *ix, bool postmortem)
{
	struct str heading = heading_now(ix);
	enum topic own = topic_of_heading(words_fold(ix->arena, heading), TOPIC_NONE);
	if (postmortem)
		return (struct str){NULL, 0};
	if (own == TOPIC_SECTIONS)
		return without_fillers(ix->arena, heading);
	bool below = ix->depth > 1 && ix->places[ix->depth - 2].topic == TOPIC_SECTIONS;
	return below ? heading : (struct str){NULL, 0};
}

static void add_section(struct index *ix, const struct fact_section *s)
{
	struct facts *f = ix->out;
	for (size_t i = 0; i < f->sections_count; i++) {
		struct fact_section *known = &f->sections[i];
		if (known->postmortem == s->postmortem && str_eq_nocase(known->type, s->type) &&
		    str_eq_nocase(known->name, s->name)) {
			known->description = known->description.n ? known->description : s->description;
			return;
		}
	}
	FACT_ADD(ix, sections, *s);
}

static size_t count_words(struct str s)
{
	size_t n = s.n > 0;
	for (size_t i = 0; i < s.n; i++)
		n += s.p[i] == ' ';
	return n;
}

bool section_item(struct index *ix, const struct item *item, bool postmortem)
{
	const struct line *line = &item->line;
	bool named = line->strong || line->keyed;
	struct str folded = words_fold(ix->arena, heading_now(ix));
	struct fact_section s = {.postmortem = postmortem, .type = type_now(ix, postmortem), .at = index_pos(ix, line->at)};
	s.name = named ? line->lead : words_trim(line->text);
	s.description = named ? line->rest : (struct str){NULL, 0};
	if (!s.description.n && item->tasks.n)
		s.description = join(ix->arena, item->tasks, "; ");
	s.required = !words_have(folded, "optional");
	ix->must |= words_have(folded, "required") || words_have(folded, "mandatory");
	if (!s.name.n || count_words(s.name) > SECTION_WORDS_MAX)
		return false;
	add_section(ix, &s);
	return true;
}

/* ---- templates in fences ---- */

static void read_placeholders(struct arena *arena, struct fact_template *t);

static size_t heading_level(struct str line, struct str *text)
{
	size_t n = 0;
	while (n < line.n && line.p[n] == '#')
		n++;
	if (!n || n > 6 || n == line.n || line.p[n] != ' ')
		return 0;
	*text = words_trim(str_slice(line, n, line.n));
	return n;
}

/* ``` with or without a language, also as \`\`\`: a template's own fences. */
bool is_fence_mark(struct str line)
{
	line = str_trim(line);
	return str_starts(line, STR("```")) || str_starts(line, STR("~~~")) || str_starts(line, STR("\\`\\`\\`"));
}

/*
 * Whether what stands in its own fences is passed over. They are often closed by a mark with a language, so every mark opens or
 * closes; where one is left over none counts.
 */
static bool skips_fences(struct str body)
{
	struct str line;
	size_t marks = 0;
	for (size_t from = 0; text_next_line(body, &from, &line);)
		marks += is_fence_mark(line);
	return marks % 2 == 0;
}

/* The sections are the headings of the second level, or of the third where there is none. */
static size_t template_section_level(struct str body)
{
	struct str line, text;
	size_t least = 7;
	bool skips = skips_fences(body), inside = false;
	for (size_t from = 0; text_next_line(body, &from, &line);) {
		inside ^= skips && is_fence_mark(line);
		size_t level = inside ? 0 : heading_level(line, &text);
		least = level > 1 && level < least ? level : least;
	}
	return least;
}

/* What stands below a heading of the template, line by line: its questions, as a list's are. */
static struct str section_body(struct index *ix, struct str body, size_t from, size_t level)
{
	struct strs lines = {NULL, 0};
	struct str line, text;
	bool skips = skips_fences(body), inside = false;
	for (size_t n = 0; n < SECTION_LINES_MAX && text_next_line(body, &from, &line); n++) {
		inside ^= skips && is_fence_mark(line);
		size_t deep = inside ? 0 : heading_level(line, &text);
		if (deep && deep <= level)
			break;
		struct str words = deep ? text : str_trim(line);
		while (words.n && (words.p[0] == '-' || words.p[0] == '*' || words.p[0] == '>') && words.n > 1 &&
		       words.p[1] == ' ')
			words = str_trim(str_slice(words, 1, words.n));
		if (words.n && !inside && !is_fence_mark(line) && words.p[0] != '|')
			strs_add(ix->arena, &lines, words);
	}
	return join(ix->arena, lines, "; ");
}

bool is_report_form(struct str body)
{
	struct str inside;
	bool open = false;
	for (size_t i = 0; !open && i < body.n; i++)
		open = fact_placeholder_at(str_slice(body, i, body.n), &inside) > 0;
	return open && template_section_level(body) < 7;
}

size_t template_headings(struct str body)
{
	struct str line, text;
	bool skips = skips_fences(body), inside = false;
	size_t n = 0;
	for (size_t from = 0; text_next_line(body, &from, &line);) {
		inside ^= skips && is_fence_mark(line);
		n += !inside && heading_level(line, &text) > 1;
	}
	return n;
}

struct fact_template postmortem_in_page(struct arena *arena, const char *file, struct str text, int line)
{
	struct fact_template t = {.name = STR("Post-mortem"), .body = text, .at = {file, line, 1}};
	read_placeholders(arena, &t);
	return t;
}

/* The template itself: the first block that has headings, or something to be filled in. */
static void keep_postmortem(struct index *ix, struct str body, int at)
{
	struct fact_template t = {.name = heading_now(ix), .body = body, .at = index_pos(ix, at)};
	read_placeholders(ix->arena, &t);
	if (!ix->out->postmortem.body.n && (t.placeholders.n || template_section_level(body) < 7))
		ix->out->postmortem = t;
}

void section_fence(struct index *ix, struct str body, int at, bool postmortem)
{
	size_t wanted = template_section_level(body);
	if (postmortem)
		keep_postmortem(ix, body, at);
	struct str line, text = {NULL, 0};
	bool skips = skips_fences(body), inside = false;
	for (size_t from = 0; !ix->full && text_next_line(body, &from, &line); at++) {
		inside ^= skips && is_fence_mark(line);
		if (inside || heading_level(line, &text) != wanted || str_index(text, '[') >= 0 || !text.n)
			continue;
		struct fact_section s = {.postmortem = postmortem, .type = type_now(ix, postmortem), .name = text};
		s.required = !ix->must || postmortem;
		s.description = postmortem ? section_body(ix, body, from, wanted) : (struct str){NULL, 0};
		s.at = index_pos(ix, at);
		add_section(ix, &s);
	}
}

/* ---- messages ---- */

static void add_placeholder_once(struct arena *arena, struct strs *list, struct str s)
{
	s = str_trim(s);
	if (s.n && list->n < PLACEHOLDERS_MAX && !strs_have(list, s))
		strs_add(arena, list, s);
}

static void add_choice(struct arena *arena, struct fact_template *t, struct str inside)
{
	for (size_t i = 0; i < inside.n;) {
		size_t end = words_until(inside, i, "|");
		add_placeholder_once(arena, &t->statuses, str_slice(inside, i, end));
		i = end + 1;
	}
}

/* "- [x]": a task that is done. */
static bool is_tick(struct str body, size_t at)
{
	return at > 1 && body.p[at - 1] == ' ' && (body.p[at - 2] == '-' || body.p[at - 2] == '*');
}

/* Not [a link](…) or <https://…>. */
size_t fact_placeholder_at(struct str s, struct str *inside)
{
	static const struct {
		const char *open, *close;
	} pairs[] = {{"{{", "}}"}, {"[", "]"}, {"{", "}"}, {"<", ">"}};
	for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
		struct str open = str_c(pairs[i].open), close = str_c(pairs[i].close);
		if (!str_starts(s, open))
			continue;
		struct str rest = str_slice(s, open.n, s.n < PLACEHOLDER_MAX ? s.n : PLACEHOLDER_MAX);
		ptrdiff_t end = str_find(rest, close);
		*inside = end < 0 ? (struct str){NULL, 0} : str_slice(rest, 0, (size_t)end);
		size_t length = open.n + inside->n + close.n;
		bool link = length < s.n && s.p[length] == '(';
		bool plain = str_index(*inside, '\n') < 0 && str_find(*inside, STR("://")) < 0 && str_index(*inside, '@') < 0;
		return str_trim(*inside).n && plain && !(open.p[0] == '[' && link) ? length : 0;
	}
	return 0;
}

static void read_placeholders(struct arena *arena, struct fact_template *t)
{
	for (size_t i = 0; i < t->body.n;) {
		struct str inside;
		size_t n = fact_placeholder_at(str_slice(t->body, i, t->body.n), &inside);
		n = n && inside.n == 1 && is_tick(t->body, i) ? 0 : n;
		if (n && str_index(inside, '|') >= 0)
			add_choice(arena, t, inside);
		else if (n)
			add_placeholder_once(arena, &t->placeholders, inside);
		i += n ? n : 1;
	}
}

void message_fence(struct index *ix, struct str body, int line)
{
	while (body.n && (body.p[body.n - 1] == '\n' || body.p[body.n - 1] == '\r'))
		body.n--;
	struct fact_template t = {.name = heading_now(ix), .body = body, .at = index_pos(ix, line)};
	if (!body.n)
		return;
	read_placeholders(ix->arena, &t);
	FACT_ADD(ix, templates, t);
}
