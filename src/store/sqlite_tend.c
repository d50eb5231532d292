/* Looking after the file that the store keeps incidents in: is it there, is it ours, can it be written? */
#include <stdio.h>

#include "base/log.h"
#include "base/time.h"
#include "store/sqlite_impl.h"
#include "store/sqlite_rescue.h"

/* A file that is lost again and again has a reason that more files are no answer to. */
#define RESCUES_MAX 20
/* Batches that follow each other: the look after one is as good as one before the next. */
#define JUST_SEEN_MS 5

static const char *first_reason(char out[SQLITE_WHY_MAX], const struct err *err)
{
	snprintf(out, SQLITE_WHY_MAX, "%s", err_first(err));
	return out;
}

/* ---- opening ---- */

static enum sqlite_opening how_to_open(const struct sqlite_store *s)
{
	return (s->stand_in ? SQLITE_OPEN_STAND_IN : SQLITE_OPEN_ALONE) | (s->held ? SQLITE_OPEN_LEASED : 0);
}

/* What is damaged makes place for a fresh one, with what can be read of it. */
static bool open_fresh(struct sqlite_store *s, char note[SQLITE_WHY_MAX], struct err *err)
{
	AUTOERR struct err damage = ERR_INIT, loss = ERR_INIT;
	AUTOFREE char *real = sqlite_file_resolve(s->path), *moved = NULL;
	err_move(&damage, err);
	if (!sqlite_file_set_aside(real, "damaged", loop_wall_ms(), &moved, err))
		return false;
	bool some = moved && sqlite_salvage(moved, real, &loss);
	LOG(LOG_ERROR,
	    some ? "The store's file is damaged: it is set aside, and a fresh one is begun with what could be read of it"
	         : "The store's file is damaged: it is set aside, and a fresh one is begun. What it knew is not known any "
	           "more",
	    LOG_S("path", s->path), LOG_S("aside", moved ? moved : ""), LOG_S("why", err_first(&damage)));
	snprintf(note, SQLITE_WHY_MAX,
	         "its file was damaged when it was opened, and is a fresh one now, with %s; what was there is now %s",
	         some ? "what could be read" : "nothing of what it knew", moved ? moved : "gone");
	return sqlite_db_open(&s->db, s->path, how_to_open(s), err);
}

/* The latest time that the file knows: the clock never goes back behind it. */
static void take_newest_time(struct sqlite_store *s)
{
	int64_t newest = 0, now = sqlite_now(s);
	sqlite3_stmt *n = NULL;
	if (sqlite3_prepare_v2(s->db.handle, "SELECT max(n) FROM probe", -1, &n, NULL) == SQLITE_OK &&
	    sqlite3_step(n) == SQLITE_ROW)
		newest = sqlite3_column_int64(n, 0);
	sqlite3_finalize(n);
	if (newest <= now)
		return;
	sqlite_clock_leap(&s->ticking, newest);
	pthread_mutex_lock(&s->lock);
	s->clock = s->clock_set = newest - loop_mono_ms();
	pthread_mutex_unlock(&s->lock);
	if (newest > now + TIME_MINUTE)
		LOG(LOG_WARN, "The wall clock is behind the newest time in the store: the store goes on from there",
		    LOG_S("path", s->path), LOG_I("seconds", (newest - now) / TIME_SECOND));
}

/* `note`: what there is to say of one that is open. */
static bool open_or_renew(struct sqlite_store *s, char note[SQLITE_WHY_MAX], struct err *err)
{
	note[0] = '\0';
	bool open = sqlite_db_open(&s->db, s->path, how_to_open(s), err);
	if (!open && s->forgiving && s->db.refusal == SQLITE_DAMAGED)
		open = open_fresh(s, note, err);
	if (!open)
		return false;
	if (!s->held)
		take_newest_time(s);
	s->held = true;
	s->noted = 0;
	sqlite_see_figures(s);
	return true;
}

/* Nothing waits for a time: no incident is open, nobody is to be told, nothing is leased. */
static bool nothing_waits(struct sqlite_db *db)
{
	sqlite3_stmt *s = NULL;
	static const char text[] = "SELECT 1 FROM due LIMIT 1";
	bool none = sqlite3_prepare_v2(db->handle, text, -1, &s, NULL) == SQLITE_OK && sqlite3_step(s) == SQLITE_DONE;
	sqlite3_finalize(s);
	return none;
}

static bool may_be_waited_for(const struct sqlite_store *s)
{
	if (!s->forgiving)
		return false;
	return s->db.refusal == SQLITE_PASSING || (s->stand_in && s->db.refusal == SQLITE_UNREACHABLE);
}

bool sqlite_tend_begin(struct sqlite_store *s, struct err *err)
{
	s->looked = loop_mono_ms();
	s->clock = s->clock_set = loop_wall_ms() - s->looked;
	sqlite_clock_start(&s->ticking, 0, loop_wall_ms(), s->looked);
	s->up = s->writable = open_or_renew(s, s->why, err);
	if (!s->up && !may_be_waited_for(s))
		return false;
	if (!s->up)
		LOG(LOG_ERROR, "The store's file cannot be opened: it is tried again every second",
		    LOG_S("why", first_reason(s->why, err)));
	return true;
}

