#include <cstring>
#include <memory>

#include <re2/set.h>

#include "engine_sets.h"

/* One RE2::Set per label, anchored at both ends. */
struct engine {
	engine_sets sets;
	std::vector<std::unique_ptr<RE2::Set>> compiled;
	std::vector<int> hits;

	explicit engine(const struct engine_rules *rules) : sets(rules)
	{
		RE2::Options options;
		options.set_max_mem(INT64_C(1) << 30);
		options.set_log_errors(false);
		for (auto &label : sets.labels) {
			auto set = std::make_unique<RE2::Set>(options, RE2::ANCHOR_BOTH);
			for (auto &expression : label.expressions)
				sets.good = set->Add(expression, nullptr) >= 0 && sets.good;
			sets.good = (label.expressions.empty() || set->Compile()) && sets.good;
			compiled.push_back(std::move(set));
		}
	}
};

struct engine *re2_engine_new(const struct engine_rules *rules)
{
	auto e = std::make_unique<engine>(rules);
	return e->sets.good ? e.release() : nullptr;
}

size_t re2_engine_first(struct engine *e, const struct engine_text *values)
{
	e->sets.begin();
	for (size_t i = 0; i < e->compiled.size(); i++) {
		if (e->sets.labels[i].expressions.empty())
			continue;
		e->compiled[i]->Match(re2::StringPiece(values[i].p, values[i].n), &e->hits);
		for (int hit : e->hits)
			e->sets.hit(i, (size_t)hit);
	}
	return e->sets.first(values);
}

void re2_engine_free(struct engine *e)
{
	delete e;
}
