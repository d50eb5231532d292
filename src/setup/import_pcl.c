/*
 * PagerDuty's condition language, read by recursive descent straight into alternatives: `not` changes comparisons and
 * swaps `and` with `or` on its way down, so that no tree is kept.
 */
#include "import_pcl.h"

#include <string.h>

#include "base/ascii.h"
#include "rules/pattern.h"

#define TERM_MAX (16 * 1024)
#define ESCAPED_MAX (2 * TERM_MAX + 64) /* a term with each character escaped, and what stands around it */
#define NAMES_MAX 256

struct pcl_reader {
	struct import *import;
	const struct pcl_fields *fields;
	struct pos at;
	struct str rest;
	int depth;
	const char *wrong; /* what cannot be said here, in the import's arena; NULL: nothing so far */
};

/* ---- words ---- */

static void skip_blanks(struct pcl_reader *r)
{
	while (r->rest.n && strchr(" \t\r\n", r->rest.p[0]))
		r->rest = str_slice(r->rest, 1, r->rest.n);
}

/* Takes the words if they are what comes, with blanks between them and no letter behind: "does not match". */
static bool pcl_words(struct pcl_reader *r, const char *text)
{
	struct str before = r->rest;

	for (const char *word = text; *word;) {
		size_t n = strcspn(word, " ");
		struct str own = {word, n};
		skip_blanks(r);
		if (!str_starts(r->rest, own) || (r->rest.n > n && ascii_is_identifier(r->rest.p[n]))) {
			r->rest = before;
			return false;
		}
		r->rest = str_slice(r->rest, n, r->rest.n);
		word += n + (word[n] == ' ');
	}
	return true;
}

static bool take_character(struct pcl_reader *r, char c)
{
	skip_blanks(r);
	if (!r->rest.n || r->rest.p[0] != c)
		return false;
	r->rest = str_slice(r->rest, 1, r->rest.n);
	return true;
}

static bool refuse_pcl(struct pcl_reader *r, const char *what, struct str text)
{
	if (!r->wrong)
		r->wrong =
			arena_printf(r->import->arena, text.n ? "%s: \"%.*s\"" : "%s%.*s", what, STR_ARG(str_slice(text, 0, 60)));
	return false;
}

/* 'it\'s' or "it": a backslash takes the next character as it is where that is a quote or a backslash. */
static bool read_pcl_text(struct pcl_reader *r, struct str *out)
{
	AUTOBUF struct buf text;
	buf_init(&text, TERM_MAX);
	skip_blanks(r);
	char quote = r->rest.n ? r->rest.p[0] : 0;
	size_t k = 1;

	if (quote != '\'' && quote != '"')
		return refuse_pcl(r, "a value in quotes was expected", r->rest);
	for (; k < r->rest.n && r->rest.p[k] != quote; k++) {
		if (r->rest.p[k] == '\\' && k + 1 < r->rest.n && strchr("'\"\\", r->rest.p[k + 1]))
			k++;
		buf_add_char(&text, r->rest.p[k]);
	}
	if (k >= r->rest.n || !buf_ok(&text))
		return refuse_pcl(r, "a value is too long, or its closing quote is missing", r->rest);
	*out = arena_str(r->import->arena, buf_str(&text));
	r->rest = str_slice(r->rest, k + 1, r->rest.n);
	return true;
}

/* event.custom_details.team, also event.custom_details['team']: its parts joined by dots. */
static bool read_path(struct pcl_reader *r, struct str *out)
{
	AUTOBUF struct buf text;
	buf_init(&text, NAMES_MAX);
	skip_blanks(r);
	struct str start = r->rest;

	for (bool more = true; more;) {
		struct str part = {r->rest.p, 0};
		while (part.n < r->rest.n && ascii_is_identifier(r->rest.p[part.n]))
			part.n++;
		r->rest = str_slice(r->rest, part.n, r->rest.n);
		buf_add(&text, part);
		more = false;
		while (str_starts(r->rest, STR("['")) || str_starts(r->rest, STR("[\""))) {
			r->rest = str_slice(r->rest, 1, r->rest.n);
			if (!read_pcl_text(r, &part) || !take_character(r, ']'))
				return refuse_pcl(r, "this is no field", start);
			buf_printf(&text, ".%.*s", STR_ARG(part));
		}
		if (r->rest.n && r->rest.p[0] == '.') {
			buf_add_char(&text, '.');
			r->rest = str_slice(r->rest, 1, r->rest.n);
			more = true;
		}
	}
	*out = arena_str(r->import->arena, buf_str(&text));
	return (out->n && buf_ok(&text)) || refuse_pcl(r, "a field was expected", start);
}

