/* A place for each of the last groups, found by a cheap hash; two of one place take turns in it. */
#include "service/group_names.h"

#include <string.h>

#include "base/mem.h"
#include "incident/row.h"

struct named_group {
	char *text;                   /* source, receiver and group key, one behind the other; NULL: free */
	size_t source, receiver, key; /* how long each is */
	char id[MEMBER_GROUP_SIZE];
};

struct group_names {
	struct named_group kept[GROUP_NAMES_KEPT];
};

struct group_names *group_names_new(void)
{
	return mem_zero(sizeof(struct group_names));
}

void group_names_free(struct group_names *g)
{
	for (size_t i = 0; g && i < GROUP_NAMES_KEPT; i++)
		mem_cleanup(&g->kept[i].text);
	mem_cleanup(&g);
}

static bool names_this_group(const struct named_group *n, struct str source, struct str receiver, struct str key)
{
	if (!n->text || n->source != source.n || n->receiver != receiver.n || n->key != key.n)
		return false;
	return str_eq((struct str){n->text, source.n}, source) &&
	       str_eq((struct str){n->text + source.n, receiver.n}, receiver) &&
	       str_eq((struct str){n->text + source.n + receiver.n, key.n}, key);
}

static char *put_part(char *at, struct str s)
{
	if (s.n)
		memcpy(at, s.p, s.n);
	return at + s.n;
}

static void name_group(struct named_group *n, struct str source, struct str receiver, struct str key)
{
	mem_cleanup(&n->text);
	*n = (struct named_group){mem_alloc(source.n + receiver.n + key.n + 1), source.n, receiver.n, key.n, ""};
	put_part(put_part(put_part(n->text, source), receiver), key);
	row_group(source, receiver, key, n->id);
}

char *group_names_id(struct group_names *g, struct str source, struct str receiver, struct str group_key,
                     char out[MEMBER_GROUP_SIZE])
{
	if (source.n + receiver.n + group_key.n > GROUP_NAME_MAX)
		return row_group(source, receiver, group_key, out);
	uint64_t hash = str_fnv1a(group_key, str_fnv1a(receiver, str_fnv1a(source, STR_FNV_SEED)));
	struct named_group *n = &g->kept[hash % GROUP_NAMES_KEPT];
	if (!names_this_group(n, source, receiver, group_key))
		name_group(n, source, receiver, group_key);
	memcpy(out, n->id, MEMBER_GROUP_SIZE);
	return out;
}
