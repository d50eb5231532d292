/* What the steps of relabel_configs do to a label set. */
#include "rules/relabel.h"

#include "base/ascii.h"
#include "base/hash.h"
#include "rules/relabel_impl.h"
#include "words/unicode.h"

#define GROUPS_MAX 64 /* of one regex; those beyond are empty */

/* The set as it is between two steps: in no order, its array in the arena. */
struct rewriting {
	struct arena *arena;
	struct labels now;
	size_t room, bytes;
	bool keeps_name;
};

static struct rewriting begin_rewriting(const struct relabel *r, struct arena *arena, const struct labels *in)
{
	struct rewriting w = {.arena = arena, .room = in->n + 16, .keeps_name = r->keeps_name};

	w.now.v = arena_alloc(arena, w.room * sizeof *w.now.v);
	for (size_t i = 0; i < in->n; i++) {
		w.bytes += in->v[i].name.n + in->v[i].value.n;
		w.now.v[w.now.n++] = in->v[i];
	}
	return w;
}

static struct label *named(struct labels *l, struct str name)
{
	for (size_t i = 0; i < l->n; i++)
		if (str_eq(l->v[i].name, name))
			return &l->v[i];
	return NULL;
}

static struct str current_value(struct rewriting *w, struct str name)
{
	const struct label *l = named(&w->now, name);
	return l ? l->value : (struct str){0};
}

static void take_away(struct rewriting *w, struct label *l)
{
	if (w->keeps_name && str_eq_c(l->name, "alertname"))
		return;
	w->bytes -= l->name.n + l->value.n;
	*l = w->now.v[--w->now.n];
}

static void append_label(struct rewriting *w, struct label l)
{
	if (w->now.n == w->room) {
		struct label *wider = arena_alloc(w->arena, 2 * w->room * sizeof *wider);
		for (size_t i = 0; i < w->now.n; i++)
			wider[i] = w->now.v[i];
		w->now.v = wider;
		w->room *= 2;
	}
	w->now.v[w->now.n++] = l;
}

/* An empty value is no label. */
static void set_or_drop_label(struct rewriting *w, struct str name, struct str value)
{
	struct label *l = named(&w->now, name);
	size_t bytes = w->bytes + value.n + (l ? 0 : name.n) - (l ? l->value.n : 0);

	if (!value.n && l)
		take_away(w, l);
	if (!value.n || !name.n || bytes > RELABEL_BYTES_MAX)
		return;
	w->bytes = bytes;
	value = arena_str(w->arena, value);
	if (l)
		l->value = value;
	else
		append_label(w, (struct label){arena_str(w->arena, name), value});
}

/* ---- $1, ${1}, ${name}, $$: Go's regexp.Expand ---- */

static size_t group_number(const struct pattern *pattern, struct str name)
{
	int64_t n;

	if (!ascii_is_digit(name.p[0])) {
		size_t number = pattern_group_number(pattern, name);
		return number ? number : GROUPS_MAX;
	}
	bool plain = name.n == 1 || name.p[0] != '0';
	return plain && str_to_i64(name, &n) && n < GROUPS_MAX ? (size_t)n : GROUPS_MAX;
}

static void add_regex_group(struct buf *out, const struct pattern *pattern, const struct str *groups, struct str name)
{
	size_t n = group_number(pattern, name);

	if (n < GROUPS_MAX)
		buf_add(out, groups[n]);
}

/* "1" of "$1.x" and of "${1}x", which goes on behind it; empty: the dollar is one. */
static struct str take_group_reference(struct str *text)
{
	bool braces = text->n && text->p[0] == '{';
	size_t from = braces, to = from;

	while (to < text->n && (ascii_is_alnum(text->p[to]) || text->p[to] == '_'))
		to++;
	if (to == from || (braces && (to == text->n || text->p[to] != '}')))
		return (struct str){0};
	struct str name = str_slice(*text, from, to);
	*text = str_slice(*text, to + braces, text->n);
	return name;
}

