/*
 * What waiting would have spared: the journal's last days replayed for some values of page_after, as `runbookctl backtest
 * --sweep` does. It takes seconds, so it runs on a thread of its own when the first page asks, and what was found is kept for
 * an hour.
 */
#ifndef WEB_NOISE_CURVE_H
#define WEB_NOISE_CURVE_H

#include "replay/sweep.h"
#include "service/router.h"

#define NOISE_CURVE_ALERTS_MAX 100000 /* of more in a week, those of the last day are replayed, up to as many */
#define NOISE_CURVE_KEPT TIME_HOUR

struct noise_curve {
	const struct sweep *sweep;
	int64_t made_at, since, until;  /* when it was replayed; the first and last event; 0: there was none */
	uint64_t alerts, pages, nights; /* pages by the rules as they are */
	bool cut;                       /* there were more alerts than are replayed */
	const char *error;              /* "": none; else nothing else is known */
};

struct noise_curves;
struct noise_curves *noise_curves_new(struct router *r);
void noise_curves_stop(struct noise_curves *n); /* ends what is under way. NULL is fine */
void noise_curves_free(struct noise_curves *n); /* likewise, and what is kept */
/*
 * What is known by this configuration's rules, an older one until the next is there; NULL: nothing yet, it is being replayed.
 * False: there is no journal. Valid until the next turn of the loop.
 */
bool noise_curves_look(struct noise_curves *n, int64_t now, const struct noise_curve **out);

#endif
