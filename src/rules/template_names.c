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

/* Without the names below others: there are many. */
static void add_known(struct buf *b, const char *const *names, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (!strchr(names[i], '.'))
			buf_printf(b, "%s%s", b->n ? ", " : "", names[i]);
	}
}

/* Whether the names below `word` are listed ("incident.key" beside "incident"); where none is, all are fine. */
static bool has_listed_members(struct str word, const char *const *names)
{
	for (size_t i = 0; names[i]; i++) {
		struct str name = str_c(names[i]);
		if (name.n > word.n && name.p[word.n] == '.' && str_starts(name, word))
			return true;
	}
	return false;
}

static bool refuse_unknown(struct str name, struct str looked_up, const char *const *names, size_t count, struct pos at,
                           struct err *err)
{
	const char *nearest = options_nearest(looked_up, names, count);
	AUTOBUF struct buf known;
	buf_init(&known, 2048);
	add_known(&known, names, count);
	if (nearest)
		err_at(err, at, "unknown name {{%.*s}}: did you mean \"%s\"?", STR_ARG(name), nearest);
	else
		err_at(err, at, "unknown name {{%.*s}}: known are %.*s", STR_ARG(name), STR_ARG(buf_str(&known)));
	return false;
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
	if (!is_known(word, names, &count))
		return refuse_unknown(name, word, names, count, at, err);
	if (dot < 0 || !has_listed_members(word, names))
		return true;
	ptrdiff_t next = str_index(str_slice(name, word.n + 1, name.n), '.');
	struct str member = str_slice(name, 0, next < 0 ? name.n : word.n + 1 + (size_t)next);
	return is_known(member, names, &count) || refuse_unknown(name, member, names, count, at, err);
}
