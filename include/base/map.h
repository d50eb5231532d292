/*
 * A hash map from byte strings to pointers. Keys are copied, values are the caller's. Iteration is in insertion order
 * (a removed entry leaves no hole that a reader sees). Not safe to change while iterating, except map_remove of the
 * entry being visited.
 */
#ifndef BASE_MAP_H
#define BASE_MAP_H

#include <stdbool.h>
#include <stddef.h>

#include "base/str.h"

struct map;
struct map *map_new(void);
/* Keys are views, not copies: each stays where it is until its entry is removed or the map freed. */
struct map *map_new_of_views(void);
void map_free(struct map *m); /* NULL is fine; values are not touched */
void map_free_with(struct map *m, void (*free_value)(void *));
void *map_get(const struct map *m, struct str key);        /* NULL when absent */
void *map_set(struct map *m, struct str key, void *value); /* returns the value it replaced, or NULL */
void *map_remove(struct map *m, struct str key);           /* returns the removed value, or NULL */
size_t map_count(const struct map *m);

/* for (size_t i = 0; map_next(m, &i, &key, &value);) */
bool map_next(const struct map *m, size_t *cursor, struct str *key, void **value);

#endif
