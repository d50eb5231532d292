/* Lines of Markdown to headings, front matter passed over. */
#include "catalog/headings.h"

#include <string.h>

#include "catalog/explicit_ids.h"
#include "catalog/slug.h"

struct scan {
	struct arena *arena;
	struct outline *out;
	struct slugs *slugs;
	size_t capacity;
	int line;
	char fence; /* its character while a code fence is open */
	size_t fence_length;
	bool comment;
	bool other;           /* inside a list, quote or table: its text is no paragraph of ours */
	struct str paragraph; /* of plain text, as far as it goes; an underline makes it a heading */
	int paragraph_line;
};

static bool take_heading_line(struct str *rest, struct str *line)
{
	if (!rest->n)
		return false;
	ptrdiff_t end = str_index(*rest, '\n');
	size_t n = end < 0 ? rest->n : (size_t)end;
	*line = str_slice(*rest, 0, n && rest->p[n - 1] == '\r' ? n - 1 : n);
	*rest = str_slice(*rest, end < 0 ? n : n + 1, rest->n);
	return true;
}

static size_t heading_indent(struct str line)
{
	size_t n = 0;
	while (n < line.n && line.p[n] == ' ')
		n++;
	return n < line.n && line.p[n] == '\t' ? 4 : n;
}

static size_t leading_run_length(struct str s, char c)
{
	size_t n = 0;
	while (n < s.n && s.p[n] == c)
		n++;
	return n;
}

struct str heading_cut(struct str s)
{
	size_t n = s.n < SLUG_TEXT_MAX ? s.n : SLUG_TEXT_MAX;
	while (n && n < s.n && ((unsigned char)s.p[n] & 0xC0) == 0x80)
		n--;
	return str_slice(s, 0, n);
}

static void add_scanned_heading(struct scan *s, int level, int line, struct str markdown)
{
	if (s->out->count == HEADINGS_MAX)
		return;
	AUTOBUF struct buf text;
	buf_init(&text, 2 * SLUG_TEXT_MAX);
	slug_plain_text(str_trim(markdown), &text);
	if (s->out->count == s->capacity) {
		struct heading *old = s->out->headings;
		s->capacity = s->capacity ? 2 * s->capacity : 16;
		s->out->headings = arena_alloc(s->arena, s->capacity * sizeof *old);
		if (old)
			memcpy(s->out->headings, old, s->out->count * sizeof *old);
	}
	struct heading *h = &s->out->headings[s->out->count++];
	*h = (struct heading){.level = level, .line = line, .source = arena_str(s->arena, heading_cut(str_trim(markdown)))};
	h->marked = arena_str(s->arena, buf_str(&text));
	h->text = h->marked;
	attr_list_take(&h->text, &h->id);
	h->anchor = slugs_next(s->slugs, s->arena, h);
}

/* The rest of a line after its closing #s are gone: "x ##" -> "x", "C#" stays. */
static struct str without_closing_marks(struct str s)
{
	s = str_trim(s);
	size_t n = s.n;
	while (n && s.p[n - 1] == '#')
		n--;
	return n == 0 || s.p[n - 1] == ' ' || s.p[n - 1] == '\t' ? str_trim(str_slice(s, 0, n)) : s;
}

struct str heading_without_hashes(struct str line)
{
	size_t level = leading_run_length(line, '#');
	return level ? without_closing_marks(str_slice(line, level, line.n)) : line;
}

static bool take_atx(struct scan *s, struct str text)
{
	size_t level = leading_run_length(text, '#');
	if (level < 1 || level > 6 || (level < text.n && text.p[level] != ' ' && text.p[level] != '\t'))
		return false;
	add_scanned_heading(s, (int)level, s->line, without_closing_marks(str_slice(text, level, text.n)));
	return true;
}

