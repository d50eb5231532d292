/* The grammar: operators by precedence, down to selectors; each gives the labels of its results. */
#include "lint/promql.h"

#include <string.h>

#include "lint/promql_impl.h"

struct promql {
	struct promql_lexer x;
	struct arena *arena;
	size_t depth;
	bool lost; /* not understood: nothing is known */
};

/* The labels of what an operand, a function or an operator results in. */
struct operand {
	struct promql_labels labels;
	bool scalar; /* has none */
};

static struct operand not_understood(struct promql *q)
{
	q->lost = true;
	return (struct operand){.labels = {.open = true}};
}

static bool expect(struct promql *q, const char *sign)
{
	if (!promql_take(&q->x, sign))
		q->lost = true;
	return !q->lost;
}

static struct operand expression(struct promql *q, int precedence);

/* ---- lists of labels ---- */

/* "(a, b)" */
static struct strs label_list(struct promql *q)
{
	struct str room[PROMQL_LABELS_MAX];
	struct strs out = {room, 0};

	expect(q, "(");
	while (!q->lost && !promql_is(&q->x, ")")) {
		if (out.n == PROMQL_LABELS_MAX || (q->x.token != PROMQL_NAME && q->x.token != PROMQL_STRING))
			q->lost = true;
		else
			out.v[out.n++] = q->x.text;
		promql_next(&q->x);
		if (!promql_take(&q->x, ",") && !promql_is(&q->x, ")"))
			q->lost = true;
	}
	expect(q, ")");
	out.v = arena_alloc(q->arena, (out.n + 1) * sizeof *out.v);
	memcpy(out.v, room, out.n * sizeof *out.v);
	return out;
}

/* ---- selectors ---- */

static void add_fixed(struct promql *q, struct labels *fixed, struct str name, struct str value)
{
	if (fixed->n == PROMQL_LABELS_MAX)
		q->lost = true;
	else if (value.n && !str_eq_c(name, "__name__"))
		fixed->v[fixed->n++] = (struct label){name, value};
}

static void read_selector_matcher(struct promql *q, struct labels *fixed)
{
	struct str name = q->x.text;

	if (q->x.token != PROMQL_NAME && q->x.token != PROMQL_STRING) {
		q->lost = true;
		return;
	}
	promql_next(&q->x);
	bool equal = promql_is(&q->x, "=");
	if (!equal && !promql_is(&q->x, "!=") && !promql_is(&q->x, "=~") && !promql_is(&q->x, "!~"))
		return; /* a metric's name in quotes */
	promql_next(&q->x);
	if (q->x.token != PROMQL_STRING)
		q->lost = true;
	else if (equal)
		add_fixed(q, fixed, name, q->x.text);
	promql_next(&q->x);
}

/* At what may be "{…}". */
static struct labels selector_matchers(struct promql *q)
{
	struct label room[PROMQL_LABELS_MAX];
	struct labels fixed = {room, 0};

	if (!promql_take(&q->x, "{"))
		return (struct labels){0};
	while (!q->lost && !promql_is(&q->x, "}")) {
		read_selector_matcher(q, &fixed);
		if (!promql_take(&q->x, ",") && !promql_is(&q->x, "}"))
			q->lost = true;
	}
	expect(q, "}");
	labels_sort(&fixed);
	fixed.v = arena_alloc(q->arena, (fixed.n + 1) * sizeof *fixed.v);
	memcpy(fixed.v, room, fixed.n * sizeof *fixed.v);
	return fixed;
}

/* ---- behind an operand: [5m], [1h:5m], offset -5m, @ end() ---- */

static void skip_range(struct promql *q)
{
	while (!q->lost && !promql_is(&q->x, "]")) {
		q->lost = q->x.token == PROMQL_END || q->x.token == PROMQL_WRONG || promql_is(&q->x, "[");
		promql_next(&q->x);
	}
	promql_next(&q->x);
}

static void skip_modifiers(struct promql *q)
{
	for (;;) {
		if (promql_take(&q->x, "[")) {
			skip_range(q);
		} else if (promql_take(&q->x, "offset") || promql_take(&q->x, "@")) {
			promql_take(&q->x, "-");
			q->lost = q->lost || (q->x.token != PROMQL_NUMBER && q->x.token != PROMQL_NAME);
			promql_next(&q->x);
			if (promql_take(&q->x, "("))
				expect(q, ")");
		} else {
			return;
		}
	}
}

/* ---- functions ---- */

struct arguments {
	struct operand vector; /* the first that is no scalar */
	bool has_vector;
	struct str first_string, second_string;
	size_t strings;
};

