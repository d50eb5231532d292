/* Names the folders and sockets of the configuration to Landlock. */
#include "app/server_confine.h"

#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "io/confinement.h"
#include "service/reload.h"

#define WRITABLE_MAX 32 /* more than there are listeners and files */
#define SOCKET "unix:"

struct folders {
	struct arena *arena;
	const char *list[WRITABLE_MAX];
	size_t count;
};

static void add_writable_folder(struct folders *f, struct str path)
{
	if (f->count < WRITABLE_MAX)
		f->list[f->count++] = arena_cstr(f->arena, path);
}

static void add_folder_of(struct folders *f, struct str file)
{
	size_t n = file.n;

	while (n && file.p[n - 1] != '/')
		n--;
	add_writable_folder(f, n ? str_slice(file, 0, n) : STR("."));
}

/* Beside the database lie its log, its lock and the copies of calendars; where its name is a link, it lies elsewhere. */
static void add_database(struct folders *f, struct str path)
{
	AUTOFREE char *name = mem_str(path), *real = realpath(name, NULL);

	if (!path.n)
		return;
	add_folder_of(f, path);
	if (real)
		add_folder_of(f, str_c(real));
}

/* A socket is taken away at the end. */
static void add_sockets(struct folders *f, const struct server_options *options)
{
	for (size_t i = 0; i < options->listen_count; i++)
		if (str_starts(str_c(options->listen[i]), STR(SOCKET)))
			add_folder_of(f, str_c(options->listen[i] + strlen(SOCKET)));
}

void server_confine(const struct config *c, const char *config_file, const struct server_options *options)
{
	AUTOERR struct err err = ERR_INIT;
	AUTOARENA struct arena *arena = arena_new();
	AUTOFREE char *last_good = reload_snapshot_path(config_file);
	struct folders f = {.arena = arena};

	add_folder_of(&f, str_c(last_good));
	add_database(&f, c->store.sqlite_path);
	if (c->journal.path.n)
		add_writable_folder(&f, c->journal.path);
	add_sockets(&f, options);
	if (confinement_begin(f.list, f.count, &err))
		LOG(LOG_INFO, "Confined by Landlock to the folders of the configuration and the data");
	else
		LOG(LOG_WARN, "Not confined by Landlock", LOG_S("why", err_first(&err)));
}
