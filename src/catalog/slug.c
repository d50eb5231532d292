/* The rules as a table, what is done to a heading before its id is made, and how repeats are told apart. */
#include "catalog/slug.h"

#include <stdlib.h>
#include <string.h>

#include "base/map.h"
#include "catalog/explicit_ids.h"
#include "slug_impl.h"

enum repeats {
	REPEATS_NUMBERED, /* x, x-1, x-2: the first that is free */
	REPEATS_COUNTED,  /* the same, whether free or not */
	REPEATS_UNDER,    /* x, x_1, x_2; x_2 is followed by x_3; nothing by _1 */
	REPEATS_ID,       /* x, id1, id2, counted over the page */
	REPEATS_SAME
};

static const struct rule {
	void (*make)(struct str text, struct buf *out);
	enum repeats repeats;
	bool takes_attribute; /* {#id} at the end is the id */
	bool counts_given;    /* and what is given so is taken for others */
	bool from_source;
	bool smart;             /* two and three hyphens are a dash, which goes */
	bool empties_braces;    /* a template language takes {{ … }} and {% … %} out */
	bool refuses_braces;    /* it stops at them: there is no such page */
	bool names_emoji;       /* :name: is a picture, which goes */
	bool drops_line_ends;   /* of a heading of two lines; elsewhere each is a blank */
	const char *when_empty; /* NULL: no id */
} rules[SLUG_RULES] = {
	[SLUG_GITHUB] = {.make = slug_github, .drops_line_ends = true},
	[SLUG_GITLAB] = {.make = slug_gitlab, .repeats = REPEATS_COUNTED},
	[SLUG_HUGO] =
		{.make = slug_hugo, .takes_attribute = true, .counts_given = true, .smart = true, .when_empty = "heading"},
	[SLUG_HUGO_SOURCE] = {.make = slug_hugo,
                          .takes_attribute = true,
                          .counts_given = true,
                          .from_source = true,
                          .when_empty = "heading"},
	[SLUG_MKDOCS] = {.make = slug_python, .repeats = REPEATS_UNDER},
	[SLUG_MKDOCS_ATTR_LIST] = {.make = slug_python,
                               .repeats = REPEATS_UNDER,
                               .takes_attribute = true,
                               .counts_given = true},
	[SLUG_JEKYLL] = {.make = slug_github,
                     .repeats = REPEATS_COUNTED,
                     .takes_attribute = true,
                     .smart = true,
                     .empties_braces = true},
	[SLUG_SPHINX] = {.make = slug_docutils, .repeats = REPEATS_ID},
	[SLUG_DOCUSAURUS] = {.make = slug_github, .takes_attribute = true, .refuses_braces = true},
	[SLUG_VITEPRESS] = {.make = slug_mdit_vue,
                        .takes_attribute = true,
                        .counts_given = true,
                        .refuses_braces = true,
                        .names_emoji = true},
	[SLUG_HONKIT] = {.make = slug_gitbook, .repeats = REPEATS_SAME, .takes_attribute = true, .empties_braces = true},
	[SLUG_MDBOOK] = {.make = slug_mdbook, .takes_attribute = true, .counts_given = true, .smart = true},
	[SLUG_MARKDOWN_IT_ANCHOR] = {.make = slug_markdown_it},
	[SLUG_PANDOC] =
		{.make = slug_pandoc, .takes_attribute = true, .counts_given = true, .smart = true, .when_empty = "section"},
	[SLUG_PANDOC_GFM] = {.make = slug_pandoc_gfm, .repeats = REPEATS_COUNTED},
};

struct slugs {
	const struct rule *rule;
	struct arena *arena;
	struct map *seen; /* id -> size_t: how many repeats of it were numbered */
	size_t numbered;  /* REPEATS_ID: on this page */
};

struct slugs *slugs_new(enum slug_rule rule)
{
	struct slugs *s = mem_zero(sizeof *s);
	s->rule = &rules[rule];
	s->arena = arena_new();
	s->seen = map_new();
	return s;
}

void slugs_free(struct slugs *s)
{
	if (!s)
		return;
	map_free(s->seen);
	arena_free(s->arena);
	free(s);
}

/* ---- before the id is made ---- */

/* Length of "{{ … }}" or "{% … %}" that `s` begins with; 0: none. */
static size_t braces_length(struct str s)
{
	bool value = str_starts(s, STR("{{")), tag = str_starts(s, STR("{%"));
	ptrdiff_t end = value ? str_find(s, STR("}}")) : tag ? str_find(s, STR("%}")) : -1;
	return end < 0 ? 0 : (size_t)end + 2;
}

static bool has_braces(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (braces_length(str_slice(s, i, s.n)))
			return true;
	return false;
}

static size_t hyphens(struct str s)
{
	size_t n = 0;
	while (n < 3 && n < s.n && s.p[n] == '-')
		n++;
	return n >= 2 ? n : 0;
}

/* ":warning:", as a word of its own. */
static size_t emoji_length(struct str s, size_t i)
{
	bool letters = false;
	size_t n = i + 1;
	if (s.p[i] != ':' || (i && s.p[i - 1] != ' '))
		return 0;
	for (; n < s.n && s.p[n] != ':' && s.p[n] != ' '; n++)
		letters = letters || (s.p[n] >= 'a' && s.p[n] <= 'z');
	bool ends = n < s.n && s.p[n] == ':' && (n + 1 == s.n || s.p[n + 1] == ' ');
	return letters && ends ? n + 1 - i : 0;
}