/* It could not be opened, at the start or after it was lost. */
static void open_again(struct sqlite_store *s)
{
	AUTOERR struct err err = ERR_INIT;
	char why[SQLITE_WHY_MAX], note[SQLITE_WHY_MAX];
	if (!open_or_renew(s, note, &err)) {
		sqlite_set_writable(s, false, first_reason(why, &err));
		return;
	}
	LOG(LOG_INFO, "The store's file is open", LOG_S("path", s->path));
	sqlite_set_writable(s, true, note);
}

/* ---- lost ---- */

static void rescued(struct sqlite_store *s, const struct sqlite_rescued *r)
{
	char note[SQLITE_WHY_MAX], often[32];
	s->astray = false;
	s->noted = 0;
	s->rescues++;
	LOG(r->whole ? LOG_WARN : LOG_ERROR,
	    r->whole ? "The store goes on in a fresh file, with all that it knew"
	             : "The store goes on in a fresh file, with what could be read: some of what it knew is lost",
	    LOG_S("path", s->path), LOG_S("aside", r->aside ? r->aside : ""));
	snprintf(often, sizeof often, s->rescues > 1 ? "%d times" : "once", s->rescues);
	snprintf(note, sizeof note, "its file was lost %s since the start, and is a fresh one now%s%s%s", often,
	         r->whole ? "" : "; some of what it knew could not be read", r->aside ? "; what was there is now " : "",
	         r->aside ? r->aside : "");
	sqlite_see_figures(s);
	sqlite_set_writable(s, true, note);
}

static void not_rescued(struct sqlite_store *s, const struct err *err)
{
	char why[SQLITE_WHY_MAX];
	snprintf(why, sizeof why, "its file %s, and there is no fresh one yet: %s", s->what, err_first(err));
	sqlite_set_writable(s, false, why);
	if (s->db.handle)
		return;
	s->astray = false; /* what is known lies in place, and is to be opened */
	s->rescues++;
}

/* Into a fresh file with what the open handle still holds; while that fails, what is open is only read. */
static void rescue(struct sqlite_store *s)
{
	AUTOERR struct err err = ERR_INIT;
	struct sqlite_rescued r = {.whole = false};
	s->tried = loop_mono_ms();
	if (s->rescues >= RESCUES_MAX)
		err_add(&err, "%s: lost %d times: no more files are made", s->path, s->rescues);
	if (!err_any(&err) && sqlite_rescue(&s->db, loop_wall_ms(), &r, &err))
		rescued(s, &r);
	else
		not_rescued(s, &err);
	mem_cleanup(&r.aside);
}

/* True when it is where it should be, by now. */
static bool look_for_file(struct sqlite_store *s)
{
	const char *what = s->astray ? NULL : sqlite_db_lost(&s->db);
	if (what) {
		LOG(LOG_WARN, "The store's file was lost while it was open", LOG_S("path", s->path), LOG_S("it", what));
		s->astray = true;
		s->what = what;
	}
	if (what || (s->astray && loop_mono_ms() - s->tried >= SQLITE_LOOK_MS))
		rescue(s);
	s->found_at = loop_mono_ms();
	return !s->astray && s->db.handle;
}

/* ---- when ---- */

static void probe(struct sqlite_store *s)
{
	sqlite_db_begin(&s->db, sqlite_now(s), true);
	sql_run(&s->db, SQL_PROBE, "i", s->db.now);
	bool done = sqlite_db_commit(&s->db);
	sqlite_set_writable(s, done, done ? "" : s->db.why);
}

static void take_over_wall_clock(struct sqlite_store *s)
{
	int64_t wall = loop_wall_ms(), before = sqlite_now(s);
	if (s->stand_in || !sqlite_clock_may_leap(&s->ticking, wall, loop_mono_ms()) || !nothing_waits(&s->db))
		return;
	sqlite_clock_leap(&s->ticking, wall);
	LOG(LOG_INFO, "The store's clock is set to the wall clock: nothing waits", LOG_I("ahead_ms", wall - before));
}

void sqlite_tend(struct sqlite_store *s)
{
	int64_t now = loop_mono_ms();
	if (now - s->looked < SQLITE_LOOK_MS)
		return;
	s->looked = now;
	if (!s->db.handle)
		open_again(s);
	else if (look_for_file(s) && !s->writable)
		probe(s);
	if (s->db.handle && !s->astray)
		take_over_wall_clock(s);
}

bool sqlite_tend_writing(struct sqlite_store *s)
{
	return loop_mono_ms() - s->found_at <= JUST_SEEN_MS || (s->db.handle && look_for_file(s));
}

bool sqlite_tend_written(struct sqlite_store *s)
{
	return look_for_file(s);
}

bool sqlite_tend_failed(struct sqlite_store *s)
{
	return s->db.handle && s->db.damaged && !s->astray && look_for_file(s);
}

void sqlite_tend_end(struct sqlite_store *s)
{
	if (s->db.handle)
		look_for_file(s);
	if (s->astray && s->db.handle)
		sqlite_db_abandon(&s->db);
}
