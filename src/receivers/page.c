/* Renders a page in a provider's markup and leaves out the least important parts until it fits. */
#include "page.h"

#include <inttypes.h>
#include <limits.h>
#include <string.h>

#include "base/buf_json.h"

#define LINE_MAX_BYTES 4096 /* of one row before it is escaped */

struct page {
	const struct page_style *style;
	const struct message *message;
	struct buf *out;
	size_t used, reserved; /* in the style's unit; what the links will take is reserved */
	bool full;             /* a row did not fit: the rest is left out */
	unsigned placed;       /* bit i: of link i it is known where it stands */
};

static size_t page_room(const struct page *p)
{
	size_t taken = p->used + p->reserved;
	return taken < p->style->most ? p->style->most - taken : 0;
}

/* A finished row. The first that does not fit ends the text, but for the links. */
static void put_page_row(struct page *p, struct str row)
{
	const struct markup *k = p->style->markup;
	size_t end = text_length(str_c(k->line_end), p->style->unit), mark = end + 3;
	size_t length = text_length(row, p->style->unit) + end;
	if (p->full)
		return;
	if (length + mark > page_room(p)) {
		p->full = true;
		row = STR("…");
		length = 1 + end;
		if (text_length(row, p->style->unit) + end > page_room(p))
			return;
	}
	buf_add(p->out, row);
	buf_add_c(p->out, k->line_end);
	p->used += length;
}

static void escape_clean(struct buf *b, const struct markup *k, struct str s)
{
	AUTOBUF struct buf clean;
	buf_init(&clean, SIZE_MAX);
	text_add_clean(&clean, str_slice(s, 0, s.n < LINE_MAX_BYTES ? s.n : LINE_MAX_BYTES), false);
	k->escape(b, buf_str(&clean));
}

/* before + bold + text + bold_end; any of the two empty. */
static void put_page_text(struct page *p, const char *before, struct str text, bool bold)
{
	const struct markup *k = p->style->markup;
	AUTOBUF struct buf row;
	buf_init(&row, SIZE_MAX);
	buf_add_c(&row, before);
	buf_add_c(&row, bold ? k->bold : "");
	escape_clean(&row, k, text);
	buf_add_c(&row, bold ? k->bold_end : "");
	put_page_row(p, buf_str(&row));
}

static void put_lines(struct page *p, struct str text)
{
	while (text.n) {
		ptrdiff_t end = str_index(text, '\n');
		struct str line = str_slice(text, 0, end < 0 ? text.n : (size_t)end);
		if (str_trim(line).n)
			put_page_text(p, "", str_trim(line), false);
		text = end < 0 ? (struct str){NULL, 0} : str_slice(text, (size_t)end + 1, text.n);
	}
}

static void put_members(struct page *p, const char *what, const struct message_members *members)
{
	const struct markup *k = p->style->markup;
	AUTOBUF struct buf row;
	buf_init(&row, SIZE_MAX);
	if (!members->total)
		return;
	buf_printf(&row, "%s%s (%" PRIu64 ")%s", k->bold, what, members->total, k->bold_end);
	put_page_row(p, buf_str(&row));
	for (size_t i = 0; i < members->shown; i++)
		put_page_text(p, k->item, members->v[i].name, false);
	buf_reset(&row);
	buf_printf(&row, "%sand %" PRIu64 " more", k->item, members->total - members->shown);
	if (members->shown && members->total > members->shown)
		put_page_row(p, buf_str(&row));
}

static void put_fact(struct page *p, const struct message_fact *f)
{
	const struct markup *k = p->style->markup;
	AUTOBUF struct buf row;
	buf_init(&row, SIZE_MAX);
	buf_printf(&row, "%s%s:%s ", k->bold, f->name, k->bold_end);
	escape_clean(&row, k, f->value);
	put_page_row(p, buf_str(&row));
}

