/* facts_read_runbook(): what a runbook says of itself. The files beside this one collect; here it is weighed. */
#include <stdlib.h>
#include <string.h>

#include "catalog/slug.h"
#include "runbook_impl.h"
#include "words/table_review_words.h"
#include "words/table_runbook_sections.h"
#include "words/words.h"

void runbook_facts_release(struct runbook_facts *f)
{
	free(f->parts);
	free(f->sections);
	free(f->sent);
	f->parts = f->sections = NULL;
	f->sent = NULL;
	f->sent_count = f->sent_capacity = 0;
	f->parts_count = f->parts_capacity = f->sections_count = f->sections_capacity = 0;
}

/* ---- the walk over the page's blocks ---- */

static bool section_is(struct str folded, enum runbook_section kind)
{
	for (size_t i = 0; i < runbook_sections.count; i++)
		if (runbook_sections.rows[i].value == (int)kind && str_eq_c(folded, runbook_sections.rows[i].phrase))
			return true;
	return false;
}

bool runbook_says_alerts(struct str folded)
{
	return section_is(folded, SECTION_ALERTS);
}

bool runbook_says_related(struct str folded)
{
	for (size_t i = 0; i < runbook_sections.count; i++)
		if (runbook_sections.rows[i].value == SECTION_RELATED &&
		    str_starts(folded, str_c(runbook_sections.rows[i].phrase)))
			return true;
	return false;
}

/* What stands above or beside the sections: the title's own level. Sections are one below, or it where several have it. */
static int runbook_section_level(const struct reading *r)
{
	size_t same = 0;
	for (size_t i = 0; i < r->heading_count; i++)
		same += r->headings[i].level == r->headings[0].level;
	return r->heading_count ? r->headings[0].level + (same == 1) : 2;
}

static void leave_sections(struct reading *r, int level)
{
	while (r->part && r->sections[r->part - 1].level >= level)
		r->part = r->sections[r->part - 1].parent;
}

/* Sections of the page's own level, and deeper ones that name an alert. */
static void enter_runbook_section(struct reading *r, const struct heading *h, int level)
{
	bool own = h != r->headings || level <= h->level;
	struct str behind = runbook_alert_behind_words(r->arena, h->marked, !own);
	bool alert = own && (behind.n || r->opens[h - r->headings] || runbook_alerts_in_title(r->arena, h->text).n);
	r->named = alert;
	leave_sections(r, h->level);
	if (!own && behind.n)
		runbook_add_alert(r, behind);
	if (h->level > level && !alert)
		return;
	if (h->level < level && !r->sections_count)
		return;
	MEM_ROOM(r->sections, r->sections_count, r->sections_capacity);
	r->sections[r->sections_count++] =
		(struct runbook_part){h->text, h->anchor, {r->file, h->line, 1}, h->level, r->part, alert};
	r->part = (int)r->sections_count;
	if (behind.n)
		runbook_add_alert(r, behind);
}

/* "## Severity: P2" says it itself. */
static void take_heading(struct reading *r, const struct heading *h)
{
	ptrdiff_t colon = str_index(h->text, ':');
	struct str key = str_slice(h->text, 0, colon < 0 ? 0 : (size_t)colon);
	enum runbook_key is = runbook_key_of(runbook_fold(r->arena, key));
	enum runbook_zone zone = r->zone;
	if (!key.n || is == KEY_NONE || is == KEY_ALERTS || is == KEY_TITLE)
		return;
	r->zone = ZONE_HEADER;
	runbook_add_field(r, key, (struct runbook_value){.text = str_trim(str_slice(h->text, key.n + 1, h->text.n))});
	r->zone = zone;
}

/* "Access reviews": of something that is not the page. */
static bool names_other_review(struct reading *r, struct str heading)
{
	struct str folded = words_fold(r->arena, heading);
	if (!words_have(folded, "review"))
		return false;
	for (size_t from = 0, end; from < folded.n; from = end + 1) {
		for (end = from; end < folded.n && folded.p[end] != ' ';)
			end++;
		if (!words_table_is(&review_words, 0, str_slice(folded, from, end)))
			return true;
	}
	return false;
}

static void enter_runbook_heading(struct reading *r, const struct heading *h, int level)
{
	struct str name = runbook_fold(r->arena, h->text);
	enter_runbook_section(r, h, level);
	bool first = h == r->headings && h->level < level;
	r->zone = first || section_is(name, SECTION_ABOUT) ? ZONE_HEADER : ZONE_BODY;
	r->other_reviewed = names_other_review(r, h->text);
	r->aside = section_is(name, SECTION_ASIDE);
	r->related_section = r->aside || runbook_says_related(name);
	r->alert_section = runbook_intro_of(name) != INTRO_NONE &&
	                   (r->related_section || runbook_key_of(name) == KEY_NONE || runbook_says_alerts(name));
	r->heading_key = r->alert_section ? KEY_NONE : runbook_key_of(name);
	take_heading(r, h);
}

