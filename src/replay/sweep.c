/* Values of a setting shared out among processes: each writes what its variants paged, and the first one compares. */
#include "replay/sweep.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/map.h"
#include "variant.h"

#define ERROR_TEXT_MAX 4000
#define PROCESSES_MAX 16

struct share {
	size_t from, to; /* of the values that are to be replayed */
	pid_t child;     /* 0: this process */
	FILE *result;
};

/* ---- what a process hands back ---- */

struct page_written {
	int64_t at;
	uint64_t who, alert;
};

static void write_variant(FILE *f, const struct variant *v)
{
	uint64_t head[] = {v->page_count, v->nights, v->kept};

	fwrite(head, sizeof head, 1, f);
	for (size_t i = 0; i < v->kept; i++) {
		struct page_written p = {v->pages[i].at, v->pages[i].who, v->pages[i].alert};
		fwrite(&p, sizeof p, 1, f);
	}
}

static bool read_variant(FILE *f, struct variant *v)
{
	uint64_t head[3];

	if (fread(head, sizeof head, 1, f) != 1)
		return false;
	v->page_count = head[0];
	v->nights = head[1];
	v->room = (size_t)head[2];
	v->pages = mem_grow_array(NULL, v->room + 1, sizeof *v->pages);
	for (struct page_written p; v->kept < v->room && fread(&p, sizeof p, 1, f) == 1; v->kept++)
		v->pages[v->kept] = (struct backtest_page){.at = p.at, .who = p.who, .alert = p.alert, .lasted = -1};
	return v->kept == v->room;
}

/* ---- a process ---- */

static struct variant **make_variants(struct sweep *s, const struct backtest *b, const struct share *share)
{
	struct variant **v = mem_zero((share->to - share->from + 1) * sizeof *v);

	for (size_t i = share->from; i < share->to; i++)
		v[i - share->from] = variant_new(b->config, s->ruleset, &s->overrides[s->todo[i]]);
	return v;
}

static void free_variants(struct variant **v, size_t n)
{
	for (size_t i = 0; i < n; i++)
		variant_free(v[i]);
	free(v);
}

static bool work_share(struct sweep *s, const struct backtest *b, const struct share *share, struct err *err)
{
	size_t n = share->to - share->from;
	struct backtest own = {.config = b->config, .variants = make_variants(s, b, share), .count = n};

	own.history = s->open(s->arg, err);
	bool good = own.history && backtest_run(&own, err);
	for (size_t i = 0; good && i < n; i++)
		write_variant(share->result, own.variants[i]);
	history_free(own.history);
	free_variants(own.variants, n);
	return good && fflush(share->result) == 0;
}

/* Of the parent nothing is touched: it goes without its destructors. */
static void be_child(struct sweep *s, const struct backtest *b, const struct share *share)
{
	AUTOERR struct err err = ERR_INIT;
	bool good = work_share(s, b, share, &err);

	if (!good) {
		rewind(share->result);
		if (ftruncate(fileno(share->result), 0) < 0)
			_exit(1);
		fprintf(share->result, "%.*s", ERROR_TEXT_MAX, err_first(&err));
		fflush(share->result);
	}
	_exit(good ? 0 : 1);
}

static bool start_share(struct sweep *s, const struct backtest *b, struct share *share, struct err *err)
{
	share->result = tmpfile();
	share->child = share->result ? fork() : -1;
	if (share->child == 0)
		be_child(s, b, share);
	if (share->child < 0)
		err_add(err, "no process for a share of the sweep: %s", strerror(errno));
	return share->child > 0;
}

static void child_failed(FILE *result, struct err *err)
{
	char text[ERROR_TEXT_MAX + 1];

	rewind(result);
	size_t n = fread(text, 1, ERROR_TEXT_MAX, result);
	text[n] = '\0';
	err_add(err, "%s", n ? text : "a process of the sweep ended early");
}

/* ---- comparing ---- */

static void fill_sweep_row(struct sweep *s, size_t i, const struct variant *now, const struct variant *v)
{
	struct page_changes c;

	page_changes_find(&c, now, v);
	s->rows[i] = (struct sweep_row){
		.key = s->key,
		.value = s->values[i],
		.pages = variant_page_count(v),
		.nights = variant_nights(v),
		.delayed = c.delayed,
		.hidden = c.hidden,
		.delayed_acknowledged = c.delayed_acknowledged,
		.hidden_acknowledged = c.hidden_acknowledged,
		.hidden_lasting = c.hidden_lasting,
		.changes = c,
	};
}

