/* The reader: characters to the tree, groups and repetition. */
#include "rules/regex.h"

#include <string.h>

#include "base/ascii.h"
#include "rules/regex_impl.h"

struct regex_node *regex_node_new(struct arena *arena, enum regex_kind kind)
{
	struct regex_node *node = arena_alloc(arena, sizeof *node);
	node->kind = kind;
	node->repeats = 1;
	return node;
}

void regex_append(struct regex_node *parent, struct regex_node *part)
{
	part->previous = parent->last;
	part->next = NULL;
	if (parent->last)
		parent->last->next = part;
	else
		parent->first = part;
	parent->last = part;
	if (part->repeats > parent->repeats)
		parent->repeats = part->repeats;
}

static void remove_last(struct regex_node *parent)
{
	parent->last = parent->last->previous;
	if (parent->last)
		parent->last->next = NULL;
	else
		parent->first = NULL;
}

static void *refused(struct regex_reader *r, const char *from, const char *hint)
{
	regex_refuse(r, from, hint);
	return NULL;
}

/* ---- characters ---- */

static size_t encode_char(uint32_t c, char *out)
{
	static const unsigned char first[] = {0, 0, 0xc0, 0xe0, 0xf0};
	size_t n = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;

	for (size_t i = n; i-- > 1; c >>= 6)
		out[i] = (char)(0x80 | (c & 0x3f));
	out[0] = (char)(first[n] | c);
	return n;
}

/* One more character: it joins the text before it, where there is one of the same case. */
static void add_text_char(struct regex_reader *r, struct regex_node *sequence, uint32_t c)
{
	struct regex_node *text = sequence->last;

	if (!text || text->kind != REGEX_TEXT || text->fold != r->flags.fold) {
		text = regex_node_new(r->arena, REGEX_TEXT);
		text->fold = r->flags.fold;
		text->text = (struct str){r->chars, 0};
		regex_append(sequence, text);
	}
	size_t n = encode_char(c, r->chars);
	r->chars += n;
	text->text.n += n;
}

/* What an operator repeats is the last character of a text only. */
static void split_last_char(struct regex_reader *r, struct regex_node *sequence)
{
	struct regex_node *text = sequence->last;
	size_t n = text->text.n - 1;

	while (((unsigned char)text->text.p[n] & 0xc0) == 0x80)
		n--;
	if (n == 0)
		return;
	struct regex_node *last = regex_node_new(r->arena, REGEX_TEXT);
	last->fold = text->fold;
	last->text = str_slice(text->text, n, text->text.n);
	text->text.n = n;
	regex_append(sequence, last);
}

static bool read_verbatim(struct regex_reader *r, struct regex_node *sequence)
{
	r->p += 2;
	while (r->p < r->end && !regex_ahead(r, "\\E"))
		add_text_char(r, sequence, regex_next(r));
	r->p += r->p < r->end ? 2 : 0;
	return true;
}

/* ---- groups ---- */

/* In this order: a longer beginning before its own beginning. */
static const struct {
	const char *beginning, *hint;
} refused_groups[] = {
	{"(?=", "look-ahead is not supported, as in RE2: use a second matcher"},
	{"(?!", "look-ahead is not supported, as in RE2: use a second matcher with !~"},
	{"(?<=", "look-behind is not supported, as in RE2"},
	{"(?<!", "look-behind is not supported, as in RE2: use a second matcher with !~"},
	{"(?>", "atomic groups are not supported, as in RE2: write (?:…)"},
	{"(?|", "branch reset is not supported, as in RE2"},
	{"(?#", "comments are not supported, as in RE2: use a YAML comment"},
	{"(?(", "conditions are not supported, as in RE2: use two rules"},
	{"(?R", "recursion is not supported, as in RE2"},
	{"(?&", "recursion is not supported, as in RE2"},
	{"(?P>", "recursion is not supported, as in RE2"},
	{"(?P=", "back-references are not supported, as in RE2"},
	{"(?'", "write a named group as (?P<name>…)"},
	{"(*", "verbs are not supported, and '*' has nothing to repeat"},
};

static struct regex_node *regex_choice(struct regex_reader *r);

/* Behind what opens it: up to its end. Flags that are set in a group hold in it only. */
static struct regex_node *regex_group_node(struct regex_reader *r, const char *from, struct str written)
{
	struct regex_flags around = r->flags;
	struct regex_node *group = regex_node_new(r->arena, REGEX_GROUP), *inner;

	if (r->depth == REGEX_DEPTH_MAX)
		return refused(r, from, "groups are nested too deep");
	r->depth++;
	group->written = written;
	if (!(inner = regex_choice(r)))
		return NULL;
	if (r->p == r->end)
		return refused(r, r->regex.p, "missing )");
	r->p++;
	r->depth--;
	r->flags = around;
	regex_append(group, inner);
	return group;
}

static struct regex_node *read_capture(struct regex_reader *r, const char *from)
{
	r->captures++;
	return regex_group_node(r, from, STR("("));
}