/* "## Severity", and below it the word. */
static void take_below_heading(struct reading *r, cmark_node *block)
{
	cmark_node *node = block;
	enum runbook_zone zone = r->zone;
	struct str key = r->sections_count ? r->sections[r->sections_count - 1].title : (struct str){NULL, 0};
	for (const struct heading *h = r->headings; h < r->headings + r->heading_count; h++)
		if (h->line < cmark_node_get_start_line(block) + r->m->line)
			key = h->text;
	while (node && !node_is(node, "paragraph"))
		node = cmark_node_first_child(node);
	r->heading_key = KEY_NONE;
	if (!node)
		return;
	r->zone = ZONE_HEADER;
	runbook_add_field(r, key, node_value(r->arena, node));
	r->zone = zone;
}

/* A table in raw HTML says what one of Markdown would. */
static void take_html(struct reading *r, cmark_node *html)
{
	struct html_table rows;
	const struct markdown *page = r->m;
	struct markdown *m = markdown_html_table(r->arena, html, &rows);
	if (m) {
		m->line = page->line + cmark_node_get_start_line(html) - 1;
		r->m = m;
		runbook_take_fields(r, cmark_node_first_child(m->root));
		runbook_take_alerts(r, cmark_node_first_child(m->root));
		r->m = page;
	}
	markdown_free(m);
	html_table_release(&rows);
}

static void read_runbook_blocks(struct reading *r)
{
	size_t next = 0;
	int level = runbook_section_level(r);
	const cmark_node *footer = runbook_footer(r, level);
	bool opening = false;
	r->opens = runbook_group_openings(r, level);
	r->zone = ZONE_HEADER;
	for (cmark_node *n = cmark_node_first_child(r->m->root); n; n = cmark_node_next(n)) {
		int line = cmark_node_get_start_line(n) + r->m->line;
		while (next < r->heading_count && r->headings[next].line < line)
			next++; /* inside a list or quote */
		if (n == footer) {
			r->zone = ZONE_FOOTER;
			r->alert_section = r->related_section = false;
			r->other_reviewed = r->other_reviewed && cmark_node_get_type(n) != CMARK_NODE_THEMATIC_BREAK;
		}
		if (cmark_node_get_type(n) == CMARK_NODE_HEADING) {
			if (next < r->heading_count)
				enter_runbook_heading(r, &r->headings[next++], level);
			opening = !r->aside;
			r->states = false;
			continue;
		}
		opening = opening && runbook_states(r, n, !r->states && !r->named);
		r->states = opening && r->zone == ZONE_BODY;
		if (r->heading_key != KEY_NONE)
			take_below_heading(r, n);
		if (cmark_node_get_type(n) == CMARK_NODE_HTML_BLOCK)
			take_html(r, n);
		runbook_take_fields(r, n);
		runbook_take_alerts(r, n);
	}
}

/* ---- weighing ---- */

static bool counts_anywhere(enum runbook_key key)
{
	return key == KEY_SEVERITY || key == KEY_ALERTS;
}

/* Whether what stands in `inner` is `part`'s: it is that part, or stands in it and in no part of its own. */
static bool stands_in(const struct reading *r, int inner, int part, const bool *is_part)
{
	while (inner && inner != part && !is_part[inner])
		inner = r->sections[inner - 1].parent;
	return inner == part;
}

/* For the page (part 0): what stands in a part of its own does not count; in a section's body, only what is unmistakable. */
static bool applies(const struct reading *r, const struct runbook_field *f, int part, const bool *is_part)
{
	if (part)
		return stands_in(r, f->part, part, is_part) && f->zone != ZONE_FOOTER;
	if (f->zone == ZONE_FRONT || f->zone == ZONE_FOOTER)
		return true;
	return stands_in(r, f->part, 0, is_part) && (f->zone == ZONE_HEADER || counts_anywhere(f->key));
}

/* A date says when the next one is due, whatever the key is called; a time says how often. */
static void apply_review(struct reading *r, struct fact_runbook *b, const struct runbook_field *f)
{
	struct str date = fact_date_read(r->arena, f->value.text);
	struct fact_duration every = fact_review_read(r->arena, f->value.text);
	if (date.n)
		str_set_once(&b->next_review, date);
	else if (!b->review.text.n && (f->key == KEY_REVIEW || every.ms))
		b->review = every;
}