static void write_page_link(const struct page *p, size_t i, struct buf *out)
{
	p->style->markup->link(out, p->message->links[i].url, p->message->links[i].name);
	buf_add_c(out, p->style->markup->line_end);
}

/* The links as they will stand at the end whatever is cut; those that would take too much of the page wait for room. */
static void reserve_links(struct page *p, struct buf *links)
{
	size_t most = p->style->most / (p->style->links_part ? p->style->links_part : 2);
	for (size_t i = 0; i < p->message->link_count; i++) {
		AUTOBUF struct buf one;
		buf_init(&one, SIZE_MAX);
		write_page_link(p, i, &one);
		size_t length = text_length(buf_str(&one), p->style->unit);
		if (p->placed >> i & 1 || p->reserved + length > most)
			continue;
		buf_add(links, buf_str(&one));
		p->reserved += length;
		p->placed |= 1U << i;
	}
}

static void put_page_links(struct page *p, struct str reserved)
{
	buf_add(p->out, reserved);
	for (size_t i = 0; !p->full && i < p->message->link_count; i++) {
		AUTOBUF struct buf one;
		buf_init(&one, SIZE_MAX);
		write_page_link(p, i, &one);
		size_t length = text_length(buf_str(&one), p->style->unit);
		if (p->placed >> i & 1 || length > page_room(p))
			continue;
		buf_add(p->out, buf_str(&one));
		p->used += length;
	}
}

/* However long it is, half of what is left stays for what fires. */
static void put_description(struct page *p)
{
	size_t half = page_room(p) / 2;

	p->reserved += half;
	put_lines(p, p->message->description);
	p->reserved -= half;
	p->full = false;
}

static void put_default(struct page *p, struct str title)
{
	const struct message *m = p->message;
	if (p->style->titled)
		put_page_text(p, "", title, true);
	if (m->headline.n)
		put_page_text(p, "", m->headline, true);
	put_description(p);
	put_members(p, "Firing", &m->firing);
	put_members(p, "Recovered", &m->recovered);
	for (size_t i = 0; i < m->fact_count; i++)
		put_fact(p, &m->facts[i]);
}

/* False: it could not be used. */
static bool render_page(const struct template *t, const struct message *m, enum template_escape escape, struct buf *out)
{
	json_t *names = page_context(m);
	bool ok = template_render(t, names, escape, out) && buf_ok(out);
	json_decref(names);
	return ok;
}

#define DRILL "DRILL"

static bool hides_drill(const struct message *m, struct str text)
{
	return incident_is_drill(m->incident) && str_find(text, STR(DRILL)) < 0;
}

struct str page_title(const struct receiver_build *in, struct receiver_request *out, size_t most, enum text_unit unit)
{
	AUTOBUF struct buf b;
	buf_init(&b, TEMPLATE_OUTPUT_MAX);
	bool own = in->title && render_page(in->title, in->message, ESCAPE_NONE, &b) && str_trim(buf_str(&b)).n;
	out->template_failed |= in->title && !own;
	if (own && hides_drill(in->message, buf_str(&b)))
		return text_line(out->arena, str_c(arena_printf(out->arena, DRILL ": %.*s", STR_ARG(str_trim(buf_str(&b))))),
		                 most, unit);
	return text_line(out->arena, own ? str_trim(buf_str(&b)) : in->message->summary, most, unit);
}

static void add_bold_line(struct buf *b, const struct markup *k, struct str line)
{
	buf_add_c(b, k->bold);
	escape_clean(b, k, line);
	buf_add_c(b, k->bold_end);
	buf_add_c(b, k->line_end);
}

/* The title as a line of its own, where the text is all that the provider shows. */
static void add_heading(struct buf *b, const struct receiver_build *in, struct receiver_request *out,
                        const struct page_style *style)
{
	if (style->headed && in->title)
		add_bold_line(b, style->markup, page_title(in, out, style->most / 4, style->unit));
}

static bool says_headline(const struct receiver_build *in)
{
	return template_mentions(in->text, STR("headline")) || (in->title && template_mentions(in->title, STR("headline")));
}

