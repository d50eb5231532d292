/* What the index page says against what the runbooks say; and what it leaves open. */
#include <string.h>

#include "catalog/pages.h"
#include "runbook_lint_impl.h"

static const struct pos nowhere = {NULL, 0, 0};

/* ---- contradictions ---- */

struct pair { /* one row of the index page, and what its page says of itself */
	const struct folder_lint *l;
	const struct lint_page *page;
	const struct fact_runbook *row, *self;
};

static bool alike(struct arena *arena, struct str a, struct str b)
{
	struct str x = lint_words(arena, a), y = lint_words(arena, b);
	return lint_words_have(x, y) || lint_words_have(y, x);
}

static void report_disagreement(const struct pair *p, const char *what, struct str row, struct str self,
                                enum lint_level level)
{
	page_finding(p->l, p->page, LINT_CONTRADICTION, p->self->at, p->row->at,
	             "%s: the index page says \"%.*s\", the runbook \"%.*s\": make them agree", what, STR_ARG(row),
	             STR_ARG(self))
		->level = level;
}

static struct str next_folded_word(struct str *words)
{
	ptrdiff_t blank = str_index(*words, ' ');
	struct str word = blank < 0 ? *words : str_slice(*words, 0, (size_t)blank);
	*words = blank < 0 ? (struct str){NULL, 0} : str_slice(*words, (size_t)blank + 1, words->n);
	return word;
}

/* RB-01 is what a runbook is filed under. */
static bool is_identifier(struct str title)
{
	bool digit = false;
	for (size_t i = 0; i < title.n; i++)
		digit = digit || (title.p[i] >= '0' && title.p[i] <= '9');
	return digit && str_index(title, ' ') < 0;
}

/* "Disk full [Archived]" */
static struct str without_mark(struct str title)
{
	title = str_trim(title);
	ptrdiff_t open = str_ends(title, STR("]")) ? str_find(title, STR(" [")) : -1;
	return open > 0 ? str_slice(title, 0, (size_t)open) : title;
}

/* "[pump-stopped](pump-stopped.md)" says what the page is filed under, as the file's name does. */
static bool is_name_of_file(const struct pair *p)
{
	struct str name = lint_words(p->l->arena, page_name(p->row->path));
	return str_eq(lint_words(p->l->arena, p->row->title), name);
}

/* Titles are worded freely: only those that have no word in common are about different things. */
static void compare_titles(const struct pair *p)
{
	struct str row = lint_words(p->l->arena, without_mark(p->row->title));
	struct str self = lint_words(p->l->arena, without_mark(p->self->title));
	struct str rest = row, word = {NULL, 0};
	if (p->row->moved || !row.n || !self.n || str_eq(row, self) || is_identifier(p->row->title) || p->row->anchor.n ||
	    str_ends(p->row->title, STR(".md")) || is_name_of_file(p))
		return;
	while ((word = next_folded_word(&rest)).n)
		if (word.n > 2 && !str_eq_c(word, "runbook") && lint_words_have(self, word))
			return;
	report_disagreement(p, "title", p->row->title, p->self->title, LINT_HINT);
}

static void compare_words(const struct pair *p, const char *what, struct str row, struct str self)
{
	if (row.n && self.n && !alike(p->l->arena, row, self))
		report_disagreement(p, what, row, self, LINT_WARNING);
}

static bool same_severity(const struct catalog *c, struct str a, struct str b)
{
	const struct severity *x = catalog_severity(c, a), *y = catalog_severity(c, b);
	return str_eq_nocase(a, b) || (x && x == y);
}

static void compare_severities(const struct pair *p)
{
	const struct strs *row = &p->row->severities, *self = &p->self->severities;
	for (size_t i = 0; i < row->n; i++)
		for (size_t k = 0; k < self->n; k++)
			if (same_severity(p->l->catalog, row->v[i], self->v[k]))
				return;
	if (row->n && self->n)
		report_disagreement(p, "severity", row->v[0], self->v[0], LINT_WARNING);
}

static const struct fact_runbook *self_of(const struct lint_page *page, struct str anchor)
{
	for (size_t i = 0; anchor.n && i < page->facts->parts_count; i++)
		if (str_eq(page->facts->parts[i].anchor, anchor))
			return &page->facts->parts[i];
	/* Of several runbooks in one page, what the page says is about all of them at most. */
	return anchor.n && page->facts->parts_count ? NULL : &page->facts->self;
}

