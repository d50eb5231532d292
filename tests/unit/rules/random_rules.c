#include "random_rules.h"

#include <stdlib.h>
#include <string.h>

#define COUNT(a) (sizeof(a) / sizeof *(a))
#define PICK(r, list) (list)[random_below((r), COUNT(list))]

static const char *const label_names[] = {"alertname", "job", "pod", "env", "team", "zone"};
/* U+212A and U+017F fold to k and s; the last one is no UTF-8. */
static const char *const letters[] = {"a",        "b",       "k", "s", "A", "K", "S", "-", ".", "1", "\xe2\x84\xaa",
                                      "\xc5\xbf", "\xc3\xa9"};
static const char *const odd_letters[] = {
	"\n", "\n", "\n", "\xff", "\xc3", "\xe2\x84", "foo", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"};

void random_rules_init(struct random_rules *r, uint64_t seed, struct arena *arena)
{
	*r = (struct random_rules){.state = seed * UINT64_C(0x9E3779B97F4A7C15) | 1, .arena = arena};
}

void random_rules_release(struct random_rules *r)
{
	free(r->samples);
}

size_t random_below(struct random_rules *r, size_t n)
{
	r->state ^= r->state << 13;
	r->state ^= r->state >> 7;
	r->state ^= r->state << 17;
	return (size_t)((r->state * UINT64_C(0x2545F4914F6CDD1D)) >> 33) % n;
}

/* ---- patterns, and with each a value that it may match ---- */

struct writing {
	struct random_rules *r;
	struct buf regex, sample;
	unsigned groups;
};

static void put_letter(struct writing *w)
{
	const char *c = PICK(w->r, letters);
	if (strchr(".-", *c))
		buf_add_char(&w->regex, '\\');
	buf_add_c(&w->regex, c);
	buf_add_c(&w->sample, c);
}

static void put_random_word(struct writing *w)
{
	for (size_t n = 1 + random_below(w->r, 4); n > 0; n--)
		put_letter(w);
}

static void put_random_class(struct writing *w)
{
	static const char *const classes[] = {"[ab]",   "[a-c]", "[^b]", "[kK]", "[\\w-]", "[[:alpha:]]", "[.-]", "[]a]",
	                                      "[a\\]]", "\\d",   "\\w",  "\\S",  "\\pL",   "[a-z0-9]",    "\\W"};
	buf_add_c(&w->regex, PICK(w->r, classes));
	buf_add_c(&w->sample, random_below(w->r, 2) ? "a" : "1");
}

static void put_alternatives(struct writing *w, unsigned depth);

static void put_group(struct writing *w, unsigned depth)
{
	static const char *const openings[] = {"(", "(?:", "(?i:", "(?s:", "(?i)(?:", "(?-i:"};
	if (random_below(w->r, 6) == 0)
		buf_printf(&w->regex, "(?P<g%u>", w->groups++);
	else
		buf_add_c(&w->regex, PICK(w->r, openings));
	put_alternatives(w, depth - 1);
	buf_add_char(&w->regex, ')');
}

static void put_atom(struct writing *w, unsigned depth)
{
	static const char *const others[] = {".", ".", "\\x6b", "\\.", "(?i)", "\\b", "^", "$", "\\B", "{", "\\Qa.b\\E"};
	static const char *const theirs[] = {"a", "K", "k", ".", "", "", "", "", "", "{", "a.b"};
	size_t roll = random_below(w->r, 12), i = random_below(w->r, COUNT(others));
	if (roll < 6)
		put_random_word(w);
	else if (roll < 8)
		put_random_class(w);
	else if (roll < 10 && depth > 0)
		put_group(w, depth);
	else {
		buf_add_c(&w->regex, others[i]);
		buf_add_c(&w->sample, theirs[i]);
	}
}

/* What begins a pattern, and what is in the middle or ends it: mostly "anything". */
static void put_anything(struct writing *w)
{
	static const char *const gaps[] = {".*", ".*", ".+", ".*?", ".?", "(-.*)?", "[a-z]*", "(.*)", "(?s).*", ".{1,3}"};
	buf_add_c(&w->regex, PICK(w->r, gaps));
	if (random_below(w->r, 2))
		buf_add_c(&w->sample, PICK(w->r, letters));
}

static void put_repeated(struct writing *w, unsigned depth)
{
	static const char *const repeats[] = {"?", "*", "+", "{2}", "{1,2}", "{0,1}", "{1}", "??", "{,2}", "{1,}"};
	bool bare = random_below(w->r, 5) > 0;
	size_t before = w->regex.n;
	if (bare) {
		put_atom(w, depth);
		return;
	}
	buf_add_c(&w->regex, random_below(w->r, 3) ? "(?:" : "(");
	put_random_word(w);
	buf_add_char(&w->regex, ')');
	if (w->regex.n > before)
		buf_add_c(&w->regex, PICK(w->r, repeats));
}

static void put_sequence(struct writing *w, unsigned depth)
{
	if (random_below(w->r, 4) == 0)
		put_anything(w);
	for (size_t n = 1 + random_below(w->r, 3); n > 0; n--)
		put_repeated(w, depth);
	if (random_below(w->r, 3) == 0)
		put_anything(w);
}

/* The sample is the one of the last alternative. */
static void put_alternatives(struct writing *w, unsigned depth)
{
	size_t before = w->sample.n;
	for (size_t n = random_below(w->r, 3) ? 0 : random_below(w->r, 4); n > 0; n--) {
		put_sequence(w, depth);
		w->sample.n = before;
		buf_add_char(&w->regex, '|');
	}
	put_sequence(w, depth);
}

static void keep_sample(struct random_rules *r, struct str sample)
{
	if (r->sample_count == r->sample_room) {
		r->sample_room = r->sample_room ? 2 * r->sample_room : 64;
		r->samples = mem_grow_array(r->samples, r->sample_room, sizeof *r->samples);
	}
	r->samples[r->sample_count++] = arena_str(r->arena, sample);
}

/* As people write them: a word or some, one or two parts in any case, anything before or behind. */
static void put_usual(struct writing *w)
{
	static const char *const openings[] = {"", "", "(?i)", "(?i:", "(?s)", "("};
	static const char *const repeats[] = {"*", "+", "?", "{2}", "{1}", "{0,1}", "+?"};
	const char *opening = PICK(w->r, openings);
	if (random_below(w->r, 3) == 0)
		put_anything(w);
	buf_add_c(&w->regex, opening);
	put_letter(w);
	if (random_below(w->r, 2))
		put_letter(w);
	if (random_below(w->r, 3) == 0)
		buf_add_c(&w->regex, PICK(w->r, repeats));
	if (random_below(w->r, 3) == 0) {
		buf_add_char(&w->regex, '|');
		w->sample.n = random_below(w->r, 2) ? 0 : w->sample.n;
		put_letter(w);
	}
	if (strchr(opening, ':') || strcmp(opening, "(") == 0)
		buf_add_char(&w->regex, ')');
	if (random_below(w->r, 2))
		put_random_word(w);
	if (random_below(w->r, 2))
		put_anything(w);
}

/* ---- matchers ---- */

/* In double quotes within YAML's single ones. */
static void put_quoted(struct buf *out, struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		if (strchr("\\\"", s.p[i]) && s.p[i])
			buf_add_char(out, '\\');
		buf_add_char(out, s.p[i]);
	}
}

