/*
 * SARIF 2.1.0, as code hosts read it. https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
 */
#include "base/buf.h"
#include "incident/message.h"
#include "lint_impl.h"
#include "version.h"

/* "hint" is SARIF's "note". */
static const char *level_of(enum lint_level level)
{
	return level == LINT_HINT ? "note" : lint_level_name(level);
}

static bool is_uri_plain(unsigned char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' ||
	       c == '_' || c == '~' || c == '/';
}

/* A path as a URI reference. */
static json_t *uri(const char *path)
{
	AUTOBUF struct buf out;

	buf_init(&out, SIZE_MAX);
	buf_add_c(&out, path && *path == '/' ? "file://" : "");
	for (const char *p = path; p && *p; p++)
		if (is_uri_plain((unsigned char)*p))
			buf_add_char(&out, *p);
		else
			buf_printf(&out, "%%%02X", (unsigned char)*p);
	return view_text(buf_str(&out));
}

static json_t *location(struct pos at)
{
	json_t *place = json_pack("{s:{s:o}}", "artifactLocation", "uri", uri(at.file));

	if (at.line > 0) {
		json_t *region = json_pack("{s:i}", "startLine", at.line);
		if (at.column > 0)
			json_object_set_new(region, "startColumn", json_integer(at.column));
		json_object_set_new(place, "region", region);
	}
	return json_pack("{s:o}", "physicalLocation", place);
}

static json_t *result(const struct lint_finding *f, bool has_baseline)
{
	json_t *out =
		json_pack("{s:s, s:i, s:s, s:{s:o}, s:[o]}", "ruleId", lint_codes[f->code].name, "ruleIndex", (int)f->code,
	              "level", level_of(f->level), "message", "text", view_text(f->message), "locations", location(f->at));

	if (f->other.file)
		json_object_set_new(out, "relatedLocations", json_pack("[o]", location(f->other)));
	if (has_baseline)
		json_object_set_new(out, "baselineState", json_string(f->known ? "unchanged" : "new"));
	return out;
}

static json_t *codes(void)
{
	json_t *list = json_array();

	for (int i = 0; i < LINT_CODES; i++)
		json_array_append_new(list, json_pack("{s:s, s:{s:s}, s:{s:s}}", "id", lint_codes[i].name, "shortDescription",
		                                      "text", lint_codes[i].doc, "defaultConfiguration", "level",
		                                      level_of(lint_codes[i].level)));
	return list;
}

json_t *lint_sarif(const struct lint *l, bool has_baseline)
{
	json_t *results = json_array();

	for (size_t i = 0; i < l->n; i++)
		json_array_append_new(results, result(&l->v[i], has_baseline));
	return json_pack("{s:s, s:s, s:[{s:{s:{s:s, s:s, s:o}}, s:s, s:o}]}", "$schema",
	                 "https://json.schemastore.org/sarif-2.1.0.json", "version", "2.1.0", "runs", "tool", "driver",
	                 "name", "runbookctl", "version", RUNBOOKD_VERSION, "rules", codes(), "columnKind",
	                 "unicodeCodePoints", "results", results);
}