static void apply_runbook_field(struct reading *r, struct fact_runbook *b, const struct runbook_field *f)
{
	struct str text = f->value.text;
	switch (f->key) {
	case KEY_TITLE: str_set_once(&b->title, text); break;
	case KEY_SEVERITY:
		if (!b->severities.n)
			b->severities = words_severities(r->arena, text);
		break;
	case KEY_OWNER: str_set_once(&b->owner, text); break;
	case KEY_APPROVAL: str_set_once(&b->approval, text); break;
	case KEY_TIME:
		if (!b->estimated_time.text.n)
			b->estimated_time = fact_duration_read(r->arena, text);
		break;
	case KEY_UPDATED: str_set_once(&b->last_updated, fact_date_read(r->arena, text)); break;
	case KEY_REVIEW:
	case KEY_NEXT_REVIEW: apply_review(r, b, f); break;
	case KEY_TYPE: str_set_once(&b->type, text); break;
	case KEY_CATEGORY: str_set_once(&b->category, text); break;
	case KEY_DESCRIPTION: str_set_once(&b->description, text); break;
	case KEY_ALERTS:
	case KEY_OWNER_CHANNEL: /* once it is known that nothing says who */
	case KEY_NONE: break;
	}
}

static void apply_fields(struct reading *r, struct fact_runbook *b, int part, const bool *is_part)
{
	for (int zone = ZONE_FRONT; zone <= ZONE_BODY; zone++)
		for (size_t i = 0; i < r->fields_count; i++)
			if (r->fields[i].zone == (enum runbook_zone)zone && applies(r, &r->fields[i], part, is_part))
				apply_runbook_field(r, b, &r->fields[i]);
	for (size_t i = 0; i < r->fields_count; i++)
		if (r->fields[i].key == KEY_OWNER_CHANNEL && applies(r, &r->fields[i], part, is_part))
			str_set_once(&b->owner, r->fields[i].value.text);
}

static void take_claimed_alerts(struct reading *r, struct strs *list, const struct strs *not_in, enum alert_claim claim,
                                int part, const bool *is_part)
{
	for (size_t i = 0; i < r->alerts_count; i++) {
		const struct runbook_alert *a = &r->alerts[i];
		if (a->claim == claim && stands_in(r, a->part, part, is_part) && !strs_contain(not_in, a->name) &&
		    !strs_contain(list, a->name))
			strs_add(r->arena, list, a->name);
	}
}

static void take_runbook_alerts(struct reading *r, struct fact_runbook *b, int part, const bool *is_part)
{
	struct strs title = runbook_alerts_in_title(r->arena, b->title);
	take_claimed_alerts(r, &b->alerts, &b->alerts, CLAIM_OWN, part, is_part);
	for (size_t i = 0; i < title.n; i++)
		if (!strs_contain(&b->alerts, title.v[i]))
			strs_add(r->arena, &b->alerts, title.v[i]);
	bool plain = b->alerts.n > 0;
	take_claimed_alerts(r, &b->alerts, &b->alerts, CLAIM_LIKELY, part, is_part);
	if (!plain)
		take_claimed_alerts(r, &b->related, &b->alerts, CLAIM_RELATED, part, is_part);
	take_claimed_alerts(r, &b->hints, &b->alerts, CLAIM_HINT, part, is_part);
}

/* ---- parts ---- */

static bool states_itself(const struct reading *r, int part)
{
	bool severity = false, alerts = false;
	for (size_t i = 0; i < r->fields_count; i++)
		if (r->fields[i].part == part && r->fields[i].zone != ZONE_FOOTER) {
			severity = severity || r->fields[i].key == KEY_SEVERITY;
			alerts = alerts || (r->fields[i].key == KEY_ALERTS && !r->fields[i].weak);
		}
	return severity || alerts;
}

static bool is_runbook(const struct reading *r, int part)
{
	const struct runbook_part *s = &r->sections[part - 1];
	struct str name = runbook_fold(r->arena, s->title);
	if (section_is(name, SECTION_USUAL) || section_is(name, SECTION_ABOUT))
		return false;
	return s->alert || states_itself(r, part);
}

static bool page_names_alert(const struct reading *r)
{
	if (r->heading_count && runbook_alerts_in_title(r->arena, r->headings[0].text).n)
		return true;
	for (size_t i = 0; i < r->alerts_count; i++)
		if (!r->alerts[i].part && r->alerts[i].claim == CLAIM_OWN)
			return true;
	return false;
}