static bool is_writable(struct str s)
{
	return str_is_utf8(s) && str_index(s, '\n') < 0;
}

static void put_matcher(struct random_rules *r, const char *name, unsigned *groups, struct buf *out)
{
	static const char *const ops[] = {"=~", "=~", "=~", "=~", "=", "=", "!=", "!~"};
	struct writing w = {.r = r, .groups = *groups};
	buf_init(&w.regex, 4096);
	buf_init(&w.sample, 4096);
	if (random_below(r, 2))
		put_usual(&w);
	else
		put_alternatives(&w, 2);
	const char *op = PICK(r, ops);
	bool regex = op[1] == '~';
	buf_printf(out, "'%s%s\"", name, op);
	if (regex || is_writable(buf_str(&w.sample)))
		put_quoted(out, buf_str(regex ? &w.regex : &w.sample));
	buf_add_c(out, "\"'");
	keep_sample(r, buf_str(&w.sample));
	*groups = strcmp(op, "=~") == 0 ? w.groups : *groups;
	buf_release(&w.regex);
	buf_release(&w.sample);
}

static void put_matchers(struct random_rules *r, const char *key, size_t n, unsigned *groups, struct buf *out)
{
	buf_printf(out, "%s: [", key);
	for (size_t i = 0; i < n; i++) {
		if (i > 0)
			buf_add_c(out, ", ");
		put_matcher(r, PICK(r, label_names), groups, out);
	}
	buf_add_char(out, ']');
}