static void compare_row(const struct folder_lint *l, const struct fact_runbook *row)
{
	const struct lint_page *page = folder_page(l, row->path);
	struct pair p = {l, page, row, page ? self_of(page, row->anchor) : NULL};
	if (!p.self)
		return;
	compare_severities(&p);
	compare_words(&p, "owner", row->owner, p.self->owner);
	compare_words(&p, "approval", row->approval, p.self->approval);
	compare_titles(&p);
	/* One section takes its own time, whatever the whole page says. */
	bool of_a_section = row->anchor.n && p.self == &page->facts->self;
	int64_t there = row->estimated_time.ms, here = p.self->estimated_time.ms;
	if (there && here && there != here && !of_a_section)
		report_disagreement(&p, "estimated time", row->estimated_time.text, p.self->estimated_time.text, LINT_WARNING);
}

/* A runbook that defines severities of its own, with other times. */
static void compare_vocabulary(const struct folder_lint *l, const struct lint_page *page)
{
	struct facts f = {0};
	const char *why = NULL;
	facts_read_index(l->arena, arena_cstr(l->arena, page->path), (struct str){NULL, 0}, page->text, &f, &why);
	for (size_t i = 0; i < f.severities_count; i++) {
		const struct fact_severity *own = &f.severities[i];
		const struct severity *s = catalog_severity(l->catalog, own->name);
		if (s && s->at.file && s->response_ms && own->response.ms && s->response_ms != own->response.ms)
			page_finding(l, page, LINT_CONTRADICTION, own->at, s->at,
			             "severity %.*s: here the response time is \"%.*s\", elsewhere \"%.*s\": make them agree",
			             STR_ARG(own->name), STR_ARG(own->response.text), STR_ARG(s->response.text));
	}
	facts_release(&f);
}

static void check_known(const struct folder_lint *l, const struct lint_page *page, const struct fact_runbook *r)
{
	for (size_t i = 0; i < r->severities.n; i++)
		if (!catalog_severity(l->catalog, r->severities.v[i]))
			page_finding(l, page, LINT_UNKNOWN_SEVERITY, r->at, nowhere,
			             "the severity \"%.*s\" is none that the catalog knows: use one of its words",
			             STR_ARG(r->severities.v[i]))
				->level = LINT_WARNING;
}

void lint_contradictions(const struct folder_lint *l)
{
	const struct facts *index = catalog_index(l->catalog);
	for (size_t i = 0; i < index->runbooks_count; i++) {
		compare_row(l, &index->runbooks[i]);
		check_known(l, folder_page(l, index->runbooks[i].path), &index->runbooks[i]);
	}
	for (size_t i = 0; i < l->page_count; i++) {
		if (!l->pages[i].runbook)
			continue;
		check_known(l, &l->pages[i], &l->pages[i].facts->self);
		if (index->severities_count)
			compare_vocabulary(l, &l->pages[i]);
	}
}

/* ---- severities ---- */

static bool is_used(const struct folder_lint *l, const struct severity *s, struct pos *at)
{
	const struct runbook *const *runbooks;
	size_t n = catalog_runbooks(l->catalog, &runbooks);
	for (size_t i = 0; i < n; i++)
		if (str_eq(runbooks[i]->severity, s->name)) {
			*at = runbooks[i]->at;
			return true;
		}
	return false;
}

struct poor_severity {
	struct str name;
	struct pos at;
	enum lint_level level;
};

/* The severities that lack one thing, and how many were asked for it. */
struct lacking {
	enum lint_code code;
	const char *what; /* behind the name */
	struct poor_severity *v;
	size_t n, capacity, asked;
};

static void ask_for_fact(struct lacking *x, bool lacks, struct poor_severity s)
{
	x->asked++;
	if (!lacks)
		return;
	MEM_ROOM(x->v, x->n, x->capacity);
	x->v[x->n++] = s;
}

/* Where no severity has it, the page does not say such things: one finding. */
#define ALL_LEAST 2
static void report_lacking(const struct folder_lint *l, struct lacking *x)
{
	bool all = x->n >= ALL_LEAST && x->n == x->asked;
	AUTOBUF struct buf names;

	buf_init(&names, 32 * 1024);
	for (size_t i = 0; i < x->n; i++)
		buf_printf(&names, "%s\"%.*s\"", i ? ", " : "", STR_ARG(x->v[i].name));
	if (all)
		lint_add(l->out, x->code, NULL, x->v[0].at, nowhere, "the severities %.*s have no %s", STR_ARG(buf_str(&names)),
		         x->what)
			->level = x->v[0].level;
	for (size_t i = 0; !all && i < x->n; i++)
		lint_add(l->out, x->code, NULL, x->v[i].at, nowhere, "the severity \"%.*s\" has no %s", STR_ARG(x->v[i].name),
		         x->what)
			->level = x->v[i].level;
	mem_cleanup(&x->v);
}

