/* Looked up by intake.c before a body is read; kept by intake_read.c when it has been. */
#include "service/bodies.h"

#include <string.h>

#include "base/map.h"
#include "base/mem.h"

struct bodies {
	struct map *texts;     /* by a hash of the text: the one that was read last */
	struct config *config; /* of all of them */
	struct body_read *first, *last;
	size_t bytes;
};

struct body_read *body_read_new(struct config *config, struct str source, struct str text)
{
	struct arena *arena = arena_new_kept();
	struct body_read *b = arena_alloc(arena, sizeof *b);

	*b = (struct body_read){.refs = 1, .arena = arena, .config = config_ref(config)};
	b->source = arena_str(arena, source);
	b->text = arena_str(arena, text);
	return b;
}

void body_read_unref(struct body_read *b)
{
	if (!b || --b->refs)
		return;
	config_unref(b->config);
	arena_free(b->arena);
}

struct bodies *bodies_new(void)
{
	struct bodies *known = mem_zero(sizeof *known);

	known->texts = map_new();
	return known;
}

static void unlink_body(struct bodies *known, struct body_read *b)
{
	*(b->newer ? &b->newer->older : &known->first) = b->older;
	*(b->older ? &b->older->newer : &known->last) = b->newer;
}

static void link_first(struct bodies *known, struct body_read *b)
{
	b->newer = NULL;
	b->older = known->first;
	*(known->first ? &known->first->newer : &known->last) = b;
	known->first = b;
}

/*
 * Two texts with the same hash are rare, and one of them is then read each time: so it has to be quick only. Eight bytes at a
 * time.
 */
static uint64_t hash_text(struct str s)
{
	const uint64_t prime = UINT64_C(0x9e3779b97f4a7c15);
	uint64_t hash = s.n * prime, word = 0;

	for (; s.n >= sizeof word; s = (struct str){s.p + sizeof word, s.n - sizeof word}) {
		memcpy(&word, s.p, sizeof word);
		hash = (hash ^ word) * prime;
		hash ^= hash >> 32;
	}
	word = 0;
	if (s.n)
		memcpy(&word, s.p, s.n);
	hash = (hash ^ word) * prime;
	return hash ^ hash >> 32;
}

static struct str key_of_hash(const uint64_t *hash)
{
	return (struct str){(const char *)hash, sizeof *hash};
}

static void forget_body(struct bodies *known, struct body_read *b)
{
	map_remove(known->texts, key_of_hash(&b->hash));
	unlink_body(known, b);
	known->bytes -= b->bytes;
	b->bytes = 0; /* whoever is at work with it has it alone */
	body_read_unref(b);
}

static void forget_all(struct bodies *known)
{
	while (known->last)
		forget_body(known, known->last);
	known->config = NULL;
}

void bodies_free(struct bodies *known)
{
	forget_all(known);
	map_free(known->texts);
	mem_cleanup(&known);
}

struct body_read *bodies_find(struct bodies *known, struct config *config, struct str source, struct str text)
{
	if (known->config != config)
		forget_all(known);
	if (!known->first || text.n > BODIES_TEXT_MAX)
		return NULL;
	uint64_t hash = hash_text(text);
	struct body_read *b = map_get(known->texts, key_of_hash(&hash));
	if (!b || !str_eq(b->text, text) || !str_eq(b->source, source))
		return NULL;
	unlink_body(known, b);
	link_first(known, b);
	b->refs++;
	return b;
}

static void stay_below(struct bodies *known)
{
	while (known->bytes > BODIES_BYTES_MAX)
		forget_body(known, known->last);
}

void bodies_keep(struct bodies *known, struct body_read *b)
{
	b->said = arena_alloc(b->arena, (b->hook.count + 1) * sizeof *b->said);
	b->bytes = arena_footprint(b->arena);
	b->hash = hash_text(b->text);
	if (b->text.n > BODIES_TEXT_MAX || b->bytes > BODIES_BYTES_MAX / 4) {
		b->said = NULL;
		return;
	}
	if (known->config != b->config)
		forget_all(known);
	struct body_read *before = map_get(known->texts, key_of_hash(&b->hash));
	if (before)
		forget_body(known, before);
	known->config = b->config;
	map_set(known->texts, key_of_hash(&b->hash), b);
	link_first(known, b);
	known->bytes += b->bytes;
	b->refs++;
	stay_below(known);
}

void bodies_say(struct bodies *known, struct body_read *b, size_t i, struct str said)
{
	size_t before = arena_footprint(b->arena);

	if (!b->bytes)
		return;
	b->said[i] = arena_str(b->arena, said);
	size_t more = arena_footprint(b->arena) - before;
	b->bytes += more;
	known->bytes += more;
	stay_below(known);
}