/* ---- rules ---- */

static void put_rule(struct random_rules *r, const char *prefix, size_t i, unsigned groups, struct buf *out)
{
	static const char *const fields[] = {"severity: P0",          "severity: P1",        "owner: payments",
	                                     "owner: search",         "receivers: [chat]",   "receivers: [oncall, mail]",
	                                     "page: false",           "repeat_interval: 1h", "page_after: 2m",
	                                     "group_by: [job, zone]", "group_by: ['...']",   "resolve_hold: 3m",
	                                     "heartbeat: {every: 5m}"};
	buf_printf(out, "  - {name: %s%zu, ", prefix, i);
	put_matchers(r, "matchers", random_below(r, 20) ? 1 + random_below(r, 3) : 0, &groups, out);
	if (random_below(r, 10) == 0) {
		buf_add_c(out, ", ");
		put_matchers(r, "annotation_matchers", 1, &groups, out);
	}
	buf_printf(out, ", continue: %s", random_below(r, 3) ? "true" : "false");
	size_t field = random_below(r, COUNT(fields) + 3);
	if (field < COUNT(fields))
		buf_printf(out, ", %s", fields[field]);
	if (groups > 0)
		buf_printf(out, ", summary: 'got {{g%zu}} of {{labels.job}}'", random_below(r, groups));
	buf_add_c(out, "}\n");
}

void random_rule_file(struct random_rules *r, const char *prefix, size_t rules, struct buf *out)
{
	unsigned groups = 0;
	if (random_below(r, 4) == 0) {
		buf_add_c(out, "scope: {");
		put_matchers(r, "matchers", 1, &groups, out);
		buf_add_c(out, "}\n");
	}
	buf_add_c(out, "rules:\n");
	for (size_t i = 0; i < rules; i++)
		put_rule(r, prefix, i, groups, out);
}

/* ---- alerts ---- */

/* A value that a rule was written for, perhaps with something before, behind, in other case or missing. */
static struct str random_value(struct random_rules *r)
{
	AUTOBUF struct buf b;
	buf_init(&b, 4096);
	if (random_below(r, 8) == 0)
		buf_add_c(&b, PICK(r, letters));
	if (r->sample_count > 0 && random_below(r, 8) > 0)
		buf_add(&b, r->samples[random_below(r, r->sample_count)]);
	if (random_below(r, 6) == 0)
		buf_add_c(&b, PICK(r, letters));
	if (random_below(r, 10) == 0)
		buf_add_c(&b, PICK(r, odd_letters));
	for (size_t i = 0; i < b.n && random_below(r, 6) == 0; i++)
		if ((b.p[i] | 0x20) >= 'a' && (b.p[i] | 0x20) <= 'z')
			b.p[i] ^= 0x20;
	return arena_str(r->arena, buf_str(&b));
}

static struct labels random_labels(struct random_rules *r)
{
	struct labels out = {arena_alloc(r->arena, 64 * sizeof *out.v), 0};
	for (size_t i = 0; i < COUNT(label_names); i++)
		if (random_below(r, 6))
			out.v[out.n++] = (struct label){str_c(label_names[i]), random_value(r)};
	/* more labels than are usual */
	for (size_t i = 0; random_below(r, 40) == 0 && i < 40; i++)
		out.v[out.n++] = (struct label){str_c(arena_printf(r->arena, "other%zu", i)), STR("x")};
	labels_sort(&out);
	return out;
}

struct alert random_alert(struct random_rules *r)
{
	struct alert a = {.fingerprint = STR("f")};
	a.labels = random_labels(r);
	a.annotations = random_labels(r);
	return a;
}
