/* Back to the primary: what the local file owns is merged, first while it serves, the last of it while verbs wait. */
#include "base/log.h"
#include "base/time.h"
#include "replica/failover_impl.h"

/* Keys read, and merged at once: their loads and commits are pipelined. */
#define PAGE 100
/* So few are merged while verbs wait: some tens of milliseconds. */
#define FEW 200
#define PASS_AGAIN_MS 100
/* Verbs wait for the last keys so long; then the local file serves on, and all is tried again. */
#define HOLD_MS (2 * TIME_SECOND)
/* Writes that a failed-over or restarted primary may have lost: its snapshots are an hour apart at most, and a bit. */
#define LOST_MOST_MS (2 * TIME_HOUR)

/* What cannot be merged (its bytes are damaged, here or there) keeps nobody away from the primary for longer. */
#define FRUITLESS_MAX 5

struct pass {
	struct failover *f;
	uint64_t merged_before;
	bool abandoned; /* nobody waits for its end; it frees itself */
	bool failed, at_end;
	size_t under_way, left;
	char *after;
	void (*done)(struct failover *f, size_t left);
};

/* ---- one pass over the owned keys ---- */

static void ask_owned_page(struct pass *p);

static void pass_end(struct pass *p)
{
	struct failover *f = p->f;
	void (*done)(struct failover *, size_t) = p->done;
	size_t left = p->left;
	bool abandoned = p->abandoned;
	f->fruitless = left && f->count.merged == p->merged_before ? f->fruitless + 1 : 0;
	if (f->pass == p)
		f->pass = NULL;
	mem_cleanup(&p->after);
	mem_cleanup(&p);
	if (!abandoned && !f->closing)
		done(f, left);
}

static void count_merged(void *arg, bool merged)
{
	struct pass *p = arg;
	p->left += !merged;
	if (--p->under_way)
		return;
	/* where nothing at all can be merged any more, going on would only ask a dead primary again and again */
	if (p->at_end || p->abandoned || p->f->closing || !failover_primary_up(p->f))
		pass_end(p);
	else
		ask_owned_page(p);
}

static void owned_page_came(void *arg, const struct local_branches *got)
{
	struct pass *p = arg;
	if (!got->ok || !got->count || p->abandoned || p->f->closing) {
		p->left += !got->ok;
		pass_end(p);
		return;
	}
	p->at_end = got->count < PAGE;
	mem_cleanup(&p->after);
	p->after = mem_str(got->branches[got->count - 1].record.key);
	p->under_way = got->count;
	for (size_t i = 0; i < got->count; i++)
		failover_merge_key(p->f, &got->branches[i], count_merged, p);
}

static void ask_owned_page(struct pass *p)
{
	local_store_owned(p->f->local, str_c(p->after), PAGE, owned_page_came, p);
}

void failover_pass_start(struct failover *f, void (*done)(struct failover *f, size_t left))
{
	struct pass *p = mem_zero(sizeof *p);
	p->f = f;
	p->done = done;
	p->merged_before = f->count.merged;
	f->pass = p;
	ask_owned_page(p);
}

/* ---- states ---- */

static void serve_primary(struct failover *f)
{
	size_t left = local_store_owned_count(f->local);
	if (left)
		LOG(LOG_ERROR, "Incidents cannot be merged into the primary store: they stay in the local file",
		    LOG_I("incidents", (int64_t)left));
	f->fruitless = 0;
	LOG(LOG_INFO, "The primary store serves", LOG_I("merged", (int64_t)f->count.merged),
	    LOG_I("put_back", (int64_t)f->count.put_back));
	failover_enter(f, FAILOVER_PRIMARY);
	failover_verify_later(f);
}

/* ---- the last keys, with verbs held back ---- */

static void held_pass_done(struct failover *f, size_t left);

static void hold_verbs(struct failover *f)
{
	failover_enter(f, FAILOVER_HOLDING);
	loop_timer_set(f->timer, HOLD_MS);
	if (!f->local_in_flight)
		failover_pass_start(f, held_pass_done);
}

static void held_pass_done(struct failover *f, size_t left)
{
	if (f->state != FAILOVER_HOLDING)
		return;
	bool stuck = left && f->fruitless >= FRUITLESS_MAX && failover_primary_up(f);
	if (stuck || (!left && !local_store_owned_count(f->local))) {
		serve_primary(f);
	} else if (failover_primary_up(f)) {
		failover_enter(f, FAILOVER_MERGING);
		loop_timer_set(f->timer, PASS_AGAIN_MS);
	} else {
		failover_trip(f, "it went away again");
	}
}

/* ---- most keys, while the local file serves ---- */

static void pass_done(struct failover *f, size_t left)
{
	(void)left;
	if (f->state != FAILOVER_MERGING)
		return;
	if (local_store_owned_count(f->local) <= FEW || f->fruitless >= FRUITLESS_MAX)
		hold_verbs(f);
	else
		loop_timer_set(f->timer, PASS_AGAIN_MS);
}

static void verified_before_return(struct failover *f, bool ok, size_t lost)
{
	(void)lost; /* they are owned now, and the passes find them */
	if (f->state != FAILOVER_MERGING)
		return;
	f->fruitless = ok ? 0 : f->fruitless + 1;
	/* a local file that cannot be read keeps nobody away from the primary */
	bool hopeless = f->fruitless >= FRUITLESS_MAX && failover_primary_up(f);
	if (hopeless)
		LOG(LOG_ERROR, "What the primary store may have lost is not known: the local file cannot be read");
	f->went_away = f->went_away && !ok && !hopeless;
	loop_timer_set(f->timer, ok ? 0 : PASS_AGAIN_MS);
}

/* Before anything is decided there again: what the primary has lost of what this router had told it. */
static void merge_on(struct failover *f)
{
	if (f->pass || f->verify)
		loop_timer_set(f->timer, PASS_AGAIN_MS);
	else if (f->went_away && f->lost_at) /* at a start that is done later, while it serves */
		failover_verify(f, f->lost_at - LOST_MOST_MS, verified_before_return);
	else
		failover_pass_start(f, pass_done);
}

void failover_return_begin(struct failover *f)
{
	LOG(LOG_INFO, "The primary store answers", LOG_I("owned_keys", (int64_t)local_store_owned_count(f->local)));
	bool starting = f->state == FAILOVER_STARTING;
	if (starting && !local_store_owned_count(f->local)) {
		serve_primary(f);
		return;
	}
	if (starting && local_store_owned_count(f->local) <= FEW) {
		hold_verbs(f);
		return;
	}
	failover_enter(f, FAILOVER_MERGING);
	loop_timer_set(f->timer, 0);
}

void failover_return_step(struct failover *f)
{
	switch (f->state) {
	case FAILOVER_MERGING:
		/* A comparison that began while the primary served may still be under way: it is waited for. */
		if (!loop_timer_running(f->timer))
			merge_on(f);
		break;
	case FAILOVER_HOLDING:
		if (!loop_timer_running(f->timer)) { /* it took too long */
			failover_return_abandon(f);
			failover_enter(f, FAILOVER_MERGING);
			loop_timer_set(f->timer, PASS_AGAIN_MS);
		} else if (!f->pass && !f->local_in_flight) {
			failover_pass_start(f, held_pass_done);
		}
		break;
	case FAILOVER_STARTING:
	case FAILOVER_PRIMARY:
	case FAILOVER_DRAINING:
	case FAILOVER_LOCAL: break;
	}
}

void failover_return_abandon(struct failover *f)
{
	if (f->pass)
		f->pass->abandoned = true;
	f->pass = NULL;
}
