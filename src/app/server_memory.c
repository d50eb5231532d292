/* Now and then, where the process has been at work since: see server_memory.h. */
#include "app/server_memory.h"

#include <sys/resource.h>

#include "base/mem.h"

#define LOOK_MS 2000
/* To give back takes one or two milliseconds, in which nobody is served: it is done for so much work, and not when idle. */
#define WORK_WORTH_IT_MS 50

struct server_memory {
	struct loop_timer *timer;
	int64_t worked; /* until it gave back last */
};

/* Of all threads, on the CPU. */
static int64_t worked_ms(void)
{
	struct rusage used;

	if (getrusage(RUSAGE_SELF, &used) != 0)
		return 0;
	return (int64_t)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) * 1000 +
	       (int64_t)(used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1000;
}

static void look_at_memory(void *arg)
{
	struct server_memory *m = arg;
	int64_t worked = worked_ms();

	if (worked - m->worked >= WORK_WORTH_IT_MS) {
		mem_give_back();
		m->worked = worked;
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