static bool take_underline(struct scan *s, struct str text)
{
	text = str_trim(text);
	if (!s->paragraph.n || !text.n || (text.p[0] != '=' && text.p[0] != '-') ||
	    leading_run_length(text, text.p[0]) != text.n)
		return false;
	add_scanned_heading(s, text.p[0] == '=' ? 1 : 2, s->paragraph_line, s->paragraph);
	return true;
}

static bool open_fence(struct scan *s, struct str text)
{
	size_t n = text.n && (text.p[0] == '`' || text.p[0] == '~') ? leading_run_length(text, text.p[0]) : 0;
	if (n < 3 || (text.p[0] == '`' && str_index(str_slice(text, n, text.n), '`') >= 0))
		return false;
	s->fence = text.p[0];
	s->fence_length = n;
	return true;
}

/* Only a bare fence closes one: ```text inside ```markdown does not. */
static void inside_fence(struct scan *s, struct str text)
{
	text = str_trim(text);
	if (text.n >= s->fence_length && leading_run_length(text, s->fence) == text.n)
		s->fence = 0;
}

static bool open_comment(struct scan *s, struct str text)
{
	if (!str_starts(text, STR("<!--")))
		return false;
	s->comment = str_find(str_slice(text, 4, text.n), STR("-->")) < 0;
	return true;
}

/* Lists, quotes and tables: a line of dashes below them underlines nothing. */
static bool starts_other_block(struct str text)
{
	static const char *const bullets = "-*+";
	if (text.p[0] == '>' || text.p[0] == '|')
		return true;
	if (strchr(bullets, text.p[0]) && (text.n == 1 || text.p[1] == ' '))
		return true;
	size_t digits = 0;
	while (digits < text.n && text.p[digits] >= '0' && text.p[digits] <= '9')
		digits++;
	return digits && digits < text.n && (text.p[digits] == '.' || text.p[digits] == ')');
}

static void inside_text(struct scan *s, struct str line, struct str text, size_t indent)
{
	if (s->paragraph.n) {
		s->paragraph.n = (size_t)(line.p + line.n - s->paragraph.p);
	} else if (s->other || starts_other_block(text)) {
		s->other = true;
	} else if (indent < 4) {
		s->paragraph = text;
		s->paragraph_line = s->line;
	}
}

static void end_paragraph(struct scan *s)
{
	s->paragraph = (struct str){0};
	s->other = false;
}

static void scan_line(struct scan *s, struct str line)
{
	size_t indent = heading_indent(line);
	struct str text = str_trim(line);
	if (s->fence)
		inside_fence(s, text);
	else if (s->comment)
		s->comment = str_find(text, STR("-->")) < 0;
	else if (!text.n || (indent < 4 && (take_atx(s, text) || take_underline(s, text))) || open_fence(s, text) ||
	         open_comment(s, text))
		end_paragraph(s);
	else
		inside_text(s, line, text, indent);
}

struct str front_matter_take(struct str *rest, int *lines)
{
	if (str_starts(*rest, STR("\xEF\xBB\xBF")))
		*rest = str_slice(*rest, 3, rest->n);
	struct str ahead = *rest, line, fence;
	if (!take_heading_line(&ahead, &fence) || (!str_eq_c(fence, "---") && !str_eq_c(fence, "+++")))
		return (struct str){0};
	int n = 1;
	for (const char *from = ahead.p; take_heading_line(&ahead, &line); from = ahead.p) {
		n++;
		if (str_eq(line, fence) || (str_eq_c(fence, "---") && str_eq_c(line, "..."))) {
			struct str found = {rest->p, (size_t)(from - rest->p)};
			*rest = ahead;
			*lines = n;
			return found;
		}
	}
	return (struct str){0};
}

void outline_read(struct arena *arena, struct str text, struct outline *out)
{
	*out = (struct outline){0};
	struct scan s = {.arena = arena, .out = out, .slugs = slugs_new(SLUG_GITHUB)};
	out->front_matter = front_matter_take(&text, &s.line);
	struct str line;
	while (take_heading_line(&text, &line)) {
		s.line++;
		scan_line(&s, line);
	}
	slugs_free(s.slugs);
}
