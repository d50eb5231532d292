/*
 * For engines that match many expressions against one text at once: the expressions of each label, each once, and from the
 * expressions that hold to the first rule of which all hold. What is negated is compared afterwards. C++ only.
 */
#ifndef BENCH_ENGINE_SETS_H
#define BENCH_ENGINE_SETS_H

#include <cstring>
#include <map>
#include <string>
#include <vector>

#include "rule_engine.h"

struct engine_sets {
	struct label_set {
		std::vector<std::string> expressions;
		std::vector<std::vector<uint32_t>> rules; /* per expression, those that want it */
		std::map<std::string, int> known;
	};

	const struct engine_rules *rules;
	std::vector<label_set> labels;
	std::vector<uint32_t> wanted, met, round; /* per rule: expressions it wants, has met, and when */
	std::vector<uint32_t> complete;
	uint32_t now = 0;
	bool good = true;

	static std::string quoted(struct engine_text t)
	{
		std::string out;
		for (size_t i = 0; i < t.n; i++) {
			if (strchr(".\\+*?()|[]{}^$-", t.p[i]))
				out += '\\';
			out += t.p[i];
		}
		return out;
	}

	void add(uint32_t rule, const struct engine_matcher &m)
	{
		label_set &set = labels[m.label];
		std::string expression = m.equal ? quoted(m.text) : std::string(m.text.p, m.text.n);
		auto found = set.known.insert({expression, (int)set.expressions.size()});
		if (found.second) {
			set.expressions.push_back(expression);
			set.rules.emplace_back();
		}
		set.rules[found.first->second].push_back(rule);
		wanted[rule]++;
	}

	explicit engine_sets(const struct engine_rules *r)
		: rules(r), labels(r->labels), wanted(r->n), met(r->n), round(r->n)
	{
		for (uint32_t i = 0; i < r->n; i++)
			for (size_t k = 0; k < r->v[i].count; k++) {
				const struct engine_matcher &m = r->v[i].matchers[k];
				if (!m.negated)
					add(i, m);
				else
					good = good && m.equal; /* the benchmark's rules know no others */
			}
	}

	void begin()
	{
		now++;
		complete.clear();
	}

	void hit(size_t label, size_t expression)
	{
		for (uint32_t rule : labels[label].rules[expression]) {
			if (round[rule] != now) {
				round[rule] = now;
				met[rule] = 0;
			}
			if (++met[rule] == wanted[rule])
				complete.push_back(rule);
		}
	}

	bool negated_hold(uint32_t rule, const struct engine_text *values) const
	{
		for (size_t k = 0; k < rules->v[rule].count; k++) {
			const struct engine_matcher &m = rules->v[rule].matchers[k];
			const struct engine_text &v = values[m.label];
			if (m.negated && v.n == m.text.n && memcmp(v.p, m.text.p, v.n) == 0)
				return false;
		}
		return true;
	}

	size_t first(const struct engine_text *values) const
	{
		size_t least = ENGINE_NONE;
		for (uint32_t rule : complete)
			if (rule < least && negated_hold(rule, values))
				least = rule;
		return least;
	}
};

#endif