#define FORGOTTEN_PART 8 /* of the text that the headline takes, before it is escaped: the user's own is what matters */

/* What a text of the user's own forgets to say: that it is a drill; that it is an update or the end, and whose word that is. */
static void add_forgotten(struct buf *b, const struct receiver_build *in, const struct receiver_request *out,
                          const struct page_style *style, struct str own)
{
	const struct message *m = in->message;
	if (hides_drill(m, own))
		add_bold_line(b, style->markup, STR(DRILL));
	if (m->headline.n && !says_headline(in))
		add_bold_line(b, style->markup, text_line(out->arena, m->headline, style->most / FORGOTTEN_PART, style->unit));
}

/* What a template made is markup already: cut between characters where it is too long, unless that leaves a tag open. */
static bool own_text(const struct receiver_build *in, struct receiver_request *out, const struct page_style *style,
                     struct str *text)
{
	AUTOBUF struct buf b, own;
	buf_init(&b, SIZE_MAX);
	buf_init(&own, TEMPLATE_OUTPUT_MAX);
	if (!in->text)
		return false;
	bool ok = render_page(in->text, in->message, style->markup->values, &own);
	if (ok) {
		add_heading(&b, in, out, style);
		add_forgotten(&b, in, out, style, buf_str(&own));
		buf_add(&b, buf_str(&own));
		*text = text_lines(out->arena, buf_str(&b), style->most, style->unit);
	}
	ok = ok && markup_takes(style->markup, *text);
	out->template_failed |= !ok;
	return ok;
}

struct str page_full_text(const struct receiver_build *in, struct receiver_request *out, const struct page_style *style)
{
	struct str own;
	if (own_text(in, out, style, &own))
		return own;
	AUTOBUF struct buf b, links;
	buf_init(&b, SIZE_MAX);
	buf_init(&links, SIZE_MAX);
	struct page p = {
		.style = style, .message = in->message, .out = &b, .placed = style->links ? style->elsewhere : UINT_MAX};
	reserve_links(&p, &links);
	put_default(&p, style->titled ? page_title(in, out, style->most, style->unit) : (struct str){NULL, 0});
	put_page_links(&p, buf_str(&links));
	struct str whole = buf_str(&b);
	size_t end = strlen(style->markup->line_end);
	return arena_str(out->arena, str_slice(whole, 0, whole.n > end ? whole.n - end : whole.n));
}

static bool fits_in(const json_t *body, size_t most)
{
	AUTOBUF struct buf b;
	buf_init(&b, most);
	return buf_add_json(&b, body) && buf_ok(&b);
}

bool page_take_fitting(const struct receiver_build *in, struct receiver_request *out, struct str url,
                       const struct page_fit *fit, const char *kind, struct err *err)
{
	static const struct {
		size_t part, link;
	} tries[] = {{1, SIZE_MAX}, {2, SIZE_MAX}, {2, 1024}, {4, 512}, {8, 0}};
	for (size_t i = 0; i < sizeof tries / sizeof *tries; i++) {
		json_t *body = fit->body(in, out, fit->text / tries[i].part, tries[i].link);
		if (fits_in(body, fit->most))
			return request_take_json(out, "POST", url, body, kind, err);
		json_decref(body);
	}
	err_add(err, "%s: the request is larger than %zu bytes", kind, fit->most);
	return false;
}

const char *page_by_rank(const struct message *m, const char *const *by_rank, size_t count)
{
	size_t rank = m->severity_rank < 0 ? 0 : (size_t)m->severity_rank;
	return by_rank[rank < count ? rank : count - 1];
}

const char *page_color(const struct message *m)
{
	static const char *const colors[] = {"#d00000", "#e8590c", "#f2c744", "#439fe0"};
	if (m->event == EVENT_RESOLVE)
		return "#2eb886";
	return m->taken ? "#868e96" : page_by_rank(m, colors, sizeof colors / sizeof *colors);
}
