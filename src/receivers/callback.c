/* What the readers of callbacks share: signature, token, the table of events. */
#include "callback.h"

#include <string.h>

#include "answer.h"
#include "base/hash.h"

const struct callback_row *callback_row(const struct callback_row *rows, size_t count, struct str event)
{
	for (size_t i = 0; i < count; i++) {
		if (str_eq_c(event, rows[i].event))
			return &rows[i];
	}
	return NULL;
}

struct str callback_note(const struct callback_row *row, const json_t *object, struct arena *arena)
{
	struct str detail = row->detail ? answer_text(object, row->detail, arena) : (struct str){NULL, 0};
	if (!row->words)
		return detail;
	return str_c(arena_printf(arena, "%s%s%.*s", row->words, detail.n ? " " : "", STR_ARG(detail)));
}

enum callback_reading callback_read_json(const struct callback_request *r, struct str text,
                                         enum callback_reading (*read)(const struct callback_request *r, json_t *body,
                                                                       struct callback_event *out),
                                         struct callback_event *out)
{
	json_t *body = json_loadb(text.p, text.n, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, NULL);
	enum callback_reading reading = json_is_object(body) ? read(r, body, out) : CALLBACK_MALFORMED;
	json_decref(body);
	return reading;
}

/* Every part is compared, whichever fits. */
bool callback_signed(struct str secret, struct str text, struct str signatures, const char *prefix)
{
	char hex[HASH_HEX_MAX];
	bool found = false;
	hash_hmac_sha256(secret, text, hex);
	while (signatures.n) {
		ptrdiff_t end = str_index(signatures, ',');
		struct str one = str_trim(str_slice(signatures, 0, end < 0 ? signatures.n : (size_t)end));
		signatures = str_slice(signatures, end < 0 ? signatures.n : (size_t)end + 1, signatures.n);
		if (str_starts(one, str_c(prefix)))
			found |= hash_equal(str_slice(one, strlen(prefix), one.n), str_c(hex));
	}
	return found;
}

bool callback_has_token(const struct callback_request *r, struct str secret)
{
	struct str authorization = r->header(r->arg, "Authorization");
	ptrdiff_t blank = str_index(authorization, ' ');
	struct str behind =
		str_trim(str_slice(authorization, blank < 0 ? authorization.n : (size_t)blank, authorization.n));
	const struct str given[] = {behind, r->header(r->arg, "X-Runbookd-Token"), r->token};
	bool found = false;
	for (size_t i = 0; i < sizeof given / sizeof *given; i++)
		found |= hash_equal_secret(given[i], secret) && given[i].n;
	return found;
}
