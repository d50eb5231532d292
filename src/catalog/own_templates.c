/* Templates of messages and of post-mortems in a runbook's own page: they go before the organisation's for its incidents. */
#include <string.h>

#include "catalog/collect.h"
#include "catalog/pages.h"
#include "index_impl.h"

/* Reading a page as an index is done where a heading promises something. */
static bool promises_templates(struct arena *arena, const struct runbook_facts *f)
{
	for (size_t i = 0; i < f->heading_count; i++) {
		enum topic topic = topic_of_heading(words_fold(arena, f->headings[i].text), TOPIC_NONE);
		if (topic == TOPIC_MESSAGES || topic == TOPIC_POSTMORTEM)
			return true;
	}
	return false;
}

static bool has_postmortem(const struct facts *f)
{
	for (size_t i = 0; i < f->sections_count; i++)
		if (f->sections[i].postmortem)
			return true;
	return f->postmortem.body.n > 0;
}

/* The page's own templates first, then the index page's: whoever looks for one of a kind takes the first. */
static void put_templates(struct arena *arena, struct facts *out, const struct facts *own, const struct facts *theirs)
{
	size_t n = own->templates_count + theirs->templates_count;
	out->templates = arena_alloc(arena, (n + 1) * sizeof *out->templates);
	out->templates_count = n;
	for (size_t i = 0; i < n; i++)
		out->templates[i] = i < own->templates_count ? own->templates[i] : theirs->templates[i - own->templates_count];
}

/* The sections of a post-mortem are the page's own where it states some, else the index page's: never both. */
static void put_sections(struct arena *arena, struct facts *out, const struct facts *own, const struct facts *theirs)
{
	bool replaced = has_postmortem(own);
	out->postmortem = replaced ? own->postmortem : theirs->postmortem;
	out->sections = arena_alloc(arena, (own->sections_count + theirs->sections_count + 1) * sizeof *out->sections);
	out->sections_count = 0;
	for (size_t i = 0; i < own->sections_count; i++)
		if (own->sections[i].postmortem)
			out->sections[out->sections_count++] = own->sections[i];
	for (size_t i = 0; i < theirs->sections_count; i++)
		if (!replaced || !theirs->sections[i].postmortem)
			out->sections[out->sections_count++] = theirs->sections[i];
}

/* For people: what was understood of the page. */
static void name_own(struct catalog *c, struct str path, const struct facts *own)
{
	struct runbook *listed = map_get(c->runbooks, path), *whole = map_get(c->whole, path);
	struct runbook *r = listed ? listed : whole;
	for (size_t i = 0; r && i < own->templates_count; i++)
		strs_add(c->arena, &r->templates, own->templates[i].name);
	if (r && has_postmortem(own))
		strs_add(c->arena, &r->templates, STR("Post-mortem"));
}

static void read_own(struct catalog *c, struct str path, struct runbook_file *file)
{
	const struct catalog_text *text = map_get(c->texts, path);
	struct facts own = {0};
	const char *why = NULL;
	if (!text || !promises_templates(c->arena, &file->facts))
		return;
	facts_read_index(c->arena, path.p, page_folder(path), text->text, &own, &why);
	if (own.templates_count || has_postmortem(&own)) {
		file->stated = arena_alloc(c->arena, sizeof *file->stated);
		*file->stated = c->stated;
		put_templates(c->arena, file->stated, &own, &c->stated);
		put_sections(c->arena, file->stated, &own, &c->stated);
		name_own(c, path, &own);
	}
	facts_release(&own);
}

void own_templates_finish(struct catalog *c)
{
	struct str path;
	void *value;
	for (size_t i = 0; map_next(c->files, &i, &path, &value);)
		if (!str_eq(path, c->index_path))
			read_own(c, path, value);
}

static const struct runbook_file *file_of(const struct catalog *c, struct str path)
{
	ptrdiff_t hash = str_index(path, '#');
	return map_get(c->files, str_slice(path, 0, hash < 0 ? path.n : (size_t)hash));
}

const struct facts *catalog_stated_for(const struct catalog *c, struct str path)
{
	const struct runbook_file *file = path.n ? file_of(c, path) : NULL;
	return file && file->stated ? file->stated : catalog_stated(c);
}
