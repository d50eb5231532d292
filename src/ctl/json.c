/* Members of JSON objects, absent ones as empty. */
#include "ctl/json.h"

#include "base/time.h"

struct str json_text(const json_t *object, const char *name)
{
	const json_t *value = json_object_get(object, name);
	if (!json_is_string(value))
		return (struct str){NULL, 0};
	return (struct str){json_string_value(value), json_string_length(value)};
}

int64_t json_number(const json_t *object, const char *name)
{
	const json_t *value = json_object_get(object, name);
	return json_is_number(value) ? (int64_t)json_number_value(value) : 0;
}

int64_t json_time(const json_t *object, const char *name)
{
	struct str text = json_text(object, name);
	int64_t ms;
	return text.n && time_parse(text, &ms) ? ms : 0;
}

bool json_yes(const json_t *object, const char *name)
{
	return json_is_true(json_object_get(object, name));
}