static void check_severity(const struct folder_lint *l, const struct severity *s, struct lacking *response,
                           struct lacking *escalation)
{
	struct pos at = s->at;
	bool stated = at.file && str_eq(str_c(at.file), catalog_index_path(l->catalog));
	if (s->rank == SEVERITY_RANK_NONE || (!at.file && !is_used(l, s, &at)))
		return;
	struct poor_severity poor = {s->name, at, stated ? LINT_WARNING : LINT_HINT};
	ask_for_fact(response, !s->response.text.n && !s->response_ms, poor);
	poor.level = s->escalation_text.n ? LINT_HINT : poor.level;
	ask_for_fact(escalation, !s->escalation.n, poor);
}

void lint_severities(const struct folder_lint *l)
{
	const struct severity *const *severities;
	size_t n = catalog_severities(l->catalog, &severities);
	struct lacking response = {
		LINT_SEVERITY_WITHOUT_RESPONSE, "response time: state one in the index page", NULL, 0, 0, 0};
	struct lacking escalation = {
		LINT_SEVERITY_WITHOUT_ESCALATION, "escalation path: state who is told after which time", NULL, 0, 0, 0};
	for (size_t i = 0; i < n; i++)
		check_severity(l, severities[i], &response, &escalation);
	report_lacking(l, &response);
	report_lacking(l, &escalation);
}

/* ---- approvers ---- */

static struct str cut_joint_role(struct str *rest)
{
	static const char *const joints[] = {"+", ",", "/", "&", " and ", " or ", ";"};
	size_t end = rest->n, skip = 0;
	for (size_t i = 0; i < sizeof joints / sizeof *joints; i++) {
		ptrdiff_t at = str_find(*rest, str_c(joints[i]));
		if (at >= 0 && (size_t)at < end) {
			end = (size_t)at;
			skip = strlen(joints[i]);
		}
	}
	struct str role = str_trim(str_slice(*rest, 0, end));
	*rest = str_slice(*rest, end + skip, rest->n);
	return role;
}

/* "the DBA, before a failover": what has no capital is a condition and no role. */
static bool is_nobody(struct arena *arena, struct str role)
{
	bool capital = false;
	for (size_t i = 0; i < role.n; i++)
		capital = capital || (role.p[i] >= 'A' && role.p[i] <= 'Z') || (unsigned char)role.p[i] >= 0x80;
	if (!capital)
		return true;
	static const char *const words[] = {"",     "no",        "none",  "not required", "n a",      "yes", "required",
	                                    "auto", "automatic", "varie", "varies",       "optional", "any", "tbd"};
	struct str folded = lint_words(arena, role);
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (str_eq_c(folded, words[i]))
			return true;
	return false;
}

/* "Security Team" is the contact "Security". */
static bool has_contact(const struct folder_lint *l, struct str role)
{
	const struct contact *const *contacts;
	size_t n = catalog_contacts(l->catalog, &contacts);
	bool found = catalog_contact(l->catalog, role) || l->world->receiver_known(l->world->arg, role);
	for (size_t i = 0; !found && i < n; i++)
		found = alike(l->arena, contacts[i]->role, role);
	return found;
}

static void check_approval(const struct folder_lint *l, const struct runbook *r, struct map *told)
{
	struct str rest = r->approval;
	ptrdiff_t dash = str_index(rest, '(');
	rest = dash < 0 ? rest : str_slice(rest, 0, (size_t)dash);
	while (rest.n) {
		struct str role = cut_joint_role(&rest), key = lint_words(l->arena, role);
		if (is_nobody(l->arena, role) || map_get(told, key) || has_contact(l, role))
			continue;
		map_set(told, key, told);
		page_finding(l, folder_page(l, r->path), LINT_UNKNOWN_CONTACT, r->at, nowhere,
		             "\"%.*s\" must approve \"%.*s\" and is no contact: say how to reach them", STR_ARG(role),
		             STR_ARG(r->title));
	}
}

/* Each role once: it is the contact that is missing, not the runbook that is wrong. */
void lint_approvers(const struct folder_lint *l)
{
	const struct runbook *const *runbooks;
	const struct contact *const *contacts;
	size_t n = catalog_runbooks(l->catalog, &runbooks);
	struct map *told = map_new();
	for (size_t i = 0; catalog_contacts(l->catalog, &contacts) && i < n; i++)
		check_approval(l, runbooks[i], told);
	map_free(told);
}
