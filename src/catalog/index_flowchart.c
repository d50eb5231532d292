/*
 * A flow chart in Mermaid's language below "Escalation": A[Engineer] -->|15 min| B[Lead]. Its boxes are who is told, what
 * stands on the arrows and in the questions between them is after how long.
 */
#include <string.h>

#include "base/ascii.h"
#include "index_impl.h"

#define BOXES_MAX 60
#define ARROWS_MAX 120

struct flow_box {
	struct str id, text;
	bool question; /* {Answered?} */
	bool entered;  /* an arrow leads to it */
	bool seen;
};
struct flow_arrow {
	size_t from, to;
	struct str label;
};
struct flow {
	struct index *ix;
	struct flow_box boxes[BOXES_MAX];
	size_t box_count;
	struct flow_arrow arrows[ARROWS_MAX];
	size_t arrow_count;
	struct fact_escalation *path;
};

static void skip_spaces(struct str *s)
{
	*s = str_trim(*s);
}

/* ---- a statement's parts ---- */

static bool is_id_char(char c)
{
	return ascii_is_alnum(c) || c == '_' || (unsigned char)c >= 0x80;
}

static size_t box_named(struct flow *f, struct str id)
{
	for (size_t i = 0; i < f->box_count; i++)
		if (str_eq(f->boxes[i].id, id))
			return i;
	if (f->box_count == BOXES_MAX)
		return BOXES_MAX;
	f->boxes[f->box_count] = (struct flow_box){.id = id, .text = id};
	return f->box_count++;
}

/* Of "[text]", "([text])", "{text}", '["text"]': the text; `*s` stands behind it. */
static struct str take_shape(struct str *s, bool *question)
{
	size_t open = 0, close;
	while (open < s->n && strchr("[({>", s->p[open]))
		open++;
	*question = open && s->p[0] == '{';
	for (close = open; close < s->n && !strchr("])}", s->p[close]);)
		close++;
	struct str text = words_trim(str_slice(*s, open, close));
	while (close < s->n && strchr("])}", s->p[close]))
		close++;
	*s = str_slice(*s, close, s->n);
	return text;
}

/* An id with its shape, if it has one here: its place; BOXES_MAX where there is none. */
static size_t take_box(struct flow *f, struct str *s)
{
	size_t n = 0;
	skip_spaces(s);
	while (n < s->n && is_id_char(s->p[n]))
		n++;
	size_t at = n ? box_named(f, str_slice(*s, 0, n)) : BOXES_MAX;
	*s = str_slice(*s, n, s->n);
	if (at == BOXES_MAX)
		return at;
	if (s->n && strchr("[({>", s->p[0]))
		f->boxes[at].text = take_shape(s, &f->boxes[at].question);
	if (str_starts(*s, STR(":::"))) /* a class */
		for (*s = str_slice(*s, 3, s->n); s->n && is_id_char(s->p[0]);)
			*s = str_slice(*s, 1, s->n);
	return at;
}

static size_t arrow_end(struct str s, size_t from, const char *bytes)
{
	size_t i = from;
	while (i < s.n && s.p[i] && strchr(bytes, s.p[i]))
		i++;
	return i;
}

/* "-->", "-->|text|", "-- text -->", "-. text .->": what it says; false where there is no arrow. */
static bool take_flow_arrow(struct str *s, struct str *label)
{
	skip_spaces(s);
	size_t end = arrow_end(*s, 0, "<-=.>");
	*label = (struct str){NULL, 0};
	if (end < 2)
		return false;
	if (s->p[end - 1] != '>' && end < s->n && s->p[end] == ' ') { /* its text stands between its halves */
		size_t half = end;
		while (half + 1 < s->n && !(strchr("-=.", s->p[half]) && strchr("-=.>", s->p[half + 1])))
			half++;
		size_t behind = arrow_end(*s, half, "-=.>");
		if (behind > half + 1 && s->p[behind - 1] == '>') {
			*label = str_trim(str_slice(*s, end, half));
			end = behind;
		}
	}
	*s = str_trim(str_slice(*s, end, s->n));
	ptrdiff_t bar = str_starts(*s, STR("|")) ? str_index(str_slice(*s, 1, s->n), '|') : -1;
	if (bar >= 0) {
		*label = words_trim(str_slice(*s, 1, (size_t)bar + 1));
		*s = str_slice(*s, (size_t)bar + 2, s->n);
	}
	return true;
}

