#include "sqlite_place.h"

#include <dirent.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/time.h"
#include "folder.h"
#include "store/sqlite_store.h"

static const struct store_version NONE = {0, ""};

struct place *place_of(struct conformance *t)
{
	return t->own;
}

struct store *place_open(struct conformance *t, bool anyway)
{
	AUTOERR struct err err = ERR_INIT;
	const char *path = place_of(t)->path;
	struct store *s = anyway ? sqlite_store_open_anyway(t->loop, path, &err) : sqlite_store_open(t->loop, path, &err);
	if (!s)
		fail_msg("%s", err_first(&err));
	return s;
}

int place_set_up(void **state)
{
	struct conformance *t = mem_zero(sizeof *t);
	struct place *p = mem_zero(sizeof *p);
	p->folder = folder_new();
	p->path = mem_printf("%s/data/runbookd.db", p->folder);
	t->own = p;
	t->loop = loop_new();
	t->pass = conformance_poll;
	t->store = place_open(t, false);
	conformance_begin(t);
	*state = t;
	return 0;
}

int place_tear_down(void **state)
{
	struct conformance *t = *state;
	struct place *p = t->own;
	conformance_end(t);
	t->store->ops->close(t->store);
	loop_defer(t->loop, (void (*)(void *))loop_stop, t->loop);
	loop_run(t->loop);
	loop_free(t->loop);
	folder_remove(p->folder);
	mem_cleanup(&p->folder);
	mem_cleanup(&p->path);
	mem_cleanup(&p);
	mem_cleanup(&t);
	return 0;
}

void place_reopen(struct conformance *t)
{
	t->store->ops->close(t->store);
	t->store = place_open(t, false);
}

/* ---- waiting for its news ---- */

struct watch {
	struct conformance *t;
	bool up;
	const char *words;
};

static bool does_health_say(const struct watch *w)
{
	struct store_health h = w->t->store->ops->health(w->t->store);
	return h.up == w->up && strstr(h.why, w->words);
}

static void stop_when_said(void *arg)
{
	struct watch *w = arg;
	if (does_health_say(w))
		loop_stop(w->t->loop);
}

/* Nobody asks it anything meanwhile. */
void place_wait_health(struct conformance *t, bool up, const char *words)
{
	struct watch w = {t, up, words};
	t->store->ops->on_change(t->store, stop_when_said, &w);
	loop_timer_set(t->overdue, 8 * TIME_MINUTE);
	while (!does_health_say(&w))
		loop_run(t->loop);
	loop_timer_stop(t->overdue);
	t->store->ops->on_change(t->store, NULL, NULL);
}

char *place_beside(const struct place *p, const char *suffix)
{
	return mem_printf("%s%s", p->path, suffix);
}

void place_without(const struct place *p, const char *suffix)
{
	AUTOFREE char *name = place_beside(p, suffix);
	assert_int_equal(unlink(name), 0);
}

void place_delete_all(const struct place *p)
{
	place_without(p, "");
	place_without(p, "-wal");
	place_without(p, "-shm");
	place_without(p, ".lock");
}

/* A page is under way, one is due later, one incident is over. */
struct store_claim place_fill(struct conformance *t)
{
	due_incident(t, "under way", "r", 0, 10);
	struct store_claim ask = claim_for("r", 1, TIME_HOUR);
	assert_int_equal(claim(t, &ask)->count, 1);
	due_incident(t, "later", "r", 1, INT64_MAX / 4);
	struct store_commit closed = incident("over", NONE);
	closed.open = false;
	closed.since = clock_of(t);
	commit_ok(t, &closed);
	return ask;
}

void place_assert_all_there(struct conformance *t)
{
	static const char *const keys[] = {"under way", "later", "over"};
	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
		assert_int_equal(record_of(t, keys[i]).version.number, 1);
	const struct store_stats *got = stats(t, &STR("r"), 1);
	assert_int_equal(got->closed, 1);
	assert_int_equal(got->queues[0].due, 2);
}

size_t place_count_files(const struct place *p, const char *word)
{
	AUTOFREE char *folder = mem_printf("%s/data", p->folder);
	size_t n = 0;
	DIR *dir = opendir(folder);
	assert_non_null(dir);
	for (struct dirent *e; (e = readdir(dir));)
		n += strstr(e->d_name, word) != NULL;
	closedir(dir);
	return n;
}

void place_write_over(const struct place *p, size_t from, size_t n)
{
	FILE *f = fopen(p->path, "r+");
	assert_non_null(f);
	assert_int_equal(fseek(f, (long)from, SEEK_SET), 0);
	for (size_t i = 0; i < n; i++)
		assert_int_equal(fputc((int)(i * 37 % 251), f), (int)(i * 37 % 251));
	assert_int_equal(fclose(f), 0);
}
