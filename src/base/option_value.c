/* Reads one YAML node into one member by its option's type and range. */
#include "base/option_value.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/time.h"
#include "base/yaml_truth.h"

__attribute__((format(printf, 2, 3))) static bool refuse_value(const struct reading *r, const char *fmt, ...)
{
	AUTOBUF struct buf message;
	buf_init(&message, SIZE_MAX);
	va_list ap;
	va_start(ap, fmt);
	buf_vprintf(&message, fmt, ap);
	va_end(ap);
	err_at(r->err, r->node->at, "%s: \"%s\" %s", r->what, r->row->name, buf_str(&message).p);
	return false;
}

static bool wrong_type(const struct reading *r, const char *wanted)
{
	const struct yaml_node *n = r->node;
	if (n->kind != YAML_SCALAR)
		return refuse_value(r, "must be %s, not a %s", wanted, yaml_kind_name(n));
	return refuse_value(r, "must be %s%s, not \"%.*s\"", wanted, n->quoted ? " without quotes" : "", STR_ARG(n->text));
}

/* Numbers and truth values stand without quotes; what is quoted is text. */
static bool is_plain_value(const struct reading *r)
{
	return r->node->kind == YAML_SCALAR && !r->node->quoted;
}

static bool has_range(const struct option *row)
{
	return row->least != 0 || row->most != 0;
}

static bool in_range(const struct reading *r, int64_t value)
{
	const struct option *row = r->row;
	if (!has_range(row) || (value >= row->least && value <= row->most))
		return true;
	if (row->type == OPTION_DURATION) {
		char least[TIME_DURATION_MAX], most[TIME_DURATION_MAX];
		return refuse_value(r, "must be between %s and %s, not %.*s", time_duration_format(row->least, least),
		                    time_duration_format(row->most, most), STR_ARG(r->node->text));
	}
	return refuse_value(r, "must be between %" PRId64 " and %" PRId64 ", not %.*s", row->least, row->most,
	                    STR_ARG(r->node->text));
}

static bool read_int64(struct reading *r, int64_t value)
{
	if (!in_range(r, value))
		return false;
	*(int64_t *)r->member = value;
	return true;
}

static bool read_str(struct reading *r)
{
	if (r->node->kind != YAML_SCALAR)
		return wrong_type(r, "a string");
	*(struct str *)r->member = arena_str(r->arena, r->node->text);
	return true;
}

static bool read_bool(struct reading *r)
{
	bool value;
	if (!yaml_truth(r->node, &value))
		return wrong_type(r, "true or false");
	const char *plain = value ? "true" : "false";
	if (!str_eq_c(r->node->text, plain))
		return refuse_value(r, "must be true or false, not \"%.*s\"; did you mean %s?", STR_ARG(r->node->text), plain);
	*(bool *)r->member = value;
	return true;
}

static bool read_int(struct reading *r)
{
	int64_t value;
	if (!is_plain_value(r) || !str_to_i64(r->node->text, &value))
		return wrong_type(r, "a whole number");
	return read_int64(r, value);
}

/* Decimal only: strtod would also take hexadecimal, "inf" and "nan". */
static bool parse_float(struct str s, double *out)
{
	char text[64], *end;
	if (s.n == 0 || s.n >= sizeof text)
		return false;
	memcpy(text, s.p, s.n);
	text[s.n] = '\0';
	if (strspn(text, "0123456789+-.eE") != s.n)
		return false;
	double value = strtod(text, &end);
	if (*end || value - value != 0) /* rubbish behind it, or overflowed to infinity */
		return false;
	*out = value;
	return true;
}

static bool read_float(struct reading *r)
{
	double value;
	const struct option *row = r->row;
	if (!is_plain_value(r) || !parse_float(r->node->text, &value))
		return wrong_type(r, "a number");
	if (has_range(row) && (value < (double)row->least || value > (double)row->most))
		return refuse_value(r, "must be between %" PRId64 " and %" PRId64 ", not %.*s", row->least, row->most,
		                    STR_ARG(r->node->text));
	*(double *)r->member = value;
	return true;
}

static bool read_duration_value(struct reading *r)
{
	int64_t value;
	if (r->node->kind != YAML_SCALAR || !time_duration_parse(r->node->text, &value))
		return wrong_type(r, "a duration such as 30s, 4h or 1d12h");
	return read_int64(r, value);
}

