/* An organisation's own template of a post-mortem, line by line: what is known in the place of what is asked for. */
#include "base/ascii.h"
#include "communication_impl.h"
#include "postmortem_form.h"

#define CELLS_MAX 12
#define PARAGRAPH_LEVEL 7 /* below any heading */

/* ---- lines ---- */

static struct str form_next_line(struct form *f)
{
	struct str rest = str_slice(f->body, f->from, f->body.n);
	ptrdiff_t end = str_index(rest, '\n');
	struct str line = form_line_at(f->body, f->from);
	f->from += end < 0 ? rest.n : (size_t)end + 1;
	return line;
}

static void put_raw(struct form *f, struct str line)
{
	buf_add(&f->d->out, line);
	buf_add_char(&f->d->out, '\n');
}

/* ---- tables ---- */

static bool is_table_row(struct str line)
{
	return str_starts(str_trim(line), STR("|"));
}

static bool is_rule_row(struct str line)
{
	struct str row = str_trim(line);
	return is_table_row(row) && str_index(row, '-') >= 0 && form_skip(row, 0, "|-: ") == row.n;
}

static size_t cells_of(struct str line, struct str cells[CELLS_MAX])
{
	struct str row = str_trim(line);
	size_t n = 0, from = 1;
	for (size_t i = 1; i < row.n && n < CELLS_MAX; i++) {
		if (row.p[i] != '|' || row.p[i - 1] == '\\')
			continue;
		cells[n++] = str_slice(row, from, i);
		from = i + 1;
	}
	return n;
}

/* What was recorded, one line an event: below a table's heads, or as items of a list. */
static void put_events(struct form *f, size_t columns)
{
	struct drafting *d = f->d;
	struct str what;
	for (size_t i = 0; i < d->inc->timeline_count; i++) {
		if (!postmortem_event(d, i, &what))
			continue;
		buf_add_c(&d->out, columns ? "| " : "- ");
		postmortem_when(d, d->inc->timeline[i].at);
		buf_add_c(&d->out, columns ? " | " : " - ");
		postmortem_escaped(d, what);
		buf_add_c(&d->out, d->inc->timeline[i].detail.n ? ": " : "");
		postmortem_escaped(d, d->inc->timeline[i].detail);
		for (size_t k = 2; k < columns; k++)
			buf_add_c(&d->out, " |");
		buf_add_c(&d->out, columns ? " |\n" : "\n");
	}
	if (d->inc->timeline_dropped)
		buf_printf(&d->out, "\n%zu entries in between were not kept.\n", d->inc->timeline_dropped);
	f->put = f->answered = true;
}

static void put_cell(struct form *f, struct str key, struct str cell)
{
	buf_add_char(&f->d->out, ' ');
	if (!form_put_by_key(f, form_without_emphasis(key), cell))
		form_put_filled(f, str_trim(cell));
	buf_add_c(&f->d->out, " |");
}

static void form_row(struct form *f, struct str line)
{
	struct str cells[CELLS_MAX], heads[CELLS_MAX];
	size_t n = cells_of(line, cells), columns = cells_of(f->columns, heads);
	bool pairs = n == 2;
	if (!n || columns != n) {
		form_put_filled(f, line);
		buf_add_char(&f->d->out, '\n');
		return;
	}
	buf_add_char(&f->d->out, '|');
	for (size_t i = 0; i < n; i++) {
		if (pairs && !i)
			buf_printf(&f->d->out, "%.*s|", STR_ARG(cells[0]));
		else
			put_cell(f, pairs ? cells[0] : heads[i], cells[i]);
	}
	buf_add_char(&f->d->out, '\n');
}

static void form_table(struct form *f, struct str line)
{
	struct str cells[CELLS_MAX];
	f->text = true;
	if (is_rule_row(line)) {
		put_raw(f, line);
		f->passes_over = f->part == PART_TIMELINE && !f->put;
		if (f->passes_over)
			put_events(f, cells_of(line, cells));
	} else if (!f->columns.n && is_rule_row(form_line_at(f->body, f->from))) {
		f->columns = line;
		put_raw(f, line);
	} else if (!f->passes_over) {
		form_row(f, line);
	}
}

/* ---- sections ---- */

static int heading_of(struct str line, struct str *text)
{
	size_t n = form_skip(line, 0, "#");
	*text = str_trim(str_slice(line, n, line.n));
	return n && n <= 6 && n < line.n && line.p[n] == ' ' ? (int)n : 0;
}

static void end_with_blank_line(struct drafting *d)
{
	while (d->out.n && d->out.p[d->out.n - 1] == '\n')
		d->out.n--;
	buf_add_c(&d->out, "\n\n");
}

/* What is known of the section's part and does not stand in it yet. */
static void put_rest_of_part(struct form *f)
{
	struct drafting *d = f->d;
	enum known known = form_known_of_part(f->part);
	size_t before = d->out.n;
	bool list = f->part == PART_TIMELINE || f->part == PART_TASKS || f->part == PART_IMPACT;
	if (f->part == PART_NONE || f->part == PART_FACTS || (f->put && !list) || (f->put && f->part == PART_TIMELINE)) {
		d->said[f->part < PART_COUNT ? f->part : PART_FACTS] |= f->part < PART_COUNT;
		return;
	}
	end_with_blank_line(d);
	size_t from = d->out.n;
	postmortem_put(d, f->part);
	f->answered |= d->out.n > from;
	if (known < KNOWN_COUNT && d->out.n > from)
		d->filled[known] = postmortem_known(d, known).n > 0;
	if (d->out.n > from)
		end_with_blank_line(d);
	else
		d->out.n = before;
}

