/* Frees what was read of a page. */
#include "catalog/facts.h"

#include <stdlib.h>
#include <string.h>

void facts_release(struct facts *f)
{
	free(f->severities);
	free(f->runbooks);
	free(f->planned);
	free(f->elsewhere);
	free(f->contacts);
	free(f->escalations);
	free(f->links);
	free(f->sections);
	free(f->templates);
	free(f->policies);
	memset(f, 0, sizeof *f);
}
