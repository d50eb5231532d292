#include "incident/record_json.h"

#include <stdio.h>
#include <string.h>

/* Labels come off the wire as valid UTF-8 (JSON); what a person configured may not be. */
json_t *record_string(struct str s)
{
	json_t *j = json_stringn(s.n ? s.p : "", s.n);
	if (j)
		return j;
	AUTOFREE char *clean = mem_str(s);
	for (size_t i = 0; i < s.n; i++)
		if ((unsigned char)clean[i] >= 0x80)
			clean[i] = '?';
	return json_stringn(clean, s.n);
}

static json_t *write_field(const struct record_field *row, const char *at)
{
	switch (row->type) {
	case RECORD_STR: {
		const struct str *s = (const void *)at;
		return s->n ? record_string(*s) : NULL;
	}
	case RECORD_I64:
	case RECORD_U64: {
		int64_t v;
		memcpy(&v, at, sizeof v);
		return v ? json_integer(v) : NULL;
	}
	case RECORD_INT: {
		int v;
		memcpy(&v, at, sizeof v);
		return v ? json_integer(v) : NULL;
	}
	case RECORD_BOOL: return *(const bool *)at ? json_true() : NULL;
	case RECORD_GROUP: return *at ? record_string(str_c(at)) : NULL;
	}
	return NULL;
}

json_t *record_write(const struct record_field *rows, size_t count, const void *from)
{
	json_t *object = json_object();
	for (size_t i = 0; i < count; i++) {
		json_t *value = write_field(&rows[i], (const char *)from + rows[i].offset);
		if (value)
			json_object_set_new_nocheck(object, rows[i].name, value);
	}
	return object;
}

static struct str read_string(const json_t *value, struct arena *arena)
{
	if (!json_is_string(value))
		return (struct str){NULL, 0};
	return arena_str(arena, (struct str){json_string_value(value), json_string_length(value)});
}

void record_read(const struct record_field *rows, size_t count, const json_t *object, struct arena *arena, void *to)
{
	for (size_t i = 0; i < count; i++) {
		char *at = (char *)to + rows[i].offset;
		const json_t *value = json_object_get(object, rows[i].name);
		int64_t number = json_integer_value(value);
		int small = (int)number;
		switch (rows[i].type) {
		case RECORD_STR: *(struct str *)(void *)at = read_string(value, arena); break;
		case RECORD_I64:
		case RECORD_U64: memcpy(at, &number, sizeof number); break;
		case RECORD_INT: memcpy(at, &small, sizeof small); break;
		case RECORD_BOOL: *(bool *)at = json_is_true(value); break;
		case RECORD_GROUP:
			snprintf(at, MEMBER_GROUP_SIZE, "%s", json_is_string(value) ? json_string_value(value) : "");
			break;
		}
	}
}

void record_own(const struct record_field *rows, size_t count, struct arena *arena, void *item)
{
	for (size_t i = 0; i < count; i++) {
		struct str *s = (void *)((char *)item + rows[i].offset);
		if (rows[i].type == RECORD_STR)
			*s = arena_str(arena, *s);
	}
}

struct labels record_labels_copy(const struct labels *l, struct arena *arena)
{
	struct labels out = {.v = arena_alloc(arena, (l->n + 1) * sizeof *out.v), .n = l->n};
	for (size_t i = 0; i < l->n; i++)
		out.v[i] = (struct label){arena_str(arena, l->v[i].name), arena_str(arena, l->v[i].value)};
	return out;
}

json_t *record_labels(const struct labels *l)
{
	json_t *object = json_object();
	for (size_t i = 0; i < l->n; i++) {
		AUTOFREE char *name = mem_str(l->v[i].name);
		json_object_set_new(object, name, record_string(l->v[i].value));
	}
	return object;
}

struct labels record_labels_read(const json_t *object, struct arena *arena)
{
	struct labels out = {.v = arena_alloc(arena, (json_object_size(object) + 1) * sizeof *out.v)};
	const char *name;
	json_t *value;
	json_object_foreach((json_t *)(uintptr_t)object, name, value)
	{
		out.v[out.n].name = arena_str(arena, str_c(name));
		out.v[out.n++].value = read_string(value, arena);
	}
	labels_sort(&out);
	return out;
}

/* The index behind the string that begins at `i`. */
static size_t skip_string(struct str s, size_t i)
{
	for (i++; i < s.n && s.p[i] != '"'; i++)
		i += s.p[i] == '\\';
	return i + 1;
}

/* The index of what follows the value that begins at `i`: a ',' or a bracket that was not opened in it. */
static size_t skip_value(struct str s, size_t i)
{
	size_t depth = 0;
	while (i < s.n) {
		char c = s.p[i];
		if (c == '"') {
			i = skip_string(s, i);
			continue;
		}
		if (c == '{' || c == '[')
			depth++;
		else if (!depth && (c == ',' || c == '}' || c == ']'))
			break;
		else if (c == '}' || c == ']')
			depth--;
		i++;
	}
	return i < s.n ? i : s.n;
}

bool record_member(struct str object, struct str name, struct str *value)
{
	for (size_t i = 1; i < object.n && object.p[i] == '"';) {
		size_t end = skip_string(object, i);
		if (end >= object.n || object.p[end] != ':')
			return false;
		struct str found = str_slice(object, i + 1, end - 1);
		size_t behind = skip_value(object, end + 1);
		if (str_eq(found, name)) {
			*value = str_slice(object, end + 1, behind);
			return true;
		}
		i = behind + 1;
	}
	return false;
}
