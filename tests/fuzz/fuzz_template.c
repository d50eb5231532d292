/* The first line as a template, the rest as a label's value: within the ceilings, and a value never leaves its place. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "rules/template.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const names[] = {"labels", "annotations", "list", NULL};

static json_t *context_with(struct str value)
{
	return json_pack("{s:{s:o}, s:{}, s:[i,s,[i]]}", "labels", "x",
	                 json_stringn_nocheck(value.n ? value.p : "", value.n), "annotations", "list", 1, "a", 2);
}

static void render_all(struct str text, const json_t *context)
{
	AUTOERR struct err err = ERR_INIT;
	const char *const *known[] = {names, NULL};
	for (size_t i = 0; i < 2; i++) {
		struct template *t = template_compile(text, known[i], (struct pos){"input", 1, 1}, &err);
		for (int escape = ESCAPE_NONE; t && escape <= ESCAPE_MRKDWN; escape++) {
			AUTOBUF struct buf out;
			buf_init(&out, TEMPLATE_OUTPUT_MAX);
			(void)template_render(t, context, (enum template_escape)escape, &out);
		}
		template_free(t);
	}
}

/* Whatever the value is, behind "https://h/" it is one segment, and neither "." nor "..". */
static void check_segment(const json_t *context)
{
	static const char *const texts[] = {"https://h/{{labels.x}}", "https://h/{{{labels.x}}}",
	                                    "https://h/{{labels.x | urlencode}}", "https://h/{{labels.x | kebab}}"};
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		AUTOERR struct err err = ERR_INIT;
		AUTOBUF struct buf out;
		buf_init(&out, (size_t)1 << 24);
		struct template *t = template_compile(str_c(texts[i]), names, (struct pos){"input", 1, 1}, &err);
		if (!t)
			abort();
		bool good = template_render(t, context, i % 2 ? ESCAPE_URL : ESCAPE_PATH, &out);
		template_free(t);
		struct str segment = str_slice(buf_str(&out), 10, out.n);
		for (size_t k = 0; k < segment.n; k++)
			if (!segment.p[k] || strchr("/:@?#\\ \t\r\n", segment.p[k]))
				abort();
		if (good && (str_eq_c(segment, ".") || str_eq_c(segment, "..")))
			abort();
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *text = (const char *)data;
	const char *newline = size ? memchr(text, '\n', size) : NULL;
	size_t first = newline ? (size_t)(newline - text) : size;
	struct str value = newline ? (struct str){newline + 1, size - first - 1} : (struct str){0};
	json_t *context = context_with(value);
	if (!context)
		abort();
	render_all((struct str){text, first}, context);
	check_segment(context);
	json_decref(context);
	return 0;
}
