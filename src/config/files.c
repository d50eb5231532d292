/* Remembers what the disk has answered, so that the same configuration can be loaded again without it. */
#include "files.h"

#include <stdlib.h>
#include <string.h>

#include "disk.h"

struct config_files *config_files_disk(void)
{
	struct config_files *f = mem_zero(sizeof *f);
	f->arena = arena_new();
	for (int i = 0; i < FILES_KINDS; i++)
		f->by_key[i] = map_new();
	f->named = map_new();
	return f;
}

void config_files_free(struct config_files *f)
{
	if (!f)
		return;
	for (int i = 0; i < FILES_KINDS; i++)
		map_free(f->by_key[i]);
	map_free(f->named);
	free(f->entries);
	free(f->names.v);
	arena_free(f->arena);
	free(f);
}

struct strs config_files_names(const struct config_files *f)
{
	return f->names;
}

struct files_entry *files_remember(struct config_files *f, enum files_kind kind, struct str key, struct str value)
{
	struct files_entry *e = arena_alloc(f->arena, sizeof *e);
	*e = (struct files_entry){kind, arena_str(f->arena, key), value};
	MEM_ROOM(f->entries, f->count, f->capacity);
	f->entries[f->count++] = e;
	map_set(f->by_key[kind], e->key, e);
	return e;
}

static const struct files_entry *find_entry(const struct config_files *f, enum files_kind kind, struct str key)
{
	return map_get(f->by_key[kind], key);
}

static struct str join_to_folder(struct config_files *f, struct str dir, struct str path)
{
	if (path.n && *path.p == '/')
		dir.n = 0;
	return str_c(arena_printf(f->arena, "%.*s%.*s", STR_ARG(dir), STR_ARG(path)));
}

struct str files_path(struct config_files *f, struct str dir, struct str path)
{
	struct str key = join_to_folder(f, dir, path);
	const struct files_entry *known = find_entry(f, FILES_PATH, key);
	if (!known)
		known = files_remember(f, FILES_PATH, key, disk_tidy(f->arena, key.p));
	return known->value;
}

static void note_name(struct config_files *f, struct str path)
{
	if (map_set(f->named, path, f))
		return;
	MEM_ROOM(f->names.v, f->names.n, f->names_capacity);
	f->names.v[f->names.n++] = arena_str(f->arena, path);
}

static bool is_missing_from_snapshot(const struct config_files *f, const char **why)
{
	if (f->snapshot)
		*why = "not in the snapshot";
	return f->snapshot;
}

bool files_read(struct config_files *f, struct str path, size_t most, struct str *out, const char **why)
{
	const struct files_entry *known = find_entry(f, FILES_BYTES, path);
	note_name(f, path);
	if (!known) {
		struct str bytes;
		if (is_missing_from_snapshot(f, why) || !disk_read(f->arena, arena_cstr(f->arena, path), most, &bytes, why))
			return false;
		known = files_remember(f, FILES_BYTES, path, bytes);
	}
	*out = known->value;
	return true;
}

bool config_files_text(const struct config_files *f, struct str path, struct str *out)
{
	const struct files_entry *known = find_entry(f, FILES_BYTES, path);
	if (known)
		*out = known->value;
	return known != NULL;
}

void files_replace(struct config_files *f, struct str path, const struct str *bytes)
{
	struct files_entry *known = map_get(f->by_key[FILES_BYTES], path);
	if (known && bytes) {
		known->value = arena_str(f->arena, *bytes);
	} else if (bytes) {
		files_remember(f, FILES_BYTES, path, arena_str(f->arena, *bytes));
	} else if (known) {
		map_remove(f->by_key[FILES_BYTES], path);
		size_t kept = 0;
		for (size_t i = 0; i < f->count; i++)
			if (f->entries[i] != known)
				f->entries[kept++] = f->entries[i];
		f->count = kept;
	}
}

static struct str list_join(struct arena *arena, const struct strs *list)
{
	AUTOBUF struct buf b;
	buf_init(&b, SIZE_MAX);
	for (size_t i = 0; i < list->n; i++) {
		buf_add(&b, list->v[i]);
		buf_add_char(&b, '\0');
	}
	return arena_str(arena, buf_str(&b));
}

static struct strs list_split(struct arena *arena, struct str joined)
{
	struct strs out = {.v = arena_alloc(arena, (joined.n + 1) * sizeof *out.v)};
	for (ptrdiff_t end; (end = str_index(joined, '\0')) >= 0; joined = str_slice(joined, (size_t)end + 1, joined.n))
		out.v[out.n++] = str_slice(joined, 0, (size_t)end);
	return out;
}

bool files_glob(struct config_files *f, struct str dir, struct str pattern, struct strs *out, const char **why)
{
	struct str key = join_to_folder(f, dir, pattern);
	const struct files_entry *known = find_entry(f, FILES_LIST, key);
	if (pattern.n && *pattern.p == '/')
		dir.n = 0;
	if (known) {
		*out = list_split(f->arena, known->value);
		return true;
	}
	if (is_missing_from_snapshot(f, why) || !disk_glob(f->arena, dir, pattern, out, why))
		return false;
	files_remember(f, FILES_LIST, key, list_join(f->arena, out));
	return true;
}

bool files_walk(struct config_files *f, struct str folder, struct strs *out, const char **why, struct err *warnings)
{
	const struct files_entry *known = find_entry(f, FILES_LIST, folder);
	if (known) {
		*out = list_split(f->arena, known->value);
		return true;
	}
	if (is_missing_from_snapshot(f, why) || !disk_walk(f->arena, arena_cstr(f->arena, folder), out, why, warnings))
		return false;
	files_remember(f, FILES_LIST, folder, list_join(f->arena, out));
	return true;
}

bool files_commit_dates(struct config_files *f, struct str folder, const struct strs *names, struct strs *out)
{
	struct str key = str_c(arena_printf(f->arena, "commits of %.*s", STR_ARG(folder)));
	const struct files_entry *known = find_entry(f, FILES_LIST, key);
	const char *why;
	if (known) {
		*out = list_split(f->arena, known->value);
		return true;
	}
	if (is_missing_from_snapshot(f, &why) || !disk_commit_dates(f->arena, arena_cstr(f->arena, folder), names, out))
		return false;
	files_remember(f, FILES_LIST, key, list_join(f->arena, out));
	return true;
}

char *files_hash(const struct config_files *f, struct str dir, char out[HASH_HEX_MAX])
{
	AUTOBUF struct buf b;
	buf_init(&b, SIZE_MAX);
	for (size_t i = 0; i < f->count; i++) {
		const struct files_entry *e = f->entries[i];
		struct str name = str_starts(e->key, dir) ? str_slice(e->key, dir.n, e->key.n) : e->key;
		if (e->kind != FILES_BYTES)
			continue;
		buf_printf(&b, "%s %zu ", hash_sha256(e->value, out), name.n);
		buf_add(&b, name);
		buf_add_char(&b, '\n');
	}
	return hash_sha256(buf_str(&b), out);
}
