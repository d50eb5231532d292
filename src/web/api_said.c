/*
 * What people say in the body of a request: an object of texts.
 */
#include <string.h>

#include "api_impl.h"
#include "base/buf.h"
#include "base/mem.h"
#include "base/options.h"

struct str api_text_of(struct arena *arena, const json_t *object, const char *name)
{
	const json_t *value = json_object_get(object, name);
	if (!json_is_string(value))
		return (struct str){NULL, 0};
	return arena_str(arena, (struct str){json_string_value(value), json_string_length(value)});
}

static void complain(const char *const *names, struct err *err)
{
	AUTOBUF struct buf b;
	buf_init(&b, 4096);
	for (size_t i = 0; names[i]; i++)
		buf_printf(&b, "%s\"%s\": \"…\"", i ? ", " : "", names[i]);
	err_add(err, "the body is to be {%.*s} or empty", STR_ARG(buf_str(&b)));
}

static size_t count_keys(const char *const *keys)
{
	size_t n = 0;
	while (keys && keys[n])
		n++;
	return n;
}

static bool is_among(const char *const *keys, size_t n, const char *key)
{
	for (size_t i = 0; i < n; i++)
		if (!strcmp(keys[i], key))
			return true;
	return false;
}

#define KEYS_MOST 16

/* What is not understood would be left undone. */
static bool only_says(const json_t *object, const char *const *texts, const char *const *others, struct err *err)
{
	const char *known[KEYS_MOST], *key;
	size_t n = 0;
	json_t *value;
	for (size_t i = 0; i < count_keys(texts) && n < KEYS_MOST; i++)
		known[n++] = texts[i];
	for (size_t i = 0; i < count_keys(others) && n < KEYS_MOST; i++)
		known[n++] = others[i];
	json_object_foreach((json_t *)(uintptr_t)object, key, value)
	{
		if (is_among(known, n, key))
			continue;
		const char *near = options_nearest(str_c(key), known, n);
		err_add(err, "unknown key \"%.64s\"%s%s%s", key, near ? "; did you mean \"" : "", near ? near : "",
		        near ? "\"?" : "");
	}
	return !err_any(err);
}

/* An empty body says nothing, and that is fine. */
json_t *api_read_object(struct http_exchange *x, const char *const *texts, const char *const *others, struct err *err)
{
	struct str body = str_trim(http_body(x));
	json_error_t where;
	json_t *object = body.n ? json_loadb(body.p, body.n, JSON_REJECT_DUPLICATES, &where) : json_object();
	bool ok = json_is_object(object);
	for (size_t i = 0; ok && texts[i]; i++) {
		const json_t *value = json_object_get(object, texts[i]);
		ok = !value || json_is_null(value) || json_is_string(value);
	}
	if (!ok)
		complain(texts, err);
	else if (only_says(object, texts, others, err))
		return object;
	json_decref(object);
	return NULL;
}

struct str api_actor(struct http_exchange *x, struct arena *arena, struct str says)
{
	return http_user(x).n ? arena_str(arena, http_user(x)) : says;
}