static bool keep_name(struct regex_reader *r, struct str name, const char *from)
{
	for (size_t i = 0; r->groups && i < r->groups->n; i++)
		if (str_eq(r->groups->v[i].name, name))
			return regex_refuse(r, from, "two groups have this name");
	if (r->groups && r->groups->n == r->groups->room)
		return regex_refuse(r, from, "too many named groups");
	if (r->groups)
		r->groups->v[r->groups->n++] = (struct regex_group){name, r->captures + 1};
	return true;
}

/* Behind "(?P<" or "(?<". The name is kept here and not given to PCRE2, which allows other names than RE2 does. */
static struct regex_node *named_group(struct regex_reader *r, const char *from)
{
	struct str name = {r->p, 0};
	while (r->p < r->end && ascii_is_identifier(*r->p))
		r->p++;
	name.n = (size_t)(r->p - name.p);
	if (name.n == 0 || r->p == r->end || *r->p++ != '>')
		return refused(r, from, "a named group is (?P<name>…) with letters, digits and _");
	return keep_name(r, name, from) ? read_capture(r, from) : NULL;
}

static void set_flag(struct regex_flags *flags, char letter, bool on)
{
	switch (letter) {
	case 'i': flags->fold = on; break;
	case 's': flags->dot_all = on; break;
	case 'm': flags->multi_line = on; break;
	default: break; /* U: who is greedy changes nothing in what is accepted */
	}
}

/* Behind "(?": flags and ')', which hold from here on, or flags and ':', which hold in the group that they open. */
static struct regex_node *read_flags(struct regex_reader *r, const char *from)
{
	struct regex_flags now = r->flags, around = r->flags;
	bool minus = false, any = false;
	for (; r->p < r->end && *r->p && strchr("imsU-", *r->p); r->p++) {
		if (*r->p == '-' && minus)
			break;
		minus = minus || *r->p == '-';
		any = *r->p != '-';
		set_flag(&now, *r->p, !minus);
	}
	if (r->p == r->end || (*r->p != ')' && *r->p != ':') || (minus && !any))
		return refused(r, from, "unknown group: RE2 knows (?:…), (?P<name>…) and the flags i m s U");
	bool opens = *r->p++ == ':';
	struct str written = {from, (size_t)(r->p - from)};
	r->flags = now;
	struct regex_node *node = opens ? regex_group_node(r, from, written) : regex_node_new(r->arena, REGEX_FLAGS);
	if (opens)
		r->flags = around;
	else
		node->written = written;
	return node;
}

static struct regex_node *read_open(struct regex_reader *r)
{
	const char *from = r->p;
	for (size_t i = 0; i < sizeof refused_groups / sizeof *refused_groups; i++)
		if (regex_ahead(r, refused_groups[i].beginning))
			return refused(r, from, refused_groups[i].hint);
	bool special = regex_ahead(r, "(?");
	const char *named = regex_ahead(r, "(?P<") ? "(?P<" : regex_ahead(r, "(?<") ? "(?<" : NULL;
	r->p += named ? strlen(named) : special ? 2 : 1;
	return named ? named_group(r, from) : special ? read_flags(r, from) : read_capture(r, from);
}

/* ---- repetition ---- */

/* Digits without a leading zero; -1 for none, beyond REGEX_REPEAT_MAX for anything larger. */
static long read_count(const char **p, const char *end)
{
	const char *digits = *p;
	long n = 0;
	for (; *p < end && **p >= '0' && **p <= '9'; (*p)++)
		n = n > REGEX_REPEAT_MAX ? n : n * 10 + (**p - '0');
	bool none = *p == digits || (digits[0] == '0' && *p - digits > 1);
	return none ? -1 : n;
}

/* At '{'. False when it is no repetition: then the brace stands for itself. `*p` is moved behind it; `*most` < 0: no limit. */
static bool read_braces(const char **p, const char *end, long *least, long *most)
{
	const char *q = *p + 1;
	*least = read_count(&q, end);
	if (*least < 0 || q == end)
		return false;
	*most = *least;
	if (*q == ',') {
		q++;
		bool open = q < end && *q == '}';
		*most = open ? 0 : read_count(&q, end);
		if (*most < 0)
			return false;
		*most = open ? -1 : *most;
	}
	if (q == end || *q != '}')
		return false;
	*p = q + 1;
	return true;
}

