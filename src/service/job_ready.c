/* Jobs that are begun and wait for their turn: at most so many of a receiver's requests are under way at one time. */
#include "service/job.h"

void job_await_turn(struct job *j)
{
	struct ready_jobs *lane = &j->outlet->ready[j->lane];

	j->state = JOB_READY;
	j->ready_prev = lane->last;
	j->ready_next = NULL;
	*(lane->last ? &lane->last->ready_next : &lane->first) = j;
	lane->last = j;
}

void job_leave_ready(struct job *j)
{
	struct ready_jobs *lane = &j->outlet->ready[j->lane];

	*(j->ready_prev ? &j->ready_prev->ready_next : &lane->first) = j->ready_next;
	*(j->ready_next ? &j->ready_next->ready_prev : &lane->last) = j->ready_prev;
}

static struct job *gravest_ready(const struct outlet *o)
{
	for (int lane = 0; lane < STORE_LANES; lane++)
		if (o->ready[lane].first)
			return o->ready[lane].first;
	return NULL;
}

void outlet_send_ready(struct outlet *o)
{
	for (struct job *j; o->sending < DISPATCHER_IN_FLIGHT && (j = gravest_ready(o));) {
		job_leave_ready(j);
		job_post(j);
	}
}
