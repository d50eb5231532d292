/* PromQL as tokens. Comments and blanks are passed over; durations are numbers, names may have colons. */
#include <string.h>

#include "lint/promql_impl.h"

static bool is_name_start(char c)
{
	return (c | 0x20) >= 'a' && (c | 0x20) <= 'z' ? true : c == '_' || c == ':';
}

static bool is_digit_char(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_name_part(char c)
{
	return is_name_start(c) || is_digit_char(c);
}

static void skip_blanks_and_remarks(struct promql_lexer *x)
{
	for (; x->p < x->end; x->p++) {
		if (*x->p == '#')
			while (x->p + 1 < x->end && x->p[1] != '\n')
				x->p++;
		else if (!*x->p || !strchr(" \t\r\n", *x->p))
			return;
	}
}

/* The characters that begin so. */
static struct str run_of(struct promql_lexer *x, bool (*belongs)(char c))
{
	struct str out = {x->p, 0};

	while (x->p < x->end && belongs(*x->p))
		x->p++;
	out.n = (size_t)(x->p - out.p);
	return out;
}

/* 1.5e3, 0x1f, 5m30s, +Inf is a name behind a sign. */
static bool is_number_part(char c)
{
	return is_name_part(c) || c == '.';
}

static char unescaped(char c)
{
	static const char names[] = "abfnrtv", values[] = "\a\b\f\n\r\t\v";
	const char *found = c ? strchr(names, c) : NULL;

	return found ? values[found - names] : c;
}

/* Numeric escapes are rare in labels' values: one that has them is not what it says here, and then fixes nothing. */
static void take_string(struct promql_lexer *x)
{
	const char quote = *x->p++;
	char *out = arena_alloc(x->arena, (size_t)(x->end - x->p) + 1), *to = out;

	x->token = PROMQL_STRING;
	while (x->p < x->end && *x->p != quote) {
		if (quote != '`' && *x->p == '\\' && x->p + 1 < x->end) {
			x->token = strchr("xuU01234567", x->p[1]) ? PROMQL_WRONG : x->token;
			*to++ = unescaped(x->p[1]);
			x->p += 2;
		} else {
			*to++ = *x->p++;
		}
	}
	if (x->p == x->end)
		x->token = PROMQL_WRONG;
	else
		x->p++;
	x->text = (struct str){out, (size_t)(to - out)};
}

static void take_sign(struct promql_lexer *x)
{
	static const char *const signs[] = {"==", "!=", ">=", "<=", "=~", "!~", "(", ")", "{", "}", "[", "]",
	                                    ",",  "+",  "-",  "*",  "/",  "%",  "^", "<", ">", "=", "@", ":"};
	struct str rest = {x->p, (size_t)(x->end - x->p)};

	x->token = PROMQL_WRONG;
	for (size_t i = 0; i < sizeof signs / sizeof *signs; i++)
		if (str_starts(rest, str_c(signs[i]))) {
			x->token = PROMQL_SIGN;
			x->text = str_slice(rest, 0, strlen(signs[i]));
			x->p += x->text.n;
			return;
		}
}

void promql_next(struct promql_lexer *x)
{
	skip_blanks_and_remarks(x);
	if (x->p == x->end) {
		x->token = PROMQL_END;
	} else if (is_name_start(*x->p) && *x->p != ':') {
		x->token = PROMQL_NAME;
		x->text = run_of(x, is_name_part);
	} else if (is_digit_char(*x->p) || (*x->p == '.' && x->p + 1 < x->end && is_digit_char(x->p[1]))) {
		x->token = PROMQL_NUMBER;
		x->text = run_of(x, is_number_part);
	} else if (*x->p && strchr("\"'`", *x->p)) {
		take_string(x);
	} else {
		take_sign(x);
	}
}

void promql_begin(struct promql_lexer *x, struct arena *arena, struct str expr)
{
	*x = (struct promql_lexer){.arena = arena, .p = expr.n ? expr.p : "", .end = (expr.n ? expr.p : "") + expr.n};
	promql_next(x);
}

bool promql_is(const struct promql_lexer *x, const char *text)
{
	return (x->token == PROMQL_SIGN || x->token == PROMQL_NAME) && str_eq_nocase(x->text, str_c(text));
}

bool promql_take(struct promql_lexer *x, const char *text)
{
	bool is = promql_is(x, text);

	if (is)
		promql_next(x);
	return is;
}
