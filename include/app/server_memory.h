/* Memory that was needed for a moment goes back to the system, so that a storm of an hour ago does not show any more. */
#ifndef APP_SERVER_MEMORY_H
#define APP_SERVER_MEMORY_H

#include "io/loop.h"

struct server_memory;
struct server_memory *server_memory_new(struct loop *l);
void server_memory_free(struct server_memory *m); /* NULL is fine */

#endif