/* A section is named before what it asks for. */
static void miss_first(struct form *f, struct str name)
{
	struct strs *list = f->d->missing;
	size_t before = list->n;
	postmortem_miss(f->d, name);
	if (list->n == before)
		return;
	struct str last = list->v[before];
	for (size_t i = before; i > f->missing_before; i--)
		list->v[i] = list->v[i - 1];
	list->v[f->missing_before] = last;
}

static void end_section(struct form *f, int next_level)
{
	put_rest_of_part(f);
	bool heads = next_level > f->level && !f->text;
	if (f->level > 1 && !f->answered && !heads && (f->open || !f->text))
		miss_first(f, f->heading);
	f->part = PART_NONE;
	f->paragraph = false;
}

static void begin_section(struct form *f, struct str heading, int level, enum part part)
{
	f->heading = heading;
	f->level = f->part_level = level;
	f->part = part;
	f->put = f->open = f->text = f->answered = f->paragraph = false;
	f->missing_before = f->d->missing->n;
}

static void form_heading(struct form *f, struct str line, int level, struct str text)
{
	enum part own = level > 1 ? postmortem_part(f->d, text) : PART_NONE;
	own = own == f->part ? PART_NONE : own;
	if (f->part != PART_NONE && level > f->part_level && own == PART_NONE) {
		form_put_filled(f, line); /* a heading within the part */
		buf_add_char(&f->d->out, '\n');
		return;
	}
	end_section(f, level);
	form_put_filled(f, line);
	buf_add_char(&f->d->out, '\n');
	begin_section(f, text, level, own);
}

/* A line of the sample that a timeline's template gives: "- HH:MM - [Event]". */
static bool is_sample(struct form *f, struct str line)
{
	struct str inside;
	size_t at = form_behind_marks(line);
	size_t text = form_skip(line, at, "*_`~");
	bool listed = at > form_skip(line, 0, " \t>"), opens = text < line.n && postmortem_open_at(line, text, &inside);
	return f->part == PART_TIMELINE && str_trim(line).n && (opens || (listed && postmortem_is_open(line)));
}

static bool is_form_fence(struct str line)
{
	line = str_trim(line);
	return str_starts(line, STR("```")) || str_starts(line, STR("~~~")) || str_starts(line, STR("\\`\\`\\`"));
}

/* Code and comments are copied; so is what is around them. */
static bool form_verbatim(struct form *f, struct str line)
{
	bool mark = is_form_fence(line), inside = f->fenced || f->comment;
	f->fenced ^= mark;
	if (!f->fenced && str_find(line, STR("<!--")) >= 0)
		f->comment = true;
	inside |= f->comment;
	f->text |= f->fenced;
	if (f->comment && str_find(line, STR("-->")) >= 0)
		f->comment = false;
	if (inside || mark)
		put_raw(f, line);
	return inside || mark;
}

/* "Timeline:", and what belongs to it up to the next blank line. */
static bool form_paragraph(struct form *f, struct str line)
{
	struct str key;
	size_t at = form_field_value(line, &key);
	bool heads = at && !str_trim(str_slice(line, at, line.n)).n && form_says_it_below(f);
	enum part own = heads && f->part == PART_NONE ? postmortem_part(f->d, key) : PART_NONE;
	if (!heads || f->part != PART_NONE)
		return false;
	end_section(f, PARAGRAPH_LEVEL);
	begin_section(f, key, PARAGRAPH_LEVEL, own);
	f->paragraph = true;
	put_raw(f, line);
	return true;
}

static void form_line(struct form *f, struct str line)
{
	struct str text;
	int level;
	if (form_verbatim(f, line))
		return;
	if (is_table_row(line)) {
		form_table(f, line);
		return;
	}
	f->columns = STR("");
	f->passes_over = false;
	if (!f->front && (level = heading_of(line, &text)) > 0) {
		form_heading(f, line, level, text);
	} else if (is_sample(f, line)) {
		if (!f->put)
			put_events(f, 0);
	} else if (!form_paragraph(f, line)) {
		if (f->paragraph && !str_trim(line).n)
			end_section(f, PARAGRAPH_LEVEL);
		f->text |= str_trim(line).n > 0;
		if (line.n && form_field(f, line))
			return;
		form_put_filled(f, line);
		buf_add_char(&f->d->out, '\n');
	}
}

void postmortem_fill(struct drafting *d, struct str body)
{
	struct form f = {.d = d, .body = body, .part = PART_NONE};
	f.front = str_eq_c(str_trim(form_line_at(body, 0)), "---");
	for (bool first = true; f.from < body.n; first = false) {
		struct str line = form_next_line(&f);
		bool rule = str_eq_c(str_trim(line), "---");
		if (f.front && rule) {
			put_raw(&f, line);
			f.front = first;
			continue;
		}
		form_line(&f, line);
	}
	end_section(&f, 1);
}
