/* JSON as block-style YAML that people edit: yaml_write() of app/catalog_json.h. */
#include <string.h>

#include "service/catalog_json.h"

static bool is_plain_char(unsigned char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || strchr(" _./+()-", c);
}

/* Begins with a letter, says no truth value or null, and has nothing that YAML gives a meaning. */
static bool is_plain_scalar(struct str s)
{
	static const char *const words[] = {"true", "false", "yes", "no", "on", "off", "null", "y", "n"};
	bool letter = s.n && ((s.p[0] >= 'a' && s.p[0] <= 'z') || (s.p[0] >= 'A' && s.p[0] <= 'Z'));
	for (size_t i = 0; i < s.n; i++)
		letter = letter && s.p[i] && is_plain_char((unsigned char)s.p[i]);
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		letter = letter && !str_eq_nocase(s, str_c(words[i]));
	return letter && s.p[s.n - 1] != ' ';
}

/* Bytes that YAML refuses even in quotes, or gives a meaning there. */
static size_t quote_one(struct str s, struct buf *out)
{
	unsigned char c = (unsigned char)s.p[0];
	size_t n = str_utf8_len(s);
	if (c == '"' || c == '\\')
		buf_printf(out, "\\%c", c);
	else if (c == '\n')
		buf_add_c(out, "\\n");
	else if (c < 0x20 || c == 0x7f)
		buf_printf(out, "\\x%02x", c);
	else if (n == 2 && c == 0xc2 && (unsigned char)s.p[1] < 0xa0)
		buf_printf(out, "\\x%02x", (unsigned char)s.p[1]);
	else if (n == 3 && str_steers_terminal(str_slice(s, 0, n)))
		buf_printf(out, "\\u%04X", (unsigned)str_code(str_slice(s, 0, n)));
	else if (n == 4 && str_steers_terminal(str_slice(s, 0, n)))
		buf_printf(out, "\\U%08X", (unsigned)str_code(str_slice(s, 0, n)));
	else if (n == 3 && str_starts(s, STR("\xEF\xBB\xBF")))
		buf_add_c(out, "\\uFEFF");
	else if (n == 3 && str_starts(s, STR("\xEF\xBF")) && (unsigned char)s.p[2] >= 0xbe)
		buf_printf(out, "\\uFFF%c", (unsigned char)s.p[2] == 0xbe ? 'E' : 'F');
	else
		buf_add(out, str_slice(s, 0, n ? n : 1));
	return n ? n : 1;
}

static void write_string(struct str s, struct buf *out)
{
	if (is_plain_scalar(s)) {
		buf_add(out, s);
		return;
	}
	buf_add_char(out, '"');
	while (s.n) {
		size_t n = quote_one(s, out);
		s = str_slice(s, n, s.n);
	}
	buf_add_char(out, '"');
}

static void write_scalar(const json_t *value, struct buf *out)
{
	if (json_is_string(value))
		write_string((struct str){json_string_value(value), json_string_length(value)}, out);
	else if (json_is_integer(value))
		buf_printf(out, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
	else
		buf_add_c(out, json_is_true(value) ? "true" : json_is_false(value) ? "false" : "null");
}

static void write_node(const json_t *value, int indent, bool in_list, struct buf *out);

static bool is_scalar(const json_t *value)
{
	return !json_is_object(value) && !json_is_array(value);
}

static void write_map(json_t *map, int indent, bool in_list, struct buf *out)
{
	const char *key;
	json_t *value;
	json_object_foreach(map, key, value)
	{
		buf_printf(out, "%*s", in_list ? 0 : indent, "");
		in_list = false;
		write_string(str_c(key), out);
		buf_add_char(out, ':');
		write_node(value, indent + 2, false, out);
	}
}

static void write_flow(const json_t *list, struct buf *out)
{
	buf_add_char(out, '[');
	for (size_t i = 0; i < json_array_size(list); i++) {
		buf_add_c(out, i ? ", " : "");
		write_scalar(json_array_get(list, i), out);
	}
	buf_add_c(out, "]\n");
}

/* Where an empty list or mapping is meant, nothing else says so. */
static void write_node(const json_t *value, int indent, bool in_list, struct buf *out)
{
	bool flow = json_is_array(value) && (!json_array_size(value) || is_scalar(json_array_get(value, 0)));
	if (is_scalar(value) || flow || (json_is_object(value) && !json_object_size(value))) {
		buf_add_c(out, in_list ? "" : " ");
		if (flow)
			write_flow(value, out);
		else if (json_is_object(value))
			buf_add_c(out, "{}\n");
		else {
			write_scalar(value, out);
			buf_add_char(out, '\n');
		}
		return;
	}
	buf_add_c(out, in_list || !out->n ? "" : "\n");
	if (json_is_object(value)) {
		json_t *map = json_copy((json_t *)(uintptr_t)value);
		write_map(map, indent, in_list, out);
		json_decref(map);
		return;
	}
	for (size_t i = 0; i < json_array_size(value); i++) {
		buf_printf(out, "%*s- ", indent, "");
		write_node(json_array_get(value, i), indent + 2, true, out);
	}
}

void yaml_write(const json_t *value, struct buf *out)
{
	write_node(value, 0, !out->n, out);
}
