/* Walks the open incidents for a provider's reference, or the key that it was told under. */
#include "reference_find.h"

struct finding {
	struct router *r;
	struct arena *arena;
	struct strs receivers;
	struct str reference;
	int pages;
	void (*done)(void *arg, const struct reference_found *found);
	void *arg;
};

static void finding_end(struct finding *f, const struct reference_found *found)
{
	f->done(f->arg, found);
	arena_free(f->arena);
}

static bool is_asked(const struct finding *f, struct str receiver)
{
	for (size_t i = 0; i < f->receivers.n; i++) {
		if (str_eq(f->receivers.v[i], receiver))
			return true;
	}
	return false;
}

/* The latest generation of this name. */
static bool take_reference(const struct finding *f, const struct incident *inc, struct reference_found *out)
{
	const struct str nowhere = {NULL, 0};
	for (size_t i = 0; i < inc->delivery_count; i++) {
		const struct delivery *d = &inc->deliveries[i];
		for (size_t k = 0; is_asked(f, d->receiver) && k < d->gen_count; k++) {
			if (!str_eq(d->gens[k].reference, f->reference) && !str_eq(d->gens[k].key, f->reference))
				continue;
			*out = (struct reference_found){.found = true, .key = str_c(inc->key)};
			out->generation = d->gens[k].generation;
			out->receiver = d->target.n ? nowhere : d->receiver;
		}
	}
	return out->found;
}

/* A record holds its texts as they are: most are told apart without reading them. */
static bool look_for_reference(const struct finding *f, struct arena *arena, const struct store_record *record,
                               struct reference_found *out)
{
	AUTOERR struct err err = ERR_INIT;
	if (str_find(record->bytes, f->reference) < 0)
		return false;
	const struct incident *inc = incident_read(arena, record->bytes, &err);
	return inc && take_reference(f, inc, out);
}

static void page_came(void *arg, const struct store_listed *got)
{
	struct finding *f = arg;
	AUTOARENA struct arena *arena = arena_new();
	struct reference_found out = {.unavailable = got->result != STORE_OK};
	for (size_t i = 0; i < got->count && !out.found; i++)
		look_for_reference(f, arena, &got->records[i], &out);
	bool more = !out.found && !out.unavailable && got->cursor.n && ++f->pages < REFERENCE_PAGES_MAX;
	if (more)
		store_list(f->r->store, STORE_LIST_OPEN, got->cursor, REFERENCE_PAGE, page_came, f);
	else
		finding_end(f, &out);
}

void reference_find(struct router *r, const struct strs *receivers, struct str reference,
                    void (*done)(void *arg, const struct reference_found *found), void *arg)
{
	struct arena *arena = arena_new();
	struct finding *f = arena_alloc(arena, sizeof *f);
	*f = (struct finding){.r = r, .arena = arena, .reference = arena_str(arena, reference), .done = done, .arg = arg};
	f->receivers.v = arena_alloc(arena, (receivers->n + 1) * sizeof *f->receivers.v);
	for (size_t i = 0; i < receivers->n; i++)
		f->receivers.v[f->receivers.n++] = arena_str(arena, receivers->v[i]);
	store_list(r->store, STORE_LIST_OPEN, (struct str){NULL, 0}, REFERENCE_PAGE, page_came, f);
}