/* ---- fields ---- */

struct pcl_field {
	bool annotation;
	struct str name;
};

/* What they are called where Alertmanager's alerts come from; the rest of custom_details are labels of their own name. */
static const struct {
	struct str event;
	struct pcl_field ours;
} known_fields[] = {
	{STR_INIT("summary"), {true, STR_INIT("summary")}},  {STR_INIT("severity"), {false, STR_INIT("severity")}},
	{STR_INIT("class"), {false, STR_INIT("alertname")}}, {STR_INIT("source"), {false, STR_INIT("instance")}},
	{STR_INIT("component"), {false, STR_INIT("job")}},   {STR_INIT("group"), {false, STR_INIT("group")}},
};

static bool is_pcl_label_name(struct str s)
{
	for (size_t k = 0; k < s.n; k++)
		if (!ascii_is_identifier(s.p[k]))
			return false;
	return s.n && !ascii_is_digit(s.p[0]);
}

static bool chosen_field(const struct pcl_reader *r, struct str event, struct str *out)
{
	for (size_t k = 0; k < r->fields->count; k++) {
		struct str word = str_c(r->fields->words[k]);
		ptrdiff_t equals = str_index(word, '=');
		if (equals > 0 && str_eq(str_slice(word, 0, (size_t)equals), event)) {
			*out = str_slice(word, (size_t)equals + 1, word.n);
			return true;
		}
	}
	return false;
}

static bool detail_field(struct str event, struct pcl_field *out)
{
	static const struct str details = STR_INIT("custom_details."), labels = STR_INIT("labels."),
							annotations = STR_INIT("annotations.");
	if (!str_starts(event, details))
		return false;
	struct str name = str_slice(event, details.n, event.n);
	out->annotation = str_starts(name, annotations);
	size_t skip = out->annotation ? annotations.n : str_starts(name, labels) ? labels.n : 0;
	out->name = str_slice(name, skip, name.n);
	return is_pcl_label_name(out->name);
}

static bool field_of(struct pcl_reader *r, struct str written, struct pcl_field *out)
{
	static const struct str prefix = STR_INIT("event.");
	struct str event = str_slice(written, str_starts(written, prefix) ? prefix.n : 0, written.n);

	*out = (struct pcl_field){.annotation = false};
	if (chosen_field(r, event, &out->name))
		return is_pcl_label_name(out->name) || refuse_pcl(r, "this is no name of a label", out->name);
	if (event.n == written.n)
		return refuse_pcl(r, "this is no field of an alert", written);
	for (size_t k = 0; k < sizeof known_fields / sizeof *known_fields; k++)
		if (str_eq(event, known_fields[k].event)) {
			*out = known_fields[k].ours;
			return true;
		}
	return detail_field(event, out) ||
	       refuse_pcl(r, "no label is its counterpart (--label=FIELD=LABEL names one)", written);
}

/* ---- comparisons ---- */

static struct pcl no_alternative(void)
{
	return (struct pcl){NULL, 0};
}

static struct pcl one_matcher(struct pcl_reader *r, struct pcl_field field, const char *op, struct str value)
{
	struct str *matcher = arena_alloc(r->import->arena, sizeof *matcher);
	struct pcl_alternative *one = arena_alloc(r->import->arena, sizeof *one);

	*matcher = import_matcher(r->import, field.name, op, value);
	*one = (struct pcl_alternative){.labels = {NULL, 0}};
	*(field.annotation ? &one->annotations : &one->labels) = (struct strs){matcher, 1};
	return (struct pcl){one, 1};
}

