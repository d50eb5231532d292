#include <string.h>

#include "base/options.h"
#include "rules/template_impl.h"

static const char *const go_words[] = {"if",     "else",  "end",     "range",   "with",     "template",     "define",
                                       "printf", "print", "toUpper", "toLower", "humanize", "reReplaceAll", "block"};

static struct str first_word(struct str s)
{
	size_t n = 0;
	while (n < s.n && s.p[n] != ' ' && s.p[n] != '\t')
		n++;
	return str_slice(s, 0, n);
}

static bool is_go_word(struct str name)
{
	struct str word = first_word(name);
	for (size_t i = 0; i < sizeof go_words / sizeof *go_words; i++)
		if (str_eq_c(word, go_words[i]) && (word.n < name.n || word.n <= 5))
			return true;
	return false;
}

static bool refuse_go(struct str name, const char *const *names, struct pos at, struct err *err)
{
	if (name.n > 1 && name.p[0] == '.') {
		err_at(err, at, "{{%.*s}} is Go's template syntax: write {{labels.x}}, {{annotations.x}}", STR_ARG(name));
		return true;
	}
	if (name.n > 0 && name.p[0] == '$') {
		err_at(err, at, "{{%.*s}} is Prometheus' template syntax: write {{labels.x}}", STR_ARG(name));
		return true;
	}
	if (names && is_go_word(name)) {
		err_at(err, at,
		       "{{%.*s}} is Go's template syntax: write {{#labels.x}}…{{/labels.x}}, and pipes as {{labels.x | lower}}",
		       STR_ARG(name));
		return true;
	}
	return false;
}

static bool is_known(struct str word, const char *const *names, size_t *count)
{
	bool known = false;
	for (*count = 0; names[*count]; ++*count)
		known = known || str_eq_c(word, names[*count]);
	return known;
}

static void add_known(struct buf *b, const char *const *names, size_t count)
{
	for (size_t i = 0; i < count; i++)
		buf_printf(b, "%s%s", i ? ", " : "", names[i]);
}

bool template_name_check(struct str name, const char *const *names, bool known_only, struct pos at, struct err *err)
{
	if (refuse_go(name, names, at, err))
		return false;
	if (!names || !known_only || str_eq_c(name, "."))
		return true;
	ptrdiff_t dot = str_index(name, '.');
	struct str word = dot < 0 ? name : str_slice(name, 0, (size_t)dot);
	size_t count;
	if (is_known(word, names, &count))
		return true;
	const char *nearest = options_nearest(word, names, count);
	AUTOBUF struct buf known;
	buf_init(&known, 1024);
	add_known(&known, names, count);
	if (nearest)
		err_at(err, at, "unknown name {{%.*s}}: did you mean \"%s\"?", STR_ARG(name), nearest);
	else
		err_at(err, at, "unknown name {{%.*s}}: known are %.*s", STR_ARG(name), STR_ARG(buf_str(&known)));
	return false;
}
