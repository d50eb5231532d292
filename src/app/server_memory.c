/* Now and then, where the process has taken memory since: see server_memory.h. */
#include "app/server_memory.h"

#include <sys/resource.h>

#include "base/mem.h"

#define LOOK_MS 5000
/* Pages that came to the process since it gave some back last: 1 MB of them. To give back takes some milliseconds. */
#define FAULTS_WORTH_IT 256

struct server_memory {
	struct loop_timer *timer;
	long faults; /* until it gave back last */
};

static long faults_so_far(void)
{
	struct rusage used;

	return getrusage(RUSAGE_SELF, &used) == 0 ? used.ru_minflt : 0;
}

static void look_at_memory(void *arg)
{
	struct server_memory *m = arg;

	if (faults_so_far() - m->faults >= FAULTS_WORTH_IT) {
		mem_give_back();
		m->faults = faults_so_far();
	}
	loop_timer_set(m->timer, LOOK_MS);
}

struct server_memory *server_memory_new(struct loop *l)
{
	struct server_memory *m = mem_zero(sizeof *m);

	m->timer = loop_timer_new(l, look_at_memory, m);
	loop_timer_set(m->timer, LOOK_MS);
	return m;
}

void server_memory_free(struct server_memory *m)
{
	if (!m)
		return;
	loop_timer_free(m->timer);
	mem_cleanup(&m);
}