/* `operator` is what is written up to `behind`, but for the ? that makes it lazy. */
static bool add_repeat(struct regex_reader *r, struct regex_node *sequence, const char *behind, long least, long most)
{
	const char *from = r->p;
	struct regex_node *inner = sequence->last, *repeat = regex_node_new(r->arena, REGEX_REPEAT);
	if (inner && inner->kind == REGEX_REPEAT)
		return regex_refuse(
			r, from, "repetition of a repetition (possessive and nested operators are not supported, as in RE2)");
	if (!inner || inner->kind == REGEX_FLAGS)
		return regex_refuse(r, from, "nothing to repeat here");
	long times = most > least ? most : least;
	if (times > 1 && (unsigned long)times * inner->repeats > REGEX_REPEAT_MAX)
		return regex_refuse(r, from, "repeats too often (1000 at most)");
	if (inner->kind == REGEX_TEXT)
		split_last_char(r, sequence);
	inner = sequence->last;
	remove_last(sequence);
	regex_append(repeat, inner);
	behind += behind < r->end && *behind == '?';
	repeat->written = (struct str){from, (size_t)(behind - from)};
	repeat->least = least;
	repeat->most = most;
	repeat->repeats *= times > 1 ? (unsigned)times : 1;
	regex_append(sequence, repeat);
	r->p = behind;
	return true;
}

static bool read_brace(struct regex_reader *r, struct regex_node *sequence)
{
	const char *behind = r->p;
	long least, most;
	if (!read_braces(&behind, r->end, &least, &most)) {
		add_text_char(r, sequence, regex_next(r));
		return true;
	}
	if (least > REGEX_REPEAT_MAX || most > REGEX_REPEAT_MAX || (most >= 0 && most < least))
		return regex_refuse(r, r->p, "bad repetition (1000 at most, and not backwards)");
	return add_repeat(r, sequence, behind, least, most);
}

/* ---- everything else ---- */

static bool append_part(struct regex_node *sequence, struct regex_node *part)
{
	if (part)
		regex_append(sequence, part);
	return part;
}

static struct regex_node *read_dot(struct regex_reader *r)
{
	struct regex_node *dot = regex_node_new(r->arena, REGEX_DOT);
	dot->dot_all = r->flags.dot_all;
	r->p++;
	return dot;
}

static struct regex_node *read_assertion(struct regex_reader *r, size_t length)
{
	struct regex_node *node = regex_node_new(r->arena, REGEX_ASSERTION);
	node->written = (struct str){r->p, length};
	node->letter = r->p[length - 1];
	node->multi_line = r->flags.multi_line;
	r->p += length;
	return node;
}

static bool read_backslash(struct regex_reader *r, struct regex_node *sequence)
{
	char letter = r->end - r->p > 1 ? r->p[1] : '\0';
	uint32_t c;
	if (letter && strchr("AzbB", letter))
		return append_part(sequence, read_assertion(r, 2));
	if (letter == 'Q')
		return read_verbatim(r, sequence);
	if (letter == 'p' || letter == 'P' || regex_is_perl(letter))
		return append_part(sequence, regex_escaped_class(r));
	if (!regex_escaped_char(r, &c))
		return false;
	add_text_char(r, sequence, c);
	return true;
}

static bool read_regex_piece(struct regex_reader *r, struct regex_node *sequence)
{
	switch (*r->p) {
	case '(': return append_part(sequence, read_open(r));
	case '[': return append_part(sequence, regex_class(r));
	case '{': return read_brace(r, sequence);
	case '*': return add_repeat(r, sequence, r->p + 1, 0, -1);
	case '+': return add_repeat(r, sequence, r->p + 1, 1, -1);
	case '?': return add_repeat(r, sequence, r->p + 1, 0, 1);
	case '\\': return read_backslash(r, sequence);
	case '^':
	case '$': return append_part(sequence, read_assertion(r, 1));
	case '.': return append_part(sequence, read_dot(r));
	default: add_text_char(r, sequence, regex_next(r)); return true;
	}
}

static struct regex_node *regex_sequence(struct regex_reader *r)
{
	struct regex_node *sequence = regex_node_new(r->arena, REGEX_SEQUENCE);

	while (r->p < r->end && *r->p != '|' && *r->p != ')')
		if (!read_regex_piece(r, sequence))
			return NULL;
	return sequence;
}

/* Flags that are set in one alternative hold in the next ones as well. */
static struct regex_node *regex_choice(struct regex_reader *r)
{
	struct regex_node *choice = regex_node_new(r->arena, REGEX_CHOICE);

	for (;;) {
		struct regex_node *one = regex_sequence(r);
		if (!one)
			return NULL;
		regex_append(choice, one);
		if (r->p == r->end || *r->p != '|')
			return choice;
		r->p++;
	}
}

struct regex_node *regex_parse(struct arena *arena, struct str regex, struct pos at, struct regex_groups *groups,
                               struct err *err)
{
	struct regex_reader r = {.p = regex.p, .arena = arena, .regex = regex, .at = at, .groups = groups, .err = err};

	if (regex.n == 0)
		r.p = r.regex.p = "";
	r.end = r.p + regex.n;
	if (!str_is_utf8(regex)) {
		err_at(err, at, "regular expression is not UTF-8");
		return NULL;
	}
	r.chars = arena_alloc(arena, regex.n + 1);
	struct regex_node *tree = regex_choice(&r);
	return tree && r.p < r.end ? refused(&r, r.p, "unexpected )") : tree;
}