void sweep_release(struct sweep *s)
{
	for (size_t i = 0; i < s->count; i++)
		page_changes_release(&s->rows[i].changes);
}

static void take_share(struct sweep *s, const struct backtest *b, struct share *share, struct err *err)
{
	int status = 0;
	bool ended = waitpid(share->child, &status, 0) == share->child && WIFEXITED(status) && WEXITSTATUS(status) == 0;

	if (!ended)
		child_failed(share->result, err);
	else
		rewind(share->result);
	for (size_t i = share->from; ended && i < share->to; i++) {
		struct variant *v = variant_new(b->config, s->ruleset, &s->overrides[s->todo[i]]);
		if (read_variant(share->result, v))
			fill_sweep_row(s, s->todo[i], b->variants[b->count - 1], v);
		else
			err_add(err, "a process of the sweep left half a result");
		variant_free(v);
	}
	fclose(share->result);
}

/* ---- sharing out ---- */

static size_t processors(const struct sweep *s)
{
	long n = s->processes ? (long)s->processes : sysconf(_SC_NPROCESSORS_ONLN);

	return n < 1 ? 1 : n > PROCESSES_MAX ? PROCESSES_MAX : (size_t)n;
}

/* This process has the variants of `b` already: it gets so many values less. Returns how many shares; the first is its own. */
static size_t share_out(const struct sweep *s, const struct backtest *b, struct share shares[PROCESSES_MAX])
{
	size_t n = processors(s), work_units = s->todo_count + b->count, next = 0, used = 1;
	size_t each = (work_units + n - 1) / n;
	size_t own = each > b->count ? each - b->count : 0;

	if (n == 1 || own > s->todo_count)
		own = s->todo_count;
	shares[0] = (struct share){.from = 0, .to = own};
	for (next = own; next < s->todo_count; next = shares[used++].to)
		shares[used] = (struct share){.from = next, .to = next + each < s->todo_count ? next + each : s->todo_count};
	return used;
}

static bool run_own(struct sweep *s, struct backtest *b, const struct share *share, struct err *err)
{
	size_t n = share->to - share->from, given = b->count;
	struct variant **own = make_variants(s, b, share), **given_variants = b->variants;
	struct variant **all = mem_alloc((given + n + 1) * sizeof *all);

	memcpy(all, given_variants, given * sizeof *all);
	if (n)
		memcpy(all + given, own, n * sizeof *all);
	b->variants = all;
	b->count = given + n;
	b->history = s->open(s->arg, err);
	bool good = b->history && backtest_run(b, err);
	b->variants = given_variants;
	b->count = given;
	for (size_t i = 0; good && i < n; i++)
		fill_sweep_row(s, s->todo[share->from + i], b->variants[given - 1], own[i]);
	free(all);
	free_variants(own, n);
	return good;
}

/* One that is what the rules say already is replayed as the variant that it is compared with. */
static bool is_as_it_is(const struct sweep *s, const struct backtest *b, size_t i)
{
	const struct variant *now = b->variants[b->count - 1];

	return !now->override && now->ruleset == s->ruleset && !plan_override_matters(s->ruleset, &s->overrides[i]);
}

static void choose_values(struct sweep *s, const struct backtest *b)
{
	s->todo_count = 0;
	for (size_t i = 0; i < s->count; i++)
		if (!is_as_it_is(s, b, i))
			s->todo[s->todo_count++] = i;
}

static void fill_as_it_is(struct sweep *s, const struct backtest *b)
{
	const struct variant *now = b->variants[b->count - 1];

	for (size_t i = 0; i < s->count; i++)
		if (is_as_it_is(s, b, i))
			fill_sweep_row(s, i, now, now);
}

bool sweep_run(struct sweep *s, struct backtest *b, struct err *err)
{
	struct share shares[PROCESSES_MAX + 1];

	choose_values(s, b);
	size_t n = share_out(s, b, shares), started = 1;

	while (started < n && start_share(s, b, &shares[started], err))
		started++;
	bool good = started == n && run_own(s, b, &shares[0], err);
	for (size_t i = 1; i < started; i++)
		take_share(s, b, &shares[i], err);
	if (good)
		fill_as_it_is(s, b);
	return good && !err_any(err);
}
