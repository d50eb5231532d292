/* The policy that the file's thread works by, kept until nobody works by it: it points into the configuration. */
#include "replica/local_work.h"

struct local_policy *local_policy_new(const struct incident_policy *policy, struct policy_owner owner)
{
	struct local_policy *p = mem_zero(sizeof *p);
	p->v = *policy;
	p->owner = owner;
	p->refs = 1;
	return p;
}

struct local_policy *local_policy_ref(struct local_policy *p)
{
	p->refs++;
	return p;
}

void local_policy_unref(struct local_policy *p)
{
	if (--p->refs)
		return;
	if (p->owner.release)
		p->owner.release(p->owner.arg);
	mem_cleanup(&p);
}
