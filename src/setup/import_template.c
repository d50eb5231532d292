/* Go's templates where they only put values into text: {{ .CommonAnnotations.summary }}. */
#include "import_impl.h"

/* What their value is called in ours; a prefix ends in a dot and leaves the name. */
static const struct {
	struct str go, ours;
} values[] = {
	{STR_INIT(".CommonAnnotations."), STR_INIT("annotations.")},
	{STR_INIT(".CommonLabels."), STR_INIT("labels.")},
	{STR_INIT(".GroupLabels."), STR_INIT("labels.")},
	{STR_INIT(".Annotations."), STR_INIT("annotations.")},
	{STR_INIT(".Labels."), STR_INIT("labels.")},
	{STR_INIT(".Status"), STR_INIT("event")},
};

static bool is_template_name(struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];
		if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_'))
			return false;
	}
	return true;
}

static bool put_template_value(struct str go, struct buf *out)
{
	for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
		bool prefix = str_ends(values[i].go, STR("."));
		struct str rest = str_slice(go, values[i].go.n, go.n);
		if (!str_starts(go, values[i].go) || !is_template_name(rest) || (rest.n > 0) != prefix)
			continue;
		buf_printf(out, "{{%.*s%.*s}}", STR_ARG(values[i].ours), STR_ARG(rest));
		return true;
	}
	return false;
}

bool import_template(struct str go, struct buf *out)
{
	for (ptrdiff_t open; (open = str_find(go, STR("{{"))) >= 0;) {
		struct str inside = str_slice(go, (size_t)open + 2, go.n);
		ptrdiff_t close = str_find(inside, STR("}}"));
		buf_add(out, str_slice(go, 0, (size_t)open));
		if (close < 0 || !put_template_value(str_trim(str_slice(inside, 0, (size_t)close)), out))
			return false;
		go = str_slice(inside, (size_t)close + 2, inside.n);
	}
	buf_add(out, go);
	return buf_ok(out);
}
