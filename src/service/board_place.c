/* Where a reader of the board stands, as a cursor in a URL: BUCKET.STARTED.KEY. */
#include <stdio.h>
#include <string.h>

#include "service/board_impl.h"

char *board_place_format(const struct board_place *place, char out[BOARD_PLACE_MAX])
{
	snprintf(out, BOARD_PLACE_MAX, "%d.%lld.%s", place->bucket, (long long)place->started_at, place->key);
	return out;
}

static bool take_place_number(struct str *rest, int64_t *n)
{
	ptrdiff_t dot = str_index(*rest, '.');
	bool ok = dot > 0 && str_to_i64(str_slice(*rest, 0, (size_t)dot), n);

	*rest = ok ? str_slice(*rest, (size_t)dot + 1, rest->n) : *rest;
	return ok;
}

bool board_place_parse(struct str text, struct board_place *out)
{
	int64_t bucket;

	*out = (struct board_place){.begun = text.n > 0};
	if (!text.n)
		return true;
	if (!take_place_number(&text, &bucket) || !take_place_number(&text, &out->started_at) || bucket < 0 ||
	    bucket >= BOARD_BUCKETS || text.n >= sizeof out->key)
		return false;
	out->bucket = (int)bucket;
	memcpy(out->key, text.p, text.n);
	return true;
}
