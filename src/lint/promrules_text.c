/* Rule files: documents apart, and why one was refused. */
#include <string.h>

#include "base/ascii.h"
#include "lint/promrules_impl.h"

#define REFUSED_MAX 20 /* documents of one file whose mistakes are told */

/* ---- what a text looks like ---- */

static bool begins_key(struct str text, size_t at)
{
	return at == 0 || (text.p[at - 1] && strchr(" \t\r\n-{,'\"", text.p[at - 1]));
}

/* `stops`: what stands behind the key. */
static bool has_key(struct str text, const char *key, const char *stops)
{
	const size_t n = strlen(key);

	for (size_t at = 0;; at += n) {
		ptrdiff_t found = str_find(str_slice(text, at, text.n), str_c(key));
		if (found < 0)
			return false;
		at += (size_t)found;
		struct str behind = str_slice(text, at + n, text.n);
		while (behind.n && *behind.p && strchr("'\" \t", *behind.p))
			behind = str_slice(behind, 1, behind.n);
		if (behind.n && *behind.p && strchr(stops, *behind.p) && begins_key(text, at))
			return true;
	}
}

bool promrules_text_has_key(struct str text, const char *key)
{
	return has_key(text, key, ":");
}

/* Jsonnet and templates have colons, HCL equals signs. */
bool promrules_in_text(struct str text)
{
	bool grafana = str_find(text, STR("\"grafana_rule_group\"")) >= 0; /* a resource of Terraform's */
	return grafana ||
	       (has_key(text, "alert", ":=") && (has_key(text, "expr", ":=") || has_key(text, "expression", ":=")));
}

/* "ALERT Name" at the beginning of a line and below it one that begins with "IF": how it was written before 2017. */
bool promrules_in_prometheus_1(struct str text)
{
	bool alert = false;
	while (text.n) {
		ptrdiff_t end = str_index(text, '\n');
		struct str line = str_trim(str_slice(text, 0, end < 0 ? text.n : (size_t)end));
		bool named = str_starts(line, STR("ALERT ")) && line.n > 6 && ascii_is_alpha(line.p[6]);
		bool same = named && str_find(line, STR(" IF ")) > 0;
		if (same || (alert && (str_starts(line, STR("IF ")) || str_eq_c(line, "IF"))))
			return true;
		alert = named || (alert && line.n > 0);
		text = str_slice(text, end < 0 ? text.n : (size_t)end + 1, text.n);
	}
	return false;
}

/* Every document with definitions has one of these keys, and most others need not be parsed. */
static bool may_define_alerts(struct str text)
{
	static const char *const keys[] = {"alert",      "groups", "grafana_alert", "condition",     "scrape_configs",
	                                   "rule_files", "slos",   "indicator",     "alertPolicies", "alertWhenBreaching"};

	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
		if (promrules_text_has_key(text, keys[i]))
			return true;
	return false;
}

/* ---- one document ---- */

/*
 * Says why a document was refused, with the lines of the whole file: parsed again with as many lines before it. That costs
 * the file's length each time, so only so many are told.
 */
static void tell_refusal(struct promrules_reading *r, struct str text)
{
	AUTOBUF struct buf whole = {.p = NULL};
	AUTOERR struct err err = ERR_INIT;

	if (++*r->refused > REFUSED_MAX)
		return;
	if (*r->refused == REFUSED_MAX)
		err_add(r->err, "%s: error: more documents cannot be read; they are not listed", r->file);
	buf_init(&whole, text.n + (size_t)r->lines_before + 1);
	for (int i = 0; i < r->lines_before; i++)
		buf_add_char(&whole, '\n');
	buf_add(&whole, text);
	yaml_parse(r->arena, r->file, buf_str(&whole), &err);
	bool template = str_find(text, STR("{{")) >= 0;
	const char *hint = template ? "; it holds {{ … }}: if it is a template of YAML, render it first" : "";
	for (size_t i = 0; i < err.count; i++)
		err_add(r->err, "%s%s", err.lines[i], i ? "" : hint);
}

static void read_one_document(struct promrules_reading *r, struct str text)
{
	AUTOERR struct err err = ERR_INIT;

	if (!may_define_alerts(text)) {
		r->out->objects += promrules_text_has_key(text, "kind");
		return;
	}
	const struct yaml_node *root = yaml_parse(r->arena, r->file, text, &err);
	if (root)
		promrules_read_document(r, root);
	else
		tell_refusal(r, text);
}

/* ---- documents apart ---- */

static bool is_marker(struct str line, const char *marker)
{
	return str_starts(line, str_c(marker)) && (line.n == 3 || strchr(" \t\r", line.p[3]));
}

/* The next document; `rest` is what follows it, `lines` grows by the lines taken. A "---" belongs to what it opens. */
static struct str take_yaml_document(struct str *rest, int *lines)
{
	size_t at = 0;

	while (at < rest->n) {
		struct str line = str_slice(*rest, at, rest->n);
		ptrdiff_t end = str_index(line, '\n');
		line.n = end < 0 ? line.n : (size_t)end;
		if (at && is_marker(line, "---"))
			break;
		at += line.n + (end >= 0);
		*lines += end >= 0;
		if (is_marker(line, "..."))
			break;
	}
	struct str document = str_slice(*rest, 0, at);
	*rest = str_slice(*rest, at, rest->n);
	return document;
}

void promrules_read_text(struct promrules_reading *r, struct str text)
{
	int lines = r->lines_before;

	while (text.n) {
		r->lines_before = lines;
		struct str document = take_yaml_document(&text, &lines);
		read_one_document(r, document);
	}
}

bool promrules_read(struct arena *arena, const char *file, struct str text, struct promrules *out, struct err *err)
{
	AUTOERR struct err found = ERR_INIT;
	int refused = 0;
	struct promrules_reading r = {
		.arena = arena, .file = arena_cstr(arena, str_c(file)), .refused = &refused, .out = out, .err = &found};

	promrules_read_text(&r, text);
	bool ok = !err_any(&found);
	err_move(err, &found);
	return ok;
}