static void function_argument(struct promql *q, struct arguments *a)
{
	if (q->x.token == PROMQL_STRING) {
		*(a->strings++ ? &a->second_string : &a->first_string) = q->x.text;
		promql_next(&q->x);
		return;
	}
	struct operand one = expression(q, 0);
	if (!one.scalar && !a->has_vector) {
		a->vector = one;
		a->has_vector = true;
	}
}

/* At "(". */
static struct arguments function_arguments(struct promql *q)
{
	struct arguments a = {.vector = {.scalar = true}};

	if (!expect(q, "("))
		return a;
	while (!q->lost && !promql_is(&q->x, ")")) {
		function_argument(q, &a);
		if (!promql_take(&q->x, ",") && !promql_is(&q->x, ")"))
			q->lost = true;
	}
	expect(q, ")");
	return a;
}

static bool name_in(struct str name, const char *const *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (str_eq_nocase(name, str_c(list[i])))
			return true;
	return false;
}
#define IS_ONE_OF(name, list) name_in(name, list, sizeof(list) / sizeof *(list))

static const char *const without_labels[] = {"vector", "scalar", "time", "pi"};
/* An empty vector where there is something: its labels are those that the selector fixes. */
static const char *const absences[] = {"absent", "absent_over_time"};
static const char *const makes_label[] = {"label_replace", "label_join"};

static struct operand function(struct promql *q, struct str name)
{
	static const struct str le = STR_INIT("le");
	const struct strs bucket = {(struct str *)(uintptr_t)&le, 1};
	struct arguments a = function_arguments(q);
	struct operand out = a.vector;

	if (IS_ONE_OF(name, without_labels))
		return (struct operand){.scalar = !str_eq_nocase(name, STR("vector"))};
	if (IS_ONE_OF(name, absences))
		out.labels = (struct promql_labels){.fixed = a.vector.labels.fixed};
	else if (IS_ONE_OF(name, makes_label))
		out.labels = promql_with(q->arena, &out.labels, a.first_string);
	else if (str_eq_nocase(name, STR("histogram_quantile")))
		out.labels = promql_remove(q->arena, &out.labels, &bucket);
	else if (!a.has_vector)
		out = (struct operand){0}; /* hour() and the like */
	return out;
}

/* ---- aggregations ---- */

static const char *const aggregations[] = {"sum",      "min",          "max",    "avg",        "group",
                                           "stddev",   "stdvar",       "count",  "topk",       "bottomk",
                                           "quantile", "count_values", "limitk", "limit_ratio"};
/* These choose among the series, and leave them as they are. */
static const char *const choosers[] = {"topk", "bottomk", "limitk", "limit_ratio"};

struct grouping {
	bool by, without;
	struct strs names;
};

static void read_grouping(struct promql *q, struct grouping *g)
{
	bool by = promql_take(&q->x, "by");

	if (!by && !promql_take(&q->x, "without"))
		return;
	g->by = by;
	g->without = !by;
	g->names = label_list(q);
}

static struct operand aggregation(struct promql *q, struct str name)
{
	struct grouping g = {0};

	read_grouping(q, &g);
	struct arguments a = function_arguments(q);
	read_grouping(q, &g);
	struct operand out = a.vector;
	out.scalar = false;
	if (IS_ONE_OF(name, choosers))
		return out;
	out.labels =
		g.without ? promql_remove(q->arena, &out.labels, &g.names) : promql_keep(q->arena, &out.labels, &g.names);
	if (str_eq_nocase(name, STR("count_values")))
		out.labels = promql_with(q->arena, &out.labels, a.first_string);
	return out;
}

/* ---- operands ---- */

static struct operand selector(struct promql *q)
{
	return (struct operand){.labels = {.open = true, .fixed = selector_matchers(q)}};
}

static struct operand named_operand(struct promql *q)
{
	struct str name = q->x.text;

	promql_next(&q->x);
	if (IS_ONE_OF(name, aggregations) &&
	    (promql_is(&q->x, "(") || promql_is(&q->x, "by") || promql_is(&q->x, "without")))
		return aggregation(q, name);
	if (promql_is(&q->x, "("))
		return function(q, name);
	if (str_eq_nocase(name, STR("inf")) || str_eq_nocase(name, STR("nan")))
		return (struct operand){.scalar = true};
	return selector(q);
}

static struct operand primary(struct promql *q)
{
	struct operand out = {.scalar = true};

	while (promql_take(&q->x, "-") || promql_take(&q->x, "+"))
		;
	if (q->x.token == PROMQL_NUMBER) {
		promql_next(&q->x);
	} else if (q->x.token == PROMQL_NAME) {
		out = named_operand(q);
	} else if (promql_is(&q->x, "{")) {
		out = selector(q);
	} else if (promql_take(&q->x, "(")) {
		out = expression(q, 0);
		expect(q, ")");
	} else {
		return not_understood(q);
	}
	skip_modifiers(q);
	return out;
}

