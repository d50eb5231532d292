/*
 * The snapshot's form: a first line, then for each thing remembered "KIND KEYBYTES VALUEBYTES\n", the key, the value and
 * a newline, and at the end "sha256 HEX\n" over all before it, so that a torn or edited snapshot is refused whole.
 */
#include <stdio.h>
#include <string.h>

#include "disk.h"
#include "files.h"

#define FIRST_LINE "runbookd snapshot 1\n"
#define SNAPSHOT_MAX ((size_t)1 << 30)
#define SEAL "sha256 "

static struct str print_snapshot(const struct config_files *f, struct buf *b)
{
	char hex[HASH_HEX_MAX];
	buf_add_c(b, FIRST_LINE);
	for (size_t i = 0; i < f->count; i++) {
		const struct files_entry *e = f->entries[i];
		buf_printf(b, "%d %zu %zu\n", (int)e->kind, e->key.n, e->value.n);
		buf_add(b, e->key);
		buf_add(b, e->value);
		buf_add_char(b, '\n');
	}
	hash_sha256(buf_str(b), hex);
	buf_printf(b, SEAL "%s\n", hex);
	return buf_str(b);
}

bool config_files_save(const struct config_files *f, const char *snapshot, struct err *err)
{
	AUTOBUF struct buf b;
	buf_init(&b, SNAPSHOT_MAX);
	struct str bytes = print_snapshot(f, &b);
	if (!buf_ok(&b)) {
		err_add(err, "%s: the configuration is larger than %zu bytes", snapshot, SNAPSHOT_MAX);
		return false;
	}
	return disk_write(snapshot, bytes, err);
}

/* Takes the seal off; false when it does not fit. */
static bool unseal(struct str *rest)
{
	char hex[HASH_HEX_MAX];
	size_t seal = strlen(SEAL) + HASH_HEX_MAX;
	if (rest->n < seal)
		return false;
	struct str body = str_slice(*rest, 0, rest->n - seal), end = str_slice(*rest, body.n, rest->n);
	struct str sum = str_slice(end, strlen(SEAL), end.n - 1);
	if (!str_starts(end, STR(SEAL)) || !str_eq_c(sum, hash_sha256(body, hex)))
		return false;
	*rest = body;
	return str_starts(body, STR(FIRST_LINE));
}

static bool take_snapshot_number(struct str *rest, char end, size_t most, size_t *out)
{
	int64_t value;
	ptrdiff_t at = str_index(*rest, end);
	if (at < 0 || !str_to_i64(str_slice(*rest, 0, (size_t)at), &value) || value < 0 || (uint64_t)value > most)
		return false;
	*out = (size_t)value;
	*rest = str_slice(*rest, (size_t)at + 1, rest->n);
	return true;
}

static bool take_snapshot_entry(struct config_files *f, struct str *rest)
{
	size_t kind, key, value;
	if (!take_snapshot_number(rest, ' ', FILES_KINDS - 1, &kind) || !take_snapshot_number(rest, ' ', rest->n, &key) ||
	    !take_snapshot_number(rest, '\n', rest->n, &value) || key + value + 1 > rest->n)
		return false;
	files_remember(f, (enum files_kind)kind, str_slice(*rest, 0, key), str_slice(*rest, key, key + value));
	*rest = str_slice(*rest, key + value + 1, rest->n);
	return true;
}

struct config_files *config_files_snapshot(const char *snapshot, struct err *err)
{
	struct config_files *f = config_files_disk();
	struct str rest;
	const char *why;
	f->snapshot = true;
	bool ok = disk_read(f->arena, snapshot, SNAPSHOT_MAX, &rest, &why);
	if (ok && !unseal(&rest)) {
		ok = false;
		why = "not a whole snapshot";
	}
	if (ok)
		rest = str_slice(rest, strlen(FIRST_LINE), rest.n);
	while (ok && rest.n) {
		ok = take_snapshot_entry(f, &rest);
		why = "not a snapshot of this version";
	}
	if (ok)
		return f;
	err_add(err, "%s: %s", snapshot, why);
	config_files_free(f);
	return NULL;
}
