/*
 * GET /: what is open, the gravest first. Open incidents come from the board, in memory; resolved ones and dead letters from
 * the store, the newest first. Rows are written in slices, so that the loop turns in between.
 */
#include "page_open.h"

#include "base/mem.h"
#include "service/readers.h"

struct listing {
	struct page *page;
	struct open_query query;
	struct api_matchers matchers;
	struct board_place place;
	size_t shown;
};

static void listing_free(struct listing *l)
{
	api_matchers_release(&l->matchers);
	arena_free(l->matchers.arena);
	mem_cleanup(&l);
}

/* ---- the page ---- */

static bool is_open_state(struct str state)
{
	return !str_eq_c(state, "resolved") && !str_eq_c(state, "dead");
}

static size_t board_not_shown(const struct board *b)
{
	return board_total(b, false) - board_count(b, false) + board_total(b, true) - board_count(b, true);
}

static void write_left_out(struct html *h, size_t n)
{
	html_open(h, "p");
	html_class(h, "note");
	html_say_c(h, "More is open than this page holds: ");
	if (n)
		html_printf(h, "%zu of the least grave ones are not shown.", n);
	else
		html_say_c(h, "some of the least grave ones are not shown.");
	html_say_c(h, " runbookctl incidents list shows them all.");
	html_close(h);
}

static void write_counts(const struct listing *l)
{
	struct html *h = &l->page->html;
	const struct board *b = l->page->api->router->board;

	html_open(h, "h1");
	html_printf(h, "%zu firing, %zu acknowledged", board_total(b, false), board_total(b, true));
	html_close(h);
	if (!board_whole(b))
		html_leaf_c(h, "p", "note late", "The store cannot be read: what is open may be missing here.");
	if (board_leaves_out(b))
		write_left_out(h, board_not_shown(b));
}

static void listing_begin(struct listing *l)
{
	struct page *p = l->page;

	page_begin(p, "open", STR("Open incidents"), !l->query.q.cursor.n);
	html_open(&p->html, "div");
	html_class(&p->html, "columns");
	html_open(&p->html, "div");
	html_class(&p->html, "list");
	write_counts(l);
	page_filter(p, &l->query);
	html_open(&p->html, "ol");
	html_class(&p->html, "rows");
}

static void listing_end(struct listing *l, struct str cursor)
{
	struct page *p = l->page;

	html_close(&p->html);
	if (!l->shown)
		html_leaf_c(&p->html, "p", "nothing",
		            is_open_state(l->query.q.state) && board_leaves_out(p->api->router->board)
		                ? "Nothing among those that this page holds; there may be some among the others."
		                : "Nothing here.");
	if (cursor.n)
		page_next(p, &l->query, cursor);
	html_close(&p->html);
	page_glance(p);
	page_reply(p, 200);
	listing_free(l);
}

/* ---- open ones, from the board ---- */

static bool row_is_asked_for(const struct listing *l, const struct board_row *row)
{
	const struct incident_traits traits = {
		.state = row->acknowledged ? "acknowledged" : "firing",
		.owner = row->owner,
		.severity = row->severity,
		.rule = row->rule,
		.labels = &row->labels,
	};
	return incident_query_takes(&l->query.q, &traits);
}

static void end_of_rows(struct listing *l, const struct board_place *last, bool more)
{
	char cursor[BOARD_PLACE_MAX];
	listing_end(l, more ? str_c(board_place_format(last, cursor)) : STR(""));
}

static void write_open_rows(void *arg)
{
	struct listing *l = arg;
	struct board *b = l->page->api->router->board;
	int64_t until = loop_mono_ms() + READERS_SLICE_MS;
	const struct board_row *row;

	for (struct board_place before = l->place; (row = board_next(b, &l->place)); before = l->place) {
		if (row_is_asked_for(l, row)) {
			if (l->shown == PAGE_OPEN_ROWS) {
				end_of_rows(l, &before, true);
				return;
			}
			page_row(l->page, row, row->acknowledged ? "acknowledged" : "firing", 0);
			l->shown++;
		}
		if (loop_mono_ms() >= until) {
			loop_defer(l->page->api->router->loop, write_open_rows, l);
			return;
		}
	}
	end_of_rows(l, NULL, false);
}

static void board_ready(void *arg)
{
	struct listing *l = arg;

	listing_begin(l);
	write_open_rows(l);
}

/* ---- others, from the store ---- */

static bool write_listed(void *arg, const struct incident *inc)
{
	struct listing *l = arg;
	struct board_row row = board_row_of(inc);

	page_row(l->page, &row, incident_state(inc), incident_is_open(inc) ? 0 : inc->resolved_at);
	l->shown++;
	return true;
}

static void store_listed_all(void *arg, enum operate_result result, const char *error, struct str cursor)
{
	struct listing *l = arg;

	if (result != OPERATE_OK)
		html_leaf_c(&l->page->html, "li", "note late", error);
	listing_end(l, cursor);
}

/* ---- the question ---- */

static bool read_question(struct listing *l, struct http_exchange *x, struct err *err)
{
	struct incident_query *q = &l->query.q;

	*q = (struct incident_query){
		.state = api_query(x, "state"),
		.owner = api_query(x, "owner"),
		.severity = api_query(x, "severity"),
		.rule = api_query(x, "rule"),
		.limit = PAGE_OPEN_ROWS,
		.cursor = api_query(x, "cursor"),
	};
	l->query.matcher = api_query(x, "matcher");
	bool fine = api_known_state(q->state, err) && api_read_matchers(x, &l->matchers, err);
	q->matchers = l->matchers.v;
	q->matcher_count = l->matchers.n;
	return fine;
}

static void refuse_question(struct api *api, struct http_exchange *x, struct listing *l, const struct err *err)
{
	AUTOBUF struct buf lines;

	buf_init(&lines, 64 * 1024);
	err_print(err, &lines);
	page_refuse(api, x, "./", 400, buf_str(&lines));
	listing_free(l);
}

void api_open_page(struct api *api, struct http_exchange *x, struct str segment)
{
	AUTOERR struct err err = ERR_INIT;
	struct listing *l = mem_zero(sizeof *l);

	(void)segment;
	l->matchers.arena = arena_new();
	bool fine = read_question(l, x, &err), open = is_open_state(l->query.q.state);
	if (fine && open && !board_place_parse(l->query.q.cursor, &l->place)) {
		err_add(&err, "this is no cursor of a list");
		fine = false;
	}
	if (!fine) {
		refuse_question(api, x, l, &err);
		return;
	}
	l->page = page_new(api, x, "./");
	if (open) {
		board_watch(api->router->board, board_ready, l);
		return;
	}
	listing_begin(l);
	operate_walk(api->router, &l->query.q,
	             &(struct incident_walk){.take = write_listed, .done = store_listed_all, .arg = l});
}