/* "anywhere in it", since a matcher's pattern is about the whole; an annotation may have several lines. */
static struct str anywhere(struct pcl_reader *r, struct pcl_field field, struct str pattern, bool literal)
{
	AUTOBUF struct buf out;
	const char *any = field.annotation ? "(?s:.*)" : ".*";
	buf_init(&out, ESCAPED_MAX);
	buf_add_c(&out, any);
	buf_add_c(&out, literal ? "" : "(?:");
	for (size_t k = 0; k < pattern.n; k++) {
		if (literal && strchr("\\.+*?()|[]{}^$", pattern.p[k]))
			buf_add_char(&out, '\\');
		buf_add_char(&out, pattern.p[k]);
	}
	buf_add_c(&out, literal ? "" : ")");
	buf_add_c(&out, any);
	return arena_str(r->import->arena, buf_str(&out));
}

/*
 * Alertmanager's own details are one text, "Labels:\n - alertname = DiskFull\n - team = web\n": who looks there for
 * 'team = web' means the label.
 */
static bool in_firing_text(struct pcl_reader *r, struct str written, struct str value, struct pcl_field *field,
                           struct str *rest)
{
	struct str part = str_starts(value, STR("- ")) ? str_slice(value, 2, value.n) : value;
	ptrdiff_t equals = str_find(part, STR(" = "));

	if (!str_eq_c(written, "event.custom_details.firing") || equals <= 0)
		return false;
	*field = (struct pcl_field){false, arena_str(r->import->arena, str_slice(part, 0, (size_t)equals))};
	*rest = str_slice(part, (size_t)equals + 3, part.n);
	return is_pcl_label_name(field->name);
}

enum pcl_verb { PCL_EXISTS, PCL_MATCHES, PCL_PART, PCL_REGEX, PCL_UNKNOWN };

/* The longer ones first: "matches part" begins as "matches" does. */
static const struct {
	const char *text;
	enum pcl_verb verb;
	bool negated;
} verbs[] = {
	{"exists", PCL_EXISTS, false},
	{"does not exist", PCL_EXISTS, true},
	{"matches part", PCL_PART, false},
	{"matches regex", PCL_REGEX, false},
	{"matches", PCL_MATCHES, false},
	{"does not match part", PCL_PART, true},
	{"does not match regex", PCL_REGEX, true},
	{"does not match", PCL_MATCHES, true},
};

static enum pcl_verb read_verb(struct pcl_reader *r, bool *negated)
{
	for (size_t k = 0; k < sizeof verbs / sizeof *verbs; k++)
		if (pcl_words(r, verbs[k].text)) {
			*negated = *negated != verbs[k].negated;
			return verbs[k].verb;
		}
	return PCL_UNKNOWN;
}

/* =~ or !~, where a rule can have a pattern of that length. */
static struct pcl like_matcher(struct pcl_reader *r, struct pcl_field field, const char *op, struct str pattern)
{
	if (pattern.n <= PATTERN_LENGTH_MAX)
		return one_matcher(r, field, op, pattern);
	refuse_pcl(r, "its value is too long for a pattern", pattern);
	return no_alternative();
}

static struct pcl compare_field(struct pcl_reader *r, struct str written, enum pcl_verb verb, bool negated)
{
	struct pcl_field field;
	struct str value = STR(""), rest;
	const char *equal = negated ? "!=" : "=", *like = negated ? "!~" : "=~";

	if (verb != PCL_EXISTS && !read_pcl_text(r, &value))
		return no_alternative();
	if (verb == PCL_PART && in_firing_text(r, written, value, &field, &rest))
		return like_matcher(r, field, like, str_slice(anywhere(r, field, rest, true), 2, ESCAPED_MAX));
	if (!field_of(r, written, &field))
		return no_alternative();
	if (verb == PCL_EXISTS)
		return one_matcher(r, field, negated ? "=" : "!=", value);
	if (verb == PCL_MATCHES)
		return one_matcher(r, field, equal, value);
	return like_matcher(r, field, like, anywhere(r, field, value, verb == PCL_PART));
}

static struct pcl read_comparison(struct pcl_reader *r, bool negated)
{
	struct str start = str_trim(r->rest), written;

