#include "base/buf_json.h"

static int add_json_bytes(const char *p, size_t n, void *out)
{
	buf_add(out, (struct str){p, n});
	return 0;
}

bool buf_add_json(struct buf *out, const json_t *value)
{
	return json_dump_callback(value, add_json_bytes, out, JSON_COMPACT) == 0 && buf_ok(out);
}