static void expand_groups(struct buf *out, const struct pattern *pattern, const struct str *groups, struct str text)
{
	ptrdiff_t dollar;

	while ((dollar = str_index(text, '$')) >= 0) {
		buf_add(out, str_slice(text, 0, (size_t)dollar));
		text = str_slice(text, (size_t)dollar + 1, text.n);
		struct str name = take_group_reference(&text);
		if (name.n) {
			add_regex_group(out, pattern, groups, name);
			continue;
		}
		buf_add_char(out, '$');
		if (text.n && text.p[0] == '$')
			text = str_slice(text, 1, text.n);
	}
	buf_add(out, text);
}

/* ---- actions ---- */

static void joined_values(struct rewriting *w, const struct relabel_step *step, struct buf *out)
{
	for (size_t i = 0; i < step->sources.n; i++) {
		if (i)
			buf_add(out, step->separator);
		buf_add(out, current_value(w, step->sources.v[i]));
	}
}

static bool matches(const struct relabel_step *step, struct str text)
{
	return pattern_match(step->pattern, text, NULL, NULL) == PATTERN_MATCH;
}

/* What is too large for a value is too large for the set. */
static void replace(struct rewriting *w, const struct relabel_step *step, struct str text)
{
	AUTOBUF struct buf name, value;
	struct str groups[GROUPS_MAX];

	buf_init(&name, RELABEL_BYTES_MAX);
	buf_init(&value, RELABEL_BYTES_MAX);
	if (pattern_match_numbered(step->pattern, text, groups, GROUPS_MAX) != PATTERN_MATCH)
		return;
	expand_groups(&name, step->pattern, groups, step->target);
	expand_groups(&value, step->pattern, groups, step->replacement);
	if (buf_ok(&name) && buf_ok(&value))
		set_or_drop_label(w, buf_str(&name), buf_str(&value));
}

static void change_case(struct rewriting *w, const struct relabel_step *step, struct str text)
{
	AUTOBUF struct buf value;
	int32_t c;

	buf_init(&value, 2 * RELABEL_BYTES_MAX);
	while (unicode_take(&text, &c))
		unicode_add(&value, step->action == RELABEL_LOWERCASE ? unicode_lower(c) : unicode_upper(c));
	set_or_drop_label(w, step->target, buf_str(&value));
}

static void hash_value(struct rewriting *w, const struct relabel_step *step, struct str text)
{
	AUTOBUF struct buf value;

	buf_init(&value, 32);
	buf_add_integer(&value, (int64_t)(hash_md5_tail(text) % (uint64_t)step->modulus));
	set_or_drop_label(w, step->target, buf_str(&value));
}

/* New names take the values that were there before the step. */
static void map_names(struct rewriting *w, const struct relabel_step *step)
{
	const struct labels before = {arena_alloc(w->arena, (w->now.n + 1) * sizeof *before.v), w->now.n};
	struct str groups[GROUPS_MAX];

	for (size_t i = 0; i < before.n; i++)
		before.v[i] = w->now.v[i];
	for (size_t i = 0; i < before.n; i++) {
		AUTOBUF struct buf name;
		buf_init(&name, RELABEL_BYTES_MAX);
		if (pattern_match_numbered(step->pattern, before.v[i].name, groups, GROUPS_MAX) != PATTERN_MATCH)
			continue;
		expand_groups(&name, step->pattern, groups, step->replacement);
		if (buf_ok(&name))
			set_or_drop_label(w, buf_str(&name), before.v[i].value);
	}
}

static void drop_names(struct rewriting *w, const struct relabel_step *step)
{
	bool keep = step->action == RELABEL_LABELKEEP;

	for (size_t i = w->now.n; i > 0; i--)
		if (matches(step, w->now.v[i - 1].name) != keep)
			take_away(w, &w->now.v[i - 1]);
}