static void read_statement(struct flow *f, struct str s)
{
	size_t from = take_box(f, &s);
	for (struct str label; from < BOXES_MAX && take_flow_arrow(&s, &label);) {
		size_t to = take_box(f, &s);
		if (to == BOXES_MAX || f->arrow_count == ARROWS_MAX)
			return;
		f->boxes[to].entered = true;
		f->arrows[f->arrow_count++] = (struct flow_arrow){from, to, label};
		from = to;
	}
}

/* "flowchart TD" names no box. */
static bool is_flowchart(struct str statement)
{
	statement = str_trim(statement);
	return str_starts(statement, STR("graph ")) || str_starts(statement, STR("flowchart "));
}

static void read_statements(struct flow *f, struct str line)
{
	while (line.n && !str_starts(line, STR("%%"))) {
		size_t end = words_until(line, 0, ";");
		struct str statement = str_slice(line, 0, end);
		if (!is_flowchart(statement))
			read_statement(f, statement);
		line = str_trim(str_slice(line, end + 1, line.n));
	}
}

/* ---- along the arrows ---- */

/* Whom a box names: a role; where a time leads to it, whatever it says. */
static struct str who_of(struct flow *f, const struct flow_box *box, bool timed)
{
	struct str told = escalation_role_in(box->text);
	told = told.n ? told : escalation_role_told(f->ix, box->text);
	bool other = box->question || str_index(box->text, '?') >= 0;
	return other ? (struct str){NULL, 0} : told.n || !timed ? told : box->text;
}

/* What a question's "yes" leads to is the end of it. */
static bool is_label_of_answer(struct index *ix, struct str label)
{
	struct str folded = words_fold(ix->arena, label);
	return words_are(folded, "yes") || words_are(folded, "oui") || words_are(folded, "ja") ||
	       words_are(folded, "ack") || words_are(folded, "acknowledged");
}

static int64_t time_of(struct index *ix, struct str words)
{
	int64_t after = words.n ? escalation_after(ix, words) : -1;
	return after > 0 ? after : 0;
}

/* Depth is at most the number of boxes: each is visited once. */
static void visit_box(struct flow *f, size_t at, int64_t reached, bool timed)
{
	struct flow_box *box = &f->boxes[at];
	if (box->seen)
		return;
	box->seen = true;
	struct str who = who_of(f, box, timed);
	if (who.n)
		escalation_step(f->path, timed ? reached : -1, escalation_roles(f->ix, arena_str(f->ix->arena, who)));
	int64_t waits = who.n ? 0 : time_of(f->ix, box->text);
	for (size_t i = 0; i < f->arrow_count; i++) {
		int64_t ms = waits + time_of(f->ix, f->arrows[i].label);
		if (f->arrows[i].from == at && !is_label_of_answer(f->ix, f->arrows[i].label))
			visit_box(f, f->arrows[i].to, reached + ms, ms > 0 || (timed && !who.n));
	}
}

void index_flowchart(struct index *ix, struct str text, int at)
{
	struct str line, name, severity = escalation_above(ix, &name);
	struct flow f = {.ix = ix};
	if (!is_flowchart(text))
		return;
	for (size_t from = 0; text_next_line(text, &from, &line);)
		read_statements(&f, str_trim(line));
	f.path = f.arrow_count ? escalation_for(ix, severity, name, at) : NULL;
	for (size_t i = 0; f.path && i < f.box_count; i++)
		if (!f.boxes[i].entered)
			visit_box(&f, i, 0, false);
}
