/*
 * A tree of jansson's as text, by json_writer.c: jansson's own way keeps a table of the containers it is in (nobody makes
 * loops here), each under a name that it prints, and hands out a byte or two at a time. That
 * is most of what writing costs.
 */
#include "base/buf_json.h"

#include <string.h>

#include "base/json_writer.h"

static bool put_json_value(struct buf *out, const json_t *value);

static int add_json_bytes(const char *p, size_t n, void *out)
{
	buf_add(out, (struct str){p, n});
	return 0;
}

/* Where jansson has a way of its own: numbers with a point, and strings with NUL, which are written as \u0000. */
static bool put_as_jansson(struct buf *out, const json_t *value)
{
	json_put_next(out);
	return json_dump_callback(value, add_json_bytes, out, JSON_COMPACT | JSON_ENCODE_ANY) == 0;
}

static struct str string_of(const json_t *value)
{
	return (struct str){json_string_value(value), json_string_length(value)};
}

static bool put_string(struct buf *out, const json_t *value)
{
	struct str s = string_of(value);
	if (str_index(s, '\0') >= 0)
		return put_as_jansson(out, value);
	json_put_text(out, s);
	return true;
}

static bool put_object(struct buf *out, const json_t *object)
{
	json_t *all = (json_t *)(uintptr_t)object; /* the iterator's type knows no const; nothing is changed */
	bool ok = true;
	json_put_open(out, '{');
	for (void *i = json_object_iter(all); i && ok; i = json_object_iter_next(all, i)) {
		json_put_name(out, (struct str){json_object_iter_key(i), json_object_iter_key_len(i)});
		ok = put_json_value(out, json_object_iter_value(i));
	}
	json_put_close(out, '}');
	return ok;
}

static bool put_array(struct buf *out, const json_t *array)
{
	bool ok = true;
	json_put_open(out, '[');
	for (size_t i = 0; i < json_array_size(array) && ok; i++)
		ok = put_json_value(out, json_array_get(array, i));
	json_put_close(out, ']');
	return ok;
}

static void put_word(struct buf *out, const char *word)
{
	json_put_next(out);
	buf_add_c(out, word);
}

static bool put_json_value(struct buf *out, const json_t *value)
{
	switch (json_typeof(value)) {
	case JSON_OBJECT: return put_object(out, value);
	case JSON_ARRAY: return put_array(out, value);
	case JSON_STRING: return put_string(out, value);
	case JSON_REAL: return put_as_jansson(out, value);
	case JSON_INTEGER: json_put_integer(out, json_integer_value(value)); break;
	case JSON_TRUE: put_word(out, "true"); break;
	case JSON_FALSE: put_word(out, "false"); break;
	case JSON_NULL: put_word(out, "null"); break;
	}
	return true;
}

bool buf_add_json(struct buf *out, const json_t *value)
{
	return value && put_json_value(out, value) && buf_ok(out);
}