/* ---- operators ---- */

static const struct {
	const char *sign;
	int precedence;
} operators[] = {
	{"or", 1}, {"and", 2},   {"unless", 2},  {"==", 3}, {"!=", 3},    {"<=", 3}, {">=", 3},
	{"<", 3},  {">", 3},     {"+", 4},       {"-", 4},  {"*", 5},     {"/", 5},  {"%", 5},
	{"^", 6},  {"atan2", 5}, {"default", 1}, {"if", 2}, {"ifnot", 2},
};

static const char *operator_ahead(const struct promql *q, int least, int *precedence)
{
	for (size_t i = 0; i < sizeof operators / sizeof *operators; i++)
		if (promql_is(&q->x, operators[i].sign) && operators[i].precedence > least) {
			*precedence = operators[i].precedence;
			return operators[i].sign;
		}
	return NULL;
}

struct matching {
	bool on, ignoring, left, right; /* left: group_left */
	struct strs names, carried;
};

static struct matching read_matching(struct promql *q)
{
	struct matching m = {0};

	promql_take(&q->x, "bool");
	m.on = promql_take(&q->x, "on");
	m.ignoring = !m.on && promql_take(&q->x, "ignoring");
	if (m.on || m.ignoring)
		m.names = label_list(q);
	m.left = promql_take(&q->x, "group_left");
	m.right = !m.left && promql_take(&q->x, "group_right");
	if ((m.left || m.right) && promql_is(&q->x, "("))
		m.carried = label_list(q);
	return m;
}

/* Many to one keeps the labels of the many, and those that are carried over. */
static struct promql_labels many_to_one(struct promql *q, const struct promql_labels *many, const struct strs *carried)
{
	struct promql_labels out = *many;

	for (size_t i = 0; i < carried->n; i++)
		out = promql_with(q->arena, &out, carried->v[i]);
	return out;
}

/* Both sides must agree on what they are matched by, so what one of them fixes is fixed. */
static struct promql_labels with_fixed(struct promql *q, struct promql_labels out, const struct promql_labels *other,
                                       const struct matching *m)
{
	struct labels agreed = {arena_alloc(q->arena, (other->fixed.n + 1) * sizeof(struct label)), 0};

	for (size_t i = 0; i < other->fixed.n; i++) {
		struct label l = other->fixed.v[i];
		bool matched = m->on ? promql_listed(&m->names, l.name) : !promql_listed(&m->names, l.name);
		if (matched && promql_may_have(&out, l.name))
			agreed.v[agreed.n++] = l;
	}
	out.fixed = labels_merge(q->arena, &out.fixed, &agreed);
	return out;
}

static struct promql_labels vectors_combined(struct promql *q, const char *sign, const struct promql_labels *a,
                                             const struct promql_labels *b, const struct matching *m)
{
	struct promql_labels out = *a;

	if (strcmp(sign, "or") == 0 || strcmp(sign, "default") == 0)
		return promql_either(q->arena, a, b);
	if (strcmp(sign, "unless") == 0 || strcmp(sign, "ifnot") == 0)
		return out;
	if (strcmp(sign, "and") == 0 || strcmp(sign, "if") == 0)
		return with_fixed(q, out, b, m);
	if (m->left || m->right)
		return many_to_one(q, m->left ? a : b, &m->carried);
	if (m->on)
		out = promql_keep(q->arena, a, &m->names);
	else if (m->ignoring)
		out = promql_remove(q->arena, a, &m->names);
	return with_fixed(q, out, b, m);
}

static struct operand combined(struct promql *q, const char *sign, const struct operand *a, const struct operand *b,
                               const struct matching *m)
{
	struct operand out = {.scalar = a->scalar && b->scalar};

	if (a->scalar || b->scalar)
		out.labels = a->scalar ? b->labels : a->labels;
	else
		out.labels = vectors_combined(q, sign, &a->labels, &b->labels, m);
	return out;
}

static struct operand expression(struct promql *q, int least)
{
	const char *sign;
	int precedence;

	if (++q->depth > PROMQL_DEPTH_MAX)
		return not_understood(q);
	struct operand left = primary(q);
	while (!q->lost && (sign = operator_ahead(q, least, &precedence))) {
		promql_next(&q->x);
		struct matching m = read_matching(q);
		struct operand right = expression(q, precedence);
		left = combined(q, sign, &left, &right, &m);
	}
	q->depth--;
	return left;
}

struct promql_labels promql_labels_of(struct arena *arena, struct str expr)
{
	struct promql q = {.arena = arena};

	promql_begin(&q.x, arena, expr);
	struct operand whole = expression(&q, 0);
	if (q.lost || q.x.token != PROMQL_END)
		return (struct promql_labels){.open = true};
	return whole.labels;
}