static bool parse_byte_size(struct str s, int64_t *out)
{
	static const struct {
		const char *suffix;
		int64_t bytes;
	} units[] = {{"KiB", INT64_C(1) << 10},
	             {"MiB", INT64_C(1) << 20},
	             {"GiB", INT64_C(1) << 30},
	             {"TiB", INT64_C(1) << 40},
	             {"B", 1},
	             {"", 1}};
	for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
		struct str suffix = str_c(units[i].suffix);
		int64_t number;
		if (!str_ends(s, suffix))
			continue;
		struct str digits = str_slice(s, 0, s.n - suffix.n);
		return str_to_i64(digits, &number) && *digits.p != '-' && !__builtin_mul_overflow(number, units[i].bytes, out);
	}
	return false;
}

static bool read_size(struct reading *r)
{
	int64_t value;
	if (r->node->kind != YAML_SCALAR || !parse_byte_size(r->node->text, &value))
		return wrong_type(r, "a size such as 512, 64KiB, 16MiB or 1GiB");
	return read_int64(r, value);
}

void option_join_choices(const struct option *row, const char *between, struct buf *out)
{
	for (size_t i = 0; row->choices[i]; i++) {
		if (i)
			buf_add_c(out, between);
		buf_add_c(out, row->choices[i]);
	}
}

static bool read_choice(struct reading *r)
{
	size_t count = 0;
	for (; r->row->choices[count]; count++) {
		if (r->node->kind == YAML_SCALAR && str_eq_c(r->node->text, r->row->choices[count])) {
			*(int *)r->member = (int)count;
			return true;
		}
	}
	AUTOBUF struct buf all;
	buf_init(&all, SIZE_MAX);
	option_join_choices(r->row, ", ", &all);
	if (r->node->kind != YAML_SCALAR)
		return refuse_value(r, "must be one of %s, not a %s", buf_str(&all).p, yaml_kind_name(r->node));
	const char *nearest = options_nearest(r->node->text, r->row->choices, count);
	return refuse_value(r, "must be one of %s, not \"%.*s\"%s%s%s", buf_str(&all).p, STR_ARG(r->node->text),
	                    nearest ? "; did you mean \"" : "", nearest ? nearest : "", nearest ? "\"?" : "");
}

static bool read_strs(struct reading *r)
{
	const struct yaml_node *list = r->node;
	const struct yaml_node *const *items =
		list->kind == YAML_LIST ? (const struct yaml_node *const *)list->items : &list;
	struct strs strs = {.n = list->kind == YAML_LIST ? list->count : 1};
	strs.v = arena_alloc(r->arena, strs.n * sizeof *strs.v);
	for (size_t i = 0; i < strs.n; i++) {
		r->node = items[i];
		if (items[i]->kind != YAML_SCALAR || yaml_is_null(items[i]))
			return wrong_type(r, "a list of strings");
		strs.v[i] = arena_str(r->arena, items[i]->text);
	}
	*(struct strs *)r->member = strs;
	return true;
}

static bool read_node(struct reading *r)
{
	*(const struct yaml_node **)r->member = r->node;
	return true;
}

static const struct {
	const char *name;
	size_t size;
	bool (*read)(struct reading *r);
} types[] = {
	[OPTION_STR] = {"string", sizeof(struct str), read_str},
	[OPTION_BOOL] = {"bool", sizeof(bool), read_bool},
	[OPTION_INT] = {"int", sizeof(int64_t), read_int},
	[OPTION_FLOAT] = {"float", sizeof(double), read_float},
	[OPTION_DURATION] = {"duration", sizeof(int64_t), read_duration_value},
	[OPTION_SIZE] = {"size", sizeof(int64_t), read_size},
	[OPTION_CHOICE] = {"choice", sizeof(int), read_choice},
	[OPTION_STRS] = {"strings", sizeof(struct strs), read_strs},
	[OPTION_NODE] = {"block", sizeof(const struct yaml_node *), read_node},
	[OPTION_FOREIGN] = {"foreign", 0, NULL},
};

bool option_read_value(struct reading *r)
{
	return types[r->row->type].read(r);
}

size_t option_size(enum option_type type)
{
	return types[type].size;
}

const char *option_type_name(enum option_type type)
{
	return types[type].name;
}
