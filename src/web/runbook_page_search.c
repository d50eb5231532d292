/* Searching the runbooks: every word must be in a runbook's facts, or in its text. */
#include "runbook_page.h"

static char ascii_folded(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
}

static bool word_found(struct str text, struct str word)
{
	for (size_t i = 0; i + word.n <= text.n; i++) {
		size_t n = 0;
		while (n < word.n && ascii_folded(text.p[i + n]) == ascii_folded(word.p[n]))
			n++;
		if (n == word.n)
			return true;
	}
	return false;
}

static bool fact_has(const struct runbook *r, struct str word)
{
	const struct str facts[] = {r->title, r->path, r->description, r->owner, r->severity, r->category};

	for (size_t i = 0; i < sizeof facts / sizeof *facts; i++)
		if (word_found(facts[i], word))
			return true;
	for (size_t i = 0; i < r->alerts.n; i++)
		if (word_found(r->alerts.v[i], word))
			return true;
	return false;
}

/* Texts are looked through while there is budget: the loop must turn. */
static bool text_has(const struct runbook_page *p, const struct runbook *r, struct str word, size_t *budget)
{
	const struct catalog_text *file = catalog_text(p->config->catalog, r->path);

	if (!file || file->text.n > *budget)
		return false;
	*budget -= file->text.n;
	return word_found(file->text, word);
}

bool page_search_finds(const struct runbook_page *p, const struct runbook *r, size_t *budget)
{
	struct str rest = p->q;

	while (rest.n) {
		ptrdiff_t blank = str_index(rest, ' ');
		struct str word = str_slice(rest, 0, blank < 0 ? rest.n : (size_t)blank);
		if (!fact_has(r, word) && !text_has(p, r, word, budget))
			return false;
		rest = str_trim(str_slice(rest, word.n, rest.n));
	}
	return true;
}

static void hidden(struct html *h, const char *name, struct str value)
{
	if (!value.n)
		return;
	html_open(h, "input");
	html_attr_c(h, "type", "hidden");
	html_attr_c(h, "name", name);
	html_attr(h, "value", value);
	html_close(h);
}

void page_search_form(const struct runbook_page *p)
{
	struct html *h = &p->page->html;

	html_open(h, "form");
	html_attr_c(h, "method", "get");
	html_attr_c(h, "role", "search");
	hidden(h, "by", p->by);
	hidden(h, "incident", p->key);
	html_open(h, "label");
	html_say_c(h, "Search the runbooks ");
	html_open(h, "input");
	html_attr_c(h, "name", "q");
	html_attr_c(h, "maxlength", "200");
	html_attr(h, "value", p->q);
	html_close(h);
	html_close(h);
	html_leaf_c(h, "button", NULL, "Search");
	html_close(h);
}
