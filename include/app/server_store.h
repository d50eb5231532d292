/*
 * Which store the configuration asks for.
 */
#ifndef APP_SERVER_STORE_H
#define APP_SERVER_STORE_H

#include "config/config.h"
#include "io/loop.h"
#include "store/store.h"

/* NULL with a line in `err`. */
struct store *server_store_open(struct loop *l, const struct config *c, struct err *err);

#endif