/* False: the alert is dropped. */
static bool do_step(struct rewriting *w, const struct relabel_step *step)
{
	AUTOBUF struct buf text;

	buf_init(&text, 4 * RELABEL_BYTES_MAX);
	joined_values(w, step, &text);
	struct str value = buf_str(&text);
	switch (step->action) {
	case RELABEL_REPLACE: replace(w, step, value); break;
	case RELABEL_LOWERCASE:
	case RELABEL_UPPERCASE: change_case(w, step, value); break;
	case RELABEL_HASHMOD: hash_value(w, step, value); break;
	case RELABEL_LABELMAP: map_names(w, step); break;
	case RELABEL_LABELDROP:
	case RELABEL_LABELKEEP: drop_names(w, step); break;
	case RELABEL_KEEP: return matches(step, value);
	case RELABEL_DROP: return !matches(step, value);
	case RELABEL_KEEPEQUAL: return str_eq(current_value(w, step->target), value);
	case RELABEL_DROPEQUAL: return !str_eq(current_value(w, step->target), value);
	case RELABEL_ACTIONS: break;
	}
	return true;
}

/* ---- sets of which not all is known ---- */

static bool reads_what_lacks(struct rewriting *w, const struct relabel_step *step, const struct strs *unsure)
{
	for (size_t i = 0; i < step->sources.n; i++)
		if (!named(&w->now, step->sources.v[i]) || (unsure && strs_contain(unsure, step->sources.v[i])))
			return true;
	return false;
}

static bool takes_away(const struct relabel_step *step, struct str name)
{
	return (step->action == RELABEL_LABELDROP && matches(step, name)) ||
	       (step->action == RELABEL_LABELKEEP && !matches(step, name));
}

/* A step that was left out, or one that settles what was unsure. */
static void note_unsure(const struct relabel_step *step, bool left_out, struct strs *unsure)
{
	for (size_t i = unsure->n; i > 0; i--)
		if (takes_away(step, unsure->v[i - 1]) || (!left_out && str_eq(step->target, unsure->v[i - 1])))
			unsure->v[i - 1] = unsure->v[--unsure->n];
	if (left_out && step->target.n)
		unsure->v[unsure->n++] = step->target;
}

/* ---- all steps ---- */

struct labels relabel_arriving(const struct relabel *r, struct arena *arena, const struct labels *in, bool whole)
{
	struct rewriting w = begin_rewriting(r, arena, in);

	for (size_t i = 0; i < r->n; i++)
		if (whole || !reads_what_lacks(&w, &r->v[i], NULL))
			do_step(&w, &r->v[i]);
	labels_sort(&w.now);
	return w.now;
}

bool relabel_sending(const struct relabel *r, struct arena *arena, const struct labels *in, struct labels *out,
                     struct strs *unsure)
{
	struct rewriting w = begin_rewriting(r, arena, in);
	bool kept = true;

	if (unsure)
		*unsure = (struct strs){arena_alloc(arena, (r->n + 1) * sizeof *unsure->v), 0};
	for (size_t i = 0; kept && i < r->n; i++) {
		bool left_out = unsure && reads_what_lacks(&w, &r->v[i], unsure);
		if (!left_out)
			kept = do_step(&w, &r->v[i]);
		if (unsure)
			note_unsure(&r->v[i], left_out, unsure);
	}
	labels_sort(&w.now);
	*out = w.now;
	return kept;
}

bool relabel_drops(const struct relabel *r, struct str name)
{
	bool gone = false;

	for (size_t i = 0; i < r->n; i++) {
		if (takes_away(&r->v[i], name))
			gone = true;
		else if (str_eq(r->v[i].target, name))
			gone = false;
	}
	return gone;
}

size_t relabel_steps(const struct relabel *r)
{
	return r->n;
}

struct relabel_step_said relabel_step(const struct relabel *r, size_t i, struct arena *arena, const struct labels *in)
{
	struct rewriting w = begin_rewriting(r, arena, in);

	do_step(&w, &r->v[i]);
	labels_sort(&w.now);
	return (struct relabel_step_said){r->v[i].at, relabel_action_name(r->v[i].action), w.now};
}