static size_t unseen_length(const struct rule *rule, struct str s, size_t i, bool code)
{
	struct str rest = str_slice(s, i, s.n);
	size_t n = rule->empties_braces ? braces_length(rest) : 0;
	if (!n && rule->smart && !code)
		n = hyphens(rest);
	if (!n && rule->names_emoji && !code)
		n = emoji_length(s, i);
	return n;
}

/* The heading's text as the rule sees it, without the marks around code. */
static void prepare_slug(const struct rule *rule, struct str s, struct buf *out)
{
	bool code = false;
	for (size_t i = 0; i < s.n;) {
		size_t n = unseen_length(rule, s, i, code);
		if (n) {
			i += n;
			continue;
		}
		if (s.p[i] == HEADING_CODE_BEGINS || s.p[i] == HEADING_CODE_ENDS)
			code = s.p[i] == HEADING_CODE_BEGINS;
		else if (s.p[i] != '\n' || !rule->drops_line_ends)
			buf_add_char(out, s.p[i] == '\n' ? ' ' : s.p[i]);
		i++;
	}
}

/* ---- repeats ---- */

static size_t *repeats_of(struct slugs *s, struct str id)
{
	return map_get(s->seen, id);
}

static void remember_slug(struct slugs *s, struct str id)
{
	if (!repeats_of(s, id))
		map_set(s->seen, id, arena_alloc(s->arena, sizeof(size_t)));
}

static struct str numbered(struct slugs *s, struct str base)
{
	size_t *count = repeats_of(s, base);
	struct str id = base;
	while (repeats_of(s, id)) {
		++*count;
		id = str_c(arena_printf(s->arena, "%.*s-%zu", STR_ARG(base), *count));
	}
	return id;
}

static struct str counted_slug(struct slugs *s, struct str base)
{
	size_t *count = repeats_of(s, base);
	return count ? str_c(arena_printf(s->arena, "%.*s-%zu", STR_ARG(base), ++*count)) : base;
}

/* The number behind the last "_", and what stands before it; 0: there is none. */
static int64_t under_number(struct str id, struct str *stem)
{
	size_t n = id.n;
	while (n && id.p[n - 1] >= '0' && id.p[n - 1] <= '9')
		n--;
	int64_t number = 0;
	*stem = id;
	if (!n || n == id.n || id.n - n > 9 || id.p[n - 1] != '_' || !str_to_i64(str_slice(id, n, id.n), &number))
		return 0;
	*stem = str_slice(id, 0, n - 1);
	return number;
}

static struct str under(struct slugs *s, struct str base)
{
	struct str id = base, stem;
	size_t least = (size_t)under_number(base, &stem);
	if (base.n && !repeats_of(s, base))
		return base;
	remember_slug(s, base);
	size_t *tried = repeats_of(s, base);
	*tried = *tried > least ? *tried : least;
	do
		id = str_c(arena_printf(s->arena, "%.*s_%zu", STR_ARG(stem), ++*tried));
	while (repeats_of(s, id));
	return id;
}

static struct str id_number(struct slugs *s, struct str base)
{
	struct str id = base;
	while (!id.n || repeats_of(s, id))
		id = str_c(arena_printf(s->arena, "id%zu", ++s->numbered));
	return id;
}

static struct str told_apart(struct slugs *s, struct str base)
{
	switch (s->rule->repeats) {
	case REPEATS_NUMBERED: return numbered(s, base);
	case REPEATS_COUNTED: return counted_slug(s, base);
	case REPEATS_UNDER: return under(s, base);
	case REPEATS_ID: return id_number(s, base);
	case REPEATS_SAME: break;
	}
	return base;
}

/* What counts with a page's counters is the id before it was numbered. */
static void remember_result(struct slugs *s, struct str base, struct str id)
{
	remember_slug(s, s->rule->repeats == REPEATS_COUNTED ? base : id);
}

/* ---- one heading ---- */

static struct str made(struct slugs *s, struct str text)
{
	const struct rule *rule = s->rule;
	AUTOBUF struct buf seen;
	AUTOBUF struct buf id;
	buf_init(&seen, 2 * SLUG_TEXT_MAX);
	buf_init(&id, 16 * SLUG_TEXT_MAX);
	prepare_slug(rule, text, &seen);
	rule->make(str_trim(buf_str(&seen)), &id);
	if (!id.n && rule->when_empty)
		buf_add_c(&id, rule->when_empty);
	return arena_str(s->arena, buf_str(&id));
}

struct str slugs_next(struct slugs *s, struct arena *arena, const struct heading *h)
{
	const struct rule *rule = s->rule;
	struct str text = rule->from_source ? h->source : h->marked, given = {NULL, 0};
	if (rule->takes_attribute && attr_list_take(&text, &given)) {
		if (rule->counts_given)
			remember_slug(s, given);
		return arena_str(arena, given);
	}
	if (rule->refuses_braces && has_braces(text))
		return (struct str){NULL, 0};
	struct str base = made(s, text), id = told_apart(s, base);
	remember_result(s, base, id);
	return arena_str(arena, id);
}
