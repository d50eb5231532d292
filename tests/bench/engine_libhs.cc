#include <cstring>
#include <memory>

#include <hs/hs.h>

#include "engine_sets.h"

/* Hyperscan: one database per label, every expression anchored at both ends and reported once. */
struct engine {
	engine_sets sets;
	std::vector<hs_database_t *> databases; /* null: no rule asks for the label */
	hs_scratch_t *scratch = nullptr;
	size_t label = 0; /* being scanned */

	hs_database_t *compile(const engine_sets::label_set &label_set)
	{
		std::vector<std::string> anchored;
		std::vector<const char *> texts;
		std::vector<unsigned> flags, ids;
		for (auto &expression : label_set.expressions)
			anchored.push_back("^(?:" + expression + ")\\z");
		for (unsigned i = 0; i < anchored.size(); i++) {
			texts.push_back(anchored[i].c_str());
			flags.push_back(HS_FLAG_SINGLEMATCH | HS_FLAG_ALLOWEMPTY);
			ids.push_back(i);
		}
		hs_database_t *out = nullptr;
		hs_compile_error_t *error = nullptr;
		if (hs_compile_multi(texts.data(), flags.data(), ids.data(), (unsigned)texts.size(), HS_MODE_BLOCK, nullptr,
		                     &out, &error) != HS_SUCCESS) {
			hs_free_compile_error(error);
			return nullptr;
		}
		sets.good = hs_alloc_scratch(out, &scratch) == HS_SUCCESS && sets.good;
		return out;
	}

	explicit engine(const struct engine_rules *rules) : sets(rules)
	{
		for (auto &set : sets.labels) {
			databases.push_back(set.expressions.empty() ? nullptr : compile(set));
			sets.good = (set.expressions.empty() || databases.back()) && sets.good;
		}
	}

	~engine()
	{
		for (auto database : databases)
			hs_free_database(database);
		hs_free_scratch(scratch);
	}
};

static int on_hit(unsigned id, unsigned long long from, unsigned long long to, unsigned flags, void *arg)
{
	(void)from, (void)to, (void)flags;
	auto e = static_cast<struct engine *>(arg);
	e->sets.hit(e->label, id);
	return 0;
}

struct engine *libhs_engine_new(const struct engine_rules *rules)
{
	auto e = std::make_unique<engine>(rules);
	return e->sets.good ? e.release() : nullptr;
}

size_t libhs_engine_first(struct engine *e, const struct engine_text *values)
{
	e->sets.begin();
	for (e->label = 0; e->label < e->databases.size(); e->label++)
		if (e->databases[e->label])
			hs_scan(e->databases[e->label], values[e->label].p, (unsigned)values[e->label].n, 0, e->scratch, on_hit, e);
	return e->sets.first(values);
}

void libhs_engine_free(struct engine *e)
{
	delete e;
}