	if (pcl_words(r, "now in") || pcl_words(r, "trigger_count"))
		refuse_pcl(r, "it depends on the time or on how many came", start);
	if (r->wrong || !read_path(r, &written))
		return no_alternative();
	enum pcl_verb verb = read_verb(r, &negated);
	if (verb == PCL_UNKNOWN) {
		refuse_pcl(r, "an unknown comparison", start);
		return no_alternative();
	}
	return compare_field(r, written, verb, negated);
}

/* ---- and, or, not ---- */

static struct strs joined_matchers(struct import *i, const struct strs *a, const struct strs *b)
{
	struct strs out = {arena_alloc(i->arena, (a->n + b->n + 1) * sizeof *out.v), 0};
	for (size_t k = 0; k < a->n + b->n; k++)
		out.v[out.n++] = k < a->n ? a->v[k] : b->v[k - a->n];
	return out;
}

static struct pcl pcl_either(struct pcl_reader *r, struct pcl a, struct pcl b)
{
	struct pcl out = {arena_alloc(r->import->arena, (a.n + b.n + 1) * sizeof *out.v), 0};
	for (size_t k = 0; k < a.n + b.n; k++)
		out.v[out.n++] = k < a.n ? a.v[k] : b.v[k - a.n];
	return out;
}

static struct pcl pcl_both(struct pcl_reader *r, struct pcl a, struct pcl b)
{
	struct pcl out = {arena_alloc(r->import->arena, (a.n * b.n + 1) * sizeof *out.v), 0};
	for (size_t k = 0; k < a.n; k++)
		for (size_t n = 0; n < b.n; n++)
			out.v[out.n++] =
				(struct pcl_alternative){joined_matchers(r->import, &a.v[k].labels, &b.v[n].labels),
			                             joined_matchers(r->import, &a.v[k].annotations, &b.v[n].annotations)};
	return out;
}

static struct pcl joined_by(struct pcl_reader *r, bool or, struct pcl a, struct pcl b)
{
	size_t n = or ? a.n + b.n : a.n * b.n;
	if (n > PCL_ALTERNATIVES_MAX)
		refuse_pcl(r, "its `and` and `or` multiply to more than 100 alternatives", STR(""));
	if (r->wrong)
		return no_alternative();
	return or ? pcl_either(r, a, b) : pcl_both(r, a, b);
}

static struct pcl read_or(struct pcl_reader *r, bool negated);

static struct pcl read_operand(struct pcl_reader *r, bool negated)
{
	struct pcl out;

	if (++r->depth > PCL_DEPTH_MAX)
		refuse_pcl(r, "it is nested too deeply", r->rest);
	if (r->wrong)
		out = no_alternative();
	else if (pcl_words(r, "not"))
		out = read_operand(r, !negated);
	else if (take_character(r, '(')) {
		out = read_or(r, negated);
		if (!take_character(r, ')'))
			refuse_pcl(r, "a closing parenthesis was expected", r->rest);
	} else {
		out = read_comparison(r, negated);
	}
	r->depth--;
	return out;
}

static struct pcl read_and(struct pcl_reader *r, bool negated)
{
	struct pcl out = read_operand(r, negated);
	while (!r->wrong && pcl_words(r, "and"))
		out = joined_by(r, negated, out, read_operand(r, negated));
	return out;
}

static struct pcl read_or(struct pcl_reader *r, bool negated)
{
	struct pcl out = read_and(r, negated);
	while (!r->wrong && pcl_words(r, "or"))
		out = joined_by(r, !negated, out, read_and(r, negated));
	return out;
}

struct pcl import_pcl(struct import *i, const struct pcl_fields *fields, struct pos at, struct str expression)
{
	struct pcl_reader r = {.import = i, .fields = fields, .at = at, .rest = expression};
	struct pcl out = read_or(&r, false);

	skip_blanks(&r);
	if (!r.wrong && r.rest.n)
		refuse_pcl(&r, "what comes behind the condition is not understood", r.rest);
	if (!r.wrong)
		return out;
	import_note(i, at, "condition \"%.*s\" was left out: %s", STR_ARG(str_slice(expression, 0, 200)), r.wrong);
	return no_alternative();
}
