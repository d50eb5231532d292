/* What lint finds wrong with a runbook: a tag in the list of all, and the sentences on its own page. */
#include "runbook_page.h"
#include "web/findings.h"

#define FINDINGS_SHOWN 30 /* on a page; the rest is counted */

static const struct lint *findings_here(const struct runbook_page *p)
{
	return findings_of(p->page->api->findings, p->config, p->now);
}

/* They are sorted by file: the first of this one, or where it would stand. */
static size_t first_finding_of(const struct lint *lint, struct str path)
{
	size_t low = 0, high = lint->n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (str_cmp(str_c(lint->v[middle].at.file), path) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static bool is_finding_about(const struct lint *lint, size_t i, struct str path)
{
	return i < lint->n && str_eq(str_c(lint->v[i].at.file), path);
}

struct page_findings page_findings_of(const struct runbook_page *p, struct str path)
{
	const struct lint *lint = findings_here(p);
	struct page_findings out = {0, LINT_HINT};

	for (size_t i = lint ? first_finding_of(lint, path) : 0; lint && is_finding_about(lint, i, path); i++) {
		out.count++;
		out.worst = lint->v[i].level > out.worst ? lint->v[i].level : out.worst;
	}
	return out;
}

static void write_finding(const struct runbook_page *p, const struct lint_finding *f)
{
	page_add(p, "<li><span class=\"tag\">");
	page_add(p, lint_level_name(f->level));
	page_add(p, "</span> ");
	if (f->at.line)
		buf_printf(p->out, "line %d: ", f->at.line);
	page_text(p, f->message);
	page_add(p, " <span class=\"about\">");
	page_add(p, lint_codes[f->code].name);
	page_add(p, "</span></li>\n");
}

void page_findings(const struct runbook_page *p, struct str path)
{
	const struct lint *lint = findings_here(p);
	struct page_findings all = page_findings_of(p, path);
	size_t first = lint ? first_finding_of(lint, path) : 0,
		   shown = all.count < FINDINGS_SHOWN ? all.count : FINDINGS_SHOWN;

	if (!all.count)
		return;
	buf_printf(p->out, "<details class=\"findings\" id=\"findings\"><summary>%zu finding%s of lint</summary>\n<ul>\n",
	           all.count, all.count == 1 ? "" : "s");
	for (size_t i = 0; i < shown; i++)
		write_finding(p, &lint->v[first + i]);
	if (all.count > shown)
		buf_printf(p->out, "<li>… and %zu more: <code>runbookctl lint</code></li>\n", all.count - shown);
	page_add(p, "</ul></details>\n");
}
