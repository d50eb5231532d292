/*
 * Alertmanager: it states a group whole, as it knows it. Muted alerts are not listed; nothing is sent while the firing ones
 * are among those last told, unless one resolved or it is time to repeat; resolved ones leave with a flush that did not fail,
 * sent or not; a flush that failed changes nothing.
 */
#include <string.h>

#include "world_impl.h"

#define GROUP_WAIT (30 * TIME_SECOND)
#define GROUP_INTERVAL (5 * TIME_MINUTE)
#define REPEAT TIME_HOUR

static bool is_in(const struct world *w, int alert, int group)
{
	const struct alertmanager *am = &w->am;
	return am->group[alert] == group && am->known[alert] && (w->truth[alert].firing || am->leaving[alert]);
}

struct snapshot world_look(const struct world *w, int group)
{
	struct snapshot s = {.used = true, .group = group};
	int listed = 0;
	memcpy(s.truth, w->truth, sizeof s.truth);
	for (int i = 0; i < ALERTS; i++) {
		if (!is_in(w, i, group) || w->am.muted[i])
			continue;
		s.truncated = s.truncated || (w->am.max_alerts && listed == w->am.max_alerts);
		s.lists[i] = !s.truncated;
		listed++;
	}
	return s;
}

static bool lists_anybody(const struct snapshot *view)
{
	for (int i = 0; i < ALERTS; i++)
		if (view->lists[i])
			return true;
	return false;
}

/* Of a cut body too, what is listed is not all that decides. */
static bool needs_sending(const struct world *w, int group)
{
	bool fires = false, news = false, told = false;
	for (int i = 0; i < ALERTS; i++) {
		bool listed = is_in(w, i, group) && !w->am.muted[i], firing = listed && w->truth[i].firing;
		bool known = w->am.of[group].notified[i];
		fires = fires || firing;
		told = told || known;
		news = news || (firing && !known) || (listed && !firing && known);
	}
	return news || (!fires && told) || (fires && world_now(w) - w->am.of[group].sent_at >= REPEAT);
}

static void forget_resolved(struct world *w, const struct snapshot *view)
{
	for (int i = 0; i < ALERTS; i++)
		if (w->am.group[i] == view->group && !view->truth[i].firing && !w->truth[i].firing)
			w->am.leaving[i] = false;
}

void flush_ends(struct world *w, const struct snapshot *view, bool taken)
{
	int g = view->group;
	w->am.of[g].flushing = false;
	if (!taken)
		return;
	for (int i = 0; i < ALERTS; i++) {
		w->am.of[g].notified[i] = is_in(w, i, g) && !w->am.muted[i] && view->truth[i].firing;
		if (view->lists[i] && view->truth[i].firing)
			w->judged[i].listed_at = world_now(w);
	}
	w->am.of[g].sent_at = world_now(w);
	forget_resolved(w, view);
}

void flush(struct world *w, int group, int router, uint8_t how)
{
	struct snapshot view = world_look(w, group);
	if (w->am.of[group].flushing)
		return;
	if (!needs_sending(w, group) || !lists_anybody(&view)) {
		forget_resolved(w, &view);
		return;
	}
	world_tell(w, "group %d is flushed%s%s", group + 1, view.truncated ? ", truncated" : "",
	           how % 8 == 0 ? ", and lost" : "");
	if (how % 8 == 0)
		return;
	if (how % 8 == 2) /* a peer of it does the same */
		start_intake(w, 1 - router, &view, false);
	w->am.of[group].flushing = how % 8 != 3; /* else its answer will be lost, and it comes again */
	if (!start_intake(w, router, &view, w->am.of[group].flushing))
		w->am.of[group].flushing = false;
}

static bool has_group_alerts(const struct world *w, int group)
{
	for (int i = 0; i < ALERTS; i++)
		if (is_in(w, i, group))
			return true;
	return false;
}

void flush_due(struct world *w)
{
	for (int g = 0; g < GROUPS && w->calm; g++) {
		int64_t *due_at = &w->am.of[g].due_at;
		if (!*due_at || *due_at > world_now(w))
			continue;
		uint8_t how = (uint8_t)(w->ids % 3 ? 1 : 2);
		flush(w, g, (int)(w->ids % ROUTERS), how);
		finish_jobs(w);
		*due_at = has_group_alerts(w, g) ? world_now(w) + GROUP_INTERVAL : 0;
	}
}

static void wake_group(struct world *w, int group)
{
	if (!w->am.of[group].due_at)
		w->am.of[group].due_at = world_now(w) + GROUP_WAIT;
}

static void now_active(struct world *w, int alert, bool was)
{
	struct judged *j = &w->judged[alert];
	if (was)
		j->active_until = world_now(w);
	if (is_active(w, alert))
		j->steady_since = world_now(w);
}

void change_truth(struct world *w, int alert)
{
	struct truth *t = &w->truth[alert];
	bool was = is_active(w, alert);
	t->firing = !t->firing;
	w->am.leaving[alert] = !t->firing && w->am.known[alert];
	w->am.known[alert] = w->am.known[alert] || t->firing;
	if (t->firing)
		t->starts_at = world_now(w);
	else
		t->ends_at = world_now(w);
	now_active(w, alert, was);
	wake_group(w, w->am.group[alert]);
	world_tell(w, "%c %s", 'a' + alert, t->firing ? "fires" : "is over");
}

void world_mute(struct world *w, int alert)
{
	bool was = is_active(w, alert);
	w->am.muted[alert] = !w->am.muted[alert];
	now_active(w, alert, was);
	world_tell(w, "%c is %s", 'a' + alert, w->am.muted[alert] ? "muted" : "heard again");
}

/* An edit of group_by: the alert is another group's from now on. */
void change_group(struct world *w, int alert)
{
	w->am.group[alert] = (w->am.group[alert] + 1) % GROUPS;
	if (is_active(w, alert))
		w->judged[alert].steady_since = world_now(w);
	wake_group(w, w->am.group[alert]);
	world_tell(w, "%c is of group %d now", 'a' + alert, w->am.group[alert] + 1);
}

void learn(struct world *w, int alert)
{
	if (w->am.known[alert] || (!w->truth[alert].firing && !w->am.leaving[alert]))
		return;
	w->am.known[alert] = true;
	wake_group(w, w->am.group[alert]);
	world_tell(w, "Alertmanager learns of %c again", 'a' + alert);
}

/* It knows nothing until it is told again; what it has told may be lost, too. */
void restart_alertmanager(struct world *w, uint8_t how)
{
	if (w->calm && w->am.restarts++)
		return;
	world_tell(w, "Alertmanager restarts%s", how % 2 ? ", without its log" : "");
	memset(w->am.known, 0, sizeof w->am.known);
	for (int g = 0; g < GROUPS; g++) {
		w->am.of[g].due_at = 0;
		if (how % 2)
			memset(w->am.of[g].notified, 0, sizeof w->am.of[g].notified);
	}
	learn(w, how / 2 % ALERTS);
}

void settle_alertmanager(struct world *w)
{
	w->am.max_alerts = 0;
	for (int i = 0; i < ALERTS; i++)
		learn(w, i);
}