/* One section alone is a runbook of its own where its heading names the alert, and the page none. */
static void mark_parts(const struct reading *r, bool *is_part)
{
	size_t n = 0;
	bool named = false;
	for (size_t i = 1; i <= r->sections_count; i++) {
		is_part[i] = is_runbook(r, (int)i);
		n += is_part[i];
		named = named || (is_part[i] && r->sections[i - 1].alert);
	}
	if (n < 2 && (!named || page_names_alert(r)))
		memset(is_part, 0, (r->sections_count + 1) * sizeof *is_part);
}

/* What a table says is for a section is that section's, wherever the table stands. */
static void place_claims(struct reading *r, bool *is_part)
{
	for (size_t i = 0; i < r->alerts_count; i++)
		for (size_t k = 0; r->alerts[i].anchor.n && k < r->sections_count; k++)
			if (str_eq(r->sections[k].anchor, r->alerts[i].anchor)) {
				r->alerts[i].part = (int)k + 1;
				is_part[k + 1] = true;
				break;
			}
}

static struct fact_runbook section_facts(struct reading *r, struct str path, size_t i, const bool *is_part)
{
	const struct runbook_part *s = &r->sections[i - 1];
	struct fact_runbook facts = {.path = path, .anchor = s->anchor, .title = s->title, .at = s->at};
	apply_fields(r, &facts, (int)i, is_part);
	if (!facts.severities.n)
		facts.severities = runbook_severities_in_title(r->arena, facts.title);
	take_runbook_alerts(r, &facts, (int)i, is_part);
	return facts;
}

static void add_parts(struct reading *r, struct str path, const bool *is_part)
{
	struct runbook_facts *out = r->out;
	for (size_t i = 1; i <= r->sections_count; i++) {
		if (is_part[i]) {
			MEM_ROOM(out->parts, out->parts_count, out->parts_capacity);
			out->parts[out->parts_count++] = section_facts(r, path, i, is_part);
		} else {
			MEM_ROOM(out->sections, out->sections_count, out->sections_capacity);
			out->sections[out->sections_count++] = section_facts(r, path, i, is_part);
		}
	}
}

/* ---- the whole ---- */

static struct str first_title(const struct heading *headings, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (headings[i].text.n)
			return headings[i].text;
	return (struct str){NULL, 0};
}

static void weigh_runbook_facts(struct reading *r, struct str path)
{
	struct fact_runbook *self = &r->out->self;
	bool *is_part = mem_zero((r->sections_count + 1) * sizeof *is_part);
	mark_parts(r, is_part);
	place_claims(r, is_part);
	apply_fields(r, self, 0, is_part);
	if (!self->title.n)
		self->title = first_title(r->headings, r->heading_count);
	if (!self->severities.n)
		self->severities = runbook_severities_in_title(r->arena, self->title);
	take_runbook_alerts(r, self, 0, is_part);
	add_parts(r, path, is_part);
	free(is_part);
}

/* Too heavy to parse: a light scan's headings are better than none. */
static void read_outline(struct reading *r, struct str text)
{
	struct outline outline;
	outline_read(r->arena, text, &outline);
	r->headings = outline.headings;
	r->heading_count = outline.count;
	struct fact_heading *h = arena_alloc(r->arena, (outline.count + 1) * sizeof *h);
	for (size_t i = 0; i < outline.count; i++)
		h[i] = (struct fact_heading){.text = outline.headings[i].text,
		                             .anchor = outline.headings[i].anchor,
		                             .read = &outline.headings[i],
		                             .level = outline.headings[i].level,
		                             .at = {r->file, outline.headings[i].line, 1}};
	r->out->headings = h;
	r->out->heading_count = outline.count;
}

void facts_read_runbook(struct arena *arena, const char *file, struct str path, struct str text,
                        struct runbook_facts *out, const char **why)
{
	*out = (struct runbook_facts){.self = {.path = path, .at = {file, 1, 1}}};
	struct reading r = {.arena = arena, .file = file, .out = out};
	struct str rest = text;
	int lines = 0;
	runbook_take_front_matter(&r, front_matter_take(&rest, &lines));
	struct markdown *m = markdown_parse(arena, text, why);
	if (m) {
		*why = NULL;
		r.m = m;
		r.heading_count = markdown_headings(m, &r.headings);
		out->ids = markdown_ids(m);
		markdown_link_wiki(m, arena, text, NULL, NULL);
		runbook_take_sections(&r);
		read_runbook_blocks(&r);
	} else {
		read_outline(&r, text);
	}
	weigh_runbook_facts(&r, path);
	markdown_free(m);
	free(r.fields);
	free(r.alerts);
	free(r.sections);
}
